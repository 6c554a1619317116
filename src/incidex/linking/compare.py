"""Are two accounts of one incident? A sum of comparisons, each of which can be taken apart and corrected."""

import math
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import product
from types import MappingProxyType
from typing import NamedTuple

from incidex.linking.account import EVENT_DATES, Account, Days, name_keys
from incidex.linking.mentions import mention_key
from incidex.linking.names import likeness

#: How alike two folded names must be, from 0 to 1, to be one name spelt twice: a letter in eight may differ.
NEAR_NAME = 0.87

#: Days apart, at most, that dates count as …; beyond the last they speak of two events.
_CLOSE, _NEAR, _FAR = 7, 62, 250

#: A date less sure than this many days says which year, and little more.
_VAGUE_DAYS = 45

#: Counts are retold rounded; beyond this ratio they are two counts.
_ROUNDED, _APART = 1.06, 4.0

#: How many accounts mention a name, by its key.
Sharing = Mapping[str, int]
NOT_COUNTED: Sharing = MappingProxyType({})

Measures = Mapping[str, float]  # what a comparison found, by the name of its weight; 0 is left out


@dataclass(frozen=True, slots=True)
class Score:
    """A total in log-odds, what each comparison added to it or took away, and where the lines are."""

    total: float
    parts: Mapping[str, float]

    @property
    def probability(self) -> float:
        """Return how likely it is that the two are one incident, as far as the weights are right."""
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, self.total))))

    @property
    def is_same(self) -> bool:
        """Say whether it is sure enough to link without asking a person."""
        return self.total >= get_table().sure

    @property
    def is_likely(self) -> bool:
        """Say whether a person should look."""
        return self.total >= get_table().likely

    def __str__(self) -> str:
        told = sorted(self.parts.items(), key=lambda part: -abs(part[1]))
        shown = [(name.replace("_", " "), part) for name, part in told if name != START and abs(part) >= 0.05]
        parts = ", ".join(f"{name} {part:+.1f}" for name, part in shown)
        return f"{self.probability:.0%} likely: {parts or 'nothing to compare'}"


class Table(NamedTuple):
    """The weights, and the totals from which on two accounts are likely, or surely, one incident."""

    weights: Mapping[str, float]
    likely: float
    sure: float


START = "start"  # the weight that every pair has: how rare it is for a candidate to be the same incident


@cache
def get_table() -> Table:
    """Return the table of weights in `weights.toml`, which says of each where it comes from."""
    held = tomllib.loads((files("incidex.linking") / "weights.toml").read_text("utf-8"))
    weights = {**held["learned"], **held["judged"]}
    return Table(MappingProxyType(weights), held["lines"]["likely"], held["lines"]["sure"])


def same_incident(left: Account, right: Account, sharing: Sharing = NOT_COUNTED) -> Score:
    """Return how far two accounts seem to be of one incident, and why. The order does not matter.

    `sharing` says how many accounts mention a name, by its key; one that it does not have is rare.
    """
    weights = get_table().weights
    parts = {START: weights[START]}
    for name, value in measures(left, right, sharing).items():
        parts[name] = round(weights.get(name, 0.0) * value, 4)
    return Score(total=round(sum(parts.values()), 4), parts=MappingProxyType(parts))


def measures(left: Account, right: Account, sharing: Sharing = NOT_COUNTED) -> Measures:
    """Return everything that can be compared: by name, from 0.0 to 1.0; what is unknown is left out."""
    found = {name: value for compare in COMPARISONS for name, value in compare(left, right) if value}
    found.update(compare_mentions(left, right, sharing))
    # A name says little without a time, and a time without a name: what both say together is weighed too.
    found[f"{_who(found)}_{_when(found)}"] = 1.0
    return found


def _who(found: Measures) -> str:
    return next((name for name in _NAMED if name in found), "no_name")


def _when(found: Measures) -> str:
    """Say in a word how the times agree, whichever kinds of date there are."""
    # Courts and reviews tell long after: when it was told counts where nobody says when it happened.
    for kind in ("event", "told"):
        apart = {name.removeprefix(f"{kind}_") for name in found if name.startswith(f"{kind}_")}
        if apart:
            return f"{kind}_at_{apart.pop()}"
    return next((f"at_{name}" for name in ("same_year", "other_year") if name in found), "at_unknown_time")


_NAMED = ("same_name", "near_name", "mentioned_name", "mentioned_short_name", "other_name")
Comparison = Callable[[Account, Account], Iterator[tuple[str, float]]]


def compare_victims(left: Account, right: Account) -> Iterator[tuple[str, float]]:
    """Compare who was struck: by domain, by name, else by whether one is mentioned in the other's text."""
    if not left.domains.isdisjoint(right.domains):
        yield "same_domain", 1.0
    alike = max((likeness(*sorted(pair)) for pair in product(left.names, right.names)), default=-1.0)
    if alike == 1.0:
        yield "same_name", 1.0
        return
    if alike >= NEAR_NAME:
        yield "near_name", (alike - NEAR_NAME) / (1.0 - NEAR_NAME) * 0.5 + 0.5
        return
    mentioned = max(_mentioned(left, right), _mentioned(right, left))
    if mentioned:
        yield ("mentioned_name" if mentioned == 1.0 else "mentioned_short_name"), 1.0
    elif alike >= 0.0:
        yield "other_name", 1.0


def _mentioned(named: Account, telling: Account) -> float:
    """Return 1.0 when one's victim is mentioned in the other's text, less when only a short form of it is."""
    if not named.names or not telling.mentions:
        return 0.0
    if any(mention_key(name) in telling.mentions for name in named.names):
        return 1.0
    return 0.0 if name_keys(named.names).isdisjoint(telling.mentions) else 0.5


def compare_mentions(left: Account, right: Account, sharing: Sharing) -> Iterator[tuple[str, float]]:
    """Compare whom and what the texts mention: the rarer the name that both have, the more it says."""
    shared = left.mentions & right.mentions
    if shared:
        fewest = min(sharing.get(key, 2) for key in shared)
        yield "rare_mention", 1.0 / max(1, fewest - 1) ** 0.5
        yield "more_mentions", 1.0 - 0.8 ** (len(shared) - 1)


def compare_dates(left: Account, right: Account) -> Iterator[tuple[str, float]]:
    """Compare when it was: by the same kind of date, else by any, else by years that a text mentions."""
    kind = next((name for name in EVENT_DATES if name in left.event and name in right.event), None)
    ours, theirs = (left.event[kind], right.event[kind]) if kind else (left.event_days, right.event_days)
    if ours and theirs:
        yield f"event_{_apart(ours, theirs, is_event=True)}", 1.0
    elif (left.mentioned_years or right.mentioned_years) and left.years and right.years:
        # A year that a text only mentions may be of anything: it is weighed apart from a date of the event.
        yield ("same_year" if left.years & right.years else "other_year"), 1.0


def compare_tellings(left: Account, right: Account) -> Iterator[tuple[str, float]]:
    """Compare when it was told: most tell within months, and nobody before it happened."""
    if left.published and right.published:
        yield f"told_{_apart(left.published, right.published)}", 1.0
    elif not (left.event_days and right.event_days):
        one, other = left.event_days or left.published, right.event_days or right.published
        if one and other:
            yield f"told_{_apart(one, other)}", 1.0
    if _is_told_before(left, right) or _is_told_before(right, left):
        yield "other_told_before", 1.0


def _is_told_before(telling: Account, happening: Account) -> bool:
    """Say whether one was told, to its last day, before the other can have happened."""
    occurred = happening.event.get("date.occurred", ())
    if not occurred or not telling.published:
        return False
    return max(last for _, last in telling.published) < min(first for first, _ in occurred)


def _apart(ours: tuple[Days, ...], theirs: tuple[Days, ...], *, is_event: bool = False) -> str:
    gap, vague = min(
        (
            max(0, (one[0] - other[1]).days, (other[0] - one[1]).days),
            max((one[1] - one[0]).days, (other[1] - other[0]).days) > _VAGUE_DAYS,
        )
        for one, other in product(ours, theirs)
    )
    if gap > _FAR or (gap and vague and is_event):  # "2014" and "2015" are two years, however near their ends
        return "other_time"
    if vague:  # told in one year and the next: perhaps days apart, perhaps two years
        return "next_year" if gap else "same_year"
    return "close" if gap <= _CLOSE else "near" if gap <= _NEAR else "far"


def compare_counts(left: Account, right: Account) -> Iterator[tuple[str, float]]:
    """Compare how many records: exact counts seldom agree by chance, and are often retold rounded."""
    ratios = [max(a, b) / max(1, min(a, b)) for a, b in product(left.counts, right.counts)]
    if not ratios:
        return
    closest = min(ratios)
    if closest == 1.0:
        digits = max(len(str(count).rstrip("0")) for count in left.counts & right.counts)
        yield "same_count", min(1.0, digits / 3)
    elif closest <= _ROUNDED:
        yield "near_count", 1.0
    elif closest > _APART:
        yield "other_count", 1.0


def compare_sets(left: Account, right: Account) -> Iterator[tuple[str, float]]:
    """Compare actors, actions, data and the like: the share of the smaller set that both have, else none."""
    for name in left.sets.keys() & right.sets.keys():
        ours, theirs = left.sets[name], right.sets[name]
        shared = len(ours & theirs) / min(len(ours), len(theirs))
        yield (f"same_{name}", shared) if shared else (f"other_{name}", 1.0)


def compare_industries(left: Account, right: Account) -> Iterator[tuple[str, float]]:
    """Compare the victim's industry by its sector."""
    if left.industries and right.industries:
        same = not left.industries.isdisjoint(right.industries)
        yield "same_industry" if same else "other_industry", 1.0


COMPARISONS: tuple[Comparison, ...] = (
    compare_victims,
    compare_dates,
    compare_tellings,
    compare_counts,
    compare_sets,
    compare_industries,
)
