"""Numbers as reports write them: "1,200", "1.4m", "nearly half a million", "twenty-five million"."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from incidex.coding.lexicon import Hit, Lexicon
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

#: It begins with a set of letters, which the engine skips to; only there does it look at what stands before.
_DIGITS = re.compile(
    r"[0-9](?<![^\W_].)(?>[0-9]{0,2}(?:,[0-9]{3}){1,4}|[0-9]{0,11})(?P<part>\.[0-9]{1,3})?"
    r"(?:(?:[ \u00a0-]|\r?\n)?(?P<suffix>(?i:hundred|thousand|million|billion|k|mn?|bn?))\b)?"
    r"(?![\w%/]|[.,:-][0-9])"
)
#: Before digits, these make them something else: a price, a date, a version, a name.
_NOT_BEFORE = frozenset("$€£¥.,/:#-_")
#: What may stand before number words, and is part of the number.
_FRACTION = re.compile(r"(?:half[ \n]an?|a[ \n]quarter[ \n]of[ \n]a|an?)[ \n]\Z", re.IGNORECASE)
_BETWEEN = frozenset({" ", "\n", "-", " and ", "\nand ", " and\n"})
#: Number words in one number, at most.
_MOST = 9


@cache
def number_words() -> Lexicon:
    """Return the words that numbers are made of."""
    return Lexicon([*_SMALL, *_BIG])


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number where it stands; `is_bare` when it is digits alone, as a year is."""

    value: int
    span: Span
    is_bare: bool = False


def find_numbers(text: str, words: Sequence[Hit] | None = None) -> Iterator[Number]:
    """Yield the numbers in `text`: first those in digits, then those in words.

    `words` are the hits of `number_words` in it, where they are already known.
    """
    for match in _DIGITS.finditer(text):
        before = text[match.start() - 1 : match.start()]
        if before and before in _NOT_BEFORE:
            continue
        digits = match[0].replace(",", "")
        if digits.isdigit():
            yield Number(int(digits), Span(*match.span()), is_bare=len(digits) == len(match[0]))
            continue
        suffix = match["suffix"] or ""
        digits = match[0][: match.start("suffix") - match.start()] if suffix else match[0]
        amount = Decimal(digits.strip(" \u00a0\r\n-").replace(",", "")) * _SUFFIXES[suffix.lower()]
        if amount == int(amount):
            yield Number(int(amount), Span(*match.span()))
    for start, end in _runs(text, number_words().find(text) if words is None else words):
        if (value := _read_words(text[start:end])) is None:
            continue
        if not text[max(0, start - 2) : start].strip(" \n").endswith((".", ",")) or start < 2:
            yield Number(value, Span(start, end))


def _runs(text: str, words: Iterable[Hit]) -> Iterator[tuple[int, int]]:
    """Yield where number words stand together, with the half or the quarter before them."""
    start = end = count = 0
    for hit in words:
        if count and count < _MOST and text[end : hit.start] in _BETWEEN:
            end, count = hit.end, count + 1
            continue
        if count:
            yield start, end
        fraction = _FRACTION.search(text, max(0, hit.start - 16), hit.start)
        start, end, count = fraction.start() if fraction else hit.start, hit.end, 1
    if count:
        yield start, end


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
