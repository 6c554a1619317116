"""Citations, and what machines are told of a record and of the site."""

import json
import re
from collections.abc import Iterator
from hashlib import sha256
from xml.etree import ElementTree as ET

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from incidex.codebook import policy
from incidex.model import Change, Role, Tier
from incidex.web import MemoryLibrary, make_app
from incidex.web.crawling import MOST_ADDRESSES
from tests.factories import NOON, claimed, linked, make_claim, make_history, make_report, make_source

Site = TestClient[Litestar]
HOSTILE = '</script><script>alert("1")</script> & {50%} of \\Acme_'
SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def make_changes() -> list[Change]:
    report = make_report(source=make_source("Acme <&>", Role.VICTIM))
    return make_history(
        linked(report),
        claimed(
            make_claim(HOSTILE, field="victim.name", report=report.id),
            make_claim("Lazarus Group", field="actor.name", tier=Tier.GREEN, report=report.id),
            make_claim("T1566", field="technique", tier=Tier.GREEN, report=report.id),
        ),
    )


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with TestClient(make_app(MemoryLibrary(make_changes(), policy()))) as client:
        yield client


def test_a_citation_can_be_checked_by_whoever_follows_it(site: Site) -> None:
    (entry,) = json.loads(site.get("/incidents/inc-1/cite/csl").text)
    address = entry["URL"].replace("/incidents/", "/api/v1/incidents/")
    (found,) = re.findall(r"SHA-256: ([0-9a-f]{64})", entry["note"])
    assert sha256(site.get(address).content).hexdigest() == found
    assert entry["issued"]["date-parts"] == [[NOON.year, NOON.month, NOON.day]]
    assert entry["version"] == "2"


def test_every_way_to_cite_gives_the_same_record(site: Site) -> None:
    page = site.get("/incidents/inc-1/cite").text
    for kind in ("text", "bibtex", "csl"):
        text = site.get(f"/incidents/inc-1/cite/{kind}").text
        assert "version" in text
        assert "2026-11-23T12:00:00.000000Z" in text
        assert f"/incidents/inc-1/cite/{kind}" in page.replace("&#x2f;", "/")
    assert site.get("/incidents/inc-1/cite/endnote").status_code == 404
    assert site.get("/incidents/nothing/cite").status_code == 404


def test_bibtex_is_safe_from_what_a_title_holds(site: Site) -> None:
    text = site.get("/incidents/inc-1/cite/bibtex").text
    assert r"\& \{50\%\} of \textbackslash{}Acme\_" in text
    title = next(line for line in text.splitlines() if line.strip().startswith("title"))
    plain = title.replace(r"\{", "").replace(r"\}", "")
    assert plain.count("{") == plain.count("}")


def test_the_citation_of_the_public_says_nothing_of_the_log(site: Site) -> None:
    assert "Last change in the log" not in site.get("/incidents/inc-1/cite").text


def test_a_record_says_to_machines_what_it_is_and_states_no_claim_as_a_fact(site: Site) -> None:
    page = site.get("/incidents/inc-1").text
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    linked_data = json.loads(text)
    assert linked_data["@type"] == "Dataset"
    assert HOSTILE in linked_data["name"]
    assert linked_data["description"].startswith("The Harbour Ledger said that ")
    assert linked_data["isBasedOn"][0]["publisher"]["name"] == "Acme <&>"
    assert page.count("<script") == 1
    assert "Lazarus" not in page


def test_the_map_of_the_site_has_what_the_public_may_see(site: Site) -> None:
    index = ET.fromstring(site.get("/sitemap.xml").content)  # noqa: S314 - written by us
    parts = [each.text or "" for each in index.iter(f"{SPACE}loc")]
    assert [part.rpartition("/")[2] for part in parts] == ["1.xml"]
    addresses = [
        each.text or ""
        for each in ET.fromstring(site.get(parts[0]).content).iter(f"{SPACE}loc")  # noqa: S314
    ]
    assert any(each.endswith("/incidents/inc-1") for each in addresses)
    assert not any("lazarus" in each or "T1566" in each for each in addresses)
    assert all(site.get(each).status_code == 200 for each in addresses)


@pytest.mark.parametrize("name", ["0.xml", "2.xml", "x.xml", "1", "999999.xml", "-1.xml"])
def test_a_map_that_there_is_not_is_not_found(site: Site, name: str) -> None:
    assert site.get(f"/sitemaps/{name}").status_code == 404


def test_a_large_site_has_several_maps() -> None:
    changes = [
        change
        for number in range(MOST_ADDRESSES)
        for change in make_history(claimed(make_claim()), record=f"inc-{number:05}")
    ]
    with TestClient(make_app(MemoryLibrary(changes, policy()))) as site:
        assert site.get("/sitemap.xml").text.count("<loc>") == 2
        assert site.get("/sitemaps/1.xml").text.count("<loc>") == MOST_ADDRESSES


def test_crawlers_are_told_where_the_map_is(site: Site) -> None:
    text = site.get("/robots.txt").text
    assert "Sitemap: http" in text
    assert "Disallow: /review" in text
