"""What imports the log knows of, the bytes of their rows, and taking one back."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice

from incidex.app.superseding import SIGNED
from incidex.model import (
    Body,
    Change,
    Claimed,
    InputError,
    Kind,
    Linked,
    Received,
    Retracted,
    find_withdrawn,
    take_out_moved,
)
from incidex.store import Log

#: Records that are written at once.
CHUNK = 200


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

    What its rows had taken the place of stands again. All of it stays in the history, and importing the rows
    again brings them back. Raises `InputError` when there is no such import, when all of it was withdrawn
    already, or when a later import has newer versions of its rows.
    """
    signed = f"{SIGNED}{name}"
    records = {line.record for line in log.lines() if line.by == signed and line.kind == Kind.LINKED}
    if not records:
        known = [each.name for each in find_imports(log)]
        told = f"; there are {', '.join(known[-5:])}" if known else ": nothing was ever imported"
        raise InputError(f"there is no import {name[:80]!r}{told}")
    newer = {each for record in records for each in _newer_imports(log.history(record), signed)}
    if newer:
        names = ", ".join(sorted(newer)[-5:])
        raise InputError(f"rows of {name} have newer versions of {names}; take the newest back first")
    count = 0
    waiting = iter(sorted(records))
    while chunk := list(islice(waiting, CHUNK)):
        changes: list[Change] = []
        for record in chunk:
            rows, bodies = _undo(log.history(record), name, why, by)
            count += rows
            changes += _number(log.versions([record])[record], record, bodies)
        if changes:
            log.append(changes)
    if not count:
        raise InputError(f"all of {name} was withdrawn already")
    return count


def _number(version: int, record: str, bodies: Sequence[tuple[Body, str]]) -> Iterator[Change]:
    at = datetime.now(UTC)
    for number, (body, by) in enumerate(bodies, start=version + 1):
        yield Change(record=record, version=number, body=body, by=by, at=at)


def _newer_imports(history: Sequence[Change], signed: str) -> Iterator[str]:
    """Yield the imports that brought newer versions of an import's rows."""
    keys: set[str] = set()
    for change in take_out_moved(history):
        if isinstance(change.body, Linked) and change.by == signed:
            keys |= _row_keys(change.body)
        elif (
            isinstance(change.body, Linked) and change.by.startswith(SIGNED) and keys & _row_keys(change.body)
        ):
            yield change.by.removeprefix(SIGNED)


def _undo(history: Sequence[Change], name: str, why: str, by: str) -> tuple[int, list[tuple[Body, str]]]:
    """Return how many rows of an import stand in a record, and what takes them out again, signed by whom."""
    seen, signed, told = take_out_moved(history), f"{SIGNED}{name}", f"{name} was taken back: {why}"
    brought, before = _find_links(seen, signed)
    bodies: list[tuple[Body, str]] = [(Retracted(each, why), by) for each in brought if each not in before]
    if brought:
        # Signed as by the import: no person has judged what these claims say.
        bodies += [(Retracted(claim, f"{told} ({by})"), signed) for claim in _find_made(seen, signed, before)]
        bodies += [(body, by) for body in _restore(seen, signed, before, told)]
    return len(brought), bodies


def _find_links(seen: Sequence[Change], signed: str) -> tuple[dict[str, Linked], dict[str, Linked]]:
    """Return the rows that an import brought and that stand, and those that stood before, the latest last."""
    brought: dict[str, Linked] = {}
    before: dict[str, Linked] = {}
    for change in seen:
        link = change.body
        if not isinstance(link, Linked):
            continue
        if change.by == signed:
            brought[link.report.id] = link
        elif not brought:
            before.pop(link.report.id, None)
            before[link.report.id] = link
        else:  # another version that was linked again since has taken the place of what the import brought
            own, keys = brought.get(link.report.id), _row_keys(link)
            brought = {
                name: each for name, each in brought.items() if each is own or not keys & _row_keys(each)
            }
    return brought, before


def _row_keys(link: Linked) -> set[str]:
    return {key for key in link.keys if key.startswith("row-")}


def _find_made(seen: Sequence[Change], signed: str, reports: Collection[str]) -> list[str]:
    """Return the claims of some reports that an import made and that stand."""
    withdrawn = find_withdrawn(seen)
    made = (c.body for c in seen if isinstance(c.body, Claimed) and c.by == signed)
    claims = (claim for body in made for claim in body.claims if claim.report in reports)
    return [claim.id for claim in claims if claim.id not in withdrawn]


def _restore(seen: Sequence[Change], signed: str, before: Mapping[str, Linked], why: str) -> Iterator[Body]:
    """Yield what makes stand again what an import had taken the place of: rows, linked again, and claims."""
    keys = {key for c in seen if isinstance(c.body, Linked) and c.by == signed for key in _row_keys(c.body)}
    latest = next((name for name, link in reversed(list(before.items())) if _row_keys(link) & keys), "")
    replaced = {c.body.claim for c in seen if isinstance(c.body, Retracted) and c.by == signed}
    gone = replaced & find_withdrawn(seen).keys()
    made = (claim for c in seen if isinstance(c.body, Claimed) for claim in c.body.claims)
    again = {claim.id: claim for claim in made if claim.id in gone}
    for name, link in before.items():
        claims = tuple(claim for claim in again.values() if claim.report == name)
        if claims or name == latest:
            yield replace(link, why=why)
        if claims:
            yield Claimed(claims)
