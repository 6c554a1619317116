"""Gold incidents: how many a report tells of, and which values belong to which.

A row's `gold` holds `incidents`, one object `{field: [value, …]}` for each, and `background`, the same for
older or other incidents that are only mentioned: those may be left out or stand as incidents of their own,
but their values must not be claimed of the news. No incidents: the text tells of none.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from incidex.coding import Coded, code
from incidex.evaluate.passages import is_same_speaker, to_report
from incidex.model import Stance

Facts = Mapping[str, Sequence[str]]

_NAMES = frozenset({"victim.name", "victim.secondary", "actor.name"})


def score_incidents(rows: Iterable[Mapping[str, Any]]) -> Counter[str]:
    """Count, over gold rows, what was right and wrong.

    `reports`, of which `counted` have as many incidents as they should; `incidents`, of which `found` by
    their victim, or by any value where no victim is named; `told`, incidents coded, of which `extra` match
    none; `values` in gold that were read at all, of which `placed` stand in their own incident and
    `leaked` in another's.
    """
    total: Counter[str] = Counter()
    for row in rows:
        report, document = to_report(row)
        total += score_row(row["gold"], code(document, report=report))
    return total


def score_row(gold: Mapping[str, Any], coded: Sequence[Coded]) -> Counter[str]:
    """Count one row; see `score_incidents`."""
    wanted, background = gold.get("incidents", ()), gold.get("background", ())
    said = [_said(one) for one in coded]
    pairs = _match(wanted, said)
    taken = {at for at in pairs if at is not None}
    spare = [index for index in range(len(said)) if index not in taken]
    aside = [index for index in spare if any(_is_same(each, said[index]) for each in background)]
    total = Counter(reports=1, incidents=len(wanted), told=len(said), found=len(taken))
    total["extra"] = len(spare) - len(aside)
    total["counted"] = int(len(taken) == len(wanted) and not total["extra"])
    for each, at in zip(wanted, pairs, strict=True):
        total += _place(each, at, said)
    for each in background:
        total += _leaks(each, [said[at] for at in taken])
    return total


def _said(coded: Coded) -> Facts:
    facts: dict[str, list[str]] = {}
    for claim in coded.claims:
        if claim.stance is Stance.ASSERTS:
            facts.setdefault(claim.field, []).append(claim.value)
    return facts


def _match(wanted: Sequence[Facts], said: Sequence[Facts]) -> list[int | None]:
    free = set(range(len(said)))
    pairs: list[int | None] = []
    for each in wanted:
        at = next((index for index in sorted(free) if _is_same(each, said[index])), None)
        pairs.append(at)
        free -= {at} if at is not None else set()
    return pairs


def _is_same(want: Facts, got: Facts) -> bool:
    fields = ["victim.name"] if "victim.name" in want else [*want]
    return any(_has(got, field, value) for field in fields for value in want[field])


def _has(said: Facts, field: str, value: str) -> bool:
    got = said.get(field, ())
    if field in _NAMES:
        return any(is_same_speaker(each, value) for each in got)
    return any(each == value or (field.startswith("date.") and each.startswith(value)) for each in got)


def _values(facts: Facts) -> list[tuple[str, str]]:
    return [(field, value) for field, values in facts.items() for value in values]


def _place(want: Facts, at: int | None, said: Sequence[Facts]) -> Counter[str]:
    """Count the values of one incident: where they stand, if they were read at all."""
    total: Counter[str] = Counter()
    for field, value in _values(want):
        homes = [index for index, each in enumerate(said) if _has(each, field, value)]
        total["values"] += bool(homes)
        total["placed"] += at is not None and at in homes
    return total


def _leaks(background: Facts, news: Sequence[Facts]) -> Counter[str]:
    """Count the values of the background, and those of them that are claimed of the news."""
    total: Counter[str] = Counter()
    for field, value in chain(_values(background)):
        total["background"] += 1
        total["leaked"] += any(_has(each, field, value) for each in news)
    return total
