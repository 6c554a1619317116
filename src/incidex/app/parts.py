"""Records worked on by several processes, some hundred at a time, in the order of a single one."""

import gc
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from incidex.app import helpers
from incidex.app.selecting import Selection
from incidex.model import Incident
from incidex.store import Log, SqliteLog

Made = TypeVar("Made")

#: What is done with some records. It goes to other processes and its results come back, pickled.
Work = Callable[[Iterable[Incident]], Made]

#: Records worked on at a time: enough to hide what handing over costs, few enough that memory stays flat.
_TOGETHER = 256

#: Records from which on a second process is worth its start.
_MANY = 5_000


def choose_workers(asked: int, most: int) -> int:
    """Return how many processes to use: as many as asked for, or, for 0, two where that pays."""
    return asked or (2 if most >= _MANY and _cores() > 1 else 1)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def in_parts(selection: Selection, work: Work[Made], workers: int = 1) -> Iterator[Made]:
    """Yield what `work` makes of a selection's records, some at a time, in their order.

    With several workers, each reads and folds in a process of its own. One is used where the database is
    not a file that each can open, or where the system gives no processes.
    """
    names = selection.log.incidents()
    parts = (names[first : first + _TOGETHER] for first in range(0, len(names), _TOGETHER))
    begun = _begin(selection, work, workers)
    if begun:
        yield from helpers.in_turn(begun, parts)
    else:
        for part in parts:
            yield work(selection.of(part))


def _begin(selection: Selection, work: Work[Any], workers: int) -> list[helpers.Helper]:
    if workers <= 1 or not isinstance(selection.log, SqliteLog):
        return []
    select = partial(
        Selection,
        tier=selection.tier,
        as_of=selection.as_of,
        head=selection.head,
        names_withheld=selection.names_withheld,
        condition=selection.condition,
    )
    return helpers.begin_all(partial(_open, selection.log.path, select, work), workers)


def _open(
    path: Path, select: Callable[[Log], Selection], work: Work[Made]
) -> Callable[[Sequence[str]], Made]:
    """Make a process ready: it opens the database for itself."""
    gc.set_threshold(*_RARELY)
    selection = select(SqliteLog(path))
    return lambda names: work(selection.of(names))


#: How seldom to look for cycles while millions of small values come and go that have none.
_RARELY = (200_000, 20, 20)


@contextmanager
def collecting_rarely() -> Iterator[None]:
    """Look for cycles seldom: it takes a fifth of the time of an export otherwise, and frees nothing."""
    usual = gc.get_threshold()
    gc.set_threshold(*_RARELY)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
