"""Phrases: however they are typed, and what is said when they are mistyped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidex.model import InputError
from incidex.web.phrase import hash_phrase, make_phrase

#: The first two test vectors of BIP 39, and one with a word that begins another.
ZERO = "abandon " * 11 + "about"
LEGAL = "legal winner thank year wave sausage worth useful legal winner thank yellow"


def test_a_phrase_is_twelve_words_and_never_the_same() -> None:
    made = {make_phrase() for _ in range(50)}
    assert len(made) == 50
    assert {len(each.split()) for each in made} == {12}
    assert len({hash_phrase(each) for each in made}) == 50


@pytest.mark.parametrize(
    "typed",
    [
        LEGAL.upper(),
        f"  {LEGAL.replace(' ', '   ')}\n",
        LEGAL.replace(" ", ", "),
        " ".join(word[:4] for word in LEGAL.split()),
    ],
)
def test_spaces_capitals_and_words_cut_short_do_not_matter(typed: str) -> None:
    assert hash_phrase(typed) == hash_phrase(LEGAL)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "12 words, and this has 0"),
        ("legal winner", "and this has 2"),
        (LEGAL.replace("sausage", "sausge"), "word 6, 'sausge', is in no phrase; perhaps 'sausage'"),
        (LEGAL.replace("year", "xyzzy"), "word 4, 'xyzzy', is in no phrase; perhaps 'dizzy'"),
        (LEGAL.replace("yellow", "zoo"), "not these together"),
        ("winner legal thank year wave sausage worth useful legal winner thank yellow", "in this order"),
        ("x" * 100_000, "and this has 1"),
    ],
)
def test_a_mistyped_phrase_names_its_words(typed: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        hash_phrase(typed)


def test_vectors_of_the_standard_are_phrases() -> None:
    assert len({hash_phrase(ZERO), hash_phrase(LEGAL)}) == 2


@given(st.text(max_size=500))
def test_no_text_is_anything_but_refused(text: str) -> None:
    with pytest.raises(InputError):
        hash_phrase(text)
