"""The objects of a TAXII collection in the order in which they were added, kept up with the log.

When an object was added is when its record last changed, by the log. An object that several records share was
added with the first of them, and stands in the collection once. What was taken back stands there as revoked.
"""

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from threading import Lock
from typing import NamedTuple

#: When a record was added, as a TAXII timestamp, and the record: what a collection is ordered by.
Key = tuple[str, str]


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
        return _type_of(self.id)


class _Record(NamedTuple):
    key: Key
    names: Sequence[tuple[str, str]]  # id and version of each object


class _Ordered:
    """Keys in order, each counted: of the records that a type's objects stand with."""

    def __init__(self) -> None:
        self.keys: list[Key] = []
        self._counts: dict[Key, int] = {}

    def add(self, key: Key) -> None:
        count = self._counts.get(key, 0)
        self._counts[key] = count + 1
        if not count:
            insort(self.keys, key)

    def remove(self, key: Key) -> None:
        count = self._counts.pop(key) - 1
        if count:
            self._counts[key] = count
        else:
            del self.keys[bisect_left(self.keys, key)]


class Shelf:
    """One collection. Changed record by record; whoever reads or changes it holds its `lock`."""

    def __init__(self, head: object) -> None:
        self.head = head  # where the log ended that it was last made from
        self.lock = Lock()
        self._records: dict[str, _Record] = {}
        self._keys: list[Key] = []
        self._holders: dict[str, Key | list[Key]] = {}  # by object: where it stands, and where it would
        self._types: dict[str, _Ordered] = defaultdict(_Ordered)

    def __len__(self) -> int:
        return len(self._holders)

    def put(self, record: str, added: str, names: Sequence[tuple[str, str]]) -> None:
        """Take in a record's objects, in place of those that it had; nothing at all takes it out."""
        self._drop(record)
        if not names:
            return
        key = (added, record)
        self._records[record] = _Record(key, names)
        insort(self._keys, key)
        for name, _ in names:
            self._hold(name, key)

    def find(self, name: str) -> Entry | None:
        """Return an object by its id."""
        held = self._holders.get(name)
        if held is None:
            return None
        key = held[0] if isinstance(held, list) else held
        names = self._records[key[1]].names
        number = next(number for number, each in enumerate(names) if each[0] == name)
        return Entry(Place(*key, number), *names[number])

    def names_of(self, record: str) -> Sequence[tuple[str, str]]:
        """Return the id and version of each object of a record, also of those that stand with another."""
        found = self._records.get(record)
        return found.names if found else ()

    def walk(self, *, added_after: str = "", since: Place | None = None) -> Iterator[Entry]:
        """Yield every object that was added after a time and stands after a place, in order."""
        for key in _from(self._keys, added_after, since):
            for number, (name, version) in self._held_by(key, since):
                yield Entry(Place(*key, number), name, version)

    def walk_types(
        self, types: Sequence[str], *, added_after: str = "", since: Place | None = None
    ) -> Iterator[Entry]:
        """Yield those of some types; records without any are passed over."""
        wanted = [self._types[kind].keys for kind in dict.fromkeys(types) if kind in self._types]
        found = [_from(keys, added_after, since) for keys in wanted]
        for key in found[0] if len(found) == 1 else sorted({key for keys in found for key in keys}):
            for number, (name, version) in self._held_by(key, since):
                if _type_of(name) in types:
                    yield Entry(Place(*key, number), name, version)

    def _held_by(self, key: Key, since: Place | None) -> Iterator[tuple[int, tuple[str, str]]]:
        first = since.number + 1 if since and key == since[:2] else 0
        for number, each in enumerate(self._records[key[1]].names[first:], start=first):
            held = self._holders[each[0]]
            if (held[0] if isinstance(held, list) else held) == key:
                yield number, each

    def _drop(self, record: str) -> None:
        found = self._records.pop(record, None)
        if found is None:
            return
        del self._keys[bisect_left(self._keys, found.key)]
        for name, _ in found.names:
            self._let_go(name, found.key)

    def _hold(self, name: str, key: Key) -> None:
        held = self._holders.get(name)
        if held is None:
            self._holders[name] = key
            self._types[_type_of(name)].add(key)
            return
        keys = held if isinstance(held, list) else [held]
        former = keys[0]
        insort(keys, key)
        self._holders[name] = keys
        self._pass_on(name, former, keys[0])

    def _let_go(self, name: str, key: Key) -> None:
        held = self._holders[name]
        if not isinstance(held, list):
            del self._holders[name]
            self._types[_type_of(name)].remove(key)
            return
        former = held[0]
        del held[bisect_left(held, key)]
        if len(held) == 1:
            self._holders[name] = held[0]
        self._pass_on(name, former, held[0])

    def _pass_on(self, name: str, former: Key, key: Key) -> None:
        if former != key:
            kind = self._types[_type_of(name)]
            kind.remove(former)
            kind.add(key)


def to_taxii_time(at: datetime) -> str:
    """Return a UTC time as TAXII writes it, with microseconds."""
    return f"{at.astimezone(UTC).isoformat(timespec='microseconds')[:26]}Z"


def _type_of(name: str) -> str:
    return name.partition("--")[0]


def _from(keys: list[Key], added_after: str, since: Place | None) -> Sequence[Key]:
    first = bisect_right(keys, added_after, key=lambda key: key[0]) if added_after else 0
    if since:
        first = max(first, bisect_left(keys, (since.added, since.record)))
    return keys[first:]
