"""A record typed by hand: a plain form for what no report file is at hand for, or no coder can read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from litestar import get, post
from litestar.di import NamedDependency

from incidex.codebook import GROUPS, check_value, fields
from incidex.model import (
    Claim,
    CodebookError,
    Document,
    IncidexError,
    InputError,
    Report,
    Right,
    Role,
    Source,
    Stance,
)
from incidex.web.answers import (
    Answer,
    AnyRequest,
    Site,
    Visit,
    explain,
    make_page,
    require_desk,
    require_token,
    send_to,
)
from incidex.web.forms import Form, parse_number
from incidex.web.moves import Draft, make_claim, person
from incidex.web.words import is_web_address
from incidex.web.workbench import link_bench

#: Rows that the form begins with, and that it can have.
ROWS, MOST_ROWS = 10, 200

#: Rows that a page is asked for at most: each has the names of all fields.
MOST_ASKED = 30

MOST_TYPED_BYTES = 2_000_000

_ROW = ("field", "value", "speaker", "role", "stance", "quote")
_HEAD = ("title", "source", "source_role", "published", "url", "text")


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed, checked: a report that holds it, its text, and its claims."""

    report: Report
    document: Document
    claims: tuple[Claim, ...]


@get("/incidents/new", sync_to_thread=False)
def blank(request: AnyRequest, site: NamedDependency[Site], visit: NamedDependency[Visit]) -> Answer:
    """Answer with the empty form."""
    require_desk(site, visit, Right.ADD)
    rows = min(max(parse_number(request.query_params.get("rows", ""), ROWS), 1), MOST_ASKED)
    return _show(visit, {}, rows)


@post("/incidents/new/typed", status_code=200, sync_to_thread=True, request_max_body_size=MOST_TYPED_BYTES)
def typed(
    request: AnyRequest,
    site: NamedDependency[Site],
    visit: NamedDependency[Visit],
    form: NamedDependency[Form],
) -> Answer:
    """Make an incident of what was typed, or say what cannot be used beside all that was."""
    desk = require_desk(site, visit, Right.ADD)
    require_token(request, visit, form)
    try:
        entered = read_typed(form, person(visit.name))
        incident = desk.enter(entered.report, entered.document, entered.claims, by=person(visit.name))
    except IncidexError as error:
        return _show(visit, form, _count_rows(form), error)
    return send_to(link_bench(incident))


HANDLERS = (blank, typed)


def read_typed(form: Mapping[str, str], by: str) -> Typed:
    """Return what a form says; raise `InputError`, `CodebookError` or `EvidenceError` naming the row.

    A row without a quote is an analyst's note. Where no text was handed in, the rows themselves are kept as
    the report, so that what was typed can be read again as it was typed.
    """
    rows = [_read_row(form, number) for number in range(_count_rows(form))]
    filled = [
        (number, row) for number, row in enumerate(rows, start=1) if row["field"] or row["value"].strip()
    ]
    if not filled:
        raise InputError("fill in at least one row: a field and its value")
    text = form.get("text", "").replace("\r\n", "\n").strip() or _write_rows(row for _, row in filled)
    report = _make_report(form, text)
    document = Document(report=report.id, text=text, reader="typed@1")
    claims = tuple(_make_claim(number, row, report, document, by) for number, row in filled)
    return Typed(report, document, claims)


def _make_report(form: Mapping[str, str], text: str) -> Report:
    name = " ".join(form.get("source", "").split())
    if not name:
        raise InputError("say who published the report, or who told you")
    published, url = form.get("published", "").strip(), form.get("url", "").strip()
    if url and not is_web_address(url):
        raise InputError(f"{url[:80]!r} is not an address that begins with https:// or http://")
    try:
        role = Role(form.get("source_role", "") or Role.PRESS)
        published = check_value("date.disclosed", published) if published else ""
    except (ValueError, CodebookError) as wrong:
        raise InputError(f"the publisher’s role or the date of publication: {wrong}") from wrong
    return Report(
        sha256=sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        source=Source(name=name[:200], role=role),
        title=" ".join(form.get("title", "").split())[:300],
        url=url[:2_000],
        published=published,
        register="typed by hand",
    )


def _make_claim(number: int, row: Mapping[str, str], report: Report, document: Document, by: str) -> Claim:
    draft = Draft(
        field=row["field"],
        value=row["value"],
        stance=row["stance"] or str(Stance.ASSERTS),
        speaker=row["speaker"],
        role=row["role"],
        quote=row["quote"],
        is_note=not row["quote"].strip(),
    )
    try:
        return make_claim(draft, report, document, by)
    except IncidexError as error:
        raise type(error)(f"row {number}: {error}") from error


def _read_row(form: Mapping[str, str], number: int) -> dict[str, str]:
    return {name: form.get(f"{name}-{number}", "") for name in _ROW}


def _count_rows(form: Mapping[str, str]) -> int:
    return next((n for n in range(MOST_ROWS) if f"field-{n}" not in form), MOST_ROWS)


def _write_rows(rows: Iterable[Mapping[str, str]]) -> str:
    return "\n".join(
        f"{row['field']}: {row['value'].strip()}"
        + "".join(f" ({row[name]})" for name in ("speaker", "stance") if row[name])
        for row in rows
    )


def _show(visit: Visit, form: Mapping[str, str], rows: int, error: IncidexError | None = None) -> Answer:
    status, said = explain(error) if error else (200, "")
    if status >= 500 and error is not None:
        raise error
    return make_page(
        "typed.html",
        visit,
        status,
        title="Type a record",
        head={name: form.get(name, "") for name in _HEAD},
        rows=[_read_row(form, number) for number in range(rows)],
        groups=[(group, [each for each in fields().values() if each.group == group]) for group in GROUPS],
        roles=[str(each) for each in Role],
        stances=[str(each) for each in Stance],
        said=said,
    )
