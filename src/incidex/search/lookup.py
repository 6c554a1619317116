"""Conditions as queries of Tantivy: built piece by piece, never from a user's text."""

from collections.abc import Iterable, Sequence
from itertools import product

from tantivy import FieldType, Occur, Query, Schema, Searcher

from incidex.search.conditions import (
    ALL,
    HEAD,
    NAMES,
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
from incidex.search.words import has_forms, is_form_of, shared_start

#: Words whose forms are remembered at once.
_MOST_KNOWN = 10_000

#: Words for which every choice of fields is looked at.
_MOST_SPREAD = 3

_Worded = Word | Words | WordStart | Near
_GROUPS = (Every, Some, Without, Fact, FactStart, Number)

#: What means something in a regular expression.
_SPECIAL = frozenset(".\\+*?()|[]{}^$")


def text_field(part: str) -> str:
    """Return the index's field for the words of one part of an entry."""
    return f"text_{part.replace('.', '_')}"


def number_field(part: str) -> str:
    """Return the index's field for the numbers of a codebook field."""
    return f"number_{part.replace('.', '_')}"


class Lookup:
    """Makes queries for one moment of an index, and remembers which forms of a word it has."""

    def __init__(self, schema: Schema, searcher: Searcher) -> None:
        self._schema = schema
        self._searcher = searcher
        self._known: dict[str, list[str]] = {}

    def make(self, condition: Condition) -> Query:
        """Return the query that finds exactly the entries that are like that."""
        match condition:
            case Every(parts=parts):
                return self._every(parts)
            case Some(parts=parts):
                return _any([self.make(part) for part in parts])
            case Without():
                return self._every((condition,))
            case Fact(tokens=tokens):
                return self._terms("facts", tokens)
            case FactStart(start=start):
                return self._begins("facts", start)
            case Number():
                return self._number(condition)
            case _:
                return _any([self._words(condition, field) for field in _fields_of(condition.where)])

    def _every(self, parts: Sequence[Condition]) -> Query:
        headed = [part for part in parts if not isinstance(part, _GROUPS) and part.where == HEAD]
        if 2 <= len(headed) <= _MOST_SPREAD:
            rest = [part for part in parts if part not in headed]
            return Query.boolean_query([(Occur.Must, self._spread(headed)), *self._clauses(rest)])
        return self._joined(self._clauses(parts))

    def _spread(self, leaves: Sequence[_Worded]) -> Query:
        """Find words each of which stands in one of several fields: any choice of a field for each.

        The same as to find one after the other, and less work: documents that have all of some words are
        found by the shortest of their lists, those that have one in any of several fields by all of them.
        """
        choices = product(*(_fields_of(leaf.where) for leaf in leaves))
        return _any([self._all_in(zip(leaves, chosen, strict=True)) for chosen in choices])

    def _all_in(self, places: Iterable[tuple[_Worded, str]]) -> Query:
        return Query.boolean_query([(Occur.Must, self._words(leaf, field)) for leaf, field in places])

    def _clauses(self, parts: Iterable[Condition]) -> list[tuple[Occur, Query]]:
        clauses: list[tuple[Occur, Query]] = []
        for part in parts:
            if isinstance(part, Without):
                clauses.append((Occur.MustNot, self.make(part.part)))
            else:
                clauses.append((Occur.Must, self.make(part)))
        return clauses

    def _joined(self, clauses: list[tuple[Occur, Query]]) -> Query:
        if len(clauses) == 1 and clauses[0][0] == Occur.Must:
            return clauses[0][1]
        if all(occur == Occur.MustNot for occur, _ in clauses):
            clauses.append((Occur.Must, Query.all_query()))
        return Query.boolean_query(clauses)

    def _words(self, leaf: _Worded, field: str) -> Query:
        match leaf:
            case Words(words=(word,)):
                return self._terms(field, (word,))
            case Words(words=words):
                return Query.phrase_query(self._schema, field, list(words))
            case Word(word=word):
                return self._terms(field, self._forms(word))
            case WordStart(start=start):
                return self._begins(field, start)
            case Near(word=word):
                return Query.fuzzy_term_query(self._schema, field, word, distance=leaf.most)

    def _forms(self, word: str) -> list[str]:
        """Return the words of the index that are forms of a word; in some fields not all of them stand."""
        if word not in self._known:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            near = self._searcher.terms_with_prefix(ALL, shared_start(word)) if has_forms(word) else []
            self._known[word] = [found for found, _ in near if is_form_of(found, word)] or [word]
        return self._known[word]

    def _terms(self, field: str, terms: Iterable[str]) -> Query:
        listed = list(terms)
        if len(listed) > 4:
            return Query.term_set_query(self._schema, field, listed)
        return _any([Query.term_query(self._schema, field, each, "basic") for each in listed])

    def _begins(self, field: str, start: str) -> Query:
        escaped = "".join(f"\\{sign}" if sign in _SPECIAL else sign for sign in start)
        return Query.regex_query(self._schema, field, f"{escaped}.*")

    def _number(self, number: Number) -> Query:
        if number.low > number.high:
            return Query.empty_query()
        field = number_field(number.field)
        return Query.range_query(self._schema, field, FieldType.Unsigned, number.low, number.high)


def _fields_of(where: str) -> tuple[str, ...]:
    if where == HEAD:
        return (NAMES, text_field("summary"))
    return (where,) if where in (ALL, NAMES) else (text_field(where),)


def _any(queries: list[Query]) -> Query:
    if not queries:
        return Query.empty_query()
    return (
        queries[0] if len(queries) == 1 else Query.boolean_query([(Occur.Should, each) for each in queries])
    )
