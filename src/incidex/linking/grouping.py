"""Pairs of incidents put into groups: a chain of clinics has a hundred pairs, and is one thing to look at."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

#: How a score begins to say how likely two accounts are of one incident; see `compare.Score`.
_LIKELY = re.compile(r"(\d{1,3})% likely")
_COPY = "nearly the same text"


class Pair(NamedTuple):
    """Two incidents that may be one, or have one cause, and why."""

    one: str
    other: str
    why: str

    @property
    def percent(self) -> int:
        """How likely they are one: 100 for copies of one text, 0 where only one cause is suspected."""
        found = _LIKELY.match(self.why)
        return int(found[1]) if found else 100 * self.why.startswith(_COPY)


class Group(NamedTuple):
    """Incidents that hang together by pairs, the likeliest first."""

    incidents: tuple[str, ...]
    pairs: tuple[Pair, ...]


def group_pairs(pairs: Iterable[Pair], least_percent: int = 0) -> list[Group]:
    """Return the groups of pairs that are likely enough, that with the likeliest pair first.

    A pair that is too unlikely neither shows nor holds a group together.
    """
    kept = sorted((each for each in pairs if each.percent >= least_percent), key=lambda each: -each.percent)
    leads = _find_leads(kept)
    groups: dict[str, list[Pair]] = {}
    for pair in kept:
        groups.setdefault(leads[pair.one], []).append(pair)
    return [
        Group(tuple(dict.fromkeys(name for pair in held for name in (pair.one, pair.other))), tuple(held))
        for held in groups.values()
    ]


def _find_leads(pairs: Sequence[Pair]) -> Mapping[str, str]:
    """Return one incident of each group by each incident of it (union-find, with paths halved)."""
    parents: dict[str, str] = {}

    def find(name: str) -> str:
        while (above := parents.setdefault(name, name)) != name:
            parents[name] = parents[above]
            name = above
        return name

    for pair in pairs:
        parents[find(pair.other)] = find(pair.one)
    return {name: find(name) for name in list(parents)}
