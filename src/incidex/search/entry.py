"""What search keeps of a record: one pure function from an incident, as a tier sees it, to its entry.

The index is made from entries and so is the search in memory: what is not in an entry cannot be found,
counted or shown.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from hashlib import sha256

import msgspec

from incidex.codebook import Edtf, Field, Kind, fields, find_terms, get_vocabulary, parse_edtf
from incidex.codebook.saying import say_value
from incidex.model import CodebookError, Incident, Report, Status, Value
from incidex.search.amounts import find_number
from incidex.search.conditions import HEAD, NAMES
from incidex.search.days import tokens_held
from incidex.search.words import clean

#: Raise it when an entry made from the same record changes, or how it is indexed: indexes of another version
#: are made anew.
VERSION = 3

#: Where the date of a record stands, the first that has one.
DATES = ("date.occurred", "date.discovered", "date.disclosed", "date.ended")

#: What the title of a record begins with that has a victim and no title.
TITLED = "Cyber Incident Victim: "

#: Text that is not a field's: words that were quoted, titles of reports, labels of codes, other names.
QUOTE, REPORT, LABEL, ALIAS = "quote", "report", "label", "alias"

#: The parts of an entry's text in which words are looked for, from narrow to wide.
SCOPES = {
    NAMES: ("title", "victim.name", "victim.secondary", "actor.name", "malware", "tool", ALIAS),
    HEAD: ("title", "victim.name", "victim.secondary", "actor.name", "malware", "tool", ALIAS, "summary"),
}

#: The facets: what each is called, and the field of the query that narrows to one of its values.
FACETS = {
    "year": "year",
    "country": "victim.country",
    "industry": "victim.industry",
    "action": "action",
    "motive": "actor.motive",
    "actor": "actor.name",
    "data": "data.class",
    "status": "status",
    "source": "source",
}

#: Days from the first of year 1 fit in 22 bits; the rest tells records of one day apart.
_NAME_BITS = 40
_NO_DAY = (1 << 22) - 1
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """All that can be found, counted and shown of one record."""

    id: str
    title: str
    date: str  # EDTF, "" when nobody gives one
    victims: list[str]
    reports: int
    statuses: dict[str, int]  # how many values have each
    changed_at: str  # ISO 8601
    texts: dict[str, list[str]]
    facts: list[str]
    numbers: dict[str, list[int]]
    facets: dict[str, list[str]]
    new: int  # orders by date, and within a day by id
    old: int  # the same, with records without a date after all others
    added: int  # orders by when the record was first there


def make_entry(incident: Incident) -> Entry:
    """Return the entry of a record."""
    values = [value for held in incident.values.values() for value in held]
    standing = [value for value in values if value.status is not Status.RETRACTED]
    written, day = _day_of(incident)
    name = int.from_bytes(sha256(incident.id.encode()).digest()[:8]) >> (64 - _NAME_BITS)
    return Entry(
        id=incident.id,
        title=clean(say_title(incident)),
        date=clean(written),
        victims=[clean(value.value) for value in standing if value.field == "victim.name"],
        reports=len(incident.reports),
        statuses=dict(sorted(Counter(str(value.status) for value in values).items())),
        changed_at=incident.changed_at.isoformat(),
        texts=_texts(incident, standing),
        facts=sorted(set(_facts(incident, values, standing, written))),
        numbers=_numbers(standing),
        facets=_facets(incident, values, standing, written),
        new=(day << _NAME_BITS) | name,
        old=((day or _NO_DAY) << _NAME_BITS) | name,
        added=(max(0, int((incident.opened_at - _EPOCH).total_seconds())) << 32) | name >> 8,
    )


def fold_fact(field: str, value: str) -> str:
    """Return the token for a field that holds a value; case says nothing."""
    return f"{field}={_fold(value)}"


def names_of(field: Field, value: str) -> tuple[str, ...]:
    """Return what else a name is known by, the usual name first; nothing when it is not known."""
    if field.kind is not Kind.NAME or field.vocabulary is None:
        return ()
    found = find_terms(field.vocabulary, value)
    return found[0].names if len(found) == 1 else ()


def say_title(incident: Incident) -> str:
    """Name the record: by its title, its victim, what its first report is called, or what was done where."""
    victim = incident.best("victim.name")
    if title := incident.best("title") or (victim and f"{TITLED}{victim}"):
        return title
    told = next((report.title for report in incident.reports if _is_telling(report)), "")
    if told:
        return f"No victim named: “{told}”"
    facts = [(field, incident.best(field)) for field in ("action", "victim.country", "location.country")]
    said = [say_value(field, value) for field, value in facts if value]
    return f"No victim named: {', '.join(dict.fromkeys(said))}" if said else "Cyber incident, no victim named"


def _is_telling(report: Report) -> bool:
    """Say whether a title tells something. An imported row's is its source's name and its number there."""
    rest = report.title.removeprefix(report.source.name).strip()
    return bool(rest) and not (rest != report.title and " " not in rest and any(map(str.isdigit, rest)))


def _find_date(text: str) -> Edtf | None:
    try:
        return parse_edtf(text)
    except CodebookError:
        return None  # an older codebook may have taken what this one does not


def _day_of(incident: Incident) -> tuple[str, int]:
    """Return the record's date as it is written, and its first day as a number, 0 for none."""
    for field in DATES:
        found = incident.find(field)
        if found is not None and found.status is not Status.RETRACTED:
            known = _find_date(found.value)
            day = (known.earliest or known.latest) if known else None
            return found.value, day.toordinal() if day else 0
    return "", 0


def _texts(incident: Incident, standing: Iterable[Value]) -> dict[str, list[str]]:
    texts: dict[str, dict[str, None]] = {}

    def put(part: str, *words: str) -> None:
        texts.setdefault(part, {}).update(dict.fromkeys(clean(each) for each in words if each))

    for value in standing:
        field = fields().get(value.field)
        if field is not None and field.kind in (Kind.TEXT, Kind.NAME):
            put(value.field, value.value)
            put(ALIAS, *names_of(field, value.value))
        else:
            put(LABEL, *_say(field, value.value))
    for report in incident.reports:
        put(REPORT, report.title, report.source.name)
    for claim in incident.claims:
        if claim.evidence and not claim.evidence.is_removed:
            put(QUOTE, claim.evidence.quote)
    return {part: list(held) for part, held in sorted(texts.items()) if held}


def _say(field: Field | None, value: str) -> tuple[str, ...]:
    """Return a coded value in the words by which people know it."""
    if field is None or field.kind in (Kind.DATE, Kind.COUNT, Kind.MONEY, Kind.DURATION):
        return ()
    term = get_vocabulary(field.vocabulary).get(value) if field.vocabulary else None
    return (
        (value,) if term is None else (term.label,) if field.kind is Kind.COUNTRY else (term.id, term.label)
    )


def _facts(
    incident: Incident, values: Iterable[Value], standing: Iterable[Value], written: str
) -> Iterator[str]:
    yield fold_fact("id", incident.id)
    yield from (fold_fact("id", each) for each in incident.merged)
    for value in values:
        yield fold_fact("status", str(value.status))
        yield fold_fact(f"{value.field}.status", str(value.status))
    for value in standing:
        yield f"has={value.field}"
        yield from _facts_of(value.field, value.value)
    if found := _find_date(written) if written else None:
        yield "has=date"
        yield from tokens_held("date", found.earliest, found.latest)
    yield from (fold_fact("year", year) for year in _years(written))
    for report in incident.reports:
        yield fold_fact("source", report.source.name)
        yield fold_fact("report", report.id)
        if report.register:
            yield fold_fact("register", report.register)
    for claim in incident.claims:
        yield fold_fact("speaker", claim.speaker.name)


def _facts_of(name: str, value: str) -> Iterator[str]:
    field = fields().get(name)
    if field is None or field.kind is not Kind.TEXT:
        yield fold_fact(name, value)
    if field is None:
        return
    if field.kind is Kind.DATE and (found := _find_date(value)):
        yield from tokens_held(name, found.earliest, found.latest)
    yield from (fold_fact(name, each) for each in _wider(field, value))
    yield from (fold_fact(name, each) for each in names_of(field, value)[:1])


def _wider(field: Field, value: str) -> Iterator[str]:
    """Yield what a value is a kind of, and so is found by: 62 for 6221, T1566 for T1566.001."""
    if field.kind is Kind.INDUSTRY:
        yield from (value[:length] for length in range(2, len(value)))
        return
    if field.kind is Kind.INDICATOR or field.kind is Kind.REFERENCE:
        yield value.partition(":")[2]
    terms = get_vocabulary(field.vocabulary) if field.vocabulary else {}
    term = terms.get(value)
    while term is not None and term.parent:
        yield term.parent
        term = terms.get(term.parent)


def _numbers(standing: Iterable[Value]) -> dict[str, list[int]]:
    numbers: dict[str, set[int]] = {}
    for value in standing:
        field = fields().get(value.field)
        number = find_number(field, value.value) if field else None
        if number is not None:
            numbers.setdefault(value.field, set()).add(number)
    return {field: sorted(held) for field, held in sorted(numbers.items())}


def _facets(
    incident: Incident, values: Iterable[Value], standing: Iterable[Value], written: str
) -> dict[str, list[str]]:
    found: dict[str, set[str]] = {name: set() for name in FACETS}
    by_field = {field: name for name, field in FACETS.items()}
    found["year"].update(_years(written))
    found["status"].update(str(value.status) for value in values)
    found["source"].update(_fold(report.source.name) for report in incident.reports)
    for value in standing:
        if value.field in by_field:
            found[by_field[value.field]].add(facet_value(value.field, value.value))
    return {name: sorted(held) for name, held in found.items() if held}


def facet_value(name: str, value: str) -> str:
    """Return what a value counts as in its facet: industries by sector, names by the usual one."""
    field = fields()[name]
    if field.kind is Kind.INDUSTRY:
        return clean(value[:2])
    if field.kind is Kind.NAME:
        return _fold((names_of(field, value) or (value,))[0])
    return clean(value)


def _fold(text: str) -> str:
    return clean(" ".join(text.casefold().split()))


def _years(written: str) -> list[str]:
    """Return the year of a date that is known to the year."""
    found = _find_date(written) if written else None
    if found is None or found.earliest is None or found.latest is None:
        return []
    return [f"{found.earliest.year:04d}"] if found.earliest.year == found.latest.year else []
