"""Records as STIX 2.1 bundles with the Incident Core Extension 2.0, written one record after another."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import sha1
from typing import Any, TextIO

import msgspec

from incidex.exchange.loss import Choice, Loss, Lost, choose
from incidex.exchange.stix.check import check_form, check_names
from incidex.exchange.stix.draft import Draft
from incidex.exchange.stix.fixed import EVENT, FIXED, IMPACT, INCIDENT_CORE, OASIS, OURS, PRODUCER, TASK, TLP
from incidex.exchange.stix.ids import make_id
from incidex.exchange.stix.impacts import place_impacts
from incidex.exchange.stix.places import PLACES
from incidex.exchange.stix.told import describe_record, relate_incidents, tell
from incidex.model import Incident, Status, Value

Json = dict[str, Any]

#: Names of objects that a bundle remembers having written, so that memory does not grow with its records. A
#: name that comes again after so many others is written again, with the same words: no reader minds.
_REMEMBERED = 100_000

_PROPERTY = "property-extension"

_encode = msgspec.json.Encoder().encode

#: What every bundle needs of the fixed objects, and what single types need besides.
_ALWAYS = (OASIS, PRODUCER, TLP, INCIDENT_CORE, OURS)
_NEEDS = {"event": EVENT, "impact": IMPACT, "task": TASK}


def to_stix(incident: Incident, choice: Choice = Choice.ALL) -> tuple[list[Json], tuple[Loss, ...]]:
    """Return the objects of a record, and what STIX could not hold of it or demanded.

    Every object that these refer to is among them, but for other incidents. The same record makes the same
    bytes. `choice` says which of several values go out; retracted ones never do.
    """
    draft = Draft(incident, choose(incident, choice))
    for place in (*PLACES, place_impacts, tell, relate_incidents):
        place(draft)
    _add_revoked(draft)
    core = {"extension_type": _PROPERTY, **draft.core}
    draft.finish(**{INCIDENT_CORE: core, OURS: describe_record(draft)})
    losses = {*draft.losses, *_left_out(incident, draft.chosen)}
    objects = [*_find_fixed(draft.objects.values()), *draft.objects.values()]
    _check(draft, objects)
    return objects, tuple(sorted(losses))


def _add_revoked(draft: Draft) -> None:
    """Add the objects of values that were withdrawn, as revoked: who has them already learns of it.

    They are named as they were when they stood, so all is placed once more as if nothing had been withdrawn.
    """
    incident = draft.incident
    gone = [v for held in incident.values.values() for v in held if v.status is Status.RETRACTED]
    if not gone:
        return
    before = Draft(incident, incident.values)
    for place in (*PLACES, place_impacts):
        place(before)
    names = [before.targets.get((value.field, value.value), draft.id) for value in gone]
    for name in dict.fromkeys(names):
        if name in draft.objects or name == draft.id:
            continue
        draft.objects[name] = made = {**before.objects[name], "revoked": True}
        ends = (made["created_by_ref"], made.get("source_ref", ""), made.get("target_ref", ""))
        for end in (*ends, *made.get("impacted_refs", ())):
            if end in before.objects and end not in draft.objects:
                is_shared = end in before.shared
                draft.objects[end] = (
                    before.objects[end] if is_shared else {**before.objects[end], "revoked": True}
                )
                draft.shared.update({end} if is_shared else ())


def _check(draft: Draft, objects: Sequence[Json]) -> None:
    """Check what is of this record alone; what it shares with others was checked when it was made."""
    own = [each for name, each in draft.objects.items() if name not in draft.shared]
    check_form(own)
    elsewhere = {make_id("incident", tie.other) for tie in draft.incident.ties}
    check_names(own, {each["id"] for each in objects} | elsewhere)


def to_bundle(objects: Sequence[Json]) -> Json:
    """Return a bundle of objects, named by what is in it."""
    names = [f"{each['id']}@{each.get('modified', '')}" for each in objects]
    return {"type": "bundle", "id": make_id("bundle", *names), "objects": list(objects)}


def write_stix(incidents: Iterable[Incident], out: TextIO, choice: Choice = Choice.ALL) -> Iterator[Loss]:
    """Write one bundle of many records, an object a line, and yield what STIX loses of each.

    Nothing at all is a bundle without objects. The bundle is named at its end, by all that went before.
    """
    written: OrderedDict[str, None] = OrderedDict()
    names = sha1(usedforsecurity=False)
    before = '{"type":"bundle","objects":[\n'
    for incident in incidents:
        objects, losses = to_stix(incident, choice)
        for each in objects:
            if _is_new(each["id"], written):
                text = encode(each)
                names.update(text)
                out.write(before)
                out.write(text.decode())
                before = ",\n"
        yield from losses
    name = make_id("bundle", names.hexdigest())
    end = f'\n],"id":"{name}"}}\n' if before == ",\n" else f'{{"type":"bundle","id":"{name}"}}\n'
    out.write(end)


def encode(made: Json) -> bytes:
    """Return an object as JSON. Half of a surrogate pair has no UTF-8 and goes out as U+FFFD."""
    try:
        return _encode(made)
    except UnicodeEncodeError:
        return _encode(_mend(made))


def _mend(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {_mend(key): _mend(each) for key, each in value.items()}
    return [_mend(each) for each in value] if isinstance(value, list) else value


def _is_new(name: str, written: OrderedDict[str, None]) -> bool:
    if name in written:
        written.move_to_end(name)
        return False
    written[name] = None
    if len(written) > _REMEMBERED:
        written.popitem(last=False)
    return True


def _find_fixed(objects: Iterable[Json]) -> tuple[Json, ...]:
    """Return the markings and definitions that objects use, and what these use themselves."""
    objects = list(objects)
    kinds = frozenset([each["type"] for each in objects])
    return _collect(
        kinds & frozenset(_NEEDS), frozenset([each["object_marking_refs"][0] for each in objects])
    )


@lru_cache(maxsize=256)
def _collect(kinds: frozenset[str], markings: frozenset[str]) -> tuple[Json, ...]:
    used = {*_ALWAYS, *markings, *(_NEEDS[kind] for kind in kinds)}
    return tuple(made for name, made in FIXED.items() if name in used)


def _left_out(incident: Incident, chosen: Mapping[str, Sequence[Value]]) -> Iterator[Loss]:
    for field, values in incident.values.items():
        out = {value.value for value in chosen.get(field, ())}
        for value in values:
            if value.value not in out and value.status is not Status.RETRACTED:
                yield Loss(incident.id, field, value.value, Lost.CHOICE, "another value was chosen to go out")
