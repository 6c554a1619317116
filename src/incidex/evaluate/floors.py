"""The lowest scores that are allowed, and the record of who let one sink and why.

A floor holds for certain rows, named by their hash: other rows are another question. It stands a little below
the score that was reached, so that a row or two more or less is not an alarm.
"""

from collections.abc import Iterator, Mapping
from datetime import date

import msgspec

from incidex.model import InputError

#: How far a floor stands below the score that it was set from.
SLACK = 0.01

_PLACES = 3


class Lowered(msgspec.Struct, frozen=True):
    """A floor that was let down, with the reason."""

    field: str
    before: float
    after: float
    reason: str
    on: date


class SetFloors(msgspec.Struct, frozen=True):
    """The floors of one gold set: which of its rows they hold for, and the lowest score by field."""

    part: str
    sample: int  # rows, always the same; 0 for all
    rows: int
    sha256: str  # of what is asked and answered in the rows
    floors: dict[str, float]
    lowered: tuple[Lowered, ...] = ()


class Floors(msgspec.Struct, frozen=True):
    """All floors, by gold set."""

    sets: dict[str, SetFloors] = {}

    def with_set(self, name: str, held: SetFloors) -> "Floors":
        """Return the same with one set's floors replaced."""
        return Floors(dict(sorted({**self.sets, name: held}.items())))


class Shortfall(msgspec.Struct, frozen=True):
    """A score below its floor; `None` when the field is not scored any more."""

    field: str
    floor: float
    score: float | None

    def __str__(self) -> str:
        told = "is not scored any more" if self.score is None else f"scores {self.score:.3f}"
        return f"{self.field} {told}; its floor is {self.floor:.3f}"


def parse_floors(data: bytes) -> Floors:
    """Return the floors of a file; raise `InputError` when it is damaged."""
    try:
        return msgspec.json.decode(data, type=Floors)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(f"the floors cannot be read: {error}") from error


def format_floors(floors: Floors) -> bytes:
    """Return the file's bytes, made to be read and compared by people."""
    return msgspec.json.format(msgspec.json.encode(floors), indent=1) + b"\n"


def shortfalls(held: SetFloors, scores: Mapping[str, float]) -> Iterator[Shortfall]:
    """Yield the fields that are below their floors."""
    for field, floor in held.floors.items():
        reached = scores.get(field)
        if reached is None or reached < floor:
            yield Shortfall(field, floor, reached)


def raise_floors(held: SetFloors, scores: Mapping[str, float]) -> SetFloors:
    """Return the floors, raised to just below the scores where these are higher. Nothing sinks."""
    raised = {field: max(_below(score), held.floors.get(field, 0.0)) for field, score in scores.items()}
    return msgspec.structs.replace(held, floors=dict(sorted({**held.floors, **raised}.items())))


def lower_floor(
    held: SetFloors, field: str, scores: Mapping[str, float], *, reason: str, on: date
) -> SetFloors:
    """Return the floors with one let down to the score, and the reason kept beside it."""
    if not reason.strip():
        raise InputError("a floor is lowered for a reason; give it with --reason")
    if field not in held.floors:
        raise InputError(f"{field} has no floor here; there are {', '.join(held.floors) or 'none'}")
    before, reached = held.floors[field], scores.get(field)
    after = _below(reached) if reached is not None else 0.0
    if after >= before:
        return held
    kept = {**held.floors, field: after} if reached is not None else _without(held.floors, field)
    noted = (*held.lowered, Lowered(field, before, after, reason.strip(), on))
    return msgspec.structs.replace(held, floors=kept, lowered=noted)


def _without(floors: Mapping[str, float], field: str) -> dict[str, float]:
    return {name: floor for name, floor in floors.items() if name != field}


def _below(score: float) -> float:
    return max(0.0, round(score - SLACK, _PLACES))
