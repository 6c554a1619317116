"""What a record page shows, made from the incident and from nothing else."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from urllib.parse import quote

from incidex.codebook import GROUPS, fields, parse_edtf
from incidex.codebook.summary import Sentence, make_sentences, tell_reports
from incidex.model import (
    Claim,
    CodebookError,
    Decision,
    Incident,
    NoEvidence,
    Report,
    Stance,
    Status,
    Tie,
    Value,
)
from incidex.search import say_title
from incidex.web.slugs import link, link_search, name_actor, name_organisation, name_source
from incidex.web.words import is_web_address, say_date, say_label, say_list, say_value, say_withheld

#: A status is told by its sign and its word, never by colour alone.
SIGNS: Mapping[Status, str] = MappingProxyType(
    {
        Status.CONFIRMED: "✓",
        Status.DISPUTED: "⇄",
        Status.REPORTED: "·",
        Status.CLAIMED: "“",
        Status.RETRACTED: "×",
    }
)
_SAYS: Mapping[Stance, str] = MappingProxyType(
    {Stance.ASSERTS: "says so", Stance.DENIES: "denies it", Stance.DOUBTS: "could not say"}
)
_WITHOUT: Mapping[NoEvidence, str] = MappingProxyType(
    {
        NoEvidence.IMPORTED: "Imported: a value of another database’s row, which has no words to quote.",
        NoEvidence.ANALYST_NOTE: "An analyst's note; nothing to quote.",
    }
)

#: The rows at the head of a record: what the page calls them, and the fields that they hold.
_HEAD: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Location", ("location.country",)),
    ("CIA posture", ("impact",)),
    ("Motives", ("actor.motive",)),
    ("Techniques", ("technique",)),
    ("Threat actors", ("actor.name",)),
    ("Threat actor type", ("actor.variety",)),
    ("Threat actor location", ("actor.country",)),
)
_PROSE = ("title", "summary", "description")
_SHOWN_ABOVE = frozenset({*_PROSE, *(name for _, names in _HEAD for name in names)})
_GROUP_NAMES = {"attribute": "What was affected", "after": "Afterwards", "loss": "Losses", "action": "How"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """One claim, as a page shows it."""

    id: str
    speaker: str
    role: str
    says: str
    prefix: str
    quote: str
    suffix: str
    without: str  # why there is no quote
    link: str  # into the report's text, "" when the report may not be shown
    publisher: str
    coder: str
    confidence: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One value with its status and all who have a word in it."""

    text: str
    page: str  # the address of what the value names: an organisation, an actor, a technique; or ""
    search: str  # the address of all incidents with the value, "" for prose
    status: str
    sign: str
    reasons: tuple[str, ...]
    reviewed: bool
    sides: tuple[tuple[str, tuple[Voice, ...]], ...]  # "Says so", "Denies it", "Could not say"
    more: int = 0  # claims that are left out here
    whole: str = ""  # where they are


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One field of the record: its values, and what is said of those withheld."""

    id: str  # of the row on the page, so that a sentence can lead to it
    name: str
    label: str
    values: tuple[Shown, ...]
    withheld: str
    more: int = 0  # values that are left out here
    whole: str = ""  # where they are


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Rows under one heading."""

    heading: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """One report in the list of a record's reports."""

    link: str
    title: str
    publisher: str
    source: str  # the address of the source's page
    register: str
    published: str
    reliability: str
    accounts: tuple[str, ...]
    removed: str  # why its words are not here any more


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """Another incident, and what was judged of it and this one."""

    link: str
    id: str
    says: str
    why: str
    by: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One line of the timeline of what happened."""

    when: str
    what: str
    status: str
    who: str  # says so
    link: str  # to the value, or to the report


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A sentence of a summary: its parts, each with the row of the page that it is about, or ""."""

    parts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who said what in one report, and when."""

    link: str
    when: str
    publisher: str
    register: str
    sentences: tuple[Told, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One record in a list of records."""

    link: str
    title: str
    victim: str
    date: str
    action: str
    country: str
    records: str
    reports: int
    statuses: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Everything on a record page."""

    id: str
    link: str
    title: str
    date: str
    date_label: str
    summary: tuple[Told, ...]
    accounts: tuple[Account, ...]  # report by report, in the order of publication
    prose: tuple[Row, ...]
    head: tuple[Row, ...]
    sections: tuple[Section, ...]
    denied: tuple[Row, ...]
    timeline: tuple[Moment, ...]
    reports: tuple[Filed, ...]
    related: tuple[Related, ...]
    circular: tuple[str, ...]  # why its sources only quote each other
    version: int
    changed: str
    statuses: tuple[tuple[str, str, int], ...]  # status, sign, number of values


def make_record(incident: Incident) -> Page:
    """Return what the record page of an incident shows."""
    date_label, when = say_when(incident)
    return Page(
        id=incident.id,
        link=f"/incidents/{quote(incident.id, safe='')}",
        title=say_title(incident),
        date=when,
        date_label=date_label,
        summary=tuple(_tell(incident, each) for each in make_sentences(incident)),
        accounts=tuple(_accounts(incident)),
        prose=tuple(_row(incident, name, say_label(name)) for name in _PROSE[1:] if name in incident.values),
        head=tuple(_row(incident, name, label) for label, names in _HEAD for name in names),
        sections=tuple(_sections(incident)),
        denied=tuple(_denied(incident)),
        timeline=tuple(_timeline(incident)),
        reports=tuple(_filed(incident, report) for report in incident.reports),
        related=tuple(_relate(tie) for tie in incident.ties),
        circular=incident.circular,
        version=incident.version,
        changed=say_date(incident.changed_at.date().isoformat()),
        statuses=tuple(count_statuses(incident)),
    )


def make_rows(incident: Incident, field: str) -> tuple[Row, ...]:
    """Return all that is said of one field: what is asserted, and what is only denied."""
    rows = (_row(incident, field, say_label(field)), *_denied(incident))
    return tuple(each for each in rows if each.name == field)


def make_line(incident: Incident) -> Line:
    """Return what a list shows of an incident."""
    return Line(
        link=f"/incidents/{quote(incident.id, safe='')}",
        title=say_name(incident),
        victim=incident.best("victim.name"),
        date=say_when(incident)[1],
        action=_say_all(incident, "action"),
        country=_say_all(incident, "victim.country"),
        records=say_value("data.records", incident.best("data.records")),
        reports=len(incident.reports),
        statuses=tuple(count_statuses(incident)),
    )


def _say_all(incident: Incident, field: str) -> str:
    held = [value for value in incident.values.get(field, ()) if value.status is not Status.RETRACTED]
    return ", ".join(say_value(field, value.value) for value in held[:3])


def find_date(incident: Incident) -> tuple[str, str]:
    """Return the field of the record's best date, and the date as EDTF; ("", "") when nobody gives one."""
    for field in ("date.occurred", "date.discovered", "date.disclosed", "date.ended"):
        if value := incident.best(field):
            return field, value
    return "", ""


def say_name(incident: Incident) -> str:
    """Name the record in a list, where all are incidents: by its title, else by its victim alone."""
    return incident.best("title") or incident.best("victim.name") or say_title(incident)


def say_when(incident: Incident) -> tuple[str, str]:
    """Return what the record's best date is of, and the date in words; ("", "") when nobody gives one."""
    field, value = find_date(incident)
    return (say_label(field), say_date(value)) if field else ("", "")


#: Fields whose values have a page of their own: its kind, and how a value is named there.
_PAGES: Mapping[str, tuple[str, Callable[[str], str]]] = MappingProxyType(
    {
        "victim.name": ("organisations", name_organisation),
        "victim.secondary": ("organisations", name_organisation),
        "actor.name": ("actors", name_actor),
        "technique": ("techniques", str),
    }
)


def link_page(field: str, value: str) -> str:
    """Return the address of the page of what a value names, "" when there is none for its field."""
    found = _PAGES.get(field)
    return link(found[0], found[1](value)) if found else ""


def link_report(report: str, incident: str, claim: str = "") -> str:
    """Return the address of a report's text with an incident's passages marked, one of them strongly."""
    chosen = f"&claim={quote(claim, safe='')}#chosen" if claim else ""
    return f"/reports/{quote(report, safe='')}?incident={quote(incident, safe='')}{chosen}"


def _sections(incident: Incident) -> Iterator[Section]:
    names = {*incident.values, *incident.withheld} - _SHOWN_ABOVE
    for group in GROUPS:
        listed = [each.name for each in fields().values() if each.group == group and each.name in names]
        if listed:
            rows = tuple(_row(incident, name, say_label(name)) for name in listed)
            yield Section(heading=_GROUP_NAMES.get(group, group.capitalize()), rows=rows)
    unknown = tuple(_row(incident, name, name) for name in sorted(names - set(fields())))
    if unknown:
        yield Section(heading="Other", rows=unknown)


def _denied(incident: Incident) -> Iterator[Row]:
    for name, held in incident.denied.items():
        shown = tuple(_show_denied(incident, value) for value in held)
        yield Row(id=f"d-{name}", name=name, label=say_label(name), values=shown, withheld="")


def _row(incident: Incident, name: str, label: str) -> Row:
    shown = tuple(_show(incident, value) for value in incident.values.get(name, ()))
    hidden = name in incident.withheld
    withheld = say_withheld(name, incident.withheld[name]) if hidden else ""
    return Row(id=f"f-{name}", name=name, label=label, values=shown, withheld=withheld)


def _show(incident: Incident, value: Value) -> Shown:
    sides = (
        ("Says so", value.asserting),
        ("Denies it", value.denying),
        ("Could not say", value.doubting),
    )
    return Shown(
        text=say_value(value.field, value.value),
        page=link_page(value.field, value.value),
        search="" if value.field in _PROSE else link_search(value.field, value.value),
        status=str(value.status),
        sign=SIGNS[value.status],
        reasons=value.reasons,
        reviewed=value.reviewed is Decision.ACCEPTED,
        sides=tuple((says, tuple(_voices(incident, claims))) for says, claims in sides if claims),
    )


def _show_denied(incident: Incident, value: Value) -> Shown:
    """Show a value that nobody asserts: its status is of no use to a reader, who speaks against it is."""
    word, sign, verb = ("denied", "¬", "denies it") if value.denying else ("doubted", "?", "could not say")
    against = value.denying or value.doubting
    names = sorted({f"{claim.speaker.name} ({claim.speaker.role}) {verb}." for claim in against})
    return replace(_show(incident, value), status=word, sign=sign, reasons=tuple(names))


def _voices(incident: Incident, claims: Iterable[Claim]) -> Iterator[Voice]:
    reports = {report.id: report for report in incident.reports}
    for claim in claims:
        yield _voice(incident, claim, reports.get(claim.report))


def _voice(incident: Incident, claim: Claim, report: Report | None) -> Voice:
    words, is_of_row = claim.evidence, claim.no_evidence is NoEvidence.IMPORTED
    is_removed = words is not None and words.is_removed
    if is_removed:
        words = None
    return Voice(
        id=claim.id,
        speaker=claim.speaker.name,
        role=str(claim.speaker.role),
        says=_SAYS[claim.stance],
        prefix=words.prefix if words else "",
        quote=words.quote if words else "",
        suffix=words.suffix if words else "",
        without=say_removal(incident, claim.report) if is_removed else _say_without(claim),
        link=link_report(claim.report, incident.id, claim.id) if report and (words or is_of_row) else "",
        publisher=report.source.name if report else "a report that is not shown here",
        coder=claim.coder,
        confidence=f"{claim.confidence:.0%}",
        why=claim.why,
    )


def _say_without(claim: Claim) -> str:
    return _WITHOUT[claim.no_evidence] if claim.no_evidence else ""


def say_removal(incident: Incident, report: str) -> str:
    """Say that a report's words are gone, since when and why; "" when they are not."""
    found = incident.removed.get(report)
    if found is None:
        return ""
    what = "Its quotations were" if found.quotes_only else "Its words were"
    return f"{what} removed on {say_date(found.at.date().isoformat())}: {found.reason}"


def _filed(incident: Incident, report: Report) -> Filed:
    addresses = dict.fromkeys(url for url in (report.url, *report.accounts) if is_web_address(url))
    return Filed(
        link=link_report(report.id, incident.id),
        title=report.title or report.source.name,
        publisher=report.source.name,
        source=link("sources", name_source(report.source.name)),
        register=report.register,
        published=say_date(report.published),
        reliability=report.source.reliability,
        accounts=tuple(addresses),
        removed=say_removal(incident, report.id),
    )


def _relate(tie: Tie) -> Related:
    return Related(
        link=f"/incidents/{quote(tie.other, safe='')}",
        id=tie.other,
        says=tie.judgement.said,
        why=tie.why,
        by=tie.by,
        at=say_date(tie.at.date().isoformat()),
    )


def _timeline(incident: Incident) -> Iterator[Moment]:
    moments = [
        (value.value, say_label(name), str(value.status), _name_speakers(value), f"#f-{name}")
        for name, held in incident.values.items()
        if name.startswith("date.")
        for value in held
    ]
    moments += [
        (each.published, f"Report: {each.source.name}", "", "", link_report(each.id, incident.id))
        for each in incident.reports
        if each.published
    ]
    for text, what, status, who, address in sorted(moments, key=lambda each: (_day(each[0]), each[1])):
        yield Moment(when=say_date(text), what=what, status=status, who=who, link=address)


def _name_speakers(value: Value) -> str:
    return say_list(sorted({claim.speaker.name for claim in value.asserting or value.claims}), most=3)


def _accounts(incident: Incident) -> Iterator[Account]:
    for report, sentences in tell_reports(incident):
        yield Account(
            link=link_report(report.id, incident.id),
            when=say_date(report.published),
            publisher=report.source.name,
            register=report.register,
            sentences=tuple(_tell(incident, each) for each in sentences),
        )


def _tell(incident: Incident, sentence: Sentence) -> Told:
    """Return a sentence with the row that each part is about: that of its values, else of those denied."""

    def find_row(field: str) -> str:
        return f"f-{field}" if field in incident.values else f"d-{field}"

    return Told(
        parts=tuple((part.text, find_row(part.field) if part.field else "") for part in sentence.parts)
    )


def _day(text: str) -> date:
    try:
        return parse_edtf(text).earliest or date.min
    except CodebookError:
        return date.max


def count_statuses(incident: Incident) -> Iterator[tuple[str, str, int]]:
    """Yield each status that values of the incident have, with its sign and how many have it."""
    held = [value.status for values in incident.values.values() for value in values]
    for status in SIGNS:
        if count := held.count(status):
            yield str(status), SIGNS[status], count
