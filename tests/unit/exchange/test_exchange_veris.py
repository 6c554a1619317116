"""VERIS out: whatever a record holds, the official schema accepts it, and nothing goes missing unsaid."""

import gzip
import json
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidex.codebook import check_value, fields, get_vocabulary
from incidex.exchange import Choice, Lost, Row, to_veris
from incidex.exchange.veris_check import check_rules, check_shape
from incidex.exchange.veris_in import from_veris
from incidex.model import (
    Change,
    Claim,
    Claimed,
    Incident,
    Linked,
    NoEvidence,
    Report,
    Role,
    Source,
    Speaker,
    Stance,
    Tier,
    fold,
)

SCHEMA = Path(__file__).parents[4] / "shared" / "veris" / "verisc-merged.json"
CORPUS = Path(__file__).parents[4] / "shared" / "corpus" / "vcdb-veris.jsonl.gz"
AT = datetime(2026, 1, 2, tzinfo=UTC)
REPORT = Report(sha256="ab" * 32, source=Source(name="Ledger"), published="2017-04-27")

#: Values of the fields that are no vocabulary.
PLAIN = {
    "title": ["Breach at Acme"],
    "summary": ["Acme was breached."],
    "description": ["First.", "Second."],
    "victim.name": ["Acme", "Acme Labs"],
    "victim.domain": ["acme.example"],
    "victim.secondary": ["Bolt", "Crane"],
    "victim.region": ["US-TX", "Bavaria"],
    "victim.industry": ["62", "923140"],
    "victim.country": ["US", "DE"],
    "actor.country": ["RU", "KP"],
    "actor.name": ["FIN7", "Clop"],
    "malware": ["Emotet"],
    "tool": ["Mimikatz"],
    "vulnerability": ["CVE-2021-44228", "CVE-2023-34362"],
    "data.records": ["1200"],
    "outage.duration": ["PT72H", "P1DT2H"],
    "ransom.demanded": ["USD 5000000"],
    "ransom.paid": ["USD 1"],
    "loss.amount": ["USD 4400000", "EUR 12.5"],
    "indicator": ["ip:192.0.2.1", "domain:bad.example"],
    "identifier": ["vcdb:0001AA7F-C601-424A-B2B8-BE6C9F5164E7", "url:https://acme.example/incident"],
    "location.country": ["FR", "IE"],
    **{
        f"date.{name}": ["2017-04-26", "2017-04", "2012~", "2017-01/2017-03", "2017-33"]
        for name in ("occurred", "ended", "discovered", "disclosed")
    },
}


def make_claim(field: str, value: str, stance: Stance = Stance.ASSERTS, speaker: str = "Acme") -> Claim:
    return Claim(
        report=REPORT.id,
        field=field,
        value=check_value(field, value),
        speaker=Speaker(speaker, Role.VICTIM if speaker == "Acme" else Role.NAMED_PARTY),
        coder="person:ann",
        stance=stance,
        no_evidence=NoEvidence.ANALYST_NOTE,
    )


def fold_claims(*claims: Claim) -> Incident:
    changes = [
        Change(record="inc-1", version=1, body=Linked(REPORT), by="ann", at=AT),
        Change(record="inc-1", version=2, body=Claimed(tuple(claims)), by="ann", at=AT),
    ]
    found = fold(changes, tier=Tier.RED)
    assert found is not None
    return found


def values_of(name: str) -> st.SearchStrategy[str]:
    field = fields()[name]
    known = PLAIN.get(name) or list(get_vocabulary(field.vocabulary or name))
    return st.sampled_from(known)


claims = st.sampled_from(sorted(fields())).flatmap(
    lambda name: st.builds(make_claim, st.just(name), values_of(name), st.sampled_from(list(Stance)))
)


@pytest.fixture(scope="module")
def schema() -> jsonschema_rs.Validator:
    if not SCHEMA.exists():
        pytest.skip("the official schema is not here")
    text: dict[str, Any] = json.loads(SCHEMA.read_text("utf-8"))
    return jsonschema_rs.validator_for(text)


@settings(max_examples=150, deadline=None)
@given(
    held=st.lists(claims, min_size=1, max_size=12, unique_by=lambda claim: claim.id),
    choice=st.sampled_from(list(Choice)),
)
def test_the_official_schema_accepts_whatever_a_record_holds(
    schema: jsonschema_rs.Validator, held: list[Claim], choice: Choice
) -> None:
    record, _ = to_veris(fold_claims(*held), choice)
    assert [error.message for error in schema.iter_errors(record)] == []


@settings(max_examples=60, deadline=None)
@given(held=st.lists(claims, min_size=1, max_size=12, unique_by=lambda claim: claim.id))
def test_every_value_goes_out_or_is_reported_lost(held: list[Claim]) -> None:
    incident = fold_claims(*held)
    record, losses = to_veris(incident)
    text = json.dumps(record, ensure_ascii=False)
    missing = {
        (loss.field, loss.value) for loss in losses if loss.lost in {Lost.VALUE, Lost.CHOICE, Lost.PRECISION}
    }
    placed = {
        "date.occurred",
        "outage.duration",
        "loss.amount",
        "victim.region",
        "indicator",
        "discovery.method",
        "impact",
        "date.disclosed",
        "identifier",
    }
    for field, values in incident.values.items():
        for value in values:
            assert (field, value.value) in missing or field in placed or value.value in text, (
                field,
                value.value,
            )


def said(incident: Incident) -> set[tuple[str, str]]:
    return {(field, value.value) for field, values in incident.values.items() for value in values}


def read_back(record: dict[str, Any]) -> Incident:
    row = from_veris(1, json.dumps(record).encode(), record)
    assert isinstance(row, Row)
    assert not row.issues
    changes = [
        Change(record="inc-2", version=1, body=Linked(row.report), by="import:1", at=AT),
        Change(record="inc-2", version=2, body=Claimed(row.claims), by="import:1", at=AT),
    ]
    found = fold(changes, tier=Tier.RED)
    assert found is not None
    return found


def check_round_trip(incident: Incident) -> Incident:
    """Export and import a record; whatever differs has to stand in the loss report."""
    record, losses = to_veris(incident)
    back = read_back(record)
    added = {(loss.field, loss.value) for loss in losses if loss.lost is Lost.ADDED}
    lost = {(loss.field, loss.value) for loss in losses if loss.lost is not Lost.ADDED}
    assert said(back) - said(incident) <= added
    assert said(incident) - said(back) <= lost
    return back


@settings(max_examples=100, deadline=None)
@given(held=st.lists(claims, min_size=1, max_size=12, unique_by=lambda claim: claim.id))
def test_a_round_trip_changes_nothing_but_what_the_loss_report_names(held: list[Claim]) -> None:
    check_round_trip(check_round_trip(fold_claims(*held)))


def test_real_records_come_back_as_they_were() -> None:
    if not CORPUS.exists():
        pytest.skip("the corpus is not here")
    with gzip.open(CORPUS) as file:
        for raw in islice(file, 0, 6000, 40):
            check_round_trip(read_back_leniently(raw))


def read_back_leniently(raw: bytes) -> Incident:
    row = from_veris(1, raw, json.loads(raw))
    assert isinstance(row, Row)
    found = fold(
        [
            Change(record="inc-1", version=1, body=Linked(row.report), by="import:1", at=AT),
            Change(record="inc-1", version=2, body=Claimed(row.claims), by="import:1", at=AT),
        ],
        tier=Tier.RED,
    )
    assert found is not None
    return found


@settings(max_examples=150, deadline=None)
@given(held=st.lists(claims, min_size=1, max_size=12, unique_by=lambda claim: claim.id))
def test_the_rules_between_the_parts_hold_in_whatever_goes_out(held: list[Claim]) -> None:
    record, losses = to_veris(fold_claims(*held))
    assert list(check_rules(record)) == []
    assert list(check_shape(record)) == []
    asked = {loss.value for loss in losses if "VERIS asks for" in loss.why}
    assert asked <= set(record.get("attribute", ()))


@pytest.mark.parametrize(
    ("field", "value", "attribute"),
    [
        ("action", "malware", {"integrity": {"variety": ["Software installation"]}}),
        ("action", "social", {"integrity": {"variety": ["Alter behavior"]}}),
        ("action.variety", "Theft", {"availability": {"variety": ["Loss"]}}),
        ("security_incident", "Confirmed", {"unknown": {}}),
    ],
)
def test_what_veris_asks_for_beside_a_value_is_added_in_the_open(
    field: str, value: str, attribute: dict[str, Any]
) -> None:
    record, losses = to_veris(fold_claims(make_claim(field, value)))
    assert record["attribute"] == attribute
    added = [loss.value for loss in losses if "VERIS asks for" in loss.why]
    assert added == [name for name in attribute if name != "unknown"]


def test_a_denial_is_lost_and_said_so() -> None:
    incident = fold_claims(
        make_claim("actor.name", "Bolt"), make_claim("actor.name", "Bolt", Stance.DENIES, speaker="Bolt")
    )
    _, losses = to_veris(incident)
    assert {(loss.lost, loss.why) for loss in losses if loss.field == "actor.name"} == {
        (Lost.SPEAKER, "that Acme says so"),
        (Lost.STANCE, "that Bolt denies it"),
        (Lost.STATUS, "that it is disputed only"),
    }


def test_what_the_format_demands_is_added_in_the_open() -> None:
    record, losses = to_veris(fold_claims(make_claim("victim.name", "Acme")))
    assert record["timeline"] == {"incident": {"year": 2017}}
    assert {loss.field for loss in losses if loss.lost is Lost.ADDED} == {
        "date.occurred",
        "identifier",
        "security_incident",
        "summary",
    }


def test_a_whole_record() -> None:
    record, _ = to_veris(
        fold_claims(
            make_claim("summary", "Acme lost data of 1,200 patients."),
            make_claim("security_incident", "Confirmed"),
            make_claim("date.occurred", "2017-04"),
            make_claim("victim.name", "Acme"),
            make_claim("victim.region", "US-TX"),
            make_claim("victim.industry", "62"),
            make_claim("actor.role", "external"),
            make_claim("actor.variety", "Organized crime"),
            make_claim("actor.motive", "Financial"),
            make_claim("action", "malware"),
            make_claim("action.variety", "Ransomware"),
            make_claim("impact", "confidentiality"),
            make_claim("data.variety", "Medical"),
            make_claim("data.records", "1200"),
            make_claim("outage.duration", "PT72H"),
        )
    )
    assert record == {
        "schema_version": "1.4.1",
        "incident_id": "inc-1",
        "source_id": "incidex",
        "security_incident": "Confirmed",
        "summary": "Acme lost data of 1,200 patients.",
        "timeline": {"incident": {"year": 2017, "month": 4}},
        "victim": {
            "country": ["Unknown"],
            "employee_count": "Unknown",
            "industry": "62",
            "government": ["NA"],
            "victim_id": "Acme",
            "state": "TX",
        },
        "actor": {"external": {"variety": ["Organized crime"], "motive": ["Financial"]}},
        "action": {"malware": {"variety": ["Ransomware"], "vector": ["Unknown"]}},
        "attribute": {
            "confidentiality": {
                "data_disclosure": "Yes",
                "data_total": 1200,
                "data": [{"variety": "Medical"}],
            },
            "availability": {"duration": {"unit": "Hours", "value": 72}, "variety": ["Unknown"]},
            "integrity": {"variety": ["Software installation"]},
        },
        "asset": {"assets": [{"variety": "Unknown"}], "cloud": ["Unknown"]},
        "discovery_method": {"unknown": True},
    }
