"""Other incidents that share something with one: the same victim, the same actor."""

from collections.abc import Iterator
from dataclasses import dataclass

from incidex.model import Incident, Tier
from incidex.search import BusyError, Order, QueryError, Wish
from incidex.web.base import Library
from incidex.web.record import Line, link_page, make_line
from incidex.web.slugs import ask_for
from incidex.web.views import stands

#: Incidents under each heading, and headings.
MOST_LINES, MOST_SHARED = 5, 4

#: Changes of the log that a reader of one record waits for before the others are found.
_SOON = 200

#: What incidents can share, and what the others are then called.
_HEADINGS = {
    "victim.name": "Others of {}",
    "victim.secondary": "Others of {}",
    "actor.name": "Others in which {} is named",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What incidents have in common, and a few of the others that have it too."""

    heading: str
    link: str
    lines: tuple[Line, ...]


def find_others(library: Library, incident: Incident, tier: Tier) -> list[Shared]:
    """Return what the incident shares with others that the tier may see; nothing while the index is made."""
    try:
        return list(_find(library, incident, tier))
    except BusyError:
        return []


def _find(library: Library, incident: Incident, tier: Tier) -> Iterator[Shared]:
    asked = [(field, value) for field in _HEADINGS for value in dict.fromkeys(stands(incident, field))]
    for field, value in asked[:MOST_SHARED]:
        wish = Wish(order=Order.NEW, limit=MOST_LINES + 1, facets=False)
        try:
            hits = library.search(ask_for(field, value), tier, wish, most=_SOON).hits
        except QueryError:  # a hostile value: too long for a query, or without a word in it
            continue
        ids = [hit.entry.id for hit in hits if hit.entry.id != incident.id][:MOST_LINES]
        found = [each for each in (library.find_incident(name, tier) for name in ids) if each is not None]
        if found:
            yield Shared(
                heading=_HEADINGS[field].format(value),
                link=link_page(field, value),
                lines=tuple(make_line(each) for each in found),
            )
