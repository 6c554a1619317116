"""MISP out and in: PyMISP reads what is written, and what went out comes back, but for what is said."""

import io
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymisp import MISPEvent

from incidex.app.exporting import Order, write_export
from incidex.codebook import fields
from incidex.exchange import FORMATS, Choice, Lost, Refused, Row
from incidex.exchange.misp import to_misp
from incidex.exchange.misp_in import MOST_PARTS, read_misp
from incidex.exchange.misp_map import OBJECTS
from incidex.model import Role, Stance, Status, Tier
from incidex.store import MemoryLog
from tests.unit.exchange.test_exchange_stix_golden import make_record
from tests.unit.exchange.test_exchange_veris import claims, fold_claims, make_claim

GOLDEN = Path(__file__).parents[2] / "golden" / "ciphr.misp.json"

#: What an event is about besides what was exported: its own id elsewhere, and a title that MISP demands.
HEAD = {"identifier", "title"}


def read(event: object) -> Row | Refused:
    (row,) = read_misp(io.BytesIO(json.dumps(event).encode()))
    return row


def load(event: dict[str, Any]) -> MISPEvent:
    loaded = MISPEvent()
    loaded.load(json.dumps(event))
    return loaded


@settings(max_examples=150, deadline=None)
@given(
    held=st.lists(claims, min_size=1, max_size=12, unique_by=lambda claim: claim.id),
    choice=st.sampled_from(list(Choice)),
)
def test_what_goes_out_comes_back_or_is_reported_lost(held: list[Any], choice: Choice) -> None:
    incident = fold_claims(*held)
    event, losses = to_misp(incident, choice)
    row = read(event)
    back = {(claim.field, claim.value) for claim in row.claims} if isinstance(row, Row) else set()
    assert not row.issues
    missing = {(loss.field, loss.value) for loss in losses if loss.lost in {Lost.VALUE, Lost.CHOICE}}
    sent = {
        (field, value.value)
        for field, values in incident.values.items()
        for value in values
        if value.status is not Status.RETRACTED
    }
    assert sent - back <= missing
    implied = {field for field, _ in back - sent}
    assert implied <= HEAD | {"actor.role", "action"}


@settings(max_examples=60, deadline=None)
@given(held=st.lists(claims, min_size=1, max_size=12, unique_by=lambda claim: claim.id))
def test_pymisp_takes_it_as_it_is(held: list[Any]) -> None:
    incident = fold_claims(*held)
    event, _ = to_misp(incident)
    loaded = load(event)
    assert json.loads(loaded.to_json())
    assert loaded.uuid == event["Event"]["uuid"]
    assert [attribute.type for attribute in loaded.attributes] == [
        a["type"] for a in event["Event"]["Attribute"]
    ]
    for made in loaded.objects:
        assert made.template_uuid
        for attribute in made.attributes:
            assert attribute.object_relation
    assert event == to_misp(incident)[0]


def test_two_exports_of_one_record_have_the_same_ids_and_two_records_have_none_in_common() -> None:
    from dataclasses import replace

    incident = fold_claims(make_claim("indicator", "ip:198.51.100.7"), make_claim("victim.name", "Acme"))
    other = replace(incident, id="inc-2")
    ids = [set(_ids(to_misp(each)[0])) for each in (incident, incident, other)]
    assert ids[0] == ids[1]
    assert ids[0] & ids[2] <= {to_misp(incident)[0]["Event"]["Orgc"]["uuid"]}


def _ids(value: object) -> list[str]:
    if isinstance(value, dict):
        own = [value["uuid"]] if "uuid" in value and "template" not in value else []
        return own + [each for held in value.values() for each in _ids(held)]
    if isinstance(value, list):
        return [each for held in value for each in _ids(held)]
    return []


@pytest.mark.parametrize(
    ("indicator", "kind", "category", "to_ids"),
    [
        ("ip:8.8.8.8", "ip-dst", "Network activity", True),
        ("ip:10.0.0.1", "ip-dst", "Network activity", False),
        ("domain:evil.example", "domain", "Network activity", True),
        ("url:http://evil.example/x", "url", "Network activity", True),
        ("hash:" + "a" * 32, "md5", "Payload delivery", True),
        ("hash:" + "a" * 64, "sha256", "Payload delivery", True),
        ("e-mail:a@evil.example", "email", "Payload delivery", True),
        ("wallet:1BoatSLRHtKNngkdXEeobR76b53LETtpyT", "btc", "Financial fraud", True),
        ("wallet:0123456789abcdef0123456789abcdef", "text", "Financial fraud", False),
    ],
)
def test_an_indicator_has_the_type_category_and_flag_that_misp_knows(
    indicator: str, kind: str, category: str, to_ids: bool
) -> None:
    event, _ = to_misp(fold_claims(make_claim("indicator", indicator)))
    (attribute,) = load(event).attributes
    assert (attribute.type, attribute.category, attribute.to_ids) == (kind, category, to_ids)


def test_nobody_is_to_block_what_somebody_denies() -> None:
    denied = make_claim("indicator", "ip:8.8.8.8", Stance.DENIES)
    event, _ = to_misp(fold_claims(make_claim("indicator", "ip:8.8.8.8", speaker="Bolt"), denied))
    (attribute,) = event["Event"]["Attribute"]
    assert not attribute["to_ids"]
    assert {"name": 'admiralty-scale:information-credibility="4"'} in attribute["Tag"]
    assert "Acme (victim) denies it" in attribute["comment"]


def test_galaxies_and_taxonomies_are_those_that_misp_has() -> None:
    held = [
        make_claim("technique", "T1566"),
        make_claim("malware", "Emotet"),
        make_claim("malware", "Nobody's Bot"),
        make_claim("actor.role", "external"),
        make_claim("actor.motive", "Espionage"),
        make_claim("victim.size", "1 to 10"),
    ]
    event, losses = to_misp(fold_claims(*held))
    tags = {tag["name"] for tag in event["Event"]["Tag"]}
    assert tags >= {
        "tlp:red",
        'misp-galaxy:mitre-attack-pattern="Phishing - T1566"',
        'veris:actor:external:motive="Espionage"',
        'veris:victim:employee_count="1 to 10"',
        'incidex:malware="Nobody\'s Bot"',
    }
    (cluster,) = [
        cluster
        for galaxy in load(event).galaxies
        if galaxy["type"] == "mitre-attack-pattern"
        for cluster in galaxy.clusters
    ]
    assert cluster.uuid == "a62a8db3-f23a-4d8f-afd6-9dbc77e7813b"  # that of ATT&CK's T1566
    assert {loss.lost for loss in losses if loss.field == "actor.motive"} >= {Lost.SPEAKER, Lost.EVIDENCE}


def test_a_file_of_events_is_what_misps_search_answers() -> None:
    out = io.StringIO()
    incidents = [fold_claims(make_claim("victim.name", name)) for name in ("Acme", "Bolt")]
    list(FORMATS["misp"].write(incidents, out, Choice.ALL))
    answered = json.loads(out.getvalue())
    assert [load(event).info for event in answered["response"]] == ["Incident at Acme", "Incident at Bolt"]
    rows = list(read_misp(io.BytesIO(out.getvalue().encode())))
    assert [row.number for row in rows] == [1, 2]


FOREIGN: dict[str, Any] = {
    "Event": {
        "uuid": "5c0fbc9c-1a0c-4b2a-9f2b-000000000001",
        "info": "Phish of the week",
        "date": "2024-02-03",
        "distribution": "3",
        "Orgc": {"name": "CIRCL"},
        "Tag": [
            {"name": "tlp:white"},
            {"name": 'misp-galaxy:threat-actor="APT28"'},
            {"name": 'admiralty-scale:source-reliability="b"'},
            {"name": 'veris:action:social:variety="Phishing"'},
            {"name": "workflow:todo"},
        ],
        "Attribute": [
            {"type": "ip-src", "category": "Network activity", "value": "198.51.100.7"},
            {"type": "domain", "value": "evil.example", "deleted": True},
            {"type": "sha1", "value": "not a hash"},
            {"type": "vulnerability", "value": "cve-2021-44228"},
            {"type": "yara", "value": "rule x {}"},
        ],
        "Object": [
            {
                "name": "file",
                "Attribute": [{"object_relation": "sha256", "type": "sha256", "value": "AB" * 32}],
            },
            {
                "name": "victim",
                "Attribute": [{"object_relation": "name", "type": "target-org", "value": "Acme"}],
            },
        ],
    }
}


def test_an_event_of_somebody_else_becomes_their_claims() -> None:
    row = read(FOREIGN)
    assert isinstance(row, Row)
    assert {(claim.field, claim.value) for claim in row.claims} == {
        ("title", "Phish of the week"),
        ("identifier", "misp:5c0fbc9c-1a0c-4b2a-9f2b-000000000001"),
        ("actor.name", "APT28"),
        ("action", "social"),
        ("action.variety", "Phishing"),
        ("indicator", "ip:198.51.100.7"),
        ("indicator", "hash:" + "ab" * 32),
        ("vulnerability", "CVE-2021-44228"),
        ("victim.name", "Acme"),
    }
    assert {claim.speaker.name for claim in row.claims} == {"CIRCL"}
    assert (row.report.source.reliability, row.report.source.role) == ("B", Role.RESEARCHER)
    assert (row.report.tier, row.report.published) == (Tier.CLEAR, "2024-02-03")
    assert [issue.column for issue in row.issues] == ["Attribute.2"]
    assert set(row.left) == {"tag workflow:todo", "attribute yara"}


@pytest.mark.parametrize(
    ("change", "tier"),
    [
        ({"Tag": [{"name": "tlp:amber+strict"}]}, Tier.RED),
        ({"Tag": [{"name": "tlp:clear"}, {"name": "TLP:AMBER"}]}, Tier.AMBER),
        ({"Tag": [], "distribution": "0"}, Tier.AMBER),
        ({"Tag": [], "distribution": "1"}, Tier.GREEN),
        ({"Tag": [], "distribution": "4"}, Tier.AMBER),
        ({"Tag": []}, Tier.CLEAR),
    ],
)
def test_an_event_is_shown_to_nobody_whom_its_makers_kept_out(change: dict[str, Any], tier: Tier) -> None:
    row = read({"Event": {**FOREIGN["Event"], **change}})
    assert isinstance(row, Row)
    assert row.report.tier is tier
    assert min(claim.tier for claim in row.claims) >= tier


HOSTILE = [
    "<script>alert(1)</script>",
    "=cmd|'/C calc'!A0",
    "x" * 100_000,
    "\x00\x1b[31m",
    "../../etc/passwd",
    '"; DROP TABLE change; --',
    "\ud800",
]


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_value_is_checked_or_an_issue_and_never_a_crash(value: str) -> None:
    kinds = ["ip-dst", "domain", "url", "md5", "email", "btc", "vulnerability", "target-org", "link", "text"]
    event = {
        "info": value,
        "uuid": value,
        "date": value,
        "distribution": value,
        "Orgc": {"name": value},
        "Tag": [
            {"name": value},
            {"name": f'incidex:malware="{value[:400]}"'},
            {"name": f'veris:{value}="x"'},
        ],
        "Attribute": [{"type": kind, "value": value, "category": "Internal reference"} for kind in kinds],
        "Object": [
            {"name": value, "Attribute": [{"object_relation": value, "type": "text", "value": value}]}
        ],
    }
    row = read({"Event": event})
    assert all(len(issue.value) <= 80 for issue in row.issues)
    if isinstance(row, Row):
        assert all("\x1b" not in claim.value and "\x00" not in claim.value for claim in row.claims)
        assert row.report.published == ""


@pytest.mark.parametrize(
    "event",
    [
        {"Event": []},
        {"Event": {"info": 7}},
        {"response": [7, {"Event": None}]},
        {"Event": {"info": "x", "Tag": [{"name": "a"}] * (MOST_PARTS + 1)}},
        {"Event": {"info": "x", "Attribute": {"type": "ip-dst"}, "Object": [None, 3, {"Attribute": "x"}]}},
        {
            "Event": {
                "info": "x",
                "Attribute": [{"type": "target-org", "value": f"n{n}"} for n in range(6_000)],
            }
        },
    ],
)
def test_an_odd_event_is_refused_or_read_for_what_it_says(event: dict[str, Any]) -> None:
    rows = list(read_misp(io.BytesIO(json.dumps(event).encode())))
    assert rows
    assert all(isinstance(row, Refused) or row.claims for row in rows)


def test_the_event_of_ciphr_is_as_it_was() -> None:
    event, losses = to_misp(make_record())
    said = {"event": event, "losses": [[loss.field, loss.value, loss.lost, loss.why] for loss in losses]}
    text = json.dumps(said, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    if os.environ.get("REWRITE_GOLDEN"):
        GOLDEN.write_text(text, "utf-8")
    assert text == GOLDEN.read_text("utf-8")


def test_a_feed_is_read_as_misp_reads_one(tmp_path: Path) -> None:
    from tests.contract.log_samples import batch

    log = MemoryLog()
    log.append(batch("inc-1"))
    log.append(batch("inc-2", "Acme says nothing.", victim="Acme"))
    write_export(log, Order(name="misp-feed", out=tmp_path / "feed", publisher="Harbour"))
    manifest = json.loads((tmp_path / "feed" / "manifest.json").read_text("utf-8"))
    hashes = [line.split(",") for line in (tmp_path / "feed" / "hashes.csv").read_text("utf-8").splitlines()]
    for name, about in manifest.items():
        loaded = MISPEvent()
        loaded.load_file(str(tmp_path / "feed" / f"{name}.json"))
        assert (loaded.uuid, loaded.info, loaded.Orgc.name) == (name, about["info"], "Harbour")
        feed = loaded.to_feed(with_meta=True)
        assert {(digest, name) for digest in feed["Event"]["_hashes"]} == {
            (digest, event) for digest, event in hashes if event == name
        }
        meta = feed["Event"]["_manifest"][name]
        assert {key: about[key] for key in ("info", "date", "analysis", "threat_level_id", "timestamp")} == {
            key: type(about[key])(meta[key])
            for key in ("info", "date", "analysis", "threat_level_id", "timestamp")
        }
    assert len(manifest) == 2


def test_a_disputed_actor_is_named_with_the_denial_and_not_as_a_cluster() -> None:
    held = [
        make_claim("actor.name", "Lazarus Group"),
        make_claim("actor.name", "Lazarus Group", Stance.DENIES),
    ]
    accused, _ = to_misp(fold_claims(held[0]))
    disputed, losses = to_misp(fold_claims(*held))
    cluster = {"name": 'misp-galaxy:threat-actor="Lazarus Group"'}
    assert cluster in accused["Event"]["Tag"]
    assert cluster not in disputed["Event"]["Tag"]
    (named,) = disputed["Event"]["Attribute"]
    assert "denies it" in named["comment"]
    assert Lost.STATUS not in {loss.lost for loss in losses if loss.field == "actor.name"}


def test_the_reference_names_the_place_of_every_field() -> None:
    page = (Path(__file__).parents[3] / "docs" / "reference" / "misp-mapping.md").read_text("utf-8")
    rows = {line.split("`")[1]: line for line in page.splitlines() if line.startswith("| `")}
    for name in fields():
        place = OBJECTS.get(name)
        assert (f"`{place.object}`, `{place.relation}`" if place else name) in rows[name]
