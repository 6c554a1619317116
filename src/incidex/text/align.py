"""Where the words of an extracted text stand in the text it was extracted from.

Series of words that occur once on either side are matched first, and the longest chain of those that keeps
its order is taken (the idea of patience diff); from each, the match grows word by word. The time is linear,
but for a sort of the matches.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from incidex.text.runs import Runs

WORD = re.compile(r"\S+")

#: Beyond this, nothing is aligned: a page of so many words is no report, and each word takes memory.
MAX_CHARACTERS = 4_000_000

#: Words to a series, longest first: short texts hold no long series that occurs once.
SERIES = (4, 2, 1)

#: Words that may be skipped in the source to find the next: a footnote's mark, the label of a button.
LOOK_AROUND = 16


class Pair(NamedTuple):
    """A word's number in the text, and in the source."""

    word: int
    place: int


def align(text: str, source: str) -> Runs:
    """Return the map from `text` to `source`, whose words `text` holds in order, some left out.

    Words that are found map character by character. The rest, and the space between, is known by its ends.
    """
    if len(source) > MAX_CHARACTERS:
        everything = Runs()
        everything.stand(len(text), 0, len(source))
        return everything
    words, places = list(WORD.finditer(text)), list(WORD.finditer(source))
    runs, at, behind = Runs(), 0, 0
    for pair in match_words([m[0] for m in words], [m[0] for m in places]):
        word, place = words[pair.word], places[pair.place]
        _bridge(runs, text[at : word.start()], source, behind, place.start())
        runs.keep(len(word[0]), place.start())
        at, behind = word.end(), place.end()
    runs.stand(len(text) - at, behind, len(source) - behind)
    return runs


def _bridge(runs: Runs, between: str, source: str, start: int, end: int) -> None:
    """Append what stands between two words that were found."""
    if source.startswith(between, start) and len(between) == end - start:
        runs.keep(len(between), start)
    else:
        runs.stand(len(between), start, end - start)


def match_words(words: Sequence[str], places: Sequence[str]) -> Iterator[Pair]:
    """Yield which word stands at which place, both in rising order."""
    last = Pair(-1, -1)
    for anchor in [*_anchors(words, places), Pair(len(words), len(places))]:
        yield from _fill(words, places, last, anchor)
        if anchor.word < len(words):
            yield anchor
        last = anchor


def _anchors(words: Sequence[str], places: Sequence[str]) -> list[Pair]:
    for length in SERIES:
        ours, theirs = _singles(words, length), _singles(places, length)
        pairs = [Pair(at, theirs[series]) for series, at in ours.items() if series in theirs]
        if pairs:
            return _longest_chain(pairs)
    return []


def _singles(words: Sequence[str], length: int) -> dict[tuple[str, ...], int]:
    """Return the series of words that occur once, and where, in order."""
    found: dict[tuple[str, ...], int] = {}
    for at, series in enumerate(zip(*(words[skip:] for skip in range(length)), strict=False)):
        found[series] = -1 if series in found else at
    return {series: at for series, at in found.items() if at >= 0}


def _longest_chain(pairs: Sequence[Pair]) -> list[Pair]:
    """Return the most pairs whose places rise with their words (longest increasing subsequence)."""
    tops: list[int] = []  # tops[n]: the lowest place at which a chain of n + 1 pairs can end
    holders: list[int] = []  # and the pair that ends it
    before = [-1] * len(pairs)
    for number, pair in enumerate(pairs):
        at = bisect_left(tops, pair.place)
        tops[at : at + 1] = [pair.place]
        holders[at : at + 1] = [number]
        before[number] = holders[at - 1] if at else -1
    chain, number = [], holders[-1] if holders else -1
    while number >= 0:
        chain.append(pairs[number])
        number = before[number]
    return chain[::-1]


def _fill(words: Sequence[str], places: Sequence[str], last: Pair, anchor: Pair) -> Iterator[Pair]:
    """Yield the pairs between two anchors: what follows the first, then what leads to the next."""
    word, place = last.word + 1, last.place + 1
    while word < anchor.word and place < anchor.place and words[word] == places[place]:
        yield Pair(word, place)
        word, place = word + 1, place + 1
    yield from reversed(list(_lead(words, places, Pair(word, place), anchor)))


def _lead(words: Sequence[str], places: Sequence[str], floor: Pair, anchor: Pair) -> Iterator[Pair]:
    """Yield the pairs from `anchor` back to `floor`, skipping what one side does not have."""
    place = anchor.place
    for word in range(anchor.word - 1, floor.word - 1, -1):
        lowest = max(floor.place, place - LOOK_AROUND)
        for candidate in range(place - 1, lowest - 1, -1):
            if places[candidate] == words[word]:
                yield Pair(word, candidate)
                place = candidate
                break
