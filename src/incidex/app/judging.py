"""Decide about incidents: the same, different, related; split and undo. All of it is kept."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from incidex.app.finding import get_incident
from incidex.model import (
    Body,
    Change,
    Claimed,
    Incident,
    InputError,
    Judged,
    Judgement,
    Kind,
    Linked,
    Moved,
    Tie,
    Tier,
    fold_record,
    move,
    name_by_content,
    standing,
    take_out_moved,
)
from incidex.store import Log

#: Who signs what Incidex does by itself. Its judgements are suggestions, and are never more than "unsure".
MACHINE = "incidex"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Two incidents that may be one, or be related, with the reasons, waiting for a person."""

    one: str
    other: str
    why: str
    at: datetime


class Batch:
    """Changes to be written together, numbered after what the log holds."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._at = datetime.now(UTC)
        self._histories: dict[str, list[Change]] = {}
        self.changes: list[Change] = []

    def history(self, record: str) -> list[Change]:
        """Return what the log holds of a record, and what is to be written to it."""
        if record not in self._histories:
            self._histories[record] = list(self._log.history(record))
        return self._histories[record]

    def write(self, record: str, body: Body, by: str) -> None:
        """Add one change."""
        held = self.history(record)
        # The serial is the log's to give; until then the change comes after all the others of its record.
        serial = held[-1].serial + 1 if held else 1
        change = Change(record=record, version=len(held) + 1, body=body, by=by, at=self._at, serial=serial)
        held.append(change)
        self.changes.append(change)

    def judge(self, one: str, other: str, judgement: Judgement, *, why: str, by: str) -> None:
        """Add a judgement, on both sides."""
        self.write(one, Judged(other, judgement, why), by)
        self.write(other, Judged(one, judgement.mirrored, why), by)

    def move(self, record: str, moved: Moved, by: str) -> None:
        """Add all that it takes to move a report, or some claims of it, to another record."""
        here, there = move(self.history(record), self.history(moved.to), moved)
        for name, bodies in ((record, here), (moved.to, there)):
            for body, author in bodies:
                self.write(name, body, author or by)

    def append(self) -> int:
        """Write everything at once, or nothing."""
        return self._log.append(self.changes)


def decide(log: Log, one: str, other: str, judgement: Judgement, *, why: str, by: str) -> tuple[str, str]:
    """Write a person's judgement of two incidents; return the ids that it was written to.

    Raises `InputError` when an incident is missing, is judged against itself, or when the judgement would go
    against one that stands.
    """
    left, right = get_incident(log, one, tier=Tier.RED), get_incident(log, other, tier=Tier.RED)
    if judgement is Judgement.WITHDRAWN:
        raise InputError("a judgement is taken back with `incidex link undo`")
    if left.id == right.id:
        pair = _pair_inside(log, left, (one, other), judgement)
    else:
        if judgement is Judgement.SAME:
            _refuse_against_judgement(log, left, right)
        pair = (_spokesman(log, left), _spokesman(log, right))
    batch = Batch(log)
    batch.judge(*pair, judgement, why=why, by=by)
    batch.append()
    return pair


def undo(log: Log, one: str, other: str = "", *, why: str, by: str) -> str:
    """Take back the last judgement, merge or split of an incident, or of two; return it in words.

    What stood before stands again exactly.
    """
    last = max(_between(log, one, other), key=lambda each: each.serial, default=None)
    if last is None:
        raise InputError(
            f"nobody has judged or split {one}{f' and {other}' if other else ''}; nothing to undo"
        )
    batch = Batch(log)
    if isinstance(last.body, Moved):
        batch.move(last.other, Moved(last.body.report, last.record, why, last.body.only), by)
    else:
        batch.judge(last.record, last.other, Judgement.WITHDRAWN, why=why, by=by)
    batch.append()
    return last.said


def split(
    log: Log,
    name: str,
    *,
    reports: Sequence[str] = (),
    claims: Sequence[str] = (),
    to: str = "",
    why: str,
    by: str,
) -> str:
    """Move reports, or single claims, to a new incident or to a known one; return that incident's id.

    Raises `InputError` when the incident does not hold them, or when nothing would be left of it.
    """
    incident = get_incident(log, name, tier=Tier.RED)
    if not reports and not claims:
        raise InputError("name the reports (--report) or claims (--claim) that tell of another incident")
    if not {report.id for report in incident.reports} - set(reports):
        raise InputError(f"that is all of {incident.id}; leave it at least one report")
    target = get_incident(log, to, tier=Tier.RED).id if to else _new_id(log, incident.id, (*reports, *claims))
    if target in _members(incident):
        raise InputError(f"{to} is the same incident as {name}; `incidex link undo` takes a merge apart")
    batch = Batch(log)
    for holder, report, only in _held(log, incident, reports, claims):
        batch.move(holder, Moved(report, target, why, only), by)
    batch.append()
    return target


def suggestions(log: Log) -> Iterator[Suggestion]:
    """Yield the pairs that wait for a person's judgement, the latest suggested first.

    They are the pairs of which the machine's "unsure" is all that stands, as the log has them.
    """
    seen: set[frozenset[str]] = set()
    for record in log.records(Kind.JUDGED):
        for other, tie in standing(log.history(record)).items():
            if tie.by != MACHINE or frozenset((record, other)) in seen:
                continue
            seen.add(frozenset((record, other)))
            if (found := _suggestion(log, record, tie)) is not None:
                yield found


def is_judged(log: Log, one: Iterable[str], other: Iterable[str]) -> bool:
    """Say whether anything was ever decided between two groups of records, or moved from one to the other."""
    left, right = set(one), set(other)
    for name in left:
        history = log.history(name)
        if right & set(standing(history)) or right & {
            change.body.to for change in history if isinstance(change.body, Moved)
        }:
            return True
    moved = (change.body for name in right for change in log.history(name))
    return any(isinstance(body, Moved) and body.to in left for body in moved)


def _suggestion(log: Log, record: str, tie: Tie) -> Suggestion | None:
    one, other = (fold_record(log.history, name, tier=Tier.RED) for name in sorted((record, tie.other)))
    if one is None or other is None or one.id == other.id:
        return None
    return Suggestion(one.id, other.id, tie.why, tie.at)


@dataclass(frozen=True, slots=True)
class _Done:
    """Something that a person did to two records and that still stands."""

    record: str
    other: str
    serial: int
    body: Judged | Moved

    @property
    def said(self) -> str:
        """Say what it was."""
        if isinstance(self.body, Moved):
            what = (
                f"{len(self.body.only)} claims of {self.body.report}" if self.body.only else self.body.report
            )
            return f"{what} had been moved from {self.record} to {self.other}"
        return f"{self.record} and {self.other} had been judged: {self.body.judgement}"


def _between(log: Log, one: str, other: str) -> Iterator[_Done]:
    """Yield what people did to an incident, or to two of them, and still stands."""
    left = get_incident(log, one, tier=Tier.RED)
    if not other:
        for name in _members(left):
            yield from _done(log, name)
        return
    right = get_incident(log, other, tier=Tier.RED)
    ours, theirs = _members(left), _members(right)
    if left.id == right.id:  # merged: which of the merges is meant
        ours, theirs = (one,), (other,)
    for names, wanted in ((ours, theirs), (theirs, ours)):
        for name in names:
            yield from (each for each in _done(log, name) if each.other in wanted)


def _done(log: Log, record: str) -> Iterator[_Done]:
    history = log.history(record)
    stands = {(other, tie.at, tie.judgement) for other, tie in standing(history).items()}
    undone = _taken_back(history)
    for change in history:
        body = change.body
        if change.by == MACHINE:
            continue
        if isinstance(body, Judged) and (body.other, change.at, body.judgement) in stands:
            yield _Done(record, body.other, change.serial, body)
        elif isinstance(body, Moved) and _stands(log, change, body, undone):
            yield _Done(record, body.to, change.serial, body)


def _stands(log: Log, change: Change, moved: Moved, undone: dict[tuple[str, tuple[str, ...]], int]) -> bool:
    """Say whether a move is a split of its own, and not the undoing of one or undone itself."""
    if moved.to == change.record or undone.get(_key(moved), 0) > change.serial:
        return False
    return change.at not in {each.at for each in log.history(moved.to) if _is_return(each)}


def _taken_back(history: Iterable[Change]) -> dict[tuple[str, tuple[str, ...]], int]:
    """Return when each report, or the claims of it, last came back."""
    return {_key(c.body): c.serial for c in history if isinstance(c.body, Moved) and _is_return(c)}


def _is_return(change: Change) -> bool:
    return isinstance(change.body, Moved) and change.body.to == change.record


def _key(moved: Moved) -> tuple[str, tuple[str, ...]]:
    return moved.report, moved.only


def _members(incident: Incident) -> tuple[str, ...]:
    return (incident.id, *incident.merged)


def _pair_inside(
    log: Log, incident: Incident, names: tuple[str, str], judgement: Judgement
) -> tuple[str, str]:
    """Return two records of one incident that a person now judges apart."""
    one, other = names
    if one == other:
        raise InputError(f"{one} cannot be judged against itself")
    direct = standing(log.history(one)).get(other)
    if judgement is Judgement.SAME or direct is None or direct.judgement is not Judgement.SAME:
        raise InputError(
            f"{one} and {other} are one incident already, {incident.id}: "
            "`incidex link undo` takes a merge back, `incidex link split` takes reports out"
        )
    return names


def _refuse_against_judgement(log: Log, left: Incident, right: Incident) -> None:
    for name in _members(left):
        for other, tie in standing(log.history(name)).items():
            if other in _members(right) and tie.judgement is Judgement.DIFFERENT:
                raise InputError(
                    f"{tie.by} judged {name} and {other} different on {tie.at:%Y-%m-%d} ({tie.why}); "
                    f"`incidex link undo {name} {other}` takes that back"
                )


def _spokesman(log: Log, incident: Incident) -> str:
    """Return the record of an incident that most may see, so that they see what is judged of it."""
    for tier in Tier:
        for name in _members(incident):
            found = fold_record(log.history, name, tier=tier)
            if found is not None:
                return found.id
    return incident.id


def _new_id(log: Log, record: str, parts: Iterable[str]) -> str:
    number = 0
    while True:
        name = name_by_content("inc", "split", record, *sorted(parts), str(number))
        if log.versions([name])[name] == 0:
            return name
        number += 1


def _held(
    log: Log, incident: Incident, reports: Sequence[str], claims: Sequence[str]
) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield which record holds what is to be moved: record, report, and the claims when not all of it."""
    left, rest = set(reports), set(claims)
    for name in _members(incident):
        bodies = [change.body for change in take_out_moved(log.history(name))]
        for report in sorted({b.report.id for b in bodies if isinstance(b, Linked)} & set(reports)):
            left.discard(report)
            yield name, report, ()
        made = [claim for b in bodies if isinstance(b, Claimed) for claim in b.claims if claim.id in claims]
        for report in sorted({claim.report for claim in made} - set(reports)):
            only = tuple(dict.fromkeys(claim.id for claim in made if claim.report == report))
            rest -= set(only)
            yield name, report, only
        rest -= {claim.id for claim in made}
    if left or rest:
        raise InputError(f"{incident.id} does not hold {', '.join(sorted(left | rest))}")
