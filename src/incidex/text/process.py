"""Reading reports in a process that can be killed."""

import atexit
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from threading import RLock, Timer
from types import TracebackType
from typing import IO, Self, cast

import msgspec

from incidex.model import Document, LimitError, ReadError
from incidex.text.limits import LIMITS, Limits
from incidex.text.media import call, charset_of, media_type_of
from incidex.text.wire import Answer, Request, read_frame, write_frame

#: Isolated (-I): no environment variable and no file of the working directory decides what it runs.
COMMAND = (sys.executable, "-I", "-m", "incidex.text.worker")
#: Time to end by itself once its pipe is closed.
FAREWELL_SECONDS = 1.0


class _Child:
    """One running reader process."""

    def __init__(self, command: Sequence[str], memory_bytes: int) -> None:
        # A session of its own: an interrupt at the keyboard is for the program, which then closes the pipe.
        self._process = subprocess.Popen(
            [*command, str(memory_bytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            start_new_session=True,
        )
        self.reports = 0
        self.is_late = False

    def ask(self, request: Request) -> bytes:
        """Return the answer's bytes; raise `EOFError` or `OSError` when the process dies first."""
        self.reports += 1
        alarm = Timer(request.seconds, self._stop)
        alarm.daemon = True
        alarm.start()
        try:
            write_frame(cast("IO[bytes]", self._process.stdin), request)
            return read_frame(cast("IO[bytes]", self._process.stdout))
        finally:
            alarm.cancel()

    def _stop(self) -> None:
        self.is_late = True
        self._process.kill()

    def end(self) -> None:
        """Close the pipes and see the process off."""
        with suppress(OSError):
            cast("IO[bytes]", self._process.stdin).close()
        try:
            self._process.wait(FAREWELL_SECONDS if not self.is_late else None)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        cast("IO[bytes]", self._process.stdout).close()


class ReaderProcess:
    """A process that reads reports, kept from one report to the next and replaced when one kills it.

    Use it as a context manager for a batch. Threads may share one; their reports are read one by one.
    """

    def __init__(self, limits: Limits = LIMITS, *, command: Sequence[str] = COMMAND) -> None:
        self.limits = limits
        self._command = command
        self._child: _Child | None = None
        self._lock = RLock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def read(self, data: bytes, *, name: str = "", media_type: str = "", report: str) -> Document:
        """Read one report's bytes; the arguments and errors are those of `incidex.text.read`."""
        if len(data) > self.limits.max_bytes:
            raise LimitError(
                f"{call(name)} is {_megabytes(len(data))}; {_megabytes(self.limits.max_bytes)} are allowed"
            )
        request = Request(
            data=data,
            media_type=media_type_of(data, name, media_type),
            charset=charset_of(media_type),
            max_characters=self.limits.max_characters,
            seconds=self.limits.seconds,
        )
        with self._lock:
            return _to_document(self._ask(request, call(name)), report, call(name))

    def close(self) -> None:
        """End the process. Reading again starts another."""
        with self._lock:
            if self._child:
                self._child.end()
                self._child = None

    def _ask(self, request: Request, called: str) -> Answer:
        child = self._ready_child()
        try:
            return msgspec.msgpack.decode(child.ask(request), type=Answer)
        except (EOFError, OSError, msgspec.DecodeError) as error:
            self.close()
            if child.is_late:
                raise LimitError(
                    f"{called} was stopped after {request.seconds:g} seconds of reading: it may be a trap"
                ) from error
            raise ReadError(
                f"{called} could not be read: the process that read it ended; the report may be damaged"
            ) from error
        except BaseException:
            self.close()  # an interrupt in the middle: whatever it still answers is not for the next report
            raise

    def _ready_child(self) -> _Child:
        """Return a child that has reports left to read."""
        if self._child and (self._child.is_late or self._child.reports >= self.limits.reports_per_process):
            self.close()
        if self._child is None:
            self._child = _Child(self._command, self.limits.memory_bytes)
        return self._child


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"


def _to_document(answer: Answer, report: str, called: str) -> Document:
    if answer.exceeded:
        raise LimitError(f"{called} {answer.exceeded}")
    if answer.refused:
        raise ReadError(f"{called} {answer.refused}")
    return Document(
        report=report,
        text=answer.text,
        reader=answer.reader,
        language=answer.language,
        title=answer.title,
        published=answer.published,
        offsets=answer.to_runs().to_map(),
        notes=answer.notes,
    )


@cache
def _shared() -> ReaderProcess:
    """Return the process that this program's single reads go to; it is ended at exit."""
    process = ReaderProcess()
    atexit.register(process.close)
    return process


#: A fork copies the pipes of a process that is not its own: keep them open, unused, and start another.
_INHERITED: list[ReaderProcess] = []


def _part_from_parent() -> None:
    if _shared.cache_info().currsize:
        _INHERITED.append(_shared())
        atexit.unregister(_shared().close)
        _shared.cache_clear()


os.register_at_fork(after_in_child=_part_from_parent)


def read(
    data: bytes, *, name: str = "", media_type: str = "", report: str, limits: Limits = LIMITS
) -> Document:
    """Return the clean text of a report, read in a process of its own within `limits`.

    `name` is its file name and `media_type` what it came as, with or without a charset; what it is decides
    itself by its bytes. `report` is the id that the document is to carry. Raises `ReadError` when there is
    no text to be had, `LimitError` when getting it would cost too much. For many reports at once, use a
    `ReaderProcess`.
    """
    if limits == LIMITS:
        return _shared().read(data, name=name, media_type=media_type, report=report)
    with ReaderProcess(limits) as process:
        return process.read(data, name=name, media_type=media_type, report=report)
