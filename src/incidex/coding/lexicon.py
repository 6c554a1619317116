"""Terms found in a text in one pass, however many there are: Aho and Corasick, CACM 18 (6), 1975."""

import codecs
import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from operator import itemgetter
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from incidex.coding.patterns import to_small
from incidex.model import Span

#: One character for one, so that places in the plain text are places in the text.
_PLAIN = {
    "\n": " ",
    "\t": " ",
    "\r": " ",
    "\u00a0": " ",
    "\u202f": " ",
    "\u2019": "'",
    "\u2018": "'",
    "\u2010": "-",
    "\u2011": "-",
}


#: Those of them that a text in plain letters can hold.
_SPACES = {old: new for old, new in _PLAIN.items() if old.isascii()}


def make_plain(text: str, *, lower: bool = True) -> str:
    """Return `text` in lower case, with one kind of space, hyphen and apostrophe; as long as it was."""
    for old, new in (_SPACES if text.isascii() else _PLAIN).items():
        text = text.replace(old, new)
    return to_small(text) if lower else text


class Hit(NamedTuple):
    """A term where it stands: which of the lexicon's terms, and the half-open range of its words."""

    term: str
    start: int
    end: int

    @property
    def span(self) -> Span:
        """The range as a span."""
        return Span(self.start, self.end)


class Lexicon:
    """Finds whole words. A term that ends in `*` also finds every word that begins like it.

    Alone, the longest of the terms that begin first wins and nothing overlaps it; with `overlapping`,
    every term is found wherever it stands. With `lower` off, only words spelt as the term is.
    """

    def __init__(self, terms: Iterable[str], *, overlapping: bool = False, lower: bool = True) -> None:
        self.terms = tuple(sorted({each for each in terms if each.strip("* ")}))
        self.overlapping = overlapping
        self.lower = lower

    def find(self, text: str) -> Sequence[Hit]:
        """Return the terms in `text`: left to right, or with `overlapping` in the order in which they end."""
        return self._scanner.scan(text)[self]

    @cached_property
    def _scanner(self) -> "Scanner":
        return Scanner((self,))


#: Codes of two capitals ("MA") are found by a pattern of their own: in small letters they would stand in
#: every other word, and cost more than all other terms together.
#: A pattern that begins with a set of letters and no look behind is one that the engine skips through.
_CODE = re.compile(r"[A-Z][A-Z](?<![^\W_]..)(?![^\W_])")


class _Target(NamedTuple):
    """What a pattern of the automaton stands for in one lexicon."""

    lexicon: int
    term: str
    is_open: bool  # a stem, which takes the rest of its word with it
    spelling: str  # how it must be spelt, where case counts; else ""


#: A letter from here on ends a word in Latin letters: Chinese and Japanese put no space around a foreign
#: name, Hebrew and Arabic put prefixes before it.
_BEYOND_LATIN = "\u0250"


#: By byte of Latin-1: 1 for a letter or a digit, else 0; one look at either end tells a whole word.
_OF_WORD = bytes(chr(byte).isalnum() for byte in range(256))


def _stand_in(error: UnicodeError) -> tuple[str, int]:
    """Return a letter for each letter in Latin script that Latin-1 lacks, and spaces for all else."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacked = error.object[error.start : error.end]
    letters = ["a" if each < _BEYOND_LATIN and each.isalnum() else " " for each in lacked]
    return "".join(letters), error.end


_ERRORS = "incidex.words"
codecs.register_error(_ERRORS, _stand_in)


class Scanner:
    """Searches any number of lexicons in one pass over a text, which costs little more than one of them."""

    def __init__(self, lexicons: Sequence[Lexicon]) -> None:
        self.lexicons = tuple(lexicons)
        targets: dict[str, list[_Target]] = {}
        self._codes: dict[str, list[int]] = {}
        for number, lexicon in enumerate(self.lexicons):
            for term in lexicon.terms:
                if not lexicon.lower and _CODE.fullmatch(term):
                    self._codes.setdefault(term, []).append(number)
                    continue
                spelt = make_plain(term.removesuffix("*"), lower=False)
                target = _Target(number, term, term.endswith("*"), "" if lexicon.lower else spelt)
                targets.setdefault(make_plain(spelt), []).append(target)
        self._targets = [tuple(each) for each in targets.values()]
        self._automaton = AhoCorasick(list(targets), matchkind=MatchKind.Standard)

    def scan(self, text: str) -> Mapping[Lexicon, Sequence[Hit]]:
        """Return what each lexicon finds in the text, as `Lexicon.find` does."""
        found: list[list[Hit]] = [[] for _ in self.lexicons]
        self._find_terms(text, found)
        if self._codes:
            self._find_codes(text, found)
        return {
            lexicon: hits if len(hits) < 2 or lexicon.overlapping else longest(hits)
            for lexicon, hits in zip(self.lexicons, found, strict=True)
        }

    def _find_terms(self, text: str, found: Sequence[list[Hit]]) -> None:
        spelt = make_plain(text, lower=False)
        plain = to_small(spelt)
        of_word = plain.encode("latin-1", _ERRORS).translate(_OF_WORD)
        length = len(plain)
        targets, make = self._targets, tuple.__new__  # half the time of `Hit(…)`, a hundred times a text
        for index, start, end in self._automaton.find_matches_as_indexes(plain, overlapping=True):
            if start and of_word[start - 1] and of_word[start]:
                continue
            inside = end < length and of_word[end] and of_word[end - 1]
            for number, term, is_open, spelling in targets[index]:
                stop = end
                if inside:
                    stop = _end_of_word(plain, end) if is_open else 0
                    if not stop or (stop < length and plain[stop].isalnum()):
                        continue
                if not spelling or spelt[start:end] == spelling:
                    found[number].append(make(Hit, (term, start, stop)))

    def _find_codes(self, text: str, found: Sequence[list[Hit]]) -> None:
        for match in _CODE.finditer(text):
            for number in self._codes.get(match[0], ()):
                found[number].append(Hit(match[0], *match.span()))


def longest(hits: Iterable[Hit]) -> list[Hit]:
    """Keep, from left to right, the longest of the terms that begin first, and nothing that overlaps it."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=_END):
        place = len(kept)
        while place and kept[place - 1].start >= hit.start:
            place -= 1
        if not place or kept[place - 1].end <= hit.start:  # else a term that begins before it stands there
            kept[place:] = [hit]
    return kept


_END = itemgetter(2)


#: A stem with more than this after it is no word of a language.
_LONGEST_ENDING = 12


def _end_of_word(text: str, at: int) -> int:
    limit = min(len(text), at + _LONGEST_ENDING)
    while at < limit and text[at].isalpha():
        at += 1
    return at


class Sentences:
    """Which sentence a place of the text stands in."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._spans = spans
        self._starts = [each.start for each in spans]

    def at(self, place: int) -> int:
        """Return the number of the last sentence that begins at or before `place`; -1 before the first."""
        return bisect_right(self._starts, place) - 1

    def around(self, span: Span, reach: int = 200) -> Span:
        """Return the sentence around `span`, cut off `reach` characters either side of it."""
        number = self.at(span.start)
        sentence = self._spans[number] if number >= 0 else span
        start = max(min(sentence.start, span.start), span.start - reach)
        return Span(start, min(max(sentence.end, span.end), span.end + reach))
