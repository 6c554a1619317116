"""The TAXII server, through the client that people use, against a real server on loopback."""

import base64
import json
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from taxii2client.exceptions import AccessError
from taxii2client.v21 import ApiRoot, Collection, Server, as_pages

from incidex.app.library import StoreLibrary
from incidex.exchange import Loss
from incidex.exchange.stix import Line, Telling, to_lines, to_stix
from incidex.model import (
    Body,
    Change,
    Claim,
    Claimed,
    InputError,
    Judged,
    Judgement,
    Linked,
    MemberRole,
    Report,
    Retracted,
    Source,
    Tier,
)
from incidex.store import Accounts, MemoryLog
from incidex.web import make_app, taxii_keeping
from incidex.web.entry import Door
from incidex.web.taxii import COLLECTIONS, MEDIA_TYPE
from incidex.web.taxii_ask import find_page, parse_ask
from incidex.web.taxii_keeping import Shelves
from incidex.web.taxii_shelf import Entry, Shelf, to_taxii_time
from tests.members import make_accounts
from tests.running import running as run_site
from tests.unit.exchange.records import make_claim
from tests.unit.exchange.test_exchange_stix import errors_of

Json = dict[str, Any]

AT = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
RECORDS = 12


@dataclass(frozen=True)
class Running:
    address: str
    log: MemoryLog
    token: str

    @property
    def root(self) -> str:
        return f"{self.address}/taxii2/incidents"

    def collection(self, tier: Tier = Tier.CLEAR, *, password: str = "") -> Collection:
        name = {"user": "any", "password": password} if password else {}
        return Collection(f"{self.root}/collections/{COLLECTIONS[tier]}/", **name)

    def get(self, path: str, **headers: str) -> httpx.Response:
        return httpx.get(f"{self.root}{path}", headers={"Accept": MEDIA_TYPE, **headers})


def make_report(number: int) -> Report:
    return Report(sha256=f"{number:064x}", source=Source(name="The Ledger"), published="2026-01-01")


def make_claims(number: int) -> tuple[Claim, ...]:
    report = make_report(number)
    claims = (
        make_claim("victim.name", f"Victim {number}"),
        make_claim("victim.country", "DE"),
        make_claim("technique", "T1566"),
        make_claim("actor.name", "SkySecure", tier=Tier.GREEN),
    )
    return tuple(replace(claim, report=report.id) for claim in claims)


def fill(log: MemoryLog, number: int) -> None:
    record, at = f"inc-{number:03}", AT + timedelta(hours=number)
    bodies: tuple[Body, ...] = (Linked(make_report(number)), Claimed(make_claims(number)))
    log.append(
        [Change(record=record, version=n, body=body, by="ann", at=at) for n, body in enumerate(bodies, 1)]
    )


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    """A server whose log stays as it is."""
    yield from serve()


@pytest.fixture
def growing() -> Iterator[Running]:
    """A server to whose log a test may add."""
    yield from serve()


def serve() -> Iterator[Running]:
    log = MemoryLog()
    for number in range(RECORDS):
        fill(log, number)
    accounts = make_accounts({"member": MemberRole.READER})
    with run_site(make_app(StoreLibrary(log), accounts=accounts)) as port:
        yield Running(f"http://127.0.0.1:{port}", log, make_token(accounts))
    log.close()


def make_token(accounts: Accounts) -> str:
    (member,) = accounts.members()
    return Door(accounts).make_token(member, "test", "read", 1)


def read_all(collection: Collection, size: int = 25, **filters: object) -> list[Json]:
    return [
        each for page in as_pages(collection.get_objects, size, **filters) for each in page.get("objects", ())
    ]


def test_a_client_finds_its_way_from_the_address_alone(running: Running) -> None:
    server = Server(f"{running.address}/taxii2/")
    assert server.default.url == f"{running.root}/"
    (collection,) = server.default.collections
    assert (collection.title, collection.can_read, collection.can_write) == ("TLP:CLEAR", True, False)
    assert collection.get_objects(limit=3)["objects"]


def test_a_member_finds_more_collections_with_a_token_as_password(running: Running) -> None:
    root = ApiRoot(f"{running.root}/", user="any", password=running.token)
    assert [each.title for each in root.collections] == ["TLP:CLEAR", "TLP:GREEN"]
    assert {each["type"] for each in read_all(root.collections[1])} >= {"threat-actor"}


def test_pages_make_the_whole_collection_once_and_in_order(running: Running) -> None:
    for size in (1000, 25, 7):
        found = read_all(running.collection(), size)
        assert len({each["id"] for each in found}) == len(found)
        assert sum(each["type"] == "incident" for each in found) == RECORDS
    assert errors_of({"type": "bundle", "id": f"bundle--{COLLECTIONS[Tier.CLEAR]}", "objects": found}) == []


def test_the_public_collection_holds_what_an_export_for_the_public_holds(running: Running) -> None:
    library = StoreLibrary(running.log)
    exported = {each["id"]: each for i in library.incidents(Tier.CLEAR) for each in to_stix(i)[0]}
    served = {each["id"]: each for each in read_all(running.collection())}
    assert served == exported
    assert "SkySecure" not in json.dumps(list(served.values()))


def test_what_was_added_after_a_time_is_what_is_new(growing: Running) -> None:
    collection = growing.collection()
    seen = growing.get("/collections/clear/objects/?limit=1000").headers["x-taxii-date-added-last"]
    assert read_all(collection, added_after=seen) == []
    fill(growing.log, 40)
    new = read_all(collection, added_after=seen)
    assert {each["name"] for each in new if each["type"] == "incident"} == {"Incident at Victim 40"}
    assert "attack-pattern" not in {each["type"] for each in new}


def test_a_record_that_changes_is_added_again_in_a_newer_version(growing: Running) -> None:
    collection = growing.collection()
    (before,) = [each for each in read_all(collection, type="incident") if "Victim 3" in each["name"]]
    claim = make_claims(3)[1]
    body = Retracted(claim.id, "it is elsewhere")
    growing.log.append(
        [Change(record="inc-003", version=3, body=body, by="ann", at=AT + timedelta(hours=50))]
    )
    after = read_all(collection, added_after=to_taxii_time(AT + timedelta(hours=49)))
    (again,) = [each for each in after if each["type"] == "incident"]
    assert again["id"] == before["id"]
    assert again["modified"] > before["modified"]


def test_filters(running: Running) -> None:
    collection = running.collection()
    incidents = collection.get_objects(type=["incident", "location"], limit=100)["objects"]
    assert {each["type"] for each in incidents} == {"incident", "location"}
    assert len(incidents) == RECORDS + 1
    first, second = (each["id"] for each in incidents[:2])
    asked = collection.get_objects(id=[second, first, "incident--00000000-0000-4000-8000-000000000000"])
    assert {each["id"] for each in asked["objects"]} == {first, second}
    assert not collection.get_objects(spec_version="2.0").get("objects")
    assert len(collection.get_objects(spec_version=["2.0", "2.1"], limit=9)["objects"]) == 9
    version = next(each["modified"] for each in incidents if each["id"] == first)
    assert [each["id"] for each in collection.get_objects(id=first, version=version)["objects"]] == [first]
    assert not collection.get_objects(id=first, version="2001-01-01T00:00:00.000Z").get("objects")
    assert collection.get_objects(id=first, version="first")["objects"]


def test_one_object_its_versions_and_its_line_in_the_manifest(running: Running) -> None:
    collection = running.collection()
    incident = collection.get_objects(type="incident", limit=1)["objects"][0]
    assert collection.get_object(incident["id"])["objects"] == [incident]
    assert collection.object_versions(incident["id"])["versions"] == [incident["modified"]]
    (line,) = collection.get_manifest(id=incident["id"])["objects"]
    assert line == {
        "id": incident["id"],
        "date_added": to_taxii_time(AT),
        "version": incident["modified"],
        "media_type": "application/stix+json;version=2.1",
    }
    pages = list(as_pages(collection.get_manifest, 50))
    told = [each["id"] for page in pages for each in page["objects"]]
    assert told == [each["id"] for each in read_all(collection)]


def test_what_an_answer_is_and_when_its_objects_were_added(running: Running) -> None:
    answer = running.get("/collections/clear/objects/?limit=1000")
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert answer.headers["x-taxii-date-added-first"] == to_taxii_time(AT)
    assert answer.headers["x-taxii-date-added-last"] == to_taxii_time(AT + timedelta(hours=RECORDS - 1))
    assert answer.json()["more"] is False


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/collections/clear/objects/?limit=0", 400, "Limit is a whole number above zero"),
        ("/collections/clear/objects/?limit=many", 400, "Limit"),
        ("/collections/clear/objects/?limit=-1", 400, "Limit"),
        ("/collections/clear/objects/?limit=1.5", 400, "Limit"),
        ("/collections/clear/objects/?limit=1e3", 400, "Limit"),
        ("/collections/clear/objects/?limit=\u0665", 400, "Limit"),
        ("/collections/clear/objects/?limit=99999999999999999999", 400, "Limit"),
        ("/collections/clear/manifest/?limit=0", 400, "Limit"),
        ("/collections/clear/objects/?added_after=yesterday", 400, "A time is written as"),
        ("/collections/clear/objects/?added_after=2026-01-01", 400, "A time is written as"),
        ("/collections/clear/objects/?added_after=2026-01-01T00:00:00%2B02:00", 400, "A time is written as"),
        ("/collections/clear/objects/?added_after=" + "9" * 5000, 400, "A time is written as"),
        ("/collections/clear/objects/?next=" + "A" * 401, 400, "Next is not one"),
        ("/collections/clear/objects/?match[version]=old", 400, "A time is written as"),
        ("/collections/clear/objects/?next=%00", 400, "Next is not one"),
        ("/collections/clear/objects/?next=bm90IG91cnM", 400, "Next is not one"),
        ("/collections/clear/objects/?match[id]=" + "a," * 101, 400, "at most 100 values"),
        ("/collections/green/objects/", 404, ""),
        (f"/collections/{COLLECTIONS[Tier.RED]}/", 404, ""),
        ("/collections/none/manifest/", 404, ""),
        ("/collections/clear/objects/incident--00000000-0000-4000-8000-000000000000/", 404, ""),
        ("/collections/clear/objects/x/versions/", 404, ""),
        ("/status/1/", 404, ""),
    ],
)
def test_wrong_questions_are_answered_as_taxii_has_it(
    running: Running, path: str, status: int, said: str
) -> None:
    answer = running.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert answer.json()["http_status"] == str(status)
    assert said in answer.json()["description"]


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/taxii+json;version=2.1", 200),
        ("application/taxii+json; version=2.1", 200),
        ("application/taxii+json", 200),
        ("text/html, */*;q=0.1", 200),
        ("application/taxii+json;version=2.0", 406),
        ("application/json", 406),
        ("text/html", 406),
    ],
)
def test_only_who_reads_taxii_is_answered(running: Running, accept: str, status: int) -> None:
    assert running.get("/", Accept=accept).status_code == status


def test_nothing_can_be_written(running: Running) -> None:
    root, headers = running.root, {"Accept": MEDIA_TYPE, "Content-Type": MEDIA_TYPE}
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        answer = httpx.request(method, f"{root}/collections/clear/objects/", headers=headers)
        assert (answer.status_code, answer.json()["http_status"]) == (403, "403")
        assert httpx.request(method, f"{root}/collections/green/objects/", headers=headers).status_code == 404
        refused = httpx.request(method, f"{root}/collections/", headers=headers)
        assert (refused.status_code, refused.headers["allow"]) == (405, "GET")
    with pytest.raises(AccessError):
        running.collection().add_objects({"objects": []})


@pytest.mark.parametrize(
    "given", ["Basic !", "Basic " + base64.b64encode(b"a:b").decode(), "Digest x", "Bearer y"]
)
def test_a_made_up_token_is_refused(running: Running, given: str) -> None:
    answer = running.get("/collections/", Authorization=given)
    assert (answer.status_code, answer.headers["content-type"]) == (401, MEDIA_TYPE)


def test_whoever_invents_a_place_to_go_on_from_gets_a_page_like_any_other(running: Running) -> None:
    text = "9999-01-01T00:00:00.000000Z|0|inc-999"
    forged = base64.urlsafe_b64encode(text.encode()).decode()
    assert running.get(f"/collections/clear/objects/?next={forged}").json() == {"more": False}


def entries_of(shelves: Shelves, tier: Tier = Tier.CLEAR) -> list[Entry]:
    return list(shelves.get(tier).walk())


@pytest.mark.parametrize(("limit", "count"), [("1", 1), ("007", 7), ("1000", None), ("999999999", None)])
def test_a_page_has_as_many_objects_as_asked_for_and_a_thousand_at_most(
    running: Running, limit: str, count: int | None
) -> None:
    everything = len(read_all(running.collection()))
    answer = running.get(f"/collections/clear/objects/?limit={limit}").json()
    assert len(answer["objects"]) == (count or everything)
    assert everything < 1000


def test_a_client_that_pages_forever_gets_the_same_small_page_and_one_that_goes_on_gets_to_the_end(
    growing: Running,
) -> None:
    first = growing.get("/collections/clear/objects/?limit=5").json()
    again = [
        growing.get(f"/collections/clear/objects/?limit=5&next={first['next']}").json() for _ in range(20)
    ]
    assert all(page == again[0] for page in again)
    body = Retracted(make_claims(3)[1].id, "no")  # its record's place changes, and that of no other
    growing.log.append([Change(record="inc-003", version=3, body=body, by="ann", at=AT + timedelta(days=9))])
    after = growing.get(f"/collections/clear/objects/?limit=5&next={first['next']}").json()
    assert after["objects"] == again[0]["objects"]
    seen, page = [each["id"] for each in first["objects"]], first
    for _ in range(1000):
        if not page["more"]:
            break
        page = growing.get(f"/collections/clear/objects/?limit=5&next={page['next']}").json()
        seen += [each["id"] for each in page.get("objects", ())]
    assert not page["more"]
    assert len(seen) == len(set(seen))


@given(added=st.text(max_size=30), record=st.text(max_size=30), number=st.integers())
@settings(max_examples=30, deadline=None)
def test_whatever_next_a_client_makes_up_is_refused_or_a_place(added: str, record: str, number: int) -> None:
    text = f"{added}|{number}|{record}".encode("utf-8", "surrogatepass")
    forged = base64.urlsafe_b64encode(text).decode()
    try:
        ask = parse_ask({"next": forged})
    except InputError as wrong:
        assert "begin again without it" in str(wrong)  # noqa: PT017
    else:
        assert ask.since is not None
        find_page(Shelf("head"), ask)


def test_only_what_has_changed_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    log = MemoryLog()
    for number in range(RECORDS):
        fill(log, number)
    shelves = Shelves(StoreLibrary(log))
    made: list[str] = []

    def note(telling: Telling) -> tuple[list[Line], Sequence[Loss]]:
        made.append(telling.now.id if telling.now else "")
        return to_lines(telling)

    monkeypatch.setattr(taxii_keeping, "to_lines", note)
    before = entries_of(shelves)
    assert len(made) == RECORDS
    assert entries_of(shelves) == before
    fill(log, 90)
    after = entries_of(shelves)
    assert made[RECORDS:] == ["inc-090"]
    assert len(after) > len(before)


def test_objects_that_are_not_kept_are_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("incidex.web.taxii_keeping.KEPT_BYTES", 30_000)
    log = MemoryLog()
    for number in range(RECORDS):
        fill(log, number)
    shelves = Shelves(StoreLibrary(log))
    entries = entries_of(shelves)
    texts = shelves.read(Tier.CLEAR, entries)
    assert [json.loads(text)["id"] for text in texts] == [entry.id for entry in entries]


def test_whoever_asks_too_early_is_told_when_to_come_again(
    growing: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("incidex.web.taxii_keeping.PATIENCE_SECONDS", 0.0)
    go_on = threading.Event()

    def wait(telling: Telling) -> tuple[list[Line], Sequence[Loss]]:
        go_on.wait(20)
        return to_lines(telling)

    monkeypatch.setattr(taxii_keeping, "to_lines", wait)
    answer = growing.get("/collections/clear/objects/")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert (
        answer.json()["description"] == "This collection is being put together; ask again in a few seconds."
    )
    go_on.set()
    monkeypatch.setattr("incidex.web.taxii_keeping.PATIENCE_SECONDS", 20.0)
    assert growing.get("/collections/clear/objects/").json()["objects"]


def test_a_collection_that_cannot_be_made_is_begun_again(
    growing: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(taxii_keeping, "to_lines", lambda _: 1 / 0)
        assert growing.get("/collections/clear/objects/").status_code == 500
    assert growing.get("/collections/clear/objects/").status_code == 200


@given(
    steps=st.lists(
        st.tuples(st.integers(0, 6), st.sampled_from(["fill", "retract", "withdraw", "merge", "split"]))
    )
)
@settings(max_examples=25, deadline=None)
def test_a_collection_that_was_kept_up_is_the_one_that_is_made_anew(steps: list[tuple[int, str]]) -> None:
    log = MemoryLog()
    shelves = Shelves(StoreLibrary(log))
    for moment, (number, step) in enumerate(steps):
        change(log, number, step, AT + timedelta(days=moment))
        for tier in (Tier.CLEAR, Tier.GREEN):
            kept, anew = entries_of(shelves, tier), entries_of(Shelves(StoreLibrary(log)), tier)
            assert kept == anew
            shelf = shelves.get(tier)
            for kind in {entry.type for entry in kept}:
                found = list(shelf.walk_types([kind]))
                assert found == [entry for entry in kept if entry.type == kind]
            assert [shelf.find(entry.id) for entry in kept] == kept
            assert len(shelf) == len(kept)


def change(log: MemoryLog, number: int, step: str, at: datetime) -> None:
    """Do something to a record, where that makes sense."""
    record, other = f"inc-{number:03}", "inc-000"
    versions = log.versions([record, other])
    bodies: list[tuple[str, Body]] = []  # of what record, and what
    if step == "fill":
        claims = tuple(replace(each, coder=f"x@{versions[record] + 1}") for each in make_claims(number))
        bodies = [(record, Linked(make_report(number))), (record, Claimed(claims))]
    elif not versions[record]:
        return
    elif step == "retract":
        held = [c for one in log.history(record) if isinstance(one.body, Claimed) for c in one.body.claims]
        bodies = [(record, Retracted(held[-1].id, "no"))]
    elif step == "withdraw":
        bodies = [(record, Retracted(make_report(number).id, "no"))]
    elif number and versions[other]:
        judgement = Judgement.SAME if step == "merge" else Judgement.WITHDRAWN
        bodies = [(record, Judged(other, judgement, "so")), (other, Judged(record, judgement, "so"))]
    changes: list[Change] = []
    for name, body in bodies:
        versions = {**versions, name: versions[name] + 1}
        changes.append(Change(record=name, version=versions[name], body=body, by="ann", at=at))
    log.append(changes)


def test_what_was_taken_back_is_served_as_revoked_to_whoever_comes_later(growing: Running) -> None:
    collection = growing.collection()
    seen = growing.get("/collections/clear/objects/?limit=1000").headers["x-taxii-date-added-last"]
    had = {each["id"] for each in read_all(collection)}
    body = Retracted(make_report(3).id, "it was a hoax")
    growing.log.append([Change(record="inc-003", version=3, body=body, by="ann", at=AT + timedelta(days=50))])
    news = read_all(collection, added_after=seen)
    gone = {each["id"] for each in news if each.get("revoked")}
    assert {name.partition("--")[0] for name in gone} >= {"incident", "note", "report", "relationship"}
    assert gone < had
    assert gone == {each["id"] for each in read_all(collection) if each.get("revoked")}
