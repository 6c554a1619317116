"""Learn the weights by which a coder chooses among candidates: the victim among names, or its country.

Both are learned over the features that the coder itself gives its candidates, and rounded so that the table
can be read. The victim is one of the names or nobody: a conditional logit (McFadden, "Conditional logit
analysis of qualitative choice behavior", 1974), in which nobody weighs 0. Countries are judged each by
itself, by a logistic regression. Needs scikit-learn (the extra `train`), and SciPy, on which it stands.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from incidex.coding import Prepared
from incidex.coding.places import find_countries
from incidex.coding.surroundings import Feature
from incidex.coding.table import prepare
from incidex.coding.victim import find_candidates
from incidex.evaluate.matching import is_right
from incidex.model import Document

#: Rows of one victim that are learned from, at most: an agency with a thousand rows would be all there is.
_ROWS_PER_VICTIM = 8
#: Victims beside whom a feature must have been seen, to count as more than their own.
_VICTIMS_PER_FEATURE = 4
#: A weight nearer to nothing than this is left out.
_LEAST_WEIGHT = {"victim": 0.05, "country": 0.1}
#: How strongly weights are pulled towards nothing; chosen by cross-validation over victims.
_PULL = 2.0
#: The strength of the same belief about countries, as its inverse; chosen on the development rows.
_LOOSENESS = 1.0
#: Steps of the search for the weights, at most; it ends by itself after about a hundred.
_STEPS = 500

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Lesson:
    """A text with its victim's names, none for nobody, and its countries; it counts `weight`.

    `asked` says of what the text is a lesson: "victim", "country", or both.
    """

    text: str
    victims: tuple[str, ...]
    countries: tuple[str, ...] = ()
    weight: float = 1.0
    asked: frozenset[str] = frozenset({"victim", "country"})

    @property
    def key(self) -> str:
        """Whose lesson it is: a feature of one victim alone is not learned."""
        return self.victims[0] if self.victims else ""


@dataclass(frozen=True, slots=True)
class _Example:
    features: AbstractSet[Feature]
    is_right: bool
    weight: float
    key: str


def train_victims(lessons: Iterable[Lesson]) -> Mapping[Feature, float]:
    """Return the weight of each feature of a name; the same lessons give the same weights."""
    lessons = list(_spread(each for each in lessons if "victim" in each.asked))
    rare = Counter(word for victim in {each.key for each in lessons} for word in set(victim.lower().split()))
    choices = [
        [
            _Example(
                candidate.features,
                any(_is_victim(candidate.name, victim, rare) for victim in each.victims),
                each.weight,
                each.key,
            )
            for candidate in sorted(
                find_candidates(_prepare(each.text)), key=lambda one: (one.mentions[0].start, one.name)
            )
        ]
        for each in lessons
    ]
    return _fit_choices([each for each in choices if each])


def train_countries(lessons: Iterable[Lesson]) -> Mapping[Feature, float]:
    """Return the weight of each feature of a country; lessons without countries teach nothing."""
    examples = [
        _Example(country.features, country.code in each.countries, each.weight, each.key)
        for each in _spread(lessons)
        if each.countries and "country" in each.asked
        for country in find_countries(_prepare(each.text))[0]
    ]
    return _fit(examples)


def _prepare(text: str) -> Prepared:
    return prepare(Document(report="lesson", text=text))


def _spread(lessons: Iterable[Lesson]) -> Iterator[Lesson]:
    seen: Counter[str] = Counter()
    for each in lessons:
        seen[each.key] += 1
        if not each.key or seen[each.key] <= _ROWS_PER_VICTIM:
            yield each


def _is_victim(name: str, victim: str, rare: Mapping[str, int]) -> bool:
    """Say whether a name in the text is the victim's; gold often writes it in another way than the text.

    A word that few victims have in their names is enough: "Seton McCarthy Clinic" is "Seton Healthcare".
    """
    if is_right("victim.name", name, victim):
        return True
    words = victim.lower().split()
    if len(name) > 2 and name.isupper() and name.lower() == "".join(word[0] for word in words):
        return True
    return any(len(word) > 3 and word in words and rare[word] <= 6 for word in name.lower().split())


def _fit_choices(choices: Sequence[Sequence[_Example]]) -> Mapping[Feature, float]:
    """Fit the weights by which, of each row of candidates, a right one is likeliest, or nobody if none is."""
    from scipy.optimize import minimize

    examples = [each for choice in choices for each in choice]
    features = _common_features(examples)
    table = _tabulate([{*each.features, _BIAS} for each in examples], [*features, _BIAS])
    group = np.repeat(np.arange(len(choices)), [len(choice) for choice in choices])
    right = np.array([each.is_right for each in examples])
    weights = np.array([choice[0].weight for choice in choices])
    pull = np.array([_PULL] * len(features) + [0.0])

    def lose(learned: Floats) -> tuple[float, Floats]:
        loss, slope = _weigh_choices(table @ learned, group, right, weights)
        return loss + 0.5 * float(pull @ learned**2), table.T @ slope + pull * learned

    found = minimize(lose, np.zeros(len(pull)), jac=True, method="L-BFGS-B", options={"maxiter": _STEPS})
    return _round([*features, _BIAS], found.x.tolist(), _LEAST_WEIGHT["victim"])


_BIAS: Feature = ("bias",)


def _weigh_choices(
    scores: Floats, group: NDArray[np.int64], right: NDArray[np.bool_], weights: Floats
) -> tuple[float, Floats]:
    """Return the negative log-likelihood of the right choices, and its slope by each candidate's score."""
    count = len(weights)
    top = np.zeros(count)  # nobody's score, and the highest: no exponential of it can overflow
    np.maximum.at(top, group, scores)
    shares, nobody = np.exp(scores - top[group]), np.exp(-top)
    every = nobody + np.bincount(group, shares, count)
    good = np.bincount(group, shares * right, count)
    is_somebody = np.bincount(group, right, count) > 0
    good = np.where(is_somebody, good, nobody)
    loss = -float(weights @ (np.log(good) - np.log(every)))
    wanted = np.where(is_somebody[group], shares * right / good[group], 0.0)
    return loss, weights[group] * (shares / every[group] - wanted)


def _fit(examples: Sequence[_Example]) -> Mapping[Feature, float]:
    from sklearn.linear_model import LogisticRegression

    features = _common_features(examples)
    model = LogisticRegression(C=_LOOSENESS, max_iter=2000, solver="liblinear", random_state=0)
    model.fit(
        _tabulate([each.features for each in examples], features),
        np.array([each.is_right for each in examples]),
        sample_weight=[each.weight for each in examples],
    )
    learned = [*model.coef_[0].tolist(), float(model.intercept_[0])]
    return _round([*features, _BIAS], learned, _LEAST_WEIGHT["country"])


def _round(features: Sequence[Feature], learned: Sequence[float], least: float) -> Mapping[Feature, float]:
    """Return the weights that tell, in order; the bias, which comes last, always."""
    kept = sorted(
        (feature, round(weight, 2))
        for feature, weight in zip(features[:-1], learned[:-1], strict=True)
        if abs(weight) >= least
    )
    return {_BIAS: round(learned[-1], 2), **dict(kept)}


def _common_features(examples: Iterable[_Example]) -> Sequence[Feature]:
    victims: defaultdict[Feature, set[str]] = defaultdict(set)
    for each in examples:
        for feature in each.features:
            victims[feature].add(each.key)
    return sorted(feature for feature, names in victims.items() if len(names) >= _VICTIMS_PER_FEATURE)


def _tabulate(rows: Sequence[AbstractSet[Feature]], features: Sequence[Feature]) -> "csr_matrix":
    """Return a sparse table of rows by features, 1.0 where a row has the feature."""
    from scipy.sparse import csr_matrix

    number = {feature: index for index, feature in enumerate(features)}
    columns = [sorted(number[each] for each in row if each in number) for row in rows]
    ends = np.cumsum([0, *map(len, columns)])
    flat = [index for row in columns for index in row]
    return csr_matrix((np.ones(len(flat)), flat, ends), shape=(len(rows), len(features)))
