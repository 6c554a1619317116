"""Where each field stands in a MISP event, out and in: objects, attributes, galaxies and tags.

Sources: the MISP core format, object templates and galaxies as of pymisp 2.5.34; the taxonomies tlp,
admiralty-scale and veris of misp-taxonomies. A field without a place in these is a tag of our own,
`incidex:<field>="<value>"`, which any MISP takes and no other program understands.
"""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from incidex.model import Status, Tier


class Template(NamedTuple):
    """A MISP object template: which one, and under which of MISP's headings it stands."""

    uuid: str
    version: str
    category: str = "misc"


class Place(NamedTuple):
    """A relation of an object, and the type and category of the attribute that stands there."""

    object: str
    relation: str
    type: str
    category: str = "Other"
    many: bool = True


TEMPLATES: Mapping[str, Template] = MappingProxyType(
    {
        "incident": Template("38597424-f9bb-4865-9b4b-819172df0334", "1"),
        "victim": Template("a8806e40-39ad-435f-be02-ac2a13d6fc7d", "10"),
        "report": Template("70a68471-df22-4e3f-aa1a-5a3be19f82df", "8"),
        "confidentiality-impact": Template("b0027f13-56e4-4c85-9632-3cf81208429b", "1"),
        "monetary-impact": Template("3376296c-c1ef-4847-979f-2bfc49aa983e", "1"),
    }
)

OBJECTS: Mapping[str, Place] = MappingProxyType(
    {
        "title": Place("incident", "name", "text", many=False),
        "summary": Place("incident", "description", "text", many=False),
        "action": Place("incident", "incident_type", "text"),
        "discovery.method": Place("incident", "detection_method", "text"),
        "victim.name": Place("victim", "name", "target-org", "Targeting data"),
        "victim.domain": Place("victim", "domain", "domain", "Network activity"),
        "victim.country": Place("victim", "regions", "target-location", "Targeting data"),
        "victim.region": Place("victim", "regions", "target-location", "Targeting data"),
        "victim.industry": Place("victim", "sectors", "text"),
        "victim.secondary": Place("victim", "external", "target-external", "Targeting data"),
        "description": Place("report", "summary", "text"),
        "data.records": Place("confidentiality-impact", "record_count", "counter", many=False),
    }
)

#: Amounts of money are an object each; the template says what kind of amount it is.
MONEY: Mapping[str, str] = MappingProxyType(
    {
        "ransom.demanded": "ransom-demand",
        "ransom.paid": "ransom-payment",
        "loss.amount": "uncategorized",
    }
)

#: Hexadecimal digits of a hash, and its MISP type.
HASHES: Mapping[int, str] = MappingProxyType(
    {32: "md5", 40: "sha1", 56: "sha224", 64: "sha256", 96: "sha384", 128: "sha512"}
)

#: Our types of indicator, and how MISP has them: type and category.
INDICATORS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "ip": ("ip-dst", "Network activity"),
        "domain": ("domain", "Network activity"),
        "url": ("url", "Network activity"),
        "e-mail": ("email", "Payload delivery"),
    }
)
BITCOIN = re.compile(r"(?:[13][1-9A-HJ-NP-Za-km-z]{25,34}|bc1[02-9ac-hj-np-z]{8,87})")

#: MISP types that are indicators, and which of ours; on the way in.
INDICATORS_IN: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("ip-dst", "ip-src", "ip"), "ip"),
        **dict.fromkeys(("domain", "hostname"), "domain"),
        **dict.fromkeys(("url", "uri"), "url"),
        **dict.fromkeys(("email", "email-src", "email-dst", "email-reply-to"), "e-mail"),
        **dict.fromkeys(HASHES.values(), "hash"),
        **dict.fromkeys(("btc", "xmr", "dash"), "wallet"),
    }
)

#: MISP types that stand for another field wherever they stand.
ATTRIBUTES_IN: Mapping[str, str] = MappingProxyType(
    {
        "vulnerability": "vulnerability",
        "target-org": "victim.name",
        "target-external": "victim.secondary",
        "threat-actor": "actor.name",
    }
)


class Galaxy(NamedTuple):
    """A MISP galaxy, whose clusters are named values."""

    uuid: str
    name: str


GALAXIES: Mapping[str, Galaxy] = MappingProxyType(
    {
        "threat-actor": Galaxy("698774c7-8022-42c4-917f-8d6e4f06ada3", "Threat Actor"),
        "mitre-attack-pattern": Galaxy("c4e851fa-775f-11e7-8163-b774922098cd", "Attack Pattern"),
        "mitre-malware": Galaxy("d752161c-78f6-11e7-a0ea-bfa79b407ce4", "Malware"),
        "mitre-tool": Galaxy("d5cbd1a2-78f6-11e7-a833-7b9bccca9649", "mitre-tool"),
    }
)
FIELD_GALAXIES: Mapping[str, str] = MappingProxyType(
    {
        "actor.name": "threat-actor",
        "technique": "mitre-attack-pattern",
        "malware": "mitre-malware",
        "tool": "mitre-tool",
    }
)

#: Galaxies of others that name the same: older names of MITRE's, and the families of malware by kind.
GALAXIES_IN: Mapping[str, str] = MappingProxyType(
    {
        **{galaxy: field for field, galaxy in FIELD_GALAXIES.items()},
        "mitre-enterprise-attack-attack-pattern": "technique",
        **dict.fromkeys(
            ("mitre-intrusion-set", "mitre-enterprise-attack-intrusion-set", "microsoft-activity-group"),
            "actor.name",
        ),
        **dict.fromkeys(
            (
                *("mitre-enterprise-attack-malware", "malpedia", "ransomware", "banker", "backdoor", "rat"),
                *("stealer", "botnet", "exploit-kit", "cryptominers", "android"),
            ),
            "malware",
        ),
        "mitre-enterprise-attack-tool": "tool",
    }
)

#: Fields that the VERIS taxonomy has a predicate for; `*` is a role or a family of actions. The taxonomy is
#: of VERIS 1.3: it ties no motive to a role, and has no variety of partners and no vector of the environment.
VERIS_TAGS: Mapping[str, str] = MappingProxyType(
    {
        "security_incident": "security_incident",
        "victim.size": "victim:employee_count",
        "actor.variety": "actor:*:variety",
        "actor.motive": "actor:motive",
        "action.variety": "action:*:variety",
        "action.vector": "action:*:vector",
        "data.variety": "attribute:confidentiality:data:variety",
        "data.subject": "attribute:confidentiality:data_victim",
        "asset.variety": "asset:variety",
    }
)

VERIS_ABSENT = frozenset({"actor:partner:variety", "action:environmental:vector"})

#: What else a VERIS tag of somebody else says, by its predicate; Incidex writes none of these.
_VERIS_IN: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "attribute:integrity:variety": ("impact", "integrity"),
        "attribute:availability:variety": ("impact", "availability"),
    }
)
_MOTIVE_OF_ROLE = re.compile(r"actor:(external|internal|partner):motive")

#: Traffic Light Protocol 2.0, and how widely MISP gives the event on: 0 here, 2 connected sites, 3 all.
TLP: Mapping[Tier, tuple[str, str]] = MappingProxyType(
    {
        Tier.CLEAR: ("tlp:clear", "3"),
        Tier.GREEN: ("tlp:green", "2"),
        Tier.AMBER: ("tlp:amber", "0"),
        Tier.RED: ("tlp:red", "0"),
    }
)
TLP_IN: Mapping[str, Tier] = MappingProxyType(
    {
        "tlp:clear": Tier.CLEAR,
        "tlp:white": Tier.CLEAR,
        "tlp:green": Tier.GREEN,
        "tlp:amber": Tier.AMBER,
        "tlp:amber+strict": Tier.RED,
        "tlp:red": Tier.RED,
    }
)

#: What comes nearest to a status on the Admiralty scale: 1 confirmed by others, 4 doubtful, 6 unknown.
CREDIBILITY: Mapping[Status, str] = MappingProxyType(
    {Status.CONFIRMED: "1", Status.DISPUTED: "4", Status.REPORTED: "6", Status.CLAIMED: "6"}
)

_MACHINE_TAG = re.compile(r'([a-z0-9-]+):([^="]{1,120})="([^"]{0,600})"')


def make_tag(namespace: str, predicate: str, value: str) -> str:
    """Return a machine tag. A value cannot hold a quotation mark; it becomes an apostrophe."""
    return f'{namespace}:{predicate}="{value.replace(chr(34), chr(39))}"'


def parse_tag(name: str) -> tuple[str, str, str] | None:
    """Return namespace, predicate and value of a machine tag, `None` for another kind of tag."""
    match = _MACHINE_TAG.fullmatch(name)
    return (match[1], match[2], match[3]) if match else None


def read_tag(name: str) -> Iterator[tuple[str, str]]:
    """Yield the fields and values that a tag says."""
    parts = parse_tag(name)
    if parts is None:
        return
    namespace, predicate, value = parts
    if namespace == "incidex":
        yield predicate, value
    elif namespace == "misp-galaxy":
        yield from _read_cluster(predicate, value)
    elif namespace == "veris":
        yield from _read_veris(predicate, value)


def _read_veris(predicate: str, value: str) -> Iterator[tuple[str, str]]:
    if predicate in _VERIS_IN and value != "Unknown":
        yield _VERIS_IN[predicate]
    if predicate == "attribute:confidentiality:data_disclosure" and value == "Yes":
        yield "impact", "confidentiality"
    if match := _MOTIVE_OF_ROLE.fullmatch(predicate):
        yield from (("actor.motive", value), ("actor.role", match[1]))
    for field, pattern in VERIS_TAGS.items():
        match = re.fullmatch(re.escape(pattern).replace(r"\*", "([a-z]+)"), predicate)
        if match:
            yield field, value
            if match.groups():
                yield ("actor.role" if field.startswith("actor") else "action"), match[1]


def _read_cluster(galaxy: str, value: str) -> Iterator[tuple[str, str]]:
    field = GALAXIES_IN.get(galaxy, "")
    name, _, code = value.rpartition(" - ")
    if field == "technique":
        yield field, code
    elif field:
        yield field, name if re.fullmatch(r"[SG][0-9]{4}", code) else value
