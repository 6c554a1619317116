"""The addresses where reviewers work: the queue, the workbench, and what each of its forms does."""

from dataclasses import asdict
from types import MappingProxyType
from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from incidex.codebook import GROUPS, fields, get_field
from incidex.evaluate.ranking import Order, Ranked
from incidex.model import (
    ConflictError,
    Incident,
    IncidexError,
    InputError,
    Review,
    Role,
    Span,
    Stance,
    Standing,
    State,
)
from incidex.web.answers import (
    Answer,
    AnyRequest,
    Refused,
    Site,
    Visit,
    explain,
    make_json,
    make_page,
    parse_form,
    prefers_json,
    refuse_forged,
    require_reviewer,
    require_token,
    send_to,
)
from incidex.web.forms import ASKED, Form, Place, fill, find_move, parse_number
from incidex.web.history import Told, say_claim, tell
from incidex.web.moves import MOST_REASON, person
from incidex.web.queue import Origin
from incidex.web.suggest import suggest_claims, suggest_values
from incidex.web.words import say_label
from incidex.web.workbench import REASONS, STATE_SIGNS, link_bench, make_bench, mark

#: A description of 50,000 characters, each percent-encoded, and a form around it.
MOST_REVIEW_BYTES = 500_000

#: A report of a blind sample has a field for each of its claims.
MOST_FIELDS = 4_000

#: Claims on one page of the queue.
MOST_QUEUED = 50

_SCRIPTS = ("bench.js",)


async def read_form(request: AnyRequest) -> Form:
    """Return the form that came with a request, if one of our own pages sent it."""
    if request.method == "GET":
        return {}
    refuse_forged(request)
    return parse_form(await request.body(), most_fields=MOST_FIELDS)


@get("/review", sync_to_thread=True)
def queue(request: AnyRequest, site: NamedDependency[Site], visit: NamedDependency[Visit]) -> Answer:
    """Answer with the claims that wait, the first to look at first, each with the reason of its rank."""
    desk = require_reviewer(site, visit)
    order, state, origin, seed, first = _parse_queue(request)
    ranked = desk.queue(visit.tier).ranked(
        order, seed=seed, state=state, origin=origin, without=desk.open_pairs()
    )
    shown = [_say_ranked(each) for each in ranked[first : first + MOST_QUEUED]]
    if prefers_json(request):
        return make_json({"by": str(order), "seed": seed, "waiting": len(ranked), "claims": shown})
    by = person(visit.reviewer)
    return make_page(
        "queue.html",
        visit,
        title="Review",
        claims=shown,
        count=len(ranked),
        counts=[(str(key), STATE_SIGNS[key], n) for key, n in desk.queue(visit.tier).counts().items()],
        orders=[str(each) for each in Order],
        order=str(order),
        states=[str(each) for each in State],
        state=str(state or ""),
        origins=[(str(key), count) for key, count in desk.queue(visit.tier).origins().items()],
        origin=str(origin or ""),
        seed=seed,
        first=first,
        following=first + MOST_QUEUED if len(ranked) > first + MOST_QUEUED else 0,
        samples=[(each.id, len(each.left_for(by))) for each in desk.samples() if each.left_for(by)],
    )


@get("/api/v1/review", sync_to_thread=True)
def queue_json(request: AnyRequest, site: NamedDependency[Site], visit: NamedDependency[Visit]) -> Answer:
    """Answer with the queue as JSON."""
    desk = require_reviewer(site, visit)
    order, state, origin, seed, first = _parse_queue(request)
    ranked = desk.queue(visit.tier).ranked(
        order, seed=seed, state=state, origin=origin, without=desk.open_pairs()
    )
    shown = [_say_ranked(each) for each in ranked[first : first + MOST_QUEUED]]
    return make_json({"by": str(order), "seed": seed, "waiting": len(ranked), "claims": shown})


@get("/review/{incident:str}", sync_to_thread=True)
def record(site: NamedDependency[Site], visit: NamedDependency[Visit], incident: FromPath[str]) -> Answer:
    """Answer with the review of a whole record: its reports, what waits in each, and what was done."""
    return _show_record(site, _enter(site, visit, incident), visit)


@get("/review/{incident:str}/{report:str}", sync_to_thread=True)
def bench(
    request: AnyRequest,
    site: NamedDependency[Site],
    visit: NamedDependency[Visit],
    incident: FromPath[str],
    report: FromPath[str],
) -> Answer:
    """Answer with the workbench, or with one part of it for a page that is open already."""
    place = _enter(site, visit, incident, report)
    part = request.query_params.get("part", "")
    return _show_bench(site, place, part=part, correcting=request.query_params.get("correct", ""))


@get("/api/v1/review/{incident:str}", sync_to_thread=True)
def record_json(
    request: AnyRequest, site: NamedDependency[Site], visit: NamedDependency[Visit], incident: FromPath[str]
) -> Answer:
    """Answer with where a record stands, and with what others did since a version."""
    sheet = _enter(site, visit, incident).sheet
    asked = request.query_params.get("since", "")
    since = parse_number(asked, len(sheet.changes))
    return make_json(
        {
            "incident": sheet.record,
            "version": sheet.version,
            "state": str(sheet.state),
            "assigned_to": sheet.assigned_to,
            "claims": [] if asked else [_to_json(each) for each in sheet.standings],
            "changes": [asdict(each) for each in tell(sheet.changes, since)],
        }
    )


@get("/api/v1/review/{incident:str}/{report:str}/suggest", sync_to_thread=True)
def suggest(
    request: AnyRequest,
    site: NamedDependency[Site],
    visit: NamedDependency[Visit],
    incident: FromPath[str],
    report: FromPath[str],
) -> Answer:
    """Answer with what selected words may claim, or with what typed words may mean as a value of a field."""
    place = _enter(site, visit, incident, report)
    asked = request.query_params
    if field := asked.get("field", ""):
        found = suggest_values(field, asked.get("typed", ""))
        return make_json(
            {"suggestions": [asdict(each) for each in found], "help": get_field(field).definition}
        )
    if place.report is None or place.document is None:
        raise Refused(status_code=404, detail="There is no such report here.")
    span = Span(parse_number(asked.get("start", ""), 0), parse_number(asked.get("end", ""), 0))
    span.within(place.document.text)
    claims = suggest_claims(place.document, place.report, span)
    return make_json({"suggestions": [asdict(each) for each in claims]})


@post(
    "/review/{incident:str}/moves",
    status_code=200,
    sync_to_thread=True,
    request_max_body_size=MOST_REVIEW_BYTES,
)
def move_record(
    request: AnyRequest,
    site: NamedDependency[Site],
    visit: NamedDependency[Visit],
    form: NamedDependency[Form],
    incident: FromPath[str],
) -> Answer:
    """Do what a form says to a whole record."""
    place = _enter(site, visit, incident)
    require_token(request, visit, form)
    return _act(request, site, place, form)


@post(
    "/review/{incident:str}/{report:str}/moves",
    status_code=200,
    sync_to_thread=True,
    request_max_body_size=MOST_REVIEW_BYTES,
)
def move_report(
    request: AnyRequest,
    site: NamedDependency[Site],
    visit: NamedDependency[Visit],
    form: NamedDependency[Form],
    incident: FromPath[str],
    report: FromPath[str],
) -> Answer:
    """Do what a form says to a claim of one report, or to all of them."""
    place = _enter(site, visit, incident, report)
    require_token(request, visit, form)
    return _act(request, site, place, form)


# Forms go to addresses of their own: with Litestar 2.25 a GET handler that runs in a thread fails as soon as
# another method shares its address (it is wrapped once for each).
HANDLERS = (queue, queue_json, record, bench, record_json, suggest, move_record, move_report)


def _enter(site: Site, visit: Visit, incident: str, report: str = "") -> Place:
    desk = require_reviewer(site, visit)
    sheet = desk.find(incident, visit.tier)
    if sheet is None:
        raise Refused(status_code=404, detail="There is no such incident, or it is not for you to see.")
    if not report:
        return Place(desk, visit, sheet)
    found = site.library.find_report(report, visit.tier)
    if found is None or report not in {each.id for each in sheet.reports}:
        raise Refused(
            status_code=404, detail="This incident has no such report, or it is not for you to see."
        )
    return Place(desk, visit, sheet, *found)


def _act(request: AnyRequest, site: Site, place: Place, form: Form) -> Answer:
    version = parse_number(form.get("version", ""), -1)
    try:
        move = find_move(place, form)
        sheet = place.desk.act(place.sheet.record, move, by=place.by, tier=place.visit.tier, version=version)
    except IncidexError as error:
        return _complain(request, site, place, form, error)
    done = list(tell(sheet.changes, version))
    if prefers_json(request):
        return make_json({"version": sheet.version, "done": [asdict(each) for each in done]})
    return send_to(f"{place.link}#{_find_next(sheet, place)}")


def _complain(request: AnyRequest, site: Site, place: Place, form: Form, error: IncidexError) -> Answer:
    """Say what is wrong beside what was being worked on, with nothing typed lost."""
    status, said = explain(error)
    if status >= 500:
        raise error
    theirs: list[Told] = []
    if isinstance(error, ConflictError):
        fresh = place.desk.find(place.sheet.record, place.visit.tier) or place.sheet
        place = Place(place.desk, place.visit, fresh, place.report, place.document)
        version = parse_number(form.get("version", ""), 0)
        theirs = list(tell(fresh.changes, max(0, min(version, len(fresh.changes)))))
    if prefers_json(request):
        told = [asdict(each) for each in theirs]
        error_json = {"status": status, "message": said, "theirs": told, "version": place.sheet.version}
        return make_json({"error": error_json}, status)
    if isinstance(error, ConflictError):
        return _show_conflict(place, form, said, theirs)
    if place.report is None:
        return _show_record(site, place, place.visit, status=status, said=said)
    return _show_bench(site, place, status=status, said=said, form=form, correcting=form.get("correct", ""))


def _show_conflict(place: Place, form: Form, said: str, theirs: list[Told]) -> Answer:
    found = place.sheet.find(form.get("claim", ""))
    kept = {name: value for name, value in form.items() if name not in {"csrf", "version"}}
    return make_page(
        "conflict.html",
        place.visit,
        409,
        title="Someone else was here",
        said=said,
        theirs=theirs,
        mine=ASKED.get(form.get("do", "").partition(":")[0], "do something"),
        claim=say_claim(found.claim) if found else "",
        state=str(found.state) if found else "",
        reason=form.get("reason", ""),
        kept=list(kept.items()),
        version=place.sheet.version,
        link=place.link,
    )


def _list_others(place: Place, record: Incident | None) -> list[tuple[str, int]]:
    """Return the other records of one incident, and how many claims wait in each."""
    names = (record.id, *record.merged) if record else ()
    sheets = (place.desk.find(name, place.visit.tier) for name in names if name != place.sheet.record)
    return [(sheet.record, len(sheet.waiting)) for sheet in sheets if sheet is not None]


def _show_record(site: Site, place: Place, visit: Visit, *, status: int = 200, said: str = "") -> Answer:
    sheet = place.sheet
    record = site.library.find_incident(sheet.record, visit.tier)
    reports = [make_bench(sheet, each, record) for each in sheet.reports]
    title = reports[0].title if reports else sheet.record
    return make_page(
        "review_record.html",
        visit,
        status,
        title=f"Review of {title}",
        heading=title,
        incident=sheet.record,
        link=place.link,
        version=sheet.version,
        state=str(sheet.state),
        sign=STATE_SIGNS[sheet.state],
        assigned_to=sheet.assigned_to.removeprefix("person:"),
        waiting=len(sheet.waiting),
        reports=reports,
        others=_list_others(place, record),
        history=list(tell(sheet.changes))[::-1],
        said=said,
    )


def _show_bench(
    site: Site,
    place: Place,
    *,
    part: str = "",
    status: int = 200,
    said: str = "",
    form: Form = MappingProxyType({}),
    correcting: str = "",
) -> Answer:
    if place.report is None or place.document is None:
        raise Refused(status_code=404, detail="There is no such report here.")
    sheet = place.sheet
    record = site.library.find_incident(sheet.record, place.visit.tier)
    shown = make_bench(sheet, place.report, record)
    template = {"panel": "bench_panel.html", "text": "bench_text.html", "form": "bench_form.html"}.get(part)
    cards = [card for _, group in shown.groups for card in group]
    return make_page(
        template or "bench.html",
        place.visit,
        status,
        scripts=_SCRIPTS,
        title=f"Review: {shown.title}",
        bench=shown,
        blocks=list(mark(place.document, sheet.of(place.report.id))) if part in {"", "text"} else [],
        is_sampled=place.desk.is_sampled((sheet.record, place.report.id)),
        filled=fill(place.report, cards, correcting, form),
        correcting=correcting if sheet.find(correcting) else "",
        groups=[(group, [each for each in fields().values() if each.group == group]) for group in GROUPS],
        roles=[str(each) for each in Role],
        stances=[str(each) for each in Stance],
        speakers=sorted({card.speaker for card in cards} | {place.report.source.name}),
        reasons=REASONS,
        most=MOST_REASON,
        said=said,
        notes=place.document.notes,
    )


def _find_next(sheet: Review, place: Place) -> str:
    """Return the id on the page of the next claim that waits, so that a page without script goes on there."""
    if place.report is None:
        return "main"
    bench_now = make_bench(sheet, place.report, None)
    cards = [card for _, group in bench_now.groups for card in group]
    waiting = [card.number for card in cards if card.state in {State.NEW, State.IN_REVIEW}]
    return f"claim-{waiting[0]}" if waiting else "main"


def _say_ranked(each: Ranked) -> dict[str, Any]:
    claim = each.waiting.claim
    return {
        "id": claim.id,
        "incident": each.waiting.record,
        "report": claim.report,
        "title": each.waiting.title,
        "claim": say_claim(claim),
        "label": say_label(claim.field),
        "speaker": claim.speaker.name,
        "quote": claim.evidence.quote[:200] if claim.evidence else "",
        "state": str(each.waiting.standing.state),
        "sign": STATE_SIGNS[each.waiting.standing.state],
        "confidence": claim.confidence,
        "score": round(each.score, 4),
        "why": each.why,
        "link": f"{link_bench(each.waiting.record, claim.report)}#{claim.id}",
    }


def _to_json(found: Standing) -> dict[str, Any]:
    claim = found.claim
    return {
        "id": claim.id,
        "field": claim.field,
        "value": claim.value,
        "stance": str(claim.stance),
        "speaker": {"name": claim.speaker.name, "role": str(claim.speaker.role)},
        "report": claim.report,
        "coder": claim.coder,
        "confidence": claim.confidence,
        "why": claim.why,
        "state": str(found.state),
        "counts": found.counts,
        "by": found.by,
        "reason": found.reason,
        "at": found.at.isoformat() if found.at else None,
    }


def _parse_queue(request: AnyRequest) -> tuple[Order, State | None, Origin | None, int, int]:
    asked = request.query_params
    try:
        order = Order(asked.get("by", "") or Order.UNCERTAINTY)
        state = State(asked["state"]) if asked.get("state") else None
        origin = Origin(asked["origin"]) if asked.get("origin") else None
    except ValueError as wrong:
        raise InputError(
            f"the queue is ranked by {', '.join(Order)}, states are {', '.join(State)}, and origins "
            f"{', '.join(Origin)}"
        ) from wrong
    seed, first = (parse_number(asked.get(name, ""), 0) for name in ("seed", "first"))
    return order, state, origin, seed, first
