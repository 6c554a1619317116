"""Rows of another database into the log: each a report, a document and claims; whole chunks or nothing.

A row of a name that an earlier import brought is a newer version of it: see `superseding`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from incidex.app.superseding import SIGNED, Held, Update, compare_row, find_places
from incidex.exchange import Issue, Refused, Row
from incidex.exchange.rows import refuse
from incidex.linking import facts, keys, make_account
from incidex.model import (
    Body,
    Change,
    Claim,
    Claimed,
    ConflictError,
    Document,
    InputError,
    Linked,
    Received,
    Report,
    Retracted,
    StoreError,
    name_by_content,
)
from incidex.store import Log

#: Rows that are written at once, and about how many bytes of them.
CHUNK, CHUNK_BYTES = 200, 8_000_000

#: How often a chunk is placed anew when somebody else wrote first.
ATTEMPTS = 20

#: Identifiers that several incidents may bear: a page that tells of many, a campaign.
_SHARED = ("url:", "attack:")


@dataclass(slots=True)
class Outcome:
    """What became of a file: every row is new, changes one that is here, is here already, or is refused."""

    name: str  # of the import, by which it can be taken back
    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    claims: int = 0
    withdrawn: int = 0  # claims that changed rows no longer make
    issues: int = 0
    licences: Counter[str] = field(default_factory=Counter)  # of the rows imported
    left: Counter[str] = field(default_factory=Counter)  # columns without a field, by how many rows have them

    def check(self) -> None:
        """Raise `StoreError` unless every row that was read is accounted for."""
        if self.read != self.new + self.changed + self.unchanged + self.refused:
            raise StoreError(
                f"{self.read} rows were read, and {self.new} new, {self.changed} changed, {self.unchanged} "
                f"unchanged and {self.refused} refused are not as many; run `incidex log verify`, and tell "
                "us of this file"
            )

    @property
    def written(self) -> int:
        """How many rows brought something in."""
        return self.new + self.changed


@dataclass(frozen=True, slots=True)
class Placed:
    """A row, the incident that it goes to, and what it changes there."""

    row: Row
    incident: str
    claims: tuple[Claim, ...] = ()
    withdrawn: tuple[Claim, ...] = ()
    is_known: bool = False  # nothing has to be written
    is_newer: bool = False  # an earlier version of it is here


def make_name(path: Path, at: datetime) -> str:
    """Name an import by its time and file, so that it can be found in the log and taken back."""
    return f"imp-{at:%Y%m%d-%H%M%S}-{name_by_content('', path.name, at.isoformat())[1:5]}"


def import_rows(
    log: Log | None, rows: Iterable[Row | Refused], outcome: Outcome, *, dry: bool = False
) -> Iterator[Row | Refused]:
    """Write rows in chunks, and yield each once it is safe on disk, counted in `outcome`.

    A row goes where an earlier version of it stands, else to the incident that bears the same identifier, if
    there is one, and else to one of its own: what merely looks alike waits for a person (`incidex link
    suggest`). Without a log, all of it is new.
    """
    for chunk in _chunks(rows):
        good = [row for row in chunk if isinstance(row, Row)]
        written = {row.number: row for row in _write(None if dry else log, log, good, outcome)}
        for row in chunk:
            told = written.get(row.number, row)
            outcome.read += 1
            outcome.refused += isinstance(told, Refused)
            outcome.issues += len(told.issues)
            yield told
    outcome.check()


def _chunks(rows: Iterable[Row | Refused]) -> Iterator[list[Row | Refused]]:
    """Yield rows, some at a time: never more than a chunk's number of them, nor many more than its bytes."""
    chunk: list[Row | Refused] = []
    held_bytes = 0
    for row in rows:
        chunk.append(row)
        held_bytes += len(row.raw) if isinstance(row, Row) else 0
        if len(chunk) >= CHUNK or held_bytes >= CHUNK_BYTES:
            yield chunk
            chunk, held_bytes = [], 0
    if chunk:
        yield chunk


def _write(target: Log | None, log: Log | None, rows: Sequence[Row], outcome: Outcome) -> list[Row | Refused]:
    """Write a chunk; where the log refuses it, row by row. Return the rows, those that it refused as such."""
    try:
        placed = _append(target, log, rows, outcome.name)
    except InputError as wrong:
        if len(rows) > 1:
            return [told for row in rows for told in _write(target, log, [row], outcome)]
        return [refuse(rows[0].number, str(wrong))]
    for each in placed:
        if each.is_known:
            outcome.unchanged += 1
            continue
        outcome.new += not each.is_newer
        outcome.changed += each.is_newer
        outcome.claims += len(each.claims)
        outcome.withdrawn += len(each.withdrawn)
        outcome.licences[each.row.report.licence] += 1
        outcome.left.update(each.row.left)
    return [each.row for each in placed]


def _append(
    target: Log | None, log: Log | None, rows: Sequence[Row], name: str, attempts: int = ATTEMPTS
) -> list[Placed]:
    """Write rows at once; when somebody else wrote first, look again at what is there now."""
    placed = list(_place(log, rows, f"{SIGNED}{name}"))
    if target is None:
        return placed
    changes, blobs = _make_changes(target, placed, f"{SIGNED}{name}")
    try:
        if changes:
            target.append(changes, blobs)
    except ConflictError:
        if attempts <= 1:
            raise
        return _append(target, log, rows, name, attempts - 1)
    return placed


def _place(log: Log | None, rows: Sequence[Row], by: str) -> Iterator[Placed]:
    """Yield each row with the incident that it goes to, and what it changes there."""
    stored = log.versions({row.report.id for row in rows}) if log else {}
    named: dict[str, str] = {}  # incidents by the identifiers and keys of the rows of this chunk
    seen: dict[tuple[str, str], str] = {}
    for row in rows:
        names = [c.value for c in row.claims if c.field == "identifier" and not c.value.startswith(_SHARED)]
        own = name_by_content("inc", "row", *(names[:1] or [row.report.id]))
        known = [found for each in names if (found := named.get(each) or _find(log, each))]
        first = [*known, *([own] if stored.get(row.report.id) else [])]
        incident, held = next(find_places(log, row, first), ("", None)) if log else ("", None)
        incident = incident or named.get(row.key) or next(iter(known), own)
        beside = bool(row.key) and row.key in named
        named.update(dict.fromkeys([*names, *filter(None, [row.key])], incident))
        reading = (row.report.id, row.claims[0].coder)
        if reading in seen:
            yield Placed(row, seen[reading], is_known=True)
            continue
        seen[reading] = incident
        if beside or (held and (held.is_unclear or held.versions[-1].by == by)):
            yield _place_beside(row, incident, held)
        else:
            yield _place_over(log, row, incident, held)


def _place_beside(row: Row, incident: str, held: Held | None) -> Placed:
    """Place a row that is not the only one of its name in a file: none of them can stand for another."""
    if held and held.has(row.report.id):
        return Placed(row, incident, is_known=True)
    problem = "another row of the file has the same name; both are kept, and neither takes the other's place"
    told = replace(row, issues=(*row.issues, Issue(row.number, "", row.report.title, problem)))
    return Placed(told, incident, row.claims)


def _place_over(log: Log | None, row: Row, incident: str, held: Held | None) -> Placed:
    """Place a row over the earlier version of it, if there is one."""
    if held is None or log is None:
        return Placed(row, incident, row.claims)
    update = compare_row(held, row)
    if update == Update((), ()) and _tells_the_same(log, held.versions[-1].report, row):
        return Placed(row, incident, is_known=True)
    return Placed(row, incident, *update, is_newer=True)


def _tells_the_same(log: Log, before: Report, row: Row) -> bool:
    """Say whether a row that makes the same claims is the same in all else that is read of it, too."""
    if before.id == row.report.id:
        return True
    if replace(before, sha256="") != replace(row.report, sha256=""):
        return False
    received = next((c.body for c in log.history(before.id) if isinstance(c.body, Received)), None)
    return received is not None and _lines(received.document) == _lines(row.document)


def _lines(document: Document) -> list[str]:
    """Return the lines of a text in an order of their own: a list of values has none that means anything."""
    return sorted(document.text.splitlines())


def _find(log: Log | None, identifier: str) -> str:
    return next(iter(log.candidates("identifier", identifier)), "") if log else ""


def _make_changes(log: Log, placed: Sequence[Placed], by: str) -> tuple[list[Change], dict[str, bytes]]:
    """Return all that has to be written for these rows, numbered after what the log holds."""
    new = [each for each in placed if not each.is_known]
    versions = dict(log.versions({name for each in new for name in (each.row.report.id, each.incident)}))
    at = datetime.now(UTC)
    changes: list[Change] = []

    def write(record: str, body: Body) -> None:
        versions[record] += 1
        changes.append(Change(record=record, version=versions[record], body=body, by=by, at=at))

    for each in new:
        row = each.row
        if versions[row.report.id] == 0:
            write(row.report.id, Received(row.report, row.document))
        found = keys(make_account(facts(row.claims, row.report.published)))
        newer = ", newer than the one here" if each.is_newer else ""
        why = f"row {row.number} of an imported file{newer}"
        write(each.incident, Linked(row.report, why, tuple(sorted({*found, *filter(None, [row.key])}))))
        if each.claims:
            write(each.incident, Claimed(each.claims))
        for claim in each.withdrawn:
            write(each.incident, Retracted(claim.id, f"{row.report.source.name} no longer says so"))
    return changes, {each.row.report.sha256: each.row.raw for each in new}
