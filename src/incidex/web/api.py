"""What the API lists: incidents, reports and claims, a page at a time, with the fields asked for."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from anyio import to_thread
from litestar import HttpMethod, Response, get, route
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException
from litestar.params import FromPath

from incidex.codebook import fields, get_field
from incidex.exchange import to_record
from incidex.model import CodebookError, Incident, InputError, Report
from incidex.web.answers import Answer, AnyRequest, Refused, Site, Visit, make_json, make_page
from incidex.web.openapi import PARTS, describe
from incidex.web.pages import cut_page
from incidex.web.twins import answer_twin
from incidex.web.views import View

#: The parts that hold something for each field of the codebook.
_BY_FIELD = ("values", "denied", "withheld")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDetails:
    """A report, as JSON: what is known of it, and its text for members."""

    id: str
    sha256: str  # of the bytes as received
    title: str
    publisher: str
    role: str
    reliability: str
    register: str
    published: str  # EDTF
    url: str
    accounts: Sequence[str]
    tier: str
    licence: str
    text: str | None = None
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportsTwin:
    """A page of reports."""

    items: Sequence[ReportDetails]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimTwin:
    """A claim, as JSON: who said what in which words of which report."""

    id: str
    incident: str
    field: str
    value: str
    status: str  # of the value, for all claims on it
    stance: str
    speaker: Mapping[str, str]
    report: str
    coder: str
    confidence: float
    tier: str
    why: str
    no_evidence: str | None
    evidence: Mapping[str, int | str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimsTwin:
    """A page of claims."""

    items: Sequence[ClaimTwin]
    next: str | None


@get("/api/v1/incidents", sync_to_thread=True)
def incidents_json(request: AnyRequest, site: NamedDependency[Site], visit: NamedDependency[Visit]) -> Answer:
    """Answer with records, the newest first, a page at a time."""
    asked = request.query_params
    chosen = parse_fields(asked.get("fields", ""))
    view = site.view(visit.tier)
    ordered = view.keep("api incidents", lambda: sorted(view.incidents, key=_place))
    page = cut_page(ordered, _place, asked, "incidents")
    return make_json({"items": [choose(to_record(each), chosen) for each in page.items], "next": page.next})


# Litestar 2 is at a loss where a second handler comes to an address, as the one that takes reports does: what
# runs in threads would be wrapped twice, and what it says of itself (OPTIONS) would be of the first alone.
@route("/api/v1/reports", http_method=[HttpMethod.GET, HttpMethod.OPTIONS])
async def reports_json(
    request: AnyRequest, site: NamedDependency[Site], visit: NamedDependency[Visit]
) -> Answer | Response[ReportsTwin]:
    """Answer with the reports that records rest on, a page at a time."""
    if request.method == HttpMethod.OPTIONS:
        return Response(b"", status_code=204, headers={"Allow": "GET, OPTIONS, POST"})
    return await to_thread.run_sync(_list_reports, request, site, visit)


def _list_reports(request: AnyRequest, site: Site, visit: Visit) -> Response[ReportsTwin]:
    view = site.view(visit.tier)
    held = view.keep("api reports", lambda: sorted(_reports(view), key=_id))
    page = cut_page(held, _id, request.query_params, "reports")
    return answer_twin(ReportsTwin(items=[make_report(each) for each in page.items], next=page.next))


@get("/api/v1/reports/{name:str}", sync_to_thread=True)
def report_json(
    site: NamedDependency[Site], visit: NamedDependency[Visit], name: FromPath[str]
) -> Response[ReportDetails]:
    """Answer with one report; with its text for members, since the public reads it at its publisher's."""
    found = site.library.find_report(name, visit.tier)
    if found is None:
        raise HTTPException(status_code=404)
    report, document = found
    text = document.text if visit.is_member else None
    return answer_twin(make_report(report, text, document.notes if visit.is_member else ()))


@get("/api/v1/claims", sync_to_thread=True)
def claims_json(
    request: AnyRequest, site: NamedDependency[Site], visit: NamedDependency[Visit]
) -> Response[ClaimsTwin]:
    """Answer with claims, of one incident or of one field if that is asked, a page at a time."""
    asked = request.query_params
    incident, field = asked.get("incident", ""), asked.get("field", "")
    if field:
        _require_field(field)
    view = site.view(visit.tier)
    held = view.keep(("api claims", field), lambda: sorted(_claims(view.incidents, field), key=_claim_place))
    if incident:
        found = site.library.find_incident(incident, visit.tier)
        held = sorted(_claims([found], field), key=_claim_place) if found else []
    page = cut_page(held, _claim_place, asked, f"claims {incident} {field}")
    return answer_twin(ClaimsTwin(items=page.items, next=page.next))


@get("/api/v1/openapi.json", sync_to_thread=False)
def openapi_json(request: AnyRequest) -> Answer:
    """Answer with the description of this API: OpenAPI 3.1."""
    return make_json(describe(request.app))


@get("/api", sync_to_thread=False)
def reference(request: AnyRequest, visit: NamedDependency[Visit]) -> Answer:
    """Answer with the same description for people."""
    described = describe(request.app)
    operations = [
        (path, verb, operation)
        for path, verbs in described["paths"].items()
        for verb, operation in verbs.items()
    ]
    return make_page(
        "api.html", visit, title="API", operations=operations, schemas=described["components"]["schemas"]
    )


HANDLERS = (incidents_json, reports_json, report_json, claims_json, openapi_json, reference)


def parse_fields(text: str) -> tuple[str, ...]:
    """Return what of a record is asked for: parts of it, and fields of the codebook; () is all of it."""
    asked = tuple(dict.fromkeys(filter(None, (each.strip() for each in text.split(",")))))
    for each in asked:
        if each != "id" and each not in PARTS and each not in fields():
            raise InputError(f"{each[:60]!r} is neither a part of a record nor a field of the codebook")
    return asked


def choose(record: Mapping[str, Any], asked: Sequence[str]) -> dict[str, Any]:
    """Return the asked part of a record, and its id in any case."""
    if not asked:
        return dict(record)
    named = [each for each in asked if each in fields()]
    parts = {"id", *(each for each in asked if each in PARTS), *(_BY_FIELD if named else ())}
    chosen = {part: held for part, held in record.items() if part in parts}
    for part in _BY_FIELD if named else ():
        if part not in asked:
            chosen[part] = {field: held for field, held in record[part].items() if field in named}
    return chosen


def _require_field(name: str) -> None:
    try:
        get_field(name)
    except CodebookError as error:
        raise Refused(status_code=400, detail=f"There is no field {name[:60]!r} in the codebook.") from error


def _place(incident: Incident) -> tuple[str, ...]:
    """Return what orders incidents, newest first, by nothing that a tier cannot see."""
    return (_backwards(incident.opened_at.timestamp()), incident.id)


def _backwards(seconds: float) -> str:
    """Return a text that sorts the later the earlier the time is."""
    return f"{10**17 - round(seconds * 1_000_000):018}"


def _id(report: Report) -> tuple[str, ...]:
    return (report.id,)


def _claim_place(claim: ClaimTwin) -> tuple[str, ...]:
    return (claim.incident, claim.field, claim.id)


def _reports(view: View) -> Iterable[Report]:
    return {report.id: report for each in view.incidents for report in each.reports}.values()


def make_report(report: Report, text: str | None = None, notes: Sequence[str] = ()) -> ReportDetails:
    """Return what is known of a report, as JSON has it."""
    return ReportDetails(
        id=report.id,
        sha256=report.sha256,
        title=report.title,
        publisher=report.source.name,
        role=str(report.source.role),
        reliability=report.source.reliability,
        register=report.register,
        published=report.published,
        url=report.url,
        accounts=report.accounts,
        tier=report.tier.name,
        licence=report.licence,
        text=text,
        notes=notes,
    )


def _claims(incidents: Iterable[Incident], field: str) -> Iterator[ClaimTwin]:
    for incident in incidents:
        for group in (incident.values, incident.denied):
            for name in [field] if field else group:
                for value in group.get(name, ()):
                    for claim in value.claims:
                        words = claim.evidence
                        yield ClaimTwin(
                            id=claim.id,
                            incident=incident.id,
                            field=claim.field,
                            value=claim.value,
                            status=str(value.status),
                            stance=str(claim.stance),
                            speaker={"name": claim.speaker.name, "role": str(claim.speaker.role)},
                            report=claim.report,
                            coder=claim.coder,
                            confidence=claim.confidence,
                            tier=claim.tier.name,
                            why=claim.why,
                            no_evidence=str(claim.no_evidence) if claim.no_evidence else None,
                            evidence={"start": words.span.start, "end": words.span.end, "quote": words.quote}
                            if words
                            else None,
                        )
