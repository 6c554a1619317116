"""Search without an index: entries in memory, for records as they stood and for small collections."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from incidex.search.conditions import Condition, Fact
from incidex.search.entry import Entry, fold_fact
from incidex.search.match import Read, matches


class MemoryShelf:
    """A `Shelf` over entries in memory. It answers exactly as an index over the same entries does."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._read = [Read(entry) for entry in entries]
        self.labels: dict[tuple[str, str], str] = {}

    @property
    def size(self) -> int:
        """Return how many entries there are."""
        return len(self._read)

    def find(self, name: str) -> Entry | None:
        """Return the entry of an id."""
        found = self._find(Fact((fold_fact("id", name),)))
        return found[0] if found else None

    def count(self, condition: Condition) -> int:
        """Return how many entries are like that."""
        return len(self._find(condition))

    def tally(
        self, condition: Condition, names: Iterable[str], most: int
    ) -> tuple[int, Mapping[str, Sequence[tuple[str, int]]]]:
        """Return how many entries are like that, and each facet's most frequent values among them."""
        found = self._find(condition)
        counted = {
            name: Counter(value for entry in found for value in entry.facets.get(name, ())) for name in names
        }
        return len(found), {name: rank(counter.items(), most) for name, counter in counted.items()}

    def page(
        self, condition: Condition, key: str, *, descending: bool, after: tuple[int, str] | None, limit: int
    ) -> list[Entry]:
        """Return such entries in the order of a key, then of their ids, beginning after one."""
        return list_in_order(self._find(condition), key, descending=descending, after=after)[:limit]

    def closest(
        self, condition: Condition, weights: Mapping[str, int], limit: int
    ) -> list[tuple[int, Entry]]:
        """Return such entries by the weight of the facts that they have, the most first, then the newest."""
        weighed = [(weight_of(entry, weights), entry) for entry in self._find(condition)]
        return rank_entries([(points, entry) for points, entry in weighed if points])[:limit]

    def _find(self, condition: Condition) -> list[Entry]:
        return [read.entry for read in self._read if matches(condition, read)]


def rank(counted: Iterable[tuple[str, int]], most: int) -> list[tuple[str, int]]:
    """Return the most frequent values, equally frequent ones in their own order."""
    return sorted(counted, key=lambda each: (-each[1], each[0]))[:most]


def weight_of(entry: Entry, weights: Mapping[str, int]) -> int:
    """Return how much the facts of an entry weigh together."""
    return sum(weights.get(fact, 0) for fact in entry.facts)


def rank_entries(weighed: Iterable[tuple[int, Entry]]) -> list[tuple[int, Entry]]:
    """Return entries by their weight, the most first, then the newest, then by id."""
    return sorted(weighed, key=lambda each: (-each[0], -each[1].new, each[1].id))


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
