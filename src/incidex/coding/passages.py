"""The passages of a report: who says what stands at a place, and whether they assert, deny or doubt it."""

from collections.abc import Iterator
from dataclasses import dataclass

from incidex.coding.base import Prepared
from incidex.coding.parties import Cast, make_cast
from incidex.coding.recalled import find_recalled
from incidex.coding.speech import Speech, read_speech
from incidex.coding.stance import Stances
from incidex.model import Role, Span, Speaker, Stance

#: What a notice of a breach says when it says that something may have been accessed: what was done and to
#: what, and by which side, and what the words show beside that of the victim.
EXPOSURE = frozenset(
    [
        "action",
        "action.variety",
        "action.vector",
        "actor.motive",
        "actor.role",
        "asset.variety",
        "data.class",
        "data.records",
        "data.subject",
        "data.variety",
        "discovery.method",
        "impact",
        "response",
        "victim.industry",
        "victim.secondary",
    ]
)
#: Who gives notice, or retells it. A researcher, an actor or a bystander who says "may" only guesses.
_NOTIFIES = frozenset({Role.VICTIM, Role.AUTHORITY, Role.PRESS})


@dataclass(frozen=True)
class Passages:
    """A prepared text with who speaks in it."""

    prepared: Prepared
    cast: Cast
    speech: Speech
    stances: Stances
    unheard: tuple[Span, ...]  # what says nothing of the incident: a newspaper's own name, another event

    def stance_at(self, span: Span, field: str = "") -> Stance | None:
        """Return what the passage does with the words at a span; `None` when it claims nothing of them.

        That data "may have been accessed" is what a notice is there to say: it is asserted of the exposure,
        and doubted of anything else and by anybody who only guesses.
        """
        weighed = self.stances.weigh(span)
        if weighed.is_cautious and field in EXPOSURE and self.speaker_at(span).role in _NOTIFIES:
            return Stance.ASSERTS
        return weighed.stance

    def speaker_at(self, span: Span) -> Speaker:
        """Return who says the words at a span; the publisher when nobody else does."""
        return self.speech.speaker_at(span)


def read_passages(prepared: Prepared, victim: str) -> Passages:
    """Read who speaks in a text, given the victim that was read in it."""
    cast = make_cast(prepared, victim)
    speech = read_speech(prepared, cast)
    unheard = (*_bylines(prepared), *find_recalled(prepared))
    return Passages(prepared, cast, speech, prepared.made(Stances), unheard)


def _bylines(prepared: Prepared) -> Iterator[Span]:
    source = prepared.report.source if prepared.report else None
    if source is None or source.role is not Role.PRESS:
        return
    start = prepared.text.find(source.name)
    while start >= 0:
        yield Span(start, start + len(source.name))
        start = prepared.text.find(source.name, start + len(source.name))
