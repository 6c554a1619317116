"""What whoever runs the site asks it: is it there, can it answer, and how much has it done."""

import os
import time
from ipaddress import ip_address

from litestar import MediaType, Response, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from prometheus_client import (
    CONTENT_TYPE_PLAIN_0_0_4,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

from incidex.model import Right, Tier
from incidex.web.answers import Answer, AnyRequest, Refused, Site, Visit
from incidex.web.kept import AnswerNow, App, Message, Receive, Reply, Scope, Send

#: What the first part of an address is counted as. Nothing else of an address is ever kept.
_KINDS = frozenset(
    [
        "",
        "incidents",
        "reports",
        "organisations",
        "actors",
        "techniques",
        "sources",
        "search",
        "stats",
        "charts",
        "api",
        "taxii2",
        "mcp",
        "feeds",
        "review",
        "account",
        "enter",
        "static",
        "sitemaps",
        "codebook",
    ]
)

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)

#: Where the processes of one site put their figures together, as prometheus-client has it.
SHARED_FIGURES = "PROMETHEUS_MULTIPROC_DIR"

#: What a proxy writes when it passes on somebody's request.
_PASSED_ON = ("x-forwarded-for", "forwarded", "x-real-ip", "via")


class Watching:
    """Counts a site's answers: how many, how they ended and how long they took.

    Where several processes are one site, each tells what all of them have counted.
    """

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        names, registry = ("kind", "status"), self._registry
        self._answers = Counter("incidex_answers", "Answers, by kind of address.", names, registry=registry)
        self._seconds = Histogram(
            "incidex_answer_seconds", "How long answers took.", ("kind",), registry=registry, buckets=_BUCKETS
        )
        self._busy = Gauge(
            "incidex_busy",
            "Requests that are being answered.",
            registry=registry,
            multiprocess_mode="livesum",
        )
        worker = Gauge(
            "incidex_worker",
            "The processes that these are of.",
            ("process",),
            registry=registry,
            multiprocess_mode="livemax",
        )
        worker.labels(str(os.getpid())).set(1)

    def write(self) -> bytes:
        """Return the figures as Prometheus reads them."""
        if SHARED_FIGURES not in os.environ:
            return generate_latest(self._registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return generate_latest(together)

    @property
    def handlers(self) -> tuple[HTTPRouteHandler, ...]:
        """The addresses that whoever runs the site asks."""

        @get("/metrics", sync_to_thread=False)
        def metrics(request: AnyRequest, visit: NamedDependency[Visit]) -> Answer:
            """Answer with the figures for Prometheus: to this machine, or to a token that is for them."""
            if not (visit.may(Right.EDIT) or is_local(request)):
                raise Refused(status_code=403, detail="Figures are for this machine, or need a token.")
            return Response(self.write(), media_type=CONTENT_TYPE_PLAIN_0_0_4)

        return (health, ready, metrics)

    def watch(self, app: App) -> App:
        """Return the site, counted."""

        async def watched(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            began, status = time.perf_counter(), 500

            async def note(message: Message) -> None:
                nonlocal status
                if message["type"] == "http.response.start":
                    status = message["status"]
                await send(message)

            self._busy.inc()
            try:
                await app(scope, receive, note)
            finally:
                self._busy.dec()
                self._count(scope["path"], status, began)

        return watched

    def watch_now(self, answer_now: AnswerNow) -> AnswerNow:
        """Return what answers at once, counted when it does."""

        def watched(scope: Scope) -> Reply | None:
            began = time.perf_counter()
            reply = answer_now(scope)
            if reply is not None:
                self._count(scope["path"], reply.status, began)
            return reply

        return watched

    def _count(self, path: str, status: int, began: float) -> None:
        kind = _say_kind(path)
        self._answers.labels(kind, str(status)).inc()
        self._seconds.labels(kind).observe(time.perf_counter() - began)


def _say_kind(path: str) -> str:
    first = path.split("/", 2)[1] if path.startswith("/") else ""
    return first if first in _KINDS else "other"


@get("/healthz", sync_to_thread=False)
def health() -> Answer:
    """Say that the site answers."""
    return Response(b"ok\n", media_type=MediaType.TEXT)


@get("/readyz", sync_to_thread=True)
def ready(site: NamedDependency[Site]) -> Answer:
    """Say whether the database can be read."""
    site.library.find_incident("inc-none", Tier.CLEAR)
    return Response(b"ready\n", media_type=MediaType.TEXT)


def is_local(request: AnyRequest) -> bool:
    """Say whether somebody asks from this machine, and nobody asks through it."""
    if request.client is None or any(name in request.headers for name in _PASSED_ON):
        return False
    try:
        return ip_address(request.client.host).is_loopback
    except ValueError:
        return False
