"""Records as four tables with typed columns: incidents, their claims, the reports these rest on, and links.

Said once here, and written by whoever knows a format: Parquet, Excel, SQLite, CSV in a data package, Arrow
tables in a notebook. Columns are named as the codebook names fields. A date is the EDTF text that was said,
with the days that it can mean; a count is a whole number; a field that can have several values is a list.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from functools import cache, lru_cache
from types import MappingProxyType
from typing import NamedTuple

from incidex.codebook import Field, fields, get_field, parse_edtf
from incidex.codebook import Kind as FieldKind
from incidex.exchange.loss import Choice, Loss, Lost, choose, left_out, unsaid
from incidex.model import Claim, CodebookError, Incident, Report, Status, Value


class Cell(StrEnum):
    """What the cells of a column hold, when they hold anything."""

    TEXT = "text"
    WHOLE = "whole number"  # 64 bits
    NUMBER = "number"  # double precision
    DAY = "day"
    TIME = "time"  # in UTC
    LIST = "list"  # of texts, never empty: nothing is said by an empty cell


Content = str | int | float | date | datetime | list[str] | None
Cells = tuple[Content, ...]
Chosen = Mapping[str, Sequence[Value]]


class Column(NamedTuple):
    """One column: its name, what it holds, and what that means."""

    name: str
    cell: Cell
    words: str


class Table(NamedTuple):
    """One table: what its rows are, its columns, and how the rows are made from a record."""

    words: str
    columns: tuple[Column, ...]
    rows: Callable[[Incident, Chosen], Iterator[Cells]]
    key: tuple[str, ...]  # the columns that no two rows share; none where rows may repeat
    refers: Mapping[str, str]  # a column, and the table whose `id` it holds


# ---------------------------------------------------------------------------- what values are as typed cells


def make_whole(text: str) -> str:
    """Return the text with U+FFFD for halves of surrogate pairs, which no file of text can hold."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


@lru_cache(maxsize=4096)  # many records are of the same days
def _days(edtf: str) -> tuple[date | None, date | None]:
    """Return the first and the last day that a date can mean; a date that cannot be read means none."""
    try:
        parsed = parse_edtf(edtf)
    except CodebookError:
        return None, None
    return parsed.earliest, parsed.latest


def _whole(value: str) -> int | None:
    """Return a count. One of more than 18 digits, which no field takes, would not fit."""
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 18 else None


def _money(value: str) -> tuple[str | None, float | None]:
    code, _, amount = value.partition(" ")
    try:
        return code, float(amount)
    except ValueError:
        return None, None


def _field_columns(field: Field) -> list[Column]:
    if field.many:
        return [Column(field.name, Cell.LIST, field.definition)]
    if field.kind is FieldKind.COUNT:
        return [Column(field.name, Cell.WHOLE, field.definition)]
    head = Column(field.name, Cell.TEXT, field.definition)
    if field.kind is FieldKind.DATE:
        return [
            head,
            Column(f"{field.name}.earliest", Cell.DAY, "The first day that the date can mean."),
            Column(f"{field.name}.latest", Cell.DAY, "The last day that the date can mean."),
        ]
    if field.kind is FieldKind.MONEY:
        return [
            head,
            Column(f"{field.name}.currency", Cell.TEXT, "The ISO 4217 code of the currency."),
            Column(f"{field.name}.amount", Cell.NUMBER, "The amount, in that currency."),
        ]
    return [head]


def _field_cells(field: Field, values: Sequence[Value]) -> tuple[Content, ...]:
    if field.many:
        return ([value.value for value in values] or None,)
    text = values[0].value if values else ""
    if field.kind is FieldKind.COUNT:
        return (_whole(text),)
    if field.kind is FieldKind.DATE:
        return (text, *_days(text)) if text else (None, None, None)
    if field.kind is FieldKind.MONEY:
        return (text, *_money(text)) if text else (None, None, None)
    return (text or None,)


# ---------------------------------------------------------------------------- one row an incident

_INCIDENT_HEAD = (
    Column("id", Cell.TEXT, "The incident's id, which never means another one."),
    Column("tier", Cell.TEXT, "Whose view the row is: a TLP 2.0 colour."),
    Column("version", Cell.WHOLE, "How many changes of the record this tier can see."),
    Column("opened_at", Cell.TIME, "When the record began."),
    Column("changed_at", Cell.TIME, "When it last changed."),
)
_INCIDENT_TAIL = (
    Column("confirmed", Cell.LIST, "The fields of which a value that stands here is confirmed."),
    Column("disputed", Cell.LIST, "The fields of which a value that stands here is disputed."),
    Column("denied", Cell.LIST, "The fields of which somebody denies a value that nobody asserts."),
    Column("reports", Cell.WHOLE, "How many reports the record rests on."),
    Column("claims", Cell.WHOLE, "How many claims stand in it."),
    Column("merged", Cell.LIST, "The ids of incidents that were found to be this one."),
)


@cache
def _incident_columns() -> tuple[Column, ...]:
    held = [column for field in fields().values() for column in _field_columns(field)]
    return (*_INCIDENT_HEAD, *held, *_INCIDENT_TAIL)


@cache
def _places() -> Mapping[str, tuple[Field, slice]]:
    """Return where each field's cells stand between head and tail: most are empty, and are left alone."""
    places, start = {}, 0
    for name, field in fields().items():
        end = start + len(_field_columns(field))
        places[name] = (field, slice(start, end))
        start = end
    return places


def _incident_rows(incident: Incident, chosen: Chosen) -> Iterator[Cells]:
    places = _places()
    cells: list[Content] = [None] * (len(_incident_columns()) - len(_INCIDENT_HEAD) - len(_INCIDENT_TAIL))
    for name, held in chosen.items():
        if name in places:
            field, place = places[name]
            cells[place] = _field_cells(field, held)
    yield (
        incident.id,
        incident.tier.name,
        incident.version,
        incident.opened_at,
        incident.changed_at,
        *cells,
        _of_status(chosen, Status.CONFIRMED),
        _of_status(chosen, Status.DISPUTED),
        list(incident.denied) or None,
        len(incident.reports),
        _count_claims(incident),
        list(incident.merged) or None,
    )


def _count_claims(incident: Incident) -> int:
    groups = (incident.values, incident.denied)
    return sum([len(value.claims) for group in groups for held in group.values() for value in held])


def _of_status(chosen: Chosen, status: Status) -> list[str] | None:
    return [name for name, held in chosen.items() if status in [value.status for value in held]] or None


# ---------------------------------------------------------------------------- one row a claim

_CLAIM_COLUMNS = (
    Column("id", Cell.TEXT, "The claim's id, made from what it says."),
    Column("incident", Cell.TEXT, "The incident that it is about."),
    Column("field", Cell.TEXT, "A field of the codebook."),
    Column("value", Cell.TEXT, "The value, in the field's canonical form."),
    Column("count", Cell.WHOLE, "The value of a field that counts."),
    Column("earliest", Cell.DAY, "Of a date, the first day that it can mean."),
    Column("latest", Cell.DAY, "Of a date, the last day that it can mean."),
    Column("currency", Cell.TEXT, "Of money, the ISO 4217 code of the currency."),
    Column("amount", Cell.NUMBER, "Of money, the amount in that currency."),
    Column("status", Cell.TEXT, "What all claims of the value add up to: reported, claimed, confirmed, …"),
    Column("stance", Cell.TEXT, "What the speaker does with the value: asserts, denies, doubts."),
    Column("speaker", Cell.TEXT, "Who says it."),
    Column("role", Cell.TEXT, "What the speaker is to the incident."),
    Column("confidence", Cell.NUMBER, "How sure the reading is, from 0 to 1; calibrated for programs."),
    Column("reviewed", Cell.TEXT, "Whether a person accepted the value."),
    Column("coder", Cell.TEXT, "Who read it: a program with its version, or a person."),
    Column("tier", Cell.TEXT, "Who may see the claim: a TLP 2.0 colour."),
    Column("report", Cell.TEXT, "The report in which it stands."),
    Column("start", Cell.WHOLE, "Where its words begin in the report's text, in Unicode code points."),
    Column("end", Cell.WHOLE, "Where they end."),
    Column("quote", Cell.TEXT, "The words, verbatim; full blocks (U+2588) where they had to be removed."),
    Column("prefix", Cell.TEXT, "Up to 32 characters before the words."),
    Column("suffix", Cell.TEXT, "Up to 32 characters after them."),
    Column("no_evidence", Cell.TEXT, "Why there are no words to quote: imported, or an analyst's note."),
    Column("why", Cell.TEXT, "How the coder came to it."),
)


def _claim_rows(incident: Incident, _chosen: Chosen) -> Iterator[Cells]:
    for group in (incident.values, incident.denied):
        for name, values in group.items():
            kind = get_field(name).kind if name in fields() else FieldKind.TEXT
            for value in values:
                typed = _typed(kind, value.value)
                yield from (_claim_row(incident, value, claim, typed) for claim in value.claims)


def _typed(kind: FieldKind, value: str) -> tuple[Content, ...]:
    """Return count, earliest, latest, currency and amount: what of these a value is."""
    if kind is FieldKind.COUNT:
        return (_whole(value), None, None, None, None)
    if kind is FieldKind.DATE:
        return (None, *_days(value), None, None)
    if kind is FieldKind.MONEY:
        return (None, None, None, *_money(value))
    return (None, None, None, None, None)


def _claim_row(incident: Incident, value: Value, claim: Claim, typed: tuple[Content, ...]) -> Cells:
    held = claim.evidence
    words = (held.span.start, held.span.end, held.quote, held.prefix, held.suffix) if held else (None,) * 5
    return (
        claim.id,
        incident.id,
        claim.field,
        claim.value,
        *typed,
        str(value.status),
        str(claim.stance),
        claim.speaker.name,
        str(claim.speaker.role),
        claim.confidence,
        str(value.reviewed) if value.reviewed else None,
        claim.coder,
        claim.tier.name,
        claim.report,
        *words,
        str(claim.no_evidence) if claim.no_evidence else None,
        claim.why or None,
    )


# ---------------------------------------------------------------------------- reports, and links

_REPORT_COLUMNS = (
    Column("id", Cell.TEXT, "The report's id, made from its bytes."),
    Column("sha256", Cell.TEXT, "The hash of its bytes as received."),
    Column("title", Cell.TEXT, "What it is headed."),
    Column("publisher", Cell.TEXT, "Who published it."),
    Column("role", Cell.TEXT, "What the publisher is when it speaks for itself."),
    Column("reliability", Cell.TEXT, "The publisher's letter on the Admiralty scale, A to F."),
    Column("register", Cell.TEXT, "What kind of text it is: press, notice, filing, …"),
    Column("published", Cell.TEXT, "When it was published, as EDTF."),
    Column("published.earliest", Cell.DAY, "The first day that this can mean."),
    Column("published.latest", Cell.DAY, "The last day that this can mean."),
    Column("url", Cell.TEXT, "Where it was found."),
    Column("accounts", Cell.LIST, "Addresses of public accounts of the same facts."),
    Column("media_type", Cell.TEXT, "What its bytes are."),
    Column("origin", Cell.TEXT, "Who first told the story, where that is another than the publisher."),
    Column("licence", Cell.TEXT, "On what terms it may be passed on: an SPDX name, or nothing when unknown."),
    Column("tier", Cell.TEXT, "Who may see it: a TLP 2.0 colour."),
    Column("removed", Cell.TEXT, "Why its words are gone, where they had to go."),
)

_LINK_COLUMNS = (
    Column("incident", Cell.TEXT, "The incident's id."),
    Column("kind", Cell.TEXT, "report, or what was judged of two incidents: same, part of, different, …"),
    Column("to", Cell.TEXT, "The id of the report or of the other incident."),
    Column("by", Cell.TEXT, "Who judged."),
    Column("at", Cell.TIME, "When."),
    Column("why", Cell.TEXT, "Why."),
)


def _report_rows(incident: Incident, _chosen: Chosen) -> Iterator[Cells]:
    for report in incident.reports:
        removal = incident.removed.get(report.id)
        yield _report_row(report, removal.reason if removal else None)


def _report_row(report: Report, removed: str | None) -> Cells:
    return (
        report.id,
        report.sha256,
        report.title or None,
        report.source.name,
        str(report.source.role),
        report.source.reliability,
        report.register or None,
        report.published or None,
        *(_days(report.published) if report.published else (None, None)),
        report.url or None,
        list(report.accounts) or None,
        report.media_type,
        report.origin or None,
        report.licence or None,
        report.tier.name,
        removed,
    )


def _link_rows(incident: Incident, _chosen: Chosen) -> Iterator[Cells]:
    for report in incident.reports:
        yield (incident.id, "report", report.id, None, None, None)
    for tie in incident.ties:
        yield (incident.id, str(tie.judgement), tie.other, tie.by, tie.at, tie.why)


@cache
def get_tables() -> Mapping[str, Table]:
    """Return the four tables by name."""
    of_incident = MappingProxyType({"incident": "incidents"})
    return MappingProxyType(
        {
            "incidents": Table(
                "one row an incident, one column a field",
                _incident_columns(),
                _incident_rows,
                ("id",),
                MappingProxyType({}),
            ),
            "claims": Table(
                "one row a claim, with speaker, status and quotation",
                _CLAIM_COLUMNS,
                _claim_rows,
                ("id", "incident"),
                MappingProxyType({"incident": "incidents", "report": "reports"}),
            ),
            "reports": Table(
                "one row a report that an incident rests on",
                _REPORT_COLUMNS,
                _report_rows,
                ("id",),
                MappingProxyType({}),
            ),
            "links": Table(
                "one row for each report of an incident, and for each judgement of two incidents",
                _LINK_COLUMNS,
                _link_rows,
                (),
                of_incident,
            ),
        }
    )


class TableRows:
    """Makes the rows of a table one record after another, each report once."""

    def __init__(self, name: str, choice: Choice = Choice.ALL) -> None:
        self.table = get_tables()[name]
        self._choice = choice
        self._once = name == "reports"
        # Of a report that stands in several records; 16 bytes each, so that millions can be remembered.
        self._written: set[bytes] = set()

    def of(self, incident: Incident, chosen: Chosen | None = None) -> Iterator[Cells]:
        """Yield the rows that a record adds; `chosen` are the values that go out, if that is known."""
        held = choose(incident, self._choice) if chosen is None else chosen
        yield from self.new(self.table.rows(incident, held))

    def new(self, rows: Iterable[Cells]) -> Iterator[Cells]:
        """Return those of some rows that have not gone out before, where each goes out once."""
        if not self._once:
            return iter(rows)
        return (row for row in rows if not self._is_written(str(row[1])))

    def _is_written(self, sha256: str) -> bool:
        name = bytes.fromhex(sha256[:32])
        known = name in self._written
        self._written.add(name)
        return known


def tell_losses(incident: Incident, chosen: Chosen) -> list[Loss]:
    """Return what the table of incidents alone does not say of a record."""
    lost = list(left_out(incident, chosen))
    for name, values in chosen.items():
        if len(values) > 1 and name in fields() and not get_field(name).many:
            lost += [
                Loss(incident.id, name, value.value, Lost.CHOICE, "the column has room for one value")
                for value in values[1:]
            ]
            values = values[:1]
        for value in values:
            lost += unsaid(incident, name, value)
            lost.append(Loss(incident.id, name, value.value, Lost.EVIDENCE, "the words it rests on"))
    return lost


def batches(incidents: Iterable[Incident], rows: TableRows, size: int) -> Iterator[list[Cells]]:
    """Yield the rows of many records, at least `size` at a time but for the last."""
    held: list[Cells] = []
    for incident in incidents:
        held.extend(rows.of(incident))
        if len(held) >= size:
            yield held
            held = []
    if held:
        yield held
