"""Fitting: features of examples, and weights that tell them apart."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse

from incidex.coding.linear_model import STORY, Label, Model, Settings, to_length
from incidex.coding.linear_words import KNOWN, NAMED, SHIFT, Words, read_cues, split_tokens
from incidex.evaluate.train_rows import Example

Floats = NDArray[np.float32]

#: A word or pair counts when the rows of so many victims have it: a name of one of them never does.
LEAST_WORD, LEAST_PAIR, LEAST_CUE = 3, 6, 3
#: A label is learned when so many rows have it.
LEAST_LABEL = 10
#: What a cue counts beside a word, whose share of a text is seldom more than a tenth.
CUE = 0.15
#: The log-odds of every label before a word is read. Were it learned, a text of nothing would be a breach of
#: confidentiality, and no passage could be shown for it.
BIAS = -2.5
#: That of there being an incident: who gives us a report means that there is one, till words deny it.
STORY_BIAS = 1.0
#: What a cue, and the name of a known actor, add to the log-odds of what they say, as long as no rows tell
#: otherwise: with the bias, about even for one cue, and four in five for a name.
CUE_ODDS, KNOWN_ODDS = 2.5, 4.0
#: Strength of the penalty on the squares of weights, less what is expected of them, and rounds of the fit.
PENALTY, ROUNDS = 0.05, 45

#: What a text that tells of no incident counts where that is asked: there is one to fifty that do.
_QUIET_WEIGHT = 4.0

#: Of 127 steps of a weight, those that are left out: too faint to be worth a quarter of the file.
_FAINTEST = 3

#: Kinds of rows that say much the same count, for the words they know, as so many victims.
_BULK_GROUPS = 8


def learn_words(examples: Sequence[Example]) -> Words:
    """Return the words, pairs and cues that enough victims' rows have."""
    seen: dict[str | tuple[str, str], set[str]] = defaultdict(set)
    cues: Counter[str] = Counter()
    for number, example in enumerate(each for each in examples if not each.is_copy):
        key = f"bulk {number % _BULK_GROUPS}" if example.is_bulk else example.key
        for gram in set(_grams(example)):
            seen[gram].add(key)
        cues.update({f"{field}={value}" for field, value, _ in read_cues(example.prepared)})
    words = sorted(gram for gram, keys in seen.items() if isinstance(gram, str) and len(keys) >= LEAST_WORD)
    index = {word: number for number, word in enumerate(words)}
    pairs = sorted(
        (index[gram[0]] << SHIFT) | index[gram[1]]
        for gram, keys in seen.items()
        if isinstance(gram, tuple) and len(keys) >= LEAST_PAIR
    )
    known = sorted(cue for cue, count in cues.items() if count >= LEAST_CUE or cue.startswith((KNOWN, NAMED)))
    return Words(tuple(words), np.array(pairs, np.int64), tuple(known))


def _grams(example: Example) -> Iterable[str | tuple[str, str]]:
    text = example.prepared.text
    for span in example.prepared.sentences:
        tokens = split_tokens(text[span.start : span.end].lower())
        yield from tokens
        yield from pairwise(tokens)


def learn_labels(examples: Iterable[Example]) -> list[Label]:
    """Return the labels that enough rows have, those of a field side by side."""
    counts = Counter(
        Label(field, value)
        for example in examples
        for field, values in example.answers.items()
        for value in values
    )
    return sorted(label for label, count in counts.items() if count >= LEAST_LABEL)


@dataclass(frozen=True)
class Table:
    """Examples as numbers: features, answers (1 or 0) and how much each answer counts (0: it is open)."""

    features: sparse.csr_matrix  # examples × rows of the model
    answers: Floats  # examples × labels
    weights: Floats  # examples × labels

    def take(self, chosen: NDArray[np.bool_]) -> "Table":
        """Return the table of the chosen examples."""
        return Table(self.features[chosen], self.answers[chosen], self.weights[chosen])


def make_table(examples: Sequence[Example], words: Words, rarity: Floats, labels: Sequence[Label]) -> Table:
    """Return the table of the examples; `rarity` is what each word or pair counts."""
    answers = np.zeros((len(examples), len(labels)), np.float32)
    weights = np.zeros_like(answers)
    for row, example in enumerate(examples):
        for column, label in enumerate(labels):
            values = example.answers.get(label.field)
            if values is None:
                continue
            so = label.value in values
            excluded = example.excluded.get(label.field)
            if so or excluded is None or label.value in excluded:
                answers[row, column] = so
                weights[row, column] = example.weight * (_QUIET_WEIGHT if label == STORY and not so else 1)
    return Table(make_features(examples, words, rarity), answers, weights)


def make_features(examples: Sequence[Example], words: Words, rarity: Floats) -> sparse.csr_matrix:
    """Return the features of the examples: of unit length over words and pairs, `CUE` for each cue.

    Of a text with a lead they are the mean of those of the whole and of the lead, as the model reads it.
    """
    starts, columns, values = [0], [], []
    for example in examples:
        parts = words.find(example.prepared)
        starts.append(starts[-1])
        for rows, share in ((part.rows, part.share) for part in parts):
            of_words = rarity[rows[rows < len(rarity)]]
            length = to_length(float((of_words**2).sum()))
            cues = np.full(len(rows) - len(of_words), CUE)
            columns.append(rows)
            values.append(np.concatenate([of_words / length, cues]) * share)
            starts[-1] += len(rows)
    shape = (len(examples), len(words))
    arrays = (np.concatenate(values).astype(np.float32), np.concatenate(columns), np.array(starts))
    features = sparse.csr_matrix(arrays, shape=shape)
    features.sum_duplicates()
    return features


def learn_rarity(examples: Sequence[Example], words: Words) -> Floats:
    """Return what each word and pair counts: more, the fewer texts have it."""
    counts = np.zeros(len(words), np.float64)
    for example in examples:
        counts[words.find(example.prepared)[0].rows] += 1
    rarity: Floats = (np.log((1 + len(examples)) / (1 + counts)) + 1).astype(np.float32)
    return rarity[: len(words) - len(words.cues)]


def expect(words: Words, labels: Sequence[Label]) -> Floats:
    """Return what is expected of the weights before a row is read: that a cue speaks for what it says."""
    expected = np.zeros((len(words), len(labels)), np.float32)
    first = len(words) - len(words.cues)
    columns = {f"{label.field}={label.value}": column for column, label in enumerate(labels)}
    for row, cue in enumerate(words.cues, start=first):
        column = columns.get(cue.removeprefix(KNOWN).removeprefix(NAMED))
        if column is not None:
            expected[row, column] = (KNOWN_ODDS if cue.startswith((KNOWN, NAMED)) else CUE_ODDS) / CUE
    return expected


def bias_of(labels: Sequence[Label]) -> Floats:
    """Return the log-odds of each label before a word is read."""
    return np.array([STORY_BIAS if label == STORY else BIAS for label in labels], np.float32)


def fit(
    table: Table, expected: Floats, bias: Floats, *, penalty: float = PENALTY, rounds: int = ROUNDS
) -> Floats:
    """Return the weights, rows of the model × labels, of least loss.

    Logistic regression of every label at once, with L-BFGS: the loss is a sum over labels, so one product of
    the features with all weights serves them all.
    """
    features, transposed = table.features, table.features.T.tocsr()
    rows, labels = features.shape[1], table.answers.shape[1]
    start = expected.astype(np.float64)

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = flat.reshape(rows, labels).astype(np.float32)
        scores = features @ weights + bias
        wrong = table.weights * (np.logaddexp(0, scores) - table.answers * scores)
        total = wrong.sum(dtype=np.float64) + penalty / 2 * np.square(weights - expected).sum(
            dtype=np.float64
        )
        slope = table.weights * (1 / (1 + np.exp(-scores)) - table.answers)
        gradient = transposed @ slope + penalty * (weights - expected)
        return float(total), gradient.ravel().astype(np.float64)

    found = optimize.minimize(
        loss, start.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": rounds, "maxcor": 8}
    )
    fitted: Floats = found.x.reshape(rows, labels).astype(np.float32)
    return fitted


def make_model(words: Words, rarity: Floats, fitted: Floats, bias: Floats, settings: Settings) -> Model:
    """Return the model of the weights, each as a small integer."""
    count = len(rarity)
    of_words, word_scale = _shrink(fitted[:count] * rarity[:, None])
    of_cues, cue_scale = _shrink(fitted[count:] * CUE)
    return Model(
        words,
        np.concatenate([of_words, of_cues]),
        word_scale,
        cue_scale,
        bias,
        np.square(rarity),
        settings,
    )


def _shrink(weights: Floats) -> tuple[NDArray[np.int8], Floats]:
    """Return the weights in steps of their label's scale, and the scale; the faintest weights as nothing."""
    scale = np.maximum(np.abs(weights).max(axis=0, initial=0), 1e-6) / 127
    steps = np.rint(weights / scale)
    steps[np.abs(steps) <= _FAINTEST] = 0
    return steps.astype(np.int8), scale.astype(np.float32)
