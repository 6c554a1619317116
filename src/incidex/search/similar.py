"""Incidents like another one: those that share with it what few others have.

Each fact that an incident has in common with another counts by how rare it is among all that the tier can
see: one point when half of the incidents have it, and one more each time that half as many do, up to eight.
Points are whole numbers and depend on records alone, so that they add up the same in any index.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from incidex.codebook import fields, get_vocabulary
from incidex.search.conditions import Condition, Every, Fact, Without
from incidex.search.entry import Entry, fold_fact
from incidex.search.shelf import Shelf

#: What makes incidents alike, with how many of its values are looked at.
ALIKE: Mapping[str, int] = MappingProxyType(
    {
        "malware": 4,
        "vulnerability": 4,
        "actor.name": 3,
        "technique": 6,
        "indicator": 4,
        "tool": 4,
        "victim.name": 2,
        "action.variety": 4,
        "action.vector": 3,
        "victim.industry": 3,
        "data.class": 6,
        "asset.variety": 3,
        "actor.variety": 2,
        "actor.motive": 2,
        "action": 3,
        "victim.country": 2,
        "year": 1,
    }
)

#: The condition that every entry fulfils.
EVERYWHERE = Every(())

#: The most that one shared fact can count.
_MOST_POINTS = 8


@dataclass(frozen=True, slots=True)
class Shared:
    """What two incidents have in common, and how much it counts."""

    field: str
    value: str
    label: str
    points: int


@dataclass(frozen=True, slots=True)
class Similar:
    """An incident like the one asked about, with why."""

    entry: Entry
    points: int
    shared: tuple[Shared, ...]  # what counts most first


def find_similar(shelf: Shelf, entry: Entry, limit: int, condition: Condition = EVERYWHERE) -> list[Similar]:
    """Return the incidents most like one, the most alike first, among those that fulfil a condition."""
    weights = _weigh(shelf, entry)
    if not weights:
        return []
    among = Every((condition, Without(Fact((fold_fact("id", entry.id),)))))
    return [
        Similar(other, points, _shared(weights, other))
        for points, other in shelf.closest(among, weights, limit)
    ]


def _weigh(shelf: Shelf, entry: Entry) -> dict[str, int]:
    """Return how much each of an entry's telling facts counts; those that most incidents have do not."""
    size = shelf.size
    weights: dict[str, int] = {}
    for fact in _telling(entry):
        having = shelf.count(Fact((fact,)))
        points = min(_MOST_POINTS, (size // having).bit_length() - 1) if having else 0
        if points > 0 and having > 1:
            weights[fact] = points
    return weights


def _telling(entry: Entry) -> Iterator[str]:
    """Yield the facts by which incidents are alike, a few of each field."""
    facts = [fact for fact in entry.facts if "=" in fact]
    for field, most in ALIKE.items():
        yield from [fact for fact in facts if fact.startswith(f"{field}=")][:most]


def _shared(weights: Mapping[str, int], other: Entry) -> tuple[Shared, ...]:
    held = frozenset(other.facts)
    common = [(fact, points) for fact, points in weights.items() if fact in held]
    return tuple(_say(fact, points) for fact, points in sorted(common, key=lambda each: (-each[1], each[0])))


def _say(fact: str, points: int) -> Shared:
    field, _, value = fact.partition("=")
    scheme = fields().get(field)
    terms = get_vocabulary(scheme.vocabulary) if scheme and scheme.vocabulary else {}
    term = next((each for each in (terms.get(value), terms.get(value.upper())) if each), None)
    term = term or next((each for each in terms.values() if each.id.casefold() == value), None)
    return Shared(field, term.id if term else value, term.label if term else value, points)
