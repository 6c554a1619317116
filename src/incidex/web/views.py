"""What all incidents of a tier add up to, kept until the tier's incidents change.

Everything here is a fold of the incidents that the tier may see (law 8), made once for each state of them:
a page about an actor or a chart costs a look into a table, however many incidents there are.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from threading import RLock
from typing import TypeVar

from incidex.model import Incident, Report, Source, Status, Tier
from incidex.web.base import Library
from incidex.web.slugs import find_actor, name_actor, name_organisation, name_source

Made = TypeVar("Made")

#: How an organisation is part of an incident, by the field that says so.
PARTS: Mapping[str, str] = {"victim.name": "victim", "victim.secondary": "affected as well"}


@dataclass(slots=True)
class Entry:
    """Something that incidents have in common: an organisation, an actor, a technique."""

    id: str
    name: str
    spellings: Counter[str] = field(default_factory=Counter)
    incidents: dict[str, Incident] = field(default_factory=dict)
    parts: dict[str, set[str]] = field(default_factory=dict)  # by incident, the fields that name it


@dataclass(slots=True)
class SourceEntry:
    """A source, with the reports of it that the tier may see and the incidents that they speak of."""

    id: str
    source: Source
    reports: dict[str, Report] = field(default_factory=dict)
    incidents: dict[str, Incident] = field(default_factory=dict)


class View:
    """One tier's incidents at one moment, and the tables that are made of them when first asked for."""

    def __init__(self, incidents: Sequence[Incident]) -> None:
        self.incidents = incidents
        self._made: dict[object, object] = {}
        self._lock = RLock()

    def keep(self, key: object, make: Callable[[], Made]) -> Made:
        """Return what was made under a key for these incidents, or make it: once, whoever asks."""
        with self._lock:
            if key not in self._made:
                self._made[key] = make()
            return self._made[key]  # type: ignore[return-value]  # under one key is always one kind

    @cached_property
    def organisations(self) -> Mapping[str, Entry]:
        """Victims, and those whom the breach of another struck, by id."""
        return _collect(self.incidents, PARTS, name_organisation)

    @cached_property
    def actors(self) -> Mapping[str, Entry]:
        """Actors by id; a known one under its canonical name, whatever the reports call it."""
        found = _collect(self.incidents, ("actor.name",), name_actor)
        for each in found.values():
            known = find_actor(each.name)
            each.name = known.label if known else each.name
        return found

    @cached_property
    def techniques(self) -> Mapping[str, Entry]:
        """Techniques by their ATT&CK id."""
        return _collect(self.incidents, ("technique",), lambda value: value)

    @cached_property
    def sources(self) -> Mapping[str, SourceEntry]:
        """Sources by id. The best-known reliability is the one of the latest report."""
        found: dict[str, SourceEntry] = {}
        for incident in self.incidents:
            for report in incident.reports:
                name = name_source(report.source.name)
                entry = found.setdefault(name, SourceEntry(name, report.source))
                entry.reports[report.id] = report
                entry.incidents[incident.id] = incident
        return dict(sorted(found.items()))


class Views:
    """The newest view of each tier. Nothing that was removed lingers: a changed log makes a new one."""

    def __init__(self) -> None:
        self._held: dict[Tier, View] = {}
        self._lock = RLock()

    def get(self, library: Library, tier: Tier) -> View:
        """Return what the tier's incidents add up to now."""
        incidents = library.incidents(tier)
        with self._lock:
            held = self._held.get(tier)
            if held is None or held.incidents is not incidents:
                held = self._held[tier] = View(incidents)
            return held


def stands(incident: Incident, field: str) -> Iterator[str]:
    """Yield the values of a field that were not withdrawn."""
    for value in incident.values.get(field, ()):
        if value.status is not Status.RETRACTED:
            yield value.value


def has_dispute(incident: Incident) -> bool:
    """Say whether a value of the incident is disputed."""
    return any(value.status is Status.DISPUTED for held in incident.values.values() for value in held)


def _collect(
    incidents: Iterable[Incident], fields: Iterable[str], name: Callable[[str], str]
) -> Mapping[str, Entry]:
    found: dict[str, Entry] = {}
    parts: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for incident in incidents:
        for part in fields:
            for value in stands(incident, part):
                id = name(value)  # noqa: A001
                entry = found.setdefault(id, Entry(id, value))
                entry.spellings[value] += 1
                entry.incidents[incident.id] = incident
                parts[id][incident.id].add(part)
    for id, entry in found.items():  # noqa: A001
        # The commonest spelling names it; of equally common ones the longest, then the first of the alphabet.
        entry.name = min(entry.spellings, key=lambda each: (-entry.spellings[each], -len(each), each))
        entry.parts = dict(parts[id])
    return dict(sorted(found.items()))
