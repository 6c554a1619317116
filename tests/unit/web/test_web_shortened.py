"""Record pages stay small however many speak; nothing that is left out is lost."""

import re
from collections.abc import Iterator
from hashlib import sha256
from html import unescape

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from incidex.codebook import policy
from incidex.model import (
    Change,
    Claim,
    Claimed,
    Document,
    Evidence,
    Linked,
    Received,
    Report,
    Role,
    Source,
    Span,
    Speaker,
)
from incidex.web import MemoryLibrary, make_app
from incidex.web.shortened import MOST_VOICES
from tests.unit.web.conftest import AT

Site = TestClient[Litestar]

MANY = 40
PUBLIC = [name for name, each in policy().items() if each.tier == 0]


def make_changes(reports: int, values: int) -> Iterator[Change]:
    """Yield a record of which many reports say many things of every field that the public sees."""
    version = 0
    for number in range(reports):
        text = f"Report {number} says that <b>Acme</b> lost passwords. " * 3
        source = Source(name=f"Paper {number}", role=Role.PRESS)
        report = Report(sha256=sha256(text.encode()).hexdigest(), source=source, title=f"Report {number}")
        yield Change(
            record=report.id,
            version=1,
            body=Received(report, Document(report=report.id, text=text)),
            by="x",
            at=AT,
        )
        claims = tuple(
            Claim(
                report=report.id,
                field=field,
                value=f"value {place}",
                speaker=Speaker(source.name, Role.PRESS),
                coder="rules@1",
                evidence=Evidence.of(text, Span(9, 40)),
                why="it says so",
            )
            for field in PUBLIC
            for place in range(values)
        )
        for body in (Linked(report), Claimed(claims)):
            version += 1
            yield Change(record="inc-1", version=version, body=body, by="x", at=AT)


@pytest.fixture(scope="module", params=[(MANY, 1), (2, MANY)], ids=["many reports", "many values"])
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    with TestClient(make_app(MemoryLibrary(list(make_changes(*request.param)), policy()))) as client:
        yield client


def test_a_page_shows_no_more_than_it_can_hold_and_links_the_rest(site: Site) -> None:
    page = site.get("/incidents/inc-1")
    assert page.text.count('<figure class="voice">') <= max(MOST_VOICES, 2 * len(PUBLIC))
    left = re.findall(r'<a href="([^"]*/values/[^"]*)">(\d+) more', unescape(page.text))
    assert left
    for address, _ in left[:3]:
        assert site.get(address).status_code == 200


def test_the_page_behind_it_has_every_value(site: Site) -> None:
    whole = site.get("/incidents/inc-1/values/malware", headers={"accept": "application/json"}).json()
    wanted = {each["value"] for each in whole["values"]["malware"]}
    seen: set[str] = set()
    address: str | None = "/incidents/inc-1/values/malware"
    while address:
        page = site.get(address)
        assert len(page.content) < 100_000
        seen |= set(re.findall(r'<span class="said"><bdi>(value \d+)</bdi>', page.text))
        following = re.search(r'href="([^"]*)" rel="next"', page.text)
        address = unescape(following[1]) if following else None
    assert seen == wanted


def test_what_is_not_there_is_not_found(site: Site) -> None:
    assert site.get("/incidents/inc-1/values/nothing").status_code == 404
    assert site.get("/incidents/inc-2/values/malware").status_code == 404
    assert site.get("/incidents/inc-1/values/malware?as_of=2020-01-01").status_code == 404
    assert "As it stood at" in site.get("/incidents/inc-1/values/malware?as_of=2027-01-01").text
