"""Reports that come by the API: read in the killable reader, coded in a process of their own, and stored.

Coding holds a process for as long as a text is long. In the site's own, everyone else would wait for it.
"""

from collections.abc import Callable
from threading import Lock

from incidex.app.coders import CodedReport, code_report
from incidex.app.helpers import Helper, begin
from incidex.app.incoming import Sent, make_origin
from incidex.app.pipeline import add_one
from incidex.model import Document, IncidexError, LimitError, ReadError, Report
from incidex.store import Log
from incidex.text import ReaderProcess
from incidex.web import Handed, Taken

#: How long a text may be coded: one of 10,000,000 characters takes about ten seconds.
CODING_SECONDS = 60.0


class Intake:
    """Adds reports to a log one by one. Shared by threads."""

    def __init__(self, log: Log, *, seconds: float = CODING_SECONDS) -> None:
        self._log = log
        self._reader = ReaderProcess()
        self._coder = CoderProcess(seconds)
        self._lock = Lock()

    def __call__(self, handed: Handed) -> Taken:
        """Add a report; the same one again adds nothing.

        Raises `ReadError` when there is no text to be had, `LimitError` when it costs too much, and
        `InputError` when what is said of it cannot be. What fails leaves nothing in the log.
        """
        origin = make_origin({**handed.tells, "media_type": handed.media_type})
        sent = Sent(handed.name, origin, handed.data)
        with self._lock:
            added = add_one(self._log, sent, self._reader, self._coder.code, by=handed.by)
        return Taken(added.report, added.incidents, is_known=added.known, notes=added.notes)

    def close(self) -> None:
        """End the processes. Handing in again starts others."""
        with self._lock:
            self._reader.close()
            self._coder.close()


class CoderProcess:
    """A process that codes reports, kept from one to the next and replaced when one takes too long."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._running: Helper | None = None

    def code(self, report: Report, document: Document) -> CodedReport:
        """Code a report; raise `LimitError` when it takes too long, `ReadError` when that kills it."""
        try:
            self._running = helper = self._running or begin(_make_coder)
            helper.send((report, document))
            coded: CodedReport = helper.take(self._seconds)
        except TimeoutError as late:
            self.close()
            raise LimitError(
                f"the report was given up after {self._seconds:g} seconds of coding; hand in a part of it"
            ) from late
        except IncidexError:
            raise
        except Exception as error:
            self.close()
            raise ReadError("the process that coded the report ended; the report may be a trap") from error
        return coded

    def close(self) -> None:
        """End the process."""
        if self._running is not None:
            self._running.end()
            self._running = None


def _make_coder() -> Callable[[tuple[Report, Document]], CodedReport]:
    return lambda handed: code_report(*handed)
