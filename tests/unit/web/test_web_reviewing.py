"""What reviewers are answered, and what those are who are not, or who send what cannot be used."""

import re
from typing import Any

import pytest

from incidex.codebook import policy
from incidex.model import (
    Body,
    Change,
    Claimed,
    Decided,
    Decision,
    Judged,
    Judgement,
    Linked,
    Tier,
    fold,
)
from incidex.store import MemoryLog
from tests.members import OURS, PEOPLE, make_accounts, phrase_of
from tests.unit.web.conftest import (
    AT,
    CLASS,
    CLOSED,
    HIDDEN,
    MOTIVE,
    NAME,
    OPEN,
    TEXT,
    Enter,
    Site,
    make_report,
)

BENCH = f"/review/inc-1/{OPEN.id}"
ADD = {"do": "add", "field": "data.class", "value": "Passwords", "quote": "lost"}
JSON = {**OURS, "accept": "application/json"}


def form(site: Site, **fields: str) -> dict[str, str]:
    """Return a form as the page carries it: its token, and the version that was looked at."""
    page = site.get(BENCH).text
    found = {name: re.search(rf'name="{name}" value="([^"]+)"', page) for name in ("csrf", "version")}
    return {name: match[1] for name, match in found.items() if match} | fields


def send(site: Site, *, headers: Any = JSON, **fields: str) -> Any:
    return site.post(f"{BENCH}/moves", data=form(site, **fields), headers=headers, follow_redirects=False)


@pytest.mark.parametrize(
    "path", ["/review", "/review/inc-1", BENCH, "/api/v1/review", "/api/v1/review/inc-1"]
)
@pytest.mark.parametrize("who", ["nobody", "member"])
def test_whoever_has_no_right_is_told_how_one_gets_it(
    visitor: Site, enter: Enter, path: str, who: str
) -> None:
    answer = (visitor if who == "nobody" else enter("member")).get(path)
    assert answer.status_code == 403
    assert "incidex members add --role reviewer" in answer.text
    assert "passwords" not in answer.text


def test_whoever_has_no_right_changes_nothing(visitor: Site, log: MemoryLog) -> None:
    before = log.last_serial()
    data = {"do": "accept", "claim": CLASS.id, "version": "2"}
    assert visitor.post(f"{BENCH}/moves", data=data, headers=OURS).status_code == 403
    assert log.last_serial() == before


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/review", "Data classes: Passwords"),
        ("/review?by=random&seed=7", "with seed 7"),
        ("/review/inc-1", "read Victim: Acme; Data classes: Passwords"),
        (BENCH, "the word &#x27;lost&#x27;"),
        (f"{BENCH}?part=panel", 'id="panel"'),
        (f"{BENCH}?correct={CLASS.id}", "Put this in its place"),
        ("/static/bench.js", "import"),
        ("/static/review.css", ".bench"),
    ],
)
def test_a_reviewer_is_answered_with_strict_headers(enter: Enter, path: str, words: str) -> None:
    answer = enter("ana").get(path)
    assert answer.status_code == 200
    assert words in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert "<script>" not in answer.text


def test_only_the_workbench_may_run_our_modules(enter: Enter) -> None:
    site = enter("ana")
    assert "script-src 'self'" in site.get(BENCH).headers["content-security-policy"]
    for path in ("/", "/incidents/inc-1", "/review"):
        assert "script-src" not in site.get(path).headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/review/inc-2", f"/review/inc-1/{CLOSED.id}", "/review/inc-1/rep-none"])
def test_what_a_reviewer_may_not_see_is_not_there(enter: Enter, path: str) -> None:
    assert enter("ana").get(path).status_code == 404


def test_a_reviewer_sees_nothing_of_what_is_for_named_people(enter: Enter) -> None:
    site = enter("ana")
    for path in ("/review", "/review/inc-1", BENCH, "/api/v1/review/inc-1"):
        assert HIDDEN.id not in site.get(path).text
        assert "Email addresses" not in site.get(f"{path}").text.split("<select")[0]
    assert site.get("/api/v1/review/inc-1").json()["version"] == 2


def test_deciding_writes_who_and_why_and_sends_on_to_what_waits(enter: Enter, log: MemoryLog) -> None:
    site = enter("ana")
    answer = send(site, headers=OURS, do="reject", claim=CLASS.id, reason="it lost phones")
    assert answer.status_code == 303
    assert "#claim-" in answer.headers["location"]
    change = log.history("inc-1")[-1]
    assert (change.by, change.body) == (
        "person:ana",
        Decided(CLASS.id, Decision.REJECTED, "it lost phones"),
    )
    assert "it lost phones" in site.get(BENCH).text


def test_a_button_carries_one_of_the_listed_reasons(enter: Enter, log: MemoryLog) -> None:
    assert send(enter("ana"), do="reject:1", claim=CLASS.id).status_code == 200
    body = log.history("inc-1")[-1].body
    assert isinstance(body, Decided)
    assert body.reason == "the words do not say this"


def test_a_program_gets_what_was_done(enter: Enter) -> None:
    answer = send(enter("ana"), do="accept", claim=CLASS.id)
    assert answer.json()["version"] == 3
    assert [each["what"] for each in answer.json()["done"]] == ["accepted Data classes: Passwords"]


def test_a_claim_is_added_corrected_and_taken_back(enter: Enter, log: MemoryLog) -> None:
    site = enter("ana")
    start = TEXT.index("IMEI numbers")
    added = {"field": "data.class", "value": "imei numbers", "start": str(start), "end": str(start + 12)}
    assert send(site, do="add", **added).status_code == 200
    body = log.history("inc-1")[-1].body
    assert isinstance(body, Claimed)
    assert body.claims[0].value == "IMEI numbers"
    corrected = {"field": "data.class", "value": "PINs", "quote": "passwords", "reason": "they were PINs"}
    assert send(site, do="correct", claim=CLASS.id, **corrected).status_code == 200
    states = {each["value"]: each["state"] for each in site.get("/api/v1/review/inc-1").json()["claims"]}
    assert (states["Passwords"], states["PINs"]) == ("rejected", "accepted")
    assert send(site, do="undo").status_code == 200
    states = {each["value"]: each["state"] for each in site.get("/api/v1/review/inc-1").json()["claims"]}
    assert (states["Passwords"], states["PINs"]) == ("new", "rejected")


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        (ADD | {"start": "5", "end": "99999"}, 422, "runs past"),
        (ADD | {"field": "data.clas"}, 422, "There is no field"),
        (ADD | {"value": "Wizardry"}, 422, "cannot be"),
        (ADD | {"quote": ""}, 422, "Select or type the words"),
        ({"do": "reject", "claim": CLASS.id, "reason": " "}, 400, "A rejection needs a reason"),
        ({"do": "look", "claim": CLASS.id}, 400, "second look needs a reason"),
        ({"do": "reject", "claim": CLASS.id, "reason": "x" * 10_240}, 413, "at most 2,000 characters"),
        ({"do": "reject:9", "claim": CLASS.id}, 400, "1 to 6"),
        ({"do": "accept", "claim": "clm-none"}, 400, "There is no claim"),
        ({"do": "accept", "claim": HIDDEN.id}, 400, "There is no claim"),
        ({"do": "publish"}, 400, "nothing that can be done here"),
        ({"do": "undo"}, 400, "nothing of yours"),
        ({"do": "accept", "claim": CLASS.id, "version": "1"}, 409, "changed this record"),
        ({"do": "accept", "claim": CLASS.id, "version": "x"}, 409, "changed this record"),
        ({"do": "accept", "claim": CLASS.id, "csrf": "forged"}, 403, "Reload the page"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_said_in_a_sentence_and_writes_nothing(
    enter: Enter, log: MemoryLog, fields: dict[str, str], status: int, words: str
) -> None:
    site, before = enter("ana"), log.last_serial()
    for headers in (JSON, OURS):
        answer = send(site, headers=headers, **fields)
        assert answer.status_code == status
        assert words in answer.text.replace("&#x27;", "'")
        assert "Traceback" not in answer.text
    assert log.last_serial() == before


def test_a_form_from_elsewhere_is_refused(enter: Enter) -> None:
    headers = {"sec-fetch-site": "cross-site"}
    assert send(enter("ana"), headers=headers, do="accept", claim=CLASS.id).status_code == 403


def test_a_form_of_one_session_is_no_use_in_another(enter: Enter) -> None:
    ana, bo = enter("ana"), enter("bo")
    data = form(ana, do="accept", claim=CLASS.id)
    assert bo.post(f"{BENCH}/moves", data=data, headers=OURS).status_code == 403


def test_an_endless_form_is_refused(enter: Enter) -> None:
    data = {"do": "reject", "claim": CLASS.id, "reason": "x" * 600_000}
    assert enter("ana").post(f"{BENCH}/moves", data=data, headers=OURS).status_code == 413


def test_what_was_typed_is_still_there_after_a_mistake(enter: Enter) -> None:
    answer = send(enter("ana"), headers=OURS, do="add", field="data.class", value="Wizardry", quote="lost")
    assert 'value="Wizardry"' in answer.text
    assert ">lost</textarea>" in answer.text


def test_two_on_one_record_see_both_sides_and_nothing_is_lost(enter: Enter, log: MemoryLog) -> None:
    ana, bo = enter("ana"), enter("bo")
    held = form(ana, do="accept", claim=CLASS.id)
    send(bo, do="reject", claim=CLASS.id, reason="no such word")
    page = ana.post(f"{BENCH}/moves", data=held, headers=OURS)
    assert page.status_code == 409
    assert "bo" in page.text
    assert "no such word" in page.text
    assert "To accept" in page.text
    assert log.history("inc-1")[-1].by == "person:bo"
    again = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.text))
    assert ana.post(f"{BENCH}/moves", data=again, headers=OURS, follow_redirects=False).status_code == 303
    assert log.history("inc-1")[-1].by == "person:ana"


def test_a_program_in_conflict_gets_both_sides_too(enter: Enter) -> None:
    ana, bo = enter("ana"), enter("bo")
    held = form(ana, do="accept", claim=CLASS.id)
    send(bo, do="reject", claim=CLASS.id, reason="no such word")
    error = ana.post(f"{BENCH}/moves", data=held, headers=JSON).json()["error"]
    assert [(each["who"], each["why"]) for each in error["theirs"]] == [("bo", "no such word")]
    assert error["version"] == 3


def test_looking_again_tells_what_others_did(enter: Enter) -> None:
    ana, bo = enter("ana"), enter("bo")
    send(bo, do="accept", claim=CLASS.id)
    told = ana.get("/api/v1/review/inc-1?since=2").json()
    assert (told["version"], [each["who"] for each in told["changes"]]) == (3, ["bo"])
    assert ana.get("/api/v1/review/inc-1?since=3").json()["changes"] == []


def test_what_is_hidden_from_a_reviewer_is_no_conflict(enter: Enter, log: MemoryLog) -> None:
    from incidex.web import Desk
    from incidex.web.moves import decide

    ana = enter("ana")
    held = form(ana, do="accept", claim=CLASS.id)
    Desk(log).act(
        "inc-1",
        lambda sheet: decide(sheet, [HIDDEN.id], Decision.REJECTED, "no"),
        by="person:red",
        tier=Tier.RED,
        version=4,
    )
    assert ana.post(f"{BENCH}/moves", data=held, headers=JSON).status_code == 200


def test_a_whole_record_is_accepted_at_once(enter: Enter) -> None:
    site = enter("ana")
    data = form(site, do="accept-all")
    answer = site.post("/review/inc-1/moves", data=data, headers=JSON)
    assert len(answer.json()["done"]) == 3
    assert site.get("/api/v1/review/inc-1").json()["state"] == "accepted"


@pytest.mark.parametrize(("do", "state"), [("reject-all", "rejected"), ("look-all", "needs a second look")])
def test_a_whole_record_is_decided_on_with_one_reason(enter: Enter, do: str, state: str) -> None:
    site = enter("ana")
    refused = site.post("/review/inc-1/moves", data=form(site, do=do), headers=OURS)
    assert (refused.status_code, "needs a reason" in refused.text) == (400, True)
    said = form(site, do=do, reason="this tells of no incident")
    assert site.post("/review/inc-1/moves", data=said, headers=JSON).status_code == 200
    assert {each["state"] for each in site.get("/api/v1/review/inc-1").json()["claims"]} == {state}


def test_the_queue_says_why_and_follows_the_log(enter: Enter) -> None:
    site = enter("ana")
    for order in ("uncertainty", "impact", "novelty", "random"):
        answer = site.get(f"/api/v1/review?by={order}").json()
        assert {each["id"] for each in answer["claims"]} == {NAME.id, CLASS.id, MOTIVE.id}
        assert all(each["why"] for each in answer["claims"])
    send(site, do="accept", claim=CLASS.id)
    assert site.get("/api/v1/review").json()["waiting"] == 2
    send(site, do="look", claim=CLASS.id, reason="odd")
    assert site.get("/api/v1/review?state=needs+a+second+look").json()["claims"][0]["id"] == CLASS.id
    assert site.get("/api/v1/review?by=luck").status_code == 400


def test_words_are_offered_as_claims(enter: Enter) -> None:
    site = enter("ana")
    start = TEXT.index("26 April 2017")
    dated = site.get(f"/api/v1{BENCH}/suggest?start={start}&end={start + 13}").json()["suggestions"]
    assert "2017-04-26" in {each["value"] for each in dated if each["field"] == "date.occurred"}
    start = TEXT.index("IMEI numbers")
    named = site.get(f"/api/v1{BENCH}/suggest?start={start}&end={start + 12}").json()["suggestions"]
    assert ("data.class", "IMEI numbers") in {(each["field"], each["value"]) for each in named}
    typed = site.get(f"/api/v1{BENCH}/suggest?field=data.class&typed=passwrods").json()["suggestions"]
    assert typed[0]["value"] == "Passwords"
    assert site.get(f"/api/v1{BENCH}/suggest?start=5&end=99999").status_code == 422
    assert site.get(f"/api/v1{BENCH}/suggest?field=nothing").status_code == 422


def test_a_removed_reviewer_is_out_at_once(log: MemoryLog) -> None:
    from litestar.testing import TestClient

    from incidex.app.library import StoreLibrary
    from incidex.web import Desk, make_app

    accounts = make_accounts(PEOPLE)
    app = make_app(StoreLibrary(log), accounts=accounts, desk=Desk(log))
    with TestClient(app) as site:
        site.post("/enter", data={"phrase": phrase_of("ana")}, headers=OURS)
        assert site.get("/review").status_code == 200
        accounts.remove(next(each.id for each in accounts.members() if each.name == "ana"))
        assert site.get("/review").status_code == 403


def test_the_public_sees_nothing_of_how_a_review_goes(visitor: Site, enter: Enter, log: MemoryLog) -> None:
    """Law 8: hidden claims, decisions on them and the work itself move no byte of a public answer."""
    paths = ("/", "/incidents/inc-1", "/api/v1/incidents/inc-1", f"/reports/{OPEN.id}?incident=inc-1")
    before = [visitor.get(path).text for path in paths]
    site = enter("ana")
    send(site, do="take")
    send(site, do="look", claim=CLASS.id, reason="odd")
    send(site, do="reject", claim=MOTIVE.id, reason="not said")
    send(site, do="undo")
    send(site, do="accept", claim=MOTIVE.id)
    start = str(TEXT.index("Mallory"))
    hidden = {"field": "actor.motive", "value": "Grudge", "start": start, "end": str(int(start) + 7)}
    send(site, do="add", speaker="Eve", **hidden)
    assert [visitor.get(path).text for path in paths] == before
    send(site, do="accept", claim=CLASS.id)
    assert "reviewed" in visitor.get("/incidents/inc-1").text


def test_a_decision_survives_coding_again(enter: Enter, log: MemoryLog) -> None:
    send(enter("ana"), do="reject", claim=CLASS.id, reason="no")
    from dataclasses import replace

    from incidex.model import Change
    from tests.unit.web.conftest import AT

    again = replace(CLASS, coder="rules@2")
    version = len(log.history("inc-1")) + 1
    log.append([Change(record="inc-1", version=version, body=Claimed((again,)), by="rules@2", at=AT)])
    found = fold(log.history("inc-1"), tier=Tier.AMBER, policy=policy())
    assert found is not None
    assert "data.class" not in found.values


def test_a_merged_incident_leads_to_what_waits_in_its_other_records(enter: Enter, log: MemoryLog) -> None:
    other = make_report("Acme again.")
    bodies: list[tuple[str, int, Body]] = [
        ("inc-2", 1, Linked(other)),
        ("inc-2", 2, Claimed((NAME,))),
        ("inc-1", 5, Judged("inc-2", Judgement.SAME, "one server")),
        ("inc-2", 3, Judged("inc-1", Judgement.SAME, "one server")),
    ]
    client = enter("ana")
    assert "Merged with it" not in client.get("/review/inc-1").text
    log.append([Change(record=name, version=n, body=body, by="ana", at=AT) for name, n, body in bodies])
    assert (
        '<a href="/review/inc-2"><bdi>inc-2</bdi></a><p class="quiet">1 waits</p>'
        in client.get("/review/inc-1").text
    )
    assert '<a href="/review/inc-1">' in client.get("/review/inc-2").text
