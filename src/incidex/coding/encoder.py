"""What the encoder reads beside the linear model: each label with the passage that carries it, or none.

Both weigh a text, and the log-odds of a label are the mean of theirs: they err in different places. The
encoder reads the lead of a text, the linear model all of it. A label's passage is the sentence whose removal
lowers the label's log-odds most, which is measured: the encoder reads the lead again without each sentence.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import msgspec
import numpy as np
from numpy.typing import NDArray

from incidex.coding.base import Prepared, Reading
from incidex.coding.encoder_model import MOST, Encoder, load_encoder
from incidex.coding.encoder_words import Piece
from incidex.coding.industry import read_industry
from incidex.coding.linear import ENCODER, INDUSTRY, LEAST_DROP, choose, read_with
from incidex.coding.linear_model import Floats, Label, Model, average, load_model
from incidex.coding.stance import Stances
from incidex.model import Span, Stance

#: What the claims are signed with.
NAME = ENCODER

#: Of a mean of two log-odds, what the encoder's counts.
SHARE = 0.5
#: Fields that are the linear model's alone: it knows the names of actors, and the encoder does not.
ALONE = frozenset({"actor.variety"})
#: Sentences tried for a label before it is given up, and words named in the reason.
_TRIES, _NAMED = 3, 3
#: A shorter word carries no meaning that could be named.
_LEAST_WORD = 3


@dataclass(frozen=True)
class Blend:
    """Both models, the linear one with the curves of the mean; and the labels that both know."""

    encoder: Encoder
    model: Model
    ours: NDArray[np.int64]  # columns of the linear model
    theirs: NDArray[np.int64]  # of the encoder


def make_blend(encoder: Encoder, model: Model) -> Blend:
    """Return both models side by side; a label that one alone knows is that one's, or nobody's."""
    settings = msgspec.structs.replace(
        model.settings,
        curves={**model.settings.curves, **encoder.settings.curves},
        thresholds={**model.settings.thresholds, **encoder.settings.thresholds},
    )
    index: Mapping[Label, int] = {
        label: number for number, label in enumerate(encoder.labels) if label.field not in ALONE
    }
    shared = [(number, index[label]) for number, label in enumerate(model.labels) if label in index]
    ours, theirs = np.array(shared, np.int64).reshape(-1, 2).T
    return Blend(encoder, replace(model, settings=settings), ours, theirs)


@cache
def load_blend() -> Blend:
    """Return the models that the package ships."""
    return make_blend(load_encoder(), load_model())


def read_encoder(prepared: Prepared) -> Iterator[Reading]:
    """Read every learned field."""
    return read_blend(load_blend(), prepared)


def read_blend(blend: Blend, prepared: Prepared) -> Iterator[Reading]:
    """Read with given models."""
    yield from (reading for reading in read_with(blend.model, prepared) if reading.field in ALONE)
    weighed = weigh(blend, prepared)
    chosen = choose(blend.model, weighed.scores)
    said = {each: share for each, share in chosen.items() if blend.model.labels[each].field not in ALONE}
    if not said:
        return
    drops = weighed.drops(list(said))
    stances = Stances(prepared)
    for number, (column, confidence) in enumerate(said.items()):
        order = np.argsort(-drops[:, number], kind="stable")[:_TRIES].tolist()
        carried = [sentence for sentence in order if drops[sentence, number] >= LEAST_DROP]
        reading = _read(weighed, stances, column, carried)
        if reading:
            yield reading._replace(confidence=confidence)


def weigh(blend: Blend, prepared: Prepared) -> "_Weighed":
    """Return a text as both models weigh it."""
    return _Weighed(blend, prepared)


class _Weighed:
    """A text as both models weigh it."""

    def __init__(self, blend: Blend, prepared: Prepared) -> None:
        """Weigh the text."""
        encoder, model = blend.encoder, blend.model
        self.blend, self.prepared = blend, prepared
        self._pieces = cut_lead(encoder, prepared)
        self._sentence = np.array([prepared.places.at(piece.start) for piece in self._pieces], np.int64)
        self._shares = encoder.weigh(encoder.pieces.enclose([piece.number for piece in self._pieces]))
        self._own = self._shares.sum(axis=0) + encoder.arrays["bias"]
        self._parts = model.words.find(prepared)
        linear, self._sums = model.weigh(self._parts)
        self.scores = linear.astype(np.float32)
        self.scores[blend.ours] += SHARE * (self._own[blend.theirs] - self.scores[blend.ours])

    def drops(self, columns: Sequence[int]) -> Floats:
        """Return how much the log-odds of some of the model's columns fall without each sentence."""
        model, count = self.blend.model, max(len(self.prepared.sentences), 1)
        of_linear = [
            model.drop(found, sums, columns, model.share(found, sums, columns), count)
            for found, sums in zip(self._parts, self._sums, strict=True)
        ]
        drops = average(of_linear, self._parts).copy()
        is_shared = np.isin(columns, self.blend.ours)
        theirs = self.blend.theirs[np.searchsorted(self.blend.ours, np.array(columns)[is_shared])]
        drops[:, is_shared] *= 1 - SHARE
        for sentence in np.unique(self._sentence[self._sentence >= 0]).tolist():
            fallen = self._own - self._without(sentence)
            drops[sentence, is_shared] += SHARE * fallen[theirs]
        return drops

    def _without(self, sentence: int) -> Floats:
        """Return what the encoder makes of the lead without a sentence."""
        encoder = self.blend.encoder
        pairs = zip(self._pieces, self._sentence.tolist(), strict=True)
        return encoder.score(encoder.pieces.enclose([piece.number for piece, at in pairs if at != sentence]))

    def strongest(self, column: int, sentence: int) -> list[Span]:
        """Return the words of a sentence that speak most for a label, from what their pieces add."""
        at = self.blend.theirs[self.blend.ours == column]
        adds: dict[Span, float] = {}
        # The first share is that of the mark at the beginning.
        for number in np.flatnonzero(self._sentence == sentence).tolist():
            piece = self._pieces[number]
            word = Span(piece.start, piece.end)
            if piece.end - piece.start >= _LEAST_WORD and self.prepared.text[piece.start].isalpha():
                adds[word] = adds.get(word, 0.0) + float(self._shares[number + 1, at].sum())
        ranked = sorted(adds, key=lambda word: -adds[word])
        return [word for word in ranked if adds[word] > 0][:_NAMED]


def cut_lead(encoder: Encoder, prepared: Prepared) -> list[Piece]:
    """Return the pieces of a text that the encoder reads: as many as it can, from the beginning."""
    found: list[Piece] = []
    for span in prepared.sentences:
        found += encoder.pieces.cut(prepared.text[span.start : span.end], span.start)
        if len(found) >= MOST - 2:
            break
    return found[: MOST - 2]


def _read(weighed: _Weighed, stances: Stances, column: int, carried: Sequence[int]) -> Reading | None:
    """Return the reading of a label in the first sentence that asserts it, else in one that doubts it."""
    label = weighed.blend.model.labels[column]
    doubted: Reading | None = None
    for sentence in carried:
        span = weighed.prepared.sentences[sentence]
        words = weighed.strongest(column, sentence)
        focus = words[0] if words else span
        stance = stances.weigh(focus).stance
        if stance in (None, Stance.DENIES):
            continue
        named = "', '".join(word.within(weighed.prepared.text).lower() for word in words)
        why = f"model {NAME}; strongest words: '{named}'" if words else f"model {NAME}"
        value = _refine(weighed.prepared, label.value, span) if label.field == INDUSTRY else label.value
        reading = Reading(label.field, value, span, why=why, focus=focus)
        if stance is Stance.ASSERTS:
            return reading._replace(stance=stance.value)
        doubted = doubted or reading
    return doubted


def _refine(prepared: Prepared, sector: str, span: Span) -> str:
    finer = (each for each in prepared.once(read_industry) if each.value.startswith(sector))
    return next((each.value for each in finer if each.span.overlaps(span)), sector)
