"""What a claim holds, in words: dates to their precision, names for codes, numbers to be read."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from incidex.codebook.scheme import Field, Kind, fields
from incidex.codebook.terms import get_vocabulary

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_SEASON_NAMES = ("spring", "summer", "autumn", "winter")
_ORDINALS = ("first", "second", "third", "fourth")

#: EDTF's "months" above 12, in words.
_SEASONS: Mapping[int, str] = MappingProxyType(
    {first + place: name for first in (21, 25, 29) for place, name in enumerate(_SEASON_NAMES)}
    | {33 + place: f"{name} quarter of" for place, name in enumerate(_ORDINALS)}
    | {37 + place: f"{name} third of" for place, name in enumerate(_ORDINALS[:3])}
    | {40 + place: f"{name} half of" for place, name in enumerate(_ORDINALS[:2])}
)
_DATE = re.compile(r"([0-9X]{4})(?:-([0-9X]{2}))?(?:-([0-9X]{2}))?([?~%]?)")
_OPEN = frozenset({"", ".."})  # the side of an interval that has no date
_DOUBTS = {"": "", "~": "about ", "?": "perhaps ", "%": "perhaps about "}
_DURATION = re.compile(
    r"P(?:(\d{1,9})Y)?(?:(\d{1,9})M)?(?:(\d{1,9})W)?(?:(\d{1,9})D)?"
    r"(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?"
)
_UNITS = ("year", "month", "week", "day", "hour", "minute", "second")


def say_date(text: str) -> str:
    """Say an EDTF date in words, as precise as it is; what is not one is returned as it stands."""
    start, slash, end = text.strip().partition("/")
    if not slash:
        return _say_moment(start)
    if not all(side in _OPEN or _DATE.fullmatch(side.upper()) for side in (start, end)):
        return text
    if end in _OPEN:
        return f"since {_say_moment(start)}"
    if start in _OPEN:
        return f"until {_say_moment(end)}"
    return f"{_say_moment(start)} to {_say_moment(end)}"


def say_value(field: str, value: str) -> str:
    """Say a field's value as a person would read it: labels for codes, words for dates."""
    scheme = fields().get(field)
    if scheme is None:
        return value
    return _SAYINGS.get(scheme.kind, _say_term)(scheme, value)


def say_label(field: str) -> str:
    """Return the field's label; a field that the codebook does not know is called by its name."""
    scheme = fields().get(field)
    return scheme.label if scheme else field


def say_list(names: list[str], most: int = 4) -> str:
    """Join names as a sentence does, and count those beyond the first few."""
    shown = names if len(names) <= most else [*names[: most - 1], f"{len(names) - most + 1} others"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _say_moment(text: str) -> str:
    match = _DATE.fullmatch(text.upper())
    if match is None:
        return text
    year, month, day, doubt = match.groups()
    year = f"{year.replace('X', '0')}s" if "X" in year else year.lstrip("0") or "0"
    return _DOUBTS[doubt] + _say_day(year, month, day)


def _say_day(year: str, month: str | None, day: str | None) -> str:
    if month is None or not month.isdigit():
        return year
    number = int(month)
    if number in _SEASONS:
        return f"{_SEASONS[number]} {year}"
    if not 1 <= number <= 12:
        return f"{year}-{month}"
    if day is None or not day.isdigit():
        return f"{_MONTHS[number - 1][:3]} {year}"
    return f"{int(day)} {_MONTHS[number - 1]} {year}"


def _say_count(_: Field, value: str) -> str:
    return f"{int(value):,}" if value.isascii() and value.isdigit() and len(value) < 40 else value


def _say_money(scheme: Field, value: str) -> str:
    currency, _, amount = value.partition(" ")
    return f"{currency} {_say_count(scheme, amount)}"


def _say_duration(_: Field, value: str) -> str:
    match = _DURATION.fullmatch(value)
    if match is None:
        return value
    counted = [(int(count), unit) for count, unit in zip(match.groups(), _UNITS, strict=True) if count]
    words = [f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in counted]
    return say_list(words, most=len(_UNITS)) if words else value


def _say_term(scheme: Field, value: str) -> str:
    if scheme.vocabulary is None:
        return value
    term = get_vocabulary(scheme.vocabulary).get(value)
    if term is None:
        return value
    return f"{value} {term.label}" if scheme.vocabulary in {"technique", "industry"} else term.label


_SAYINGS: Mapping[Kind, Callable[[Field, str], str]] = MappingProxyType(
    {
        Kind.DATE: lambda _, value: say_date(value),
        Kind.COUNT: _say_count,
        Kind.MONEY: _say_money,
        Kind.DURATION: _say_duration,
        Kind.INDICATOR: lambda _, value: value.replace(":", " ", 1),
    }
)
