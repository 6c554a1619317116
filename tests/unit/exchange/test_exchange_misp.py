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
from incidex.exchange.misp_map import OBJECTS, parse_tag, read_tag
from incidex.exchange.veris_in import FAMILIES
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
        'veris:actor:motive="Espionage"',
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


#: The predicates of the taxonomy `veris` of misp-taxonomies (its machinetag.json, looked up 2026-11-26).
OFFICIAL = {
    *("iso_currency_code", "confidence", "targeted", "discovery_method", "cost_corrective_action", "country"),
    *("security_incident", "impact:overall_rating", "actor:motive", "asset:variety", "asset:cloud"),
    *("victim:employee_count", "timeline:unit", "impact:loss:rating", "impact:loss:variety"),
    *("attribute:integrity:variety", "attribute:availability:variety", "attribute:confidentiality:state"),
    *("attribute:confidentiality:data_victim", "attribute:confidentiality:data_disclosure"),
    *("attribute:confidentiality:data:variety", "actor:internal:variety", "actor:external:variety"),
    *(f"action:{family}:variety" for family in FAMILIES),
    *(f"action:{family}:vector" for family in FAMILIES if family != "environmental"),
}


@settings(max_examples=60, deadline=None)
@given(st.lists(claims, min_size=1, max_size=12, unique_by=lambda claim: claim.id))
def test_every_veris_tag_is_of_a_predicate_that_the_taxonomy_has(held: list[Any]) -> None:
    event, _ = to_misp(fold_claims(*held))
    holders = [event["Event"], *event["Event"]["Attribute"], *event["Event"]["Object"]]
    holders += [each for holder in event["Event"]["Object"] for each in holder["Attribute"]]
    tags = [parse_tag(tag["name"]) for holder in holders for tag in holder.get("Tag", ())]
    assert {found[1] for found in tags if found and found[0] == "veris"} <= OFFICIAL


@pytest.mark.parametrize(
    ("tag", "said"),
    [
        ('veris:actor:motive="Financial"', {("actor.motive", "Financial")}),
        (
            'veris:actor:external:motive="Financial"',
            {("actor.motive", "Financial"), ("actor.role", "external")},
        ),
        ('veris:attribute:availability:variety="Loss"', {("impact", "availability")}),
        ('veris:attribute:integrity:variety="Unknown"', set()),
        ('veris:attribute:confidentiality:data_disclosure="Yes"', {("impact", "confidentiality")}),
        ('veris:attribute:confidentiality:data_disclosure="No"', set()),
        (
            'veris:action:hacking:vector="Web application"',
            {("action.vector", "Web application"), ("action", "hacking")},
        ),
    ],
)
def test_veris_tags_of_others_are_read(tag: str, said: set[tuple[str, str]]) -> None:
    assert set(read_tag(tag)) == said


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


ATTRIBUTE = "5f0d7d4e-0000-4000-8000-0242ac110002"


def full(type_: str, value: str, category: str, **more: Any) -> dict[str, Any]:
    """An attribute with all that a MISP of today writes of one."""
    return {
        "id": "1",
        "event_id": "1",
        "object_id": "0",
        "uuid": "5f0d7d4e-0000-4000-8000-0242ac110002",
        "timestamp": "1594719000",
        "distribution": "5",
        "sharing_group_id": "0",
        "comment": "from the pcap",
        "deleted": False,
        "disable_correlation": False,
        "to_ids": True,
        "first_seen": None,
        "last_seen": None,
        "Galaxy": [],
        "ShadowAttribute": [],
        "type": type_,
        "value": value,
        "category": category,
        **more,
    }


def cluster(galaxy: str, value: str) -> dict[str, Any]:
    """A cluster as an export has it, with its texts."""
    tag = f'misp-galaxy:{galaxy}="{value}"'
    held = {
        "type": galaxy,
        "value": value,
        "tag_name": tag,
        "description": "x" * 2_000,
        "meta": {"refs": ["x"]},
    }
    return {"name": galaxy, "type": galaxy, "version": "3", "namespace": "misp", "GalaxyCluster": [held]}


#: Shaped as events of the open feeds are: ids as texts, every member present, galaxies beside tags.
OSINT: dict[str, Any] = {
    "Event": {
        "id": "1588",
        "orgc_id": "3",
        "org_id": "1",
        "threat_level_id": "2",
        "published": True,
        "uuid": "5f0d7d4e-b0c4-4a31-9b2e-4d8f0a2a0b01",
        "attribute_count": "9",
        "analysis": "2",
        "timestamp": "1594719000",
        "publish_timestamp": "1594719100",
        "proposal_email_lock": False,
        "locked": False,
        "disable_correlation": False,
        "extends_uuid": "",
        "sharing_group_id": "0",
        "date": "2020-07-14",
        "info": "OSINT - Harbour loader drops Ledger stealer",
        "distribution": "3",
        "Org": {"id": "1", "name": "ORGNAME", "uuid": "5f0d7d4e-0000-4000-8000-000000000001", "local": True},
        "Orgc": {"id": "3", "name": "Harbour CERT", "uuid": "5f0d7d4e-0000-4000-8000-000000000003"},
        "Tag": [
            {
                "id": "7",
                "name": "tlp:white",
                "colour": "#ffffff",
                "exportable": True,
                "numerical_value": None,
            },
            {"id": "8", "name": 'misp-galaxy:mitre-attack-pattern="Phishing - T1566"', "colour": "#0088cc"},
            {"id": "9", "name": "type:OSINT"},
            {"id": "10", "name": 'osint:certainty="93"'},
        ],
        "Galaxy": [
            cluster("mitre-attack-pattern", "Phishing - T1566"),
            cluster("mitre-intrusion-set", "APT28 - G0007"),
            cluster("malpedia", "Emotet"),
        ],
        "Attribute": [
            full("ip-dst|port", "198.51.100.20|8080", "Network activity"),
            full("domain|ip", "c2.harbour.example|198.51.100.21", "Network activity"),
            full("filename|sha256", "invoice|2020.doc|" + "ab" * 32, "Payload delivery"),
            full(
                "malware-sample", "a.exe|" + "cd" * 16, "Artifacts dropped", data="UEsDBAoACQ==", encrypt=True
            ),
            full("hostname", "mail.harbour.example", "Network activity", Tag=[{"name": "kill-chain:C2"}]),
            full("regkey|value", "HKLM\\Run|a.exe", "Persistence mechanism"),
            full("comment", "Seen again in August.", "Other", to_ids=False),
            full("sha1", "ef" * 20, "Payload delivery", deleted=True),
        ],
        "ShadowAttribute": [full("ip-dst", "203.0.113.9", "Network activity")],
        "RelatedEvent": [{"Event": {"id": "1", "info": "Another", "Org": {"name": "X"}}}],
        "EventReport": [{"name": "Report", "content": "# Long text", "deleted": False}],
        "CryptographicKey": [],
        "Object": [
            {
                "id": "5",
                "name": "file",
                "meta-category": "file",
                "template_version": "24",
                "deleted": False,
                "ObjectReference": [{"referenced_uuid": ATTRIBUTE, "relationship_type": "dropped-by"}],
                "Attribute": [
                    full("filename", "a.exe", "Payload delivery", object_relation="filename"),
                    full("md5", "12" * 16, "Payload delivery", object_relation="md5"),
                    full("size-in-bytes", "1024", "Other", object_relation="size-in-bytes"),
                ],
            }
        ],
    }
}


def test_an_event_shaped_as_those_of_the_open_feeds_is_read() -> None:
    row = read(OSINT)
    assert isinstance(row, Row)
    assert load(OSINT).Orgc.name == "Harbour CERT", "PyMISP takes it for one, too"
    assert [(claim.field, claim.value) for claim in row.claims] == [
        ("title", "OSINT - Harbour loader drops Ledger stealer"),
        ("identifier", "misp:5f0d7d4e-b0c4-4a31-9b2e-4d8f0a2a0b01"),
        ("technique", "T1566"),
        ("actor.name", "APT28"),
        ("malware", "Emotet"),
        ("indicator", "ip:198.51.100.20"),
        ("indicator", "domain:c2.harbour.example"),
        ("indicator", "ip:198.51.100.21"),
        ("indicator", "hash:" + "ab" * 32),
        ("indicator", "hash:" + "cd" * 16),
        ("indicator", "domain:mail.harbour.example"),
        ("indicator", "hash:" + "12" * 16),
    ]
    assert not row.issues
    assert row.report.source.name == "Harbour CERT"
    assert {"tag type:OSINT", "attribute regkey|value", "attribute comment"} <= set(row.left)


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
