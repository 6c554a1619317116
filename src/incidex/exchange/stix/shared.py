"""Objects that are the same in every record that names them: parties, places, techniques, malware.

Their ids and contents follow from the name alone, so that two bundles agree on them and a consumer joins on
them. A name that only hidden claims give makes another object, which is marked: nothing of it can be told
from the one of a record where the name is public.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from incidex.codebook import Term, find_terms, get_vocabulary
from incidex.exchange.stix.check import check_form
from incidex.exchange.stix.fixed import MARKINGS, PRODUCER
from incidex.exchange.stix.ids import ALWAYS, make_id, make_observable_id
from incidex.exchange.stix.lines import Shared, to_shared
from incidex.exchange.stix.references import refer_to_attack, refer_to_cve
from incidex.exchange.stix.words import find_sector
from incidex.model import Tier

Json = dict[str, Any]

#: Names are kept this many; a bundle of many records meets the same ones again and again.
_KEPT = 8192

#: ATT&CK calls the chains of its three domains so.
_CHAINS = {
    "enterprise": "mitre-attack",
    "mobile": "mitre-mobile-attack",
    "ics": "mitre-ics-attack",
}


def _make(kind: str, tier: Tier, *parts: str, **properties: object) -> Shared:
    hidden = () if tier is Tier.CLEAR else (tier.name,)
    return _checked(
        {
            "type": kind,
            "spec_version": "2.1",
            "id": make_id(kind, *parts, *hidden),
            "created_by_ref": PRODUCER,
            "created": ALWAYS,
            "modified": ALWAYS,
            **properties,
            "object_marking_refs": [MARKINGS[tier]],
        }
    )


def _checked(made: Json) -> Shared:
    """Return an object once its form is sure; whoever shares it need not look again."""
    check_form([made])
    return to_shared(made)


@lru_cache(maxsize=_KEPT)
def make_party(name: str, tier: Tier) -> Shared:
    """Return an organisation or person: a victim, a publisher, a speaker.

    The class is "organization" for all of them: a record does not tell a person from a firm, and platforms
    make nothing of "unknown".
    """
    return _make("identity", tier, "party", name, name=name, identity_class="organization")


@lru_cache(maxsize=_KEPT)
def make_sector(code: str) -> Shared:
    """Return an industry, as a class of organisations, by its NAICS code."""
    terms = get_vocabulary("industry")
    known = next((code[:length] for length in range(len(code), 1, -1) if code[:length] in terms), "")
    label = terms[known].label if known else f"NAICS {code}"
    name = label if known == code else f"{label} (NAICS {code})"
    return _make(
        "identity",
        Tier.CLEAR,
        "sector",
        code,
        name=name,
        identity_class="class",
        sectors=[find_sector(code)],
        external_references=[{"source_name": "naics-2022", "external_id": code}],
    )


@lru_cache(maxsize=_KEPT)
def make_country(code: str) -> Shared:
    """Return a country by its ISO 3166-1 alpha-2 code."""
    name = get_vocabulary("country")[code].label
    return _make("location", Tier.CLEAR, "country", code, name=name, country=code)


@lru_cache(maxsize=_KEPT)
def make_region(region: str, country: str) -> Shared:
    """Return a part of a country, by its ISO 3166-2 code or its name."""
    state = get_vocabulary("us_state").get(region)
    name = state.label if state else region
    return _make(
        "location",
        Tier.CLEAR,
        "region",
        country,
        region,
        name=name,
        country=country,
        administrative_area=region,
    )


@lru_cache(maxsize=_KEPT)
def make_technique(code: str, _tier: Tier = Tier.CLEAR) -> Shared:
    """Return a technique of ATT&CK by its id. It is ours and not MITRE's: only they may issue theirs."""
    term = get_vocabulary("technique")[code]
    chain = _CHAINS.get(term.extra.get("domain", ""), "mitre-attack")
    phases = [{"kill_chain_name": chain, "phase_name": tactic} for tactic in term.each("tactics")]
    return _make(
        "attack-pattern",
        Tier.CLEAR,
        code,
        name=term.label,
        external_references=[refer_to_attack("techniques", code)],
        **({"kill_chain_phases": phases} if phases else {}),
    )


@lru_cache(maxsize=_KEPT)
def make_malware(name: str, tier: Tier) -> Shared:
    """Return a family of malware."""
    more: Json = {"malware_types": ["ransomware"]} if find_terms("ransomware", name) else {}
    return _make_software("malware", name, tier, is_family=True, **more)


@lru_cache(maxsize=_KEPT)
def make_tool(name: str, tier: Tier) -> Shared:
    """Return a legitimate program that an actor used."""
    return _make_software("tool", name, tier)


def _make_software(kind: str, name: str, tier: Tier, **more: object) -> Shared:
    term = _find_known(kind, name)
    if term:
        more["external_references"] = [refer_to_attack("software", term.id)]
    return _make(kind, Tier.CLEAR if term else tier, name, name=name, **more)


@lru_cache(maxsize=_KEPT)
def make_vulnerability(number: str, _tier: Tier = Tier.CLEAR) -> Shared:
    """Return a flaw by its CVE number."""
    return _make("vulnerability", Tier.CLEAR, number, name=number, external_references=[refer_to_cve(number)])


@lru_cache(maxsize=_KEPT)
def find_group(name: str) -> Shared | None:
    """Return a group that ATT&CK knows as an intrusion set; `None` for any other name."""
    term = _find_known("group", name)
    if term is None:
        return None
    aliases = [each for each in (term.label, *term.aliases) if each != name]
    return _make(
        "intrusion-set",
        Tier.CLEAR,
        name,
        name=name,
        external_references=[refer_to_attack("groups", term.id)],
        **({"aliases": aliases} if aliases else {}),
    )


@lru_cache(maxsize=_KEPT)
def make_domain(value: str, tier: Tier) -> Shared:
    """Return a domain as a cyber-observable, under the id that everybody gives it."""
    return _checked(
        {
            "type": "domain-name",
            "spec_version": "2.1",
            "id": make_observable_id("domain-name", value),
            "value": value,
            "object_marking_refs": [MARKINGS[tier]],
        }
    )


def _find_known(vocabulary: str, name: str) -> Term | None:
    found = find_terms(vocabulary, name)
    return found[0] if len(found) == 1 else None


#: Fields whose values an incident uses or targets, and the object that each makes.
MADE: dict[str, tuple[str, Callable[[str, Tier], Shared]]] = {
    "technique": ("uses", make_technique),
    "malware": ("uses", make_malware),
    "tool": ("uses", make_tool),
    "vulnerability": ("targets", make_vulnerability),
}
