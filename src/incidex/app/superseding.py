"""What a newer row of the same source record changes in an incident: what it adds, and what it takes back.

A source knows its rows by names of its own. A row of a name that is there already says what the source says
now: its new claims are added, and those that it no longer makes are withdrawn. What it still says stays as it
stands, with all that people have decided about it.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from incidex.exchange import Row
from incidex.model import (
    Change,
    Claim,
    Claimed,
    Linked,
    Moved,
    NoEvidence,
    Report,
    Retracted,
    find_withdrawn,
    take_out_moved,
)
from incidex.store import Log

#: Where the log keeps what incidents are found by, a row's key among it.
LINK_KEY = "link"

#: Who signs what an import writes: this, and the import's name.
SIGNED = "import:"


@dataclass(frozen=True, slots=True)
class Version:
    """One row of a source record as it stands in an incident, and the import that brought it last."""

    report: Report
    by: str


@dataclass(frozen=True, slots=True)
class Held:
    """All that one incident holds of one source record."""

    versions: tuple[Version, ...]  # the latest is the last
    claims: tuple[Claim, ...]  # of its rows, those that stand
    refused: frozenset[tuple[object, ...]] = frozenset()  # what people have taken out of them

    @property
    def is_unclear(self) -> bool:
        """Say whether one file had several rows of this name, so that none can stand for another."""
        brought = [version.by for version in self.versions if version.by.startswith(SIGNED)]
        return len(set(brought)) < len(brought)

    def has(self, report: str) -> bool:
        """Say whether a row stands here as it is."""
        return any(version.report.id == report for version in self.versions)


class Update(NamedTuple):
    """What a row changes where an earlier version of it stands."""

    claims: tuple[Claim, ...]
    withdrawn: tuple[Claim, ...]


def find_held(history: Sequence[Change], row: Row) -> Held | None:
    """Return what an incident holds of the record that a row is of, or `None` when that is nothing."""
    seen = take_out_moved(history)
    versions: dict[str, Version] = {}
    for change in seen:
        if isinstance(change.body, Linked) and _is_version(change, row, seen):
            versions.pop(change.body.report.id, None)
            versions[change.body.report.id] = Version(change.body.report, change.by)
    if not versions:
        return None
    withdrawn, by_people = find_withdrawn(seen), _taken_out_by_people(history)
    claims = {claim.id: claim for claim in _imported(history, versions)}
    here = {claim.id for claim in _imported(seen, versions)} - withdrawn.keys()
    return Held(
        tuple(versions.values()),
        tuple(claim for name, claim in claims.items() if name in here),
        frozenset(_said(claim)[:-2] for name, claim in claims.items() if name in by_people - here),
    )


def find_places(log: Log, row: Row, first: Iterable[str]) -> Iterator[tuple[str, Held]]:
    """Yield the incidents that hold the record that a row is of, wherever people have moved it to."""
    places = [*(log.candidates(LINK_KEY, row.key) if row.key else ()), *first]
    for incident in places:
        history = log.history(incident)
        held = find_held(history, row)
        if held is not None:
            yield incident, held
            continue
        moved = (c.body for c in history if isinstance(c.body, Moved) and not c.body.only)
        places += [each.to for each in moved if each.report == row.report.id and each.to not in places]


def compare_row(held: Held, row: Row) -> Update:
    """Return what a row says for the first time, and what an earlier version of it said and it does not."""
    before = {_said(claim) for claim in held.claims}
    now = {_said(claim) for claim in row.claims}
    new = (claim for claim in row.claims if _said(claim) not in before)
    return Update(
        tuple(claim for claim in new if _said(claim)[:-2] not in held.refused),
        tuple(claim for claim in held.claims if _said(claim) not in now),
    )


def _is_version(change: Change, row: Row, seen: Sequence[Change]) -> bool:
    """Say whether a link is of this row's record: by its key, or, from before there were, its identifier."""
    if not isinstance(change.body, Linked):
        return False
    if change.body.report.id == row.report.id or row.key in change.body.keys:
        return True
    if not change.by.startswith(SIGNED) or change.body.report.source.id != row.report.source.id:
        return False
    if any(key.startswith("row-") for key in change.body.keys):
        return False
    report = change.body.report.id
    own = next((claim.value for claim in row.claims if claim.field == "identifier"), "")
    return any(claim.field == "identifier" and claim.value == own for claim in _imported(seen, {report}))


def _imported(seen: Sequence[Change], reports: Collection[str]) -> Iterator[Claim]:
    for change in seen:
        if isinstance(change.body, Claimed):
            for claim in change.body.claims:
                if claim.report in reports and claim.no_evidence is NoEvidence.IMPORTED:
                    yield claim


def _taken_out_by_people(history: Sequence[Change]) -> set[str]:
    """Return the claims that people have withdrawn, or moved to another incident."""
    taken: set[str] = set()
    for change in history:
        match change.body:
            case Retracted(claim=claim) if not change.by.startswith(SIGNED):
                taken.add(claim)
            case Moved(only=only):
                taken.update(only)
    return taken


def _said(claim: Claim) -> tuple[object, ...]:
    """Return what a claim says, whichever row says it and whoever read it there."""
    speaker = claim.speaker
    return (
        *(claim.field, claim.value, claim.stance, speaker.name, speaker.role),
        *(claim.confidence, claim.tier),
    )
