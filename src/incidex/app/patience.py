"""How the server treats connections: slow clients keep nobody out, and kept answers go out at once.

A request and its answer have deadlines, and a process holds so many connections and no more. Whoever has
waited longest for a request to come makes room; when nobody waits, the newcomer is told to come back.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, cast
from weakref import WeakKeyDictionary

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from incidex.web import AnswerNow, Reply, find_answer_now

#: Seconds for a whole request to arrive, counted from when the connection was free for it.
ARRIVAL_SECONDS = 10.0

#: Seconds for an answer to be made and taken.
ANSWER_SECONDS = 120.0

#: Connections of one process.
MOST_CONNECTIONS = 4_000

#: Connections that wait in the kernel until a process takes them. It takes all of them before it lets any go.
BACKLOG = 2_048

#: Files beside those connections: of the database, of the search index, of what is being let go.
_OTHER_FILES = 300

#: A request's line and headers together; the parser has no limit of its own.
MOST_HEAD_BYTES = 32_768

#: How often deadlines are looked at. One look at the clock for all costs less than a timer for each request.
SWEEP_SECONDS = 0.5

#: What says that a request has a body.
_BODY = frozenset({b"content-length", b"transfer-encoding", b"expect"})

_REFUSALS: Mapping[int, str] = MappingProxyType(
    {
        408: "The request did not come to its end in time.",
        503: "Too many connections at once; try again in a few seconds.",
    }
)


def allow_files(wanted: int) -> int:
    """Have this process allowed to open so many files, if it may be; return how many it is allowed."""
    try:
        import resource
    except ImportError:  # there is no such limit
        return wanted
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft == resource.RLIM_INFINITY or soft >= allowed:
        return wanted
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    return allowed


class Queue:
    """Connections that wait for the same thing for the same time, the first to have waited too long first."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._held: OrderedDict[Patient, float] = OrderedDict()

    def add(self, one: "Patient", now: float) -> None:
        """Begin to count, or begin anew."""
        self._held.pop(one, None)
        self._held[one] = now + self._seconds

    def drop(self, one: "Patient") -> None:
        """Count no longer, if that was done."""
        self._held.pop(one, None)

    def first(self) -> "Patient | None":
        """Return whoever has waited longest."""
        return next(iter(self._held), None)

    def late(self, now: float) -> "list[Patient]":
        """Return those whose time is over."""
        found = []
        for one, until in self._held.items():
            if until > now:
                break
            found.append(one)
        return found


class Patience:
    """The connections of one process, by what they wait for."""

    def __init__(self) -> None:
        self.arriving = Queue(ARRIVAL_SECONDS)
        self.answered = Queue(ANSWER_SECONDS)
        allowed = allow_files(MOST_CONNECTIONS + BACKLOG + _OTHER_FILES)
        self.most = min(MOST_CONNECTIONS, max(allowed // 2, allowed - BACKLOG - _OTHER_FILES))
        self._next: asyncio.TimerHandle | None = None

    def sweep(self, loop: asyncio.AbstractEventLoop) -> None:
        """Give up whoever is late, now and again, for as long as there is anybody."""
        now = loop.time()
        for one in self.arriving.late(now):
            one.find_late(now)
        for one in self.answered.late(now):
            one.give_up()
        is_empty = self.arriving.first() is None and self.answered.first() is None
        self._next = None if is_empty else loop.call_later(SWEEP_SECONDS, self.sweep, loop)

    def watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to look at the clock, if nobody does."""
        if self._next is None:
            self._next = loop.call_later(SWEEP_SECONDS, self.sweep, loop)


#: By server, so that several in one process, each with its own loop, do not mix.
_PATIENCE: WeakKeyDictionary[ServerState, Patience] = WeakKeyDictionary()


class Patient(HttpToolsProtocol):
    """HTTP/1.1 with an end to waiting."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        # uvicorn puts one layer around the site, which believes what our own proxy says.
        self._trusted = getattr(self.app, "trusted_hosts", ())
        self._answer_now: AnswerNow | None = find_answer_now(getattr(self.app, "app", self.app))
        self._patience = _PATIENCE.setdefault(server_state, Patience())
        self._is_heading = True
        self._head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a first request, in place of whoever waited longest if there are too many."""
        super().connection_made(transport)
        self._patience.watch(self.loop)
        if len(self.connections) > self._patience.most:
            longest = self._patience.arriving.first()
            (longest or self).refuse(503)
        if not transport.is_closing():
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read what has come; once a request has begun, wait for its answer instead of for a request."""
        before: object = self.cycle
        self._head_bytes += len(data)
        super().data_received(data)
        if self.transport.is_closing():
            return
        if not self._is_heading:
            self._head_bytes = 0
        elif self._head_bytes > MOST_HEAD_BYTES:
            self.send_400_response("The head of this request is too long.")
            return
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is None or cycle.response_complete or (cycle is before and cycle.more_body):
            return
        if not cycle.more_body:
            self._patience.arriving.drop(self)
            self._patience.answered.add(self, self.loop.time())
        elif cycle is not before:
            self._wait()

    def on_message_begin(self) -> None:
        """Note that a head is being read."""
        self._is_heading = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Begin to answer a request whose head is whole and not too long."""
        if self._head_bytes > MOST_HEAD_BYTES and self._count_head() > MOST_HEAD_BYTES:
            raise ValueError("the head is too long")  # which the parser makes a 400 of
        self._is_heading = False
        super().on_headers_complete()

    def _count_head(self) -> int:
        return len(self.url) + sum(len(name) + len(value) for name, value in self.headers)

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        super().on_response_complete()
        if not self.transport.is_closing():
            self._wait()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:  # noqa: ANN401
        """Answer: at once, if the answer is at hand and the client takes it; else in a task."""
        reply = self._find_now(cycle)
        if reply is None:
            super()._start_asgi_task(cycle, app)
            return
        self._write(reply, cycle)
        cycle.response_started = cycle.response_complete = True
        if not cycle.keep_alive:
            self.transport.close()
        self.on_response_complete()

    def _find_now(self, cycle: RequestResponseCycle) -> Reply | None:
        """Return an answer that is at hand; `None` when requests are queued or answers still to be taken."""
        if self._answer_now is None or self.pipeline or self.transport.get_write_buffer_size():
            return None
        scope = cast("dict[str, Any]", cycle.scope)
        asked = dict(scope["headers"])
        if not _BODY.isdisjoint(asked):
            return None
        told = asked.get(b"x-forwarded-proto", b"").decode("latin-1").strip()
        if told in ("http", "https") and self.client is not None and self.client[0] in self._trusted:
            scope = {**scope, "scheme": told}
        return self._answer_now(scope)

    def _write(self, reply: Reply, cycle: RequestResponseCycle) -> None:
        parts = [STATUS_LINE[reply.status]]
        for name, value in self.server_state.default_headers:
            parts += (name, b": ", value, b"\r\n")
        parts.append(reply.lines)
        parts.append(b"\r\n" if cycle.keep_alive else b"connection: close\r\n\r\n")
        parts.append(reply.body)
        self.transport.write(b"".join(parts))

    def _wait(self) -> None:
        self._patience.answered.drop(self)
        self._patience.arriving.add(self, self.loop.time())

    def _stop_waiting(self) -> None:
        self._patience.arriving.drop(self)
        self._patience.answered.drop(self)

    def find_late(self, now: float) -> None:
        """Give up a connection on which no request came; one that still takes an answer has longer."""
        if self.transport.get_write_buffer_size():
            self._patience.arriving.drop(self)
            self._patience.answered.add(self, now)
        elif self._head_bytes or not self._is_free():
            self.refuse(408)
        else:
            self.give_up()

    def _is_free(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is None or cycle.response_complete

    def refuse(self, status: int) -> None:
        """Say why, unless an answer has begun, and close the connection."""
        self._stop_waiting()
        if not self.transport.get_write_buffer_size() and (
            self._is_free() or not self.cycle.response_started
        ):
            said = f"{_REFUSALS[status]}\n".encode()
            self.transport.write(
                STATUS_LINE[status] + b"content-type: text/plain; charset=utf-8\r\nretry-after: 5\r\n"
                b"connection: close\r\ncontent-length: %d\r\n\r\n%b" % (len(said), said)
            )
        self.transport.close()

    def give_up(self) -> None:
        """Close the connection at once."""
        self._stop_waiting()
        self.transport.abort()
