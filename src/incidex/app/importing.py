"""Rows of another database into the log: each a report, a document and claims; whole chunks or nothing."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from incidex.exchange import Refused, Row
from incidex.exchange.rows import refuse
from incidex.linking import facts, keys, make_account
from incidex.model import (
    Body,
    Change,
    Claimed,
    ConflictError,
    InputError,
    Kind,
    Linked,
    Received,
    Retracted,
    StoreError,
    name_by_content,
    take_out_moved,
)
from incidex.store import Log

#: Who signs what an import writes: this, and the import's name.
SIGNED = "import:"

#: Rows that are written at once, and about how many bytes of them.
CHUNK, CHUNK_BYTES = 200, 8_000_000

#: How often a chunk is placed anew when somebody else wrote first.
ATTEMPTS = 20

#: Identifiers that several incidents may bear: a page that tells of many, a campaign.
_SHARED = ("url:", "attack:")


@dataclass(slots=True)
class Outcome:
    """What became of a file: every row is imported, known already or refused."""

    name: str  # of the import, by which it can be taken back
    read: int = 0
    imported: int = 0
    known: int = 0
    refused: int = 0
    claims: int = 0
    issues: int = 0
    licences: Counter[str] = field(default_factory=Counter)  # of the rows imported
    left: Counter[str] = field(default_factory=Counter)  # columns without a field, by how many rows have them

    def check(self) -> None:
        """Raise `StoreError` unless every row that was read is accounted for."""
        if self.read != self.imported + self.known + self.refused:
            raise StoreError(
                f"{self.read} rows were read, and {self.imported} imported, {self.known} known and "
                f"{self.refused} refused are not as many; run `incidex log verify`, and tell us of this file"
            )


def make_name(path: Path, at: datetime) -> str:
    """Name an import by its time and file, so that it can be found in the log and taken back."""
    return f"imp-{at:%Y%m%d-%H%M%S}-{name_by_content('', path.name, at.isoformat())[1:5]}"


def import_rows(
    log: Log | None, rows: Iterable[Row | Refused], outcome: Outcome, *, dry: bool = False
) -> Iterator[Row | Refused]:
    """Write rows in chunks, and yield each once it is safe on disk, counted in `outcome`.

    A row goes to the incident that bears the same identifier, if there is one, and else to one of its own:
    what merely looks alike waits for a person (`incidex link suggest`). Without a log, all of it is new.
    """
    for chunk in _chunks(rows):
        good = [row for row in chunk if isinstance(row, Row)]
        stopped = {row.number: row for row in _write(None if dry else log, log, good, outcome)}
        for row in chunk:
            told = stopped.get(row.number, row)
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


def _write(target: Log | None, log: Log | None, rows: Sequence[Row], outcome: Outcome) -> list[Refused]:
    """Write a chunk; where the log refuses it, row by row. Return the rows that it refused."""
    try:
        placed = _append(target, log, rows, outcome.name)
    except InputError as wrong:
        if len(rows) > 1:
            return [stopped for row in rows for stopped in _write(target, log, [row], outcome)]
        return [refuse(rows[0].number, str(wrong))]
    for row, incident in placed:
        if incident:
            outcome.imported += 1
            outcome.claims += len(row.claims)
            outcome.licences[row.report.licence] += 1
            outcome.left.update(row.left)
        else:
            outcome.known += 1
    return []


def _append(
    target: Log | None, log: Log | None, rows: Sequence[Row], name: str, attempts: int = ATTEMPTS
) -> list[tuple[Row, str]]:
    """Write rows at once; when somebody else wrote first, look again at what is there now."""
    placed = list(_place(log, rows))
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


def _place(log: Log | None, rows: Sequence[Row]) -> Iterator[tuple[Row, str]]:
    """Yield each row with the incident that it goes to, "" when all that it says is there already."""
    stored = log.versions({row.report.id for row in rows}) if log else {}
    named: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    for row in rows:
        names = [c.value for c in row.claims if c.field == "identifier" and not c.value.startswith(_SHARED)]
        incident = next((found for each in names if (found := named.get(each) or _find(log, each))), "")
        incident = incident or name_by_content("inc", "row", *(names[:1] or [row.report.id]))
        named.update(dict.fromkeys(names, incident))
        reading = (row.report.id, row.claims[0].coder)
        known = reading in seen or (stored.get(row.report.id, 0) > 0 and _is_said(log, incident, row))
        seen.add(reading)
        yield row, "" if known else incident


def _find(log: Log | None, identifier: str) -> str:
    return next(iter(log.candidates("identifier", identifier)), "") if log else ""


def _is_said(log: Log | None, incident: str, row: Row) -> bool:
    """Say whether an incident's history holds a row's claims; those taken back do not count."""
    said: set[str] = set()
    for change in log.history(incident) if log else ():
        match change.body:
            case Claimed(claims=claims):
                said.update(claim.id for claim in claims)
            case Retracted(claim=row.report.id):
                said.clear()
    return all(claim.id in said for claim in row.claims)


def _make_changes(
    log: Log, placed: Sequence[tuple[Row, str]], by: str
) -> tuple[list[Change], dict[str, bytes]]:
    """Return all that has to be written for these rows, numbered after what the log holds."""
    new = [(row, incident) for row, incident in placed if incident]
    versions = dict(log.versions({name for row, incident in new for name in (row.report.id, incident)}))
    at = datetime.now(UTC)
    changes: list[Change] = []

    def write(record: str, body: Body) -> None:
        versions[record] += 1
        changes.append(Change(record=record, version=versions[record], body=body, by=by, at=at))

    for row, incident in new:
        if versions[row.report.id] == 0:
            write(row.report.id, Received(row.report, row.document))
        account = make_account(facts(row.claims, row.report.published))
        write(
            incident,
            Linked(row.report, f"row {row.number} of an imported file", tuple(sorted(keys(account)))),
        )
        write(incident, Claimed(row.claims))
    return changes, {row.report.sha256: row.raw for row, _ in new}


@dataclass(frozen=True, slots=True)
class Imported:
    """An import that the log knows of."""

    name: str
    at: datetime
    rows: int = 0
    claims: int = 0
    withdrawn: int = 0  # rows that were taken back and have not come in again


def find_imports(log: Log) -> list[Imported]:
    """Return the imports that the log knows of, the oldest first."""
    found: dict[str, Imported] = {}
    linked: dict[tuple[str, str], str] = {}  # a record and a report, and the import that last linked the two
    for change in log.since():
        name = change.by.removeprefix(SIGNED) if change.by.startswith(SIGNED) else ""
        match change.body:
            case Linked(report=report) if name:
                held = found.get(name) or Imported(name, change.at)
                found[name] = replace(held, rows=held.rows + 1)
                linked[change.record, report.id] = name
            case Claimed(claims=claims) if name in found:
                found[name] = replace(found[name], claims=found[name].claims + len(claims))
            case Retracted(claim=report_id) if name := linked.pop((change.record, report_id), ""):
                found[name] = replace(found[name], withdrawn=found[name].withdrawn + 1)
    return list(found.values())


def find_row(log: Log, report: str) -> bytes:
    """Return the bytes of a row, or of any report; raise `InputError` when they are not here."""
    received = next((c.body for c in log.history(report) if isinstance(c.body, Received)), None)
    if received is None:
        raise InputError(f"there is no report {report[:80]!r}; `incidex show` lists those of a record")
    found = log.find_blob(received.report.sha256)
    if found is None:
        raise InputError(f"the bytes of {report} are not here; `incidex log` says whether they were removed")
    return found


def take_back(log: Log, name: str, *, why: str, by: str) -> int:
    """Withdraw every row of an import and its claims, with a reason; return how many rows.

    All of it stays in the history, and importing the rows again brings them back. Raises `InputError` when
    there is no such import, or all of it was withdrawn already.
    """
    records = {
        line.record for line in log.lines() if line.by == f"{SIGNED}{name}" and line.kind == Kind.LINKED
    }
    if not records:
        known = [each.name for each in find_imports(log)]
        told = f"; there are {', '.join(known[-5:])}" if known else ": nothing was ever imported"
        raise InputError(f"there is no import {name[:80]!r}{told}")
    count = 0
    held = iter(sorted(records))
    while chunk := list(islice(held, CHUNK)):
        changes = [change for record in chunk for change in _withdraw(log, record, name, why, by)]
        if changes:
            log.append(changes)
        count += len(changes)
    if not count:
        raise InputError(f"all of {name} was withdrawn already")
    return count


def _withdraw(log: Log, record: str, name: str, why: str, by: str) -> Iterator[Change]:
    """Yield what takes an import's rows out of a record, of those that still stand."""
    history = log.history(record)
    standing = [
        change.body.report.id
        for change in take_out_moved(history)
        if change.by == f"{SIGNED}{name}" and isinstance(change.body, Linked)
    ]
    at = datetime.now(UTC)
    for version, report in enumerate(dict.fromkeys(standing), start=len(history) + 1):
        yield Change(record=record, version=version, body=Retracted(report, why), by=by, at=at)
