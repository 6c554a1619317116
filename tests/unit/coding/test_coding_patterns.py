"""Patterns that begin with letters find what those find that begin with a word's edge."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from incidex.coding.linear_words import _NO_LETTER, _SPACED, _TOKEN
from incidex.coding.patterns import at_words, followed, to_small

_PIECES = [
    "no",
    "not",
    "note",
    "one",
    "a",
    "may",
    "maybe",
    "n't",
    "é",
    "1",
    "_",
    "-",
    " ",
    " ",
    "\n",
    "ſ",
    "İ",
]
TEXTS = st.lists(st.sampled_from(_PIECES), max_size=12).map("".join)


@given(TEXTS)
@example("a not one")
def test_words_are_found_where_they_begin(text: str) -> None:
    alternatives = ("not one", r"no(?!t)", r"not\b", *followed("may|a", " (?:no|one)"))
    found = at_words(*alternatives, elsewhere="n't")
    plain = re.compile(rf"\b(?:{'|'.join(alternatives)})|n't")
    assert [each.span() for each in found.finditer(text)] == [each.span() for each in plain.finditer(text)]
    for start in range(len(text)):
        assert str(found.search(text, start)) == str(plain.search(text, start))


@given(st.text())
@example("İstanbul ẞ K")
def test_small_letters_stand_where_the_large_ones_stood(text: str) -> None:
    small = to_small(text)
    assert len(small) == len(text)
    assert all(new in (old.lower(), old) or old == "Σ" for old, new in zip(text, small, strict=True))


@given(
    st.lists(st.sampled_from(["data", "é", "’s", "A", ".", "\n", "\ud800", "中", "it"]), max_size=12).map(
        " ".join
    )
)
def test_a_sentence_of_letters_is_split_as_it_is_matched(text: str) -> None:
    small = to_small(text)
    assert not _NO_LETTER.search(small)
    assert small.encode("ascii", "replace").translate(_SPACED).decode().split() == _TOKEN.findall(small)


@pytest.mark.parametrize("text", ["data 1", "£5", "a$", "€"])
def test_a_number_and_a_sign_of_money_are_words_too(text: str) -> None:
    assert _NO_LETTER.search(text)
