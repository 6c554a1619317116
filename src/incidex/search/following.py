"""A thread that brings the indexes up to the log's end, so that nobody who asks has to wait for much."""

import logging
from threading import Event, Thread
from types import TracebackType
from typing import Self

from incidex.model import IncidexError, Tier
from incidex.search.searching import Search
from incidex.store import Log

_LOG = logging.getLogger(__name__)

#: How often the log's end is looked at; it is one small question to the database.
EVERY_SECONDS = 2.0


class Follower:
    """Follows a log for the public's index and for each that has been asked for, while the block lasts."""

    def __init__(self, search: Search, log: Log, *, every_seconds: float = EVERY_SECONDS) -> None:
        self._search = search
        self._log = log
        self._every_seconds = every_seconds
        self._stop = Event()
        self._thread = Thread(target=self._run, name="search-follower", daemon=True)
        search.index.tiers[Tier.CLEAR].is_wanted = True

    def start(self) -> None:
        """Begin to follow for as long as the process lives."""
        self._thread.start()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            for index in self._search.index.tiers.values():
                if index.is_wanted:
                    try:
                        index.follow(self._log, step=self._step)
                    except _Stopped:
                        return
                    except IncidexError as error:
                        _LOG.warning("the search index for %s is behind: %s", index.tier.name, error)
            self._stop.wait(self._every_seconds)

    def _step(self) -> None:
        """Leave off in the middle when the block ends: what was not committed is made again next time."""
        if self._stop.is_set():
            raise _Stopped


class _Stopped(Exception):  # noqa: N818  nothing went wrong
    """The thread was told to stop."""
