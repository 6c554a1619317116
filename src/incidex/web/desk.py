"""The desk: where a reviewer's moves become changes of the log, or are refused because others moved first."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

from incidex.evaluate.sampling import Pair, Sample, read_sample
from incidex.model import (
    Answer,
    Answered,
    Body,
    Change,
    Claim,
    Claimed,
    ConflictError,
    Decided,
    Document,
    InputError,
    Kind,
    Linked,
    Received,
    Report,
    Review,
    Tier,
    name_by_content,
    review,
)
from incidex.store import Log
from incidex.web.queue import Queue

#: How often a batch is numbered anew when somebody wrote what this reviewer may not see.
ATTEMPTS = 20

Now = Callable[[], datetime]
Move = Callable[[Review], Sequence[Body]]


def now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


class Desk:
    """Reviews over one log. May be shared by threads, as the log is."""

    def __init__(self, log: Log, clock: Now = now) -> None:
        self._log = log
        self._clock = clock
        self._queues = {tier: Queue(log, tier) for tier in Tier}

    def queue(self, tier: Tier) -> Queue:
        """Return what waits, as a tier may see it."""
        return self._queues[tier]

    def find(self, incident: str, tier: Tier) -> Review | None:
        """Return where an incident's review stands, `None` when the tier sees nothing of it."""
        return review(self._log.history(incident), tier=tier)

    def act(self, incident: str, move: Move, *, by: str, tier: Tier, version: int) -> Review:
        """Make a move on a record as the reviewer saw it, and return the record as it stands then.

        Raises `ConflictError` when something that the reviewer may see has changed since `version`, and
        `InputError` when there is nothing here to move.
        """
        for _ in range(ATTEMPTS):
            history = self._log.history(incident)
            sheet = review(history, tier=tier)
            if sheet is None:
                raise InputError(f"there is no incident {incident[:60]!r}")
            if sheet.version != version:
                raise ConflictError("somebody changed this record while you were looking at it")
            bodies = move(sheet)
            self._refuse_sampled(sheet, bodies)
            try:
                self._append(incident, len(history), bodies, by)
            except ConflictError:
                continue  # somebody wrote in between: look again whether it concerns this reviewer
            found = self.find(incident, tier)
            if found is not None:
                return found
        raise ConflictError("this record is changing too fast; try again in a moment")

    def history(self, record: str) -> Sequence[Change]:
        """Return everything that happened to one record."""
        return self._log.history(record)

    def samples(self) -> Iterator[Sample]:
        """Yield the samples, the newest first."""
        for record in self._log.records(Kind.SAMPLED):
            sample = read_sample(self._log.history(record))
            if sample is not None:
                yield sample

    def find_sample(self, id: str) -> Sample | None:  # noqa: A002
        """Return one sample, or `None`."""
        return read_sample(self._log.history(id))

    def answer(self, sample_id: str, pair: Pair, answers: Sequence[Answer], *, by: str) -> None:
        """Hand in one person's answers for one report of a sample, once.

        Raises `InputError` when that person has no such answer to give.
        """
        for _ in range(ATTEMPTS):
            history = self._log.history(sample_id)
            sample = read_sample(history)
            if sample is None or by not in sample.reviewers or pair not in sample.drawn:
                raise InputError("this report was not drawn for you")
            if pair not in sample.left_for(by):
                raise InputError("you have answered for this report, and an answer cannot be changed")
            try:
                self._append(sample_id, len(history), [Answered(*pair, tuple(answers))], by)
            except ConflictError:
                continue  # the other one has just answered
            return
        raise ConflictError("this sample is changing too fast; try again in a moment")

    def enter(self, report: Report, document: Document, claims: Sequence[Claim], *, by: str) -> str:
        """Write a record that was typed by hand, and return its id; what is known already adds nothing.

        Raises `InputError` when the very same was typed before.
        """
        incident = name_by_content("inc", "typed", report.id)
        if self._log.versions([incident])[incident]:
            raise InputError("this very record was typed before; its claims can be corrected in its review")
        at = self._clock()
        bodies: list[tuple[str, int, Body]] = [
            (incident, 1, Linked(report, "typed by hand")),
            (incident, 2, Claimed(tuple(claims))),
        ]
        if not self._log.versions([report.id])[report.id]:
            bodies.insert(0, (report.id, 1, Received(report, document)))
        self._log.append(
            [Change(record=record, version=n, body=body, by=by, at=at) for record, n, body in bodies]
        )
        return incident

    def open_pairs(self) -> frozenset[Pair]:
        """Return the reports that are out for a blind sample, so that nobody may decide on them."""
        return frozenset(pair for sample in self.samples() for pair in sample.open_pairs)

    def is_sampled(self, pair: Pair) -> bool:
        """Say whether a report is out for a blind sample."""
        return pair in self.open_pairs()

    def _append(self, record: str, version: int, bodies: Sequence[Body], by: str) -> None:
        at = self._clock()  # one time for all: what was done together is taken back together
        self._log.append(
            [
                Change(record=record, version=version + place, body=body, by=by, at=at)
                for place, body in enumerate(bodies, start=1)
            ]
        )

    def _refuse_sampled(self, sheet: Review, bodies: Sequence[Body]) -> None:
        touched = {(sheet.record, report) for body in bodies for report in _reports_touched(sheet, body)}
        for pair in touched:
            if self.is_sampled(pair):
                raise InputError(
                    "this report is out for a blind sample; decide on it when both reviewers have answered"
                )


def _reports_touched(sheet: Review, body: Body) -> Iterator[str]:
    match body:
        case Claimed(claims=claims):
            yield from (claim.report for claim in claims)
        case Decided(claim=claim):
            found = sheet.find(claim)
            if found is not None:
                yield found.claim.report
