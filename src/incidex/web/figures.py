"""The numbers behind each picture: folds of the incidents that a tier may see, and of nothing else."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from incidex.codebook import GROUPS, fields, get_vocabulary
from incidex.model import Incident, Status
from incidex.web.record import find_date
from incidex.web.slugs import find_actor
from incidex.web.techniques import TACTICS, say_tactic
from incidex.web.views import View, stands
from incidex.web.words import say_value

Cell = str | int

#: How many months the picture of months shows, up to the newest.
MOST_MONTHS = 60

#: Rows and columns of a picture that crosses two fields: the commonest of each.
MOST_ACROSS = 12

#: When fewer incidents than this have both dates, how long reports take is not measured: a year is taken.
LEAST_LAGS, USUAL_LAG_MONTHS = 30, 12

_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_YEAR = re.compile(r"[0-9]{4}")

#: NAICS gives these sectors several numbers.
_SECTORS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(("31", "32", "33"), ("31–33", "Manufacturing")),
        **dict.fromkeys(("44", "45"), ("44–45", "Retail Trade")),
        **dict.fromkeys(("48", "49"), ("48–49", "Transportation and Warehousing")),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A picture's numbers, as a table."""

    name: str
    title: str
    says: str  # what is counted, and what to be careful of
    fields: tuple[str, ...]  # the codebook fields that it counts
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    counted: tuple[Incident, ...]  # those that say something of it
    total: int


def find_month(incident: Incident) -> str:
    """Return the month in which an incident happened or came out, "" when it is not known so closely."""
    match = _MONTH.match(find_date(incident)[1])
    return match[0] if match else ""


def find_year(incident: Incident) -> str:
    """Return the year in which an incident happened or came out, "" when it is not known."""
    match = _YEAR.match(find_date(incident)[1])
    return match[0] if match else ""


def incomplete_since(incidents: Sequence[Incident]) -> str:
    """Return the first month of which reports are still to be expected, "" when nothing tells.

    Counted back from the newest report: by so many months as nine in ten incidents took to be reported, or
    by a year where too few tell.
    """
    lags: list[int] = []
    newest = 0
    for incident in incidents:
        told = [_count_months(report.published) for report in incident.reports]
        known = [month for month in told if month]
        happened = _count_months(find_month(incident))
        newest = max([newest, *known])
        if known and happened:
            lags.append(max(0, min(known) - happened))
    if not newest:
        return ""
    lag = sorted(lags)[len(lags) * 9 // 10] if len(lags) >= LEAST_LAGS else USUAL_LAG_MONTHS
    return _to_month(newest - max(1, lag) + 1)


def make_years(view: View) -> Figure:
    """Count incidents by year."""
    since = incomplete_since(view.incidents)[:4]
    known = [(year, each) for each in view.incidents if (year := find_year(each))]
    counts = Counter(year for year, _ in known)
    span = range(int(min(counts)), int(max(counts)) + 1) if counts else range(0)
    rows = tuple((f"{year:04}", counts[f"{year:04}"], _say_complete(f"{year:04}", since)) for year in span)
    return Figure(
        name="years",
        title="Incidents by year",
        says="By the year in which the incident occurred, else was discovered, disclosed or ended. Of the "
        "years marked “still incomplete”, reports are yet to be expected: most incidents are reported "
        "long after they happen.",
        fields=("date.occurred", "date.discovered", "date.disclosed", "date.ended"),
        columns=("year", "incidents", "complete"),
        rows=rows[-MOST_MONTHS:],
        counted=tuple(each for _, each in known),
        total=len(view.incidents),
    )


def make_months(view: View) -> Figure:
    """Count incidents by month, for the newest years."""
    since = incomplete_since(view.incidents)
    known = [(month, each) for each in view.incidents if (month := find_month(each))]
    last = max((_count_months(month) for month, _ in known), default=0)
    months = [_to_month(each) for each in range(last - MOST_MONTHS + 1, last + 1)] if last else []
    counts = Counter(month for month, _ in known)
    return Figure(
        name="months",
        title="Incidents by month",
        says="The same by month, for the five years up to the newest incident, as far as the month is known.",
        fields=("date.occurred", "date.discovered", "date.disclosed", "date.ended"),
        columns=("month", "incidents", "complete"),
        rows=tuple((month, counts[month], _say_complete(month, since)) for month in months),
        counted=tuple(each for month, each in known if months and month >= months[0]),
        total=len(view.incidents),
    )


def make_countries(view: View) -> Figure:
    """Count incidents by the victim's country."""
    counts, counted = _count(view, lambda each: stands(each, "victim.country"))
    rows = tuple((code, say_value("victim.country", code), count) for code, count in _ordered(counts))
    return Figure(
        name="countries",
        title="Incidents by the victim’s country",
        says="Every country has a tile of the same size, near to where it lies. Where no report says in "
        "which country the victim is, none is guessed.",
        fields=("victim.country",),
        columns=("code", "country", "incidents"),
        rows=rows,
        counted=counted,
        total=len(view.incidents),
    )


def make_industries(view: View) -> Figure:
    """Count actions by the victim's industry."""
    return _cross(
        view,
        name="industries",
        title="Action by industry",
        says="How it was done (the families of VERIS) in each sector of the economy (NAICS, two digits).",
        names=("victim.industry", "action"),
        columns=("industry", "action"),
        left=_sectors,
        right=lambda each: (say_value("action", value) for value in stands(each, "action")),
    )


def make_actors(view: View) -> Figure:
    """Count actors by the victim's country."""
    return _cross(
        view,
        name="actors",
        title="Actor by the victim’s country",
        says="Which actors are said to be behind incidents in which countries. That somebody says so, and no "
        "more: each record has who says it and who denies it.",
        names=("actor.name", "victim.country"),
        columns=("actor", "country"),
        left=_actors,
        right=lambda each: (say_value("victim.country", value) for value in stands(each, "victim.country")),
    )


def make_records(view: View) -> Figure:
    """Count incidents by how many records were affected, in powers of ten; unknown is a bar of its own."""
    counts: Counter[str] = Counter()
    counted: list[Incident] = []
    for incident in view.incidents:
        value = incident.best("data.records")
        if value.isascii() and value.isdigit() and len(value) < 20:
            counts[_say_power(value.lstrip("0"))] += 1
            counted.append(incident)
        else:
            counts["unknown"] += 1
    most = max((len(str(int(each.best("data.records")))) for each in counted), default=0)
    powers = ["0", *(_say_power("1" * digits) for digits in range(1, most + 1)), "unknown"]
    return Figure(
        name="records",
        title="Records affected",
        says="How many records each incident is said to have affected, by the best-founded count, in powers "
        "of ten. Unknown is not zero: where nobody gives a number, the incident stands under “unknown”.",
        fields=("data.records",),
        columns=("records", "incidents"),
        rows=tuple((power, counts[power]) for power in powers) if view.incidents else (),
        counted=tuple(counted),
        total=len(view.incidents),
    )


def make_tactics(view: View) -> Figure:
    """Count incidents by the tactics of the techniques that were read in them."""
    counts, counted = _count(view, _tactics)
    rows = tuple((say_tactic(each), counts[each]) for each in TACTICS["enterprise"]) if counted else ()
    return Figure(
        name="tactics",
        title="Incidents by tactic of ATT&CK",
        says="What the techniques that reports name were for, in the order of an intrusion. An incident "
        "counts once for each tactic.",
        fields=("technique",),
        columns=("tactic", "incidents"),
        rows=rows,
        counted=counted,
        total=len(view.incidents),
    )


def make_statuses(view: View) -> Figure:
    """Count values by group of fields and by status."""
    groups = {each.name: each.group for each in fields().values()}
    counts: Counter[tuple[str, Status]] = Counter(
        (groups.get(name, "other"), value.status)
        for incident in view.incidents
        for name, held in incident.values.items()
        for value in held
    )
    present = [each for each in (*GROUPS, "other") if any(counts[each, status] for status in Status)]
    return Figure(
        name="statuses",
        title="How well the values are founded",
        says="Values by what the claims for them add up to, for each group of fields.",
        fields=(),
        columns=("group", "status", "values"),
        rows=tuple((each, str(status), counts[each, status]) for each in present for status in Status),
        counted=tuple(view.incidents),
        total=len(view.incidents),
    )


#: Every picture by its name, in the order of the page.
FIGURES: Mapping[str, Callable[[View], Figure]] = MappingProxyType(
    {
        "years": make_years,
        "months": make_months,
        "countries": make_countries,
        "industries": make_industries,
        "actors": make_actors,
        "records": make_records,
        "tactics": make_tactics,
        "statuses": make_statuses,
    }
)


def find_figure(view: View, name: str) -> Figure | None:
    """Return a picture's numbers, kept with the view; `None` when there is no such picture."""
    make = FIGURES.get(name)
    return view.count(("figure", name), lambda: make(view)) if make else None


def _count(
    view: View, values: Callable[[Incident], Iterable[str]]
) -> tuple[Counter[str], tuple[Incident, ...]]:
    """Return how many incidents have each value, and which have any."""
    counts: Counter[str] = Counter()
    counted: list[Incident] = []
    for incident in view.incidents:
        if found := set(values(incident)):
            counts.update(found)
            counted.append(incident)
    return counts, tuple(counted)


def _cross(
    view: View,
    *,
    name: str,
    title: str,
    says: str,
    names: tuple[str, str],
    columns: tuple[str, str],
    left: Callable[[Incident], Iterable[str]],
    right: Callable[[Incident], Iterable[str]],
) -> Figure:
    """Count the incidents that have both values; the commonest of each, and what is left out is said."""
    pairs: Counter[tuple[str, str]] = Counter()
    counted: list[Incident] = []
    for incident in view.incidents:
        found = {(one, other) for one in set(left(incident)) for other in set(right(incident))}
        if found:
            pairs.update(found)
            counted.append(incident)
    rows, across = (_commonest(pairs, side) for side in (0, 1))
    cut = (
        max(len({pair[0] for pair in pairs}) - len(rows), 0),
        max(len({p[1] for p in pairs}) - len(across), 0),
    )
    left_out = (
        f" The {MOST_ACROSS} commonest of each are shown; {cut[0]} and {cut[1]} are not." if any(cut) else ""
    )
    return Figure(
        name=name,
        title=title,
        says=f"{says} An incident with several values counts for each.{left_out}",
        fields=names,
        columns=(*columns, "incidents"),
        rows=tuple((one, other, pairs[one, other]) for one in rows for other in across if pairs[one, other]),
        counted=tuple(counted),
        total=len(view.incidents),
    )


def _commonest(pairs: Counter[tuple[str, str]], side: int) -> list[str]:
    counts: Counter[str] = Counter()
    for pair, count in pairs.items():
        counts[pair[side]] += count
    return [value for value, _ in _ordered(counts)[:MOST_ACROSS]]


def _ordered(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _sectors(incident: Incident) -> Iterator[str]:
    for value in stands(incident, "victim.industry"):
        yield say_sector(value)


def say_sector(naics: str) -> str:
    """Return the sector that a NAICS number of any length is of."""
    number = naics[:2]
    if number in _SECTORS:
        return " ".join(_SECTORS[number])
    term = get_vocabulary("industry").get(number)
    return f"{number} {term.label}" if term else number


def _actors(incident: Incident) -> Iterator[str]:
    for value in stands(incident, "actor.name"):
        known = find_actor(value)
        yield known.label if known else value


def _tactics(incident: Incident) -> Iterator[str]:
    terms = get_vocabulary("technique")
    for value in stands(incident, "technique"):
        yield from terms[value].each("tactics") if value in terms else ()


def _say_power(digits: str) -> str:
    """Return the power of ten that a number is in: "10,000–99,999" for every one of five digits."""
    if not digits:
        return "0"
    least = 10 ** (len(digits) - 1)
    return f"{least:,}–{least * 10 - 1:,}"


def _say_complete(period: str, since: str) -> str:
    return "still incomplete" if since and period >= since else "complete"


def _count_months(date: str) -> int:
    """Return the months from the year 0 to that of an EDTF date; 0 when its month is not known."""
    match = _MONTH.match(date)
    return int(match[1]) * 12 + int(match[2]) if match else 0


def _to_month(count: int) -> str:
    return f"{(count - 1) // 12:04}-{(count - 1) % 12 + 1:02}"
