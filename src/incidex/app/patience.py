"""How long the server waits for whom: slow clients and idle connections cost little and keep nobody out."""

import asyncio
from collections import OrderedDict

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

#: Seconds for a whole request to arrive, counted from when the connection was free for it.
ARRIVAL_SECONDS = 10.0

#: Seconds for an answer to be made and taken.
ANSWER_SECONDS = 120.0

#: Connections of one process; when another one comes, the one that has waited longest goes.
MOST_CONNECTIONS = 1_000

#: Connections that wait for a request, the longest waiting first.
_waiting: OrderedDict["Patient", None] = OrderedDict()


class Patient(H11Protocol):
    """HTTP/1.1 with an end to waiting."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a first request, in place of whoever waited longest if there are too many."""
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS and _waiting:
            next(iter(_waiting)).give_up()
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._stop_waiting()
        super().connection_lost(exc)

    def handle_events(self) -> None:
        """Read what has come; once a request has begun, wait for its answer instead of for a request."""
        before: object = self.cycle
        super().handle_events()
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is None or cycle.response_complete:
            return
        if not cycle.more_body:
            self._set(ANSWER_SECONDS)
        elif cycle is not before:
            self._set(ARRIVAL_SECONDS)

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        super().on_response_complete()
        if not self.transport.is_closing():
            self._wait()

    def _wait(self) -> None:
        self._set(ARRIVAL_SECONDS)
        _waiting[self] = None

    def _set(self, seconds: float) -> None:
        self._stop_waiting()
        self._deadline = self.loop.call_later(seconds, self.give_up)

    def _stop_waiting(self) -> None:
        _waiting.pop(self, None)
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def give_up(self) -> None:
        """Close the connection at once."""
        self._stop_waiting()
        self.transport.abort()
