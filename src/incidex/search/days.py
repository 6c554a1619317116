"""Dates of any precision in an index of words: a date is the calendar cells that it may fall in.

Whether two stretches of days share one is asked of single words, so that several dates of one record never
mix: each stretch is covered by as few whole cells (thousand, hundred, ten years, year, month, day) as can
be. Two stretches meet exactly when a cell of one is, holds or lies in a cell of the other.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

#: Years in a cell, widest first; months and days follow.
_WIDTHS = (1000, 100, 10, 1)


class Cell(NamedTuple):
    """A stretch of the calendar: `name` is the start of each date in it, as "201" for the 2010s."""

    name: str
    first: date
    last: date


def tokens_held(field: str, earliest: date | None, latest: date | None) -> Iterator[str]:
    """Yield what a record holds that has this date: its cells, and what they lie in."""
    for cell in cover(earliest or date.min, latest or date.max):
        yield f"{field}@{cell}"
        for wider in _around(cell):
            yield f"{field}^{wider}"


def tokens_asked(field: str, earliest: date | None, latest: date | None) -> tuple[str, ...]:
    """Return what a record with a date in this stretch holds one of."""
    asked: dict[str, None] = {}
    for cell in cover(earliest or date.min, latest or date.max):
        asked[f"{field}@{cell}"] = None
        asked[f"{field}^{cell}"] = None
        for wider in _around(cell):
            asked[f"{field}@{wider}"] = None
    return tuple(asked)


@lru_cache(maxsize=16_384)
def cover(earliest: date, latest: date) -> tuple[str, ...]:
    """Return the names of the fewest cells that hold these days and no other."""
    return tuple(cell.name for top in _thousands() for cell in _within(top, earliest, latest))


def _within(cell: Cell, earliest: date, latest: date) -> Iterator[Cell]:
    if cell.last < earliest or cell.first > latest:
        return
    if earliest <= cell.first and cell.last <= latest:
        yield cell
        return
    for part in _parts(cell):
        yield from _within(part, earliest, latest)


def _thousands() -> Iterator[Cell]:
    return (_years(first, 1000) for first in range(0, 10_000, 1000))


def _years(first: int, width: int) -> Cell:
    name = f"{first:04d}"[: 4 - len(str(width)) + 1]
    return Cell(name, date(max(first, 1), 1, 1), date(first + width - 1 or 1, 12, 31))


def _parts(cell: Cell) -> Iterator[Cell]:
    if len(cell.name) < 4:
        width = 10 ** (3 - len(cell.name))
        first = int(cell.name) * width * 10
        yield from (
            _years(year, width) for year in range(first, first + width * 10, width) if year + width > 1
        )
    elif len(cell.name) == 4:
        yield from (_month(int(cell.name), month) for month in range(1, 13))
    else:
        count = (cell.last - cell.first).days + 1
        for day in (cell.first + timedelta(days=place) for place in range(count)):
            yield Cell(day.isoformat(), day, day)


def _month(year: int, month: int) -> Cell:
    last = date(year, 12, 31) if month == 12 else date(year, month + 1, 1) - timedelta(days=1)
    return Cell(f"{year:04d}-{month:02d}", date(year, month, 1), last)


def _around(name: str) -> Iterator[str]:
    """Yield the names of the wider cells that a cell lies in."""
    if len(name) > 7:
        yield name[:7]
    if len(name) > 4:
        yield name[:4]
    yield from (name[:length] for length in range(min(len(name), 4) - 1, 0, -1))
