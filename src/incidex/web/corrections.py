"""The corrections log: what was withdrawn, rejected, moved, merged or removed, by whom and why."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from litestar import Response, get
from litestar.di import NamedDependency

from incidex.model import (
    Change,
    Claim,
    Claimed,
    Decided,
    Decision,
    Incident,
    Linked,
    Moved,
    Removed,
    Report,
    Retracted,
    Tier,
)
from incidex.search import say_title
from incidex.web.answers import Answer, AnyRequest, Site, Visit, make_page, parse_first, prefers_json
from incidex.web.base import Library
from incidex.web.history import say_claim, say_who
from incidex.web.slugs import link, name_source
from incidex.web.twins import answer_twin
from incidex.web.views import View
from incidex.web.words import say_date

#: Corrections on one page.
MOST_SHOWN = 100

#: What each kind is called at the head of its line.
WITHDRAWN, REJECTED, MOVED, MERGED, REMOVED = "withdrawn", "rejected", "moved", "merged", "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """One thing that was said or shown here and is not any more, or not so."""

    at: datetime
    kind: str
    incident: str
    title: str
    what: str
    why: str
    by: str
    source: str = ""  # the id of the source whose report it is about
    publisher: str = ""

    @property
    def when(self) -> str:
        """The day, in words."""
        return say_date(self.at.date().isoformat())

    @property
    def link(self) -> str:
        """The address of the record."""
        return link("incidents", self.incident)


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionsTwin:
    """The corrections log, as JSON: newest first."""

    count: int
    corrections: Sequence[Correction]


def find_corrections(view: View, library: Library, tier: Tier) -> Sequence[Correction]:
    """Return all corrections that the tier may know of, newest first; kept with the view."""
    return view.keep("corrections", lambda: tuple(_collect(view, library, tier)))


@get("/corrections", sync_to_thread=True)
def corrections(
    request: AnyRequest, site: NamedDependency[Site], visit: NamedDependency[Visit]
) -> Answer | Response[CorrectionsTwin]:
    """Answer with the corrections log, newest first, a page at a time."""
    found = find_corrections(site.view(visit.tier), site.library, visit.tier)
    first = parse_first(request.query_params.get("first", ""))
    part = found[first : first + MOST_SHOWN]
    if prefers_json(request):
        return answer_twin(CorrectionsTwin(count=len(found), corrections=part))
    following = first + MOST_SHOWN if len(found) > first + MOST_SHOWN else 0
    return make_page(
        "corrections.html",
        visit,
        title="Corrections",
        corrections=part,
        count=len(found),
        first=first,
        following=following,
    )


@get("/api/v1/corrections", sync_to_thread=True)
def corrections_json(
    request: AnyRequest, site: NamedDependency[Site], visit: NamedDependency[Visit]
) -> Response[CorrectionsTwin]:
    """Answer with a page of the corrections log as JSON; `first` says where the page begins."""
    found = find_corrections(site.view(visit.tier), site.library, visit.tier)
    first = parse_first(request.query_params.get("first", ""))
    return answer_twin(CorrectionsTwin(count=len(found), corrections=found[first : first + MOST_SHOWN]))


HANDLERS = (corrections, corrections_json)


def _collect(view: View, library: Library, tier: Tier) -> list[Correction]:
    titles = {incident.id: say_title(incident) for incident in view.incidents}
    found = [each for incident in view.incidents for each in _merged(incident)]
    for record in library.corrected():
        history = library.history(record, tier)
        if record not in titles and history:
            stands = library.find_incident(record, tier)  # merged into another, under whose name it goes on
            titles[record] = say_title(stands) if stands else record
        found += _told(record, titles.get(record, record), history)
    return sorted(found, key=lambda each: (each.at, each.incident, each.what), reverse=True)


def _merged(incident: Incident) -> Iterator[Correction]:
    for tie in incident.ties:
        if tie.other in incident.merged:
            yield Correction(
                at=tie.at,
                kind=MERGED,
                incident=incident.id,
                title=say_title(incident),
                what=f"{tie.other} was found to be the same incident",
                why=tie.why,
                by=say_who(tie.by),
            )


def _told(record: str, title: str, history: Sequence[Change]) -> Iterator[Correction]:
    claims: dict[str, Claim] = {}
    reports: dict[str, Report] = {}
    for change in history:
        if isinstance(change.body, Claimed):
            claims.update((claim.id, claim) for claim in change.body.claims)
        if isinstance(change.body, Linked):
            reports[change.body.report.id] = change.body.report
        told = _tell(change, claims)
        if told is None:
            continue
        kind, what, why, report_id = told
        report = reports.get(report_id)
        yield Correction(
            at=change.at,
            kind=kind,
            incident=record,
            title=title,
            what=what,
            why=why,
            by=say_who(change.by),
            source=name_source(report.source.name) if report else "",
            publisher=report.source.name if report else "",
        )


def _tell(change: Change, claims: dict[str, Claim]) -> tuple[str, str, str, str] | None:
    """Return the kind, what it is about, why, and the report; `None` for what corrects nothing."""
    match change.body:
        case Retracted(claim=id, reason=reason) as body if body.is_of_report:
            return WITHDRAWN, "A report, and all that it says here", reason, id
        case Retracted(claim=id, reason=reason) if id in claims:
            return WITHDRAWN, say_claim(claims[id]), reason, claims[id].report
        case Decided(claim=id, decision=Decision.REJECTED, reason=reason) if id in claims:
            return REJECTED, say_claim(claims[id]), reason, claims[id].report
        case Moved(report=report, to=to, why=why, only=only):
            what = f"{len(only)} claims of a report" if only else "A report"
            return MOVED, f"{what} went to {to}", why, report
        case Removed(report=report, reason=reason, quotes_only=quotes_only):
            what = "The quotations from a report" if quotes_only else "The words of a report"
            return REMOVED, what, reason, report
        case _:
            return None
