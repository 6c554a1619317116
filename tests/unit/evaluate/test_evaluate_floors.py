from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidex.evaluate import (
    Floors,
    SetFloors,
    format_floors,
    lower_floor,
    parse_floors,
    raise_floors,
    shortfalls,
)
from incidex.model import InputError

EMPTY = SetFloors(part="test", sample=0, rows=2, sha256="0" * 64, floors={})
SCORES = st.dictionaries(st.sampled_from(["action", "impact", "speaker"]), st.floats(0, 1))
TODAY = date(2026, 11, 24)


@given(SCORES, SCORES)
def test_raising_never_lets_a_floor_sink(first: dict[str, float], second: dict[str, float]) -> None:
    once = raise_floors(EMPTY, first)
    twice = raise_floors(once, second)
    assert all(twice.floors[field] >= floor for field, floor in once.floors.items())


@given(SCORES)
def test_what_a_floor_was_set_from_stands_above_it(scores: dict[str, float]) -> None:
    assert not list(shortfalls(raise_floors(EMPTY, scores), scores))


def test_a_lower_score_and_one_that_is_gone_fall_short() -> None:
    held = raise_floors(EMPTY, {"action": 0.8, "impact": 0.9})
    found = [str(each) for each in shortfalls(held, {"action": 0.7})]
    assert found == [
        "action scores 0.700; its floor is 0.790",
        "impact is not scored any more; its floor is 0.890",
    ]


def test_lowering_keeps_the_reason() -> None:
    held = lower_floor(
        raise_floors(EMPTY, {"action": 0.8}), "action", {"action": 0.7}, reason="a better split", on=TODAY
    )
    assert held.floors == {"action": 0.69}
    assert [(each.field, each.before, each.after, each.reason) for each in held.lowered] == [
        ("action", 0.79, 0.69, "a better split")
    ]
    assert not list(shortfalls(held, {"action": 0.7}))


def test_lowering_what_has_not_sunk_changes_nothing() -> None:
    held = raise_floors(EMPTY, {"action": 0.8})
    assert lower_floor(held, "action", {"action": 0.85}, reason="x", on=TODAY) == held


@pytest.mark.parametrize(
    ("field", "reason", "complaint"),
    [("action", " ", "for a reason"), ("impact", "because", "impact has no floor here")],
)
def test_lowering_needs_a_floor_and_a_reason(field: str, reason: str, complaint: str) -> None:
    held = raise_floors(EMPTY, {"action": 0.8})
    with pytest.raises(InputError, match=complaint):
        lower_floor(held, field, {"action": 0.1}, reason=reason, on=TODAY)


def test_the_file_reads_back_as_it_was_written() -> None:
    lowered = lower_floor(
        raise_floors(EMPTY, {"action": 0.8}), "action", {"action": 0.7}, reason="so", on=TODAY
    )
    floors = Floors().with_set("mine", lowered)
    assert parse_floors(format_floors(floors)) == floors
    with pytest.raises(InputError, match="cannot be read"):
        parse_floors(b"{")
