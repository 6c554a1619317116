"""The objects of a TAXII collection in the order in which they were added, made from records as these change.

When an object was added is when its record last changed, by the log. An object that several records share was
added with the first of them, and stands in the collection once.
"""

from bisect import bisect_left, bisect_right
from collections import OrderedDict, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import NamedTuple

from incidex.exchange.stix import encode, to_stix
from incidex.model import Incident, Tier
from incidex.web.base import Library

#: Bytes of objects that are kept ready, over all collections; others are made again when they are asked for.
KEPT_BYTES = 128 * 2**20


class Place(NamedTuple):
    """Where an object stands in a collection. It says where to go on, also when its record has moved."""

    added: str  # a TAXII timestamp, as "2026-01-02T03:04:05.678901Z"
    record: str
    number: int  # within the record


class Entry(NamedTuple):
    """An object of a collection, without its words."""

    place: Place
    id: str
    version: str

    @property
    def type(self) -> str:
        """Return the type, which the id begins with."""
        return self.id.partition("--")[0]


class _Record(NamedTuple):
    """A record's objects, and what tells that it is still the same record."""

    same: object
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Shelf:
    """One collection, as it stands."""

    entries: Sequence[Entry]  # in order of place
    by_id: Mapping[str, int]
    by_type: Mapping[str, Sequence[int]]
    incidents: Mapping[str, Incident]

    def after(self, place: Place) -> int:
        """Return the position of the first entry that stands after a place."""
        return bisect_right(self.entries, place, key=lambda entry: entry.place)

    def added_after(self, time: str) -> int:
        """Return the position of the first entry that was added after a time."""
        return bisect_right(self.entries, time, key=lambda entry: entry.place.added)

    def positions(self, types: Sequence[str], first: int) -> Iterator[int]:
        """Yield the positions of all entries of some types from `first` on, in order."""
        held = [self.by_type.get(kind, ()) for kind in dict.fromkeys(types)]
        left = [each[bisect_left(each, first) :] for each in held]
        yield from left[0] if len(left) == 1 else sorted(position for each in left for position in each)


class Shelves:
    """The collections of a library, one for each tier. Shared by threads."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._lock = Lock()
        self._seen: dict[Tier, tuple[Sequence[Incident], Shelf]] = {}
        self._records: dict[Tier, dict[str, _Record]] = defaultdict(dict)
        self._bytes: OrderedDict[tuple[Tier, Place], bytes] = OrderedDict()
        self._size = 0

    def get(self, tier: Tier) -> Shelf:
        """Return a collection as the log has it now. Only records that have changed are made anew."""
        incidents = self._library.incidents(tier)
        with self._lock:
            seen = self._seen.get(tier)
            if seen is None or seen[0] is not incidents:
                seen = (incidents, self._fill(tier, incidents))
                self._seen[tier] = seen
            return seen[1]

    def read(self, shelf: Shelf, tier: Tier, entries: Sequence[Entry]) -> list[bytes]:
        """Return objects as JSON."""
        with self._lock:
            return [self._read(shelf, tier, entry) for entry in entries]

    def _fill(self, tier: Tier, incidents: Sequence[Incident]) -> Shelf:
        ordered = sorted(incidents, key=lambda incident: (incident.changed_at, incident.id))
        held, kept = self._records[tier], {}
        for incident in ordered:
            record = held.get(incident.id)
            same = _tell(incident)
            if record is None or record.same != same:
                record = _Record(same, tuple(self._make(tier, incident)))
            kept[incident.id] = record
        self._records[tier] = kept
        return _arrange([kept[each.id] for each in ordered], {each.id: each for each in ordered})

    def _make(self, tier: Tier, incident: Incident) -> Iterator[Entry]:
        added = to_taxii_time(incident.changed_at)
        for number, made in enumerate(to_stix(incident)[0]):
            place = Place(added, incident.id, number)
            self._keep(tier, place, encode(made))
            yield Entry(place, made["id"], made.get("modified") or made.get("created") or added)

    def _keep(self, tier: Tier, place: Place, text: bytes) -> None:
        self._size += len(text) - len(self._bytes.pop((tier, place), b""))
        self._bytes[tier, place] = text
        while self._size > KEPT_BYTES:
            self._size -= len(self._bytes.popitem(last=False)[1])

    def _read(self, shelf: Shelf, tier: Tier, entry: Entry) -> bytes:
        found = self._bytes.get((tier, entry.place))
        if found is None:
            for _ in self._make(tier, shelf.incidents[entry.place.record]):
                pass  # all of the record is kept, since its other objects are asked for next
            found = self._bytes[tier, entry.place]
        return found


def to_taxii_time(at: datetime) -> str:
    """Return a UTC time as TAXII writes it, with microseconds."""
    return f"{at.astimezone(UTC).isoformat(timespec='microseconds')[:26]}Z"


def _tell(incident: Incident) -> object:
    """Return what is different when anything of the record is, removed words and judgements among it."""
    return (
        incident.version,
        incident.changed_at,
        incident.opened_at,
        incident.ties,
        tuple(incident.removed.items()),
        tuple(report.id for report in incident.reports),
    )


def _arrange(records: Sequence[_Record], incidents: Mapping[str, Incident]) -> Shelf:
    entries: list[Entry] = []
    by_id: dict[str, int] = {}
    by_type: dict[str, list[int]] = defaultdict(list)
    for record in records:
        for entry in record.entries:
            if entry.id not in by_id:
                by_id[entry.id] = len(entries)
                by_type[entry.type].append(len(entries))
                entries.append(entry)
    return Shelf(entries, by_id, by_type, incidents)
