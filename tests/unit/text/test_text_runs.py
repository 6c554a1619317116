from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from incidex.model import Span
from incidex.text import Runs

pieces = st.lists(
    st.tuples(st.booleans(), st.integers(1, 5), st.integers(0, 3), st.integers(0, 9)), max_size=12
)


def grow(drawn: list[tuple[bool, int, int, int]]) -> Runs:
    """Append runs one behind the other, with gaps between them in the origin."""
    runs, at = Runs(), 0
    for is_exact, size, gap, width in drawn:
        at += gap
        if is_exact:
            runs.keep(size, at)
        else:
            runs.stand(size, at, width)
        at += size if is_exact else width
    return runs


def test_kept_characters_are_found_one_by_one() -> None:
    runs = Runs()
    runs.keep(5, 100)
    assert runs.to_map().find(Span(1, 3)) == (101, 103)


def test_runs_that_follow_each_other_become_one() -> None:
    runs = Runs()
    runs.keep(3, 10)
    runs.keep(4, 13)
    assert len(runs.starts) == 1


def test_what_is_known_by_its_ends_is_returned_whole() -> None:
    runs = Runs()
    runs.stand(3, 10, 20)
    assert runs.to_map().find(Span(1, 2)) == (10, 30)


def test_equal_lengths_do_not_promise_what_is_not_known() -> None:
    runs = Runs()
    runs.keep(10, 0)
    runs.stand(4, 10, 4)
    found = runs.to_map().find(Span(11, 12))
    assert found
    assert found[0] <= 10
    assert found[1] == 14


@given(pieces, st.data())
def test_two_maps_in_a_row_hold_what_each_would(
    outer: list[tuple[bool, int, int, int]], data: st.DataObject
) -> None:
    first = grow(outer)
    reach = max((first.bounds(0, first.length)[1], 1)) + 3
    second = Runs()
    second.keep(reach, 1000)
    joined = first.through(second)
    assert joined.length == first.length
    if first.length:
        start = data.draw(st.integers(0, first.length - 1))
        end = data.draw(st.integers(start + 1, first.length))
        begin, finish = first.bounds(start, end)
        found = joined.to_map().find(Span(start, end))
        assert found
        assert found[0] <= 1000 + begin
        assert found[1] >= 1000 + finish


@given(pieces)
def test_places_rise_with_the_text(drawn: list[tuple[bool, int, int, int]]) -> None:
    runs = grow(drawn)
    origins = list(runs.origins)
    assert all(left <= right + 1 for left, right in pairwise(origins))


def test_shifting_moves_every_origin() -> None:
    runs = Runs()
    runs.keep(5, 0)
    assert runs.shifted(7).to_map().find(Span(0, 5)) == (7, 12)
