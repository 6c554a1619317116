"""Blind double coding: what each of two may see, what they hand in, and what is made of it in public."""

import re
from dataclasses import replace
from typing import Any

import pytest

from incidex.model import (
    Answer,
    Answered,
    Body,
    Change,
    Claimed,
    Decision,
    InputError,
    Review,
    Sampled,
    Stance,
    Tier,
)
from incidex.store import MemoryLog
from incidex.web import Desk
from incidex.web.agreement import measure
from incidex.web.moves import decide_all
from tests.members import OURS
from tests.unit.web.conftest import AT, CLASS, CLOSED, HIDDEN, MOTIVE, NAME, OPEN, Enter, Site

SHEET = f"/samples/smp-1/inc-1/{OPEN.id}"
JSON = {**OURS, "accept": "application/json"}
PAIR = ("inc-1", OPEN.id)


@pytest.fixture(autouse=True)
def sample(log: MemoryLog) -> None:
    drawn = (PAIR, ("inc-1", CLOSED.id))
    body = Sampled(7, ("person:ana", "person:bo"), drawn, log.last_serial())
    log.append([Change(record="smp-1", version=1, body=body, by="person:eve", at=AT)])


def judge(site: Site, says: dict[str, str], headers: Any = OURS, **added: str) -> Any:
    """Hand in a judgement on every claim, by its id."""
    match = re.search(r'name="csrf" value="([^"]+)"', site.get("/samples/smp-1/inc-1/" + OPEN.id).text)
    data = {"csrf": match[1] if match else ""} | {f"c-{claim}": said for claim, said in says.items()} | added
    return site.post(f"{SHEET}/answers", data=data, headers=headers, follow_redirects=False)


def accept_all(sheet: Review) -> list[Body]:
    return decide_all(sheet, Decision.ACCEPTED)


ALL = dict.fromkeys((NAME.id, CLASS.id, MOTIVE.id), "yes")
BUT_CLASS = ALL | {CLASS.id: "no"}
IMEI = {"field-0": "data.class", "value-0": "imei numbers"}


def public(site: Site) -> Any:
    return site.get("/api/v1/agreement").json()


def test_two_answer_and_the_public_sees_how_far_they_agree(
    enter: Enter, visitor: Site, log: MemoryLog
) -> None:
    assert public(visitor)["reports"] == 0
    assert judge(enter("ana"), ALL).status_code == 303
    assert public(visitor)["reports"] == 0  # one of two tells nothing
    assert judge(enter("bo"), BUT_CLASS, **IMEI).status_code == 303
    found = public(visitor)
    assert found["reports"] == 1
    assert {row["field"] for row in found["people"]["rows"]} == {"victim.name", "data.class"}
    assert [table["sides"] for table in found["coders"]] == ["rules@1"]
    assert "Data classes" in visitor.get("/agreement").text
    answered = [change.body for change in log.history("smp-1") if isinstance(change.body, Answered)]
    assert [len(body.answers) for body in answered] == [3, 3]


def test_neither_sees_the_others_answers_before_giving_their_own(enter: Enter) -> None:
    ana, bo = enter("ana"), enter("bo")
    paths = ("/samples/smp-1", SHEET, "/agreement", "/api/v1/agreement", "/review", "/review/inc-1",
             f"/review/inc-1/{OPEN.id}", "/api/v1/review/inc-1", "/incidents/inc-1")  # fmt: skip

    def seen(site: Site) -> list[str]:
        return [re.sub(r'(name="csrf" value|data-csrf)="[^"]+"', "", site.get(path).text) for path in paths]

    before = seen(bo)
    judge(ana, BUT_CLASS, **IMEI)
    assert seen(bo) == before
    judge(bo, ALL)
    assert "IMEI numbers" in bo.get("/samples/smp-1").text


def test_nobody_decides_on_a_report_that_is_out(enter: Enter, log: MemoryLog) -> None:
    site = enter("ana")
    page = site.get(f"/review/inc-1/{OPEN.id}").text
    assert "out for a blind sample" in page
    assert ">Accept</button>" not in page
    assert site.get("/api/v1/review").json()["waiting"] == 0
    with pytest.raises(InputError, match="blind sample"):
        Desk(log).act("inc-1", accept_all, by="person:eve", tier=Tier.AMBER, version=2)
    for who, says in (("ana", ALL), ("bo", ALL)):
        judge(enter(who), says)
    Desk(log).act("inc-1", accept_all, by="person:eve", tier=Tier.AMBER, version=2)


@pytest.mark.parametrize(
    ("says", "added", "status", "words"),
    [
        ({NAME.id: "yes"}, {}, 400, "2 are left"),
        (ALL | {NAME.id: "maybe"}, {}, 400, "1 are left"),
        (ALL, {"field-0": "data.class", "value-0": "wizardry"}, 422, "cannot be"),
        (ALL, {"field-0": "data.class", "value-0": ""}, 422, "needs a value"),
        (ALL, {"field-0": "", "value-0": "x"}, 422, "There is no field"),
        (ALL, {"csrf": "forged"}, 403, "Reload"),
    ],
)
def test_what_cannot_be_handed_in_is_said_and_nothing_typed_is_lost(
    enter: Enter, log: MemoryLog, says: dict[str, str], added: dict[str, str], status: int, words: str
) -> None:
    site, before = enter("ana"), log.last_serial()
    for headers in (JSON, OURS):
        answer = judge(site, says, headers, **added)
        assert answer.status_code == status
        assert words in answer.text
    if status != 403:
        assert answer.text.count(" checked") == sum(said == "yes" for said in says.values())
    assert log.last_serial() == before


def test_an_answer_is_given_once(enter: Enter) -> None:
    site = enter("ana")
    judge(site, ALL)
    assert site.get(SHEET).status_code == 409
    match = re.search(r'name="csrf" value="([^"]+)"', site.get("/review/inc-1").text)
    data = {"csrf": match[1] if match else ""} | {f"c-{claim}": "no" for claim in ALL}
    again = site.post(f"{SHEET}/answers", data=data, headers=JSON)
    assert again.status_code == 400
    assert "cannot be changed" in again.text


def test_a_sample_is_for_its_two_reviewers(visitor: Site, enter: Enter, log: MemoryLog) -> None:
    other = Sampled(8, ("person:bo", "person:eve"), (PAIR,), log.last_serial())
    log.append([Change(record="smp-2", version=1, body=other, by="person:eve", at=AT)])
    ana = enter("ana")
    for path in ("/samples/smp-2", SHEET.replace("smp-1", "smp-2"), "/samples/none"):
        assert ana.get(path).status_code == 404
    assert ana.get(f"/samples/smp-1/inc-1/{CLOSED.id}").status_code == 404
    assert visitor.get("/samples/smp-1").status_code == 403


def test_the_public_figures_know_nothing_of_what_is_hidden(
    log: MemoryLog, enter: Enter, visitor: Site
) -> None:
    """Law 8, and its counterpart: whoever may see a field sees its figures."""
    judge(enter("ana"), ALL)
    judge(enter("bo"), ALL)
    before = [visitor.get(path).text for path in ("/agreement", "/api/v1/agreement")]
    for who in ("person:ana", "person:bo"):
        answers = () if who == "person:ana" else (Answer("data.class", "PINs", Stance.ASSERTS, Tier.RED),)
        version = log.versions(["smp-1"])["smp-1"] + 1
        body = Answered("inc-1", CLOSED.id, answers)
        log.append([Change(record="smp-1", version=version, body=body, by=who, at=AT)])
    hidden = replace(HIDDEN, value="PINs")
    log.append([Change(record="inc-1", version=5, body=Claimed((hidden,)), by="rules@1", at=AT)])
    assert [visitor.get(path).text for path in ("/agreement", "/api/v1/agreement")] == before
    desk = Desk(log)
    fields = {
        tier: {row.field for row in measure(desk.samples(), desk.history, tier).machine.rows}
        for tier in (Tier.CLEAR, Tier.GREEN)
    }
    assert fields[Tier.GREEN] - fields[Tier.CLEAR] == {"actor.motive"}
    assert measure(desk.samples(), desk.history, Tier.RED).reports == 2
