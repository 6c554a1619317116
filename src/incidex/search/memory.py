"""Search without an index: entries in memory, for records as they stood and for small collections."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from incidex.search.conditions import Condition
from incidex.search.entry import Entry
from incidex.search.match import Read, matches


class MemoryShelf:
    """A `Shelf` over entries in memory. It answers exactly as an index over the same entries does."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._read = [Read(entry) for entry in entries]

    def count(self, condition: Condition) -> int:
        """Return how many entries are like that."""
        return len(self._find(condition))

    def facets(
        self, condition: Condition, names: Iterable[str], most: int
    ) -> Mapping[str, Sequence[tuple[str, int]]]:
        """Return each facet's most frequent values among such entries."""
        found = self._find(condition)
        counted = {
            name: Counter(value for entry in found for value in entry.facets.get(name, ())) for name in names
        }
        return {name: rank(counter.items(), most) for name, counter in counted.items()}

    def page(
        self, condition: Condition, key: str, *, descending: bool, after: tuple[int, str] | None, limit: int
    ) -> list[Entry]:
        """Return such entries in the order of a key, then of their ids, beginning after one."""
        return list_in_order(self._find(condition), key, descending=descending, after=after)[:limit]

    def _find(self, condition: Condition) -> list[Entry]:
        return [read.entry for read in self._read if matches(condition, read)]


def rank(counted: Iterable[tuple[str, int]], most: int) -> list[tuple[str, int]]:
    """Return the most frequent values, equally frequent ones in their own order."""
    return sorted(counted, key=lambda each: (-each[1], each[0]))[:most]


def list_in_order(
    entries: Iterable[Entry], key: str, *, descending: bool, after: tuple[int, str] | None
) -> list[Entry]:
    """Return entries in the order of a key, those with one key in the order of their ids, after a place."""
    sign = -1 if descending else 1

    def place(number: int, name: str) -> tuple[int, str]:
        return sign * number, name

    ordered = sorted(entries, key=lambda entry: place(getattr(entry, key), entry.id))
    if after is None:
        return ordered
    return [entry for entry in ordered if place(getattr(entry, key), entry.id) > place(*after)]
