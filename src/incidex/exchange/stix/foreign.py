"""What the objects of somebody else's bundle say of an incident, in the words of the codebook."""

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from incidex.codebook import get_vocabulary
from incidex.exchange.rows import Draft, make_speaker
from incidex.exchange.stix.bundle import Bundle, Json, objects_of, part_of, text_of, texts_of
from incidex.exchange.stix.fixed import EVENT, IMPACT, INCIDENT_CORE, OURS, TASK, TLP
from incidex.exchange.stix.words import ACTORS, ASSETS, DETERMINATION, EVENTS, INFORMATION, MOTIVES, SECTORS
from incidex.model import Speaker, Stance

#: Objects of one incident that are looked at; a net of more is not one incident.
MOST_OBJECTS = 20_000


#: Extensions that are read, or say nothing of what happened.
_EXTENSIONS = frozenset({INCIDENT_CORE, EVENT, IMPACT, TASK, TLP, OURS})


def _turn(table: Mapping[str, str]) -> Mapping[str, str]:
    """Turn a table round; of several words of ours, the first is the plainest."""
    return MappingProxyType({theirs: ours for ours, theirs in reversed(list(table.items()))})


_DETERMINED = {**_turn(DETERMINATION), "blocked": "Near miss"}
_HAPPENED, _KINDS, _ASSETS = _turn(EVENTS), _turn(ACTORS), _turn(ASSETS)
_KNOWN = {**_turn(INFORMATION), "credentials-admin": "Credentials"}
_MEANT = {**_turn(MOTIVES), "organizational-gain": "Financial", "coercion": "Financial", "notoriety": "Fun"}
_NOTICED = {
    "message-from-attacker": "External - Actor disclosure",
    "external-notification": "External - Unknown",
    "user-reporting": "Internal - Reported by employee",
    "automated-tool": "Internal - Unknown",
    "human-review": "Internal - Unknown",
}
_DONE = {
    "victim-notification": "users notified",
    "reported": "authority notified",
    "containment": "taken offline",
    "investigation": "internal investigation",
    "external-support": "forensic investigation",
    "negotiation": "ransom negotiated",
}
_MONEY = {"ransom-demand": "ransom.demanded", "ransom-payment": "ransom.paid"}
_INDUSTRIES = {**_turn(SECTORS), "energy": "22", "communications": "517", "hospitality-leisure": "72"}
_STANCES = {
    "strongly-disagree": Stance.DENIES,
    "disagree": Stance.DENIES,
    "neutral": Stance.DOUBTS,
    "agree": Stance.ASSERTS,
    "strongly-agree": Stance.ASSERTS,
}

#: One comparison of a pattern: object, property and value.
_COMPARED = re.compile(
    r"\[?\s*([a-z0-9-]+):([A-Za-z_.'\"-]+?(?:'[^']*')?)\s*(?:=|ISSUBSET)\s*'((?:[^'\\]|\\.)*)'"
)
_JOINED = re.compile(r"\b(?:AND|FOLLOWEDBY|NOT|WITHIN|REPEATS)\b")
_INDICATORS = {
    "ipv4-addr": "ip",
    "ipv6-addr": "ip",
    "domain-name": "domain",
    "url": "url",
    "email-addr": "e-mail",
    "file": "hash",
    "cryptocurrency-wallet": "wallet",
}
_FIDELITY = {"year": 4, "month": 7}


class _Telling:
    """An incident being told: the draft, the bundle, and who says what."""

    def __init__(self, draft: Draft, bundle: Bundle) -> None:
        self.draft = draft
        self.bundle = bundle

    def speaker(self, made: Mapping[str, Any]) -> Speaker:
        """Return who made an object, the incident's source when nobody signed it."""
        name = text_of(self.bundle.find(text_of(made, "created_by_ref")), "name")
        return make_speaker(name, self.draft.speaker)

    def say(self, made: Mapping[str, Any], field: str, value: str, stance: Stance = Stance.ASSERTS) -> None:
        """Say a value as the author of an object, and as those who agree or disagree with the object."""
        place = text_of(made, "id")
        percent = made.get("confidence")
        sure = percent / 100 if isinstance(percent, int) and 0 <= percent <= 100 else 1.0
        self.draft.say(field, value, place, speaker=self.speaker(made), stance=stance, confidence=sure)
        for name in self.bundle.about.get(place, ()):
            opinion = self.bundle.get(name)
            held = _STANCES.get(text_of(opinion, "opinion"))
            if held is not None:
                self.draft.say(field, value, name, speaker=self.speaker(opinion), stance=held)

    def say_word(self, made: Json, field: str, word: str, words: Mapping[str, str]) -> None:
        """Say what a word of theirs means, or note that it means nothing here."""
        if word in words:
            self.say(made, field, words[word])
        elif word not in {"unknown", "undetermined", "unspecified"}:
            self.draft.note(text_of(made, "id"), word, f"{field} has no word for it")


def say_objects(draft: Draft, bundle: Bundle, incident: Json) -> None:
    """Say everything that the objects tied to an incident say of it."""
    telling = _Telling(draft, bundle)
    _say_incident(telling, incident)
    name = text_of(incident, "id")
    for number, relation in enumerate(bundle.relations_of(name)):
        if number >= MOST_OBJECTS:
            draft.note(name, "", f"only the first {MOST_OBJECTS:,} relationships were read")
            return
        _say_relation(telling, name, relation)


def _leave_unknown(draft: Draft, made: Json) -> None:
    """Say of extensions and properties of somebody's own that they are kept and say nothing here."""
    kind = text_of(made, "type")[:40]
    for name in part_of(made, "extensions"):
        if name not in _EXTENSIONS and not name.endswith("-ext"):
            draft.leave(f"{kind}.extensions.{name[:80]}")
    for name in made:
        if name.startswith("x_"):
            draft.leave(f"{kind}.{name[:80]}")


def _say_incident(telling: _Telling, incident: Json) -> None:
    draft = telling.draft
    _leave_unknown(draft, incident)
    telling.say(incident, "title", text_of(incident, "name"))
    description = text_of(incident, "description")
    telling.say(incident, "description", description)
    draft.tell(description)
    for name in telling.bundle.about.get(text_of(incident, "id"), ()):
        draft.tell(text_of(telling.bundle.get(name), "content"))
    actions = get_vocabulary("action")
    for label in texts_of(incident, "labels"):
        if label in actions:
            telling.say(incident, "action", label)
    for reference in objects_of(incident, "external_references"):
        _say_reference(telling, incident, reference)
    _say_core(telling, incident, part_of(part_of(incident, "extensions"), INCIDENT_CORE))


def _say_reference(telling: _Telling, incident: Json, reference: Json) -> None:
    """Say what an incident is called elsewhere, where the codebook knows how such names look."""
    source, name = text_of(reference, "source_name").casefold(), text_of(reference, "external_id")
    system = {"mitre-attack": "attack", "sec-edgar": "sec", "vcdb": "vcdb", "cve": "cve"}.get(source, "")
    if system and name:
        telling.say(incident, "identifier", f"{system}:{name}")


def _say_core(telling: _Telling, incident: Json, core: Json) -> None:
    if not core:
        return
    telling.say_word(incident, "security_incident", text_of(core, "determination"), _DETERMINED)
    for word in texts_of(core, "incident_types"):
        ours = _HAPPENED.get(word, "")
        field = "action" if ours in get_vocabulary("action") else "action.variety"
        telling.say_word(incident, field, word, _HAPPENED)
    for word in texts_of(core, "detection_methods"):
        telling.say_word(incident, "discovery.method", word, _NOTICED)
    for name, say in name_parts(core):
        made = telling.bundle.find(name)
        if made is None:
            telling.draft.note(text_of(incident, "id"), name, "it is named here, and is not in the bundle")
        else:
            say(telling, made)


def name_parts(core: Json) -> Iterator[tuple[str, Callable[[_Telling, Json], None]]]:
    """Yield what the core extension names, and who reads it; its drafts name events and tasks in two ways."""
    for entries, key, refs, say in _PARTS:
        names = [text_of(each, key) for each in objects_of(core, entries)] + texts_of(core, refs)
        for name in names[:MOST_OBJECTS]:
            yield name, say


def _say_event(telling: _Telling, made: Json) -> None:
    telling.say(made, "date.occurred", _to_edtf(made, "start_time"))
    telling.say(made, "date.ended", _to_edtf(made, "end_time"))


def _say_task(telling: _Telling, made: Json) -> None:
    for word in texts_of(made, "task_types"):
        if word == "detected":
            telling.say(made, "date.discovered", _to_edtf(made, "start_time"))
        else:
            telling.say_word(made, "response", word, _DONE)


def _say_impact(telling: _Telling, made: Json) -> None:
    category = text_of(made, "impact_category").removesuffix("-ext")
    if category in get_vocabulary("impact"):
        telling.say(made, "impact", category)
    extensions = part_of(made, "extensions")
    details = part_of(extensions, f"{category}-ext")
    if category == "confidentiality":
        telling.say_word(made, "data.variety", text_of(details, "information_type"), _KNOWN)
        count = details.get("record_count")
        telling.say(made, "data.records", str(count) if isinstance(count, int) else "")
    elif category in {"monetary", "economic"}:
        amount, currency = details.get("max_amount"), text_of(details, "currency")
        if isinstance(amount, int | float) and currency:
            field = _MONEY.get(text_of(details, "variety"), "loss.amount")
            telling.say(made, field, f"{currency} {amount:.15g}")


_PARTS: tuple[tuple[str, str, str, Callable[[_Telling, Json], None]], ...] = (
    ("events", "event_ref", "event_refs", _say_event),
    ("tasks", "task_ref", "task_refs", _say_task),
    ("", "", "impact_refs", _say_impact),
)


def _to_edtf(made: Json, name: str) -> str:
    """Return a time as the date that its fidelity leaves of it."""
    length = _FIDELITY.get(text_of(made, f"{name}_fidelity"), 10)
    return text_of(made, name)[:length]


def _say_relation(telling: _Telling, incident: str, relation: Json) -> None:
    source, target = text_of(relation, "source_ref"), text_of(relation, "target_ref")
    other = target if source == incident else source
    made = telling.bundle.find(other)
    if made is None:
        if not other.startswith("incident--"):
            telling.draft.note(text_of(relation, "id"), other, "it is named here, and is not in the bundle")
        return
    say = _ENDS.get(text_of(made, "type"))
    if say is None:
        kind = text_of(made, "type")
        telling.draft.note(text_of(relation, "id"), kind, "Incidex does not read objects of this type")
    else:
        _leave_unknown(telling.draft, made)
        say(telling, relation, made)


def _say_identity(telling: _Telling, relation: Json, made: Json) -> None:
    if text_of(relation, "relationship_type") not in {"targets", "impacts"}:
        return
    if text_of(made, "identity_class") == "class":
        _say_sectors(telling, relation, made)
        return
    telling.say(relation, "victim.name", text_of(made, "name"))
    _say_sectors(telling, made, made)
    for each, place in _ends_of(telling, made):
        if text_of(place, "type") == "location":
            _say_place(telling, each, place, "victim.country")
        elif text_of(place, "type") == "identity" and text_of(each, "relationship_type") == "part-of":
            _say_sectors(telling, each, place)


def _say_sectors(telling: _Telling, said: Json, made: Json) -> None:
    for word in texts_of(made, "sectors"):
        telling.say_word(said, "victim.industry", word, _INDUSTRIES)


def _say_location(telling: _Telling, relation: Json, made: Json) -> None:
    is_place = text_of(relation, "relationship_type") == "located-at"
    _say_place(telling, relation, made, "location.country" if is_place else "victim.country")


def _say_place(telling: _Telling, said: Json, made: Json, field: str) -> None:
    country = text_of(made, "country").upper()
    telling.say(said, field, country)
    if field == "victim.country" and (area := text_of(made, "administrative_area")):
        telling.say(said, "victim.region", area)


def _say_actor(telling: _Telling, relation: Json, made: Json) -> None:
    if text_of(relation, "relationship_type") != "attributed-to":
        return
    telling.say(relation, "actor.name", text_of(made, "name"))
    for word in texts_of(made, "threat_actor_types"):
        telling.say_word(made, "actor.variety", word, _KINDS)
    motives = [text_of(made, "primary_motivation"), *texts_of(made, "secondary_motivations")]
    for word in filter(None, motives):
        telling.say_word(made, "actor.motive", word, _MEANT)
    for each, place in _ends_of(telling, made):
        if text_of(place, "type") == "location":
            telling.say(each, "actor.country", text_of(place, "country").upper())


def _say_technique(telling: _Telling, relation: Json, made: Json) -> None:
    codes = _codes(made, "mitre-attack")
    for code in codes:
        telling.say(relation, "technique", code)
    if not codes:
        telling.draft.note(text_of(relation, "id"), text_of(made, "name"), "it has no id of ATT&CK")


def _say_software(telling: _Telling, relation: Json, made: Json) -> None:
    telling.say(relation, text_of(made, "type"), text_of(made, "name"))


def _say_vulnerability(telling: _Telling, relation: Json, made: Json) -> None:
    for number in _codes(made, "cve") or [text_of(made, "name")]:
        telling.say(relation, "vulnerability", number)


def _say_indicator(telling: _Telling, relation: Json, made: Json) -> None:
    pattern = text_of(made, "pattern")
    compared = _COMPARED.findall(pattern) if text_of(made, "pattern_type") == "stix" else []
    if not compared or _JOINED.search(pattern):
        telling.draft.note(text_of(made, "id"), pattern, "only a pattern of single values is read")
        return
    for kind, _, value in compared:
        if kind in _INDICATORS:
            bare = re.sub(r"\\(.)", r"\1", value)
            telling.say(relation, "indicator", f"{_INDICATORS[kind]}:{bare}")


def _say_asset(telling: _Telling, relation: Json, made: Json) -> None:
    for word in texts_of(made, "infrastructure_types"):
        telling.say_word(relation, "asset.variety", word, _ASSETS)


_ENDS: Mapping[str, Callable[[_Telling, Json, Json], None]] = MappingProxyType(
    {
        "identity": _say_identity,
        "location": _say_location,
        "threat-actor": _say_actor,
        "intrusion-set": _say_actor,
        "attack-pattern": _say_technique,
        "malware": _say_software,
        "tool": _say_software,
        "vulnerability": _say_vulnerability,
        "indicator": _say_indicator,
        "infrastructure": _say_asset,
        "incident": lambda *_: None,  # how incidents are tied is for people to judge
    }
)


def _ends_of(telling: _Telling, made: Json) -> Iterator[tuple[Json, Json]]:
    """Yield what an object is tied to as a source, with the relationship; one step and no further."""
    name = text_of(made, "id")
    for number, relation in enumerate(telling.bundle.relations_of(name)):
        if number >= MOST_OBJECTS:
            return
        other = telling.bundle.find(text_of(relation, "target_ref"))
        if other is not None and text_of(relation, "source_ref") == name:
            yield relation, other


def _codes(made: Json, source: str) -> list[str]:
    references = objects_of(made, "external_references")
    return [
        text_of(each, "external_id")
        for each in references
        if text_of(each, "source_name") == source and text_of(each, "external_id")
    ]
