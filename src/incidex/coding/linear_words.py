"""The words of a text as the rows of a weight matrix: words, pairs of words, and cues."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from incidex.coding.base import Prepared
from incidex.coding.cues import TABLES, load_cues
from incidex.coding.industry import read_industry
from incidex.coding.known import read_known
from incidex.coding.trades import read_trades
from incidex.model import Span

#: A number says only that there is one, so that no model learns a year or a count by heart.
_TOKEN = re.compile(r"[a-z]+|[0-9]+|[$£€]")
#: Most sentences hold nothing but letters and what parts them, and are split in a fifth of the time.
_NO_LETTER, _NO_LETTER_OF_ASCII = re.compile(r"[0-9$£€]"), re.compile(r"[0-9$]")
_SPACED = bytes(byte if chr(byte).islower() else 32 for byte in range(128)) + bytes([32]) * 128
NUMBER = "0"
#: Pairs are kept as one number: the first word's, shifted, and the second's.
SHIFT = 20
#: Words in the lead of a text, which says what the story is; what follows may be background and advice.
LEAD = 120
#: What a longer text counts beside its lead: less, the longer it is, since ever more of it is background.
_LEAST_WHOLE, _MOST_WHOLE = 0.25, 0.5
#: Before the field of a cue that is no cue word: the name of a known actor, or what the victim is called.
KNOWN = "known "
#: The same for what the victim's own name says.
NAMED = "named "

Rows = NDArray[np.int64]
#: By row, the sentence that a feature stands in; or that it stands in more than one.
_Seen = dict[int, int]
_SEVERAL = -1


class Found(NamedTuple):
    """Rows of a text's features, each once, and where each stands.

    `alone` are places in `rows` of the features that stand in one sentence only, ordered by sentence, and
    `sentence` is that sentence's number, one for each of `alone`: removing a sentence removes exactly those.
    """

    rows: Rows
    alone: Rows
    sentence: Rows
    share: float = 1.0  # of the part of a text in its log-odds: of the whole, and of its lead


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
    def _pair_rows(self) -> Mapping[int, int]:
        return {pair: number for number, pair in enumerate(self.pairs.tolist(), len(self.words))}

    @cached_property
    def _cue_rows(self) -> Mapping[tuple[str, str], int]:
        first = len(self.words) + len(self.pairs)
        return {tuple(cue.split("=", 1)): first + n for n, cue in enumerate(self.cues)}  # type: ignore[misc]

    def __len__(self) -> int:
        return len(self.words) + len(self.pairs) + len(self.cues)

    @cached_property
    def _names(self) -> dict[int, str]:
        return {}

    def name(self, row: int) -> str:
        """Return what a row stands for, in words."""
        name = self._names.get(row)
        if name is None:
            name = self._names[row] = self._spell(row)
        return name

    def _spell(self, row: int) -> str:
        if row < len(self.words):
            return self.words[row]
        row -= len(self.words)
        if row < len(self.pairs):
            pair = int(self.pairs[row])
            return f"{self.words[pair >> SHIFT]} {self.words[pair & ((1 << SHIFT) - 1)]}"
        return self.cues[row - len(self.pairs)]

    def find(self, prepared: Prepared) -> tuple[Found, ...]:
        """Return the features of a text, and of a longer one those of its lead as well."""
        seen: _Seen = {}
        lead: _Seen = {}
        leads = total = 0  # sentences in the lead, or 0 while all are; words so far
        text = prepared.small
        spaced = text.encode("ascii", "replace").translate(_SPACED).decode("ascii")
        others = _NO_LETTER_OF_ASCII if text.isascii() else _NO_LETTER
        for number, span in enumerate(prepared.sentences):
            start, end = span.start, span.end
            has_others = others.search(text, start, end)
            tokens = _TOKEN.findall(text, start, end) if has_others else spaced[start:end].split()
            total += len(tokens)
            if total > LEAD and number and not leads:
                lead, leads = seen.copy(), number
            self._note(tokens, number, seen)
        for row, number in self._cues_of(prepared):
            _see(seen, row, number)
            if number < leads:
                _see(lead, row, number)
        if not leads:
            return (_gather(seen),)
        whole = min(_MOST_WHOLE, max(_LEAST_WHOLE, LEAD / total))
        return _gather(seen)._replace(share=whole), _gather(lead)._replace(share=1 - whole)

    def _note(self, tokens: Sequence[str], number: int, seen: _Seen) -> None:
        """Note the words of a sentence, and the pairs of neighbours, where they are known."""
        pairs, before = self._pair_rows, None
        for row in map(self._index.get, tokens):
            if row is not None:
                if seen.setdefault(row, number) != number:
                    seen[row] = _SEVERAL
                if before is not None:
                    pair = pairs.get(before << SHIFT | row)
                    if pair is not None and seen.setdefault(pair, number) != number:
                        seen[pair] = _SEVERAL
            before = row

    def _cues_of(self, prepared: Prepared) -> Iterator[tuple[int, int]]:
        """Yield the row of each cue in a text, and the sentence it stands in."""
        if self.cues:
            rows, at = self._cue_rows, prepared.places.at
            for field, value, span in prepared.made(read_cues):
                row = rows.get((field, value))
                if row is not None:
                    yield row, max(at(span.start), 0)


def _see(seen: _Seen, row: int, number: int) -> None:
    if seen.setdefault(row, number) != number:
        seen[row] = _SEVERAL


def _gather(seen: _Seen) -> Found:
    rows = sorted(seen)
    place = np.array([seen[row] for row in rows], np.int64)
    alone = np.flatnonzero(place >= 0)
    alone = alone[np.argsort(place[alone], kind="stable")]
    return Found(np.array(rows, np.int64), alone, place[alone])


def split_tokens(lowered: str) -> list[str]:
    """Return the words of a text in lower case, numbers as "0"."""
    return [NUMBER if token[0] in "0123456789" else token for token in _TOKEN.findall(lowered)]


def read_cues(prepared: Prepared) -> Sequence[tuple[str, str, Span]]:
    """Return what the coders' cues say, and known names of actors, as features: field, value and place."""
    found = [
        (each.field, each.value, each.span) for name in TABLES for each in prepared.once(load_cues(name).read)
    ]
    found += [(KNOWN + each.field, each.value, each.span) for each in prepared.once(read_known)]
    found += [(KNOWN + each.field, each.value[:2], each.span) for each in prepared.once(read_industry)]
    found += [(NAMED + each.field, each.value, each.span) for each in prepared.once(read_trades)]
    return found
