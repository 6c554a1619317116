"""As it stood: by serial, by time, and by the time of a clock that went back."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from incidex.model import AsOf, Change, past
from tests.factories import NOON, claimed, linked, make_claim, make_history


def at(*hours: float) -> list[Change]:
    history = make_history(linked(), *(claimed(make_claim(start=n)) for n in range(len(hours) - 1)))
    return [
        replace(change, at=NOON + timedelta(hours=hour)) for change, hour in zip(history, hours, strict=True)
    ]


def hour(number: float) -> datetime:
    return NOON + timedelta(hours=number)


@pytest.mark.parametrize(
    ("as_of", "seen"),
    [
        pytest.param(None, 4, id="now"),
        pytest.param(2, 2, id="serial"),
        pytest.param(hour(-1), 0, id="before everything"),
        pytest.param(hour(1), 2, id="time"),
        pytest.param(hour(9), 4, id="after everything"),
    ],
)
def test_returns_what_had_happened(as_of: AsOf, seen: int) -> None:
    assert len(past(at(0, 1, 2, 3), as_of)) == seen


def test_what_stands_before_a_change_had_happened_when_it_was_made() -> None:
    history = at(0, 2, 1, 3)  # the third was made by a clock that had gone back
    assert past(history, hour(1)) == history[:3]
    assert past(history, hour(0.5)) == history[:1]
    assert past(history, hour(2)) == history[:3]
