"""What was made lately, kept for as long as it is right: most of a page's cost is what it is made of."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

Made = TypeVar("Made")
Held = TypeVar("Held")

#: Things that are kept; of a large record one takes about a fifth of a megabyte.
MOST_RECENT = 256


class _Shelf(Generic[Held]):
    """The things that were asked for last. Shared by threads."""

    def __init__(self) -> None:
        self._held: OrderedDict[object, Held] = OrderedDict()
        self._lock = Lock()

    def find(self, key: object) -> Held | None:
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def put(self, key: object, held: Held) -> None:
        with self._lock:
            self._held[key] = held
            if len(self._held) > MOST_RECENT:
                self._held.popitem(last=False)


class Recent:
    """Things made of the log as it is. Without a `head`, which says where the log ends, nothing is kept."""

    def __init__(self, head: Callable[[], object] | None = None) -> None:
        self._head = head
        self._shelf: _Shelf[tuple[object, object]] = _Shelf()

    def find(self, key: object) -> object | None:
        """Return what was made under a key since the log last grew."""
        held = self._shelf.find(key) if self._head is not None else None
        return held[1] if held is not None and self._head is not None and held[0] == self._head() else None

    def keep(self, key: object, make: Callable[[], Made]) -> Made:
        """Return what was made under a key since the log last grew, or make it."""
        if self._head is None:
            return make()
        head = self._head()  # before it is made, so that it is never taken for newer than it is
        held = self._shelf.find(key)
        if held is not None and held[0] == head:
            return held[1]  # type: ignore[return-value]  # under one key is always one kind
        made = make()
        self._shelf.put(key, (head, made))
        return made


class Lasting:
    """Things made of single records. They are right for as long as a library returns that very value."""

    def __init__(self) -> None:
        self._shelf: _Shelf[tuple[object, object]] = _Shelf()

    def keep(self, key: object, of: object, make: Callable[[], Made]) -> Made:
        """Return what was made of a value under a key, or make it."""
        held = self._shelf.find(key)
        if held is not None and held[0] is of:
            return held[1]  # type: ignore[return-value]  # under one key is always one kind
        made = make()
        self._shelf.put(key, (of, made))
        return made
