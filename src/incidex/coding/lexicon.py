"""Terms found in a text in one pass, however many there are: Aho and Corasick, CACM 18 (6), 1975."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick, MatchKind

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


def make_plain(text: str, *, lower: bool = True) -> str:
    """Return `text` in lower case, with one kind of space, hyphen and apostrophe; as long as it was."""
    for old, new in _PLAIN.items():
        text = text.replace(old, new)
    if not lower:
        return text
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(small if len(small := each.lower()) == 1 else each for each in text)


@dataclass(frozen=True, slots=True)
class Hit:
    """A term where it stands: which of the lexicon's terms, and the span of the words."""

    term: str
    span: Span


class Lexicon:
    """Finds whole words. A term that ends in `*` also finds every word that begins like it.

    Alone, the longest of the terms that begin first wins and nothing overlaps it; with `overlapping`,
    every term is found wherever it stands.
    """

    def __init__(self, terms: Iterable[str], *, overlapping: bool = False, lower: bool = True) -> None:
        self._lower = lower
        self._overlapping = overlapping
        self._terms = sorted({each for each in terms if each.strip("* ")})
        self._open = [each.endswith("*") for each in self._terms]
        kind = MatchKind.Standard if overlapping else MatchKind.LeftmostLongest
        patterns = [make_plain(each.removesuffix("*"), lower=lower) for each in self._terms]
        self._automaton = AhoCorasick(patterns, matchkind=kind)

    def find(self, text: str) -> Iterator[Hit]:
        """Yield the terms in `text`, in the order in which they end."""
        plain = make_plain(text, lower=self._lower)
        for index, start, end in self._automaton.find_matches_as_indexes(
            plain, overlapping=self._overlapping
        ):
            if start and plain[start].isalnum() and plain[start - 1].isalnum():
                continue
            stop = _end_of_word(plain, end) if self._open[index] else end
            if stop < len(plain) and plain[stop - 1].isalnum() and plain[stop].isalnum():
                continue
            yield Hit(self._terms[index], Span(start, stop))


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
