"""What is rebuilt from the changes so that records can be found: one pure function from change to rows."""

from collections.abc import Iterator
from typing import NamedTuple

from incidex.model import Kind, Stance, StoreError
from incidex.store.codec import Line, parse
from incidex.store.words import Plain

#: Fields by whose values incidents are found and compared.
KEYED = frozenset(
    {
        "victim.name",
        "victim.domain",
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


def rows(line: Line) -> Iterator[Row]:
    """Yield what a change adds to the tables, whether or not its words are still there.

    `incident`: id, serial of its first change. `report`: id, hash of a text, serial.
    `claim`: id, incident, report, field. `key`: field, folded value, incident, tier.
    `removed`: hash of words that had to go, serial.

    Raises `StoreError` when the line is not one that `encode` has written.
    """
    try:
        body = parse(line)
        if line.kind in (Kind.LINKED, Kind.CLAIMED):
            yield Row("incident", (line.record, line.serial))
        if line.kind == Kind.RECEIVED:
            yield Row("report", (line.record, body["document"]["text"]["blob"], line.serial))
        if line.kind == Kind.CLAIMED:
            for claim in body["claims"]:
                yield from _claim_rows(claim, line.record)
        if line.kind == Kind.REMOVED:
            yield from (Row("removed", (name, line.serial)) for name in body["blobs"])
    except (KeyError, TypeError) as error:
        raise StoreError(f"change {line.serial} cannot be read; run `incidex log verify`") from error


def _claim_rows(claim: Plain, incident: str) -> Iterator[Row]:
    yield Row("claim", (claim["id"], incident, claim["report"], claim["field"]))
    if claim["field"] in KEYED and claim["stance"] == Stance.ASSERTS:
        yield Row("key", (claim["field"], fold_key(claim["value"]), incident, claim["tier"]))


def fold_key(text: str) -> str:
    """Return text as keys are compared: case folded, spaces made single, and safe to store."""
    # No NUL and no half of a surrogate pair: PostgreSQL takes neither, and both databases find alike.
    return " ".join(text.casefold().split()).encode("utf-8", "replace").decode().replace("\0", "?")
