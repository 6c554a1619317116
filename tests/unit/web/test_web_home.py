"""The address that the site has for others: what an operator says wins over what a request names."""

from collections.abc import Iterator
from html import unescape

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from incidex.app.settings import Settings
from incidex.model import InputError
from incidex.web import make_app
from tests.unit.web.test_web_site import make_library

Site = TestClient[Litestar]

OURS, THEIRS = "https://incidents.example.org", "evil.example"

#: Every answer that has absolute addresses in it.
ABSOLUTE = (
    "/robots.txt",
    "/sitemap.xml",
    "/sitemaps/1.xml",
    "/feeds/search.atom",
    "/feeds/search.json",
    "/incidents/inc-1",
    "/incidents/inc-1/cite",
    "/incidents/inc-1/cite/bibtex",
    "/incidents/inc-1/cite/csl",
    "/incidents/inc-1/cite/text",
)


@pytest.fixture(scope="module")
def named() -> Iterator[Site]:
    with TestClient(make_app(make_library(), public_url=OURS)) as client:
        yield client


@pytest.fixture(scope="module")
def unnamed() -> Iterator[Site]:
    with TestClient(make_app(make_library())) as client:
        yield client


@pytest.mark.parametrize("path", ABSOLUTE)
def test_what_a_request_names_moves_no_address_where_the_operator_named_one(named: Site, path: str) -> None:
    answer = named.get(path, headers={"host": THEIRS, "x-forwarded-host": THEIRS})
    assert answer.status_code == 200
    assert THEIRS not in answer.text
    assert f"{OURS}/" in unescape(answer.text)


@pytest.mark.parametrize("host", ['x"><script>', "a b", "x/../y", "", "a" * 400, "user@host", "x:99999999"])
def test_what_is_no_host_is_refused(unnamed: Site, host: str) -> None:
    answer = unnamed.get("/sitemap.xml", headers={"host": host})
    assert answer.status_code == 400
    assert "<script>" not in answer.text


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1", "[::1]:8000", "incidents.example.org"])
def test_a_host_that_is_one_is_used_for_its_own_answer(unnamed: Site, host: str) -> None:
    assert (
        f"<loc>http://{host}/sitemaps/1.xml</loc>" in unnamed.get("/sitemap.xml", headers={"host": host}).text
    )


def test_a_record_page_names_its_own_address_whatever_it_was_asked_with(named: Site) -> None:
    for query in ("", "?as_of=2999-01-01T00:00:00Z", "?since=2020-01-01T00:00:00Z"):
        page = unescape(named.get(f"/incidents/inc-1{query}").text)
        assert f'<link rel="canonical" href="{OURS}/incidents/inc-1">' in page


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("", ""),
        ("https://Incidents.example.org/", OURS),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_the_setting_is_an_address_of_a_site(text: str, address: str) -> None:
    assert Settings.read({"INCIDEX_PUBLIC_URL": text}).public_url == address


@pytest.mark.parametrize(
    "text",
    [
        "incidents.example.org",
        "ftp://x",
        "https://",
        "https://x/incidex",
        "https://me@x",
        "https://x?y",
        'https://x">',
        "https://x:99999",
    ],
)
def test_anything_else_is_refused_with_what_to_give(text: str) -> None:
    with pytest.raises(InputError, match=r"INCIDEX_PUBLIC_URL .* as https://incidents\.example\.org"):
        Settings.read({"INCIDEX_PUBLIC_URL": text})
