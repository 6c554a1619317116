"""Queries made from queries: one narrowed to a value of a facet, or one without one of its conditions."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from incidex.codebook import fields
from incidex.search.conditions import Word, leaves_of
from incidex.search.entry import FACETS
from incidex.search.resolve import SHORT, resolve
from incidex.search.syntax import AnyOf, Not, Query, Term

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*(?:\.[A-Za-z0-9-]+)*")

#: In a shorter word, one letter more or less makes another word.
_SHORTEST_NAME = 4

#: Facets whose values are names: only the whole name will do.
_NAMED = frozenset({"actor", "source"})


@dataclass(frozen=True, slots=True)
class Chosen:
    """A condition that a query has at its top: as it was written, in words, and the query without it."""

    text: str
    label: str
    without: str


def write_term(facet: str, value: str) -> str:
    """Return the term that finds exactly the records counted under a facet's value."""
    return f"{FACETS[facet]}:{'=' if facet in _NAMED else ''}{write_value(value)}"


def narrow(query: Query, facet: str, value: str) -> str:
    """Return the query narrowed to a facet's value; the same query when it is so already."""
    term = write_term(facet, value)
    if any(each.text == term for each in chosen(query)):
        return query.text
    held = query.text.strip()
    if isinstance(query.root, AnyOf):
        held = f"({held})"
    return f"{held} {term}".strip()


def widen(query: Query, facet: str, value: str) -> str | None:
    """Return the query without a facet's value, `None` when it does not have it."""
    term = write_term(facet, value)
    return next((each.without for each in chosen(query) if each.text == term), None)


def loosen(query: Query, is_known: Callable[[Word], bool]) -> str | None:
    """Return the query with words that nothing has taken for misspelled names, `None` when it has none."""
    unknown = [
        leaf
        for leaf in leaves_of(resolve(query))
        if isinstance(leaf, Word)
        and len(leaf.word) >= _SHORTEST_NAME
        and query.text[: leaf.place.end][-1:].isalnum()  # and not a word with a sign of its own
        and not is_known(leaf)
    ]
    text = query.text
    for end in sorted({leaf.place.end for leaf in unknown}, reverse=True):
        text = f"{text[:end]}~{text[end:]}"
    return text if unknown else None


def chosen(query: Query) -> Iterator[Chosen]:
    """Yield the terms that a query has at its top, with what is left when one is taken out."""
    for part in query.parts:
        if isinstance(part, Term) or (isinstance(part, Not) and isinstance(part.part, Term)):
            start, end = part.place.start, part.place.end
            text = query.text[start:end]
            without = " ".join((query.text[:start] + " " + query.text[end:]).split())
            yield Chosen(text, _say(part), without)


def _say(part: Term | Not) -> str:
    if isinstance(part, Not):
        return f"not {_say(part.part)}" if isinstance(part.part, Term) else ""
    name = SHORT.get(part.field.lower(), part.field.lower())
    field = fields().get(name)
    label = field.label if field else name.capitalize()
    operator = "" if part.operator in (":", "=", "..") else f"{part.operator} "
    values = [held.text + ("*" if held.is_prefix else "") for held in (part.low, part.high) if held]
    if part.operator == "..":
        low, high = (held.text if held else "" for held in (part.low, part.high))
        return (
            f"{label}: {low} to {high}"
            if low and high
            else f"{label}: from {low}"
            if low
            else f"{label}: to {high}"
        )
    return f"{label}: {operator}{values[0]}"


def write_value(value: str) -> str:
    """Return a value as it stands in a query: in whichever quotation marks it does not hold itself."""
    if _PLAIN.fullmatch(value) and value.lower() not in ("none", "any") and ".." not in value:
        return value
    for opening, closing in ('""', "“”", "«»"):
        if closing not in value:
            return f"{opening}{value}{closing}"
    plain = value.replace('"', " ")
    return f'"{plain}"'  # names are compared by their words
