"""The collections of a library, made when they are first asked for and kept up with the log.

A collection of many records takes a while to be made. That is done in a thread of its own, and whoever asks
meanwhile is told when to come again instead of being made to wait. Afterwards a change costs what the records
that it touches cost.
"""

import logging
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from threading import Event, Lock, Thread

from incidex.exchange.stix import Line, Telling, to_lines
from incidex.model import NO_PAST, Tier
from incidex.search import BusyError
from incidex.web.base import Library, News
from incidex.web.taxii_shelf import Entry, Shelf, to_taxii_time

_LOG = logging.getLogger(__name__)

#: Bytes of objects that are kept ready, over all collections; others are made again when they are asked for.
KEPT_BYTES = 128 * 2**20

#: How long a request waits for a collection to be brought up to date before it is told to come again.
PATIENCE_SECONDS = 1.5


class _Update:
    """A collection being brought up to date."""

    def __init__(self) -> None:
        self.done = Event()
        self.error: Exception | None = None


class Shelves:
    """The collections of a library, one for each tier. Shared by threads."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._lock = Lock()
        self._shelves: dict[Tier, Shelf] = {}
        self._updates: dict[Tier, _Update] = {}
        self._texts = _Texts()

    def get(self, tier: Tier) -> Shelf:
        """Return a collection as the log has it now; raise `BusyError` when that takes too long."""
        for _ in range(2):  # an update that had begun before the log grew may not have seen it
            if self._is_current(tier):
                break
            update = self.begin(tier)
            if not update.done.wait(PATIENCE_SECONDS):
                raise BusyError("this collection is being put together; ask again in a few seconds")
            if update.error:
                raise update.error
        return self._shelves[tier]

    def begin(self, tier: Tier) -> _Update:
        """Begin to bring a collection up to date, unless that is being done."""
        with self._lock:
            update = self._updates.get(tier)
            if update is None or update.done.is_set():
                update = self._updates[tier] = _Update()
                name = f"taxii-{tier.name.lower()}"
                Thread(target=self._follow, args=(tier, update), name=name, daemon=True).start()
            return update

    def read(self, tier: Tier, entries: Sequence[Entry]) -> list[bytes]:
        """Return objects as JSON. One that has changed since the entries were found may be missing."""
        found = (self._read(tier, entry) for entry in entries)
        return [text for text in found if text]

    def _is_current(self, tier: Tier) -> bool:
        shelf = self._shelves.get(tier)
        return shelf is not None and shelf.head == self._library.head()

    def _follow(self, tier: Tier, update: _Update) -> None:
        try:
            shelf = self._shelves.get(tier)
            news = self._library.news(shelf.head if shelf else None)
            if shelf is None or news.is_anew:
                self._shelves[tier] = self._make_shelf(tier, news)
            else:
                self._put_all(shelf, tier, news)
        except Exception as error:  # noqa: BLE001  who asked is told, and the next one begins again
            _LOG.warning("a collection could not be brought up to date: %s", type(error).__name__)
            update.error = error
        finally:
            update.done.set()

    def _make_shelf(self, tier: Tier, news: News) -> Shelf:
        shelf = Shelf(news.head)
        incidents = sorted(self._library.incidents(tier), key=lambda each: (each.changed_at, each.id))
        left = set(news.taken)
        for incident in incidents:
            left.discard(incident.id)
            past = self._library.past(incident.id, tier) if incident.id in news.taken else NO_PAST
            self._put(shelf, tier, incident.id, Telling(incident, past))
        for record in sorted(left):
            self._put(shelf, tier, record, Telling(None, self._library.past(record, tier)))
        return shelf

    def _put_all(self, shelf: Shelf, tier: Tier, news: News) -> None:
        for record in sorted(news.records):
            telling = self._tell(record, tier)
            with shelf.lock:
                self._put(shelf, tier, record, telling)
        shelf.head = news.head

    def _tell(self, record: str, tier: Tier) -> Telling:
        found = self._library.find_incident(record, tier)
        now = found if found is not None and found.id == record else None
        return Telling(now, self._library.past(record, tier))

    def _put(self, shelf: Shelf, tier: Tier, record: str, telling: Telling) -> None:
        lines, _ = to_lines(telling)
        added = _say_when(telling) if lines else ""
        # Fixed objects have a version of their own, or none: then it is when they were added.
        shelf.put(record, added, [(name, version or added) for name, version, _ in lines])
        self._texts.put(tier, record, lines)

    def _read(self, tier: Tier, entry: Entry) -> bytes | None:
        record = entry.place.record
        texts = self._texts.find(tier, record)
        if texts is None:
            lines, _ = to_lines(self._tell(record, tier))
            texts = self._texts.put(tier, record, lines)
        return texts.get(entry.id)


class _Texts:
    """Objects of the records that were made last, by their ids, within a number of bytes."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._held: OrderedDict[tuple[Tier, str], dict[str, bytes]] = OrderedDict()
        self._size = 0

    def find(self, tier: Tier, record: str) -> dict[str, bytes] | None:
        return self._held.get((tier, record))

    def put(self, tier: Tier, record: str, lines: Sequence[Line]) -> dict[str, bytes]:
        """Keep these in place of those that the record had; return them."""
        texts = {name: text for name, _, text in lines}
        with self._lock:
            self._size += _sum(texts) - _sum(self._held.pop((tier, record), {}))
            self._held[tier, record] = texts
            while self._size > KEPT_BYTES and len(self._held) > 1:
                self._size -= _sum(self._held.popitem(last=False)[1])
        return texts


def _sum(texts: Mapping[str, bytes]) -> int:
    return sum(map(len, texts.values()))


def _say_when(telling: Telling) -> str:
    """Return when a record's objects were added: when it last changed, or when it ceased to be one."""
    return to_taxii_time(telling.now.changed_at if telling.now else telling.past.stood[-1].at)
