"""STIX in: what went out comes in again, what others write is read with its makers."""

import io
import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings

from incidex.app.importing import Outcome, import_rows
from incidex.app.library import StoreLibrary
from incidex.codebook import policy
from incidex.exchange import IMPORTERS, Refused, Row
from incidex.exchange.stix import to_bundle, to_stix
from incidex.model import Claim, Incident, InputError, LimitError, NoEvidence, Stance, Tier
from incidex.store import MemoryLog
from tests.unit.exchange.records import fold_claims, histories
from tests.unit.exchange.test_exchange_stix_golden import make_record

Json = dict[str, Any]
Said = tuple[str, ...]

CORE = "extension-definition--ef765651-680c-498d-9894-99799f2fa126"


def read(made: object) -> list[Row | Refused]:
    text = made if isinstance(made, bytes) else json.dumps(made).encode()
    return list(IMPORTERS["stix"].read(io.BytesIO(text)))


def read_one(*objects: Json) -> Row:
    (row,) = read({"type": "bundle", "id": "bundle--1", "objects": list(objects)})
    assert isinstance(row, Row), row
    return row


def said(claims: Iterable[Claim]) -> set[Said]:
    """Return what claims say, by whom and how, and to whom at least; not what is of the bundle itself.

    What one speaker says openly and in confidence is one claim once it is imported, and an open one.
    """
    found: dict[tuple[str, ...], Tier] = {}
    for claim in claims:
        speaker = claim.speaker
        key = (claim.field, claim.value, str(claim.stance), speaker.name, str(speaker.role))
        tier = max(claim.tier, policy()[claim.field].tier)
        found[key] = min(tier, found.get(key, Tier.RED))
    return {(*key, tier.name) for key, tier in found.items() if not key[1].startswith("stix:")}


def import_again(incident: Incident) -> Incident:
    """Return the record that a fresh database makes of an exported one."""
    log = MemoryLog()
    outcome = Outcome("imp-test")
    list(import_rows(log, read(to_bundle(to_stix(incident)[0])), outcome))
    (found,) = StoreLibrary(log).incidents(Tier.RED)
    return found


@settings(max_examples=40)
@given(held=histories())
def test_what_goes_out_comes_in_again_and_goes_out_the_same(held: list[Claim]) -> None:
    check_round_trip(held)


def check_round_trip(held: list[Claim]) -> Counter[str]:
    """Let a record out, in, out and in again; return what was compared, and what is made anew."""
    first = fold_claims(*held)
    second = import_again(first)
    assert said(second.claims) == said(first.claims)
    third = import_again(second)
    assert said(third.claims) == said(second.claims)
    statuses, expected = statuses_of(second), dict[Said, float]()
    assert statuses_of(third) == statuses
    # Of several readings of one saying, the surest of those that most people may see.
    sure = {key_of(claim): claim.confidence for claim in second.claims}
    for claim in sorted(first.claims, key=lambda each: (-each.tier, each.confidence)):
        expected[key_of(claim)] = claim.confidence
    assert {key: sure[key] for key in expected} == expected
    return Counter(
        {
            "records": 1,
            "claims, all there with speaker, role, stance, tier and confidence": len(said(first.claims)),
            "values": len(statuses_of(first)),
            "values whose status is another one, since they come from one source then": sum(
                statuses[key] != status for key, status in statuses_of(first).items()
            ),
            "lines of the loss report": len(to_stix(first)[1]),
        }
    )


def key_of(claim: Claim) -> Said:
    return (claim.field, claim.value, str(claim.stance), claim.speaker.name, str(claim.speaker.role))


def statuses_of(incident: Incident) -> dict[tuple[str, str], str]:
    held = (value for values in incident.values.values() for value in values)
    return {(v.field, v.value): str(v.status) for v in held if not v.value.startswith("stix:")}


def test_a_claim_that_comes_in_is_imported_and_says_what_it_rested_on() -> None:
    claims = list(import_again(make_record()).claims)
    (denied,) = [c for c in claims if c.field == "actor.name" and c.stance is Stance.DENIES]
    assert denied.speaker.name == "SkySecure"
    assert denied.no_evidence is NoEvidence.IMPORTED
    assert denied.why == "there it rests on “SkySecure denies any involvement”"
    assert denied.confidence == 0.8


def test_a_bundle_adds_nothing_the_second_time() -> None:
    log, bundle = MemoryLog(), to_bundle(to_stix(make_record())[0])
    for expected in ((1, 0), (0, 1)):
        outcome = Outcome("imp-test")
        list(import_rows(log, read(bundle), outcome))
        assert (outcome.new, outcome.unchanged) == expected
    assert len(StoreLibrary(log).incidents(Tier.RED)) == 1


def thing(kind: str, number: int, **properties: object) -> Json:
    return {
        "type": kind,
        "spec_version": "2.1",
        "id": f"{kind}--{number:08x}-0000-4000-8000-000000000000",
        "created": "2026-01-01T00:00:00.000Z",
        "modified": "2026-01-02T00:00:00.000Z",
        **properties,
    }


def tie(number: int, source: Json, how: str, target: Json, **more: object) -> Json:
    return thing(
        "relationship",
        number,
        relationship_type=how,
        source_ref=source["id"],
        target_ref=target["id"],
        **more,
    )


MAKER = thing("identity", 1, name="CERT Example", identity_class="organization")
OTHER = thing("identity", 2, name="Acme PR", identity_class="organization")
INCIDENT = thing(
    "incident",
    1,
    name="Acme breached",
    description="Mail was read.",
    created_by_ref=MAKER["id"],
    labels=["hacking"],
)
ACME = thing("identity", 3, name="Acme", identity_class="organization", sectors=["healthcare"])


def pairs(row: Row) -> set[tuple[str, str]]:
    return {(claim.field, claim.value) for claim in row.claims}


def test_what_others_write_is_read_by_the_same_table() -> None:
    germany = thing("location", 1, country="de", administrative_area="Bavaria")
    group = thing("intrusion-set", 1, name="FIN7")
    technique = thing(
        "attack-pattern",
        1,
        name="Phishing",
        external_references=[{"source_name": "mitre-attack", "external_id": "T1566"}],
    )
    malware = thing("malware", 1, name="Emotet", is_family=True)
    flaw = thing("vulnerability", 1, name="CVE-2021-44228")
    pattern = "[ipv4-addr:value = '192.0.2.1'] OR [url:value = 'http://e.example/it\\'s']"
    indicator = thing("indicator", 1, pattern=pattern, pattern_type="stix", valid_from="2026-01-01T00:00:00Z")
    event = thing(
        "event", 1, status="occurred", start_time="2017-04-01T00:00:00Z", start_time_fidelity="month"
    )
    impact = thing(
        "impact",
        1,
        impact_category="confidentiality",
        extensions={
            "confidentiality-ext": {
                "information_type": "phi",
                "loss_type": "confirmed-loss",
                "record_count": 9,
            }
        },
    )
    money = thing(
        "impact",
        2,
        impact_category="monetary",
        extensions={"monetary-ext": {"variety": "ransom-demand", "currency": "USD", "max_amount": 5000000}},
    )
    core = {
        "extension_type": "property-extension",
        "determination": "confirmed",
        "incident_types": ["ransomware"],
        "detection_methods": ["user-reporting"],
        "events": [{"event_ref": event["id"]}],
        "impact_refs": [impact["id"], money["id"]],
    }
    incident = {**INCIDENT, "extensions": {CORE: core}}
    row = read_one(
        incident,
        MAKER,
        ACME,
        germany,
        group,
        technique,
        malware,
        flaw,
        indicator,
        event,
        impact,
        money,
        tie(1, incident, "targets", ACME),
        tie(2, ACME, "located-at", germany),
        tie(3, incident, "attributed-to", group, confidence=40),
        tie(4, incident, "uses", technique),
        tie(5, incident, "uses", malware),
        tie(6, incident, "targets", flaw),
        tie(7, indicator, "related-to", incident),
    )
    assert row.issues == ()
    assert pairs(row) == {
        ("identifier", f"stix:{incident['id']}"),
        ("title", "Acme breached"),
        ("description", "Mail was read."),
        ("action", "hacking"),
        ("action.variety", "Ransomware"),
        ("security_incident", "Confirmed"),
        ("discovery.method", "Internal - Reported by employee"),
        ("victim.name", "Acme"),
        ("victim.country", "DE"),
        ("victim.region", "Bavaria"),
        ("victim.industry", "62"),
        ("actor.name", "FIN7"),
        ("technique", "T1566"),
        ("malware", "Emotet"),
        ("vulnerability", "CVE-2021-44228"),
        ("indicator", "ip:192.0.2.1"),
        ("indicator", "url:http://e.example/it's"),
        ("date.occurred", "2017-04"),
        ("impact", "confidentiality"),
        ("data.variety", "Medical"),
        ("data.records", "9"),
        ("ransom.demanded", "USD 5000000"),
    }
    assert {claim.speaker.name for claim in row.claims} == {"CERT Example"}
    assert [claim.confidence for claim in row.claims if claim.field == "actor.name"] == [0.4]
    assert row.report.source.name == "CERT Example"
    assert row.document.text == "Mail was read."


def test_an_opinion_by_somebody_else_is_their_stance() -> None:
    group = thing("threat-actor", 1, name="Bolt")
    blamed = tie(1, INCIDENT, "attributed-to", group)
    opinion = thing(
        "opinion", 1, opinion="strongly-disagree", object_refs=[blamed["id"]], created_by_ref=OTHER["id"]
    )
    row = read_one(INCIDENT, MAKER, OTHER, group, blamed, opinion)
    stances = {(c.speaker.name, str(c.stance)) for c in row.claims if c.field == "actor.name"}
    assert stances == {("CERT Example", "asserts"), ("Acme PR", "denies")}


def test_a_bundle_that_goes_round_in_circles_is_read_once() -> None:
    bolt = thing("identity", 8, name="Bolt", identity_class="organization", created_by_ref="identity--x")
    rings = [
        tie(1, INCIDENT, "targets", ACME),
        tie(2, ACME, "part-of", bolt),
        tie(3, bolt, "part-of", ACME),
        tie(4, ACME, "part-of", ACME),
        tie(5, INCIDENT, "related-to", INCIDENT),
    ]
    note = thing("note", 1, content="About itself", object_refs=[INCIDENT["id"]])
    note["object_refs"].append(note["id"])
    row = read_one({**INCIDENT, "created_by_ref": INCIDENT["id"]}, ACME, bolt, *rings, note)
    assert ("victim.name", "Acme") in pairs(row)


def test_what_is_named_and_not_there_is_an_issue_and_the_rest_is_read() -> None:
    core = {"impact_refs": ["impact--00000000-0000-4000-8000-000000000000"]}
    row = read_one({**INCIDENT, "extensions": {CORE: core}}, tie(1, INCIDENT, "targets", ACME))
    assert [issue.problem for issue in row.issues if "not in the bundle" in issue.problem] == [
        "it is named here, and is not in the bundle"
    ] * 2
    assert ("title", "Acme breached") in pairs(row)


def test_objects_of_somebody_s_own_are_an_issue() -> None:
    custom = thing("x-weather", 1, name="Rain")
    row = read_one(INCIDENT, custom, tie(1, INCIDENT, "uses", custom))
    assert [(issue.value, issue.problem) for issue in row.issues] == [
        ("x-weather", "Incidex does not read objects of this type")
    ]


def test_extensions_and_properties_of_somebody_s_own_are_named_and_kept() -> None:
    name = "extension-definition--11111111-1111-4111-8111-111111111111"
    own = {"extensions": {name: {"extension_type": "property-extension", "severity": 5}}, "x_acme_score": 9}
    row = read_one({**INCIDENT, **own}, {**ACME, "x_rank": 1}, tie(1, INCIDENT, "targets", ACME))
    assert set(row.left) == {f"incident.extensions.{name}", "incident.x_acme_score", "identity.x_rank"}
    assert b'"x_acme_score":9' in row.raw.replace(b" ", b"")


def test_what_belongs_to_no_incident_is_counted_and_so_is_what_is_no_object() -> None:
    rest = [thing("x-weather", number) for number in range(3)]
    row = read_one(INCIDENT, *rest, *({"type": "tool"} for _ in range(150)))
    problems = [issue.problem for issue in row.issues]
    assert problems[0] == "these belong to no incident and are not kept: x-weather (3)"
    assert problems[-1] == "and 50 problems more like these"


def test_an_object_of_another_version_is_read_and_named() -> None:
    row = read_one(INCIDENT, {**ACME, "spec_version": "2.2"}, tie(1, INCIDENT, "targets", ACME))
    assert ("victim.name", "Acme") in pairs(row)
    assert [issue.problem for issue in row.issues] == ["it is STIX 2.2, and was read as if it were 2.1"]


def test_a_revoked_incident_among_others_is_named() -> None:
    gone = {**INCIDENT, "id": thing("incident", 2)["id"], "revoked": True}
    row = read_one(INCIDENT, gone)
    assert [issue.column for issue in row.issues] == [gone["id"]]


def test_brackets_without_end_are_refused_before_they_take_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("incidex.exchange.stix.bundle.MOST_PARTS", 1000)
    with pytest.raises(LimitError, match="more than 1,000 parts"):
        read(b'{"type":"bundle","objects":[' + b"{}," * 2000 + b"{}]}")


def test_of_an_object_that_stands_twice_the_newer_counts_and_a_contradiction_is_said() -> None:
    newer = {**INCIDENT, "name": "Newer", "modified": "2026-02-01T00:00:00.000Z"}
    other = {**newer, "name": "Another"}
    row = read_one(INCIDENT, newer, other)
    assert ("title", "Newer") in pairs(row)
    assert row.issues[0].problem == "it stands here twice and says two things; the first was taken"


def test_what_was_revoked_is_not_read() -> None:
    row = read_one(INCIDENT, ACME, tie(1, INCIDENT, "targets", ACME, revoked=True))
    assert "victim.name" not in {field for field, _ in pairs(row)}


def test_a_word_or_value_that_is_not_known_is_an_issue_with_its_object() -> None:
    core = {"determination": "perhaps", "incident_types": ["weather"]}
    flaw = thing("vulnerability", 1, name="a hole")
    row = read_one({**INCIDENT, "extensions": {CORE: core}}, flaw, tie(1, INCIDENT, "targets", flaw))
    assert {issue.value for issue in row.issues} == {"perhaps", "weather", "a hole"}
    assert {issue.column for issue in row.issues} >= {INCIDENT["id"]}


@pytest.mark.parametrize(
    ("made", "complaint"),
    [
        (b"", "no STIX bundle"),
        (b"\xff\xfe", "no STIX bundle"),
        (b'{"type":"bundle","objects":' + b"[" * 100_000, "no STIX bundle"),
        ([], "no STIX bundle"),
        ({"type": "bundle", "objects": [{**INCIDENT, "name": "\ud800"}]}, "no STIX bundle"),
        ({"type": "bundle", "objects": []}, "something in it"),
        ({"type": "indicator", "id": "indicator--1"}, '"type": "bundle"'),
        ({"type": "bundle", "objects": [ACME]}, "there is no incident in this bundle"),
        (
            {"type": "bundle", "spec_version": "2.0", "objects": [INCIDENT]},
            "this is STIX 2.0; only 2.1 is read",
        ),
        ({"type": "bundle", "objects": [{**INCIDENT, "spec_version": "2.2"}]}, "this is STIX 2.2"),
        ({"type": "bundle", "objects": [{"type": "incident", "id": "incident--1"}]}, 'no "spec_version"'),
        ({"type": "bundle", "objects": [{**INCIDENT, "id": "incident--1"}]}, "is no id of a STIX object"),
        ({"type": "bundle", "objects": [{**INCIDENT, "id": ACME["id"]}]}, "is no id of a STIX object"),
        ({"type": "bundle", "objects": [{**INCIDENT, "revoked": True}]}, "was revoked by its maker"),
    ],
)
def test_what_is_no_bundle_of_stix_2_1_is_refused_in_a_sentence(made: object, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        read(made)


def test_a_bundle_that_is_too_large_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("incidex.exchange.stix.bundle.MOST_BUNDLE_BYTES", 1000)
    with pytest.raises(LimitError, match="split it, or fetch it in pages over TAXII"):
        read({"type": "bundle", "objects": [INCIDENT] * 10})


@pytest.mark.parametrize(
    "hostile",
    [
        {"object_refs": "a"},
        {"extensions": [1]},
        {"labels": {"a": 1}},
        {"external_references": ["x", {"source_name": 3}]},
        {"name": ["x"]},
        {"created_by_ref": 7},
        {"extensions": {CORE: {"events": [1, {"event_ref": []}], "impact_refs": {}}}},
    ],
)
def test_properties_of_another_kind_than_they_should_be_break_nothing(hostile: Json) -> None:
    for row in read({"type": "bundle", "objects": [{**INCIDENT, "name": "Acme", **hostile}, INCIDENT]}):
        assert isinstance(row, Row | Refused)


def test_a_page_of_a_taxii_server_is_read_too() -> None:
    (row,) = read({"more": False, "objects": [INCIDENT]})
    assert isinstance(row, Row)
