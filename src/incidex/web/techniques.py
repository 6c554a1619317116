"""A technique's page: what ATT&CK calls it, where it stands there, and in which incidents it was read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from incidex.codebook import Term, get_vocabulary
from incidex.model import Incident
from incidex.web.actors import Voice, voices
from incidex.web.lines import IncidentTwin, make_twin
from incidex.web.views import View

#: ATT&CK's order of the tactics of an intrusion, by domain; the numbers of its ids are in the order of their
#: making. Source: https://attack.mitre.org/matrices/, version 18.
TACTICS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "enterprise": (
            *("reconnaissance", "resource-development", "initial-access", "execution", "persistence"),
            *("privilege-escalation", "defense-evasion", "credential-access", "discovery"),
            *("lateral-movement", "collection", "command-and-control", "exfiltration", "impact"),
        ),
        "mobile": (
            *("initial-access", "execution", "persistence", "privilege-escalation", "defense-evasion"),
            *("credential-access", "discovery", "lateral-movement", "collection", "command-and-control"),
            *("exfiltration", "impact"),
        ),
        "ics": (
            *("initial-access", "execution", "persistence", "privilege-escalation", "evasion", "discovery"),
            *("lateral-movement", "collection", "command-and-control", "inhibit-response-function"),
            *("impair-process-control", "impact"),
        ),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A technique or tactic of ATT&CK: its id and its name."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TechniqueTwin:
    """A technique, as JSON."""

    id: str
    name: str
    domain: str  # enterprise, mobile or ics
    tactics: Sequence[str]
    parent: Named | None
    parts: Sequence[Named]  # its sub-techniques
    attack_url: str
    incidents: Sequence[IncidentTwin]  # those that name the technique or a part of it


@dataclass(frozen=True, slots=True)
class Technique:
    """What the page of a technique is made of."""

    twin: TechniqueTwin
    incidents: Sequence[Incident]
    voices: Sequence[Voice]


def make_technique(view: View, id: str) -> Technique | None:  # noqa: A002
    """Return the technique of an ATT&CK id, `None` when there is none."""
    terms = get_vocabulary("technique")
    term = terms.get(id.upper())
    if term is None:
        return None
    parts = [each for each in terms.values() if each.parent == term.id]
    names = {term.id, *(each.id for each in parts)}
    incidents = {
        incident.id: incident
        for name in sorted(names)
        if name in view.techniques
        for incident in view.techniques[name].incidents.values()
    }
    parent = terms.get(term.parent)
    twin = TechniqueTwin(
        id=term.id,
        name=term.label,
        domain=term.extra.get("domain", ""),
        tactics=[say_tactic(each) for each in term.each("tactics")],
        parent=_name(parent) if parent else None,
        parts=[_name(each) for each in parts],
        attack_url=f"https://attack.mitre.org/techniques/{term.id.replace('.', '/')}/",
        incidents=[make_twin(each) for each in incidents.values()],
    )
    found = list(incidents.values())
    return Technique(twin, found, list(voices(found, "technique", lambda each: each in names)))


def say_tactic(shortname: str) -> str:
    """Return a tactic's name."""
    for term in get_vocabulary("tactic").values():
        if term.extra.get("shortname") == shortname:
            return term.label
    return shortname.replace("-", " ").capitalize()


def _name(term: Term) -> Named:
    return Named(id=term.id, name=term.label)
