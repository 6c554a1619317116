"""The JSON twin and the coded line: whole outputs, as a program would read them."""

import json
from datetime import UTC, datetime

from incidex.exchange import to_coded_line, to_record
from incidex.model import (
    Change,
    Claim,
    Claimed,
    Evidence,
    FieldPolicy,
    Incident,
    Linked,
    NoEvidence,
    Report,
    Role,
    Source,
    Span,
    Speaker,
    Stance,
    Tier,
    Withheld,
    fold,
)

TEXT = "Ciphr says that SkySecure did it. SkySecure denies it."
AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
REPORT = Report(sha256="ab" * 32, source=Source(name="Ledger", reliability="B"), published="2017-04-27")


def make_claim(speaker: str, stance: Stance, words: str, tier: Tier = Tier.CLEAR) -> Claim:
    start = TEXT.index(words)
    return Claim(
        report=REPORT.id,
        field="actor.name",
        value="SkySecure",
        speaker=Speaker(speaker, Role.VICTIM if speaker == "Ciphr" else Role.NAMED_PARTY),
        coder="rules@1",
        stance=stance,
        confidence=0.8,
        tier=tier,
        evidence=Evidence.of(TEXT, Span(start, start + len(words))),
    )


CLAIMS = (
    make_claim("Ciphr", Stance.ASSERTS, "SkySecure did it"),
    make_claim("SkySecure", Stance.DENIES, "SkySecure denies it"),
)


def fold_claims(claims: tuple[Claim, ...], tier: Tier = Tier.CLEAR) -> Incident:
    changes = [
        Change(record="inc-1", version=1, body=Linked(REPORT), by="rules@1", at=AT),
        Change(record="inc-1", version=2, body=Claimed(claims), by="rules@1", at=AT),
    ]
    policy = {"actor.motive": FieldPolicy(withheld=Withheld.COUNT, tier=Tier.GREEN)}
    found = fold(changes, tier=tier, policy=policy)
    assert found is not None
    return found


def test_a_coded_line_is_what_the_design_says() -> None:
    assert to_coded_line("r1", [(CLAIMS, fold_claims(CLAIMS))]) == {
        "id": "r1",
        "incidents": [
            {
                "claims": [
                    {
                        "field": "actor.name",
                        "value": "SkySecure",
                        "stance": "asserts",
                        "speaker": {"name": "Ciphr", "role": "victim"},
                        "confidence": 0.8,
                        "coder": "rules@1",
                        "evidence": {"start": 16, "end": 32, "quote": "SkySecure did it"},
                    },
                    {
                        "field": "actor.name",
                        "value": "SkySecure",
                        "stance": "denies",
                        "speaker": {"name": "SkySecure", "role": "named party"},
                        "confidence": 0.8,
                        "coder": "rules@1",
                        "evidence": {"start": 34, "end": 53, "quote": "SkySecure denies it"},
                    },
                ],
                "record": {
                    "actor.name": [
                        {"value": "SkySecure", "status": "disputed", "confidence": 0.8, "claims": [0, 1]}
                    ]
                },
            }
        ],
    }


def test_a_claim_said_twice_is_named_by_its_first_place() -> None:
    claims = (CLAIMS[1], CLAIMS[0], CLAIMS[1])
    (coded,) = to_coded_line("r1", [(claims, fold_claims(claims))])["incidents"]
    assert coded["record"]["actor.name"][0]["claims"] == [0, 1]


def test_a_report_of_nothing_makes_a_line_without_incidents() -> None:
    assert to_coded_line("r1", []) == {"id": "r1", "incidents": []}


def test_a_claim_without_evidence_says_so() -> None:
    note = Claim(
        report=REPORT.id,
        field="action",
        value="hacking",
        speaker=Speaker("Desk"),
        coder="person:ann",
        no_evidence=NoEvidence.ANALYST_NOTE,
    )
    record = to_record(fold_claims((note,)))
    (claim,) = record["values"]["action"][0]["claims"]
    assert claim["no_evidence"] == "analyst_note"
    assert "quote" not in claim
    (coded,) = to_coded_line("r1", [((note,), fold_claims((note,)))])["incidents"]
    assert coded["claims"][0]["evidence"] is None


def test_a_record_is_plain_json_with_everything_its_tier_sees() -> None:
    record = to_record(fold_claims(CLAIMS))
    assert json.loads(json.dumps(record)) == record
    assert {key: record[key] for key in ("id", "version", "tier", "opened_at", "withheld")} == {
        "id": "inc-1",
        "version": 2,
        "tier": "CLEAR",
        "opened_at": "2026-01-02T03:04:05Z",
        "withheld": {"actor.motive": 0},
    }
    (value,) = record["values"]["actor.name"]
    assert value["status"] == "disputed"
    assert [claim["stance"] for claim in value["claims"]] == ["asserts", "denies"]
    first = value["claims"][0]
    assert first["prefix"] + first["quote"] + first["suffix"] == TEXT[:32] + TEXT[32:]
    assert first["report"] == record["reports"][0]["id"] == REPORT.id
    assert record["reports"][0]["publisher"] == "Ledger"


def test_what_is_only_denied_stands_apart() -> None:
    record = to_record(fold_claims(CLAIMS[1:]))
    assert record["values"] == {}
    assert record["denied"]["actor.name"][0]["claims"][0]["speaker"]["name"] == "SkySecure"


def test_a_record_holds_nothing_above_its_tier() -> None:
    hidden = make_claim("Ciphr", Stance.ASSERTS, "SkySecure did it", tier=Tier.GREEN)
    assert "SkySecure did it" not in json.dumps(to_record(fold_claims((hidden,))))
    assert "SkySecure did it" in json.dumps(to_record(fold_claims((hidden,), Tier.GREEN)))
