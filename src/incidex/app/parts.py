"""Records worked on by several processes, some hundred at a time, in the order of a single one."""

import gc
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
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

#: Parts that each process has before it, so that none waits for the next.
_AHEAD = 2

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
    helpers = _begin_helpers(selection, work, workers)
    if not helpers:
        for part in parts:
            yield work(selection.of(part))
        return
    try:
        yield from _in_order(helpers, parts)
    except (EOFError, ConnectionError) as error:
        raise StoreError(
            "a process that helped has ended, perhaps for want of memory; try again with --workers 1"
        ) from error
    finally:
        for helper in helpers:
            helper.end()


@dataclass(frozen=True, slots=True)
class _Helper:
    """A process with a line of its own: when it dies, also amid an answer, the line ends and nobody waits."""

    process: SpawnProcess
    line: Connection

    def take(self) -> Any:  # noqa: ANN401 - whatever the work makes
        """Wait for the next result; raise what the work raised, or `EOFError` when the process is gone."""
        made, error = self.line.recv()
        if error is not None:
            raise error
        return made

    def end(self) -> None:
        self.line.close()
        self.process.terminate()  # it only reads
        self.process.join()


def _begin_helpers(selection: Selection, work: Work[Any], workers: int) -> list[_Helper]:
    """Begin the processes; none where the database is not a file, or no processes are to be had."""
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
    # Spawned, not forked: a fork would copy whatever threads, locks and connections the caller holds.
    context = get_context("spawn")
    begun: list[_Helper] = []
    try:
        for _ in range(workers):
            line, theirs = context.Pipe()
            process = context.Process(
                target=_help, args=(theirs, selection.log.path, select, work), daemon=True
            )
            with _interrupts_held():
                process.start()
            theirs.close()
            begun.append(_Helper(process, line))
    except (OSError, ImportError, NotImplementedError):
        for helper in begun:
            helper.end()
        return []
    return begun


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Hold a Ctrl-C back, and have a process that is begun here never get one: also not while it begins."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    usual = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, usual)


def _in_order(helpers: Sequence[_Helper], parts: Iterable[Sequence[str]]) -> Iterator[Any]:
    """Deal the parts out in turn, and take the results in the same turn."""
    waiting: deque[_Helper] = deque()
    for number, part in enumerate(parts):
        helper = helpers[number % len(helpers)]
        helper.line.send(part)
        waiting.append(helper)
        if len(waiting) > len(helpers) * _AHEAD:
            yield waiting.popleft().take()
    while waiting:
        yield waiting.popleft().take()


# ---------------------------------------------------------------------------- in a worker


def _help(line: Connection, path: Path, select: Callable[[Log], Selection], work: Work[Any]) -> None:
    """Work on what comes by the line until it ends, with a database of its own."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is for the process that waits for this one
    Thread(target=_end_with_parent, daemon=True).start()
    gc.set_threshold(*_RARELY)
    selection = select(SqliteLog(path))
    while True:
        try:
            names = line.recv()
        except EOFError:
            return
        try:
            answer = (work(selection.of(names)), None)
        except Exception as error:  # noqa: BLE001 - it is raised where the result is waited for
            line.send((None, error))
        else:
            line.send(answer)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


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
