"""What was made of records lately, kept while the log stands still: most of a page's cost is its model."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import TypeVar

Made = TypeVar("Made")

#: Records that are kept; a large one takes about half a megabyte.
MOST_RECENT = 64


class Recent:
    """A few things made of the log as it is. Shared by threads. Without a `head` nothing is kept."""

    def __init__(self, head: Callable[[], object] | None = None) -> None:
        self._head = head
        self._held: OrderedDict[object, tuple[object, object]] = OrderedDict()
        self._lock = Lock()

    def keep(self, key: object, make: Callable[[], Made]) -> Made:
        """Return what was made under a key since the log last grew, or make it."""
        if self._head is None:
            return make()
        head = self._head()  # before it is made, so that it is never taken for newer than it is
        with self._lock:
            held = self._held.get(key)
            if held is not None and held[0] == head:
                self._held.move_to_end(key)
                return held[1]  # type: ignore[return-value]  # under one key is always one kind
        made = make()
        with self._lock:
            self._held[key] = (head, made)
            if len(self._held) > MOST_RECENT:
                self._held.popitem(last=False)
        return made
