"""The ATT&CK matrix, its layer for the Navigator, and the pages that say what this is."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from incidex.codebook import policy
from incidex.model import Tier
from incidex.web import MemoryLibrary, make_app
from incidex.web.about import load_floors
from incidex.web.matrix import SHADES, make_layer, make_matrix
from incidex.web.views import View
from tests.factories import claimed, linked, make_claim, make_history

Site = TestClient[Litestar]
ROOT = Path(__file__).parents[3]


def make_library() -> MemoryLibrary:
    changes = [
        *make_history(
            linked(),
            claimed(make_claim("T1566.001", field="technique", tier=Tier.GREEN), make_claim("Passwords")),
            record="inc-1",
        ),
        *make_history(linked(), claimed(make_claim("T1566", field="technique")), record="inc-2"),
    ]
    return MemoryLibrary(changes, policy())


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with TestClient(make_app(make_library())) as client:
        yield client


def counts(tier: Tier, wanted: frozenset[str] | None = None) -> dict[str, int]:
    matrix = make_matrix(View(make_library().incidents(tier)), "enterprise", wanted)
    return {cell.id: cell.incidents for tactic in matrix.tactics for cell in tactic.seen}


def test_a_technique_counts_the_incidents_that_name_a_part_of_it() -> None:
    assert counts(Tier.GREEN) == {"T1566": 2}
    assert counts(Tier.CLEAR) == {"T1566": 1}
    assert counts(Tier.GREEN, frozenset({"inc-1"})) == {"T1566": 1}


def test_columns_stand_in_the_order_of_an_intrusion() -> None:
    names = [tactic.name for tactic in make_matrix(View(()), "enterprise").tactics]
    assert names[:3] == ["Reconnaissance", "Resource Development", "Initial Access"]
    assert names[-1] == "Impact"


def test_shades_run_from_none_to_the_most() -> None:
    matrix = make_matrix(View(make_library().incidents(Tier.RED)), "enterprise")
    shades = {cell.shade for tactic in matrix.tactics for cell in tactic.techniques}
    assert shades == {0, SHADES}


def test_the_layer_is_what_the_navigator_reads() -> None:
    view = View(make_library().incidents(Tier.RED))
    layer = make_layer(make_matrix(view, "enterprise"), "https://example.org")
    assert layer["domain"] == "enterprise-attack"
    assert layer["versions"]["layer"] == "4.5"
    (technique,) = layer["techniques"]
    assert (technique["techniqueID"], technique["score"]) == ("T1566", 2)
    assert technique["links"][0]["url"] == "https://example.org/techniques/T1566"
    assert layer["gradient"]["maxValue"] == 2


def test_the_matrix_of_a_search_is_made_of_what_it_finds(site: Site) -> None:
    twin = site.get("/api/v1/techniques?q=data.class:Passwords").json()
    assert (twin["query"], twin["incident_count"], twin["technique_count"]) == ("data.class:Passwords", 1, 0)
    layer = site.get("/api/v1/techniques-layer?q=data.class:Passwords")
    assert layer.headers["content-disposition"] == 'attachment; filename="incidex-enterprise.json"'
    assert json.loads(layer.text)["techniques"] == []
    assert site.get("/techniques?q=victim.name:(").status_code == 400


@pytest.mark.parametrize(
    "path", ["/techniques", "/techniques?all", "/techniques?domain=ics", "/about", "/accuracy"]
)
def test_pages_are_small(site: Site, path: str) -> None:
    answer = site.get(path)
    assert answer.status_code == 200
    assert len(answer.content) < 100_000
    assert site.get("/techniques?domain=nothing").status_code == 404


def test_the_page_of_accuracy_shows_the_floors_that_the_tests_hold(site: Site) -> None:
    held = json.loads((ROOT / "gold" / "floors.json").read_text("utf-8"))["sets"]
    shown = {each.name: {floor.name: floor.floor for floor in each.floors} for each in load_floors()}
    assert shown == {name: each["floors"] for name, each in held.items()}
    assert all(each.label != each.name for each in load_floors())
    assert site.get("/api/v1/accuracy").json()["sets"][0]["floors"]


def test_about_says_what_is_withheld_and_how(site: Site) -> None:
    page = site.get("/about").text
    assert "motive" in page
    assert "whether or not there are any" in page
