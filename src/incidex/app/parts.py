"""Records worked on by several processes, some hundred at a time, in the order of a single one."""

import gc
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

from incidex.app.selecting import Selection
from incidex.model import Incident, StoreError
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
    pool = _find_pool(selection, work, workers)
    if pool is None:
        for part in parts:
            yield work(selection.of(part))
        return
    with pool:
        try:
            yield from _in_order(pool, parts, ahead=workers * 2)
        except BrokenProcessPool as error:
            raise StoreError(
                "a process that helped has ended, perhaps for want of memory; try again with --workers 1"
            ) from error
        finally:
            pool.shutdown(cancel_futures=True)


def _find_pool(selection: Selection, work: Work[Made], workers: int) -> ProcessPoolExecutor | None:
    if workers <= 1 or not isinstance(selection.log, SqliteLog):
        return None
    select = partial(
        Selection,
        tier=selection.tier,
        as_of=selection.as_of,
        head=selection.head,
        names_withheld=selection.names_withheld,
        condition=selection.condition,
    )
    try:
        # Spawned, not forked: a fork would copy whatever threads, locks and connections the caller holds.
        pool = ProcessPoolExecutor(
            workers, get_context("spawn"), initializer=_start, initargs=(selection.log.path, select, work)
        )
        pool.submit(os.getpid)  # begins the first, where that is allowed
    except (OSError, ImportError, NotImplementedError):  # no more processes, or no semaphores, are to be had
        return None
    return pool


def _in_order(pool: ProcessPoolExecutor, parts: Iterable[Sequence[str]], *, ahead: int) -> Iterator[Any]:
    waiting: deque[Future[Any]] = deque()
    for part in parts:
        waiting.append(pool.submit(_work, part))
        if len(waiting) > ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


# ---------------------------------------------------------------------------- in a worker

_task: tuple[Selection, Work[Any]]


def _start(path: Path, select: Callable[[Log], Selection], work: Work[Any]) -> None:
    """Make a process ready: it opens the database for itself, and ends when whoever began it does."""
    global _task
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is for the process that waits for this one
    Thread(target=_end_with_parent, daemon=True).start()
    gc.set_threshold(*_RARELY)
    _task = (select(SqliteLog(path)), work)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(names: Sequence[str]) -> Any:  # noqa: ANN401 - whatever the work makes
    selection, work = _task
    return work(selection.of(names))


# ---------------------------------------------------------------------------- in either

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
