"""Numbers as reports write them: "1,200", "1.4m", "nearly half a million", "twenty-five million"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import re2

from incidex.model import Span

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_SMALL = {word: value for value, word in enumerate(_ONES.split())}
_SMALL |= {word: 10 * tens for tens, word in enumerate(_TENS.split(), start=2)}
_BIG = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "dozen": 12}
_PARTS = {"half": Decimal("0.5"), "quarter": Decimal("0.25")}
_SUFFIXES = {**_BIG, "k": 10**3, "m": 10**6, "mn": 10**6, "bn": 10**9, "b": 10**9, "": 1}

_DIGITS = re.compile(
    r"(?<![\w$€£¥.,/:#-])(?P<digits>[0-9]{1,3}(?:,[0-9]{3}){1,4}|[0-9]{1,12})(?P<part>\.[0-9]{1,3})?"
    r"(?:(?:[ \u00a0-]|\r?\n)?(?P<suffix>hundred|thousand|million|billion|k|mn?|bn?)\b)?"
    r"(?![\w%/]|[.,:-][0-9])",
    re.IGNORECASE,
)
_WORD = "|".join(sorted([*_SMALL, *_BIG], key=len, reverse=True))
_WORDS = re2.compile(
    rf"(?i)\b(?:(?:half[ \n]an?|a[ \n]quarter[ \n]of[ \n]a|an?)[ \n])?"
    rf"(?:{_WORD})(?:(?:[ \n-]|[ \n]and[ \n])(?:{_WORD})){{0,8}}\b"
)


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number where it stands; `is_bare` when it is digits alone, as a year is."""

    value: int
    span: Span
    is_bare: bool = False


def find_numbers(text: str) -> Iterator[Number]:
    """Yield the numbers in `text`: first those in digits, then those in words."""
    for match in _DIGITS.finditer(text):
        suffix = (match["suffix"] or "").lower()
        if match[0].isdigit():
            yield Number(int(match[0]), Span(*match.span()), is_bare=True)
            continue
        amount = Decimal(match["digits"].replace(",", "") + (match["part"] or "")) * _SUFFIXES[suffix]
        if amount == int(amount):
            yield Number(int(amount), Span(*match.span()))
    for match in _WORDS.finditer(text):
        if (value := _read_words(match[0])) is not None:
            start = match.end() - len(match[0].lstrip())
            if not text[max(0, start - 2) : start].strip(" \n").endswith((".", ",")) or start < 2:
                yield Number(value, Span(start, match.end()))


def _read_words(words: str) -> int | None:
    """Return what number words say, or `None` when they follow a number in digits and say nothing alone."""
    total, part = Decimal(0), Decimal(0)
    tokens = words.lower().replace("-", " ").split()
    if tokens[0] in _BIG:
        return None
    for each in tokens:
        if each in _SMALL:
            part += _SMALL[each]
        elif each in _PARTS:
            part = _PARTS[each]
        elif each in _BIG:
            part = (part or Decimal(1)) * _BIG[each]
            if _BIG[each] >= 1000:
                total, part = total + part, Decimal(0)
    return int(total + part)
