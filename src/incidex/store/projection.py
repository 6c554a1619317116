"""What is rebuilt from the changes so that records can be found: one pure function from change to rows."""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from incidex.model import Kind, Stance
from incidex.store.codec import Line, parse_part

#: Fields by whose values incidents are found and compared.
KEYED = frozenset(
    {
        "victim.name",
        "victim.domain",
        "identifier",
        "date.occurred",
        "date.ended",
        "date.discovered",
        "date.disclosed",
    }
)


class Row(NamedTuple):
    """One row of a projected table; a row that is there already is not written twice."""

    table: str
    values: tuple[str | int, ...]


class _Blob(msgspec.Struct):
    blob: str


class _Document(msgspec.Struct):
    text: _Blob


class _Received(msgspec.Struct):
    document: _Document


class _Claim(msgspec.Struct):
    id: str
    report: str
    field: str
    value: str | _Blob
    stance: str
    tier: int


class _Claimed(msgspec.Struct):
    claims: list[_Claim]


class _Report(msgspec.Struct):
    tier: int


class _Linked(msgspec.Struct):
    report: _Report
    keys: list[str] = []  # msgspec copies it; lines from before there were keys have none


class _Removed(msgspec.Struct):
    blobs: list[str]


def rows(line: Line) -> Iterator[Row]:
    """Yield what a change adds to the tables, whether or not its words are still there.

    `incident`: id, serial of its first change. `report`: id, hash of a text, serial.
    `claim`: id, incident, report, field. `key`: field, folded value, incident, tier; what an incident was
    linked by stands under "link".
    `removed`: hash of words that had to go, serial.

    Raises `StoreError` when the line is not one that `encode` has written.
    """
    if line.kind in (Kind.LINKED, Kind.CLAIMED):
        yield Row("incident", (line.record, line.serial))
    if line.kind == Kind.LINKED:
        linked = parse_part(line, _Linked)
        for key in linked.keys:
            yield Row("key", ("link", fold_key(key), line.record, linked.report.tier))
    if line.kind == Kind.RECEIVED:
        yield Row("report", (line.record, parse_part(line, _Received).document.text.blob, line.serial))
    if line.kind == Kind.CLAIMED:
        for claim in parse_part(line, _Claimed).claims:
            yield Row("claim", (claim.id, line.record, claim.report, claim.field))
            if claim.field in KEYED and claim.stance == Stance.ASSERTS and isinstance(claim.value, str):
                yield Row("key", (claim.field, fold_key(claim.value), line.record, claim.tier))
    if line.kind == Kind.REMOVED:
        yield from (Row("removed", (name, line.serial)) for name in parse_part(line, _Removed).blobs)


def fold_key(text: str) -> str:
    """Return text as keys are compared: case folded, spaces made single, and safe to store."""
    # No NUL and no half of a surrogate pair: PostgreSQL takes neither, and both databases find alike.
    return " ".join(text.casefold().split()).encode("utf-8", "replace").decode().replace("\0", "?")
