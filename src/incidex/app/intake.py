"""Reports that come by the API: read in the killable reader, coded in a process of their own, and stored.

Coding holds a process for as long as a text is long. In the site's own, everyone else would wait for it.
"""

import signal
from contextlib import suppress
from multiprocessing import TimeoutError as LateError
from multiprocessing import get_context
from multiprocessing.pool import Pool
from threading import Lock

from incidex.app.coders import CodedReport, code_report
from incidex.app.incoming import Sent, make_origin
from incidex.app.pipeline import add_one
from incidex.model import Document, LimitError, Report
from incidex.store import Log
from incidex.text import ReaderProcess
from incidex.web import Handed, Taken

#: How long a text may be coded: one of 10,000,000 characters takes about ten seconds.
CODING_SECONDS = 60.0

#: Reports that one process codes before a fresh one takes over.
_MOST_CODED = 500


class Intake:
    """Adds reports to a log one by one. Shared by threads."""

    def __init__(self, log: Log, *, seconds: float = CODING_SECONDS) -> None:
        self._log = log
        self._seconds = seconds
        self._reader = ReaderProcess()
        self._pool: Pool | None = None
        self._lock = Lock()

    def __call__(self, handed: Handed) -> Taken:
        """Add a report; the same one again adds nothing.

        Raises `ReadError` when there is no text to be had, `LimitError` when it costs too much, and
        `InputError` when what is said of it cannot be. What fails leaves nothing in the log.
        """
        origin = make_origin({**handed.tells, "media_type": handed.media_type})
        with self._lock:
            sent = Sent(handed.name, origin, handed.data)
            added = add_one(self._log, sent, self._reader, self._code, by=handed.by)
        return Taken(added.report, added.incidents, is_known=added.known, notes=added.notes)

    def close(self) -> None:
        """End the processes. Handing in again starts others."""
        with self._lock:
            self._reader.close()
            self._stop()

    def _code(self, report: Report, document: Document) -> CodedReport:
        if self._pool is None:
            # Spawned, not forked: a fork would copy whatever threads and locks the site holds.
            self._pool = get_context("spawn").Pool(1, _ignore_interrupts, maxtasksperchild=_MOST_CODED)
        try:
            return self._pool.apply_async(code_report, (report, document)).get(self._seconds)
        except LateError as late:
            self._stop()
            raise LimitError(
                f"the report was given up after {self._seconds:g} seconds of coding; hand in a part of it"
            ) from late

    def _stop(self) -> None:
        if self._pool is not None:
            self._pool.terminate()
            self._pool.join()
            self._pool = None


def _ignore_interrupts() -> None:
    """Leave Ctrl-C to the program that started this process, and will end it."""
    with suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
