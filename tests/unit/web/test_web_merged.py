"""A page by any id that an incident ever had, and what stands on it of merges and of sources that circle."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from incidex.codebook import policy
from incidex.model import Body, Change, Claimed, Judged, Judgement, Linked, Tier
from incidex.web import MemoryLibrary, make_app
from tests.factories import NOON, linked, make_claim, make_report, make_source
from tests.members import PEOPLE, make_accounts, phrase_of

WHY = "one server <b>and</b> one day"

DATABASE = replace(make_report("row", source=make_source("VCDB")), register="database")


def history() -> list[Change]:
    hidden = make_report("hidden", tier=Tier.AMBER)
    said = make_claim("VCDB's word", field="victim.name", speaker="VCDB", report=DATABASE.id)
    bodies: list[tuple[str, Body]] = [
        ("inc-old", Linked(DATABASE)),
        ("inc-old", Claimed((said,))),
        ("inc-new", linked(make_report("another", source=make_source("Wikipedia")))),
        ("inc-hidden", Linked(hidden)),
        ("inc-old", Judged("inc-new", Judgement.SAME, WHY)),
        ("inc-new", Judged("inc-old", Judgement.SAME, WHY)),
        ("inc-old", Judged("inc-hidden", Judgement.CAUSED_BY, "secret reason")),
        ("inc-hidden", Judged("inc-old", Judgement.CAUSED, "secret reason")),
    ]
    return [
        Change(record=record, version=serial, body=body, by="person:ana", at=NOON, serial=serial)
        for serial, (record, body) in enumerate(bodies, start=1)
    ]


@pytest.fixture(scope="module")
def site() -> Iterator[TestClient[Litestar]]:
    with TestClient(make_app(MemoryLibrary(history(), policy()), accounts=make_accounts(PEOPLE))) as client:
        yield client


@pytest.mark.parametrize("name", ["inc-old", "inc-new"])
def test_either_id_answers_with_the_one_record(site: TestClient[Litestar], name: str) -> None:
    page = site.get(f"/incidents/{name}").text
    assert "inc-new</a> is the same incident and was merged into this one" in page
    assert "one server &lt;b&gt;and&lt;" in page
    assert site.get(f"/api/v1/incidents/{name}").json()["id"] == "inc-old"


def test_the_merged_record_is_listed_once(site: TestClient[Litestar]) -> None:
    home = site.get("/").text
    assert home.count("inc-old") == 1
    assert "inc-new" not in home


def test_nobody_learns_of_an_incident_that_is_hidden(site: TestClient[Litestar]) -> None:
    site.post("/enter", data={"phrase": phrase_of("member")}, headers={"sec-fetch-site": "same-origin"})
    for address in ("/incidents/inc-old", "/api/v1/incidents/inc-old", "/"):
        assert "secret reason" not in site.get(address).text
        assert "inc-hidden" not in site.get(address).text
    assert site.get("/incidents/inc-hidden").status_code == 404


def test_a_record_that_only_databases_tell_of_says_so(site: TestClient[Litestar]) -> None:
    page = site.get("/incidents/inc-old").text
    assert "nobody stands behind it" in page
    assert "VCDB is a database." in page
    assert "VCDB is a database." in site.get("/api/v1/incidents/inc-old").json()["circular"]
