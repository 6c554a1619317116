"""When a value that was said is the value that was asked for. The rules of the shared scorer, `score.py`."""

import re
from difflib import SequenceMatcher

from incidex.codebook import Kind, get_field

#: Fields of which the surest value alone is the answer, though an incident may have several.
_ONE_ANSWER = frozenset({"victim.name", "victim.country", "victim.industry"})

#: Fields of organisations' names, which are written in many ways.
_NAMES = frozenset({"victim.name", "victim.secondary"})

_LEGAL = re.compile(
    r"\b(?:inc|incorporated|llc|ltd|limited|corp|corporation|company|co|plc|gmbh|sa|ag|the|of)\b"
)
_NOT_PLAIN = re.compile(r"[^a-z0-9 ]+")

#: Two spellings of one name share this much; a name inside the other counts from this length on.
_ALIKE = 0.85
_TELLING = 5

#: A count is right within a twentieth: texts round, and portals count again.
_ROUNDED = 0.05

_CLOSED = frozenset({Kind.VOCABULARY, Kind.COUNTRY, Kind.INDUSTRY})


def has_one_answer(field: str) -> bool:
    """Say whether the surest value is scored alone; otherwise all that are said are scored as a set."""
    return field in _ONE_ANSWER or not get_field(field).many


def has_classes(field: str) -> bool:
    """Say whether the values are few and fixed, so that a table of them says something."""
    return get_field(field).kind in _CLOSED


def to_label(field: str, value: str, *, exact: bool = False) -> str:
    """Return what is compared of a value: a sector of an industry, a month of a date, otherwise all of it."""
    kind = get_field(field).kind
    if kind is Kind.INDUSTRY:
        return value[:2]
    if kind is Kind.DATE and not exact:
        return value[:7]
    return value.lower()


def to_key(field: str, value: str) -> str:
    """Return what two coders must have in common to agree: all of the value, but not how it is written."""
    return _plain(value) or value.lower() if field in _NAMES else value.lower()


def is_right(field: str, got: str, want: str, *, exact: bool = False) -> bool:
    """Say whether `got` answers `want`."""
    kind = get_field(field).kind
    if field in _NAMES:
        return _is_same_name(got, want)
    if kind is Kind.COUNT:
        return _is_near(got, want)
    if kind is Kind.DATE and not exact and len(want) == len("2017"):
        return got[:4] == want  # a year is asked for
    return to_label(field, got, exact=exact) == to_label(field, want, exact=exact)


def _plain(name: str) -> str:
    return " ".join(_NOT_PLAIN.sub(" ", _LEGAL.sub(" ", name.lower().replace("&", " and "))).split())


def _is_same_name(got: str, want: str) -> bool:
    left, right = _plain(got), _plain(want)
    if not left or not right:
        return False
    if left == right or SequenceMatcher(None, left, right).ratio() >= _ALIKE:
        return True
    return min(len(left), len(right)) >= _TELLING and (left in right or right in left)


def _is_near(got: str, want: str) -> bool:
    try:
        return abs(float(got) - float(want)) <= _ROUNDED * float(want)
    except ValueError:
        return False
