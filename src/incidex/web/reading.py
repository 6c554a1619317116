"""A report's page: its whole text for those who may read it, for others the passages that claims rest on."""

from collections.abc import Iterator, Mapping, Sequence

from litestar import get
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException
from litestar.params import FromPath

from incidex.codebook import may_read_whole
from incidex.model import Claim, Document, Incident, NoEvidence, Report, Span
from incidex.web.answers import Answer, AnyRequest, Site, Visit, make_page
from incidex.web.passage import Piece, cut, excerpt, lead
from incidex.web.record import link_report, say_name
from incidex.web.slugs import link, name_source
from incidex.web.views import View
from incidex.web.words import is_web_address, say_date, say_label, say_value

#: Incidents that a report's page leads to, and whose passages it shows when none is asked for.
MOST_INCIDENTS = 50

#: Characters of a value beside the text; the record has all of it.
_LONGEST_VALUE = 160


@get("/reports/{name:str}", sync_to_thread=True)
def report(
    request: AnyRequest, site: NamedDependency[Site], visit: NamedDependency[Visit], name: FromPath[str]
) -> Answer:
    """Answer with a report's text, and the passages that the claims of an incident, or of all, rest on."""
    found = site.library.find_report(name, visit.tier)
    if found is None:
        raise HTTPException(status_code=404)
    filed, document = found
    asked, of = (request.query_params.get(each, "") for each in ("claim", "incident"))
    incidents = _find_incidents(site, visit, name, of)
    told = list(_find_claims(incidents, document))
    spans = {claim.id: claim.evidence.span for claim, _ in told if claim.evidence}
    said = list(_find_imported(incidents, name))
    chosen = next((pair for pair in [*told, *said] if pair[0].id == asked), None)
    whole = visit.tier >= may_read_whole()
    pieces = (
        cut(document.text, spans.values(), spans.get(asked)) if whole else _show_some(document, spans, asked)
    )
    return make_page(
        "report.html",
        visit,
        title=filed.title or filed.source.name,
        report=filed,
        role=str(filed.source.role),
        source=link("sources", name_source(filed.source.name)),
        published=say_date(filed.published),
        accounts=[url for url in dict.fromkeys((filed.url, *filed.accounts)) if is_web_address(url)],
        pieces=list(pieces),
        whole=whole or not document.text,
        chosen=_say_claim(*chosen) if chosen else None,
        claims=[_say_claim(*pair) for pair in sorted(told, key=lambda pair: spans[pair[0].id])],
        said=[_say_claim(*pair) for pair in said],
        versions=_find_versions(incidents, filed) if said else [],
        incidents=[(link("incidents", each.id), say_name(each)) for each in incidents],
        notes=document.notes,
    )


HANDLERS = (report,)


def _find_incidents(site: Site, visit: Visit, name: str, of: str) -> Sequence[Incident]:
    """Return the incident asked for, or else those that the report tells of."""
    if of:
        found = site.library.find_incident(of, visit.tier)
        return [found] if found and any(each.id == name for each in found.reports) else []
    view = site.view(visit.tier)
    return view.keep("told of", lambda: _by_report(view)).get(name, [])[:MOST_INCIDENTS]


def _by_report(view: View) -> dict[str, list[Incident]]:
    found: dict[str, list[Incident]] = {}
    for incident in view.incidents:
        for each in incident.reports:
            found.setdefault(each.id, []).append(incident)
    return found


def _find_claims(incidents: Sequence[Incident], document: Document) -> Iterator[tuple[Claim, str]]:
    """Yield the claims that rest on the document's very words, each once, with the incident's id."""
    seen: set[str] = set()
    for incident in incidents:
        for claim in incident.claims:
            if (
                claim.report == document.report
                and claim.id not in seen
                and _is_verbatim(claim, document.text)
            ):
                seen.add(claim.id)
                yield claim, incident.id


def _find_imported(incidents: Sequence[Incident], report: str) -> Iterator[tuple[Claim, str]]:
    """Yield what the row of another database says: claims without a quotation, each once."""
    seen: set[str] = set()
    for incident in incidents:
        for claim in incident.claims:
            is_of_row = claim.report == report and claim.no_evidence is NoEvidence.IMPORTED
            if is_of_row and claim.id not in seen:
                seen.add(claim.id)
                yield claim, incident.id


def _find_versions(incidents: Sequence[Incident], row: Report) -> list[tuple[str, str]]:
    """Return the other rows of a row's source in its incidents, with their dates.

    What an earlier version of a row says too stands with that one, and not with this.
    """
    found = {
        each.id: (link("reports", each.id), say_date(each.published) or "without a date")
        for incident in incidents
        for each in incident.reports
        if each.id != row.id and each.source.id == row.source.id
    }
    return list(found.values())[:MOST_INCIDENTS]


def _show_some(document: Document, spans: Mapping[str, Span], asked: str) -> Iterator[Piece]:
    """Yield what everybody may read: the passages that claims rest on, or how a row's own text begins."""
    if spans:
        return excerpt(document.text, spans.values(), spans.get(asked))
    return lead(document.text)


def _is_verbatim(claim: Claim, text: str) -> bool:
    return claim.evidence is not None and claim.evidence.is_verbatim_in(text)


def _shorten(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"


def _say_claim(claim: Claim, incident_id: str) -> dict[str, str]:
    return {
        "label": say_label(claim.field),
        "value": _shorten(say_value(claim.field, claim.value)),
        "speaker": claim.speaker.name,
        "stance": str(claim.stance),
        "quote": claim.evidence.quote if claim.evidence else "",
        "why": claim.why if claim.no_evidence else "",
        "link": link_report(claim.report, incident_id, claim.id),
    }
