"""Learn the weights by which a coder chooses among candidates: the victim among names, or its country.

A logistic regression over the features that the coder itself gives its candidates, rounded so that the table
can be read. Needs scikit-learn (the extra `train`).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np

from incidex.coding import Prepared
from incidex.coding.places import find_countries
from incidex.coding.victim import Feature, find_candidates
from incidex.evaluate.matching import is_right
from incidex.model import Document

#: Rows of one victim that are learned from, at most: an agency with a thousand rows would be all there is.
_ROWS_PER_VICTIM = 8
#: Victims beside whom a feature must have been seen, to count as more than their own.
_VICTIMS_PER_FEATURE = 6
#: A weight nearer to nothing than this is left out.
_LEAST_WEIGHT = 0.1
#: The strength of the belief that weights are small, as its inverse; chosen on the development rows.
_LOOSENESS = {"victim": 0.3, "country": 1.0}


@dataclass(frozen=True, slots=True)
class Lesson:
    """A text with its victim's name, or "" for none, and its countries; each candidate counts `weight`."""

    text: str
    victim: str
    countries: tuple[str, ...] = ()
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class _Example:
    features: AbstractSet[Feature]
    is_right: bool
    weight: float
    victim: str


def train_victims(lessons: Iterable[Lesson]) -> Mapping[Feature, float]:
    """Return the weight of each feature of a name; the same lessons give the same weights."""
    lessons = list(_spread(lessons))
    rare = Counter(
        word for victim in {each.victim for each in lessons} for word in set(victim.lower().split())
    )
    examples = [
        _Example(candidate.features, _is_victim(candidate.name, each.victim, rare), each.weight, each.victim)
        for each in lessons
        for candidate in find_candidates(_prepare(each.text))
    ]
    return _fit(examples, _LOOSENESS["victim"])


def train_countries(lessons: Iterable[Lesson]) -> Mapping[Feature, float]:
    """Return the weight of each feature of a country; lessons without countries teach nothing."""
    examples = [
        _Example(country.features, country.code in each.countries, each.weight, each.victim)
        for each in _spread(lessons)
        if each.countries
        for country in find_countries(_prepare(each.text))[0]
    ]
    return _fit(examples, _LOOSENESS["country"])


def _prepare(text: str) -> Prepared:
    return Prepared(Document(report="lesson", text=text))


def _spread(lessons: Iterable[Lesson]) -> Iterator[Lesson]:
    seen: Counter[str] = Counter()
    for each in lessons:
        seen[each.victim] += 1
        if not each.victim or seen[each.victim] <= _ROWS_PER_VICTIM:
            yield each


def _is_victim(name: str, victim: str, rare: Mapping[str, int]) -> bool:
    """Say whether a name in the text is the victim's; gold often writes it in another way than the text.

    A word that few victims have in their names is enough: "Seton McCarthy Clinic" is "Seton Healthcare".
    """
    if not victim:
        return False
    if is_right("victim.name", name, victim):
        return True
    words = victim.lower().split()
    if len(name) > 2 and name.isupper() and name.lower() == "".join(word[0] for word in words):
        return True
    return any(len(word) > 3 and word in words and rare[word] <= 6 for word in name.lower().split())


def _fit(examples: Sequence[_Example], looseness: float) -> Mapping[Feature, float]:
    from sklearn.linear_model import LogisticRegression

    features = _common_features(examples)
    model = LogisticRegression(C=looseness, max_iter=2000, solver="liblinear", random_state=0)
    model.fit(
        _tabulate([each.features for each in examples], features),
        np.array([each.is_right for each in examples]),
        sample_weight=[each.weight for each in examples],
    )
    learned = dict(zip(features, model.coef_[0].tolist(), strict=True))
    kept = {feature: round(weight, 2) for feature, weight in learned.items() if abs(weight) >= _LEAST_WEIGHT}
    return {("bias",): round(float(model.intercept_[0]), 2), **dict(sorted(kept.items()))}


def _common_features(examples: Iterable[_Example]) -> Sequence[Feature]:
    victims: defaultdict[Feature, set[str]] = defaultdict(set)
    for each in examples:
        for feature in each.features:
            victims[feature].add(each.victim)
    return sorted(feature for feature, names in victims.items() if len(names) >= _VICTIMS_PER_FEATURE)


def _tabulate(rows: Sequence[AbstractSet[Feature]], features: Sequence[Feature]) -> object:
    """Return a sparse table of rows by features, 1.0 where a row has the feature."""
    from scipy.sparse import csr_matrix

    number = {feature: index for index, feature in enumerate(features)}
    columns = [sorted(number[each] for each in row if each in number) for row in rows]
    ends = np.cumsum([0, *map(len, columns)])
    flat = [index for row in columns for index in row]
    return csr_matrix((np.ones(len(flat)), flat, ends), shape=(len(rows), len(features)))
