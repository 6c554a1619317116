"""What many ask for at once is made once, and never shows less or more than the log does now."""

import asyncio
from collections import Counter
from collections.abc import Iterator, MutableMapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from incidex.app.library import StoreLibrary
from incidex.app.upkeep import remove_words
from incidex.model import Body, Change, Claimed, Linked
from incidex.search import Search
from incidex.store import MemoryLog
from incidex.web import make_app
from incidex.web.kept import MOST_ANSWER_BYTES, Kept, Message, Receive, Scope, Send
from tests.unit.web.conftest import NAME, OPEN

Site = TestClient[Litestar]

#: Pages that show words of the report, and which.
WORDS = {
    "/incidents/inc-1": "> lost passwords and IMEI numbers",
    "/api/v1/incidents/inc-1": '"suffix":" lost passwords and IMEI numbers"',
    f"/reports/{OPEN.id}": "IMEI",
    "/api/v1/search?q=quote:acme": '"part":"quote"',
}

#: Pages that name whoever was struck: what lists records, and what adds them up.
NAMES = ("/", "/incidents", "/search?q=zenith", "/organisations")


class Slow:
    """A site that answers when it is let; it counts, and says how often it was asked before."""

    def __init__(self, *, status: int = 200, size: int = 0, fails: bool = False) -> None:
        self.let = asyncio.Event()
        self.count = self.now = self.most_at_once = 0
        self._status, self._size, self._fails = status, size, fails

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.count += 1
        self.now += 1
        self.most_at_once = max(self.most_at_once, self.now)
        body = f"{self.count}".encode()
        await self.let.wait()
        self.now -= 1
        if self._fails and body == b"1":
            raise OSError("swordfish")
        await send({"type": "http.response.start", "status": self._status, "headers": []})
        await send({"type": "http.response.body", "body": b"x" * self._size, "more_body": True})
        await send({"type": "http.response.body", "body": body, "more_body": False})


async def ask(site: Kept, *headers: tuple[bytes, bytes], slow: asyncio.Event | None = None) -> bytes:
    """Return what the site says, read only when `slow` says so."""
    said: list[bytes] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        if slow is not None:
            await slow.wait()
        said.append(message.get("body", b""))

    scope = {
        "type": "http", "method": "GET", "path": "/x", "raw_path": b"/x", "query_string": b"",
        "headers": [(b"host", b"x"), *headers], "client": ("192.0.2.1", 1), "scheme": "http",
    }  # fmt: skip
    await site(scope, receive, send)
    return b"".join(said)


async def start(*asked: Any) -> list["asyncio.Task[bytes]"]:
    """Ask all at once, and return when each has come as far as it can."""
    tasks = [asyncio.ensure_future(each) for each in asked]
    for _ in range(20):
        await asyncio.sleep(0)
    return tasks


@pytest.mark.parametrize("status", [200, 404])
def test_a_hundred_who_ask_at_once_have_it_made_once(status: int) -> None:
    async def run() -> None:
        app = Slow(status=status)
        site = Kept(app, lambda: 1)
        tasks = await start(*(ask(site) for _ in range(100)))
        app.let.set()
        assert Counter(await asyncio.gather(*tasks)) == {b"1": 100}
        assert app.count == 1

    asyncio.run(run())


def test_whoever_asks_after_the_log_grew_does_not_get_what_was_begun_before() -> None:
    async def run() -> None:
        head = [1]
        app = Slow()
        site = Kept(app, lambda: head[0])
        before = await start(ask(site), ask(site))
        head[0] = 2
        after = await start(ask(site), ask(site))
        app.let.set()
        assert await asyncio.gather(*before, *after) == [b"1", b"1", b"2", b"2"]
        assert app.most_at_once == 1
        assert await ask(site) == b"2"

    asyncio.run(run())


def test_nobody_waits_for_a_member_or_with_one() -> None:
    async def run() -> None:
        app = Slow()
        site = Kept(app, lambda: 1)
        cookie = (b"cookie", b"a=b")
        tasks = await start(ask(site, cookie), ask(site), ask(site, cookie), ask(site))
        app.let.set()
        assert await asyncio.gather(*tasks) == [b"1", b"2", b"3", b"2"]

    asyncio.run(run())


def test_whoever_reads_a_long_answer_slowly_holds_nobody_up() -> None:
    async def run() -> None:
        app, slow = Slow(size=MOST_ANSWER_BYTES + 1), asyncio.Event()
        site = Kept(app, lambda: 1)
        first, second = await start(ask(site, slow=slow), ask(site))
        app.let.set()
        assert (await asyncio.wait_for(second, 5)).endswith(b"2")
        assert not first.done()
        slow.set()
        assert (await first).endswith(b"1")

    asyncio.run(run())


@pytest.mark.parametrize("is_left", [False, True])
def test_when_the_first_fails_or_leaves_the_others_are_answered(is_left: bool) -> None:
    async def run() -> None:
        app = Slow(fails=not is_left)
        site = Kept(app, lambda: 1)
        first, *others = await start(*(ask(site) for _ in range(3)))
        if is_left:
            first.cancel()
        app.let.set()
        assert await asyncio.gather(*others) == [b"2", b"3"]
        with pytest.raises((OSError, asyncio.CancelledError)):
            await first
        assert await ask(site) == b"4"

    asyncio.run(run())


def test_what_is_no_page_is_not_given_to_others() -> None:
    async def run() -> None:
        app = Slow(status=503)
        tasks = await start(*(ask(site) for site in [Kept(app, lambda: 1)] * 3))
        app.let.set()
        assert await asyncio.gather(*tasks) == [b"1", b"2", b"3"]

    asyncio.run(run())


@pytest.fixture
def site(log: MemoryLog, tmp_path: Path) -> Iterator[Site]:
    app = make_app(StoreLibrary(log, Search(log, tmp_path / "search")), head=log.head)
    with TestClient(app, raise_server_exceptions=False) as client:
        for page in NAMES:
            assert client.get(page).status_code == 200
        yield client


def test_a_record_that_was_added_shows_at_once_on_every_page(site: Site, log: MemoryLog) -> None:
    claim = replace(NAME, value="Zenith")
    at = datetime(2026, 1, 3, tzinfo=UTC)
    bodies: tuple[Body, ...] = (Linked(OPEN), Claimed((claim,)))
    log.append(
        [
            Change(record="inc-2", version=version, body=body, by="x", at=at)
            for version, body in enumerate(bodies, 1)
        ]
    )
    for page in ("/incidents/inc-2", *NAMES):
        assert "Zenith" in site.get(page).text, page


def test_words_that_the_law_had_removed_are_gone_at_once_from_every_page(site: Site, log: MemoryLog) -> None:
    for page, words in WORDS.items():
        assert words in site.get(page).text, page
    remove_words(log, OPEN.id, reason="by order of a court", by="x", quotes_only=False)
    for page, words in WORDS.items():
        assert words not in site.get(page).text, page
