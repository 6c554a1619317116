"""Are two things one incident? A sum of comparisons, each of which can be taken apart and corrected."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from types import MappingProxyType
from typing import NamedTuple

from incidex.linking.names import fold_domain, fold_name
from incidex.model import Claim, Stance

#: What is known of an incident or of one report's account of it: values by field. The date of the report
#: may stand under "published".
Facts = Mapping[str, frozenset[str]]

#: From here on two accounts are taken for one incident.
THRESHOLD = 0.6

#: Accounts of one incident come out within this time of each other; see `dates_agree`.
NEAR_DAYS = 200

#: How alike two folded names must be, from 0 to 1, to be one name spelt twice: one letter in eight may
#: differ.
NEAR_NAME = 0.87

#: The dates that place an incident in time, best first.
#: How alike a name and its first words are: together with a date near by, enough; alone, not.
SHORT_NAME = 0.9

#: First words shorter than this are any firm's.
SHORTEST_NAME = 4

_DATES = ("date.occurred", "date.disclosed", "published")

_EDTF_PREFIX = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?")


@dataclass(frozen=True, slots=True)
class Score:
    """A total, and what each comparison added to it or took away."""

    total: float
    parts: Mapping[str, float]

    @property
    def is_same(self) -> bool:
        """Say whether the total reaches the threshold."""
        return self.total >= THRESHOLD


class Feature(NamedTuple):
    """One comparison, from -1.0 (speaks against) to 1.0 (speaks for), and how much it counts."""

    compare: Callable[[Facts, Facts], float]
    weight: float


def facts(claims: Iterable[Claim], published: str = "") -> Facts:
    """Return what the claims assert, by field, with the report's date of publication."""
    held: dict[str, set[str]] = {"published": {published}} if published else {}
    for claim in claims:
        if claim.stance is Stance.ASSERTS:
            held.setdefault(claim.field, set()).add(claim.value)
    return MappingProxyType({field: frozenset(values) for field, values in held.items()})


def keys(claims: Iterable[Claim]) -> frozenset[str]:
    """Return what two accounts of one incident are likely to share: "name:acme", "domain:acme.com"."""
    return frozenset(_keys(facts(claims)))


def same_victim(left: Facts, right: Facts) -> float:
    """1.0 for a shared name or domain, less for names nearly alike, -1.0 for different names, else 0.0.

    Firms have many domains, so different ones say nothing.
    """
    if not _domains(left).isdisjoint(_domains(right)):
        return 1.0
    ours, theirs = _names(left), _names(right)
    if not ours or not theirs:
        return 0.0
    alike = max(_alike(one, other) for one in ours for other in theirs)
    return alike if alike >= NEAR_NAME else -1.0


def dates_agree(left: Facts, right: Facts) -> float:
    """1.0 when a date of each lies within `NEAR_DAYS`, -1.0 when none does, 0.0 when unknown.

    The same kind of date is compared where both have one: occurred, else disclosed, else published.
    """
    kind = next((name for name in _DATES if _days(left, name) and _days(right, name)), None)
    ours, theirs = (_days(left, kind), _days(right, kind)) if kind else (_first(left), _first(right))
    if not ours or not theirs:
        return 0.0
    return 1.0 if min(_apart(one, other) for one in ours for other in theirs) <= NEAR_DAYS else -1.0


def shared_actor(left: Facts, right: Facts) -> float:
    """1.0 when both name the same actor. Accounts blame different ones, so that speaks only a little."""
    ours, theirs = (frozenset(map(fold_name, side.get("actor.name", ()))) for side in (left, right))
    return float(not ours.isdisjoint(theirs))


def shared_data(left: Facts, right: Facts) -> float:
    """Share of the smaller account's data classes and counts that the other has too."""
    ours, theirs = (
        {(name, value) for name in ("data.class", "data.records") for value in side.get(name, ())}
        for side in (left, right)
    )
    return len(ours & theirs) / min(len(ours), len(theirs)) if ours and theirs else 0.0


#: Weights by judgement, not learned: the same victim is the same incident unless the dates say otherwise,
#: and then nothing shared can outweigh them. Without a victim, all the rest together is not enough.
FEATURES = (
    Feature(same_victim, 0.6),
    Feature(dates_agree, 0.35),
    Feature(shared_actor, 0.1),
    Feature(shared_data, 0.1),
)


def same_incident(left: Facts, right: Facts) -> Score:
    """Return how far two accounts seem to be of one incident, and why. The order does not matter."""
    parts = {feature.compare.__name__: feature.weight * feature.compare(left, right) for feature in FEATURES}
    return Score(total=round(sum(parts.values()), 6), parts=MappingProxyType(parts))


def _keys(held: Facts) -> Iterator[str]:
    yield from (f"name:{name}" for name in _names(held))
    yield from (f"domain:{domain}" for domain in _domains(held))


def _names(held: Facts) -> frozenset[str]:
    return frozenset(map(fold_name, held.get("victim.name", ()))) - {""}


def _domains(held: Facts) -> frozenset[str]:
    return frozenset(map(fold_domain, held.get("victim.domain", ()))) - {""}


def _alike(one: str, other: str) -> float:
    if one == other:
        return 1.0
    if _is_short_for(one, other) or _is_short_for(other, one):
        return SHORT_NAME
    # "Acme 1" and "Acme 2" differ in one character and in everything that matters.
    if re.findall(r"[0-9]+", one) != re.findall(r"[0-9]+", other):
        return 0.0
    first, second = sorted((one, other))  # the matcher is not symmetric by itself
    return SequenceMatcher(None, first, second, autojunk=False).ratio()


def _is_short_for(short: str, whole: str) -> bool:
    """Say whether a name is the first words of another: "MGM Resorts", "MGM Resorts International"."""
    return len(short) >= SHORTEST_NAME and whole.startswith(f"{short} ")


def _first(held: Facts) -> list[tuple[date, date]]:
    return next((days for name in _DATES if (days := _days(held, name))), [])


def _days(held: Facts, name: str) -> list[tuple[date, date]]:
    return [days for text in sorted(held.get(name, ())) if (days := _read_date(text)) is not None]


def _read_date(text: str) -> tuple[date, date] | None:
    """Read the first and last day that the start of an EDTF date can mean, "2017" and "2017-04" too."""
    match = _EDTF_PREFIX.match(text)
    if match is None:
        return None
    year, month, day = (int(part) if part else 0 for part in match.groups())
    if not 1 <= month <= 12:  # none, or a season: the year is what is sure
        month = 0
    try:
        if month and day:
            return (date(year, month, day),) * 2
        return (date(year, month or 1, 1), date(year, month or 12, 28))
    except ValueError:
        return None


def _apart(one: tuple[date, date], other: tuple[date, date]) -> int:
    """Count the days between two stretches of time, 0 when they overlap."""
    return max(0, (one[0] - other[1]).days, (other[0] - one[1]).days)
