"""Pages of what incidents have in common: organisations, actors, techniques and sources, with their twins."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException
from litestar.params import FromPath

from incidex.model import Incident, Tier
from incidex.web.actors import ActorTwin, make_actor
from incidex.web.answers import Answer, AnyRequest, Site, Visit, make_page, parse_first, prefers_json
from incidex.web.lines import IncidentTwin, make_twin
from incidex.web.record import Line, find_date, make_line
from incidex.web.slugs import link, link_search
from incidex.web.sources import SourceTwin, make_source
from incidex.web.techniques import TechniqueTwin, make_technique
from incidex.web.twins import answer_twin
from incidex.web.views import PARTS, Entry, View, stands
from incidex.web.words import say_label, say_list, say_value

#: Entries on one page of a list.
MOST_ENTRIES = 200

#: What is said to be hit, the most telling first.
_HIT = ("data.class", "data.variety", "asset.variety", "impact")

#: Characters of a summary that stand for it in a list.
MOST_SUMMARY = 90

#: Characters of a name by which a list is narrowed down.
MOST_FILTER = 80

#: Incidents on the page of what they have in common; the others are found by searching.
MOST_INCIDENTS = 100

Held = TypeVar("Held")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationTwin:
    """An organisation, as JSON."""

    id: str
    name: str
    spellings: Mapping[str, int]  # each with the number of incidents that spell it so
    incidents: Sequence[IncidentTwin]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One line in a list of organisations, actors, techniques or sources."""

    link: str
    name: str
    incidents: int
    latest: str


@get("/organisations", sync_to_thread=True)
def organisations(request: AnyRequest, site: NamedDependency[Site], visit: NamedDependency[Visit]) -> Answer:
    """Answer with all organisations, those with the most incidents first."""
    return _list(request, visit, "organisations", "Organisations", site.view(visit.tier).organisations)


@get("/actors", sync_to_thread=True)
def actors(request: AnyRequest, site: NamedDependency[Site], visit: NamedDependency[Visit]) -> Answer:
    """Answer with all actors that incidents name, those with the most incidents first."""
    return _list(request, visit, "actors", "Actors", site.view(visit.tier).actors)


@get("/organisations/{name:str}", sync_to_thread=True)
def organisation(
    request: AnyRequest, site: NamedDependency[Site], visit: NamedDependency[Visit], name: FromPath[str]
) -> Answer | Response[OrganisationTwin]:
    """Answer with an organisation: how it is spelt, and the incidents that it is part of."""
    if prefers_json(request):
        return answer_twin(_twin_organisation(site.view(visit.tier), name))
    entry = _find(site.view(visit.tier).organisations, name)
    as_victim = [each for each in entry.incidents.values() if "victim.name" in entry.parts[each.id]]
    others = [each for each in entry.incidents.values() if "victim.name" not in entry.parts[each.id]]
    return make_page(
        "organisation.html",
        visit,
        title=entry.name,
        entry=entry,
        spellings=entry.spellings.most_common(),
        domains=_gather(as_victim, "victim.domain"),
        countries=[say_value("victim.country", each) for each in _gather(as_victim, "victim.country")],
        industries=[say_value("victim.industry", each) for each in _gather(as_victim, "victim.industry")],
        groups=[
            (heading, _lines_of(found, entry), len(found))
            for heading, found in (("As the victim", as_victim), ("Struck by the breach of another", others))
            if found
        ],
        everything=link_search("victim.name", entry.name),
    )


@get("/api/v1/organisations/{name:str}", sync_to_thread=True)
def organisation_json(
    site: NamedDependency[Site], visit: NamedDependency[Visit], name: FromPath[str]
) -> Response[OrganisationTwin]:
    """Answer with an organisation and its incidents as JSON."""
    return answer_twin(_twin_organisation(site.view(visit.tier), name))


@get("/actors/{name:str}", sync_to_thread=True)
def actor(
    request: AnyRequest, site: NamedDependency[Site], visit: NamedDependency[Visit], name: FromPath[str]
) -> Answer | Response[ActorTwin]:
    """Answer with an actor; an alias that means one known actor leads to it."""
    found = make_actor(site.view(visit.tier), name)
    if found is None:
        raise HTTPException(status_code=404)
    if prefers_json(request):
        return answer_twin(found.twin)
    if found.twin.id != name:
        return Response(b"", status_code=301, headers={"Location": link("actors", found.twin.id)})
    return make_page(
        "actor.html",
        visit,
        title=found.twin.name,
        actor=found.twin,
        voices=found.voices,
        lines=_lines(found.incidents),
        count=len(found.incidents),
        hidden=visit.tier < Tier.GREEN,
        everything=link_search("actor.name", found.twin.name),
    )


@get("/api/v1/actors/{name:str}", sync_to_thread=True)
def actor_json(
    site: NamedDependency[Site], visit: NamedDependency[Visit], name: FromPath[str]
) -> Response[ActorTwin]:
    """Answer with an actor, its names and its incidents as JSON."""
    found = make_actor(site.view(visit.tier), name)
    if found is None:
        raise HTTPException(status_code=404)
    return answer_twin(found.twin)


@get("/techniques/{name:str}", sync_to_thread=True)
def technique(
    request: AnyRequest, site: NamedDependency[Site], visit: NamedDependency[Visit], name: FromPath[str]
) -> Answer | Response[TechniqueTwin]:
    """Answer with a technique of ATT&CK, and the incidents in which it was read."""
    found = make_technique(site.view(visit.tier), name)
    if found is None:
        raise HTTPException(status_code=404)
    if prefers_json(request):
        return answer_twin(found.twin)
    return make_page(
        "technique.html",
        visit,
        title=f"{found.twin.id} {found.twin.name}",
        technique=found.twin,
        voices=found.voices,
        lines=_lines(found.incidents),
        count=len(found.incidents),
        hidden=visit.tier < Tier.GREEN,
        everything=link_search("technique", found.twin.id),
    )


@get("/api/v1/techniques/{name:str}", sync_to_thread=True)
def technique_json(
    site: NamedDependency[Site], visit: NamedDependency[Visit], name: FromPath[str]
) -> Response[TechniqueTwin]:
    """Answer with a technique and its incidents as JSON."""
    found = make_technique(site.view(visit.tier), name)
    if found is None:
        raise HTTPException(status_code=404)
    return answer_twin(found.twin)


@get("/sources", sync_to_thread=True)
def sources(request: AnyRequest, site: NamedDependency[Site], visit: NamedDependency[Visit]) -> Answer:
    """Answer with all sources, with their reliability."""
    view = site.view(visit.tier)
    ordered = sorted(view.sources.values(), key=lambda each: (-len(each.reports), each.id))
    first = parse_first(request.query_params.get("first", ""))
    part = ordered[first : first + MOST_ENTRIES]
    return make_page(
        "sources.html",
        visit,
        title="Sources",
        sources=[make_source(view, site.library, visit.tier, each) for each in part],
        count=len(ordered),
        first=first,
        following=first + MOST_ENTRIES if len(ordered) > first + MOST_ENTRIES else 0,
    )


@get("/sources/{name:str}", sync_to_thread=True)
def source(
    request: AnyRequest, site: NamedDependency[Site], visit: NamedDependency[Visit], name: FromPath[str]
) -> Answer | Response[SourceTwin]:
    """Answer with a source: how reliable it is, its reports, and what it got corrected."""
    view = site.view(visit.tier)
    entry = _find(view.sources, name)
    twin = make_source(view, site.library, visit.tier, entry)
    if prefers_json(request):
        return answer_twin(twin)
    return make_page(
        "source.html",
        visit,
        title=twin.name,
        source=twin,
        lines=_lines(entry.incidents.values()),
        count=len(entry.incidents),
        everything=link_search("source", twin.name),
    )


@get("/api/v1/sources/{name:str}", sync_to_thread=True)
def source_json(
    site: NamedDependency[Site], visit: NamedDependency[Visit], name: FromPath[str]
) -> Response[SourceTwin]:
    """Answer with a source, its reports and what it got corrected as JSON."""
    view = site.view(visit.tier)
    return answer_twin(make_source(view, site.library, visit.tier, _find(view.sources, name)))


HANDLERS = (
    organisations,
    organisation,
    organisation_json,
    actors,
    actor,
    actor_json,
    technique,
    technique_json,
    sources,
    source,
    source_json,
)


def _twin_organisation(view: View, name: str) -> OrganisationTwin:
    entry = _find(view.organisations, name)
    return OrganisationTwin(
        id=entry.id,
        name=entry.name,
        spellings=dict(entry.spellings),
        incidents=[
            make_twin(incident, *(PARTS[part] for part in sorted(entry.parts[incident.id])))
            for incident in entry.incidents.values()
        ],
    )


def _find(entries: Mapping[str, Held], name: str) -> Held:
    found = entries.get(name)
    if found is None:
        raise HTTPException(status_code=404)
    return found


def _lines_of(found: Iterable[Incident], entry: Entry) -> list[Line]:
    """Return an organisation's incidents, the newest first, named by what was hit and not all by its name."""
    ordered = sorted(found, key=lambda each: (find_date(each)[1], each.id), reverse=True)[:MOST_INCIDENTS]
    return [
        replace(line, title=_say_hit(incident)) if line.title in entry.spellings else line
        for incident, line in ((each, make_line(each)) for each in ordered)
    ]


def _say_hit(incident: Incident) -> str:
    """Return how a written summary begins; without one, what is said to be hit."""
    if summary := " ".join((incident.best("summary") or "").split()):
        return summary if len(summary) <= MOST_SUMMARY else f"{summary[:MOST_SUMMARY].rpartition(' ')[0]} …"
    for field in _HIT:
        held = [say_value(field, each) for each in dict.fromkeys(stands(incident, field))]
        if held:
            return f"{say_label(field)}: {say_list(held, most=3)}"
    return "What was hit is not said"


def _lines(incidents: Iterable[Incident]) -> list[Line]:
    return [make_line(each) for each in list(incidents)[:MOST_INCIDENTS]]


def _gather(incidents: Iterable[Incident], field: str) -> list[str]:
    return sorted({value.value for each in incidents for value in each.values.get(field, ())})[:20]


def _list(request: AnyRequest, visit: Visit, kind: str, title: str, entries: Mapping[str, Entry]) -> Answer:
    """Answer with a page of a list, those with the most incidents first."""
    text = request.query_params.get("q", "")[:MOST_FILTER]
    wanted = " ".join(text.casefold().split())
    chosen = [each for each in entries.values() if wanted in each.name.casefold()]
    ordered = sorted(chosen, key=lambda each: (-len(each.incidents), each.id))
    first = parse_first(request.query_params.get("first", ""))
    return make_page(
        "entries.html",
        visit,
        title=title,
        kind=kind,
        entries=[
            Listed(
                link=link(kind, each.id),
                name=each.name,
                incidents=len(each.incidents),
                latest=make_line(next(iter(each.incidents.values()))).date,
            )
            for each in ordered[first : first + MOST_ENTRIES]
        ],
        count=len(ordered),
        first=first,
        following=first + MOST_ENTRIES if len(ordered) > first + MOST_ENTRIES else 0,
        hidden=kind == "actors" and visit.tier < Tier.GREEN,
        text=text,
    )
