"""Processes that help: each does one kind of work on what it is sent, and ends when whoever began it does.

Each has a line of its own, which ends with it. The lines of a pool are shared: when one process is killed
amid an answer, as for want of memory, whoever waits for the rest waits for ever.
"""

import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from threading import Thread
from traceback import format_exc
from typing import Any

from incidex.model import StoreError

#: What a helper does with one thing. Things and results go to and fro, pickled.
Work = Callable[[Any], Any]

#: Makes the work, once, in the helper: what is opened here is opened there.
Ready = Callable[[], Work]


class GoneError(Exception):
    """A helper has ended."""


@dataclass(frozen=True, slots=True)
class Helper:
    """One process that helps, with one thing at a time: else each could wait for the other to listen."""

    process: SpawnProcess
    line: Connection

    def send(self, thing: object) -> None:
        """Hand a thing over; raise `GoneError` when the process is gone."""
        try:
            self.line.send(thing)
        except OSError as error:
            raise GoneError from error

    def take(self, seconds: float | None = None) -> Any:  # noqa: ANN401 - whatever the work makes
        """Wait for the result; raise what the work raised, `TimeoutError` when it is late, or `GoneError`."""
        try:
            made, error = self.line.recv() if self.line.poll(seconds) else (None, TimeoutError())
        except (EOFError, OSError) as gone:  # `OSError` where it went amid an answer
            raise GoneError from gone
        if error is not None:
            raise error
        return made

    def end(self) -> None:
        """End the process, whatever it is doing."""
        self.line.close()
        self.process.kill()
        self.process.join()


def begin(ready: Ready) -> Helper:
    """Begin a helper; raise `OSError` where the system gives no process."""
    # Spawned, not forked: a fork would copy whatever threads, locks and connections the caller holds.
    context = get_context("spawn")
    line, theirs = context.Pipe()
    process = context.Process(target=_help, args=(theirs, ready), daemon=True)
    try:
        with _interrupts_held():
            process.start()
    except OSError:
        line.close()
        raise
    finally:
        theirs.close()
    return Helper(process, line)


def begin_all(ready: Ready, count: int) -> list[Helper]:
    """Begin several helpers; none where the system does not give as many processes."""
    begun: list[Helper] = []
    try:
        for _ in range(count):
            begun.append(begin(ready))  # noqa: PERF401 - those begun must be known when the next cannot be
    except OSError:  # no more processes are to be had: the caller does the work itself
        for helper in begun:
            helper.end()
        return []
    return begun


def in_turn(helpers: Sequence[Helper], things: Iterable[object]) -> Iterator[Any]:
    """Yield what helpers make of things, in the order of the things; end the helpers.

    Raises what the work raises, and `StoreError` when a helper has ended.
    """
    free, waiting = deque(helpers), deque[Helper]()
    try:
        for thing in things:
            if free:
                helper, made = free.popleft(), []
            else:
                helper = waiting.popleft()
                made = [helper.take()]
            helper.send(thing)  # before the result is used, so that it works on meanwhile
            waiting.append(helper)
            yield from made
        while waiting:
            yield waiting.popleft().take()
    except GoneError as error:
        raise StoreError(
            "a process that helped has ended, perhaps for want of memory; try again with --workers 1"
        ) from error
    finally:
        for helper in helpers:
            helper.end()


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


# ---------------------------------------------------------------------------- in a helper


def _help(line: Connection, ready: Ready) -> None:
    """Work on what comes by the line until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is for the process that waits for this one
    Thread(target=_end_with_parent, daemon=True).start()
    work = ready()
    while True:
        try:
            thing = line.recv()
        except (EOFError, OSError):
            return
        try:
            made = work(thing)
        except Exception as error:  # noqa: BLE001 - it is raised where the result is waited for
            error.add_note(f"In a process that helped:\n{format_exc()}")
            line.send((None, error))
        else:
            line.send((made, None))


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
