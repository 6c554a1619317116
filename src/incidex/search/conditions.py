"""What a record must be like for a query to find it: a query after the codebook has been asked what it means.

Conditions are asked of an entry alone. The index and the evaluator in memory both answer them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from incidex.search.syntax import Place

#: Where words are looked for: everywhere, in what a record is headed by, in its names, or in one field.
ALL, HEAD, NAMES = "all", "head", "names"

_NOWHERE = Place(0, 0)


@dataclass(frozen=True, slots=True)
class Fact:
    """One of these tokens is among the record's facts."""

    tokens: tuple[str, ...]
    place: Place = _NOWHERE


@dataclass(frozen=True, slots=True)
class FactStart:
    """A fact begins so."""

    start: str
    place: Place = _NOWHERE


@dataclass(frozen=True, slots=True)
class Word:
    """A word, or another form of it, stands there."""

    word: str
    where: str = ALL
    place: Place = _NOWHERE


@dataclass(frozen=True, slots=True)
class Words:
    """These words stand there side by side, in this form and order."""

    words: tuple[str, ...]
    where: str = ALL
    place: Place = _NOWHERE


@dataclass(frozen=True, slots=True)
class WordStart:
    """A word stands there that begins so."""

    start: str
    where: str = ALL
    place: Place = _NOWHERE


@dataclass(frozen=True, slots=True)
class Near:
    """A word of a name is spelled nearly so."""

    word: str
    where: str = NAMES
    place: Place = _NOWHERE

    @property
    def most(self) -> int:
        """Return how many letters may differ: none in three, one in seven, two in more."""
        return 0 if len(self.word) < 4 else 1 if len(self.word) < 8 else 2


@dataclass(frozen=True, slots=True)
class Number:
    """One of a field's numbers lies there; both ends belong to it."""

    field: str
    low: int
    high: int
    place: Place = _NOWHERE


@dataclass(frozen=True, slots=True)
class Every:
    """All of it holds; of nothing, that is so for every record."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Some:
    """One of it holds; of nothing, that is so for no record."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Without:
    """It does not hold."""

    part: "Condition"


Leaf = Fact | FactStart | Word | Words | WordStart | Near | Number
Condition = Leaf | Every | Some | Without


def narrowed(condition: Condition, where: str) -> Condition:
    """Return the condition with its words to be found in a narrower place; what is to be absent stays so."""
    match condition:
        case Word(where=at) | Words(where=at) | WordStart(where=at) if at == ALL:
            return replace(condition, where=where)
        case Every(parts=parts):
            return Every(tuple(narrowed(part, where) for part in parts))
        case Some(parts=parts):
            return Some(tuple(narrowed(part, where) for part in parts))
        case _:
            return condition


def leaves_of(condition: Condition) -> Iterator[Leaf]:
    """Yield what is asked for, not what is to be absent."""
    match condition:
        case Every(parts=parts) | Some(parts=parts):
            for part in parts:
                yield from leaves_of(part)
        case Without():
            return
        case _:
            yield condition
