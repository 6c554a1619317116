"""A query's characters, cut into signs: words, quotations, fields, brackets and minus signs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from incidex.search.syntax import QueryError

#: A query is typed by a person or kept by a program; neither needs more.
LONGEST_QUERY = 2_000
MOST_SIGNS = 200

_QUOTES = {'"': '"', "“": "”", "„": "“", "«": "»"}
_FIELD = re.compile(r"([A-Za-z][A-Za-z_]*(?:\.[A-Za-z_]+)*):")
_BARE = re.compile(r'[^\s()"“„«]+')


class Sort(Enum):
    """What kind of sign it is."""

    WORD = auto()
    QUOTED = auto()
    FIELD = auto()  # with its colon
    OPEN = auto()
    CLOSE = auto()
    MINUS = auto()
    AND = auto()
    OR = auto()
    NOT = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign and where it stands."""

    sort: Sort
    text: str
    start: int
    end: int
    is_glued: bool = False  # nothing stands between it and the sign before it


_KEYWORDS = {"AND": Sort.AND, "OR": Sort.OR, "NOT": Sort.NOT}
_BRACKETS = {"(": Sort.OPEN, ")": Sort.CLOSE}


def scan(query: str) -> list[Sign]:
    """Return the query's signs, ending with an END; raise `QueryError` where none can be made out."""
    if len(query) > LONGEST_QUERY:
        raise QueryError(
            f"a query has at most {LONGEST_QUERY:,} characters, this one has {len(query):,}",
            query,
            LONGEST_QUERY,
        )
    if (broken := next((at for at, sign in enumerate(query) if "\ud800" <= sign <= "\udfff"), -1)) >= 0:
        raise QueryError("this is half of a character", query, broken)
    signs = list(_signs(query))
    if len(signs) > MOST_SIGNS:
        over = signs[MOST_SIGNS]
        raise QueryError(f"a query has at most {MOST_SIGNS} words and signs", query, over.start)
    return signs


def _signs(query: str) -> Iterator[Sign]:
    at, end = 0, -1
    while at < len(query):
        if query[at].isspace():
            at += 1
            continue
        sign = _sign(query, at, is_glued=at == end)
        yield sign
        at = end = sign.end
    yield Sign(Sort.END, "", len(query), len(query))


def _sign(query: str, at: int, *, is_glued: bool) -> Sign:
    first = query[at]
    if first in _BRACKETS:
        return Sign(_BRACKETS[first], first, at, at + 1, is_glued)
    if first in _QUOTES:
        return _quoted(query, at, is_glued=is_glued)
    if first == "-" and at + 1 < len(query) and not query[at + 1].isspace() and not is_glued:
        return Sign(Sort.MINUS, first, at, at + 1)
    field = _FIELD.match(query, at)
    if field and (not is_glued or query[at - 1] in "-("):
        return Sign(Sort.FIELD, field[1], at, field.end(), is_glued)
    bare = _BARE.match(query, at)
    if bare is None:  # a closing quotation mark, of which none is open
        return Sign(Sort.WORD, first, at, at + 1, is_glued)
    return Sign(_KEYWORDS.get(bare[0], Sort.WORD), bare[0], at, bare.end(), is_glued)


def _quoted(query: str, at: int, *, is_glued: bool) -> Sign:
    closing = _QUOTES[query[at]]
    end = query.find(closing, at + 1)
    if end < 0 and closing != '"':  # keyboards and word processors mix them
        end = query.find('"', at + 1)
    if end < 0:
        raise QueryError("this quotation mark is never closed", query, at)
    return Sign(Sort.QUOTED, query[at + 1 : end], at, end + 1, is_glued)
