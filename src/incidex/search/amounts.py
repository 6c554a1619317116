"""Counts, money and durations as whole numbers that can be compared, each kind among its own."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from incidex.codebook import Field, Kind

#: What an index keeps of a number: no more than fits, and nobody counts so far.
LARGEST = (1 << 62) - 1

#: Money is compared within its currency: the code's three letters, then the cents.
_CENT_BITS = 47
_MOST_CENTS = (1 << _CENT_BITS) - 1

_DURATION = re.compile(
    r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?"
)
_SECONDS = (31_536_000, 2_592_000, 604_800, 86_400, 3_600, 60, 1)

_PLAIN = re.compile(r"(\d{1,40}|\d{1,3}(?:,\d{3}){1,12})(?:\.(\d{1,9}))?(k|m|mn|bn|b)?", re.IGNORECASE)
_TIMES = {"": 1, "k": 1_000, "m": 1_000_000, "mn": 1_000_000, "bn": 1_000_000_000, "b": 1_000_000_000}
_CURRENCY = re.compile(r"([A-Za-z]{3})\s?(.+)|(.+?)\s?([A-Za-z]{3})")


def find_number(field: Field, value: str) -> int | None:
    """Return a stored value as a number, `None` for fields that hold none."""
    read = _READERS.get(field.kind)
    return read(value) if read else None


def parse_number(field: Field, text: str) -> tuple[int, int, int] | None:
    """Return a number as a person writes it, and the least and most that it may be compared with.

    "1200", "1,200", "1.2k", "2m" and "1bn"; money as "USD 2m" or "2m USD"; durations as "P3D" or "PT72H".
    `None` when it is not of the field's kind.
    """
    parse = _PARSERS.get(field.kind)
    return parse(text.strip()) if parse else None


def _count(value: str) -> int | None:
    return min(int(value), LARGEST) if value.isascii() and value.isdigit() and len(value) < 60 else None


def _money(value: str) -> int | None:
    code, _, amount = value.partition(" ")
    cents = _decimal(amount, 100)
    return None if cents is None else _in_currency(code, cents)


def _in_currency(code: str, cents: int) -> int:
    letters = [ord(letter) - ord("A") for letter in code.upper()]
    number = letters[0] * 676 + letters[1] * 26 + letters[2]
    return number << _CENT_BITS | min(cents, _MOST_CENTS)


def _duration(value: str) -> int | None:
    match = _DURATION.fullmatch(value.upper())
    if match is None or not any(match.groups()):
        return None
    return min(
        sum(int(part or 0) * worth for part, worth in zip(match.groups(), _SECONDS, strict=True)), LARGEST
    )


def _decimal(text: str, times: int) -> int | None:
    match = _PLAIN.fullmatch(text)
    if match is None:
        return None
    whole, part, unit = match[1].replace(",", ""), match[2] or "", (match[3] or "").lower()
    scaled = int(whole + part) * times * _TIMES[unit]
    return min(scaled // int("1" + "0" * len(part)), LARGEST)


def _parse_count(text: str) -> tuple[int, int, int] | None:
    number = _decimal(text, 1)
    return None if number is None else (number, 0, LARGEST)


def _parse_money(text: str) -> tuple[int, int, int] | None:
    match = _CURRENCY.fullmatch(text)
    if match is None:
        return None
    code, amount = (match[1], match[2]) if match[1] else (match[4], match[3])
    cents = _decimal(amount.strip(), 100)
    if cents is None or not code.isascii():
        return None
    return _in_currency(code, cents), _in_currency(code, 0), _in_currency(code, _MOST_CENTS)


def _parse_duration(text: str) -> tuple[int, int, int] | None:
    number = _duration(text)
    return None if number is None else (number, 0, LARGEST)


_READERS: Mapping[Kind, Callable[[str], int | None]] = MappingProxyType(
    {Kind.COUNT: _count, Kind.MONEY: _money, Kind.DURATION: _duration}
)
_PARSERS: Mapping[Kind, Callable[[str], tuple[int, int, int] | None]] = MappingProxyType(
    {Kind.COUNT: _parse_count, Kind.MONEY: _parse_money, Kind.DURATION: _parse_duration}
)
