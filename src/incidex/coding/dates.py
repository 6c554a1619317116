"""When it happened, was noticed, was made known and ended: the four date fields, with their precision."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from incidex.coding.base import Prepared, Reading
from incidex.model import Span

_MONTH_NAMES = "january february march april may june july august september october november december"
_MONTHS = tuple(_MONTH_NAMES.split())
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTH = "(?:" + "|".join(f"{name[:3]}(?:{name[3:]})?" for name in _MONTHS) + r"|sept)\b\.?"
_YEAR = r"(?:19[89]|20[0-4])[0-9]"
_GAP = r"(?:,?[ \u00a0]|\n)"
_DAY = r"[0-3]?[0-9](?:st|nd|rd|th)?"

_DATE = re.compile(
    rf"\b(?P<iso>{_YEAR}-[01][0-9]-[0-3][0-9])\b"
    rf"|\b(?P<d1>{_DAY}){_GAP}(?:of )?(?P<m1>{_MONTH})(?:{_GAP}(?P<y1>{_YEAR})\b)?"
    rf"|\b(?P<m2>{_MONTH}){_GAP}(?P<d2>{_DAY})\b(?![:,.]?[0-9])(?:{_GAP}(?P<y2>{_YEAR})\b)?"
    rf"|\b(?:between|from){_GAP}(?P<m3>{_MONTH})(?:{_GAP}(?P<y3>{_YEAR}))?{_GAP}"
    rf"(?:and|to|until|through){_GAP}(?P<m4>{_MONTH}){_GAP}(?P<y4>{_YEAR})\b"
    rf"|\b(?P<m5>{_MONTH}){_GAP}(?:of )?(?P<y5>{_YEAR})\b"
    rf"|\b(?:in|since|during|early|late|mid)[ \n-](?:early |late |mid-)?(?P<y6>{_YEAR})\b"
    rf"|\b(?:in|last){_GAP}(?P<m7>{_MONTH})(?!{_GAP}[0-9])"
    rf"|\b(?P<n>[0-9]{{1,2}})[./](?P<o>[0-9]{{1,2}})[./](?P<p>{_YEAR})\b"
    rf"|\b(?P<word>yesterday|last night|last week|last month|earlier this month|this week|last year)\b"
    rf"|\b(?:on|last|this){_GAP}(?P<weekday>{'|'.join(_DAYS)})\b(?!,? ?(?:[0-9]|{_MONTH}))"
    rf"|\b(?P<count>one|two|three|four|five|six|[0-9]{{1,2}}){_GAP}(?P<unit>days?|weeks?|months?){_GAP}ago\b",
    re.IGNORECASE,
)
_COUNTS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}

#: By field, the words that say what happened on the day; the nearest to the date in its sentence decides.
_CUES = re.compile(
    r"\b(?:(?P<discovered>discover\w{0,4}|detect\w{0,4}|learn(?:ed|t)|became aware|identified|noticed|"
    r"found (?:out|that))"
    r"|(?P<disclosed>announc\w{1,4}|notified|publicly disclosed|disclosed the|filed|made public|"
    r"published a|published its|confirmed|reported (?:to|the)|mailed|informed)"
    r"|(?P<ended>was contained|was restored|were restored|ended|resumed)"
    r"|(?P<occurred>occurred|happened|took place|attack(?:ed)?|breached|hacked|stolen|stole|suffered|leaked|"
    r"hit by|fell victim|broke in(?:to)?|gained access|had access|accessed|entered|lost|struck|"
    r"compromised|put online|intrusion|arrived|infected|was hit|were hit|theft|hackers?|data breach|"
    r"encrypted (?:its|our|more|the|files|computers)))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class When:
    """A date in EDTF where it stands; relative when it was counted from the day of publication."""

    value: str
    span: Span
    is_relative: bool = False


def read_dates(prepared: Prepared) -> Iterator[Reading]:
    """Read the dates that a sentence ties to the incident; a date that nothing ties to it is left alone."""
    places = prepared.places
    for when in find_dates(prepared.text, prepared.published):
        found = _find_field(prepared.text, when, places.around(when.span))
        if found is None:
            continue
        field, cue, confidence = found
        yield Reading(
            field=f"date.{field}",
            value=when.value,
            span=when.span,
            confidence=round(confidence - (0.1 if when.is_relative else 0.0), 2),
            why=f"'{cue}' near the date" + (", counted from publication" if when.is_relative else ""),
        )


def _find_field(text: str, when: When, around: Span) -> tuple[str, str, float] | None:
    best: tuple[int, str, str] | None = None
    for match in _CUES.finditer(text, around.start, around.end):
        before = max(0, when.span.start - match.end())
        distance = before + max(0, match.start() - when.span.end)
        if best is None or distance < best[0]:
            best = (distance, str(match.lastgroup), match[0].lower())
    if best is None or best[0] > 120:
        return None
    return best[1], best[2], 0.8 if best[0] < 50 else 0.6


def find_dates(text: str, published: str = "") -> Iterator[When]:
    """Yield the dates in `text` in EDTF; relative ones only when the day of publication is known."""
    day = _as_day(published)
    for match in _DATE.finditer(text):
        value = _read(match, day)
        if value:
            absolute = any(match[group] for group in ("iso", "y1", "y2", "y4", "y5", "y6", "p"))
            yield When(value, Span(*match.span()), is_relative=not absolute)


def _as_day(published: str) -> date | None:
    try:
        return date.fromisoformat(published[:10])
    except ValueError:
        return None


def _read(match: re.Match[str], day: date | None) -> str:
    if match["iso"]:
        return _check_day(match["iso"])
    if match["y6"]:
        return match["y6"]
    if match["p"]:
        return _read_numeric(int(match["n"]), int(match["o"]), match["p"])
    if match["m4"]:
        first, last = _month_of(match["m3"]), _month_of(match["m4"])
        start, end = f"{match['y3'] or match['y4']}-{first:02}", f"{match['y4']}-{last:02}"
        return f"{start}/{end}" if start <= end else ""
    return _read_named(match, day) or (_read_relative(match, day) if day else "")


def _read_named(match: re.Match[str], day: date | None) -> str:
    """Read a month by name, with or without its day; a year left out is the last that fits."""
    if match["m5"]:
        return f"{match['y5']}-{_month_of(match['m5']):02}"
    for form in ("1", "2"):
        if name := match["m" + form]:
            month, number = _month_of(name), int(re.sub(r"\D", "", match["d" + form]))
            year = match["y" + form] or _last_year(day, month, number)
            return _check_day(f"{year}-{month:02}-{number:02}") if year else ""
    if (name := match["m7"]) and day:
        month = _month_of(name)
        return f"{_last_year(day, month, 1)}-{month:02}" if name[0].isupper() else ""
    return ""


def _last_year(day: date | None, month: int, number: int) -> str:
    if day is None:
        return ""
    return str(day.year - ((month, number) > (day.month, day.day)))


def _read_relative(match: re.Match[str], day: date) -> str:
    if word := match["word"]:
        return _read_word(" ".join(word.lower().split()), day)
    if name := match["weekday"]:
        back = (day.weekday() - _DAYS.index(name.lower())) % 7
        return (day - timedelta(days=back or (7 if match[0].lower().startswith("last") else 0))).isoformat()
    if not match["count"]:
        return ""
    count = match["count"].lower()
    return _count_back(day, _COUNTS.get(count) or int(count), match["unit"].lower())


def _read_word(word: str, day: date) -> str:
    if word in {"yesterday", "last night"}:
        return (day - timedelta(days=1)).isoformat()
    if word == "last year":
        return str(day.year - 1)
    if word == "last month":
        return (day.replace(day=1) - timedelta(days=1)).isoformat()[:7]
    if word == "earlier this month":
        return day.isoformat()[:7]
    monday = day - timedelta(days=day.weekday() + (7 if word == "last week" else 0))
    return f"{monday.isoformat()}/{(monday + timedelta(days=6)).isoformat()}"


def _count_back(day: date, count: int, unit: str) -> str:
    if unit.startswith("month"):
        months = day.year * 12 + day.month - 1 - count
        return f"{months // 12}-{months % 12 + 1:02}"
    if unit.startswith("week"):
        return (day - timedelta(weeks=count)).isoformat()[:7]
    return (day - timedelta(days=count)).isoformat()


def _read_numeric(first: int, second: int, year: str) -> str:
    """Read day and month in figures when only one order is possible."""
    if first == second or first > 12:
        return _check_day(f"{year}-{second:02}-{first:02}")
    return _check_day(f"{year}-{first:02}-{second:02}") if second > 12 else ""


def _check_day(value: str) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        return ""


def _month_of(name: str) -> int:
    return next(number for number, month in enumerate(_MONTHS, 1) if month.startswith(name[:3].lower()))
