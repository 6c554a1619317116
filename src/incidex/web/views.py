"""What all incidents of a tier add up to, kept until the tier's incidents change.

Everything here is a fold of the incidents that the tier may see (law 8), made once for each state of them:
a page about an actor or a chart costs a look into a table, however many incidents there are. Tables follow
what changes. Counts of many incidents may stand for a while, and pages say of when they are.
"""

import logging
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from threading import RLock, Thread
from typing import NamedTuple, Protocol, TypeVar

from incidex.model import Incident, IncidexError, Report, Source, Status, Tier
from incidex.web.base import Library
from incidex.web.slugs import find_actor, name_actor, name_organisation, name_source

_LOG = logging.getLogger(__name__)

Made = TypeVar("Made")

#: Makes a table of incidents; and makes one of the table before, those that are gone and those that came.
Collect = Callable[[Sequence[Incident]], Made]
Follow = Callable[[Made, Sequence[Incident], Sequence[Incident]], Made]

#: Incidents that may differ for a table to be followed; beyond that it is made from the first.
MOST_FOLLOWED = 500

#: A count of many incidents that takes this much of the processor may be of some time ago: there are twenty
#: such. After `OLD_SECONDS` it is made anew beside the answers; none older than `OLDEST_SECONDS` is told.
MANY, SLOW_SECONDS, OLD_SECONDS, OLDEST_SECONDS = 1_000, 0.02, 60.0, 300.0

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


class _Made(NamedTuple):
    """A table or a count: of which incidents, when that was, and how much of the processor it took."""

    value: object
    incidents: Sequence[Incident]
    at: float
    seconds: float


class View:
    """One tier's incidents at one moment, and what is made of them when first asked for."""

    def __init__(
        self,
        incidents: Sequence[Incident],
        lasting: dict[object, _Made] | None = None,
        again: "Again | None" = None,
    ) -> None:
        """Begin with what `lasting` has of earlier incidents, and add to it for later ones.

        `again` makes anew what is getting old; without it every count is of these incidents.
        """
        self.incidents = incidents
        self.counted_at: float | None = None  # of the oldest count that was told, unless all are of now
        self.lasting = {} if lasting is None else lasting
        self._again = again
        self._made: dict[object, object] = {}
        self._lock = RLock()

    def keep(self, key: object, make: Callable[[], Made]) -> Made:
        """Return what was made under a key for these incidents, or make it: once, whoever asks."""
        with self._lock:
            if key not in self._made:
                self._made[key] = make()
            return self._made[key]  # type: ignore[return-value]  # under one key is always one kind

    def count(self, key: object, make: Callable[[], Made]) -> Made:
        """Return a count of these incidents; where counting takes long, it may be of some time ago."""

        def find() -> Made:
            older = self.lasting.get(key)
            if self._again is not None and older is not None and self._again.may_stand(older):
                self._again.make_soon(key, older, lambda: self._count_anew(key, make))
                if older.incidents is not self.incidents:
                    self.counted_at = min(self.counted_at or older.at, older.at)
                return older.value  # type: ignore[return-value]
            return self._count_anew(key, make)

        return self.keep(key, find)

    def _count_anew(self, key: object, make: Callable[[], Made]) -> Made:
        began = time.thread_time()
        made = make()
        self.lasting[key] = _Made(made, self.incidents, time.time(), time.thread_time() - began)
        return made

    def table(self, key: object, collect: Collect[Made], follow: Follow[Made]) -> Made:
        """Return a table: that of earlier incidents with what is different since, or one of all."""

        def make() -> Made:
            older = self.lasting.get(key)
            gone, come = _differ(older.incidents, self.incidents) if older else ((), self.incidents)
            if older is not None and len(gone) + len(come) <= MOST_FOLLOWED:
                made = follow(older.value, gone, come)  # type: ignore[arg-type]
            else:
                made = collect(self.incidents)
            self.lasting[key] = _Made(made, self.incidents, time.time(), 0.0)
            return made

        return self.keep(key, make)

    @property
    def organisations(self) -> Mapping[str, Entry]:
        """Victims, and those whom the breach of another struck, by id."""
        return self._entries(PARTS, name_organisation)

    @property
    def actors(self) -> Mapping[str, Entry]:
        """Actors by id; a known one under its canonical name, whatever the reports call it."""
        return self._entries(("actor.name",), name_actor, _say_actor)

    @property
    def techniques(self) -> Mapping[str, Entry]:
        """Techniques by their ATT&CK id."""
        return self._entries(("technique",), str)

    def _entries(
        self, fields: Iterable[str], name: Callable[[str], str], say: Callable[[str], str] = str
    ) -> Mapping[str, Entry]:
        parts = tuple(fields)

        def collect(incidents: Iterable[Incident]) -> Mapping[str, Entry]:
            return _collect(incidents, parts, name, say)

        def follow(
            before: Mapping[str, Entry], gone: Sequence[Incident], come: Sequence[Incident]
        ) -> Mapping[str, Entry]:
            touched = {
                name(value) for each in (*gone, *come) for part in parts for value in stands(each, part)
            }
            return _follow(before, touched, gone, come, collect)

        return self.table(parts, collect, follow)

    @property
    def sources(self) -> Mapping[str, SourceEntry]:
        """Sources by id. The best-known reliability is the one of the latest report."""

        def follow(
            before: Mapping[str, SourceEntry], gone: Sequence[Incident], come: Sequence[Incident]
        ) -> Mapping[str, SourceEntry]:
            touched = {name_source(report.source.name) for each in (*gone, *come) for report in each.reports}
            return _follow(before, touched, gone, come, _collect_sources)

        return self.table("sources", _collect_sources, follow)


class Again:
    """Makes anew, in a thread of its own and one after the other, the counts that are getting old."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._waiting: dict[object, Callable[[], object]] = {}
        self._lock = RLock()
        self._is_running = False

    def may_stand(self, older: _Made) -> bool:
        """Say whether a count may stand a while longer: one that took long, and is not too old."""
        is_slow = older.seconds >= SLOW_SECONDS and len(older.incidents) >= MANY
        return is_slow and self._clock() - older.at < OLDEST_SECONDS

    def make_soon(self, key: object, older: _Made, make: Callable[[], object]) -> None:
        """Have a count made anew, when it is time for that."""
        if self._clock() - older.at < OLD_SECONDS:
            return
        with self._lock:
            self._waiting.setdefault(key, make)
            if not self._is_running:
                self._is_running = True
                Thread(target=self._run, name="counts", daemon=True).start()

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._is_running = False
                    return
                key = next(iter(self._waiting))
                make = self._waiting.pop(key)
            try:
                make()
            except IncidexError as error:  # whoever asks next makes it, and is told what is wrong
                _LOG.warning("a count could not be made anew: %s", error)


class Views:
    """The newest view of each tier. Nothing that was removed lingers: then all is made anew."""

    def __init__(self) -> None:
        self._held: dict[Tier, tuple[View, int]] = {}
        self._again = {tier: Again() for tier in Tier}
        self._lock = RLock()

    def get(self, library: Library, tier: Tier) -> View:
        """Return what the tier's incidents add up to now."""
        withdrawn, incidents = library.withdrawn(tier), library.incidents(tier)
        is_sure = withdrawn == library.withdrawn(tier)  # else it may be of before these incidents
        with self._lock:
            held, before = self._held.get(tier, (None, 0))
            if held is not None and held.incidents is incidents:
                return held
            lasts = held is not None and is_sure and before == withdrawn
            made = View(incidents, held.lasting if held and lasts else {}, self._again[tier])
            self._held[tier] = made, withdrawn
            return made


def stands(incident: Incident, field: str) -> Iterator[str]:
    """Yield the values of a field that were not withdrawn."""
    for value in incident.values.get(field, ()):
        if value.status is not Status.RETRACTED:
            yield value.value


def has_dispute(incident: Incident) -> bool:
    """Say whether a value of the incident is disputed."""
    return any(value.status is Status.DISPUTED for held in incident.values.values() for value in held)


def _differ(
    before: Sequence[Incident], now: Sequence[Incident]
) -> tuple[Sequence[Incident], Sequence[Incident]]:
    """Return what is no longer there and what is new, told apart by being the very same value."""
    old, new = {id(each) for each in before}, {id(each) for each in now}
    return [each for each in before if id(each) not in new], [each for each in now if id(each) not in old]


class _HasIncidents(Protocol):
    incidents: dict[str, Incident]


Row = TypeVar("Row", bound=_HasIncidents)


def _follow(
    before: Mapping[str, Row],
    touched: Iterable[str],
    gone: Iterable[Incident],
    come: Sequence[Incident],
    collect: Callable[[Iterable[Incident]], Mapping[str, Row]],
) -> Mapping[str, Row]:
    """Return a table in which the touched rows are made anew, of those that they had and those that came."""
    left = {each.id for each in gone}
    found = dict(before)
    for id in touched:  # noqa: A001
        had = found.pop(id).incidents.values() if id in found else ()
        candidates = {each.id: each for each in (*(each for each in had if each.id not in left), *come)}
        newest = sorted(candidates.values(), key=lambda each: (each.opened_at, each.id), reverse=True)
        row = collect(newest).get(id)
        if row is not None:
            found[id] = row
    return dict(sorted(found.items()))


def _collect(
    incidents: Iterable[Incident],
    fields: Iterable[str],
    name: Callable[[str], str],
    say: Callable[[str], str],
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
        commonest = min(entry.spellings, key=lambda each: (-entry.spellings[each], -len(each), each))
        entry.name = say(commonest)
        entry.parts = dict(parts[id])
    return dict(sorted(found.items()))


def _collect_sources(incidents: Iterable[Incident]) -> Mapping[str, SourceEntry]:
    found: dict[str, SourceEntry] = {}
    for incident in incidents:
        for report in incident.reports:
            name = name_source(report.source.name)
            entry = found.setdefault(name, SourceEntry(name, report.source))
            entry.reports[report.id] = report
            entry.incidents[incident.id] = incident
    return dict(sorted(found.items()))


def _say_actor(name: str) -> str:
    known = find_actor(name)
    return known.label if known else name
