"""Other incidents that share something with one: the same victim, the same actor."""

from collections.abc import Iterator
from dataclasses import dataclass

from incidex.model import Incident
from incidex.web.record import Line, make_line
from incidex.web.slugs import link, name_actor, name_organisation
from incidex.web.views import Entry, View, stands

#: Incidents under each heading, and headings.
MOST_LINES, MOST_SHARED = 5, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What incidents have in common, and a few of the others that have it too."""

    heading: str
    link: str
    lines: tuple[Line, ...]


def find_others(view: View, incident: Incident) -> list[Shared]:
    """Return what the incident shares with others that the tier may see."""
    return list(_find(view, incident))[:MOST_SHARED]


def _find(view: View, incident: Incident) -> Iterator[Shared]:
    for field in ("victim.name", "victim.secondary"):
        for name in dict.fromkeys(name_organisation(each) for each in stands(incident, field)):
            yield from _share("organisations", "Others of {name}", view.organisations.get(name), incident)
    for name in dict.fromkeys(name_actor(each) for each in stands(incident, "actor.name")):
        yield from _share("actors", "Others in which {name} is named", view.actors.get(name), incident)


def _share(kind: str, heading: str, entry: Entry | None, incident: Incident) -> Iterator[Shared]:
    found = [each for each in entry.incidents.values() if each.id != incident.id] if entry else []
    if entry and found:
        yield Shared(
            heading=heading.replace("{name}", entry.name),
            link=link(kind, entry.id),
            lines=tuple(make_line(each) for each in found[:MOST_LINES]),
        )
