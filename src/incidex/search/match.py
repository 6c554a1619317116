"""Whether a record is like that: conditions asked of an entry in memory, without an index."""

from collections.abc import Sequence
from functools import cached_property

from incidex.search.conditions import (
    ALL,
    Condition,
    Every,
    Fact,
    FactStart,
    Near,
    Number,
    Some,
    Without,
    Word,
    Words,
    WordStart,
)
from incidex.search.entry import SCOPES, Entry
from incidex.search.words import distance_at_most, is_form_of, runs, split


class Read:
    """An entry with its words cut apart when they are first asked for."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self._split: dict[str, list[list[str]]] = {}

    @cached_property
    def facts(self) -> frozenset[str]:
        """The entry's facts."""
        return frozenset(self.entry.facts)

    def words(self, where: str) -> list[list[str]]:
        """Return the words of each text that stands there."""
        if where not in self._split:
            names = self.entry.texts if where == ALL else SCOPES.get(where, (where,))
            self._split[where] = [split(text) for name in names for text in self.entry.texts.get(name, ())]
        return self._split[where]


def matches(condition: Condition, read: Read) -> bool:
    """Say whether a record is like that."""
    match condition:
        case Every(parts=parts):
            return all(matches(part, read) for part in parts)
        case Some(parts=parts):
            return any(matches(part, read) for part in parts)
        case Without(part=part):
            return not matches(part, read)
        case Fact(tokens=tokens):
            return not read.facts.isdisjoint(tokens)
        case FactStart(start=start):
            return any(token.startswith(start) for token in read.entry.facts)
        case Number(field=field, low=low, high=high):
            return any(low <= number <= high for number in read.entry.numbers.get(field, ()))
        case _:
            return any(_holds(condition, words) for words in read.words(condition.where))


def _holds(condition: Word | Words | WordStart | Near, words: Sequence[str]) -> bool:
    match condition:
        case Word(word=word):
            return any(is_form_of(found, word) for found in words)
        case Words(words=phrase):
            return runs(words, phrase)
        case WordStart(start=start):
            return any(found.startswith(start) for found in words)
        case Near(word=word):
            return any(distance_at_most(found, word, condition.most) for found in words)
