"""Where each field of a record goes in STIX: one function a group of fields, as the codebook maps them."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from incidex.codebook import get_vocabulary
from incidex.exchange.loss import Lost
from incidex.exchange.stix.dates import Moment, find_moment, find_period
from incidex.exchange.stix.draft import Draft, percent, tier_of, tier_of_name
from incidex.exchange.stix.fixed import EVENT, TASK
from incidex.exchange.stix.patterns import make_pattern
from incidex.exchange.stix.references import refer_elsewhere
from incidex.exchange.stix.shared import (
    MADE,
    find_group,
    make_country,
    make_domain,
    make_region,
    make_sector,
)
from incidex.exchange.stix.words import (
    ACTORS,
    ASSETS,
    DETECTION,
    DETERMINATION,
    EVENTS,
    MOTIVES,
    TASKS,
    to_kebab,
)
from incidex.model import Status, Value

#: Actions that somebody means to do. An accident has an impact on its victim and targets nobody.
_MEANT = frozenset({"malware", "hacking", "social", "misuse", "physical"})

#: Values that name nothing: what STIX would make of them is worse than silence.
_NOTHING = frozenset({"NA", "Other", "Unknown"})


def place_head(draft: Draft) -> None:
    """Name and describe the incident."""
    incident = draft.incident
    title = draft.one("title")
    victims = ", ".join(draft.texts("victim.name"))
    told = next((report.title for report in incident.reports if report.title), "")
    stand_in = f"Incident at {victims}" if victims else told or "Cyber incident, no victim named"
    draft.head["name"] = title.value if title else stand_in
    if title is None:
        draft.add_demanded("title", stand_in, "STIX demands a name, and nobody has given a title")
    if words := [*draft.texts("summary"), *draft.texts("description")]:
        draft.head["description"] = "\n\n".join(words)
    if actions := draft.texts("action"):
        draft.head["labels"] = actions
    if names := draft.texts("identifier"):
        draft.head["external_references"] = [refer_elsewhere(each) for each in names]


def place_core(draft: Draft) -> None:
    """Fill the Incident Core Extension with what it says in a word."""
    stated = draft.one("security_incident")
    sure = stated is not None and stated.status in {Status.CONFIRMED, Status.REPORTED}
    draft.core["determination"] = DETERMINATION[stated.value] if stated and sure else "suspected"
    if stated is None:
        draft.add_demanded(
            "security_incident", "suspected", "STIX demands a determination; this is its default"
        )
    elif not sure:
        draft.lose(stated, Lost.STATUS, f"it is {stated.status}, and goes out as suspected")
    draft.core["investigation_status"] = "unknown"
    draft.add_demanded("", "unknown", "STIX demands the status of the investigation, and no field holds it")
    ways = (DETECTION.get(each) or to_kebab(each) for each in draft.texts("discovery.method"))
    kinds = (EVENTS.get(each) for each in (*draft.texts("action"), *draft.texts("action.variety")))
    for name, found in (("detection_methods", ways), ("incident_types", kinds)):
        if words := _unique(found):
            draft.core[name] = words


def place_victim(draft: Draft) -> None:
    """Relate the incident to those whom it harmed, and these to where and what they are."""
    how = "targets" if _MEANT & set(draft.texts("action")) else "impacts"
    for value in draft.values("victim.name"):
        victim = draft.party(value.value)
        draft.victims.append(victim)
        draft.relate(draft.id, how, victim, value)
    for value in draft.values("victim.secondary"):
        draft.relate(draft.id, "impacts", draft.party(value.value), value)
    for value in draft.values("victim.country"):
        _locate_victim(draft, draft.share(make_country(value.value)), value)
    for value in draft.values("victim.industry"):
        sector = draft.share(make_sector(value.value))
        if len(draft.victims) == 1:
            draft.relate(draft.victims[0], "part-of", sector, value)
        else:
            draft.relate(draft.id, how, sector, value)
    for value in draft.values("victim.domain"):
        domain = draft.share(make_domain(value.value, tier_of_name(value)))
        draft.relate(draft.victims[0] if len(draft.victims) == 1 else draft.id, "related-to", domain, value)


def place_region(draft: Draft) -> None:
    """Locate the victim in a part of its country, where that country is known."""
    countries = draft.texts("victim.country")
    for value in draft.values("victim.region"):
        head, dash, _ = value.value.partition("-")
        is_code = bool(dash) and head in get_vocabulary("country")
        if is_code or len(countries) == 1:
            place = make_region(value.value, head if is_code else countries[0])
            _locate_victim(draft, draft.share(place), value)
        else:
            draft.lose(value, Lost.VALUE, "STIX places a region in a country, and none or several are named")


def _locate_victim(draft: Draft, place: str, value: Value) -> None:
    """Say where the one victim is; where there is none or several, where whom it struck is."""
    source = draft.victims[0] if len(draft.victims) == 1 else draft.id
    draft.relate(source, "located-at" if source != draft.id else "impacts", place, value)


def place_location(draft: Draft) -> None:
    """Say where it happened."""
    for value in draft.values("location.country"):
        draft.relate(draft.id, "located-at", draft.share(make_country(value.value)), value)


def place_actor(draft: Draft) -> None:
    """Attribute the incident to the actors that somebody names."""
    actors = [(_make_actor(draft, value), value) for value in draft.values("actor.name")]
    for actor, value in actors:
        draft.relate(draft.id, "attributed-to", actor, value)
    for value in draft.values("actor.country"):
        if len(actors) == 1:
            how = "originates-from" if actors[0][0].startswith("intrusion-set") else "located-at"
            draft.relate(actors[0][0], how, draft.share(make_country(value.value)), value)
        else:
            draft.lose(
                value, Lost.VALUE, "STIX gives a country to a named actor, and none or several are named"
            )
    is_held = len(actors) == 1 and actors[0][0].startswith("threat-actor")
    for field, words in (("actor.variety", ACTORS), ("actor.motive", MOTIVES), ("actor.role", {})):
        for value in draft.values(field):
            if not (is_held and words.get(value.value)):
                draft.lose(value, Lost.VALUE, "STIX has no word for it, or no one actor to give it to")


def _make_actor(draft: Draft, value: Value) -> str:
    """Return a group that ATT&CK knows, or a threat actor of this record alone: accusations are no facts."""
    group = find_group(value.value)
    if group is not None:
        return draft.share(group)
    more: dict[str, Any] = {}
    if len(draft.values("actor.name")) == 1:
        kinds = _unique(ACTORS.get(each) for each in draft.texts("actor.variety"))
        motives = _unique(MOTIVES.get(each) for each in draft.texts("actor.motive"))
        more.update({"threat_actor_types": kinds} if kinds else {})
        more.update({"primary_motivation": motives[0]} if motives else {})
        more.update({"secondary_motivations": motives[1:]} if motives[1:] else {})
    tiers = [tier_of_name(value)]
    if more:
        described = (*draft.values("actor.variety"), *draft.values("actor.motive"))
        tiers += [tier_of_name(each) for each in described]
    return draft.own("threat-actor", value.value, tier=max(tiers), name=value.value, **more)


def place_means(draft: Draft) -> None:
    """Relate the incident to what was used in it, and to the flaws that were struck."""
    for field, (how, make) in MADE.items():
        for value in draft.values(field):
            made = draft.share(make(value.value, tier_of_name(value)))
            draft.relate(draft.id, how, made, value)


def place_indicators(draft: Draft) -> None:
    """Write each indicator as a pattern."""
    for value in draft.values("indicator"):
        made = draft.own(
            "indicator",
            value.value,
            tier=tier_of_name(value),
            name=value.value.partition(":")[2],
            indicator_types=["unknown"],
            pattern=make_pattern(value.value),
            pattern_type="stix",
            pattern_version="2.1",
            valid_from=draft.created,
            confidence=percent(value.confidence),
        )
        draft.relate(made, "related-to", draft.id, value)


def place_assets(draft: Draft) -> None:
    """Relate the incident to what held or did the thing that was harmed."""
    for value in draft.values("asset.variety"):
        if value.value in _NOTHING or value.value.startswith("P - "):
            draft.lose(value, Lost.VALUE, "STIX has infrastructure, and this is none")
            continue
        made = draft.own(
            "infrastructure",
            value.value,
            tier=tier_of_name(value),
            name=get_vocabulary("asset.variety")[value.value].label,
            infrastructure_types=[ASSETS.get(value.value, "unknown")],
        )
        draft.relate(draft.id, "impacts", made, value)


def place_event(draft: Draft) -> None:
    """Tell when it began and ended, as an event."""
    begun, over = draft.one("date.occurred"), draft.one("date.ended")
    first, last = find_period(begun.value) if begun else (None, None)
    last = find_moment(over.value) if over else last
    if first and last and last.time < first.time:
        last = None  # STIX forbids it, and who is right is not ours to say
        if over:
            draft.lose(over, Lost.VALUE, "it is before the beginning, which STIX forbids")
    for value, moment in ((begun, first), (over, last)):
        _say_precision(draft, value, moment)
    if first is None and last is None:
        return
    held = [value for value in (begun, over) if value]
    event = draft.own(
        "event",
        "it happened",
        tier=max(tier_of(value) for value in held),
        confidence=percent(min(value.confidence for value in held)),
        name=draft.head["name"],
        status="occurred",
        **({"event_types": draft.core["incident_types"]} if "incident_types" in draft.core else {}),
        **_times(first, last),
        extensions={EVENT: {"extension_type": "new-sdo"}},
    )
    for value in held:
        draft.targets[value.field, value.value] = event
    draft.core["events"] = [{"event_ref": event}]


def place_tasks(draft: Draft) -> None:
    """Tell what was done about it, and when it was noticed, as tasks."""
    tasks = []
    if found := draft.one("date.discovered"):
        moment = find_moment(found.value)
        _say_precision(draft, found, moment)
        if moment:
            tasks.append(
                _add_task(draft, found, "detected", "The incident was detected", "successful", moment)
            )
    labels = get_vocabulary("response")
    for value in draft.values("response"):
        kind = TASKS.get(value.value) or to_kebab(value.value)
        tasks.append(_add_task(draft, value, kind, labels[value.value].label, "unknown"))
    if tasks:
        draft.core["tasks"] = [{"task_ref": task} for task in tasks]


def _add_task(
    draft: Draft, value: Value, kind: str, name: str, outcome: str, begun: Moment | None = None
) -> str:
    task = draft.own(
        "task",
        value.field,
        value.value,
        tier=tier_of(value),
        confidence=percent(value.confidence),
        name=name,
        task_types=[kind],
        outcome=outcome,
        **_times(begun, None),
        extensions={TASK: {"extension_type": "new-sdo"}},
    )
    draft.targets[value.field, value.value] = task
    return task


def place_nowhere(draft: Draft) -> None:
    """Report the values of fields that STIX has no place for."""
    for field in _NOWHERE:
        for value in draft.values(field):
            draft.lose(value, Lost.VALUE, "STIX has no place for it; a note and our own extension hold it")
    kinds: Sequence[Value] = (*draft.values("action.variety"), *draft.values("discovery.method"))
    for value in kinds:
        if value.value not in EVENTS and value.value not in DETECTION:
            draft.lose(value, Lost.PRECISION, "STIX has no word for it; a note and our own extension hold it")


_NOWHERE = ("action.vector", "data.subject", "date.disclosed", "victim.size")


def _times(first: Moment | None, last: Moment | None) -> dict[str, str]:
    found = {}
    for name, moment in (("start_time", first), ("end_time", last)):
        if moment:
            found[name] = moment.time
            found[f"{name}_fidelity"] = moment.fidelity
    return found


def _say_precision(draft: Draft, value: Value | None, moment: Moment | None) -> None:
    if value and moment is None and "/" not in value.value:
        draft.lose(value, Lost.PRECISION, "STIX has no time as coarse as this; a note holds it")
    elif value and (moment is None or not moment.is_exact):
        draft.lose(value, Lost.PRECISION, "STIX takes it for surer or wider than it is; a note holds it")


def _unique(words: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(word for word in words if word))


PLACES: tuple[Callable[[Draft], None], ...] = (
    place_head,
    place_core,
    place_victim,
    place_region,
    place_location,
    place_actor,
    place_means,
    place_indicators,
    place_assets,
    place_event,
    place_tasks,
    place_nowhere,
)
