import time

from hypothesis import given
from hypothesis import strategies as st

from incidex.model import Span
from incidex.text.align import align, match_words

words = st.lists(st.sampled_from(["the", "firm", "said", "that", "data", "was", "by", "a"]), max_size=30)


@given(words, words, words)
def test_matched_words_are_the_same_and_in_order(
    first: list[str], second: list[str], third: list[str]
) -> None:
    text, source = first + third, [*first, *second, *third]
    pairs = list(match_words(text, source))
    assert all(text[word] == source[place] for word, place in pairs)
    assert pairs == sorted(set(pairs))
    assert len({place for _, place in pairs}) == len(pairs)


def test_words_are_found_behind_a_menu_that_holds_them_too() -> None:
    menu = "The firm Home The News said About "
    text = "The firm said that 50 records were taken."
    found = align(text, menu + text + " Contact The firm").to_map().find(Span(0, 8))
    assert found == (len(menu), len(menu) + 8)


def test_a_word_that_is_not_in_the_source_is_known_by_its_neighbours() -> None:
    runs = align("The firm • said", "The firm, said")
    found = runs.to_map().find(Span(9, 10))
    assert found
    assert found[0] <= 3
    assert found[1] >= 9


def test_time_grows_with_the_words() -> None:
    text = "a b c a b d " * 20_000
    started = time.process_time()
    align(text, "x " + text * 2)
    assert time.process_time() - started < 10
