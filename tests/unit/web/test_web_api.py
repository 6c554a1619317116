"""The API: pages that do not drift, fields that are asked for, errors of one shape, its own description."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from litestar import Litestar
from litestar.testing import TestClient
from schemathesis.specs.openapi.checks import positive_data_acceptance

from incidex.app.library import StoreLibrary
from incidex.codebook import policy
from incidex.model import MemberRole
from incidex.store import MemoryLog
from incidex.web import Desk, MemoryLibrary, make_app
from incidex.web.openapi import PREFIX, describe
from incidex.web.pages import MOST
from tests.browser.conftest import make_ciphr, make_hostile
from tests.members import PEOPLE, make_accounts
from tests.unit.web.test_web_site import make_library

Site = TestClient[Litestar]
APP = make_app(
    MemoryLibrary([*make_ciphr(), *make_hostile()], policy()),
    accounts=make_accounts(PEOPLE | {"cy": MemberRole.CODER}),
    desk=Desk(MemoryLog()),
)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with TestClient(make_app(make_library(), accounts=make_accounts(PEOPLE))) as client:
        yield client


def test_a_long_list_comes_in_pages_that_fit_together(log: MemoryLog) -> None:
    with TestClient(make_app(StoreLibrary(log))) as site:
        whole = site.get("/api/v1/claims").json()["items"]
        assert len(whole) > 1
        found: list[Any] = []
        cursor: str | None = ""
        while cursor is not None:
            page = site.get("/api/v1/claims", params={"limit": 1, "cursor": cursor}).json()
            found += page["items"]
            cursor = page["next"]
        assert found == whole


def test_a_record_is_cut_to_what_is_asked_of_it(site: Site) -> None:
    whole = site.get("/api/v1/incidents/inc-1").json()
    part = site.get("/api/v1/incidents/inc-1?fields=victim.name,version").json()
    assert part == {
        "id": "inc-1",
        "version": whole["version"],
        "values": {"victim.name": whole["values"]["victim.name"]},
        "denied": {},
        "withheld": {},
    }
    assert site.get("/api/v1/incidents?fields=id").json() == {"items": [{"id": "inc-1"}], "next": None}


def test_claims_can_be_asked_for_by_incident_and_field(site: Site) -> None:
    of_field = site.get("/api/v1/claims?field=data.class").json()["items"]
    assert {each["field"] for each in of_field} == {"data.class"}
    assert of_field == site.get("/api/v1/claims?field=data.class&incident=inc-1").json()["items"]
    assert site.get("/api/v1/claims?incident=inc-2").json() == {"items": [], "next": None}


def test_the_public_gets_a_reports_facts_and_members_its_text(site: Site) -> None:
    (report,) = site.get("/api/v1/reports").json()["items"]
    assert site.get(f"/api/v1/reports/{report['id']}").json()["text"] is None
    assert site.get("/api/v1/reports/nothing").status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "incidents?limit=0",
        f"incidents?limit={MOST + 1}",
        "incidents?limit=٣",
        "incidents?cursor=e30",
        "incidents?cursor=WyJhIl0",
        "incidents?cursor=" + "W" * 9_000,
        "incidents?fields=nothing",
        "claims?field=nothing",
        "claims?cursor=%F0%9F%92%A5",
        "incidents/inc-1?as_of=2017-13-01",
    ],
)
def test_what_cannot_be_asked_is_one_sentence_in_one_shape(site: Site, query: str) -> None:
    answer = site.get(f"/api/v1/{query}")
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert set(answer.json()) == {"error"}
    assert set(error) == {"status", "message"}
    assert re.fullmatch(r"[A-ZT'“].*[.!?]", error["message"])


def test_a_cursor_is_of_one_list(log: MemoryLog) -> None:
    with TestClient(make_app(StoreLibrary(log))) as site:
        cursor = site.get("/api/v1/claims?limit=1").json()["next"]
        answer = site.get(f"/api/v1/claims?limit=1&field=data.class&cursor={cursor}")
        assert answer.status_code == 400
        assert "another list" in answer.json()["error"]["message"]


def test_every_address_of_the_api_is_described_and_every_type_has_its_words(site: Site) -> None:
    described = site.get("/api/v1/openapi.json").json()
    routes = {re.sub(r":\w+}", "}", route.path) for route in site.app.routes if route.path.startswith(PREFIX)}
    assert set(described["paths"]) == routes
    assert described["openapi"].startswith("3.1")
    assert not [name for name in described["components"]["schemas"] if "." in name]
    page = unescape(site.get("/api").text)
    assert all(f"<code>GET {path}</code>" in page for path in routes - _WRITTEN)


#: Addresses that only take.
_WRITTEN: frozenset[str] = frozenset()


@pytest.mark.parametrize("path", ["search?limit=1&limit=2", "incidents?limit=1&limit=1", "reports?x=&x="])
def test_an_address_that_says_something_twice_is_refused(site: Site, path: str) -> None:
    answer = site.get(f"{PREFIX}{path}")
    assert (answer.status_code, "more than once" in answer.text) == (400, True)


schema = schemathesis.openapi.from_dict(describe(APP))
schema.app = APP


@schema.parametrize()
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_is_asked_is_answered_as_described(case: Any) -> None:
    # A description cannot say which texts are cursors, so that some that it allows are refused.
    case.call_and_validate(excluded_checks=[positive_data_acceptance])
