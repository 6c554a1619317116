import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from incidex.coding.lexicon import Hit, Lexicon, Scanner, Sentences, longest, make_plain
from incidex.model import Span


def found(lexicon: Lexicon, text: str) -> list[tuple[str, str]]:
    return [(hit.term, hit.span.within(text)) for hit in lexicon.find(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Laptop was gone.", [("laptop", "Laptop")]),
        ("Laptops and phablaptop", []),
        ("credit\ncard numbers", [("credit card numbers", "credit\ncard numbers")]),
        ("credit card", [("credit card", "credit card")]),
        ("a driver’s licence", [("driver's licence", "driver’s licence")]),
        ("İstanbul laptop", [("laptop", "laptop")]),
        ("misconfigured, yes", [("misconfigur*", "misconfigured")]),
        ("žlaptop laptopř élaptop laptopµ жlaptop中", [("laptop", "laptop")]),
    ],
)
def test_whole_words_are_found_with_their_place_whatever_their_case(
    text: str, expected: list[tuple[str, str]]
) -> None:
    terms = ["laptop", "credit card", "credit card numbers", "driver's licence", "misconfigur*"]
    assert found(Lexicon(terms), text) == expected


def test_overlapping_terms_are_all_found_when_asked_for() -> None:
    terms = ["stolen laptop", "laptop"]
    assert len(found(Lexicon(terms, overlapping=True), "a stolen laptop")) == 2
    assert len(found(Lexicon(terms), "a stolen laptop")) == 1


@given(st.text())
def test_the_plain_text_is_as_long_as_the_text(text: str) -> None:
    assert len(make_plain(text)) == len(text)


def test_a_sentence_is_cut_off_at_its_reach() -> None:
    places = Sentences([Span(0, 10), Span(11, 5000)])
    assert places.at(12) == 1
    assert places.around(Span(1000, 1005), reach=100) == Span(900, 1105)


@given(
    st.text("aAbBeé' -\n.", max_size=40),
    st.lists(st.text("abeé' -", min_size=1, max_size=5), min_size=1, max_size=6),
)
@example("An A-B, a b and AB's", ["a", "a b", "ab*"])
def test_one_pass_finds_for_each_lexicon_what_it_finds_alone(text: str, terms: list[str]) -> None:
    lexicons = [
        Lexicon(terms),
        Lexicon(terms, overlapping=True),
        Lexicon([term.upper() for term in terms], lower=False),
    ]
    shared = Scanner(lexicons).scan(text)
    assert {each: list(shared[each]) for each in lexicons} == {
        each: list(each.find(text)) for each in lexicons
    }


def test_where_case_counts_only_that_spelling_is_found() -> None:
    lexicon = Lexicon(["Play", "PLAY"], lower=False)
    assert [hit.term for hit in lexicon.find("children play, Play struck, PLAY struck, pLAY")] == [
        "Play",
        "PLAY",
    ]


def test_a_longer_word_does_not_hide_the_shorter_one_that_stands_there() -> None:
    assert found(Lexicon(["data", "data breaches of"]), "data breaches often") == [("data", "data")]


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(1, 6)), max_size=9))
def test_the_longest_of_those_that_begin_first_is_kept(places: list[tuple[int, int]]) -> None:
    hits = [Hit("x", start, start + length) for start, length in places]
    expected: list[Hit] = []
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end)):
        if not expected or hit.start >= expected[-1].end:
            expected.append(hit)
    assert longest(hits) == expected
