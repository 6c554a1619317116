"""Answers that are kept, tagged and packed; and what whoever runs the site may ask."""

import gzip
from collections.abc import Iterator, MutableMapping, Sequence
from datetime import UTC, datetime
from typing import Any

import anyio
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from incidex.app.library import StoreLibrary
from incidex.model import AsOf, Change, Claimed, Incident, MemberRole, Tier
from incidex.store import MemoryLog
from incidex.web import Desk, make_app
from incidex.web.entry import Door
from incidex.web.rates import A_SECOND, BURST, Rates
from tests.members import OURS, PEOPLE, make_accounts, phrase_of
from tests.unit.web.conftest import HIDDEN, NAME, OPEN

Site = TestClient[Litestar]
ACCOUNTS = make_accounts(PEOPLE | {"ed": MemberRole.EDITOR})


class Counting(StoreLibrary):
    """A library that counts how often it is asked for a record."""

    asked = told = 0

    def history(self, id: str, tier: Tier) -> Sequence[Change]:  # noqa: A002
        self.told += 1
        return super().history(id, tier)

    def find_incident(self, id: str, tier: Tier, as_of: AsOf = None) -> Incident | None:  # noqa: A002
        self.asked += 1
        return super().find_incident(id, tier, as_of)


@pytest.fixture
def library(log: MemoryLog) -> Counting:
    return Counting(log)


@pytest.fixture
def site(log: MemoryLog, library: Counting) -> Iterator[Site]:
    app = make_app(library, accounts=ACCOUNTS, desk=Desk(log), head=log.head)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def test_a_public_answer_is_made_once_until_the_log_grows(
    site: Site, library: Counting, log: MemoryLog
) -> None:
    first = site.get("/incidents/inc-1")
    asked = library.asked
    assert site.get("/incidents/inc-1").content == first.content
    assert library.asked == asked
    body = Claimed((NAME,))
    log.append([Change(record="inc-1", version=5, body=body, by="x", at=datetime(2026, 1, 2, tzinfo=UTC))])
    assert site.get("/incidents/inc-1").status_code == 200
    assert library.asked > asked


@pytest.mark.parametrize("path", ["/incidents/inc-1", "/api/v1/incidents/inc-1"])
def test_what_a_page_says_is_put_together_once_for_each_tier(
    site: Site, library: Counting, log: MemoryLog, path: str
) -> None:
    site.post("/enter", data={"phrase": phrase_of("member")}, headers=OURS)
    first = site.get(path)
    asked = library.asked
    assert site.get(path).content == first.content
    assert library.asked == asked
    site.post("/enter", data={"phrase": phrase_of("ana")}, headers=OURS)
    assert site.get(path).status_code == 200
    assert library.asked > asked
    asked = library.asked
    body = Claimed((NAME,))
    log.append([Change(record="inc-1", version=5, body=body, by="x", at=datetime(2026, 1, 2, tzinfo=UTC))])
    assert site.get(path).status_code == 200
    assert library.asked > asked


def test_what_happens_to_another_record_has_no_page_written_anew(
    site: Site, library: Counting, log: MemoryLog
) -> None:
    first = site.get("/incidents/inc-1")
    told = library.told
    body = Claimed((NAME,))
    log.append([Change(record="inc-9", version=1, body=body, by="x", at=datetime(2026, 1, 2, tzinfo=UTC))])
    again = site.get("/incidents/inc-1")
    assert "inc-9" in again.text, "what others have in common with it is looked up"
    assert library.told == told, "but its own history was not read again"
    log.append([Change(record="inc-1", version=5, body=body, by="x", at=datetime(2026, 1, 2, tzinfo=UTC))])
    assert site.get("/incidents/inc-1").content not in (first.content, again.content)
    assert library.told > told


def test_page_and_twin_are_kept_apart_and_so_are_questions(site: Site) -> None:
    page = site.get("/incidents/inc-1", headers={"accept": "text/html"})
    twin = site.get("/incidents/inc-1", headers={"accept": "application/json"})
    assert page.headers["content-type"] != twin.headers["content-type"]
    assert site.get("/incidents/inc-1?fields=x", headers={"accept": "application/json"}).status_code == 400
    assert site.get("/incidents/inc-1", headers={"accept": "text/html"}).content == page.content


def test_nothing_that_a_member_sees_is_kept_for_others(site: Site) -> None:
    site.post("/enter", data={"phrase": phrase_of("ana")}, headers=OURS)
    assert "Grudge" in site.get("/incidents/inc-1").text
    site.cookies.clear()
    assert "Grudge" not in site.get("/incidents/inc-1").text
    assert HIDDEN.value not in site.get("/incidents/inc-1").text


@pytest.mark.parametrize("path", ["/", "/incidents/inc-1", "/api/v1/incidents/inc-1", "/static/incidex.css"])
def test_whoever_has_the_answer_is_told_so(site: Site, path: str) -> None:
    first = site.get(path)
    tag = first.headers["etag"]
    for given in (tag, f'"other", {tag}', "*", tag.removeprefix("W/")):
        again = site.get(path, headers={"if-none-match": given})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert again.headers["vary"] == first.headers["vary"]
    assert site.get(path, headers={"if-none-match": '"other"'}).status_code == 200


def test_a_head_has_everything_but_the_body(site: Site) -> None:
    whole, head = site.get("/incidents/inc-1"), site.head("/incidents/inc-1")
    assert head.content == b""
    assert dict(head.headers) == dict(whole.headers)
    assert site.head("/nothing").status_code == 404


def test_public_pages_are_packed_and_members_never(site: Site) -> None:
    packed = site.get("/incidents/inc-1", headers={"accept-encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["vary"]
    plain = site.get("/incidents/inc-1", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == packed.content  # which the client has unpacked
    assert len(gzip.compress(plain.content)) < len(plain.content)
    site.post("/enter", data={"phrase": phrase_of("ana")}, headers=OURS)
    members = site.get(f"/review/inc-1/{OPEN.id}", headers={"accept-encoding": "gzip"})
    assert "csrf" in members.text
    assert "content-encoding" not in members.headers


def test_figures_are_for_a_token_and_name_nothing_that_was_asked(site: Site) -> None:
    site.get("/incidents/inc-1?q=swordfish")
    site.get("/swordfish")
    assert site.get("/metrics").status_code == 403
    ed = next(each for each in ACCOUNTS.members() if each.name == "ed")
    door = Door(ACCOUNTS)
    reads = {"authorization": f"Bearer {door.make_token(ed, 'x', 'read', 1)}"}
    assert site.get("/metrics", headers=reads).status_code == 403
    counts = {"authorization": f"Bearer {door.make_token(ed, 'x', 'metrics', 1)}"}
    said = site.get("/metrics", headers=counts).text
    assert 'incidex_answers_total{kind="incidents",status="200"} 1.0' in said
    assert 'incidex_answers_total{kind="other",status="404"} 1.0' in said
    assert "swordfish" not in said
    assert "inc-1" not in said


def test_a_site_whose_database_is_gone_is_there_and_not_ready(site: Site, log: MemoryLog) -> None:
    assert site.get("/readyz").text == "ready\n"

    class Gone(StoreLibrary):
        def find_incident(self, *_: object, **__: object) -> None:
            raise OSError("swordfish")

    with TestClient(make_app(Gone(log)), raise_server_exceptions=False) as broken:
        assert broken.get("/healthz").status_code == 200
        assert broken.get("/readyz").status_code >= 500


def test_what_a_network_has_left_comes_back_with_time() -> None:
    now = [0.0]
    rates = Rates(lambda: now[0])
    assert [rates.wait_seconds("192.0.2.1") for _ in range(int(BURST))] == [0] * int(BURST)
    assert rates.wait_seconds("192.0.2.9") == 1  # the same network
    assert rates.wait_seconds("2001:db8::1") == rates.wait_seconds("127.0.0.1") == 0
    now[0] += 2 / A_SECOND
    assert [rates.wait_seconds("192.0.2.1") for _ in range(3)] == [0, 0, 1]
    assert "192.0" not in repr(vars(rates))


def test_one_network_cannot_have_everything_made_for_it(
    log: MemoryLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("incidex.web.rates.BURST", 5.0)
    monkeypatch.setattr("incidex.web.rates.A_SECOND", 0.01)
    app = make_app(StoreLibrary(log), head=log.head)
    with TestClient(app) as one:
        answers = [_ask_from(one, f"192.0.2.{n % 9}", f"/nothing/{n}") for n in range(8)]
        assert answers == [404] * 5 + [429] * 3
        assert _ask_from(one, "192.0.3.1", "/nothing") == 404
        assert _ask_from(one, "127.0.0.1", "/nothing") == 404
        assert _ask_from(one, "192.0.2.1", "/healthz") == 200


def _ask_from(site: Site, address: str, path: str) -> int:
    """Ask as somebody at an address does."""
    said: list[int] = []

    async def ask() -> None:
        async def receive() -> MutableMapping[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: MutableMapping[str, Any]) -> None:
            said.extend([message["status"]] if "status" in message else [])

        scope = {
            "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"",
            "headers": [(b"host", b"x")], "client": (address, 1), "server": ("x", 80), "scheme": "http",
            "root_path": "", "http_version": "1.1", "asgi": {"version": "3.0"}, "state": {},
        }  # fmt: skip
        await site.app(scope, receive, send)

    anyio.run(ask)
    return said[0]
