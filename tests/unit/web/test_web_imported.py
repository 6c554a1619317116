"""What a reader sees of an imported value: the row that says it, and how its text begins."""

import json
from io import BytesIO

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from incidex.app.importing import Outcome, import_rows
from incidex.app.library import StoreLibrary
from incidex.exchange import IMPORTERS
from incidex.store import MemoryLog
from incidex.web import make_app
from tests.members import OURS, PEOPLE, make_accounts, phrase_of

END = "The last words of the row are here."
ROW = {
    "Name": "Acme",
    "Title": "Acme <b>Bank</b>",
    "BreachDate": "2017-04-01",
    "PwnCount": 1200,
    "DataClasses": ["Passwords"],
    "IsVerified": False,
    "Description": f"In 2017 the bank was breached by a lodger. {'It was told at length. ' * 30}{END}",
}


def bring(log: MemoryLog, row: dict[str, object], name: str) -> None:
    list(import_rows(log, IMPORTERS["hibp"].read(BytesIO(json.dumps(row).encode())), Outcome(name)))


@pytest.fixture
def log() -> MemoryLog:
    held = MemoryLog()
    bring(held, ROW, "imp-1")
    return held


@pytest.fixture
def site(log: MemoryLog) -> TestClient[Litestar]:
    return TestClient(make_app(StoreLibrary(log), accounts=make_accounts(PEOPLE)))


def test_a_value_leads_to_its_row_and_the_row_says_its_values(site: TestClient[Litestar]) -> None:
    (found,) = site.get("/api/v1/search", params={"q": "acme"}).json()["hits"]
    page = site.get(f"/incidents/{found['id']}").text
    assert "Imported: a value of another database’s row" in page
    assert "See the row" in page
    record = site.get(f"/api/v1/incidents/{found['id']}").json()
    claim = record["values"]["data.records"][0]["claims"][0]
    row = site.get(f"/reports/{claim['report']}", params={"claim": claim["id"], "incident": found["id"]}).text
    assert "Values of this row" in row
    assert "said before stands there" not in row
    assert "This is a row of another database" in row
    assert "It is a value of this row" in row
    assert "1,200" in row
    assert "In 2017 the bank was breached by a lodger." in row
    assert END not in row, "the public gets a short part of the text"
    assert "<b>Bank</b>" not in row


def test_the_words_of_a_row_are_found(site: TestClient[Litestar]) -> None:
    assert len(site.get("/api/v1/search", params={"q": "lodger"}).json()["hits"]) == 1


def test_members_read_the_whole_of_a_row(site: TestClient[Litestar]) -> None:
    assert site.post("/enter", data={"phrase": phrase_of("member")}, headers=OURS).status_code < 400
    (found,) = site.get("/api/v1/search", params={"q": "acme"}).json()["hits"]
    (report,) = site.get(f"/api/v1/incidents/{found['id']}").json()["reports"]
    assert END in site.get(f"/reports/{report['id']}").text


def test_a_newer_row_leads_to_the_older_one_that_said_the_rest(log: MemoryLog) -> None:
    bring(log, {**ROW, "PwnCount": 1300}, "imp-2")
    site = TestClient(make_app(StoreLibrary(log), accounts=make_accounts(PEOPLE)))
    (found,) = site.get("/api/v1/search", params={"q": "acme"}).json()["hits"]
    record = site.get(f"/api/v1/incidents/{found['id']}").json()
    newer, older = (record["values"]["data.records"][at]["claims"][0]["report"] for at in (0, 1))
    row = site.get(f"/reports/{newer}").text
    assert "1,300" in row
    assert "said before stands there" in row
    assert f"reports/{older}" in row.replace("&#x2f;", "/")
    page = site.get(f"/incidents/{found['id']}").text
    assert "Have I Been Pwned no longer says so" in page
