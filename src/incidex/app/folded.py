"""All incidents of a tier, folded once and then kept up with the log.

What a change may have touched is folded anew, and the rest stays.
"""

import gc
from bisect import insort
from collections.abc import Iterable
from datetime import datetime
from threading import Lock, Thread
from typing import NamedTuple

from incidex.codebook import policy
from incidex.model import Incident, Kind, Tier, fold_record, fold_records
from incidex.search.folding import touched, uncollected
from incidex.store import Head, Log

#: Changes that whoever asks first may wait for.
SOON = 20_000


#: Incidents that are worth being left out when Python looks for what can go.
_MANY = 5_000

#: What only adds to records. Of anything else, nothing may linger that was made before.
_ADDS = frozenset(
    {Kind.RECEIVED, Kind.FAILED, Kind.LINKED, Kind.CLAIMED, Kind.ASSIGNED, Kind.SAMPLED, Kind.ANSWERED}
)


class _Held(NamedTuple):
    """What is kept for one tier: up to where, in order, and how often something was taken back."""

    head: Head
    ordered: tuple[Incident, ...]
    withdrawn: int = 0


def in_order(incidents: Iterable[Incident]) -> tuple[Incident, ...]:
    """Return incidents the newest first, by when their tier first saw something of them.

    The log's own order would tell that something hidden was there before (law 8).
    """
    return tuple(sorted(incidents, key=_place, reverse=True))


def _place(incident: Incident) -> tuple[datetime, str]:
    return incident.opened_at, incident.id


def has_grown(log: Log, before: Head) -> bool:
    """Say whether a log is the one that was read, and not one cut off, restored or rewritten."""
    line = next(iter(log.lines(before.serial - 1)), None) if before.serial else None
    return line is not None and line.hash == before.hash


class Folded:
    """The incidents of one log, of its newest state alone: nothing that was removed may linger here."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._held: dict[Tier, _Held] = {}
        self._locks = {tier: Lock() for tier in Tier}
        self._begun: set[Tier] = set()

    def get(self, tier: Tier) -> tuple[Incident, ...]:
        """Return every incident of which the tier may see something, newest first."""
        head = self._log.head()
        held = self._held.get(tier)
        if held is not None and held.head == head:
            return held.ordered
        with self._locks[tier]:  # two who come at once do not both fold
            held = self._held.get(tier)
            if held is None or held.head != head:
                grew = held is not None and has_grown(self._log, held.head)
                made = self._follow(held, head, tier) if held is not None and grew else None
                held = made or _Held(head, self._fold_all(tier), held.withdrawn + 1 if held else 0)
                self._held[tier] = held
            return held.ordered

    def withdrawn(self, tier: Tier) -> int:
        """Return how often something was taken back or removed since the tier was first read."""
        held = self._held.get(tier)
        return held.withdrawn if held else 0

    def is_ready(self, tier: Tier) -> bool:
        """Say whether `get` answers soon; when it would not, begin to fold in a thread of its own."""
        if tier in self._held or self._log.last_serial() <= SOON:
            return True
        if tier not in self._begun:
            self._begun.add(tier)
            Thread(target=self.get, args=(tier,), name=f"fold-{tier.name.lower()}", daemon=True).start()
        return False

    def _fold_all(self, tier: Tier) -> tuple[Incident, ...]:
        with uncollected():
            found = in_order(
                fold_records(self._log.history, self._log.incidents(), tier=tier, policy=policy())
            )
        # What was folded stays. Python need not go through it again and again: of 20,000 incidents that takes
        # half a second, in which nobody is answered.
        if len(found) >= _MANY:
            gc.freeze()
        return found

    def _follow(self, held: _Held, head: Head, tier: Tier) -> _Held:
        """Fold anew what changes may have touched, and drop what is no incident of its own any more."""
        changes = list(self._log.since(held.head.serial))
        records = touched(self._log, changes)
        # Oldest first, so that the few that are new find their places without all being put in order again.
        ordered = [each for each in reversed(held.ordered) if each.id not in records]
        for record in records:
            incident = fold_record(self._log.history, record, tier=tier, policy=policy())
            if incident is not None and incident.id == record:
                insort(ordered, incident, key=_place)
        ordered.reverse()
        withdrawn = sum(change.kind not in _ADDS for change in changes)
        return _Held(head, tuple(ordered), held.withdrawn + withdrawn)
