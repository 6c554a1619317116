"""What the workbench shows: a report's text with every claim's words marked, and the record beside it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import quote

from incidex.codebook import GROUPS, fields
from incidex.model import Claim, Document, Incident, Report, Review, Span, Standing, State, Status
from incidex.search import say_title
from incidex.web.history import say_who
from incidex.web.passage import lay_out
from incidex.web.record import SIGNS
from incidex.web.words import say_date, say_label, say_value

#: A state is told by its sign and its word, never by colour alone.
STATE_SIGNS: Mapping[State, str] = MappingProxyType(
    {
        State.NEW: "○",
        State.IN_REVIEW: "◐",
        State.ACCEPTED: "✓",
        State.REJECTED: "×",
        State.SECOND_LOOK: "?",
    }
)

#: Why claims are most often rejected: one key each, and always the same words, so that they can be counted.
REASONS = (
    "the words do not say this",
    "another value is meant",
    "somebody else says this",
    "this is about another incident",
    "this is background, not what happened",
    "the same is said better elsewhere",
)

#: Characters that an HTML parser drops or turns into others, which would move every offset behind them.
_UNSHOWN = str.maketrans({"\x00": "\ufffd", "\r": " "})


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One claim in the record beside the text."""

    number: int
    id: str
    field: str
    label: str
    value: str
    said: str
    stance: str
    speaker: str
    role: str
    quote: str
    without: str  # why there is no quote
    state: str
    sign: str
    status: str  # of its value in the record, "" when it is not there
    status_sign: str
    by: str
    when: str
    reason: str
    coder: str
    is_by_person: bool
    confidence: str
    why: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Marked:
    """A run of the text as the page shows it."""

    text: str
    numbers: str  # of the cards that rest on it, with spaces between
    first: tuple[int, ...]  # those whose words begin here
    is_off: bool  # all of them rejected


@dataclass(frozen=True, slots=True)
class Lines:
    """A block of the text."""

    start: int
    runs: tuple[Marked, ...]


@dataclass(frozen=True, slots=True)
class Tab:
    """One of a record's reports, to go to."""

    link: str
    title: str
    waiting: int
    is_here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Everything on a workbench page."""

    incident: str
    report: str
    link: str
    title: str
    heading: str
    dateline: str
    version: int
    assigned_to: str
    waiting: int
    groups: tuple[tuple[str, tuple[Card, ...]], ...]
    tabs: tuple[Tab, ...]


def link_bench(incident: str, report: str = "") -> str:
    """Return the address of a record's review, or of the workbench over one of its reports."""
    parts = [quote(part, safe="") for part in (incident, report) if part]
    return "/review/" + "/".join(parts)


def make_bench(sheet: Review, report: Report, record: Incident | None) -> Bench:
    """Return what the workbench shows beside the text."""
    standings = sheet.of(report.id)
    parts = (f"{report.source.name} ({report.source.role})", say_date(report.published))
    return Bench(
        incident=sheet.record,
        report=report.id,
        link=link_bench(sheet.record, report.id),
        title=say_title(record) if record else sheet.record,
        heading=report.title or report.source.name,
        dateline=" · ".join(part for part in parts if part),
        version=sheet.version,
        assigned_to=say_who(sheet.assigned_to),
        waiting=sum(each.state in (State.NEW, State.IN_REVIEW) for each in standings),
        groups=tuple(_group(_make_cards(standings, record))),
        tabs=tuple(_tabs(sheet, report.id)),
    )


def number(standings: Sequence[Standing]) -> dict[str, int]:
    """Return the claims' numbers: in the order of the codebook, as the record has them, then of the text."""
    order = {name: place for place, name in enumerate(_in_order())}
    listed = sorted(standings, key=lambda each: order.get(each.claim.field, len(order)))
    return {each.claim.id: place for place, each in enumerate(listed, start=1)}


def mark(document: Document, standings: Sequence[Standing]) -> Iterator[Lines]:
    """Yield the text in blocks, with the claims marked whose words stand in it."""
    numbers = number(standings)
    held = [each for each in standings if each.claim.evidence and _is_verbatim(each.claim, document.text)]
    spans = [_span(each.claim) for each in held]
    begun: set[int] = set()
    for block in lay_out(document.text, spans):
        runs: list[Marked] = []
        for run in block.runs:
            here = [numbers[held[place].claim.id] for place in run.numbers]
            first = tuple(each for each in here if each not in begun)
            begun.update(first)
            is_off = bool(here) and all(held[place].state is State.REJECTED for place in run.numbers)
            shown = run.text.translate(_UNSHOWN)
            runs.append(Marked(shown, " ".join(map(str, sorted(here))), first, is_off))
        yield Lines(block.start, tuple(runs))


def _in_order() -> list[str]:
    return [each.name for group in GROUPS for each in fields().values() if each.group == group]


def _is_verbatim(claim: Claim, text: str) -> bool:
    return claim.evidence is not None and claim.evidence.is_verbatim_in(text)


def _span(claim: Claim) -> Span:
    assert claim.evidence is not None  # noqa: S101 (the caller has looked)
    return claim.evidence.span


def _make_cards(standings: Sequence[Standing], record: Incident | None) -> list[Card]:
    numbers = number(standings)
    statuses = _find_statuses(record)
    cards = [_card(each, numbers[each.claim.id], statuses) for each in standings]
    return sorted(cards, key=lambda card: card.number)


def _find_statuses(record: Incident | None) -> dict[tuple[str, str], Status]:
    if record is None:
        return {}
    return {(value.field, value.value): value.status for held in record.values.values() for value in held}


def _card(each: Standing, place: int, statuses: Mapping[tuple[str, str], Status]) -> Card:
    claim = each.claim
    status = statuses.get((claim.field, claim.value)) if each.counts else None
    return Card(
        number=place,
        id=claim.id,
        field=claim.field,
        label=say_label(claim.field),
        value=claim.value,
        said=say_value(claim.field, claim.value),
        stance=str(claim.stance),
        speaker=claim.speaker.name,
        role=str(claim.speaker.role),
        quote=claim.evidence.quote if claim.evidence and not claim.evidence.is_removed else "",
        without=_say_without(claim),
        state=str(each.state),
        sign=STATE_SIGNS[each.state],
        status=str(status) if status else "",
        status_sign=SIGNS[status] if status else "",
        by=say_who(each.by),
        when=say_date(each.at.date().isoformat()) if each.at else "",
        reason=each.reason,
        coder=say_who(claim.coder),
        is_by_person=claim.is_by_person,
        confidence=f"{claim.confidence:.0%}",
        why=claim.why,
        notes=tuple(_notes(each)),
    )


def _say_without(claim: Claim) -> str:
    if claim.evidence is None:
        return "An analyst’s note, or imported; nothing to quote."
    return "Its words were removed." if claim.evidence.is_removed else ""


def _notes(each: Standing) -> Iterator[str]:
    if each.set_aside:
        yield "Not in the record: a person has decided on this passage, and this reading came later."
    if each.inherited:
        yield "Decided with another claim that says the same."


def _group(cards: Sequence[Card]) -> Iterator[tuple[str, tuple[Card, ...]]]:
    for label in dict.fromkeys(card.label for card in cards):
        yield label, tuple(card for card in cards if card.label == label)


def _tabs(sheet: Review, here: str) -> Iterator[Tab]:
    for report in sheet.reports:
        waiting = sum(each.claim.report == report.id for each in sheet.waiting)
        title = report.title or report.source.name
        yield Tab(link_bench(sheet.record, report.id), title, waiting, report.id == here)
