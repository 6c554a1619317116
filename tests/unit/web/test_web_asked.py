"""Search as of a moment, and by likeness: addresses that show the same again, on the page and as JSON."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from incidex.app.library import StoreLibrary
from incidex.codebook import policy
from incidex.model import Change, Tier
from incidex.search import Search, Wish
from incidex.store import SqliteLog
from incidex.web import Library, MemoryLibrary, make_app
from tests.twins import AT, make_story, open_log

Site = TestClient[Litestar]

#: The log is written hour by hour: Acme, then Bolt, then Crane, whose passwords are taken back at the end.
FIRST, LAST = AT + timedelta(hours=3, minutes=30), datetime(2027, 1, 1, tzinfo=UTC)


def libraries(folder: Path) -> tuple[list[Change], SqliteLog]:
    changes = make_story("", Tier.RED)
    return changes, open_log(folder / "incidex.db", changes)


@pytest.fixture(params=["index", "folded", "memory"])
def library(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Library]:
    changes, log = libraries(tmp_path)
    made: dict[str, Library] = {
        "index": StoreLibrary(log, Search(log, tmp_path / "index")),
        "folded": StoreLibrary(log),
        "memory": MemoryLibrary(changes, policy()),
    }
    yield made[request.param]
    log.close()


@pytest.fixture
def site(library: Library) -> Iterator[Site]:
    with TestClient(make_app(library), raise_server_exceptions=False) as client:
        yield client


def stamp(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def ids(found: Any) -> list[str]:
    return [each["id"] for each in found["hits"]]


def test_what_could_be_found_then(site: Site) -> None:
    now = site.get("/api/v1/search").json()
    assert sorted(ids(now)) == ["inc-acme", "inc-bolt", "inc-crane"]
    then = site.get("/api/v1/search", params={"as_of": stamp(FIRST)}).json()
    assert ids(then) == ["inc-acme"]
    assert then["as_of"] == stamp(FIRST)
    assert site.get("/api/v1/search", params={"as_of": "2026-02-01"}).json()["count"] == 0
    late = site.get("/api/v1/search", params={"as_of": stamp(LAST)}).json()
    assert late | {"as_of": None} == now | {
        "hits": [{**hit, "link": f"{hit['link']}?as_of=2027-01-01T00%3A00%3A00Z"} for hit in now["hits"]]
    }


def test_what_was_taken_back_could_be_found_before(site: Site) -> None:
    query = {"q": "Crane status:retracted"}
    assert site.get("/api/v1/search", params=query).json()["count"] == 1
    before = query | {"as_of": stamp(AT + timedelta(hours=7))}
    assert site.get("/api/v1/search", params=before).json()["count"] == 0


def test_a_page_of_then_says_so_and_leads_to_records_of_then(site: Site) -> None:
    page = unescape(site.get("/search", params={"q": "passwords", "as_of": stamp(FIRST)}).text)
    assert "As of 1 March 2026, 11:30:00 UTC" in page
    assert f'href="/incidents/inc-acme?as_of={stamp(FIRST).replace(":", "%3A")}"' in page
    assert 'href="/search?q=passwords">The same search now' in page
    assert "search.atom" not in page  # a feed is of now
    assert '<input type="hidden" name="as_of"' in page
    for facet in re.findall(r'href="(/search\?[^"]*)" rel="nofollow"', page):
        assert "as_of=" in facet
    record = site.get(re.findall(r'href="(/incidents/[^"]*)"', page)[0])
    assert record.status_code == 200
    assert "As it stood at 1 March 2026, 11:30:00 UTC" in record.text


def test_now_becomes_an_address_that_lasts(library: Library) -> None:
    with TestClient(make_app(library, clock=LAST.timestamp)) as site:
        page = site.get("/search?q=passwords&sort=old")
        (link,) = re.findall(r'href="([^"]*as_of=now[^"]*)"', unescape(page.text))
        assert parse_qs(urlsplit(link).query) == {"q": ["passwords"], "as_of": ["now"], "sort": ["old"]}
        answer = site.get(link, follow_redirects=False)
        assert answer.status_code == 303
        lasting = answer.headers["location"]
        assert parse_qs(urlsplit(lasting).query)["as_of"] == [stamp(LAST)]
        then = unescape(site.get(lasting).text)
        assert re.findall(r"<h2><a[^>]*><bdi>(.*?)</bdi>", then) == re.findall(
            r"<h2><a[^>]*><bdi>(.*?)</bdi>", page.text
        )
        assert (
            site.get("/api/v1/search?as_of=now", follow_redirects=False)
            .headers["location"]
            .startswith("/api/v1/search?")
        )


@pytest.mark.parametrize(
    "at", ["yesterday", "2026-13-01", "2026-03-01T10:00:00", "40", "٣" * 10, "0" * 5_000]
)
def test_no_moment_is_one_sentence(site: Site, at: str) -> None:
    answer = site.get("/search", params={"as_of": at})
    assert answer.status_code == 400
    assert "Give a day, or a time with its zone" in answer.text


def test_incidents_like_one_and_what_they_share(site: Site) -> None:
    like = site.get("/api/v1/search", params={"similar": "inc-acme"}).json()
    assert sorted(ids(like)) == ["inc-bolt", "inc-crane"] or ids(like) == []
    page = unescape(site.get("/search", params={"similar": "inc-acme"}).text)
    assert "Incidents like" in page
    for hit in like["hits"]:
        assert hit["shared"]
        assert f'href="{hit["link"]}"' in page


def test_likeness_is_among_what_a_query_finds_and_as_of_then(site: Site) -> None:
    asked = {"similar": "inc-acme", "q": "Bolt"}
    assert set(ids(site.get("/api/v1/search", params=asked).json())) <= {"inc-bolt"}
    then = {"similar": "inc-acme", "as_of": stamp(FIRST)}
    assert ids(site.get("/api/v1/search", params=then).json()) == []
    assert site.get("/search", params={"similar": "inc-bolt", "as_of": stamp(FIRST)}).status_code == 404
    assert site.get("/search", params={"similar": "<script>"}).status_code == 404
    assert site.get("/api/v1/search", params={"similar": "inc-acme", "q": "("}).status_code == 400


def test_a_record_leads_to_those_like_it(site: Site) -> None:
    page = unescape(site.get("/incidents/inc-acme").text)
    assert 'href="/search?similar=inc-acme"' in page
    assert site.get("/search?similar=inc-acme").status_code == 200


def test_the_past_of_very_many_incidents_is_refused_at_a_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("incidex.search.pasts.MOST_INCIDENTS", 2)
    _, log = libraries(tmp_path)
    search = Search(log, tmp_path / "index")
    with TestClient(make_app(StoreLibrary(log, search))) as site:
        answer = site.get("/api/v1/search", params={"as_of": stamp(FIRST)})
        assert answer.status_code == 400
        assert "takes too long here" in answer.json()["error"]["message"]
    assert search.search("", Tier.CLEAR, as_of=FIRST).count == 1  # whoever has the machine may wait
    log.close()


def test_what_is_kept_of_the_past_goes_when_the_log_grows(tmp_path: Path) -> None:
    changes, log = make_story("", Tier.RED), SqliteLog(tmp_path / "incidex.db")
    log.append(changes[:2])
    search = Search(log, tmp_path / "index")
    assert search.search("", Tier.CLEAR, Wish(), as_of=LAST).count == 1
    log.append(changes[2:])
    assert search.search("", Tier.CLEAR, Wish(), as_of=LAST).count == 3
    log.close()
