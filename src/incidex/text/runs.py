"""Offset maps, grown run by run and put one behind the other."""

from array import array
from bisect import bisect_right

from incidex.model import OffsetMap


class Runs:
    """A growing `OffsetMap`: where each run of the text begins, and which units of its origin it takes.

    Runs are appended in the order of the text. Those given to `keep` are known character by character,
    those given to `stand` only by their ends.
    """

    __slots__ = ("length", "origins", "starts", "widths")

    def __init__(self) -> None:
        self.starts = array("q")
        self.origins = array("q")
        self.widths = array("q")
        self.length = 0

    def keep(self, size: int, origin: int) -> None:
        """Append `size` characters that stand unchanged at `origin`."""
        if size <= 0:
            return
        if self.starts and self._is_exact_to_here() and self.origins[-1] + self.widths[-1] == origin:
            self.widths[-1] += size
            self.length += size
        else:
            self._append(size, origin, size)

    def stand(self, size: int, origin: int, width: int) -> None:
        """Append `size` characters that stand for `width` units at `origin`, nobody knows which for which."""
        if size <= 0:
            return
        if width == size and size > 1:
            # Equal lengths would promise that each character is one unit: widen the run by one unit instead.
            origin, width = max(0, origin - 1), width + 1
        if self._continues(size, origin, width):
            self.length += size
        else:
            self._append(size, origin, width)

    def bounds(self, start: int, end: int) -> tuple[int, int]:
        """Return the units that hold the characters from `start` to `end`, which may be the same place."""
        first = self.run_at(start)
        last = self.run_at(max(start, end - 1))
        return self._place(first, start, ends=False), self._place(last, end, ends=True)

    def through(self, inner: "Runs") -> "Runs":
        """Return the map from this text to where `inner` leads, `inner` mapping this map's units."""
        joined = Runs()
        for run in range(len(self.starts)):
            size, origin, width = self.size_of(run), self.origins[run], self.widths[run]
            if width == size:
                _cut(joined, inner, origin, origin + size)
            else:
                begin, end = inner.bounds(origin, origin + width)
                joined.stand(size, begin, max(0, end - begin))
        return joined

    def shifted(self, by: int) -> "Runs":
        """Return the same map, with its origin `by` units further on."""
        moved = Runs()
        moved.starts, moved.widths, moved.length = self.starts, self.widths, self.length
        moved.origins = array("q", (origin + by for origin in self.origins))
        return moved

    def to_map(self) -> OffsetMap:
        """Return the finished map."""
        return OffsetMap(
            starts=tuple(self.starts),
            origins=tuple(self.origins),
            widths=tuple(self.widths),
            length=self.length,
        )

    def _append(self, size: int, origin: int, width: int) -> None:
        self.starts.append(self.length)
        self.origins.append(origin)
        self.widths.append(width)
        self.length += size

    def _is_exact_to_here(self) -> bool:
        return self.length - self.starts[-1] == self.widths[-1]

    def _continues(self, size: int, origin: int, width: int) -> bool:
        """Say whether these characters stand for the very units the last ones stood for."""
        if not self.starts or self._is_exact_to_here() or self.length - self.starts[-1] + size == width:
            return False
        return self.origins[-1] == origin and self.widths[-1] == width

    def run_at(self, at: int) -> int:
        """Return the number of the run that holds character `at`."""
        return max(0, bisect_right(self.starts, at) - 1)

    def size_of(self, run: int) -> int:
        """Return how many characters a run has."""
        following = self.starts[run + 1] if run + 1 < len(self.starts) else self.length
        return following - self.starts[run]

    def _place(self, run: int, at: int, *, ends: bool) -> int:
        if not self.starts:
            return 0
        if self.size_of(run) == self.widths[run]:
            return self.origins[run] + at - self.starts[run]
        return self.origins[run] + (self.widths[run] if ends else 0)


def _cut(joined: Runs, inner: Runs, at: int, end: int) -> None:
    """Append the characters from `at` to `end` of the text that `inner` maps, as `inner` maps them."""
    run = inner.run_at(at)
    while at < end and run < len(inner.starts):
        size = inner.size_of(run)
        stop = min(end, inner.starts[run] + size)
        if inner.widths[run] == size:
            joined.keep(stop - at, inner.origins[run] + at - inner.starts[run])
        else:
            joined.stand(stop - at, inner.origins[run], inner.widths[run])
        at, run = stop, run + 1
