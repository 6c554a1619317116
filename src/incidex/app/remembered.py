"""Incidents that were asked for lately, kept up with the log: what a change may have touched is forgotten.

Most changes touch one record of many, so that the pages of all others need not be made anew.
"""

from collections import OrderedDict
from threading import Lock

from incidex.app.folded import has_grown
from incidex.codebook import policy
from incidex.model import Incident, Kind, Tier, fold_record
from incidex.search.folding import touched
from incidex.store import Head, Log

#: Incidents that are remembered; a large one takes about half a megabyte.
MOST_REMEMBERED = 256

#: Changes that are looked at one by one; after more than that everything is forgotten.
MOST_FOLLOWED = 500


class Remembered:
    """The incidents of one log as it is now: the same value until it changes. Threads may share it."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._lock = Lock()
        self._head = Head(0, "")
        self._held: OrderedDict[tuple[str, Tier], Incident] = OrderedDict()

    def find(self, id: str, tier: Tier) -> Incident | None:  # noqa: A002
        """Return one incident as the tier may see it, or `None`."""
        key = (id, tier)
        with self._lock:
            head = self._log.head()
            if head != self._head:
                self._follow(head)
            held = self._held.get(key)
            if held is not None:
                self._held.move_to_end(key)
                return held
        found = fold_record(self._log.history, id, tier=tier, policy=policy())
        if found is not None and found.id == id:  # what was merged into another depends on more than its own
            self._keep(key, found, head)
        return found

    def _keep(self, key: tuple[str, Tier], found: Incident, head: Head) -> None:
        with self._lock:
            if self._head != head:
                return  # it may be of before what the others know of already
            self._held[key] = found
            if len(self._held) > MOST_REMEMBERED:
                self._held.popitem(last=False)

    def _follow(self, head: Head) -> None:
        """Forget what the changes since may have touched, or everything when that is not sure."""
        before, self._head = self._head, head
        if not self._held:
            return
        if not 0 < head.serial - before.serial <= MOST_FOLLOWED or not has_grown(self._log, before):
            self._held.clear()
            return
        changes = list(self._log.since(before.serial))
        if any(change.kind is Kind.REMOVED for change in changes):
            self._held.clear()  # words that had to go may have stood anywhere
            return
        gone = touched(self._log, changes)
        for key in [key for key in self._held if key[0] in gone]:
            del self._held[key]
