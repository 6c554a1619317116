"""Regulators' forms: what a record answers, with its claims, and what is missing."""

import json
from datetime import UTC, datetime
from hashlib import sha256

import pytest

from incidex.codebook import fields
from incidex.exchange.forms import NOTICE, Answers, forms, to_form, write_form
from incidex.model import (
    Change,
    Claim,
    Claimed,
    Evidence,
    Incident,
    Linked,
    NoEvidence,
    Report,
    Role,
    Source,
    Span,
    Speaker,
    Tier,
    fold,
)

AT = datetime(2026, 1, 2, tzinfo=UTC)
TEXT = "On 3 April 2017 thieves broke in."
REPORT = Report(
    sha256=sha256(TEXT.encode()).hexdigest(), source=Source(name="The Ledger"), published="2017-04-26"
)


def make_claim(field: str, value: str, quote: str = "", speaker: str = "Acme") -> Claim:
    start = TEXT.find(quote) if quote else 0
    return Claim(
        report=REPORT.id,
        field=field,
        value=value,
        speaker=Speaker(speaker, Role.VICTIM),
        coder="rules@1",
        evidence=Evidence.of(TEXT, Span(start, start + len(quote))) if quote else None,
        no_evidence=None if quote else NoEvidence.ANALYST_NOTE,
    )


def make_incident(*claims: Claim) -> Incident:
    changes = [
        Change(record="inc-1", version=1, body=Linked(REPORT), by="ann", at=AT),
        Change(record="inc-1", version=2, body=Claimed(claims), by="ann", at=AT),
    ]
    found = fold(changes, tier=Tier.RED)
    assert found is not None
    return found


def test_the_forms_that_are_promised() -> None:
    assert set(forms()) == {"dbir", "sec-8k", "nis2-24h", "nis2-72h", "nis2-month", "dora", "fire"}


@pytest.mark.parametrize("form", forms().values(), ids=lambda form: form.name)
def test_each_item_says_what_it_rests_on_and_asks_for_known_fields(form: object) -> None:
    for item in forms()[form.name].items:  # type: ignore[attr-defined]
        assert item.question
        assert item.basis
        assert set(item.fields) <= set(fields())
        assert (item.answers is Answers.NO) == (not item.fields)


def test_dora_asks_for_every_field_of_the_annex_once() -> None:
    asked: list[str] = []
    for item in forms()["dora"].items:
        first, _, last = item.number.partition("-")
        part, low = first.split(".")
        high = (last or first).split(".")[1]
        asked += [f"{part}.{number}" for number in range(int(low), int(high) + 1)]
    annex = [f"{part}.{n}" for part, most in ((1, 15), (2, 10), (3, 35), (4, 16)) for n in range(1, most + 1)]
    assert asked == annex


def test_an_answer_has_its_claims_and_the_rest_is_missing() -> None:
    draft = to_form(
        make_incident(make_claim("date.discovered", "2017-04-03", "3 April 2017")), forms()["nis2-24h"]
    )
    by_number = {item["number"]: item for item in draft["items"]}
    assert by_number["1"]["state"] == "answered"
    (value,) = by_number["1"]["values"]
    assert value["claims"][0]["quote"] == "3 April 2017"
    assert value["claims"][0]["source"] == "The Ledger"
    assert {number for number, item in by_number.items() if item["state"] == "missing"} == {
        "0",
        "2",
        "3",
        "4",
    }
    json.dumps(draft)


def test_what_only_bears_on_a_question_is_no_answer() -> None:
    draft = to_form(make_incident(make_claim("action", "hacking")), forms()["nis2-24h"])
    assert {item["number"]: item["state"] for item in draft["items"]}["2"] == "partly"
    assert "**TO BE COMPLETED BY YOU.**" in write_form(draft)


@pytest.mark.parametrize("name", forms())
def test_a_draft_says_that_it_is_one(name: str) -> None:
    text = write_form(to_form(make_incident(make_claim("victim.name", "Acme")), forms()[name]))
    assert text.startswith("# Draft: ")
    assert NOTICE in text
    assert "**MISSING.**" in text


def test_hostile_words_are_no_markup() -> None:
    hostile = "<script>x</script>\n# Filed\n**done** [x](javascript:1) `y` | z\u202e"
    incident = make_incident(make_claim("victim.name", hostile, speaker="*Ann*\n\n# B"))
    text = write_form(to_form(incident, forms()["sec-8k"]))
    assert "<script>" not in text.replace("\\<", "")
    assert [line for line in text.splitlines() if line.startswith("# ")] == [text.splitlines()[0]]
    assert "\u202e" not in text
    assert r"\*\*done\*\* \[x\](javascript:1)" in text
