"""What is looked for before a search: where the sign is missing, the search itself finds nothing either."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from incidex.coding import Prepared, accusations
from incidex.coding import beside as flaws
from incidex.coding.identifiers import _ELSEWHERE, _ELSEWHERE_SIGN
from incidex.coding.indicators import _CANDIDATE, _FORMS, find_candidates
from incidex.coding.kinds import words_for
from incidex.coding.newnames import _places_of
from incidex.coding.numbers import _DIGITS, _NOT_BEFORE
from incidex.coding.parties import _CLAIMED_IT, _may_name_actor
from incidex.coding.techniques import _described, grams
from incidex.model import Document


def made_of(*pieces: str) -> st.SearchStrategy[str]:
    """Return texts of these pieces, joined with and without spaces."""
    return st.lists(st.sampled_from([*pieces, " ", " ", "\n", ". "]), max_size=14).map("".join)


_HOSTS = "evil EXAMPLE com 192 0 7 . [.] (.) {.} [dot] (DOT) @ [at] [@] ( hxxp https :// [:]// [://] : ::"
_LONG = ("fe80", "/a", "ab12" * 8, "1" + "z" * 26, "bc1" + "q" * 30)
INDICATORS = made_of(*_HOSTS.split(), *_LONG)


@settings(max_examples=400, deadline=None)
@given(INDICATORS)
def test_a_text_without_a_sign_of_an_indicator_has_none(text: str) -> None:
    found = [match for match in _CANDIDATE.finditer(text) if len(match[0]) >= 4]
    assert [str(match.lastgroup) for match in found] == [_FORMS[match.lastindex - 1] for match in found]
    whole = [each[:4] for each in find_candidates(f"{text}\nnot@all")]  # the last line is a sign
    assert [each[:4] for each in find_candidates(text)] == whole


@settings(max_examples=300, deadline=None)
@given(
    made_of(
        "C0012", "C00", "-", "0123456789", "12", "123456", "deadBEEF", "a1b2", "0000950170-23-011111", "x"
    )
)
def test_a_text_without_a_sign_of_an_identifier_has_none(text: str) -> None:
    assert _ELSEWHERE_SIGN.search(text) or not _ELSEWHERE.search(text) or "C00" in text


_NAMES = "Acme St. P.C. 7Rivers xHamster later claimed took responsibility credit the ransomware group gang"
_CALLED = ("Bright & Co, Inc.", "calls itself", "group called", "hackers known as", "members of")
ACTORS = made_of(*_NAMES.split(), *_CALLED)


@settings(max_examples=400, deadline=None)
@given(ACTORS)
def test_a_text_without_a_sign_of_an_actor_names_none(text: str) -> None:
    assert _may_name_actor(text, 0, len(text)) or not _CLAIMED_IT.search(text)


_BLAMED = (
    "Acme blames accused rival attributed traced to denied claimed credit involvement responsibility was it"
)
ACCUSED = made_of(*_BLAMED.split(), "behind", "responsible for", "the work of", "published", "took")


@settings(max_examples=400, deadline=None)
@given(ACCUSED)
def test_words_without_a_sign_of_blame_blame_nobody(text: str) -> None:
    for pattern, signs, *_ in accusations._PATTERNS:
        assert any(sign in text for sign in signs) or not pattern.search(text)


_TOLD_WORDS = """
we track name dubbed as known to us follow calling itself the loader gang called malware named threat group
outfit
"""


@settings(max_examples=400, deadline=None)
@given(made_of(*_TOLD_WORDS.split(), "“", '"', "‘"))
def test_what_names_an_attacker_ends_with_one_of_its_words(text: str) -> None:
    if flaws._NAMES_ACTOR.search(text):
        assert text.rstrip("“\"'‘").rstrip().endswith(flaws._NAMES_ACTOR_LAST)


FLAWS = made_of(
    "a", "flaw", "Flaws", "in", "the", "exploited", "zero-day", "of", "software", "by", "-", "Acme's"
)


@settings(max_examples=300, deadline=None)
@given(FLAWS)
def test_software_without_a_word_of_flaws_before_it_bears_none(text: str) -> None:
    starts = [hit.start for hit in Prepared(Document(report="r", text=text)).find(flaws.lexicons()[1])]
    found = flaws._flaw_before().search(text)
    assert not found or flaws.stands_before(starts, len(text))


def test_every_word_that_credits_a_name_is_waited_for() -> None:
    for words in words_for("credit"):
        text = f"A line.\n{words.replace('_', ' ').title()} "
        starts = [hit.start for hit in Prepared(Document(report="r", text=text)).find(flaws.lexicons()[0])]
        assert flaws.is_credited(text, len(text))
        assert flaws.stands_before(starts, len(text))


@settings(max_examples=300, deadline=None)
@given(made_of("Qak", "QakBot", "Bot", "_", "@", ".", "/", "-", "é", "1", "’"))
def test_a_name_stands_alone_where_a_pattern_says_so(text: str) -> None:
    pattern = re.compile(r"(?<![\w.@/-])QakBot(?![\w@])")
    assert [(s.start, s.end) for s in _places_of("QakBot", text)] == [
        m.span() for m in pattern.finditer(text)
    ]


@settings(max_examples=400, deadline=None)
@given(
    made_of(
        "1", "12", "345", "67890123", ",", ".", "-", "é", "x", "_", "million", "k", "%", "/", "$", "\u00a0"
    )
)
def test_numbers_begin_where_no_letter_or_digit_stands_before(text: str) -> None:
    slow = re.compile(_DIGITS.pattern.replace(r"(?<![^\W_].)", "").replace("(?>", "(?:"))
    quick, looked_after = (
        [match.span() for match in pattern.finditer(text) if not _goes_on(text, match.start())]
        for pattern in (_DIGITS, slow)
    )
    assert quick == looked_after


def _goes_on(text: str, start: int) -> bool:
    """Say whether what stands before makes digits a part of something else."""
    return start > 0 and (text[start - 1].isalnum() or text[start - 1] in _NOT_BEFORE)


@settings(max_examples=100, deadline=None)
@given(made_of("powershell", "script", "ran", "a", "registry", "run", "key", "keys", "credentials", "dump"))
def test_known_words_of_a_passage_are_those_of_all_that_are_known(text: str) -> None:
    known = _described().weights
    assert list(grams(text, known)) == [each for each in grams(text) if each[0] in known]
