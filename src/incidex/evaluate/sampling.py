"""Blind samples: reports drawn at random, two people who answer, and nobody who sees the other's answers."""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from incidex.model import Answer, Answered, Change, InputError, Retracted, Sampled

Pair = tuple[str, str]  # an incident and one of its reports


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A sample as its record stands. Ask it for answers by `seen_by`, which keeps it blind."""

    id: str
    seed: int
    serial: int  # where the log stood when the reports were drawn
    reviewers: tuple[str, str]
    drawn: tuple[Pair, ...]
    answered: Mapping[tuple[str, Pair], tuple[Answer, ...]]  # by reviewer and report
    closed: str = ""  # why it was given up, when it was

    def is_done(self, pair: Pair) -> bool:
        """Say whether both have answered for a report."""
        return all((reviewer, pair) in self.answered for reviewer in self.reviewers)

    def has_answered(self, reviewer: str, pair: Pair) -> bool:
        """Say whether one of the two has answered; the other must not be told."""
        return (reviewer, pair) in self.answered

    def left_for(self, reviewer: str) -> tuple[Pair, ...]:
        """Return what a reviewer still has to answer, in the order of the draw."""
        if reviewer not in self.reviewers or self.closed:
            return ()
        return tuple(pair for pair in self.drawn if not self.has_answered(reviewer, pair))

    @property
    def open_pairs(self) -> tuple[Pair, ...]:
        """Reports that one of the two has still to answer for; nobody may decide on them meanwhile."""
        return () if self.closed else tuple(pair for pair in self.drawn if not self.is_done(pair))

    @property
    def done(self) -> tuple[Pair, ...]:
        """Reports for which both have answered, and so for which answers may be shown."""
        return tuple(pair for pair in self.drawn if self.is_done(pair))

    def answers(self, reviewer: str, pair: Pair) -> tuple[Answer, ...]:
        """Return one person's answers; raise `InputError` while the other has not answered."""
        if not self.is_done(pair):
            raise InputError("these answers are shown when both have answered")
        return self.answered[reviewer, pair]


def read_sample(history: Sequence[Change]) -> Sample | None:
    """Return the sample that a record's changes make, `None` when the record is no sample.

    The first answer of a person for a report counts: there is nothing to change once it is given.
    """
    opened = next((change for change in history if isinstance(change.body, Sampled)), None)
    if opened is None or not isinstance(opened.body, Sampled):
        return None
    sampled = opened.body
    answered: dict[tuple[str, Pair], tuple[Answer, ...]] = {}
    closed = ""
    for change in history:
        match change.body:
            case Answered(incident=incident, report=report, answers=answers):
                answered.setdefault((change.by, (incident, report)), answers)
            case Retracted(reason=reason):
                closed = reason
    return Sample(
        id=opened.record,
        seed=sampled.seed,
        serial=sampled.serial,
        reviewers=sampled.reviewers,
        drawn=sampled.drawn,
        answered=answered,
        closed=closed,
    )


def draw(pairs: Iterable[Pair], count: int, *, seed: int) -> tuple[Pair, ...]:
    """Return `count` of the pairs, each as likely as any other; the same seed draws the same.

    Raises `InputError` when there are not as many.
    """
    held = sorted(set(pairs))
    if count < 1:
        raise InputError("draw at least one report")
    if count > len(held):
        raise InputError(f"only {len(held)} reports can be drawn, and {count} were asked for")
    return tuple(random.Random(seed).sample(held, count))
