"""Dates reckoned from another day, or from a part of a year: "last week", "late 2019", "Q3"."""

import re
from datetime import date, timedelta

SEASONS = {"spring": 21, "summer": 22, "autumn": 23, "fall": 23, "winter": 24}
#: The months of a year that a word before it means: its first and last quarters, and its very middle.
_THIRDS = {"early": (1, 3), "mid": (6, 7), "late": (10, 12)}
_PLACES = {"beginning": "early", "start": "early", "middle": "mid", "end": "late", "tail end": "late"}

PART_OF_YEAR = re.compile(
    r"\b(?:Q(?P<q>[1-4])|(?P<nth>first|second|third|fourth|last|final) (?P<unit>quarter|half)"
    r"|(?P<season>spring|summer|autumn|fall|winter))(?: of)?,? $",
    re.IGNORECASE,
)
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4}
FUZZ = re.compile(
    r"(?:\b(?P<when>early|mid|late)(?: in)?[ -]"
    r"|\b(?P<place>beginning|start|middle|tail end|end) of(?: the month of)? "
    r"|\b(?P<about>about|around|approximately|circa|roughly|c\.) ?(?:(?P<then>early|mid|late)[ -])?)$",
    re.IGNORECASE,
)


def count_from(day: date, count: int, unit: str) -> str:
    """Return the day, month or year so many units away; days for weeks."""
    try:
        if unit == "year":
            return f"{day.year + count:04}"
        if unit == "month":
            months = day.year * 12 + day.month - 1 + count
            return f"{months // 12:04}-{months % 12 + 1:02}"
        return (day + timedelta(days=count * (7 if unit == "week" else 1))).isoformat()
    except OverflowError:
        return ""


def read_spoken(term: str, day: date, before: str) -> str:
    """Return the date that everyday words mean on a day; `before` is what stands before them."""
    which, _, unit = term.rpartition(" ")
    back = 0 if which == "this" else 1
    if term in {"yesterday", "last night"}:
        return (day - timedelta(days=1)).isoformat()
    if unit in {"today", "tonight", "overnight", "morning", "afternoon", "evening"}:
        return day.isoformat()
    if unit == "year":
        return within_year(day.year - back, before)
    if unit == "month":
        return count_from(day, -back, "month")
    if unit == "quarter":
        months = day.year * 12 + (day.month - 1) // 3 * 3 - 3
        return f"{months // 12}-{months % 12 + 1:02}/{months // 12}-{months % 12 + 3:02}"
    if unit in SEASONS:
        return f"{day.year - (back if SEASONS[unit] - 20 > (day.month // 3) else 0)}-{SEASONS[unit]}"
    monday = day - timedelta(days=day.weekday())
    if unit == "weekend":
        saturday = monday + timedelta(days=5 if day.weekday() > 4 else -2)
        return f"{saturday.isoformat()}/{(saturday + timedelta(days=1)).isoformat()}"
    monday -= timedelta(weeks=back)
    return f"{monday.isoformat()}/{(monday + timedelta(days=6)).isoformat()}"


def within_year(year: int, before: str) -> str:
    """Return a year, or the months of it that a word before it means."""
    fuzz = FUZZ.search(before)
    which = which_third(fuzz) if fuzz else ""
    if not which:
        return f"{year}~" if fuzz and fuzz["about"] else str(year)
    first, last = _THIRDS[which]
    return f"{year}-{first:02}/{year}-{last:02}"


def which_third(fuzz: re.Match[str]) -> str:
    """Return which part of a year the words mean: "early", "mid", "late" or none of them."""
    return (fuzz["when"] or fuzz["then"] or "").lower() or _PLACES.get((fuzz["place"] or "").lower(), "")


def read_part_of_year(match: re.Match[str], year: int) -> str:
    """Return a quarter, half or season of a year; nothing for a quarter that no year has."""
    if match["season"]:
        return f"{year}-{SEASONS[match['season'].lower()]}"
    size = 6 if (match["unit"] or "").lower() == "half" else 3
    which = int(match["q"] or 0) or _ORDINALS.get(match["nth"].lower(), 12 // size)
    if which * size > 12:
        return ""
    return f"{year}-{which * size - size + 1:02}/{year}-{which * size:02}"
