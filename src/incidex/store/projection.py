"""What is rebuilt from the changes so that records can be found: one pure function from change to rows."""

from collections.abc import Iterator
from typing import NamedTuple

from incidex.model import Change, Claim, Claimed, Kind, Linked, Received, Stance

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


def rows(change: Change) -> Iterator[Row]:
    """Yield what a change adds to the tables.

    `incident`: id, serial of its first change. `report`: id, hash of a text, serial.
    `claim`: id, incident, report, field. `key`: field, folded value, incident, tier.
    """
    body = change.body
    if change.kind in (Kind.LINKED, Kind.CLAIMED):
        yield Row("incident", (change.record, change.serial))
    if isinstance(body, Received):
        yield Row("report", (body.report.id, body.document.sha256, change.serial))
    if isinstance(body, Linked):
        return
    if isinstance(body, Claimed):
        for claim in body.claims:
            yield from _claim_rows(claim, change.record)


def _claim_rows(claim: Claim, incident: str) -> Iterator[Row]:
    yield Row("claim", (claim.id, incident, claim.report, claim.field))
    if claim.field in KEYED and claim.stance is Stance.ASSERTS:
        yield Row("key", (claim.field, fold_key(claim.value), incident, int(claim.tier)))


def fold_key(text: str) -> str:
    """Return text as keys are compared: case folded, spaces made single, and safe to store."""
    return " ".join(text.casefold().split()).encode("utf-8", "replace").decode()
