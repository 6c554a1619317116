"""Records with what was taken back of them, for formats that tell those who had it before."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from incidex.codebook import policy
from incidex.exchange.stix import Telling
from incidex.model import NO_PAST, TAKING, AsOf, Incident, Past, Tier, find_past
from incidex.store import Log


def find_taken(log: Log) -> frozenset[str]:
    """Return the records of which something may have been taken back: all others have no past to tell."""
    return frozenset(log.incidents()).intersection(chain.from_iterable(map(log.records, TAKING)))


def past_of(log: Log, record: str, tier: Tier, as_of: AsOf = None) -> Past:
    """Return what was taken back of a record, as a tier saw it."""
    return find_past(log.history, record, as_of=as_of, tier=tier, policy=policy())


def tell(
    incidents: Iterable[Incident], taken: frozenset[str], find: Callable[[str], Past], *, is_whole: bool
) -> Iterator[Telling]:
    """Yield incidents with their past; after all of them (`is_whole`), those that are none any more."""
    seen: set[str] = set()
    for incident in incidents:
        is_taken = incident.id in taken
        seen.update((incident.id,) if is_taken else ())
        yield Telling(incident, find(incident.id) if is_taken else NO_PAST)
    if is_whole:
        for record in sorted(taken - seen):
            yield Telling(None, find(record))
