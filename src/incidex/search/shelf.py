"""What every collection of entries can be asked: the index of a tier, or entries in memory."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from incidex.search.conditions import Condition
from incidex.search.entry import Entry


class Shelf(Protocol):
    """Entries of one tier at one moment."""

    labels: dict[tuple[str, str], str]  # names in facets as they are written, once they were looked up

    @property
    def size(self) -> int:
        """Return how many entries there are."""
        ...

    def find(self, name: str) -> Entry | None:
        """Return the entry of an id, also of one that was merged into it."""
        ...

    def count(self, condition: Condition) -> int:
        """Return how many entries are like that."""
        ...

    def tally(
        self, condition: Condition, names: Iterable[str], most: int
    ) -> tuple[int, Mapping[str, Sequence[tuple[str, int]]]]:
        """Return how many entries are like that, and each facet's most frequent values among them.

        Equally frequent values come in their own order.
        """
        ...

    def page(
        self, condition: Condition, key: str, *, descending: bool, after: tuple[int, str] | None, limit: int
    ) -> list[Entry]:
        """Return such entries in the order of a key, then of their ids, beginning after one."""
        ...

    def closest(
        self, condition: Condition, weights: Mapping[str, int], limit: int
    ) -> list[tuple[int, Entry]]:
        """Return such entries by the weight of the facts that they have, the most first, then the newest."""
        ...
