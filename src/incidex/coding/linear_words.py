"""The words of a text as the rows of a weight matrix: words, pairs of words, and cues."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from incidex.coding.base import Prepared
from incidex.coding.cues import TABLES, load_cues
from incidex.coding.industry import read_industry
from incidex.coding.known import read_known
from incidex.model import Span

#: A number says only that there is one, so that no model learns a year or a count by heart.
_TOKEN = re.compile(r"[a-z]+|[0-9]+|[$£€]")
NUMBER = "0"
#: Pairs are kept as one number: the first word's, shifted, and the second's.
SHIFT = 20
#: Words in the lead of a text, which says what the story is; what follows may be background and advice.
LEAD = 120
#: Before the field of a cue that is no cue word: the name of a known actor, or what the victim is called.
KNOWN = "known "

Rows = NDArray[np.int64]


class Found(NamedTuple):
    """Rows of a text's features, each once, and where each stands.

    `alone` are places in `rows` of the features that stand in one sentence only, ordered by sentence, and
    `sentence` is that sentence's number, one for each of `alone`: removing a sentence removes exactly those.
    """

    rows: Rows
    alone: Rows
    sentence: Rows


@dataclass(frozen=True)
class Words:
    """What a model knows of words: `words` and `pairs` of them, then the `cues` of the coders' tables."""

    words: tuple[str, ...]
    pairs: Rows  # sorted; see `SHIFT`
    cues: tuple[str, ...]  # "field=value"

    @cached_property
    def _index(self) -> Mapping[str, int]:
        return {word: number for number, word in enumerate(self.words)}

    @cached_property
    def _cue_rows(self) -> Mapping[tuple[str, str], int]:
        first = len(self.words) + len(self.pairs)
        return {tuple(cue.split("=", 1)): first + n for n, cue in enumerate(self.cues)}  # type: ignore[misc]

    def __len__(self) -> int:
        return len(self.words) + len(self.pairs) + len(self.cues)

    def name(self, row: int) -> str:
        """Return what a row stands for, in words."""
        if row < len(self.words):
            return self.words[row]
        row -= len(self.words)
        if row < len(self.pairs):
            pair = int(self.pairs[row])
            return f"{self.words[pair >> SHIFT]} {self.words[pair & ((1 << SHIFT) - 1)]}"
        return self.cues[row - len(self.pairs)]

    def find(self, prepared: Prepared) -> tuple[Found, ...]:
        """Return the features of a text, and of a longer one those of its lead as well."""
        known = self._index.get
        numbers: list[int] = []
        lengths: list[int] = []
        text = prepared.text
        for span in prepared.sentences:
            tokens = _TOKEN.findall(text[span.start : span.end].lower())
            numbers += [known(token, -1) for token in tokens]
            lengths.append(len(tokens))
        count = len(prepared.sentences)
        word = np.array(numbers, np.int64)
        place = np.repeat(np.arange(count), lengths)
        keys = np.concatenate([_words(word, place, count), self._pairs_of(word, place, count)])
        keys = np.concatenate([keys, self._cues_of(prepared, count)])
        count = max(count, 1)
        lead = max(1, bisect_right(list(accumulate(lengths)), LEAD))
        if lead >= count:
            return (_once(keys, count),)
        return _once(keys, count), _once(keys[keys % count < lead], count)

    def _pairs_of(self, word: Rows, place: Rows, count: int) -> Rows:
        if len(word) < 2 or not len(self.pairs):
            return np.empty(0, np.int64)
        first, second = word[:-1], word[1:]
        joined = (first >= 0) & (second >= 0) & (place[:-1] == place[1:])
        pair = (first[joined] << SHIFT) | second[joined]
        at = np.searchsorted(self.pairs, pair)
        at[at == len(self.pairs)] = 0
        known = self.pairs[at] == pair
        keys: Rows = (at[known] + len(self.words)) * max(count, 1) + place[:-1][joined][known]
        return keys

    def _cues_of(self, prepared: Prepared, count: int) -> Rows:
        if not self.cues:
            return np.empty(0, np.int64)
        rows = self._cue_rows
        found = [
            row * max(count, 1) + max(prepared.places.at(span.start), 0)
            for field, value, span in read_cues(prepared)
            if (row := rows.get((field, value))) is not None
        ]
        return np.array(found, np.int64)


def split_tokens(lowered: str) -> list[str]:
    """Return the words of a text in lower case, numbers as "0"."""
    return [NUMBER if token[0] in "0123456789" else token for token in _TOKEN.findall(lowered)]


def read_cues(prepared: Prepared) -> Iterator[tuple[str, str, Span]]:
    """Yield what the coders' cues say, and known names of actors, as features: field, value and place."""
    for name in TABLES:
        for reading in prepared.once(load_cues(name).read):
            yield reading.field, reading.value, reading.span
    for reading in prepared.once(read_known):
        yield KNOWN + reading.field, reading.value, reading.span
    for reading in prepared.once(read_industry):
        yield KNOWN + reading.field, reading.value[:2], reading.span


def _words(word: Rows, place: Rows, count: int) -> Rows:
    known = word >= 0
    return word[known] * max(count, 1) + place[known]


def _once(keys: Rows, count: int) -> Found:
    """Return each row once; `keys` are row * count + sentence."""
    keys = np.unique(keys)
    row = keys // count
    first = np.empty(len(row), np.bool_)
    first[:1] = True
    np.not_equal(row[1:], row[:-1], out=first[1:])
    starts = np.flatnonzero(first)
    rows = row[starts]
    last = np.append(starts[1:], len(row))
    alone = np.flatnonzero(last - starts == 1)
    sentence = (keys - row * count)[starts[alone]]
    order = np.argsort(sentence, kind="stable")
    return Found(rows, alone[order], sentence[order])
