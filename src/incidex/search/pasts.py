"""What could be found at a moment of the past: entries folded as of then, kept while the log stands still.

There is no index of the past. All records are folded as of a moment, which takes as long as that takes: so
one moment is folded at a time, and the last few are kept for whoever turns a page.
"""

from collections import OrderedDict
from threading import Lock

from incidex.model import AsOf, InputError, Tier
from incidex.search.folding import entries_of
from incidex.search.keeping import WAIT_SECONDS, BusyError
from incidex.search.memory import MemoryShelf
from incidex.store import Head, Log

#: Moments that are kept.
MOST_MOMENTS = 4

#: Incidents that are folded for somebody who waits at a site: about ten seconds.
MOST_INCIDENTS = 20_000


class Pasts:
    """The last few moments that were asked for. Shared by threads."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._held: OrderedDict[tuple[Tier, AsOf], MemoryShelf] = OrderedDict()
        self._head: Head | None = None
        self._folding = Lock()

    def shelf(self, tier: Tier, as_of: AsOf, *, wait_seconds: float = WAIT_SECONDS) -> MemoryShelf:
        """Return what a tier could find at a moment; raise `BusyError` while another moment is folded."""
        if not self._folding.acquire(timeout=wait_seconds):
            raise BusyError("another moment of the past is being read; try again in a minute")
        try:
            head = self._log.head()  # before it is folded, so that it is never taken for newer than it is
            if head != self._head:  # what was removed since may not linger here
                self._held.clear()
                self._head = head
            key = (tier, as_of)
            if key not in self._held:
                self._held[key] = MemoryShelf(entries_of(self._log, tier, as_of))
            self._held.move_to_end(key)
            if len(self._held) > MOST_MOMENTS:
                self._held.popitem(last=False)
            return self._held[key]
        finally:
            self._folding.release()


def refuse_long(count: int) -> None:
    """Refuse to fold more incidents than somebody should wait for; `count` is how many their tier sees."""
    if count > MOST_INCIDENTS:
        raise InputError(
            f"searching the past of {count:,} incidents takes too long here; "
            "ask `incidex search QUERY --as-of TIME`, or for a single record as of then"
        )
