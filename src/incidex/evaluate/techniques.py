"""Learn which words describe which technique, from reports whose passages people have annotated.

`incidex evaluate train` writes the table; `python -m incidex.evaluate.techniques CORPUS` prints it.

One linear support vector machine a technique, over the words and pairs of words of a sentence, with an L1
penalty: of ten thousand terms a few dozen keep a weight, and the table that is shipped can be read. Learned
from the training rows alone; the curve from a sum to how often it is right comes from four-fold
cross-validation by report.
"""

import random
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from incidex.codebook import get_vocabulary
from incidex.coding.techniques import MOVED, grams
from incidex.evaluate.split import part_of
from incidex.evaluate.train_rows import read_lines
from incidex.text import sentences

TRAM = "tram-text.jsonl.gz"
#: Reports in which a term must stand, sentences without a technique to learn from, and the names' weight.
_REPORTS, _SILENT, _NAMED = 3, 5_000, 2
#: The penalty, and what a sentence with a technique counts beside one without: chosen by cross-validation.
_PENALTY, _COUNTS = 0.06, 20
#: The sum from which a technique is named: the best micro-F1 by report in cross-validation.
LEAST = 0.3
_FOLDS = 4

Terms = frozenset[str]


@dataclass(frozen=True)
class Annotated:
    """A report's sentences, each with its terms and its techniques."""

    sentences: Sequence[tuple[Terms, frozenset[str]]]

    @property
    def techniques(self) -> frozenset[str]:
        """All techniques of the report."""
        return frozenset[str]().union(*(found for _, found in self.sentences))


@dataclass(frozen=True)
class Weights:
    """Of one technique: the sum without any term, and what each term adds."""

    bias: float
    terms: Mapping[str, float]

    def sum(self, terms: Terms) -> float:
        """Return the sum of a sentence."""
        return self.bias + sum(self.terms.get(term, 0.0) for term in terms)


def read_annotated(rows: Iterable[Mapping[str, Any]]) -> list[Annotated]:
    """Return reports `{"text", "gold": {"technique.spans": [[start, end, id], …]}}` by sentence."""
    reports = []
    for row in rows:
        spans = [
            (start, end, MOVED.get(value, value)) for start, end, value in row["gold"]["technique.spans"]
        ]
        found = []
        for sentence in sentences(row["text"]):
            values = {value for start, end, value in spans if start < sentence.end and end > sentence.start}
            terms = frozenset(term for term, _, _ in grams(row["text"][sentence.start : sentence.end]))
            found.append((terms, frozenset(values)))
        reports.append(Annotated(found))
    return reports


def learn(reports: Sequence[Annotated], *, seed: int = 0) -> dict[str, Weights]:
    """Return the weights of every technique that stands in three reports or more."""
    from scipy.sparse import csr_matrix
    from sklearn.svm import LinearSVC

    counts = Counter(technique for report in reports for technique in report.techniques)
    spread = Counter(
        term for report in reports for term in frozenset().union(*(t for t, _ in report.sentences))
    )
    places = {term: at for at, term in enumerate(sorted(term for term, n in spread.items() if n >= _REPORTS))}
    names = list(places)
    rows = _rows(reports, [each for each, n in counts.items() if n >= _REPORTS], random.Random(seed))
    columns = [[places[term] for term in sorted(terms) if term in places] for terms, _ in rows]
    ends = [0]
    for each in columns:
        ends.append(ends[-1] + len(each))
    indices = [at for each in columns for at in each]
    matrix = csr_matrix(([1.0] * len(indices), indices, ends), shape=(len(rows), len(places)))
    found = {}
    for technique in sorted(each for each, n in counts.items() if n >= _REPORTS):
        model = LinearSVC(
            C=_PENALTY,
            class_weight={0: 1, 1: _COUNTS},
            penalty="l1",
            dual=False,
            max_iter=300,
            tol=1e-2,
            random_state=seed,
        )
        model.fit(matrix, [technique in values for _, values in rows])
        terms = {names[at]: round(float(w), 2) for at, w in enumerate(model.coef_[0]) if abs(w) >= 0.05}
        found[technique] = Weights(round(float(model.intercept_[0]), 2), terms)
    return found


def _rows(
    reports: Sequence[Annotated], techniques: Iterable[str], chance: random.Random
) -> list[tuple[Terms, frozenset[str]]]:
    """Return the sentences to learn from: those with a technique, some without, and the techniques' names."""
    told = [each for report in reports for each in report.sentences if each[1]]
    silent = [each for report in reports for each in report.sentences if not each[1] and len(each[0]) > 8]
    chance.shuffle(silent)
    known = get_vocabulary("technique")
    named = [
        (frozenset(term for term, _, _ in grams(known[each].label)), frozenset({each}))
        for each in sorted(techniques)
        if each in known
    ]
    return told + silent[:_SILENT] + named * _NAMED


def fit_curve(reports: Sequence[Annotated]) -> tuple[float, float]:
    """Return slope and middle of the curve from a report's highest sum to how often it is right."""
    from sklearn.linear_model import LogisticRegression

    sums, right = [], []
    for fold in range(_FOLDS):
        weights = learn([each for at, each in enumerate(reports) if at % _FOLDS != fold])
        for report in reports[fold::_FOLDS]:
            for technique, each in weights.items():
                highest = max((each.sum(terms) for terms, _ in report.sentences), default=-9.0)
                if highest >= LEAST:
                    sums.append([highest])
                    right.append(technique in report.techniques)
    model = LogisticRegression().fit(sums, right)
    slope = float(model.coef_[0][0])
    return slope, -float(model.intercept_[0]) / slope


def write_table(weights: Mapping[str, Weights], curve: tuple[float, float]) -> str:
    """Return the table as the coder reads it."""
    lines = [
        "# What words add to a technique; learned by incidex.evaluate.techniques from the training rows of",
        "# TRAM (Center for Threat-Informed Defense, Apache-2.0). First row: least sum, curve to chance.",
        "technique\tbias\tweights",
        f"*\t{LEAST}\t{curve[0]:.3f}|{curve[1]:.3f}",
    ]
    for technique, each in weights.items():
        terms = "|".join(f"{term}={weight}" for term, weight in sorted(each.terms.items()))
        lines.append(f"{technique}\t{each.bias}\t{terms}")
    return "\n".join(lines) + "\n"


def make_table(corpus: Path) -> str:
    """Return the table learned from the training rows of TRAM, in a folder of corpora."""
    rows = [row for row in read_lines(corpus / TRAM) if part_of(row) == "train"]
    reports = read_annotated(rows)
    return write_table(learn(reports), fit_curve(reports))


if __name__ == "__main__":
    sys.stdout.write(make_table(Path(sys.argv[1])))
