"""What scores are worth: curves from scores to the share of right answers, and where to fall silent."""

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression

from incidex.coding.linear_model import Curve

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]

#: A curve of more points than this has learned the accidents of its rows.
_POINTS = 16
#: Nothing read from a text is quite sure, nor quite impossible.
_SUREST, _FAINTEST = 0.99, 0.005
_STEP = 0.01
#: Fields fall silent somewhere between these, and one that every incident has an answer to, below `FAINT`.
LEAST, MOST, FAINT = 0.3, 0.5, 0.2
#: Mean F1 that is level with the best: of level thresholds the lowest is taken.
LEVEL = 0.0005


def learn_curve(scores: Floats, right: Flags) -> Curve:
    """Return the non-falling curve that fits best, through groups of equally many scores."""
    order = np.argsort(scores, kind="stable")
    scores, right = scores[order].astype(np.float64), right[order].astype(np.float64)
    fitted = IsotonicRegression(y_min=_FAINTEST, y_max=_SUREST).fit(scores, right).predict(scores)
    bounds = _bounds(fitted)
    points = [(float(scores[a:b].mean()), float(fitted[a:b].mean())) for a, b in itertools.pairwise(bounds)]
    return Curve(tuple(round(x, 4) for x, _ in points), tuple(round(y, 4) for _, y in points))


def _bounds(fitted: NDArray[np.float64]) -> list[int]:
    """Return where groups begin and end, so that each holds as much of the curve's rise as of its rows."""
    total = np.linspace(0, 1, len(fitted)) + (fitted - fitted[0]) / max(fitted[-1] - fitted[0], 1e-9)
    wanted = np.linspace(0, 2, _POINTS + 1)
    return sorted({*np.searchsorted(total, wanted[:-1]).tolist(), len(fitted)})


def choose_threshold(groups: Sequence[tuple[Floats, Flags, int]]) -> float:
    """Return the lowest confidence from which F1 is level with the best, on average over groups of rows.

    A group is confidences, whether each is right, and how many answers are asked. From `LEAST` to `MOST`.
    """
    means = {
        floor: sum(_f1(confidence >= floor, right, asked) for confidence, right, asked in groups)
        / len(groups)
        for floor in np.arange(LEAST, MOST + _STEP / 2, _STEP).round(2).tolist()
    }
    best = max(means.values())
    return float(next(floor for floor, mean in means.items() if mean >= best - LEVEL))


def _f1(said: Flags, right: Flags, asked: int) -> float:
    return float(2 * (said & right).sum() / max(said.sum() + asked, 1))


def calibration_error(confidence: Sequence[float], right: Sequence[bool], bins: int = 10) -> float:
    """Return the expected calibration error: the mean gap between confidence and share right, by bin."""
    at = np.minimum((np.asarray(confidence) * bins).astype(int), bins - 1)
    gaps = [
        abs(float(np.mean(np.asarray(confidence)[at == b])) - float(np.mean(np.asarray(right)[at == b])))
        * float((at == b).mean())
        for b in range(bins)
        if (at == b).any()
    ]
    return float(sum(gaps))
