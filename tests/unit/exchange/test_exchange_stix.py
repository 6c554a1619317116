"""STIX out: the validator of OASIS finds no error in anything, and nobody is made to say what they deny."""

import io
import json
from dataclasses import replace
from typing import Any
from uuid import uuid5

import pytest
from hypothesis import given, settings
from stix2validator import ValidationOptions, validate_instance

from incidex.exchange import FORMATS, Choice, Loss, Lost
from incidex.exchange.stix import MARKINGS, OURS, encode, to_bundle, to_stix
from incidex.exchange.stix.check import check_form, check_names
from incidex.exchange.stix.dates import find_moment
from incidex.exchange.stix.ids import OBSERVABLES, make_id, make_observable_id
from incidex.exchange.stix.ids import OURS as NAMESPACE
from incidex.exchange.stix.patterns import make_pattern
from incidex.model import Claim, Incident, Role, Speaker, Stance, Tier
from tests.unit.exchange.records import (
    PLAIN,
    REPORTS,
    SPEAKERS,
    fold_claims,
    histories,
    make_claim,
)

Json = dict[str, Any]

CORE = "extension-definition--ef765651-680c-498d-9894-99799f2fa126"
HIDDEN = REPORTS[3]
SKYSECURE = Speaker("SkySecure", Role.NAMED_PARTY)


def errors_of(bundle: Json) -> list[str]:
    """Return what the validator of OASIS calls an error; its warnings are on what STIX only suggests."""
    found = validate_instance(bundle, ValidationOptions(version="2.1", disabled=["all"]))
    return [str(error) for error in found.errors]


def write(*incidents: Incident, choice: Choice = Choice.ALL) -> tuple[Json, list[Loss]]:
    out = io.StringIO()
    losses = list(FORMATS["stix"].write(incidents, out, choice))
    return dict(json.loads(out.getvalue())), losses


def of_type(objects: list[Json], kind: str) -> list[Json]:
    return [each for each in objects if each["type"] == kind]


def objects_of(*held: Claim, tier: Tier = Tier.RED) -> list[Json]:
    return to_stix(fold_claims(*held, tier=tier))[0]


@settings(
    max_examples=8
)  # a hundredth of a second an object; `bench/stix.py` asks it about a thousand records
@given(held=histories(10))
def test_the_validator_finds_no_error(held: list[Claim]) -> None:
    bundle, _ = write(fold_claims(*held))
    assert errors_of(bundle) == []


def test_the_validator_finds_no_error_in_a_record_of_all_that_has_to_be_escaped_or_refused() -> None:
    held = [make_claim(field, value) for field, values in PLAIN.items() for value in values]
    bundle, _ = write(fold_claims(*held))
    assert errors_of(bundle) == []


def test_the_validator_that_is_asked_does_find_errors() -> None:
    bundle, _ = write(fold_claims(make_claim("indicator", "ip:192.0.2.1")))
    (indicator,) = of_type(bundle["objects"], "indicator")
    indicator["pattern"] = "[ipv4-addr:value = '"
    del bundle["objects"][-1]["name"]
    assert len(errors_of(bundle)) >= 2


@settings(max_examples=60)
@given(held=histories())
def test_the_same_record_makes_the_same_bytes_and_names_each_object_once(held: list[Claim]) -> None:
    incident = fold_claims(*held)
    objects, losses = to_stix(incident)
    again, lost_again = to_stix(incident)
    assert [encode(each) for each in objects] == [encode(each) for each in again]
    assert losses == lost_again
    assert len({each["id"] for each in objects}) == len(objects)


@settings(max_examples=60)
@given(held=histories())
def test_every_claim_goes_out_with_its_speaker_its_stance_and_its_words(held: list[Claim]) -> None:
    incident = fold_claims(*held)
    objects, _ = to_stix(incident)
    told = {
        each["extensions"][OURS]["claim"]: each for each in objects if each["type"] in {"note", "opinion"}
    }
    assert set(told) == {claim.id for claim in incident.claims}
    names = {each["id"]: str(each["name"]) for each in of_type(objects, "identity")}
    for claim in incident.claims:
        made = told[claim.id]
        assert names[made["created_by_ref"]] == claim.speaker.name
        assert made["object_marking_refs"] == [MARKINGS[claim.tier]]
        if claim.evidence:
            assert claim.evidence.quote in str(made.get("content", made.get("explanation")))
        if made["type"] == "opinion":
            assert claim.stance is not Stance.ASSERTS


@settings(max_examples=60)
@given(shown=histories(8), hidden=histories(6))
def test_no_tier_learns_of_what_is_hidden_from_it(shown: list[Claim], hidden: list[Claim]) -> None:
    public = [make_public(claim) for claim in shown]
    secret = [replace(claim, report=HIDDEN.id, tier=Tier.GREEN) for claim in hidden]
    bare = fold_claims(*public, tier=Tier.CLEAR)
    full = fold_claims(*public, *secret, tier=Tier.CLEAR)
    assert [encode(each) for each in to_stix(full)[0]] == [encode(each) for each in to_stix(bare)[0]]


def make_public(claim: Claim) -> Claim:
    return make_claim(claim.field, claim.value, stance=claim.stance, speaker=claim.speaker)


def test_what_only_members_may_know_is_marked_and_is_another_object_than_what_is_public() -> None:
    secret = make_claim("victim.name", "Bolt", tier=Tier.GREEN, speaker=Speaker("Bolt", Role.VICTIM))
    (hidden,) = [each for each in objects_of(secret) if each.get("name") == "Bolt"]
    open_ = make_claim("victim.name", "Bolt", speaker=Speaker("Bolt", Role.VICTIM))
    (public,) = [each for each in objects_of(open_) if each.get("name") == "Bolt"]
    assert hidden["object_marking_refs"] == ["marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"]
    assert public["object_marking_refs"] == ["marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"]
    assert hidden["id"] != public["id"]


def test_what_members_see_is_a_newer_version_than_what_the_public_sees() -> None:
    claim = make_claim("victim.name", "Acme")
    public, members = (objects_of(claim, tier=tier) for tier in (Tier.CLEAR, Tier.GREEN))
    (one,), (two,) = of_type(public, "incident"), of_type(members, "incident")
    assert one["id"] == two["id"]
    assert one["modified"] < two["modified"]


def test_a_denial_is_an_opinion_by_whoever_denies() -> None:
    objects = objects_of(
        make_claim("actor.name", "SkySecure"),
        make_claim("actor.name", "SkySecure", stance=Stance.DENIES, speaker=SKYSECURE, start=0),
    )
    (blamed,) = [
        each for each in of_type(objects, "relationship") if each["relationship_type"] == "attributed-to"
    ]
    (opinion,) = of_type(objects, "opinion")
    names = {each["id"]: each["name"] for each in of_type(objects, "identity")}
    assert names[blamed["created_by_ref"]] == "Acme"
    assert blamed["description"].startswith("Disputed. Acme (victim) says so.")
    assert blamed["confidence"] == 80
    assert names[opinion["created_by_ref"]] == "SkySecure"
    assert opinion["opinion"] == "strongly-disagree"
    assert opinion["object_refs"] == [blamed["id"]]


def test_what_is_only_denied_makes_no_object_that_says_it_is_so() -> None:
    objects = objects_of(make_claim("actor.name", "SkySecure", stance=Stance.DENIES, speaker=SKYSECURE))
    assert of_type(objects, "threat-actor") == []
    assert of_type(objects, "opinion") == []
    (note,) = of_type(objects, "note")
    assert note["content"].startswith("SkySecure (named party) denies it.")


def test_a_doubt_is_a_neutral_opinion() -> None:
    objects = objects_of(
        make_claim("security_incident", "Confirmed"),
        make_claim("security_incident", "Confirmed", stance=Stance.DOUBTS, speaker=SPEAKERS[1]),
    )
    (opinion,) = of_type(objects, "opinion")
    assert (opinion["opinion"], opinion["object_refs"]) == (
        "neutral",
        [of_type(objects, "incident")[0]["id"]],
    )


def test_an_accused_rival_is_a_threat_actor_of_that_record_alone_and_a_known_group_an_intrusion_set() -> None:
    def make(value: str, record: str) -> list[Json]:
        return to_stix(fold_claims(make_claim("actor.name", value), record=record))[0]

    one, two = (of_type(make("SkySecure", record), "threat-actor") for record in ("inc-1", "inc-2"))
    assert one[0]["id"] != two[0]["id"]
    (group,) = of_type(make("FIN7", "inc-1"), "intrusion-set")
    assert group["external_references"][0]["external_id"] == "G0046"
    assert group == of_type(make("FIN7", "inc-2"), "intrusion-set")[0]


def test_an_accident_targets_nobody() -> None:
    def relation(action: str) -> str:
        objects = objects_of(make_claim("action", action), make_claim("victim.name", "Acme"))
        return str(of_type(objects, "relationship")[0]["relationship_type"])

    assert (relation("error"), relation("hacking")) == ("impacts", "targets")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2017-04-26", ("2017-04-26T00:00:00.000Z", "day", True)),
        ("2017-04", ("2017-04-01T00:00:00.000Z", "month", True)),
        ("2017", ("2017-01-01T00:00:00.000Z", "year", True)),
        ("2012~", ("2012-01-01T00:00:00.000Z", "year", False)),
        ("2017-33", ("2017-01-01T00:00:00.000Z", "year", False)),
        ("2017-XX-XX", ("2017-01-01T00:00:00.000Z", "year", False)),
        ("201X", None),
        ("2017/2018", None),
    ],
)
def test_a_date_says_how_far_it_may_be_trusted(text: str, moment: tuple[str, str, bool] | None) -> None:
    assert find_moment(text) == moment


@pytest.mark.parametrize(
    ("indicator", "pattern"),
    [
        ("ip:192.0.2.1", "[ipv4-addr:value = '192.0.2.1']"),
        ("ip:192.0.2.0/24", "[ipv4-addr:value ISSUBSET '192.0.2.0/24']"),
        ("ip:2001:db8::1", "[ipv6-addr:value = '2001:db8::1']"),
        ("url:http://e.example/it's\\", "[url:value = 'http://e.example/it\\'s\\\\']"),
        ("hash:" + "a" * 64, f"[file:hashes.'SHA-256' = '{'a' * 64}']"),
        ("e-mail:a@b.example", "[email-addr:value = 'a@b.example']"),
        ("wallet:1Boat", "[cryptocurrency-wallet:value = '1Boat']"),
    ],
)
def test_an_indicator_is_a_pattern(indicator: str, pattern: str) -> None:
    assert make_pattern(indicator) == pattern


def test_ids_are_those_that_python_makes_of_the_same_names() -> None:
    assert make_id("incident", "ab", "c") == f"incident--{uuid5(NAMESPACE, 'incident|2:ab1:c')}"
    assert make_id("incident", "ab", "c") != make_id("incident", "a", "bc")
    value = '{"value":"example.com"}'
    assert make_observable_id("domain-name", "example.com") == f"domain-name--{uuid5(OBSERVABLES, value)}"


def test_many_records_make_one_bundle_in_which_what_they_share_stands_once() -> None:
    incidents = [fold_claims(make_claim("victim.name", "Acme"), record=f"inc-{n}") for n in range(9)]
    bundle, _ = write(*incidents)
    names = [each["id"] for each in bundle["objects"]]
    assert len(names) == len(set(names))
    assert len(of_type(bundle["objects"], "incident")) == 9
    assert errors_of(bundle) == []
    assert bundle == write(*incidents)[0]
    assert bundle["id"] != write(*incidents[:-1])[0]["id"]


def test_nothing_is_a_bundle_that_is_valid() -> None:
    bundle, losses = write()
    assert losses == []
    assert errors_of(bundle) == []


def test_half_a_surrogate_pair_goes_out_as_what_stands_for_it() -> None:
    claim = make_claim("victim.name", "Acme", speaker=Speaker("A\ud800b", Role.PRESS))
    bundle, _ = write(fold_claims(claim))
    assert "A\ufffdb" in {each.get("name") for each in bundle["objects"]}


@settings(max_examples=60)
@given(held=histories())
def test_every_value_has_an_object_of_its_own_or_is_said_to_be_lost(held: list[Claim]) -> None:
    incident = fold_claims(*held)
    objects, losses = to_stix(incident)
    said = {(loss.field, loss.value) for loss in losses}
    head = {"title", "summary", "description", "identifier", "action", "security_incident"}
    words = {"action.variety", "discovery.method", "actor.variety", "actor.motive"}
    told = [each for each in objects if each["type"] in {"note", "opinion"}]
    refers = {
        (each["extensions"][OURS]["field"], each["extensions"][OURS]["value"])
        for each in told
        if not all(str(ref).startswith("incident--") for ref in each["object_refs"])
    }
    for field, values in incident.values.items():
        for value in values:
            if field not in head | words:
                assert (field, value.value) in said | refers, (field, value.value)


def test_what_stix_demands_and_nobody_has_said_is_said() -> None:
    _, losses = to_stix(fold_claims(make_claim("victim.name", "Acme")))
    assert {(loss.field, loss.value) for loss in losses if loss.lost is Lost.ADDED} == {
        ("title", "Incident at Acme"),
        ("security_incident", "suspected"),
        ("", "unknown"),
    }


def test_a_disputed_breach_goes_out_as_suspected() -> None:
    def determine(*held: Claim) -> str:
        (incident,) = of_type(objects_of(*held), "incident")
        return str(incident["extensions"][CORE]["determination"])

    said = make_claim("security_incident", "Confirmed", speaker=SPEAKERS[1])
    denied = make_claim("security_incident", "Confirmed", stance=Stance.DENIES)
    assert determine(said) == "confirmed"
    assert determine(said, denied) == "suspected"


def check_all(objects: list[Json]) -> None:
    check_form(objects)
    check_names(objects, {each["id"] for each in objects})


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"modified": "2017"}, "modified"),
        ({"id": "incident--1"}, "id"),
        ({"surprise": "!"}, "surprise"),
        ({"type": "weather"}, "weather"),
        (
            {"object_marking_refs": ["marking-definition--" + "1" * 8 + "-1111-4111-8111-" + "1" * 12]},
            "not there",
        ),
        ({"modified": "1999-01-01T00:00:00.000Z"}, "before it was created"),
    ],
)
def test_our_own_check_refuses_what_is_wrong(change: Json, complaint: str) -> None:
    objects = objects_of(make_claim("victim.name", "Acme"))
    place = next(place for place, each in enumerate(objects) if each["type"] == "incident")
    objects[place] = {**objects[place], **change}
    with pytest.raises(ValueError, match=complaint):
        check_all(objects)


def test_a_bundle_is_named_by_what_is_in_it() -> None:
    objects = objects_of(make_claim("victim.name", "Acme"))
    bundle = to_bundle(objects)
    assert bundle == to_bundle(objects)
    assert bundle["id"] != to_bundle(objects[:-1])["id"]
