"""Pages of organisations, actors, techniques and sources: one page for each, and nothing above the tier."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar
from litestar.testing import TestClient

from incidex.codebook import policy
from incidex.model import (
    Body,
    Change,
    Claim,
    Claimed,
    Decided,
    Decision,
    Document,
    Evidence,
    Linked,
    Received,
    Removed,
    Report,
    Retracted,
    Role,
    Source,
    Span,
    Speaker,
)
from incidex.web import MemoryLibrary, make_app
from incidex.web.slugs import find_actor_by_id, link_search, name_actor, name_organisation, name_source
from tests.members import PEOPLE, make_accounts, phrase_of

AT = datetime(2026, 1, 2, tzinfo=UTC)
TEXT = "Acme Ltd. and Hidden Cobra and Fancy Bear, by spearphishing"
Site = TestClient[Litestar]


def make_report(number: int, text: str = TEXT) -> Report:
    source = Source(name="The Harbour Ledger", role=Role.PRESS, reliability="B", url="https://ledger.example")
    digest = sha256(f"{number}{text}".encode()).hexdigest()
    return Report(sha256=digest, source=source, title=f"Report {number}", published="2025-02")


def make_claim(report: Report, field: str, value: str, words: str) -> Claim:
    start = TEXT.index(words)
    return Claim(
        report=report.id,
        field=field,
        value=value,
        speaker=Speaker("The Harbour Ledger"),
        coder="rules@1",
        tier=policy()[field].tier,
        evidence=Evidence.of(TEXT, Span(start, start + len(words))),
    )


def make_changes() -> Iterator[Change]:
    for number, (victim, actor) in enumerate((("Acme Ltd.", "Hidden Cobra"), ("ACME", "Lazarus Group")), 1):
        report = make_report(number)
        claims = (
            make_claim(report, "victim.name", victim, "Acme Ltd."),
            make_claim(report, "actor.name", actor, "Hidden Cobra"),
            make_claim(report, "technique", "T1566.001", "spearphishing"),
            make_claim(report, "data.class", "Passwords", "Acme"),
            make_claim(report, "data.class", "Names", "Acme"),
        )
        bodies: list[Body] = [
            Linked(report),
            Claimed(claims),
            Retracted(claims[3].id, "it was another firm"),
            Decided(claims[4].id, Decision.REJECTED, "no name is in it"),
            Retracted(claims[1].id, "a secret reason"),
            Claimed((make_claim(report, "actor.name", actor, "Cobra"),)),
            Removed(report.id, "by order of a court", quotes_only=True),
        ]
        document = Document(report=report.id, text=TEXT)
        yield Change(record=report.id, version=1, body=Received(report, document), by="add@1", at=AT)
        for version, body in enumerate(bodies, start=1):
            yield Change(record=f"inc-{number}", version=version, body=body, by="person:ana", at=AT)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    app = make_app(MemoryLibrary(list(make_changes()), policy()), accounts=make_accounts(PEOPLE))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="module")
def member() -> Iterator[Site]:
    app = make_app(MemoryLibrary(list(make_changes()), policy()), accounts=make_accounts(PEOPLE))
    with TestClient(app, raise_server_exceptions=False) as client:
        client.post("/enter", data={"phrase": phrase_of("member")}, headers={"sec-fetch-site": "same-origin"})
        yield client


def test_an_organisation_has_one_page_however_it_is_spelt(site: Site) -> None:
    twin = site.get("/api/v1/organisations/acme").json()
    assert twin["spellings"] == {"ACME": 1, "Acme Ltd.": 1}
    assert {each["id"] for each in twin["incidents"]} == {"inc-1", "inc-2"}
    assert all(each["part"] == ["victim"] for each in twin["incidents"])
    assert "Acme Ltd." in site.get("/organisations/acme").text


def test_an_actor_has_one_page_under_all_its_names(member: Site) -> None:
    twin = member.get("/api/v1/actors/lazarus-group").json()
    assert {each["id"] for each in twin["incidents"]} == {"inc-1", "inc-2"}
    said = {each["name"]: each["said_by"] for each in twin["aliases"]}
    assert "MISP galaxy" in said["Hidden Cobra"]
    moved = member.get("/actors/hidden-cobra", follow_redirects=False)
    assert (moved.status_code, moved.headers["location"]) == (301, "/actors/lazarus-group")
    assert {each["label"]: each["value"] for each in twin["held"]}["Location"] == "North Korea"


def test_the_public_learns_of_a_known_actor_but_not_what_it_is_said_to_have_done(site: Site) -> None:
    page = site.get("/actors/lazarus-group").text
    assert "available to members" in page
    assert "Acme" not in page
    assert site.get("/api/v1/actors/lazarus-group").json()["incidents"] == []
    assert "Lazarus" not in site.get("/corrections").text
    assert "secret reason" not in site.get("/api/v1/corrections").text


def test_a_technique_counts_the_incidents_of_its_parts(member: Site, site: Site) -> None:
    twin = member.get("/api/v1/techniques/T1566").json()
    assert {each["id"] for each in twin["incidents"]} == {"inc-1", "inc-2"}
    assert twin["tactics"] == ["Initial Access"]
    assert site.get("/api/v1/techniques/T1566").json()["incidents"] == []
    assert site.get("/techniques/t1566").status_code == 200


def test_a_source_says_what_it_got_corrected(site: Site) -> None:
    twin = site.get("/api/v1/sources/the-harbour-ledger").json()
    assert twin["reliability"] == "B"
    assert twin["report_count"] == 2
    assert sorted({each["kind"] for each in twin["corrections"]}) == ["rejected", "removed", "withdrawn"]
    assert "it was another firm" in site.get("/sources/the-harbour-ledger").text


def test_the_corrections_log_says_what_why_and_by_whom(site: Site) -> None:
    twin = site.get("/api/v1/corrections").json()
    assert twin["count"] == 6
    told = {(each["kind"], each["what"], each["why"], each["by"]) for each in twin["corrections"]}
    assert ("withdrawn", "Data classes: Passwords", "it was another firm", "ana") in told
    assert ("rejected", "Data classes: Names", "no name is in it", "ana") in told


@pytest.mark.parametrize("kind", ["organisations", "actors", "techniques", "sources"])
def test_what_is_not_there_is_not_found(site: Site, kind: str) -> None:
    for path in (f"/{kind}/nothing", f"/api/v1/{kind}/nothing", f"/{kind}/%3Cscript%3E", f"/{kind}/%00"):
        assert site.get(path).status_code == 404
    assert json.loads(site.get(f"/api/v1/{kind}/nothing").text)["error"]["status"] == 404


@given(st.text(min_size=1, max_size=300))
def test_every_name_has_an_id_that_an_address_can_hold(name: str) -> None:
    for make in (name_organisation, name_actor, name_source):
        made = make(name)
        assert made
        assert "/" not in made
        assert made == make(name)


def test_names_of_marks_alone_and_very_long_ones_are_told_apart() -> None:
    assert name_organisation("!!!") != name_organisation("???")
    assert name_source("a" * 100 + "b") != name_source("a" * 100 + "c")
    assert name_actor("Hidden Cobra") == name_actor("LAZARUS GROUP") == "lazarus-group"
    known = find_actor_by_id("hidden-cobra")
    assert known is not None
    assert known.id == "Lazarus Group"


def test_who_runs_a_ransomware_is_known_by_its_name_and_aliases() -> None:
    assert name_actor("ALPHV") == name_actor("BlackCat") == "blackcat"
    assert name_actor("REvil") == "sodinokibi"


def test_a_search_for_a_value_quotes_it() -> None:
    assert (
        link_search("victim.name", 'A "b" \\')
        == "/search?q=victim.name%3A%E2%80%9CA%20%22b%22%20%5C%E2%80%9D"
    )


def test_a_list_is_narrowed_down_by_part_of_a_name(site: Site) -> None:
    found = unescape(site.get("/organisations", params={"q": "  aCm "}).text)
    assert 'href="/organisations/acme"' in found
    assert "None is called so" in site.get("/organisations", params={"q": "nobody"}).text
    hostile = site.get("/organisations", params={"q": '"><script>'}).text
    assert "<script" not in hostile


def test_the_incidents_of_an_organisation_are_told_apart(site: Site) -> None:
    page = site.get("/organisations/acme").text
    named = re.findall(r'<th scope="row"><a [^>]*><bdi>(.*?)</bdi>', page)
    assert len(named) == 2
    assert all("Acme" not in each for each in named)
