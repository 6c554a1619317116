"""Records as STIX 2.1 bundles with the Incident Core Extension 2.0, written one record after another."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import sha1
from typing import NamedTuple, TextIO

from incidex.exchange.loss import Choice, Loss
from incidex.exchange.stix.check import check_names
from incidex.exchange.stix.draft import Draft, Json
from incidex.exchange.stix.fixed import EVENT, FIXED, IMPACT, INCIDENT_CORE, OASIS, OURS, PRODUCER, TASK, TLP
from incidex.exchange.stix.gone import Gone, find_gone, revoke_removed
from incidex.exchange.stix.ids import make_id
from incidex.exchange.stix.lines import Line, Shared, to_shared
from incidex.exchange.stix.whole import draft_record
from incidex.model import NO_PAST, Incident, Past

#: Names of objects that a bundle remembers having written, so that memory does not grow with its records. A
#: name that comes again after so many others is written again, with the same words: no reader minds.
_REMEMBERED = 100_000

#: What every bundle needs of the fixed objects, and what single types need besides.
_ALWAYS = (OASIS, PRODUCER, TLP, INCIDENT_CORE, OURS)
_NEEDS = {"event": EVENT, "impact": IMPACT, "task": TASK}

_FIXED: Mapping[str, Shared] = {name: to_shared(made) for name, made in FIXED.items()}


class Telling(NamedTuple):
    """A record to be told: what it is now, if it still is, and what it was before some was taken back."""

    now: Incident | None
    past: Past = NO_PAST


def to_stix(
    incident: Incident, choice: Choice = Choice.ALL, past: Past = NO_PAST
) -> tuple[list[Json], tuple[Loss, ...]]:
    """Return the objects of a record, and what STIX could not hold of it or demanded.

    Every object that these refer to is among them, but for other incidents. The same record makes the same
    bytes. `choice` says which of several values go out; retracted ones never do. What `past` says was taken
    back is among the objects, as revoked.
    """
    draft = _draft(incident, choice, past)
    fixed = [shared.made for shared in _find_fixed(draft.objects.values())]
    return [*fixed, *draft.objects.values()], tuple(sorted(set(draft.losses)))


def to_lines(telling: Telling, choice: Choice = Choice.ALL) -> tuple[list[Line], Sequence[Loss]]:
    """Return these as they go out; of a record that is no incident any more, what is revoked of it."""
    if telling.now is None:
        return _lines_of_gone(find_gone(telling.past, choice)), ()
    draft = _draft(telling.now, choice, telling.past)
    fixed = [shared.line for shared in _find_fixed(draft.objects.values())]
    return [*fixed, *draft.lines()], sorted(set(draft.losses))


def _draft(incident: Incident, choice: Choice, past: Past) -> Draft:
    if past is NO_PAST:
        return draft_record(incident, choice)
    gone = find_gone(past, choice)
    draft = draft_record(incident, choice, gone.again)
    for shared in gone.shared.values():
        draft.share(shared)
    revoked = [*gone.objects.values(), *revoke_removed(draft, past)]
    for made in revoked:
        draft.put(made)
    check_names(revoked, set(draft.objects).union(FIXED))
    return draft


def _lines_of_gone(gone: Gone) -> list[Line]:
    shared = [each.made for each in gone.shared.values()]
    objects = [*shared, *gone.objects.values()]
    check_names(gone.objects.values(), {each["id"] for each in objects}.union(FIXED))
    fixed = _find_fixed(objects) if objects else ()
    return [each.line for each in (*fixed, *gone.shared.values(), *map(to_shared, gone.objects.values()))]


def to_bundle(objects: Sequence[Json]) -> Json:
    """Return a bundle of objects, named by what is in it."""
    names = [f"{each['id']}@{each.get('modified', '')}" for each in objects]
    return {"type": "bundle", "id": make_id("bundle", *names), "objects": list(objects)}


def write_stix(incidents: Iterable[Incident], out: TextIO, choice: Choice = Choice.ALL) -> Iterator[Loss]:
    """Write one bundle of many records as they stand; see `write_told`."""
    return write_told(map(Telling, incidents), out, choice)


def write_told(records: Iterable[Telling], out: TextIO, choice: Choice = Choice.ALL) -> Iterator[Loss]:
    """Write one bundle of many records, an object a line, and yield what STIX loses of each.

    Nothing at all is a bundle without objects. The bundle is named at its end, by all that went before.
    """
    written: OrderedDict[str, None] = OrderedDict()
    names = sha1(usedforsecurity=False)
    before = '{"type":"bundle","objects":[\n'
    for telling in records:
        lines, losses = to_lines(telling, choice)
        for id_, _, text in lines:
            if _is_new(id_, written):
                names.update(text)
                out.write(before)
                out.write(text.decode())
                before = ",\n"
        yield from losses
    name = make_id("bundle", names.hexdigest())
    end = f'\n],"id":"{name}"}}\n' if before == ",\n" else f'{{"type":"bundle","id":"{name}"}}\n'
    out.write(end)


def _is_new(name: str, written: OrderedDict[str, None]) -> bool:
    if name in written:
        written.move_to_end(name)
        return False
    written[name] = None
    if len(written) > _REMEMBERED:
        written.popitem(last=False)
    return True


def _find_fixed(objects: Iterable[Json]) -> tuple[Shared, ...]:
    """Return the markings and definitions that objects use, and what these use themselves."""
    objects = list(objects)
    kinds = frozenset([each["type"] for each in objects])
    return _collect(
        kinds & frozenset(_NEEDS), frozenset([each["object_marking_refs"][0] for each in objects])
    )


@lru_cache(maxsize=256)
def _collect(kinds: frozenset[str], markings: frozenset[str]) -> tuple[Shared, ...]:
    used = {*_ALWAYS, *markings, *(_NEEDS[kind] for kind in kinds)}
    return tuple(made for name, made in _FIXED.items() if name in used)
