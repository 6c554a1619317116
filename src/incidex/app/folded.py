"""All incidents of a tier, folded once and then kept up with the log.

What a change may have touched is folded anew, and the rest stays.
"""

from collections.abc import Iterable
from threading import Lock, Thread
from typing import NamedTuple

from incidex.codebook import policy
from incidex.model import Incident, Tier, fold_record, fold_records
from incidex.search.folding import touched
from incidex.store import Head, Log

#: Changes that whoever asks first may wait for.
SOON = 20_000


class _Held(NamedTuple):
    """What is kept for one tier: up to where, by id, and in order."""

    head: Head
    by_id: dict[str, Incident]
    ordered: tuple[Incident, ...]


def in_order(incidents: Iterable[Incident]) -> tuple[Incident, ...]:
    """Return incidents the newest first, by when their tier first saw something of them.

    The log's own order would tell that something hidden was there before (law 8).
    """
    return tuple(sorted(incidents, key=lambda each: (each.opened_at, each.id), reverse=True))


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
                by_id = self._follow(held, tier) if held is not None and grew else self._fold_all(tier)
                held = _Held(head, by_id, in_order(by_id.values()))
                self._held[tier] = held
            return held.ordered

    def is_ready(self, tier: Tier) -> bool:
        """Say whether `get` answers soon; when it would not, begin to fold in a thread of its own."""
        if tier in self._held or self._log.last_serial() <= SOON:
            return True
        if tier not in self._begun:
            self._begun.add(tier)
            Thread(target=self.get, args=(tier,), name=f"fold-{tier.name.lower()}", daemon=True).start()
        return False

    def _fold_all(self, tier: Tier) -> dict[str, Incident]:
        found = fold_records(self._log.history, self._log.incidents(), tier=tier, policy=policy())
        return {incident.id: incident for incident in found}

    def _follow(self, held: _Held, tier: Tier) -> dict[str, Incident]:
        """Fold anew what changes may have touched, and drop what is no incident of its own any more."""
        by_id = dict(held.by_id)
        for record in touched(self._log, self._log.since(held.head.serial)):
            by_id.pop(record, None)
            incident = fold_record(self._log.history, record, tier=tier, policy=policy())
            if incident is not None and incident.id == record:
                by_id[record] = incident
        return by_id
