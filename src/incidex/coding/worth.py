"""What a reading is worth: of the readings that a coder is so sure of, the share that are right.

Coders that match words and weigh names say how sure they are in numbers that their authors chose. A table,
`data/worth.tsv`, learned from rows of the corpora with answers, says what each such number has been worth. A
coder and field that no corpus answers keep their own number; the learned model's is a share already.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache, lru_cache

from incidex.coding.cues import read_rows
from incidex.coding.linear_model import Curve
from incidex.model import Claim

FILE = "worth.tsv"


@cache
def load_worth() -> Mapping[tuple[str, str], Curve]:
    """Return what readings are worth, by coder and field."""
    return {(coder, field): _parse(points) for coder, field, _, points in read_rows("worth")}


def _parse(points: str) -> Curve:
    pairs = [point.split(":") for point in points.split(" ")]
    return Curve(tuple(float(own) for own, _ in pairs), tuple(float(share) for _, share in pairs))


def weigh(claim: Claim) -> Claim:
    """Return the claim with the confidence that its coder's own number has been worth."""
    worth = _worth_of(claim.coder, claim.field, claim.confidence)
    return claim if worth == claim.confidence else replace(claim, confidence=worth)


@lru_cache(maxsize=4096)
def _worth_of(coder: str, field: str, confidence: float) -> float:
    """Return what a number has been worth; a coder has few of them."""
    curve = load_worth().get((coder, field))
    return round(curve.at(confidence), 3) if curve else confidence
