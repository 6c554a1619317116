"""Answers kept until the log grows, each with an entity tag, and packed for those who take gzip.

What many ask for at once is made once. Whoever comes while it is being made waits for it; when the log has
grown since that began, for the next one, with all who come meanwhile. So no answer is older than its
question, and however fast the log grows, a page is made by one at a time.

Wraps the whole site. Only what nobody has to enter for is kept or packed: a member's page carries what their
forms must carry, and packing that beside what a stranger can choose lets it be guessed (BREACH). Memory is
bounded; what is asked least goes first.
"""

import json
import re
import time
import zlib
from asyncio import Event
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any, NamedTuple

from incidex.web.answers import HEADERS
from incidex.web.rates import Rates

#: ASGI 3, as its specification has it.
Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

#: Bytes kept in all, and of one answer at most.
MOST_KEPT_BYTES, MOST_ANSWER_BYTES = 64_000_000, 1_000_000

#: An answer is made anew after this long even when nothing has changed: some of them know what day it is.
KEPT_SECONDS = 60.0

#: Shorter answers gain nothing by being packed.
_LEAST_PACKED_BYTES = 600
_PACKED = ("text/", "application/json", "application/xml", "application/atom", "image/svg")

_READS = frozenset({"GET", "HEAD"})

#: Addresses whose answers depend on more than the log, or that speak a protocol of their own.
_PASSED = ("/healthz", "/readyz", "/metrics", "/mcp", "/taxii2")

#: What is the same for all who ask: a page, and that there is none.
_SHARED = frozenset({200, 404})

#: What an answer says beside its body that a 304 says too.
_UNCHANGED = frozenset({b"cache-control", b"content-location", b"vary", b"etag", b"expires", b"date"})

_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")

Headers = list[tuple[bytes, bytes]]
ReadHead = Callable[[], object]
Key = tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as HTTP/1.1 writes it: its headers in lines, each with its end, and its body."""

    status: int
    lines: bytes
    body: bytes


#: Returns the answer to a request when it is at hand, without a wait; `None` when it has to be made.
AnswerNow = Callable[[Scope], Reply | None]


@dataclass(frozen=True, slots=True)
class _Answer:
    """An answer that is whole."""

    status: int
    headers: Headers
    body: bytes
    head: object = None
    until: float = 0.0
    lines: bytes = b""  # the headers as they are written, of a kept answer

    @property
    def size(self) -> int:
        return len(self.body) + 2_000  # the headers, twice, and the key, roughly

    def keep(self, head: object, until: float) -> "_Answer":
        """Return the answer as it is kept."""
        return replace(self, head=head, until=until, lines=_write_lines(self.headers))

    def put(self, asked: Mapping[bytes, bytes], *, is_head: bool) -> "_Answer":
        """Return what whoever asks gets: nothing that they have already, no body when they ask for none."""
        tag = dict(self.headers).get(b"etag", b"")
        if self.status == 200 and _matches(asked.get(b"if-none-match", b""), tag):
            return _Answer(304, [each for each in self.headers if _is_said_again(each[0])], b"")
        return replace(self, body=b"") if is_head else self


@dataclass(slots=True)
class _Making:
    """An answer that is being made, and what it has come to: nothing when it is not one for all."""

    head: object
    answer: _Answer | None = None
    done: Event = field(default_factory=Event)


@dataclass(frozen=True, slots=True)
class _Question:
    """A request, and what it says of who asks."""

    scope: Scope
    asked: dict[bytes, bytes]

    @classmethod
    def of(cls, scope: Scope) -> "_Question | None":
        """Read a request; `None` when it is one whose answer is never kept, whoever asks."""
        if scope["type"] != "http" or scope["method"] not in _READS or scope["path"].startswith(_PASSED):
            return None
        return cls(scope, dict(scope["headers"]))

    @property
    def is_public(self) -> bool:
        return b"cookie" not in self.asked and b"authorization" not in self.asked

    @property
    def is_head(self) -> bool:
        return bool(self.scope["method"] == "HEAD")

    @property
    def packs(self) -> bool:
        return self.is_public and b"gzip" in self.asked.get(b"accept-encoding", b"")

    @property
    def key(self) -> Key:
        """All that a public answer depends on, beside the log."""
        return (
            self.scope["scheme"].encode(),
            self.asked.get(b"host", b""),
            self.scope["raw_path"],
            self.scope["query_string"],
            self.asked.get(b"accept", b"")[:200],
            b"gzip" if self.packs else b"",
        )


class _Asking(NamedTuple):
    """A request, and the ways from and to whoever asks."""

    question: _Question
    receive: Receive
    send: Send


class Kept:
    """A site whose public answers are kept. `head` says where the log ends; without it nothing is kept."""

    def __init__(
        self, app: App, head: ReadHead | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._app = app
        self._head = head
        self._clock = clock
        self._held: OrderedDict[Key, _Answer] = OrderedDict()
        self._bytes = 0
        self._making: dict[Key, _Making] = {}
        self._rates = Rates(clock)
        self.hits = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        question = _Question.of(scope)
        if question is None:
            await self._app(scope, receive, send)
            return
        answer = await self._find(_Asking(question, receive, send))
        if answer is not None:
            await _send(answer.put(question.asked, is_head=question.is_head), send)

    def answer_now(self, scope: Scope) -> Reply | None:
        """Answer a request with what is kept, as the site itself would; `None` when nothing is."""
        question = _Question.of(scope)
        if question is None or self._head is None or not question.is_public:
            return None
        key = question.key
        held = self._find_held(key, self._head()) if key in self._held else None
        if held is None:
            return None
        answer = held.put(question.asked, is_head=question.is_head)
        return Reply(answer.status, answer.lines or _write_lines(answer.headers), answer.body)

    def _find_held(self, key: Key, head: object) -> _Answer | None:
        """Return an answer that is kept, when it is of the log as it is."""
        held = self._held.get(key)
        if held is None or held.head != head or self._clock() >= held.until:
            return None
        self._held.move_to_end(key)
        self.hits += 1
        return held

    async def _find(self, asking: _Asking) -> _Answer | None:
        """Return a kept answer, or make one; `None` when it was too long to hold and has been sent."""
        if self._head is None or not asking.question.is_public:
            return await self._make_anew(asking)
        key = asking.question.key
        making, head = self._making.get(key), self._head()
        if making is not None and making.head != head:
            # What was begun before the log grew may show what is gone; but two at once only hold each other
            # up. Whatever is being made when this is done was begun after the question came.
            await making.done.wait()
            making, head = self._making.get(key), self._head()
        held = self._find_held(key, head)
        if held is not None:
            return held
        if making is None:
            # The head was read before the answer is made, so that it is never taken for newer than it is.
            return await self._make_for_all(asking, key, head)
        await making.done.wait()
        if making.answer is None:
            return await self._make_anew(asking)
        self.hits += 1
        return making.answer

    async def _make_for_all(self, asking: _Asking, key: Key, head: object) -> _Answer | None:
        """Make an answer while others who ask the same wait for it, and keep it."""
        making = self._making[key] = _Making(head)
        try:
            made = await self._make_anew(asking, on_long=making.done.set)
            if made is not None and made.status in _SHARED:
                making.answer = made
            is_kept = made is not None and made.status == 200 and sum(map(len, key)) < 4_000
            if made is not None and is_kept and _is_plain(made.headers):
                until = self._clock() + KEPT_SECONDS
                self._keep(key, made.keep(head, until))
            return made
        finally:
            making.done.set()
            if self._making.get(key) is making:
                del self._making[key]

    async def _make_anew(self, asking: _Asking, on_long: Callable[[], None] = lambda: None) -> _Answer | None:
        """Return an answer, or that its network has had too many of late."""
        client = asking.question.scope.get("client")
        seconds = self._rates.wait_seconds(client[0] if client else "")
        return _refuse(seconds) if seconds else await _make(self._app, asking, on_long)

    def _keep(self, key: Key, answer: _Answer) -> None:
        former = self._held.pop(key, None)
        self._bytes += answer.size - (former.size if former else 0)
        self._held[key] = answer
        while self._bytes > MOST_KEPT_BYTES:
            _, oldest = self._held.popitem(last=False)
            self._bytes -= oldest.size


def _refuse(seconds: int) -> _Answer:
    said = f"Your network has asked for too much at once; ask again in {seconds} s."
    body = json.dumps({"error": {"status": 429, "message": said}}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"retry-after", str(seconds).encode()),
        *((name.lower().encode(), held.encode()) for name, held in HEADERS.items()),
    ]
    return _Answer(429, headers, body)


async def _make(app: App, asking: _Asking, on_long: Callable[[], None]) -> _Answer | None:
    """Return the whole answer of the site; one too long to hold is sent on piece by piece instead."""
    question, receive, send = asking
    scope = question.scope
    start: list[Message] = []
    pieces: list[bytes] = []
    count = 0
    is_sent = False

    async def hold(message: Message) -> None:
        nonlocal count, is_sent
        if is_sent:
            await send(message)
        elif message["type"] == "http.response.start":
            start.append(message)
        elif message["type"] == "http.response.body":
            pieces.append(message.get("body", b""))
            count += len(pieces[-1])
            if count > MOST_ANSWER_BYTES and message.get("more_body"):
                is_sent = True
                on_long()  # whoever waits is not to wait for how fast this one reads
                await send(start[0])
                await send({"type": "http.response.body", "body": b"".join(pieces), "more_body": True})
                pieces.clear()

    if question.is_head:
        scope = {**scope, "method": "GET"}
    await app(scope, receive, hold)
    if is_sent or not start:
        return None
    (begun,) = start
    return _finish(begun["status"], list(begun["headers"]), b"".join(pieces), packs=question.packs)


def _finish(status: int, headers: Headers, body: bytes, *, packs: bool) -> _Answer:
    """Return an answer with its tag, packed if that is wanted and gains something."""
    if status != 200:
        return _Answer(status, headers, body)
    found = dict(headers)
    if b"etag" not in found:
        headers.append((b"etag", b'W/"' + sha256(body).hexdigest()[:32].encode() + b'"'))
    kind = found.get(b"content-type", b"").decode("latin-1")
    if kind.startswith(_PACKED) and b"content-encoding" not in found:
        headers = _with(headers, b"vary", found.get(b"vary", b"") + b", Accept-Encoding")
        if packs and len(body) >= _LEAST_PACKED_BYTES:
            packer = zlib.compressobj(6, wbits=31)
            body = packer.compress(body) + packer.flush()
            headers = [
                *_with(headers, b"content-length", str(len(body)).encode()),
                (b"content-encoding", b"gzip"),
            ]
    return _Answer(status, headers, body)


def _with(headers: Iterable[tuple[bytes, bytes]], name: bytes, value: bytes) -> Headers:
    return [*((key, held) for key, held in headers if key != name), (name, value.removeprefix(b", "))]


async def _send(answer: _Answer, send: Send) -> None:
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    await send({"type": "http.response.body", "body": answer.body, "more_body": False})


def _write_lines(headers: Headers) -> bytes:
    """Write headers as HTTP/1.1 does; what is kept was looked through by `_is_plain`."""
    return b"".join(b"%b: %b\r\n" % each for each in headers)


def _is_said_again(name: bytes) -> bool:
    return name in _UNCHANGED or name.startswith((b"x-", b"cross"))


def _is_plain(headers: Headers) -> bool:
    """Say whether no header holds a character that would begin another one (RFC 9110, 5.5)."""
    return not any(_CONTROL.search(name) or _CONTROL.search(value) for name, value in headers)


def _matches(given: bytes, etag: bytes) -> bool:
    """Say whether a tag that somebody has is the answer's (RFC 9110, 13.1.2, weak comparison)."""
    if not given or not etag:
        return False
    tags = {each.strip().removeprefix(b"W/") for each in given.split(b",")}
    return b"*" in tags or etag.removeprefix(b"W/") in tags
