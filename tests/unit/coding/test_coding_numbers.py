import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidex.coding.numbers import find_numbers


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,200", 1200),
        ("9.7 million", 9_700_000),
        ("83k", 83_000),
        ("half a million", 500_000),
        ("a quarter of a million", 250_000),
        ("two hundred and five thousand", 205_000),
        ("two dozen", 24),
    ],
)
def test_a_number_is_read_whole(text: str, value: int) -> None:
    assert [(each.value, each.span.within(text)) for each in find_numbers(text)] == [(value, text)]


@pytest.mark.parametrize("text", ["$500", "12%", "1.5", "3.4.5", "x86", "10:30", "million"])
def test_what_is_no_count_is_not_read(text: str) -> None:
    assert not list(find_numbers(text))


@given(st.integers(min_value=0, max_value=10**14))
def test_digits_in_threes_mean_what_they_say(value: int) -> None:
    assert [each.value for each in find_numbers(f"{value:,}")] == [value]
