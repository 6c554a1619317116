"""How many people the victim employs: `victim.size`, in the ranges of VERIS."""

import re
from collections.abc import Iterator
from functools import cache

from incidex.coding.base import Prepared, Reading
from incidex.coding.lexicon import Lexicon
from incidex.coding.numbers import find_numbers
from incidex.model import Span

_BEFORE = ("employs", "which employs", "employing", "workforce of", "a staff of")
_AFTER = ("employees", "workers", "staff", "staff members")
#: By the last number of each range.
_RANGES = (
    (10, "1 to 10"),
    (100, "11 to 100"),
    (1000, "101 to 1000"),
    (10_000, "1001 to 10000"),
    (25_000, "10001 to 25000"),
    (50_000, "25001 to 50000"),
    (100_000, "50001 to 100000"),
)
_HAS = re.compile(r"\b(?:with|has|have|had)(?: (?:about|some|around|nearly|almost|more than|over))?\s\Z")
#: Characters between the words and the number.
_REACH = 40


@cache
def lexicons() -> tuple[Lexicon, ...]:
    """Return what this coder waits for."""
    return (Lexicon([*_BEFORE, *_AFTER]),)


def read_size(prepared: Prepared) -> Iterator[Reading]:
    """Read the number of a company's own people: "employs 340 people", "a firm with 340 staff"."""
    text = prepared.text
    for hit in prepared.find(lexicons()[0]):
        if hit.term in _BEFORE:
            start, end = hit.end, hit.end + _REACH
            number = next(iter(find_numbers(text[start:end])), None)
        else:
            start, end = max(0, hit.start - _REACH), hit.start
            number = next(
                (each for each in find_numbers(text[start:end]) if start + each.span.end == end - 1), None
            )
            if number is None or not _HAS.search(text, max(0, start - _REACH), start + number.span.start):
                continue
        if number is None or number.value < 1:
            continue
        span = Span(min(hit.start, start + number.span.start), max(hit.end, start + number.span.end))
        value = next((name for last, name in _RANGES if number.value <= last), "Over 100000")
        yield Reading(
            field="victim.size", value=value, span=span, confidence=0.7, why=f"'{hit.term}' and a number"
        )
        return
