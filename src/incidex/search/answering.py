"""From a query to its answer, over anything that can count entries and list them in an order.

Hits by relevance come in grades: all words in names and titles, then in the summary too, then side by side
anywhere, then anywhere; within a grade the newest first. A grade depends on the record alone, so no other
record, no deleted one and no layout of an index can move a hit, and a page that was asked for by the last
hit of the page before never repeats or skips a record.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from incidex.codebook import fields, get_vocabulary
from incidex.search.conditions import (
    ALL,
    HEAD,
    NAMES,
    Condition,
    Every,
    Fact,
    Without,
    Word,
    Words,
    leaves_of,
    narrowed,
)
from incidex.search.cursor import Cursor, make_cursor, parse_cursor
from incidex.search.entry import FACETS, REPORT, Entry, fold_fact, names_of
from incidex.search.found import Count, Found, Hit, Order, Wish
from incidex.search.parse import parse
from incidex.search.passages import find_matches
from incidex.search.resolve import resolve
from incidex.search.shelf import Shelf
from incidex.search.syntax import Query
from incidex.search.writing import loosen

#: Values of one facet that are told.
TOLD = 10

#: More hits than this on one page help nobody.
MOST_HITS = 100


#: By what key each order goes, and whether from the largest.
_KEYS: Mapping[Order, tuple[str, bool]] = {
    Order.RELEVANCE: ("new", True),
    Order.NEW: ("new", True),
    Order.OLD: ("old", False),
    Order.ADDED: ("added", True),
}


def answer(
    shelf: Shelf, query: Query, wish: Wish, *, serial: int = 0, names: Iterable[str] = tuple(FACETS)
) -> Found:
    """Answer a query; raise `QueryError` when it means nothing, `InputError` when the cursor is another's.

    When nothing is found because no record has one of its words, names spelled nearly so are looked for.
    """
    found = _answer(shelf, query, wish, names)
    if not found.count and (meant := loosen(query, lambda word: shelf.count(word) > 0)):
        near = _answer(shelf, parse(meant), wish, names)
        if near.count:
            found = replace(near, query=query.text, meant=meant)
    return replace(found, serial=serial)


def _answer(shelf: Shelf, query: Query, wish: Wish, names: Iterable[str]) -> Found:
    condition = resolve(query)
    at = parse_cursor(wish.cursor, query.text, wish.order)
    limit = max(0, min(wish.limit, MOST_HITS))
    entries, following = _page(shelf, condition, wish.order, at, limit)
    wanted = list(leaves_of(condition))
    count, facets = _tally(shelf, condition, names if wish.facets else ())
    return Found(
        query=query.text,
        hits=tuple(Hit(entry, find_matches(entry, wanted)) for entry in entries),
        count=count,
        facets=facets,
        cursor=make_cursor(following, query.text, wish.order) if following else "",
    )


def grades(condition: Condition) -> list[Condition]:
    """Return the grades of relevance, best first: each record that is like that is in exactly one."""
    free = [leaf for leaf in leaves_of(condition) if getattr(leaf, "where", "") == ALL]
    if not free:
        return [condition]
    wanted = [narrowed(condition, NAMES), narrowed(condition, HEAD)]
    if (joined := _joined(condition)) is not None:
        wanted.append(joined)
    wanted.append(condition)
    return [
        Every((each, *(Without(better) for better in wanted[:place]))) if place else each
        for place, each in enumerate(wanted)
    ]


def _joined(condition: Condition) -> Condition | None:
    """Return the condition with plain words that follow each other to be found side by side."""
    if not isinstance(condition, Every):
        return None
    plain = [part for part in condition.parts if isinstance(part, Word) and part.where == ALL]
    if len(plain) < 2:
        return None
    rest = tuple(part for part in condition.parts if part not in plain)
    return Every((Words(tuple(part.word for part in plain)), *rest))


def _page(
    shelf: Shelf, condition: Condition, order: Order, at: Cursor | None, limit: int
) -> tuple[list[Entry], Cursor | None]:
    key, descending = _KEYS[order]
    wanted = grades(condition) if order is Order.RELEVANCE else [condition]
    found: list[Entry] = []
    last: Cursor | None = None
    for grade, each in enumerate(wanted):
        if at is not None and grade < at.grade:
            continue
        after = (at.key, at.id) if at is not None and grade == at.grade else None
        # One more than the page holds says whether another follows.
        missing = limit + 1 - len(found)
        for entry in shelf.page(each, key, descending=descending, after=after, limit=missing):
            if len(found) == limit:
                return found, last
            found.append(entry)
            last = Cursor(grade, getattr(entry, key), entry.id)
    return found, None


def _tally(
    shelf: Shelf, condition: Condition, names: Iterable[str]
) -> tuple[int, dict[str, tuple[Count, ...]]]:
    found, counted = shelf.tally(condition, names, TOLD)
    return found, {
        name: tuple(Count(value, _label(shelf, name, value), count) for value, count in counted[name])
        for name in FACETS
        if counted.get(name)
    }


def _label(shelf: Shelf, facet: str, value: str) -> str:
    """Return a facet's value as a person reads it: the code's label, or the name as it was written."""
    field = fields().get(FACETS[facet])
    if facet in ("source", "actor"):
        if (facet, value) not in shelf.labels:
            shelf.labels[facet, value] = _find_name(shelf, facet, value)
        return shelf.labels[facet, value]
    term = get_vocabulary(field.vocabulary).get(value) if field and field.vocabulary else None
    return term.label if term else value


def _find_name(shelf: Shelf, facet: str, value: str) -> str:
    """Return a name as the newest record that has it writes it."""
    fact = Fact((fold_fact(FACETS[facet], value),))
    sample = shelf.page(fact, "new", descending=True, after=None, limit=1)
    return next((name for entry in sample for name in _names(facet, entry) if _is(name, value)), value)


def _names(facet: str, entry: Entry) -> Iterable[str]:
    if facet == "source":
        return entry.texts.get(REPORT, ())
    field = fields()[FACETS[facet]]
    held = entry.texts.get(field.name, ())
    return [*held, *(name for value in held for name in names_of(field, value)[:1])]


def _is(name: str, value: str) -> bool:
    return " ".join(name.casefold().split()) == value
