"""The site's watches, in a process of their own: what they look at and send keeps no reader waiting.

The site keeps an eye on it and starts it anew when it died; when the site is gone, however it went, so is
this. Whatever either was doing is in the watches' file, and goes on from there.
"""

import logging
import os
import subprocess
import sys
import threading
import time
from types import TracebackType
from typing import Self

from incidex.app.settings import Settings
from incidex.app.watch_store import Notice, Watch, is_watched, opened
from incidex.app.watching import AtWorkError, Outcome, Send, run, say
from incidex.model import IncidexError
from incidex.store import SqlLog

#: How often the watches look.
LOOK_SECONDS = 15.0

#: How often the site looks whether there is anything to watch, and whether the process is there.
CHECK_SECONDS = 5.0

#: How long it may take to finish what it is sending when the site stops.
STOP_SECONDS = 5.0

_log = logging.getLogger(__name__)


class WatchKeeper:
    """Keeps the process running while a database is watched and the site is open."""

    def __init__(self, settings: Settings, place: str, *, check_seconds: float = CHECK_SECONDS) -> None:
        """Take the database's name as watches have it."""
        self._settings, self._place, self._check_seconds = settings, place, check_seconds
        self._stopping = threading.Event()
        self._running: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, name="watches", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._thread.join(timeout=2 * STOP_SECONDS)

    @property
    def is_running(self) -> bool:
        """Say whether the process is there."""
        return self._running is not None and self._running.poll() is None

    def _keep(self) -> None:
        while not self._stopping.is_set():
            try:
                if not self.is_running and is_watched(self._settings.watches, self._place):
                    self._running = self._start()
            except (IncidexError, OSError):
                _log.exception("the watches cannot be run")
            self._stopping.wait(self._check_seconds)
        if self._running is not None:
            _stop(self._running)

    def _start(self) -> "subprocess.Popen[bytes]":
        database = getattr(self._settings.database, "url", str(self._settings.database))
        home = str(self._settings.home)
        # It reads until the other end of the pipe is gone, which the system sees to even when we are killed.
        return subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            env={**os.environ, "INCIDEX_HOME": home, "INCIDEX_DATABASE": database},
            start_new_session=True,  # a Ctrl-C is for the site, which then lets go of the pipe
        )


def _stop(running: "subprocess.Popen[bytes]") -> None:
    if running.stdin:
        running.stdin.close()
    try:
        running.wait(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        running.kill()
        running.wait()


class _StoppedError(Exception):
    """The site is gone: what is left to send is sent when it is back."""


def main(look_seconds: float = LOOK_SECONDS) -> None:
    """Look and send, again and again, until nothing is watched or whoever started this is gone."""
    from incidex.app.database import open_log
    from incidex.app.logs import start_logging

    start_logging()
    stopping = threading.Event()
    threading.Thread(target=_wait_for_the_end, args=[stopping], daemon=True).start()

    def send(watch: Watch, notice: Notice, timestamp: int) -> None:
        if stopping.is_set():
            raise _StoppedError
        say(watch, notice, timestamp)

    settings = Settings.read(os.environ)
    log = open_log(settings.database)
    try:
        while not stopping.is_set() and is_watched(settings.watches, log.database.place):
            _look_once(log, settings, send)
            stopping.wait(look_seconds)
    except _StoppedError:
        return
    finally:
        log.close()


def _look_once(log: SqlLog, settings: Settings, send: Send) -> None:
    try:
        with opened(settings.watches) as watches:
            _tell(run(log, watches, log.database.place, send=send))
    except AtWorkError:
        return  # `incidex watch run` looks and sends; what it leaves is seen to next time
    except IncidexError:
        _log.exception("the watches could not look")


def _tell(outcome: Outcome) -> None:
    """Log what did not go well. The watches' names, queries and targets are nobody's business here."""
    if outcome.complaints:
        _log.warning("%d watches could not look; `incidex watch run` says why", len(outcome.complaints))
    if outcome.given_up:
        _log.warning("%d notices were given up; `incidex watch list` says why", outcome.given_up)


def _wait_for_the_end(stopping: threading.Event) -> None:
    while os.read(0, 4096):
        pass
    stopping.set()
    time.sleep(STOP_SECONDS)
    os._exit(0)  # what it is doing takes long, and can be done anew


if __name__ == "__main__":
    main()
