"""Training the coder's model: from the labelled corpora to the artefact that the package ships."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from incidex.codebook import get_vocabulary
from incidex.coding.linear_model import STORY, Curve, Label, Settings, dump_model
from incidex.evaluate.split import Part
from incidex.evaluate.train_curves import FAINT, LEAST, LEVEL, MOST, choose_threshold, learn_curve
from incidex.evaluate.train_fit import (
    BIAS,
    CUE,
    CUE_ODDS,
    KNOWN_ODDS,
    LEAST_CUE,
    LEAST_LABEL,
    LEAST_PAIR,
    LEAST_WORD,
    PENALTY,
    ROUNDS,
    STORY_BIAS,
    Floats,
    Table,
    bias_of,
    expect,
    fit,
    learn_labels,
    learn_rarity,
    learn_words,
    make_model,
    make_table,
)
from incidex.evaluate.train_rows import (
    ARTICLE_WEIGHT,
    EVENT_WEIGHT,
    EVENTS,
    EVERY_ARTICLE,
    WRITTEN_WEIGHT,
    Example,
    read_examples,
)

#: Parts that the training rows are dealt into, by victim, to see what a score is worth on rows not learned.
FOLDS = 4
#: Fields with one answer: only the surest is said.
SINGLE = ("discovery.method", "victim.industry")
#: Fields that have an answer in every incident: silence is no better than a wrong one.
ALWAYS = ("victim.industry",)
#: Fields whose values say another field's value too, and the column of the vocabulary that names it.
_IMPLIES: Mapping[str, tuple[str, str]] = {
    "actor.variety": ("actor.role", "roles"),
    "action.variety": ("action", "families"),
}

#: Says whether a row is of a group, of whose F1 the mean over groups chooses a threshold.
Group = Callable[[Example], bool]

#: Called when one more of `STEPS` is done.
Progress = Callable[[], None]
STEPS = FOLDS + 4


@dataclass(frozen=True)
class Trained:
    """The artefact, and what it was made of."""

    content: bytes
    examples: int
    labels: Sequence[Label]
    features: int

    @property
    def sha256(self) -> str:
        """The artefact's hash, as the model card names it."""
        return sha256(self.content).hexdigest()


def train(corpus: Path, progress: Progress = lambda: None) -> Trained:
    """Train on the rows of the corpora in a folder; the same bytes in every run.

    Words and weights are learned from the part "train"; curves and thresholds from "dev", and from each row
    of "train" as a model sees it that has not learned from its victim. "test" is never read.
    """
    examples = list(read_examples(corpus))
    progress()
    is_train = np.array([example.part == "train" for example in examples])
    learned = [example for example in examples if example.part == "train"]
    words, labels = learn_words(learned), learn_labels(learned)
    rarity = learn_rarity(learned, words)
    table = make_table(examples, words, rarity, labels)
    expected, bias, implied = expect(words, labels), bias_of(labels), learn_implied(labels)
    progress()
    scores = np.zeros_like(table.answers)
    folds = np.array([_fold_of(example) for example in examples])
    for fold in range(FOLDS):
        scores[folds == fold] = _apply(
            fit(table.take(is_train & (folds != fold)), expected, bias), table.take(folds == fold), bias
        )
        progress()
    fitted = fit(table.take(is_train), expected, bias)
    progress()
    scores[~is_train] = _apply(fitted, table.take(~is_train), bias)
    settings = learn_settings(examples, labels, scores, implied)
    content = dump_model(make_model(words, rarity, fitted, bias, settings))
    progress()
    return Trained(content, len(learned), labels, len(words))


def describe() -> str:
    """Return the settings of the training, as the artefact carries them: they show when it is stale."""
    settings: Mapping[str, float] = {
        "folds": FOLDS,
        "events": EVENTS,
        "an event": EVENT_WEIGHT,
        "articles one in": EVERY_ARTICLE,
        "an article": ARTICLE_WEIGHT,
        "a written text": WRITTEN_WEIGHT,
        "penalty": PENALTY,
        "rounds": ROUNDS,
        "bias": BIAS,
        "bias of an incident": STORY_BIAS,
        "cue": CUE,
        "cue odds": CUE_ODDS,
        "known odds": KNOWN_ODDS,
        "least word": LEAST_WORD,
        "least pair": LEAST_PAIR,
        "least cue": LEAST_CUE,
        "least label": LEAST_LABEL,
        "least said": LEAST,
        "most said": MOST,
        "faintest said": FAINT,
        "level": LEVEL,
    }
    return ", ".join(f"{name} {value:g}" for name, value in settings.items())


def _fold_of(example: Example) -> int:
    if example.part != "train":
        return FOLDS
    return int.from_bytes(sha256(f"fold {example.key}".encode()).digest()[:4], "big") % FOLDS


def _apply(fitted: Floats, table: Table, bias: Floats) -> Floats:
    scores: Floats = np.asarray(table.features @ fitted + bias, np.float32)
    return scores


def is_report(part: Part) -> Group:
    """Return the group of the reports of a part."""
    return lambda example: example.part == part and not (is_short(example) or example.is_written)


def is_short(example: Example) -> bool:
    """Say whether a row is a record told in a few words."""
    return example.weight < 1


def _is_written(example: Example) -> bool:
    return example.is_written


#: Reports learned from, as a model sees them that has not; reports of "dev"; short records; texts of our own.
GROUPS: Sequence[Group] = (is_report("train"), is_report("dev"), is_short, _is_written)


def learn_settings(
    examples: Sequence[Example],
    labels: Sequence[Label],
    scores: Floats,
    implied: tuple[tuple[int, int], ...],
    groups: Sequence[Group] = GROUPS,
) -> Settings:
    """Return the labels with a curve and a threshold for each field, learned from some scored examples.

    What a score is worth is learned from public rows alone; where a value is said, from our own texts too.
    """
    curves: dict[str, Curve] = {}
    thresholds: dict[str, float] = {}
    for field in dict.fromkeys(label.field for label in labels if label != STORY):
        columns = [number for number, label in enumerate(labels) if label.field == field]
        rows = [n for n, example in enumerate(examples) if field in example.answers and _is_judged(example)]
        found, right = _judge(examples, labels, scores, rows, columns)
        public = np.array([not examples[row].is_written for row in rows], np.bool_)
        curves[field] = learn_curve(found[public].ravel(), right[public].ravel())
        asked = np.array([len(examples[row].answers[field]) for row in rows])
        chosen = [np.array([is_in(examples[row]) for row in rows], np.bool_) for is_in in groups]
        weighed = [
            (curves[field](found[each].ravel()), right[each].ravel(), int(asked[each].sum()))
            for each in chosen
            if each.any()
        ]
        thresholds[field] = FAINT if field in ALWAYS else choose_threshold(weighed)
    return Settings(
        labels=tuple((label.field, label.value) for label in labels),
        curves=curves,
        thresholds=thresholds,
        single=SINGLE,
        implied=implied,
        trained_on=f"{len(examples)} rows of VCDB, of the US health department and made up; {describe()}",
    )


def _is_judged(example: Example) -> bool:
    """Say whether a row shows what a score is worth: no copy, and none of many alike."""
    return not (example.is_copy or example.is_bulk or example.excluded)


def _judge(
    examples: Sequence[Example],
    labels: Sequence[Label],
    scores: Floats,
    rows: Sequence[int],
    columns: Sequence[int],
) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the scores of a field's labels in some rows, and whether each is so; of some, the best."""
    field = labels[columns[0]].field
    found = scores[np.ix_(rows, columns)]
    right = np.array(
        [[labels[column].value in examples[row].answers[field] for column in columns] for row in rows]
    )
    if field in SINGLE:
        best = found.argmax(axis=1)
        found, right = (each[np.arange(len(rows)), best][:, None] for each in (found, right))
    return found, right


def learn_implied(labels: Sequence[Label]) -> tuple[tuple[int, int], ...]:
    """Return the columns of each label that says another field's, and the other's."""
    index = {label: number for number, label in enumerate(labels)}
    pairs: list[tuple[int, int]] = []
    for label, number in index.items():
        field, column = _IMPLIES.get(label.field, ("", ""))
        parents = get_vocabulary(label.field)[label.value].each(column) if field else ()
        if len(parents) == 1 and Label(field, parents[0]) in index:
            pairs.append((number, index[Label(field, parents[0])]))
    return tuple(pairs)
