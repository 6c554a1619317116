"""Dates as they stand in a text, in EDTF: in full, without their year, or counted from another day."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from incidex.coding.lexicon import Hit, Lexicon
from incidex.coding.ordering import is_day_first
from incidex.coding.reckoning import (
    FUZZ,
    PART_OF_YEAR,
    SEASONS,
    count_from,
    read_part_of_year,
    read_spoken,
    which_third,
    within_year,
)
from incidex.model import Span

_MONTH_NAMES = "january february march april may june july august september october november december"
MONTHS = tuple(_MONTH_NAMES.split())
_NUMBERS = {name[:3]: number for number, name in enumerate(MONTHS, 1)}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTH = "(?:" + "|".join(f"{name[:3]}(?:{name[3:]})?" for name in MONTHS) + r"|sept)\b"
_YEAR = r"(?:19[89]|20[0-4])[0-9]"
_GAP = r"(?:,?[ \u00a0]|,?\r?\n|-)"
_NUMBER = r"[0-3]?[0-9]"
_NTH = r"(?:st|nd|rd|th)?"
_NUMERALS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_COUNTS = {word: n for n, word in enumerate(_NUMERALS, 1)}
_COUNTS |= {"a": 1, "an": 1, "couple of": 2, "few": 3, "several": 3}

#: What begins a date, by kind: only there is the text read more closely.
TRIGGERS: Mapping[str, str] = MappingProxyType(
    {
        **{str(year): "year" for year in range(1980, 2050)},
        **dict.fromkeys([*MONTHS, *(name[:3] for name in MONTHS), "sept"], "month"),
        **dict.fromkeys(_DAYS, "weekday"),
        **dict.fromkeys(["ago", "earlier", "later", "before"], "counted"),
        **dict.fromkeys(
            [
                f"{which} {unit}"
                for which in ("following", "next", "same")
                for unit in ("day", "week", "month")
            ]
            + ["later that day", "later that week", "later that month", "later that year", "following year"],
            "following",
        ),
        **dict.fromkeys(
            [f"{which} {unit}" for which in ("last", "past", "this") for unit in ("week", "month", "year")]
            + [
                "last weekend",
                "past weekend",
                "this weekend",
                "the weekend",
                "yesterday",
                "last night",
                "overnight",
            ]
            + ["today", "this morning", "this afternoon", "this evening", "tonight", "last quarter"]
            + [f"last {season}" for season in ("spring", "summer", "autumn", "fall", "winter")]
            + [f"this {season}" for season in ("spring", "summer", "autumn", "fall", "winter")],
            "spoken",
        ),
        **dict.fromkeys(
            ["christmas day", "christmas eve", "boxing day", "new year's eve", "new year's day"], "feast"
        ),
    }
)
_FEASTS = {
    "christmas day": (12, 25),
    "christmas eve": (12, 24),
    "boxing day": (12, 26),
    "new year's eve": (12, 31),
    "new year's day": (1, 1),
}
_BEFORE_MONTH = re.compile(
    rf"(?:(?<![\w.,$/-])(?P<first>{_NUMBER}){_NTH}[ \u00a0]?(?:-|–|to|and|&|until|through)[ \u00a0]?)?"
    rf"(?<![\w.,$/])(?P<day>{_NUMBER}){_NTH}(?:[ \u00a0]day)?(?:[ \u00a0]of)?[ \u00a0\n-]$"
)
_AFTER_MONTH = re.compile(
    rf"\.?(?:{_GAP}(?:the )?(?P<day>{_NUMBER}){_NTH}"
    r"(?![0-9:%]|[.,][0-9]|[ ]?(?:percent|million|people|[ap]\.?m))"
    rf"(?:[ ]?(?:-|–|to|and|through)[ ]?(?P<last>{_NUMBER}){_NTH}(?![\w:%]|[.,][0-9]))?)?"
    rf"(?:{_GAP}(?:of |in )?(?:(?P<year>{_YEAR})(?![0-9])|(?P<which>last|this) year\b))?"
)
_ISO = re.compile(r"(?P<mark>[-/.])(?P<month>[01]?[0-9])(?P=mark)(?P<day>[0-3]?[0-9])(?![0-9])")
_NUMERIC = re.compile(r"(?<![\w.,/-])(?P<a>[0-9]{1,2})(?P<mark>[./-])(?P<b>[0-9]{1,2})(?P=mark)$")
#: What stands before a month or a year alone that is meant as a time.
_BEFORE_TIMES = """
in since during of from until till to between and by before after around about circa early mid late
approximately roughly through throughout last this past year as for or on least
"""
_PREPOSITIONS = frozenset(_BEFORE_TIMES.split())
#: The last word before a date that is only about right, or the first that is known.
_VAGUE = frozenset({"early", "mid", "late", "in", "of", "month", "about", "around", "approximately", "circa"})
_VAGUE |= {"roughly", "c.", "least", "as", "the"}
_PARTS = tuple(f"{part}{of}" for part in ("quarter", "half", *SEASONS) for of in ("", " of"))
_EVENT_AFTER = re.compile(
    r" (?:data |cyber ?|security )?(?:breach|attack|incident|hack|leak|intrusion)", re.IGNORECASE
)
_AT_LEAST = re.compile(r"\b(?:at least|as (?:early|far back) as)(?: the)? $", re.IGNORECASE)
_COUNTED = re.compile(
    r"\b(?P<about>(?:about|around|roughly|some|nearly|almost|over|under|more than|less than) )?"
    rf"(?:a )?(?P<count>[0-9]{{1,2}}|an?|{'|'.join(_NUMERALS)}|couple of|few|several) "
    r"(?P<unit>day|week|month|year)s? $",
    re.IGNORECASE,
)
_NOT_SPOKEN = re.compile(r"\b(?:later|next|until) $", re.IGNORECASE)
_NTH_OF = re.compile(rf"\b({_NUMBER})(?:st|nd|rd|th) of $")
_BEFORE_WEEKDAY = re.compile(r"\b(\w{2,9})[ \u00a0\n]$")
_NOT_PAST = frozenset(
    {"next", "following", "coming", "every", "each", "previous", "preceding", "until", "by"}
)
_AFTER_WEEKDAY = re.compile(rf",?[ \u00a0\n](?:the )?(?:{_NUMBER}\b|{_MONTH})|s\b", re.IGNORECASE)
_OF_LAST_WEEK = re.compile(r"(?: morning| afternoon| evening| night)?,?(?: of)? last week", re.IGNORECASE)
#: Between two dates that are the ends of one stretch; and what makes the word "and" mean a stretch.
_TO = re.compile(
    r",?[ \u00a0\n](?:to|until|till|through|thru|and|or)[ \u00a0\n]"
    r"(?:(?:about|around|early|mid|late|the)[ -]){0,2}$|[ ]?[-–—][ ]?$"
)
_BETWEEN = re.compile(
    r"\b(?:between|from|sometime between)[ \n]"
    r"(?:(?:about|around|early|mid|late|at least|as early as)[ -]){0,2}$",
    re.IGNORECASE,
)
_LASTED = re.compile(r",?[ \u00a0\n](?:to|until|till|through|thru)\b")
#: Characters between two dates of one stretch, at most; and how far back a year still carries.
_APART = 24
_CARRIES = 400


class When(NamedTuple):
    """A date in EDTF where it stands; relative when it was counted from another day."""

    value: str
    span: Span
    is_relative: bool = False
    ended: str = ""  # where "from … until" says that a stretch lasted, its end


class _Part(NamedTuple):
    """What the words at one place say of a date; `value` where they say all of it."""

    span: Span
    year: int = 0
    month: int = 0
    day: int = 0
    last: int = 0  # the last day of "3-5 May"
    value: str = ""
    is_relative: bool = False
    ended: str = ""


@dataclass
class _Context:
    """The text, the day that it counts from, and the dates that were read before."""

    text: str
    day: date | None
    parts: list[_Part] = field(default_factory=list)

    def before(self, place: int, reach: int = 32) -> str:
        return self.text[max(0, place - reach) : place]

    def word_before(self, place: int) -> str:
        """Return the last word before a place, in small letters."""
        words = self.before(place, 16).replace("-", " ").split()
        return words[-1].lower() if words else ""

    def is_meant(self, place: int) -> bool:
        """Say whether what stands before a month or a year alone makes it a time."""
        words = self.before(place, 20).replace("-", " ").split()
        if len(words) > 1 and words[-1] in {"the", "year"}:
            words.pop()
        return bool(words) and (words[-1].lower() in _PREPOSITIONS or words[-1][-1] == "(")


def find_dates(text: str, published: str = "") -> Iterator[When]:
    """Yield the dates in `text` in EDTF; those counted from the day of publication only when it is known."""
    return read_moments(text, list(_lexicon().find(text)), published)


@cache
def _lexicon() -> Lexicon:
    return Lexicon(TRIGGERS)


def read_moments(text: str, hits: Iterable[Hit], published: str = "") -> Iterator[When]:
    """Yield the dates at the triggers that were hit, in the order of the text."""
    context = _Context(text, _as_day(published))
    for hit in hits:
        if context.parts and hit.start < context.parts[-1].span.end:
            continue
        part = _READERS[TRIGGERS[hit.term]](context, hit)
        if part is not None:
            context.parts.append(part)
    for part in _join(context):
        if value := _write(part):
            yield When(value, part.span, part.is_relative, part.ended)


def _as_day(published: str) -> date | None:
    try:
        return date.fromisoformat(published[:10])
    except ValueError:
        return None


def _read_month(context: _Context, hit: Hit) -> _Part | None:
    text, start = context.text, hit.start
    if text[start].islower():
        return None
    after = _AFTER_MONTH.match(text, hit.end)
    end = after.end() if after else hit.end
    month, year = _month_of(hit.term), int((after and after["year"]) or 0)
    if after and after["which"] and context.day:
        year = context.day.year - (after["which"].lower() == "last")
    if after and after["day"]:
        day, last = int(after["day"]), int(after["last"] or 0)
        return _Part(Span(start, end), year, month, day, last)
    tail = context.before(start, 3)
    before = (
        _BEFORE_MONTH.search(context.before(start)) if any(c.isdigit() or c in "fthy" for c in tail) else None
    )
    if before:
        first = int(before["first"] or 0)
        day, last = (first, int(before["day"])) if first else (int(before["day"]), 0)
        return _Part(Span(start - len(before[0]), end), year, month, day, last)
    is_meant = year or context.is_meant(start)
    return _Part(Span(start, end), year, month) if is_meant else None


def _read_year(context: _Context, hit: Hit) -> _Part | None:
    text, start, end = context.text, hit.start, hit.end
    if match := _ISO.match(text, end):
        return _Part(Span(start, match.end()), int(hit.term), int(match["month"]), int(match["day"]))
    before = context.before(start)
    if match := _NUMERIC.search(before) if before[-1:] in {"/", ".", "-"} else None:
        month, day = _sort_figures(context, int(match["a"]), int(match["b"]))
        return _Part(Span(start - len(match[0]), end), int(hit.term), month, day) if month else None
    if match := PART_OF_YEAR.search(before) if _ends_part(before) else None:
        value = read_part_of_year(match, int(hit.term))
        return _Part(Span(start - len(match[0]), end), value=value) if value else None
    if context.is_meant(start) or _EVENT_AFTER.match(text, end):
        return _Part(hit.span, int(hit.term))
    return None


def _ends_part(before: str) -> bool:
    """Say whether "Q3", "quarter of" or a season may stand before a year, in a few characters."""
    return before[-2:-1].isdigit() or before.rstrip(" ,").lower().endswith(_PARTS)


def _sort_figures(context: _Context, first: int, second: int) -> tuple[int, int]:
    """Return month and day; (0, 0) when nothing says which of the two is which."""
    if first > 12 or second > 12:
        return (second, first) if first > 12 else (first, second)
    if first == second:
        return first, second
    day_first = is_day_first(context.text)
    if day_first is None:
        return 0, 0
    return (second, first) if day_first else (first, second)


def _read_weekday(context: _Context, hit: Hit) -> _Part | None:
    text, day = context.text, context.day
    if day is None or text[hit.start].islower() or _AFTER_WEEKDAY.match(text, hit.end):
        return None
    before = _BEFORE_WEEKDAY.search(context.before(hit.start, 12))
    word = before[1].lower() if before else ""
    if word in _NOT_PAST:
        return None
    number = _DAYS.index(hit.term)
    if match := _OF_LAST_WEEK.match(text, hit.end):
        monday = day - timedelta(days=day.weekday() + 7)
        span = Span(hit.start, match.end())
        return _Part(span, value=(monday + timedelta(days=number)).isoformat(), is_relative=True)
    back = (day.weekday() - number) % 7
    if word in {"last", "past"}:
        back = back or 7
    start = hit.start - (len(before[0]) if before and word in {"last", "past", "this"} else 0)
    value = (day - timedelta(days=back)).isoformat()
    return _Part(Span(start, hit.end), value=value, is_relative=True)


def _read_counted(context: _Context, hit: Hit) -> _Part | None:
    """Read "three weeks ago", from publication, and "two days later", from the date read before."""
    match = _COUNTED.search(context.before(hit.start, 48))
    if match is None or hit.term == "before":
        return None
    word = match["count"].lower()
    count, unit = _COUNTS.get(word) or int(word), match["unit"].lower()
    span = Span(hit.start - len(match[0]), hit.end)
    if hit.term == "ago":
        if context.day is None:
            return None
        is_vague = bool(match["about"]) or word in {"few", "several", "couple of"} or unit == "week"
        value = count_from(context.day, -count, unit) + ("~" if is_vague else "")
        return _Part(span, value=value, is_relative=True)
    anchor = _anchor_of(context, span)
    if anchor is None or (unit in {"day", "week"} and anchor[1] < 3) or (unit == "month" and anchor[1] < 2):
        return None
    sign = -1 if hit.term == "earlier" else 1
    return _Part(span, value=count_from(anchor[0], sign * count, unit), is_relative=True)


def _read_following(context: _Context, hit: Hit) -> _Part | None:
    """Read "the following day": counted from the date read before."""
    anchor = _anchor_of(context, hit.span)
    which, _, unit = hit.term.rpartition(" ")
    if anchor is None or anchor[1] < {"year": 1, "month": 2}.get(unit, 3):
        return None
    steps = 0 if which in {"same", "later that"} else 1
    if steps == 0 and unit == "week":
        return None
    return _Part(hit.span, value=count_from(anchor[0], steps, unit), is_relative=True)


def _anchor_of(context: _Context, span: Span) -> tuple[date, int] | None:
    """Return the date read before, and how many of year, month and day it says."""
    near = context.parts[-1] if context.parts else None
    if near is None or span.start - near.span.end > _CARRIES:
        return None
    value = _write(_with_year(near, context)).partition("/")[0].rstrip("~?")
    pieces = value.split("-")
    try:
        return date.fromisoformat("-".join([*pieces, "01", "01"][:3])), len(pieces)
    except ValueError:
        return None


def _read_spoken(context: _Context, hit: Hit) -> _Part | None:
    day = context.day
    if day is None or _NOT_SPOKEN.search(context.before(hit.start, 12)):
        return None
    value = read_spoken(hit.term, day, context.before(hit.start, 16))
    if hit.term.endswith("month") and (nth := _NTH_OF.search(context.before(hit.start, 16))):
        value, span = f"{value}-{int(nth[1]):02}", Span(hit.start - len(nth[0]), hit.end)
        return _Part(span, value=_check_day(value), is_relative=True)
    return _Part(hit.span, value=value, is_relative=True) if value else None


def _read_feast(context: _Context, hit: Hit) -> _Part | None:
    if context.text[hit.start].islower():
        return None
    after = re.compile(rf",? (?P<year>{_YEAR})\b").match(context.text, hit.end)
    month, day = _FEASTS[hit.term]
    return _Part(
        Span(hit.start, after.end() if after else hit.end), int(after["year"]) if after else 0, month, day
    )


_READERS: Mapping[str, Callable[[_Context, Hit], _Part | None]] = MappingProxyType(
    {
        "month": _read_month,
        "year": _read_year,
        "weekday": _read_weekday,
        "counted": _read_counted,
        "following": _read_following,
        "spoken": _read_spoken,
        "feast": _read_feast,
    }
)


def _join(context: _Context) -> Iterator[_Part]:
    """Make one stretch of two dates that are its ends, and say what the words before a date add to it."""
    parts, at = context.parts, 0
    while at < len(parts):
        first = parts[at]
        second = parts[at + 1] if at + 1 < len(parts) else None
        if second is not None and (stretch := _stretch(context, first, second)):
            yield stretch
            at += 2
            continue
        yield _qualify(context, _with_year(first, context))
        at += 1


def _stretch(context: _Context, first: _Part, second: _Part) -> _Part | None:
    gap = context.text[first.span.end : second.span.start]
    if len(gap) > _APART or not _TO.match(gap):
        return None
    is_between = _BETWEEN.search(context.before(first.span.start, 40)) is not None
    shares_year = bool(first.month and not first.year and second.year and bool(first.day) == bool(second.day))
    if not (is_between or shares_year or not re.search(r"and|or", gap)):
        return None
    second = _with_year(second, context)
    if not first.year and not first.value and second.year:
        first = first._replace(year=second.year - (first.month > second.month))
    start, end = _write(_with_year(first, context)), _write(second)
    start, end = start.partition("/")[0], end.rpartition("/")[2]
    if not start or not end or start.rstrip("~") > end:
        return None
    span = Span(first.span.start, second.span.end)
    ended = end if _LASTED.match(gap) else ""
    return _Part(
        span, value=f"{start}/{end}", is_relative=first.is_relative or second.is_relative, ended=ended
    )


def _qualify(context: _Context, part: _Part) -> _Part:
    """Say "about", "early" or "since" of a date in its value, and take the words into its span."""
    if context.word_before(part.span.start) not in _VAGUE:
        return part
    before = context.before(part.span.start, 48)
    fuzz = FUZZ.search(before)
    value = _write(part)
    if fuzz and value and "/" not in value:
        is_year = re.fullmatch("[0-9]{4}", value) is not None
        third = which_third(fuzz)
        if is_year:
            value = within_year(int(value), before)
        elif fuzz["about"] and not third and value[-1].isdigit():
            value += "~"
        part = part._replace(value=value, span=Span(part.span.start - len(fuzz[0]), part.span.end))
    if value and value[-1].isdigit() and "/" not in value and (least := _AT_LEAST.search(before)):
        part = part._replace(value=f"{value}~", span=Span(part.span.start - len(least[0]), part.span.end))
    return part


def _with_year(part: _Part, context: _Context) -> _Part:
    """Give a date without its year the last one that fits: of the date before it, or of publication."""
    if part.value or part.year or not part.month:
        return part
    near = _dated_before(part, context)
    day = context.day
    if near is not None and (day is None or near.year < day.year):
        carried = near.year + (bool(near.month) and part.month < near.month)
        if day is None or (carried, part.month) <= (day.year, day.month):
            return part._replace(year=carried, is_relative=True)
    if day is None:
        return part
    is_later = (part.month, part.day or 1) > (day.month, day.day)
    return part._replace(year=day.year - is_later, is_relative=True)


def _dated_before(part: _Part, context: _Context) -> _Part | None:
    """Return the last date with a year that stands not far before another."""
    at = bisect_left(context.parts, part.span.start, key=lambda each: each.span.start)
    for each in reversed(context.parts[max(0, at - _CARRIES // 4) : at]):
        if part.span.start - each.span.end > _CARRIES:
            return None
        if each.year:
            return each
    return None


def _write(part: _Part) -> str:
    """Return the date in EDTF, or nothing for a day that is not in the calendar or a year not known."""
    if part.value or not part.year:
        return part.value
    if not part.month:
        return str(part.year)
    if not part.day:
        return f"{part.year}-{part.month:02}"
    days = [part.day, part.last] if part.last else [part.day]
    try:
        ends = [date(part.year, part.month, each).isoformat() for each in days]
    except ValueError:
        return ""
    return "/".join(ends) if ends == sorted(ends) else ends[0]


def _check_day(value: str) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        return ""


def _month_of(name: str) -> int:
    return _NUMBERS[name[:3]]


__all__: Sequence[str] = ["MONTHS", "TRIGGERS", "When", "find_dates", "read_moments"]
