"""Retold incidents: the same by the same seed, from the facts alone, and never more exact than they are."""

import re
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidex.evaluate.retelling import Happening, published, tell

HAPPENING = Happening(
    victim="University of California Davis",
    year=2013,
    month=12,
    day=9,
    actions=("social",),
    data=("Medical", "Personal"),
    records=1800,
)


def test_the_same_seed_tells_the_same_and_others_tell_it_otherwise() -> None:
    assert tell(HAPPENING, "a") == tell(HAPPENING, "a")
    assert len({tell(HAPPENING, seed).text for seed in range(50)}) > 45


@pytest.mark.parametrize("seed", range(30))
def test_no_other_year_day_or_victim_is_told(seed: int) -> None:
    told = tell(HAPPENING, seed)
    assert set(re.findall(r"\b20[0-9]{2}\b", told.text)) <= {"2013"}
    assert re.search(r"Univ|UCD|Davis|California", told.text)
    assert told.published[:4] in ("", "2013", "2014", "2015")


@given(st.integers(0, 10_000))
def test_it_can_always_be_placed_in_time(seed: int) -> None:
    told = tell(HAPPENING, seed)
    assert told.published or "2013" in told.text


@given(st.integers(0, 10_000), st.integers(0, 12))
def test_nobody_tells_of_it_before_it_happened(seed: int, month: int) -> None:
    when = published(Happening(victim="Acme", year=2013, month=month), Random(seed))
    assert when == "" or when >= ("2013" if len(when) == 4 else f"2013-{month:02d}")
