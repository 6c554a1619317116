"""Learn what `coding/victim.py` weighs names by: a logistic regression over its features, rounded.

Needs scikit-learn (the extra `train`).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from incidex.coding import Prepared
from incidex.coding.victim import Candidate, Feature, find_candidates
from incidex.evaluate.matching import is_right
from incidex.model import Document

#: Rows of one victim that are learned from, at most: an agency with a thousand rows would be all there is.
_ROWS_PER_VICTIM = 8
#: Victims beside whose names a feature must have been seen, to count as more than their own.
_VICTIMS_PER_FEATURE = 6
#: A weight nearer to nothing than this is left out.
_LEAST_WEIGHT = 0.1
#: The strength of the belief that weights are small, as its inverse; chosen on the development rows.
_LOOSENESS = 0.3


@dataclass(frozen=True, slots=True)
class Lesson:
    """A text with its victim's name, or "" for none; `weight` is what each name in it counts."""

    text: str
    victim: str
    weight: float = 1.0


def train_victims(lessons: Iterable[Lesson]) -> Mapping[Feature, float]:
    """Return the weight of each feature that says something; the same lessons give the same weights."""
    from sklearn.linear_model import LogisticRegression

    lessons = list(_spread(lessons))
    rare = Counter(
        word for victim in {each.victim for each in lessons} for word in set(victim.lower().split())
    )
    examples: list[tuple[Candidate, bool, float, str]] = []
    for lesson in lessons:
        document = Document(report="lesson", text=lesson.text)
        for candidate in find_candidates(Prepared(document)):
            right = _is_victim(candidate.name, lesson.victim, rare)
            examples.append((candidate, right, lesson.weight, lesson.victim))
    features = _common_features((each.features, victim) for each, _, _, victim in examples)
    table = _tabulate([each.features for each, _, _, _ in examples], features)
    model = LogisticRegression(C=_LOOSENESS, max_iter=2000, solver="liblinear", random_state=0)
    model.fit(
        table, np.array([right for _, right, _, _ in examples]), sample_weight=[w for _, _, w, _ in examples]
    )
    learned = dict(zip(features, model.coef_[0].tolist(), strict=True))
    kept = {feature: round(weight, 2) for feature, weight in learned.items() if abs(weight) >= _LEAST_WEIGHT}
    return {("bias",): round(float(model.intercept_[0]), 2), **dict(sorted(kept.items()))}


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


def _common_features(seen: Iterable[tuple[set[Feature], str]]) -> Sequence[Feature]:
    victims: defaultdict[Feature, set[str]] = defaultdict(set)
    for features, victim in seen:
        for feature in features:
            victims[feature].add(victim)
    return sorted(feature for feature, names in victims.items() if len(names) >= _VICTIMS_PER_FEATURE)


def _tabulate(rows: Sequence[set[Feature]], features: Sequence[Feature]) -> object:
    """Return a sparse table of rows by features, 1.0 where a row has the feature."""
    from scipy.sparse import csr_matrix

    number = {feature: index for index, feature in enumerate(features)}
    columns = [sorted(number[each] for each in row if each in number) for row in rows]
    ends = np.cumsum([0, *map(len, columns)])
    flat = [index for row in columns for index in row]
    return csr_matrix((np.ones(len(flat)), flat, ends), shape=(len(rows), len(features)))
