"""The first page: where to search, what is new, what is disputed, and how much of it all there is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from incidex.model import Claim, Decision, Incident, Status, Value
from incidex.web.answers import Answer, AnyRequest, Site, Visit, make_page, parse_first, prefers_json, send_to
from incidex.web.coverage import make_coverage
from incidex.web.figures import make_statuses
from incidex.web.lines import IncidentTwin, make_twin
from incidex.web.record import make_line, say_name
from incidex.web.slugs import link
from incidex.web.twins import answer_twin
from incidex.web.views import View
from incidex.web.words import say_label, say_list, say_value

#: What the first page shows of each.
MOST_NEW, MOST_DISPUTED = 8, 8

#: Where the incidents are listed while the site, just started, has not read all of them: the index has.
WHILE_READING = "/search?sort=added"

#: Incidents on one page of the list.
MOST_LINES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """A value on which people disagree, and who says what."""

    link: str
    title: str
    label: str
    value: str
    says: str
    denies: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """How much there is, for one tier."""

    incidents: int
    reports: int
    sources: int
    values: int
    claims: int
    disputed: int  # values
    reviewed: int  # values that a person accepted


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentsTwin:
    """A page of the list of incidents, as JSON: newest first."""

    count: int
    incidents: Sequence[IncidentTwin]


@get("/", sync_to_thread=True)
def home(
    request: AnyRequest, site: NamedDependency[Site], visit: NamedDependency[Visit]
) -> Answer | Response[Totals]:
    """Answer with the first page, or with how much there is for those who ask for JSON."""
    if not prefers_json(request) and not site.library.is_ready(visit.tier):
        return send_to(WHILE_READING)
    view = site.view(visit.tier)
    if prefers_json(request):
        return answer_twin(count_all(view))
    parts = dict[str, Any](
        totals=count_all(view),
        newest=[make_line(each) for each in view.incidents[:MOST_NEW]],
        disputes=view.count("disputes", lambda: list(_disputes(view.incidents))),
        coverage=make_coverage(
            view, site.library, visit.tier, view.count(("figure", "statuses"), lambda: make_statuses(view))
        ),
    )
    return make_page(
        "home.html", visit, title="Cyber incidents, claim by claim", **parts, counted=say_counted(view)
    )


@get("/incidents", sync_to_thread=True)
def incidents(
    request: AnyRequest, site: NamedDependency[Site], visit: NamedDependency[Visit]
) -> Answer | Response[IncidentsTwin]:
    """Answer with the list of incidents, newest first, a page at a time."""
    if not prefers_json(request) and not site.library.is_ready(visit.tier):
        return send_to(WHILE_READING)
    found = site.view(visit.tier).incidents
    first = parse_first(request.query_params.get("first", ""))
    part = found[first : first + MOST_LINES]
    if prefers_json(request):
        return answer_twin(IncidentsTwin(count=len(found), incidents=[make_twin(each) for each in part]))
    return make_page(
        "incidents.html",
        visit,
        title="Incidents",
        lines=[make_line(each) for each in part],
        count=len(found),
        first=first,
        following=first + MOST_LINES if len(found) > first + MOST_LINES else 0,
    )


HANDLERS = (home, incidents)


def say_counted(view: View) -> str:
    """Say of when the counts are, where some are of earlier: counting many incidents takes a while."""
    if view.counted_at is None:
        return ""
    return (
        f"Counted at {datetime.fromtimestamp(view.counted_at, UTC):%H:%M} UTC; what came since is added soon."
    )


def count_all(view: View) -> Totals:
    """Count what a tier sees; kept with its view."""
    return view.count("totals", lambda: _count(view))


def _count(view: View) -> Totals:
    values = [value for incident in view.incidents for held in incident.values.values() for value in held]
    reports = {report.id for incident in view.incidents for report in incident.reports}
    return Totals(
        incidents=len(view.incidents),
        reports=len(reports),
        sources=len(view.sources),
        values=len(values),
        claims=sum(len(value.claims) for value in values),
        disputed=sum(value.status is Status.DISPUTED for value in values),
        reviewed=sum(value.reviewed is Decision.ACCEPTED for value in values),
    )


def _disputes(incidents: Sequence[Incident]) -> Iterator[Dispute]:
    """Yield the newest disputes, one of each incident, so that no record fills the page."""
    count = 0
    for incident in incidents:
        found = _first_dispute(incident)
        if found is not None:
            yield _say_dispute(incident, found)
            if (count := count + 1) == MOST_DISPUTED:
                return


def _first_dispute(incident: Incident) -> Value | None:
    held = (value for values in incident.values.values() for value in values)
    return next((value for value in held if value.status is Status.DISPUTED), None)


def _say_dispute(incident: Incident, value: Value) -> Dispute:
    return Dispute(
        link=f"{link('incidents', incident.id)}#f-{value.field}",
        title=say_name(incident),
        label=say_label(value.field),
        value=say_value(value.field, value.value),
        says=_names(value.asserting),
        denies=_names(value.denying),
    )


def _names(claims: Sequence[Claim]) -> str:
    return say_list(sorted({claim.speaker.name for claim in claims}), most=3)
