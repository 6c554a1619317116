"""What the learned model reads: each label with the passage that carries it, or none at all.

A text longer than its lead is read twice, whole and by its lead alone, and the log-odds are a mean of both,
in which the whole counts less the longer it is: an article of thirty sentences tells of its incident in the
first ones. A label's passage is the sentence whose removal lowers its probability most: for a linear model
that is computed exactly, for all sentences at once. A label that no single sentence carries is not said, and
neither is one that is carried only by sentences that deny it.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from incidex.coding.base import Coder, Prepared, Reading
from incidex.coding.industry import read_industry
from incidex.coding.linear_model import Floats, Label, Model, Sums, average, load_model
from incidex.coding.linear_words import NUMBER, Found
from incidex.coding.stance import Stances
from incidex.model import Span, Stance

#: What the claims of the model are signed with.
NAME = "linear@4"
#: What they are signed with where the encoder weighs the text as well; and both, who say what they learned.
ENCODER = "encoder@2"
MODELS = frozenset({NAME, ENCODER})

#: A passage must take at least this much of a label's log-odds with it.
LEAST_DROP = 0.02
#: Passages tried for a label before it is given up.
_TRIES = 3
#: The field that the model says in sectors, of so many digits; a cue in the same passage says it finer.
INDUSTRY, _SECTOR = "victim.industry", 2
#: Words named in the reason.
_NAMED = 3


def read_linear(prepared: Prepared) -> Iterator[Reading]:
    """Read every learned field."""
    return _read(load_model(), prepared, prepared.made(_weigh))


def weigh_story(prepared: Prepared) -> float:
    """Return the log-odds that a text tells of an incident, by its words alone."""
    column = load_model().story
    return float(prepared.made(_weigh).scores[column]) if column is not None else 0.0


def beside_model(read: Coder) -> Coder:
    """Return the coder without the values that the model has learned to say.

    What it reads of those is known to the model, as features; the model says which of them are so.
    """

    def read_the_rest(prepared: Prepared) -> Sequence[Reading]:
        learned = load_model().learned
        return [each for each in read(prepared) if (each.field, _coarse(each)) not in learned]

    return read_the_rest


def _coarse(reading: Reading) -> str:
    """Return the value as the model would say it: of an industry, the sector."""
    return reading.value[:_SECTOR] if reading.field == INDUSTRY else reading.value


def read_with(model: Model, prepared: Prepared) -> Iterator[Reading]:
    """Read with a given model."""
    return _read(model, prepared, _weigh_with(model, prepared))


class _Weighed(NamedTuple):
    """A text as a model weighs it: its features, what they add up to, and the log-odds of each label."""

    parts: tuple[Found, ...]
    sums: tuple[Sums, ...]
    scores: Floats


def _weigh(prepared: Prepared) -> _Weighed:
    return _weigh_with(load_model(), prepared)


def _weigh_with(model: Model, prepared: Prepared) -> _Weighed:
    parts = model.words.find(prepared)
    scores, sums = model.weigh(parts)
    return _Weighed(parts, sums, scores)


def _read(model: Model, prepared: Prepared, weighed: _Weighed) -> Iterator[Reading]:
    said = choose(model, weighed.scores)
    if said:
        passages = _Passages(model, prepared, weighed.parts, weighed.sums, list(said))
        for number, (column, confidence) in enumerate(said.items()):
            reading = passages.read(number, model.labels[column], confidence)
            if reading:
                yield reading


def choose(model: Model, scores: Floats) -> dict[int, float]:
    """Return the columns of the labels that are said, with their calibrated confidence.

    A label is never less likely than one that implies it.
    """
    enough = scores >= model.cuts
    for columns in model.single:
        best = int(scores[columns].argmax()) + columns.start
        is_said = bool(enough[best])
        enough[columns] = False
        enough[best] = is_said
    said = {
        column: model.settings.curves[model.labels[column].field].at(float(scores[column]))
        for column in np.flatnonzero(enough).tolist()
    }
    for child, parent in model.settings.implied:
        if child in said:
            said[parent] = max(said[child], said.get(parent, 0.0))
    return dict(sorted(said.items()))


class _Passages:
    """A text with the labels that are said of it, each asked for the passage that carries it."""

    def __init__(
        self,
        model: Model,
        prepared: Prepared,
        parts: Sequence[Found],
        sums: Sequence[Sums],
        columns: Sequence[int],
    ) -> None:
        self._model, self._prepared = model, prepared
        count = max(len(prepared.sentences), 1)
        shares = [model.share(found, each, columns) for found, each in zip(parts, sums, strict=True)]
        drops = [
            model.drop(found, each, columns, share, count)
            for found, each, share in zip(parts, sums, shares, strict=True)
        ]
        falls = average(drops, parts)
        found = parts[0]
        self._shares = shares[0]
        # Plain lists from here on: each is asked for a few numbers, one at a time.
        self._bounds: list[int] = np.searchsorted(found.sentence, np.arange(count + 1)).tolist()
        order = np.argsort(-falls, axis=0, kind="stable")[:_TRIES]
        self._order: list[list[int]] = order.T.tolist()
        self._falls: list[list[float]] = falls[order, np.arange(len(columns))].T.tolist()
        self._rows: list[int] = found.rows[found.alone].tolist()
        self._stances = prepared.made(Stances)
        self._lowered: dict[int, str] = {}

    def read(self, number: int, label: Label, confidence: float) -> Reading | None:
        """Return the reading of the label, in the passage that carries it; `None` when none does."""
        doubted: Reading | None = None
        for sentence, fall in zip(self._order[number], self._falls[number], strict=True):
            if fall < LEAST_DROP:
                break
            words = self._strongest(number, sentence)
            stance, focus = self._stance_of(sentence, words)
            if stance in (None, Stance.DENIES):
                continue
            is_asserted = stance is Stance.ASSERTS
            if is_asserted or not doubted:
                said = stance.value if is_asserted and stance else ""
                reading = self._make(label, confidence, sentence, words, said, focus)
                if is_asserted:
                    return reading
                doubted = reading
        return doubted

    def _make(
        self, label: Label, confidence: float, sentence: int, words: Sequence[str], stance: str, focus: Span
    ) -> Reading:
        named = "', '".join(words)
        why = f"model {NAME}; strongest words: '{named}'"
        span = self._prepared.sentences[sentence]
        value = self._refine(label.value, span) if label.field == INDUSTRY else label.value
        return Reading(label.field, value, span, confidence, why, stance=stance, focus=focus)

    def _refine(self, sector: str, span: Span) -> str:
        finer = (each for each in self._prepared.once(read_industry) if each.value.startswith(sector))
        return next((each.value for each in finer if each.span.overlaps(span)), sector)

    def _strongest(self, number: int, sentence: int) -> list[str]:
        """Return the words and pairs of a sentence that speak most for a label; cues, if no word does."""
        count = len(self._model.squares)
        words: list[int] = []
        cues: list[int] = []
        first, end = self._bounds[sentence], self._bounds[sentence + 1]
        shares: list[float] = self._shares[first:end, number].tolist()
        speaking = [at for at, share in enumerate(shares) if share > 0]
        for at in sorted(speaking, key=shares.__getitem__, reverse=True):
            if len(words) == _NAMED:
                break
            row = self._rows[first + at]
            (words if row < count else cues).append(row)
        return [self._model.words.name(row) for row in words or cues[:_NAMED]]

    def _stance_of(self, sentence: int, words: Sequence[str]) -> tuple[Stance | None, Span]:
        """Return the stance of a sentence to the strongest word in it that stands there, and where."""
        span = self._prepared.sentences[sentence]
        lowered = self._lowered.get(sentence)
        if lowered is None:
            lowered = self._lowered[sentence] = self._prepared.small[span.start : span.end]
        start, end = find_word(lowered, words)
        at = Span(span.start + start, span.start + end)
        return self._stances.weigh(at).stance, at


def find_word(lowered: str, words: Sequence[str]) -> tuple[int, int]:
    """Return where the first of the words or pairs stands that does; the whole, when none does."""
    for word in words:
        first = word.partition(" ")[0]
        at = lowered.find(first) if first != NUMBER else -1
        while at >= 0:
            end = at + len(first)
            if not (lowered[at - 1 : at].isalpha() or lowered[end : end + 1].isalpha()):
                return at, end
            at = lowered.find(first, at + 1)
    return 0, len(lowered)
