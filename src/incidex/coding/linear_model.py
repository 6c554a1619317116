"""The learned model: one weight for each feature and label, and what its scores are worth."""

import hashlib
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from io import BytesIO
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from incidex.coding.linear_words import Found, Words
from incidex.model import DamageError

Floats = NDArray[np.float32]

#: Of the artefact's arrays and settings; a file of another version is refused.
FORMAT = 1
FILE = "linear.npz"
#: Added to the square of every text's length, as a dozen words would be: few words say little.
_BLANK = 300.0


class Label(NamedTuple):
    """A value of a field that the model can say."""

    field: str
    value: str


#: What is no claim but whether there is anything to claim: that a text tells of an incident at all.
STORY = Label("story", "incident")


class Curve(msgspec.Struct, frozen=True):
    """What a score is worth: a line through points, scores ascending and shares of right not falling."""

    scores: tuple[float, ...]
    shares: tuple[float, ...]

    def __call__(self, scores: Floats) -> Floats:
        """Return the share of right answers at each score."""
        return np.interp(scores, self.scores, self.shares).astype(np.float32)

    def at(self, score: float) -> float:
        """Return the share of right answers at one score."""
        after = bisect_right(self.scores, score)
        if after in (0, len(self.scores)):
            return self.shares[max(after - 1, 0)]
        low, high = self.scores[after - 1], self.scores[after]
        left, right = self.shares[after - 1], self.shares[after]
        return left + (right - left) / (high - low) * (score - low)

    def find_score(self, share: float) -> float:
        """Return the lowest score that is worth `share`; infinite when none is."""
        if self.shares[-1] < share:
            return float("inf")
        if self.shares[0] >= share:
            return float("-inf")
        after = next(number for number, each in enumerate(self.shares) if each >= share)
        low, high = self.shares[after - 1], self.shares[after]
        left, right = self.scores[after - 1], self.scores[after]
        return left + (right - left) * (share - low) / (high - low)


class Settings(msgspec.Struct, frozen=True):
    """What the artefact says besides its arrays."""

    labels: tuple[tuple[str, str], ...]
    curves: Mapping[str, Curve]  # by field
    thresholds: Mapping[str, float]  # by field: the lowest calibrated confidence that is said
    single: tuple[str, ...]  # fields of which only the surest label is said
    implied: tuple[tuple[int, int], ...]  # a label, and one that is true whenever it is
    trained_on: str


@dataclass(frozen=True)
class Model:
    """Weights of rows (features) by columns (labels), as small integers with a scale for each label."""

    words: Words
    weights: NDArray[np.int8]  # rows × labels
    word_scale: Floats  # labels; of the rows of words and pairs
    cue_scale: Floats  # labels; of the rows of cues
    bias: Floats  # labels
    squares: Floats  # rows of words and pairs: what each adds to the square of the text's length
    settings: Settings

    @cached_property
    def labels(self) -> tuple[Label, ...]:
        """The labels, in the order of the columns."""
        return tuple(Label(*label) for label in self.settings.labels)

    @cached_property
    def learned(self) -> frozenset[tuple[str, str]]:
        """The fields' values that the model can say."""
        return frozenset((label.field, label.value) for label in self.labels)

    @cached_property
    def columns(self) -> Mapping[str, slice]:
        """Where each field's labels stand: a field's columns are side by side."""
        fields = [label.field for label in self.labels]
        return {
            field: slice(fields.index(field), fields.index(field) + fields.count(field)) for field in fields
        }

    @cached_property
    def cuts(self) -> Floats:
        """The score from which each label is said; infinite for what is no field."""
        curves = self.settings.curves
        cuts = {field: curves[field].find_score(least) for field, least in self.settings.thresholds.items()}
        return np.array([cuts.get(label.field, np.inf) for label in self.labels], np.float32)

    @cached_property
    def story(self) -> int | None:
        """The column of `STORY`, if the model has learned it."""
        return self.labels.index(STORY) if STORY in self.labels else None

    @cached_property
    def single(self) -> tuple[slice, ...]:
        """The columns of each field of which only the surest label is said."""
        return tuple(self.columns[field] for field in self.settings.single if field in self.columns)

    def add(self, found: Found) -> "Sums":
        """Return the sums of the weights of a text's features, from which its scores are made."""
        split = int(np.searchsorted(found.rows, len(self.squares)))
        words, cues = found.rows[:split], found.rows[split:]
        return Sums(
            np.add.reduce(self.weights.take(words, axis=0), axis=0, dtype=np.int32),
            np.add.reduce(self.weights.take(cues, axis=0), axis=0, dtype=np.int32),
            float(np.add.reduce(self.squares.take(words))),
        )

    def weigh(self, parts: Sequence[Found]) -> tuple[Floats, tuple["Sums", ...]]:
        """Return the log-odds of each label, a mean of those of a text and of its lead, and their sums."""
        sums = tuple(map(self.add, parts))
        return average([self.score(each) for each in sums], parts), sums

    def score(self, sums: "Sums") -> Floats:
        """Return the log-odds of each label for one part of a text."""
        length = to_length(sums.square)
        of_words, of_cues = sums.words * self.word_scale, sums.cues * self.cue_scale
        scores: Floats = (of_words / length + of_cues + self.bias).astype(np.float32)
        return scores

    def share(self, found: Found, sums: "Sums", columns: Sequence[int]) -> Floats:
        """Return what each feature that stands in one sentence alone adds to the log-odds of `columns`.

        Features × columns, the features in the order of `found.alone`.
        """
        chosen = np.array(columns)
        rows = found.rows[found.alone]
        of_words = self.word_scale[chosen] / to_length(sums.square)
        scale = np.where((rows < len(self.squares))[:, None], of_words, self.cue_scale[chosen])
        shares: Floats = self.weights.take(rows, axis=0).take(chosen, axis=1) * scale
        return shares

    def drop(self, found: Found, sums: "Sums", columns: Sequence[int], shares: Floats, count: int) -> Floats:
        """Return how much the log-odds of `columns` fall when each of `count` sentences is removed.

        Sentences × columns. Exact, and linear in the length of the text: removing a sentence removes the
        features that stand in no other, and shortens the text, so that what is left weighs more.
        """
        chosen = np.array(columns)
        drops = np.zeros((count, len(columns)), np.float32)
        square = np.full(count, sums.square)
        rows = found.rows[found.alone]
        is_word = rows < len(self.squares)
        whole = to_length(sums.square)
        words = int(np.count_nonzero(is_word))
        if words:
            at, starts = _runs(found.sentence[is_word])
            drops[at] = np.add.reduceat(shares[is_word], starts, axis=0)
            square[at] -= np.add.reduceat(self.squares[rows[is_word]], starts, dtype=np.float64)
        longer = (whole / np.sqrt(square + _BLANK))[:, None]
        of_words = sums.words[chosen] * self.word_scale[chosen] / whole
        drops = of_words - (of_words - drops) * longer
        if words < len(rows):
            at, starts = _runs(found.sentence[~is_word])
            drops[at] += np.add.reduceat(shares[~is_word], starts, axis=0)
        fallen: Floats = drops.astype(np.float32)
        return fallen


def average(found: Sequence[Floats], parts: Sequence[Found]) -> Floats:
    """Return the mean of what was found in a text and in its lead, where it has one, each by its share."""
    if len(found) == 1:
        return found[0]
    of_whole, of_lead = found
    whole, lead = (np.float64(part.share) for part in parts)
    mean: Floats = ((of_whole * whole + of_lead * lead) / (whole + lead)).astype(np.float32)
    return mean


class Sums(NamedTuple):
    """What the features of a text add up to."""

    words: NDArray[np.int32]  # labels
    cues: NDArray[np.int32]  # labels
    square: float  # of the text's length


def to_length(square: float) -> float:
    """Return the length that a text's sums are divided by, from the squares that its words add."""
    return float((square + _BLANK) ** 0.5)


def _runs(place: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the numbers in ascending `place`, and where the run of each begins."""
    starts = np.concatenate(([0], np.flatnonzero(place[1:] != place[:-1]) + 1))
    return place[starts], starts


def dump_model(model: Model) -> bytes:
    """Return the artefact: the same bytes for the same model."""
    buffer = BytesIO()
    settings = msgspec.json.encode(model.settings)
    names = "\n".join(model.words.words).encode(), "\n".join(model.words.cues).encode()
    np.savez_compressed(
        buffer,
        format=np.array([FORMAT], np.int32),
        words=np.frombuffer(names[0], np.uint8),
        pairs=model.words.pairs,
        cues=np.frombuffer(names[1], np.uint8),
        weights=model.weights,
        word_scale=model.word_scale,
        cue_scale=model.cue_scale,
        bias=model.bias,
        squares=model.squares,
        settings=np.frombuffer(settings, np.uint8),
    )
    return buffer.getvalue()


def parse_model(content: bytes) -> Model:
    """Return the model that an artefact holds."""
    with np.load(BytesIO(content), allow_pickle=False) as arrays:
        if int(arrays["format"][0]) != FORMAT:
            raise DamageError(f"the model is of format {int(arrays['format'][0])}, not {FORMAT}")
        words, cues = (tuple(arrays[name].tobytes().decode().split("\n")) for name in ("words", "cues"))
        return Model(
            Words(words, arrays["pairs"].astype(np.int64), tuple(cue for cue in cues if cue)),
            arrays["weights"],
            arrays["word_scale"],
            arrays["cue_scale"],
            arrays["bias"],
            arrays["squares"],
            msgspec.json.decode(arrays["settings"].tobytes(), type=Settings),
        )


@cache
def load_model() -> Model:
    """Return the model that the package ships, once its bytes are those that the card names."""
    folder = files("incidex.coding").joinpath("data")
    content = folder.joinpath(FILE).read_bytes()
    card = folder.joinpath(f"{FILE}.sha256").read_text(encoding="ascii").split()[0]
    return parse_model(check_hash(content, card))


def check_hash(content: bytes, sha256: str) -> bytes:
    """Return `content` if it has this hash."""
    if hashlib.sha256(content).hexdigest() != sha256:
        raise DamageError(
            f"the model {FILE} is not the one that the model card names: reinstall Incidex, or train it again"
        )
    return content
