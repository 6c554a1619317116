"""How far coders agree, beyond chance: Krippendorff's alpha, field by field.

Klaus Krippendorff, "Computing Krippendorff's Alpha-Reliability", University of Pennsylvania, 2011. Sets are
compared by the distance of Rebecca Passonneau, "Measuring Agreement on Set-valued Items (MASI) for Semantic
and Pragmatic Annotation", LREC 2006, or by that of Paul Jaccard, "The distribution of the flora in the alpine
zone", New Phytologist 11 (2), 1912.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations
from types import MappingProxyType

from incidex.evaluate.matching import has_one_answer, to_key

#: What one coder said of one field of one report; empty when it read the report and said nothing.
Answer = frozenset[str]

#: What one coder said: by report, by field. A report that it did not read is not there.
Coding = Mapping[str, Mapping[str, Answer]]

Distance = Callable[[Answer, Answer], float]


def nominal(left: Answer, right: Answer) -> float:
    """0 for the same, 1 for anything else."""
    return float(left != right)


def jaccard(left: Answer, right: Answer) -> float:
    """1 less the share that two sets have in common."""
    union = len(left | right)
    return 1 - len(left & right) / union if union else 0.0


def masi(left: Answer, right: Answer) -> float:
    """Jaccard's, raised where neither set holds the other: to say less is a smaller matter than otherwise."""
    if left == right:
        return 0.0
    common = left & right
    if not common:
        return 1.0
    likeness = 2 / 3 if left <= right or right <= left else 1 / 3
    return 1 - likeness * len(common) / len(left | right)


DISTANCES: Mapping[str, Distance] = MappingProxyType({"masi": masi, "jaccard": jaccard, "nominal": nominal})


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How far the coders agree on one field."""

    field: str
    distance: str
    alpha: float | None  # `None`: all answers are the same, so that chance cannot be told from agreement
    units: int  # reports that two coders or more have read
    told: int  # of these, reports of which at least one of them said something


def agree(codings: Sequence[Coding], *, sets: str = "masi") -> Mapping[str, Agreement]:
    """Return the agreement of two coders or more on every field that any of them speaks of.

    Whoever has read a report and says nothing of a field has answered that there is nothing to say. Fields
    with one answer are compared as wholes, all others by the distance between `sets`.
    """
    named = sorted({field for coding in codings for said in coding.values() for field in said})
    return {field: _agree_on(field, codings, sets) for field in named}


def _agree_on(field: str, codings: Sequence[Coding], sets: str) -> Agreement:
    distance = "nominal" if has_one_answer(field) else sets
    units = [answers for answers in _units(field, codings) if len(answers) > 1]
    return Agreement(
        field=field,
        distance=distance,
        alpha=alpha(units, DISTANCES[distance]),
        units=len(units),
        told=sum(any(answers) for answers in units),
    )


def _units(field: str, codings: Sequence[Coding]) -> Iterator[list[Answer]]:
    for report in dict.fromkeys(report for coding in codings for report in coding):
        yield [coding[report].get(field, frozenset()) for coding in codings if report in coding]


def alpha(units: Iterable[Sequence[Answer]], distance: Distance = nominal) -> float | None:
    """Return Krippendorff's alpha: 1 for full agreement, 0 for what chance would give, less for worse.

    Each unit holds the answers of the coders that have read it; units with one answer cannot be compared and
    count for nothing. `None` when there is nothing to tell apart.
    """
    pairable = [unit for unit in units if len(unit) > 1]
    counts = Counter(answer for unit in pairable for answer in unit)
    total = counts.total()
    observed = sum(
        sum(distance(one, other) for one, other in permutations(unit, 2)) / (len(unit) - 1)
        for unit in pairable
    )
    expected = 2 * sum(
        one_count * other_count * distance(one, other)
        for (one, one_count), (other, other_count) in combinations(counts.items(), 2)
    )
    return 1 - (total - 1) * observed / expected if expected else None


def to_answers(said: Iterable[tuple[str, str, float]]) -> Mapping[str, Answer]:
    """Return what was said of one report by field, from asserted `(field, value, confidence)`.

    Of fields with one answer the surest value is kept, of others all.
    """
    held: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for field, value, confidence in said:
        held[field].append((-confidence, to_key(field, value)))
    return {
        field: frozenset(key for _, key in ([min(pairs)] if has_one_answer(field) else pairs))
        for field, pairs in held.items()
    }
