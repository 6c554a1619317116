"""Words as the pieces that an encoder knows: whole words, or their parts.

As BERT's uncased models cut a text (Devlin et al. 2018; WordPiece, longest piece first): lower case, no
accents, each mark by itself. Every piece knows where it stands in the text.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

#: A word, or a single mark.
_WORD = re.compile(r"[^\W_]+|[^\w\s]|_")
#: What a piece inside a word begins with, in the vocabulary.
INSIDE = "##"
#: Pieces that are no words: one unknown, the beginning and the end of a text.
UNKNOWN, FIRST, LAST = "[UNK]", "[CLS]", "[SEP]"
#: A longer word is no word.
_LONGEST = 60
#: Words whose pieces are remembered.
_REMEMBERED = 50_000


class Piece(NamedTuple):
    """A piece by its number in the vocabulary, and where it stands: the whole word that it is of."""

    number: int
    start: int
    end: int


@dataclass(frozen=True)
class Pieces:
    """The pieces that an encoder knows, in the order of its vectors."""

    names: tuple[str, ...]
    _seen: dict[str, tuple[int, ...]] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def index(self) -> Mapping[str, int]:
        """The number of each piece."""
        return {name: number for number, name in enumerate(self.names)}

    def cut(self, text: str, start: int = 0) -> Iterator[Piece]:
        """Yield the pieces of a text, which itself stands at `start`."""
        for match in _WORD.finditer(text):
            first, last = match.span()
            for number in self._pieces_of(match[0]):
                yield Piece(number, start + first, start + last)

    def enclose(self, pieces: Sequence[int]) -> list[int]:
        """Return the numbers with the beginning and the end of a text around them."""
        return [self.index[FIRST], *pieces, self.index[LAST]]

    def _pieces_of(self, word: str) -> tuple[int, ...]:
        known = self._seen.get(word)
        if known is None:
            known = tuple(self._split(plain(word)))
            if len(self._seen) < _REMEMBERED:
                self._seen[word] = known
        return known

    def _split(self, word: str) -> Iterator[int]:
        """Yield the longest pieces that a word begins with, one after another; unknown, if any part is."""
        found: list[int] = []
        at = 0
        while at < len(word) <= _LONGEST:
            inside = INSIDE if at else ""
            ends = range(len(word), at, -1)
            end = next((end for end in ends if inside + word[at:end] in self.index), None)
            if end is None:
                break
            found.append(self.index[inside + word[at:end]])
            at = end
        yield from found if word and at == len(word) else (self.index[UNKNOWN],)


def plain(word: str) -> str:
    """Return the word in lower case and without accents."""
    if word.isascii():
        return word.lower()
    apart = unicodedata.normalize("NFD", word.lower())
    return "".join(each for each in apart if unicodedata.category(each) != "Mn")
