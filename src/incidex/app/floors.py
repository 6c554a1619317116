"""Floors under the scores, in `gold/floors.json`: read, checked, raised, and let down with a reason."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from incidex.app.scoring import GOLD, GoldSet, Scored
from incidex.evaluate import (
    Floors,
    SetFloors,
    format_floors,
    hash_rows,
    lower_floor,
    parse_floors,
    raise_floors,
    shortfalls,
)
from incidex.model import InputError

FLOORS = GOLD / "floors.json"


def read_floors(path: Path = FLOORS) -> Floors:
    """Return the floors that are set; none when there is no file."""
    try:
        return parse_floors(path.read_bytes())
    except FileNotFoundError:
        return Floors()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}") from error


def write_floors(floors: Floors, path: Path = FLOORS) -> None:
    """Write the floors to their file."""
    try:
        path.write_bytes(format_floors(floors))
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}") from error


def to_scores(scored: Scored) -> Mapping[str, float]:
    """Return what a floor can hold: F1 by field, and the shares by name."""
    by_field = {name: each.tally.f1 for name, each in scored.scores.fields.items()}
    return by_field | {name: each.share for name, each in scored.measures.items()}


def complaints(gold: GoldSet, held: SetFloors, scores: Mapping[str, float]) -> list[str]:
    """Return what is below its floor, a sentence each, or that the floors were set for other rows."""
    if hash_rows(gold.rows) != held.sha256:
        return [f"{gold.name}: its rows are not those that the floors were set for; use --set-floors"]
    return [f"{gold.name}: {each}" for each in shortfalls(held, scores)]


def set_floors(
    gold: GoldSet, floors: Floors, scores: Mapping[str, float], lower: Sequence[str] = (), reason: str = ""
) -> Floors:
    """Return the floors, raised to the scores; raise `InputError` when one would sink without leave."""
    known = floors.sets.get(gold.name)
    held = SetFloors(
        part=gold.part,
        sample=gold.sample,
        rows=len(gold.rows),
        sha256=hash_rows(gold.rows),
        floors=dict(known.floors) if known else {},
        lowered=known.lowered if known else (),
    )
    for field in lower:
        if field in held.floors:
            held = lower_floor(held, field, scores, reason=reason, on=datetime.now(UTC).date())
    below = [str(each) for each in shortfalls(held, scores)]
    if below:
        raise InputError(
            f"{gold.name}: {'; '.join(below)}. Mend the coders, or use --lower FIELD with --reason"
        )
    return floors.with_set(gold.name, raise_floors(held, scores))
