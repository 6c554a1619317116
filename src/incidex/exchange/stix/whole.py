"""A record as objects: everything that it says, placed, told and checked."""

from collections.abc import Iterator, Mapping, Sequence

from incidex.exchange.loss import Choice, Loss, Lost, choose
from incidex.exchange.stix.check import check_form, check_names
from incidex.exchange.stix.draft import NEVER, Draft
from incidex.exchange.stix.fixed import FIXED, INCIDENT_CORE, OURS
from incidex.exchange.stix.ids import make_id
from incidex.exchange.stix.impacts import place_impacts
from incidex.exchange.stix.places import PLACES
from incidex.exchange.stix.told import describe_record, relate_incidents, tell
from incidex.model import Incident, Status, Value


def draft_record(incident: Incident, choice: Choice, again: Mapping[str, int] = NEVER) -> Draft:
    """Return the objects of a record, with what STIX could not hold of it or demanded.

    Retracted values never go out.

    `again` says of ids that were revoked how often, since none may ever be used again.
    """
    draft = Draft(incident, choose(incident, choice), again)
    for place in (*PLACES, place_impacts, tell, relate_incidents):
        place(draft)
    core = {"extension_type": "property-extension", **draft.core}
    draft.finish(**{INCIDENT_CORE: core, OURS: describe_record(draft)})
    if choice is not Choice.ALL:
        draft.losses.extend(_left_out(incident, draft.chosen))
    _check(draft)
    return draft


def _check(draft: Draft) -> None:
    """Check what is of this record alone; what it shares with others was checked when it was made."""
    check_form(list(draft.mine.values()))
    elsewhere = {make_id("incident", tie.other) for tie in draft.incident.ties}
    check_names(draft.mine.values(), elsewhere.union(FIXED, draft.objects))


def _left_out(incident: Incident, chosen: Mapping[str, Sequence[Value]]) -> Iterator[Loss]:
    for field, values in incident.values.items():
        out = {value.value for value in chosen.get(field, ())}
        for value in values:
            if value.value not in out and value.status is not Status.RETRACTED:
                yield Loss(incident.id, field, value.value, Lost.CHOICE, "another value was chosen to go out")
