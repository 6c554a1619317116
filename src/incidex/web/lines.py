"""An incident in one line, as JSON: what lists of incidents hold in every twin."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from incidex.model import Incident
from incidex.search import say_title
from incidex.web.record import count_statuses, find_date


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentTwin:
    """An incident in a list."""

    id: str
    title: str
    date: str  # EDTF, as precise as it is known; "" when nobody gives one
    date_of: str  # the codebook field that the date is of
    statuses: Mapping[str, int]  # how many values have each status
    part: Sequence[str] = ()  # what the thing that the list is about is in this incident


def make_twin(incident: Incident, *parts: str) -> IncidentTwin:
    """Return an incident's line."""
    field, date = find_date(incident)
    return IncidentTwin(
        id=incident.id,
        title=say_title(incident),
        date=date,
        date_of=field,
        statuses={str(status): count for status, _, count in count_statuses(incident)},
        part=parts,
    )
