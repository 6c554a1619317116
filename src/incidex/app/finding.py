"""Which incident a person means by an id, the start of one, or a victim's name."""

from incidex.codebook import policy
from incidex.model import AsOf, Incident, InputError, Tier, fold_record
from incidex.store import Log

#: More incidents than this of one name are counted, not listed.
LISTED = 20


def get_incident(log: Log, name: str, *, tier: Tier, as_of: AsOf = None) -> Incident:
    """Return the one incident that an id, the start of one, or a victim's name means.

    An id that was merged into another means that one. Raises `InputError` when nothing answers to the name,
    or several do.
    """
    found = log.find_by_name(name, tier)
    if not found:
        raise InputError(f"no incident answers to {name!r}; give an id, the start of one, or a victim's name")
    folded = {} if len(found) > LISTED else _fold(log, found, tier, as_of)
    if len(folded) > 1:
        named = {each.id: each for each in folded.values() if _is_named(each, name)}
        folded = named or folded
    if len(folded) == 1:
        return next(iter(folded.values()))
    if len(found) == 1:
        raise InputError(f"there was nothing of {found[0]} to see then")
    ids = tuple(folded) or found
    more = ", …" if len(ids) > LISTED else ""
    raise InputError(
        f"{len(ids)} incidents answer to {name!r}; say which one: {', '.join(ids[:LISTED])}{more}"
    )


def _fold(log: Log, found: tuple[str, ...], tier: Tier, as_of: AsOf) -> dict[str, Incident]:
    folded = (fold_record(log.history, each, as_of=as_of, tier=tier, policy=policy()) for each in found)
    return {incident.id: incident for incident in folded if incident is not None}


def _is_named(incident: Incident, name: str) -> bool:
    """Say whether the name is still the record's: a report with it may have been moved elsewhere."""
    wanted = name.casefold()
    held = (value.value.casefold() for value in incident.values.get("victim.name", ()))
    return incident.id.casefold().startswith(wanted) or any(wanted in value for value in held)
