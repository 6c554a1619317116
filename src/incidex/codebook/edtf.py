"""Dates as precise as what was said: the Extended Date/Time Format of ISO 8601-2:2019.

Levels 0 and 1 without times of day, and of level 2 the seasons, quarters and halves of a year:
https://www.loc.gov/standards/datetime/
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from incidex.model import CodebookError

_DATE = re.compile(
    r"(?P<year>[0-9]{4}|[0-9]{3}X|[0-9]{2}XX)"
    r"(?:-(?P<month>[0-9]{2}|XX)(?:-(?P<day>[0-9]{2}|XX))?)?(?P<qualifier>[?~%]?)"
)

#: "Months" above 12: the first month and how many there are. 21 to 24 are seasons of a hemisphere nobody
#: named, so they may mean any part of the year; 25 to 32 name theirs; then quarters, thirds and halves.
_SEASONS = dict.fromkeys(range(21, 25), (1, 12)) | {
    code: (month, months)
    for first, months, starts in (
        (25, 3, (3, 6, 9, 12)),
        (29, 3, (9, 12, 3, 6)),
        (33, 3, (1, 4, 7, 10)),
        (37, 4, (1, 5, 9)),
        (40, 6, (1, 7)),
    )
    for code, month in enumerate(starts, start=first)
}

_HOW = 'write it as "2017", "2017-04", "2017-04-26", "2012~" (about), "2012?" (perhaps) or "2017-01/2017-03"'

#: The longest date that this format can write, an interval of two days with a qualifier each.
_LONGEST = 23


@dataclass(frozen=True, slots=True)
class Edtf:
    """A date with its precision: the text as EDTF writes it, and the days that it can mean."""

    text: str
    earliest: date | None  # None when the date is open or unknown on this side
    latest: date | None

    @property
    def is_interval(self) -> bool:
        """Say whether this is a stretch of time, not one moment known to some precision."""
        return "/" in self.text

    @property
    def is_approximate(self) -> bool:
        """Say whether any part is marked as only about right."""
        return "~" in self.text or "%" in self.text

    @property
    def is_uncertain(self) -> bool:
        """Say whether any part is marked as doubtful."""
        return "?" in self.text or "%" in self.text

    def __str__(self) -> str:
        return self.text


def parse_edtf(text: str) -> Edtf:
    """Read a date in EDTF; raise `CodebookError` for an impossible day or a form not known."""
    words = text.strip().upper()
    if len(words) > _LONGEST:
        raise CodebookError(f"{text[:40]!r}… is not a date: {_HOW}")
    if "/" in words:
        return _parse_interval(words)
    return _parse_moment(words)


def _parse_interval(text: str) -> Edtf:
    start, _, end = text.partition("/")
    if start in {"", ".."} and end in {"", ".."}:
        raise CodebookError(f"the interval {text!r} needs a date on one side: {_HOW}")
    first, last = (_parse_bound(side) for side in (start, end))
    if first.earliest and last.latest and first.earliest > last.latest:
        raise CodebookError(f"the interval {text!r} ends before it begins")
    return Edtf(f"{first}/{last}", first.earliest, last.latest)


def _parse_bound(text: str) -> Edtf:
    return Edtf(text, None, None) if text in {"", ".."} else _parse_moment(text)


def _parse_moment(text: str) -> Edtf:
    match = _DATE.fullmatch(text)
    if match is None:
        raise CodebookError(f"{text!r} is not a date: {_HOW}")
    year, month, day = match["year"], match["month"], match["day"]
    if ("X" in year and month) or (month == "XX" and day not in {None, "XX"}):
        raise CodebookError(f"{text!r} knows a smaller unit of time but not the larger one: {_HOW}")
    try:
        earliest, latest = _span_of(year, month, day)
    except ValueError as wrong:
        raise CodebookError(f"{text!r} is not in the calendar: {wrong}") from wrong
    return Edtf(text, earliest, latest)


def _span_of(year: str, month: str | None, day: str | None) -> tuple[date, date]:
    first, last = int(year.replace("X", "0")), int(year.replace("X", "9"))
    if month is None or month == "XX":
        return date(max(first, 1) if "X" in year else first, 1, 1), date(last, 12, 31)
    if int(month) in _SEASONS and day is None:
        return _season(first, int(month))
    if day is None or day == "XX":
        return date(first, int(month), 1), _last_day(first, int(month))
    return date(first, int(month), int(day)), date(first, int(month), int(day))


def _season(year: int, code: int) -> tuple[date, date]:
    start, months = _SEASONS[code]
    over, month = divmod(start + months - 2, 12)
    return date(year, start, 1), _last_day(year + over, month + 1)


def _last_day(year: int, month: int) -> date:
    over, following = divmod(month, 12)
    return (
        date.max if year + over > date.max.year else date(year + over, following + 1, 1) - timedelta(days=1)
    )
