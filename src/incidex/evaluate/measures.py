"""Shares of what the fields' scores do not tell: speakers, stances, how many incidents, and none at all."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from incidex.coding import code
from incidex.evaluate.incidents import score_row
from incidex.evaluate.passages import hear, to_report
from incidex.evaluate.score import Tally


class Measure(NamedTuple):
    """So many right of so many asked."""

    right: int
    asked: int

    @property
    def share(self) -> float:
        """The share that is right; 1 when nothing was asked."""
        return self.right / self.asked if self.asked else 1.0


def measure(rows: Iterable[Mapping[str, Any]]) -> Mapping[str, Measure]:
    """Return, by name, the measures that the gold of the rows holds answers for.

    Rows with `passages` ask for speaker and stance; rows with `incidents` for their number, for the values of
    each in its own place, and, where the list is empty, for silence. See `passages` and `incidents`.
    """
    counts: Counter[str] = Counter()
    for row in rows:
        if "passages" in row["gold"]:
            counts += _count_passages(row)
        if "incidents" in row["gold"]:
            counts += _count_incidents(row)
    found = {name: Measure(counts[right], counts[asked]) for name, (right, asked) in _MEASURES.items()}
    return {name: each for name, each in found.items() if each.asked}


_SILENT = "no incident where there is none"
_TOLD = "an incident where there is one"

#: By name: what is counted as right, and of what.
_MEASURES: Mapping[str, tuple[str, str]] = {
    "speaker": ("speaker", "passages"),
    "stance": ("stance", "passages"),
    "speaker and stance": ("both", "passages"),
    "number of incidents": ("counted", "some"),
    "incidents found": ("found", "incidents"),
    "values in their own incident": ("placed", "values"),
    "background kept out": ("kept out", "background"),
    _SILENT: ("silent", "none"),
    _TOLD: ("told", "some"),
}


def judge_silence(measured: Iterable[Mapping[str, Measure]]) -> Tally | None:
    """Return how often a text was rightly said to tell of no incident, over all sets that ask for it.

    Right: none was told where there is none. Wrong: none where there is one. Missed: one where there is
    none. `None` when nothing was asked.
    """
    right = wrong = missed = 0
    for each in measured:
        quiet, told = each.get(_SILENT, Measure(0, 0)), each.get(_TOLD, Measure(0, 0))
        right, missed, wrong = (
            right + quiet.right,
            missed + quiet.asked - quiet.right,
            wrong + told.asked - told.right,
        )
    return Tally(right, wrong, missed) if right or wrong or missed else None


def _count_passages(row: Mapping[str, Any]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for one in hear(row):
        right = (one.is_speaker_right, one.is_stance_right)
        counts += Counter(passages=1, speaker=int(right[0]), stance=int(right[1]), both=int(all(right)))
    return counts


def _count_incidents(row: Mapping[str, Any]) -> Counter[str]:
    report, document = to_report(row)
    coded = code(document, report=report)
    if not row["gold"]["incidents"]:
        return Counter({"none": 1, "silent": int(not coded)})
    found = score_row(row["gold"], coded)
    kept = {name: found[name] for name in ("counted", "found", "incidents", "placed", "background")}
    told = {"some": 1, "told": int(bool(coded)), "kept out": found["background"] - found["leaked"]}
    values = sum(len(values) for each in row["gold"]["incidents"] for values in each.values())
    return Counter(kept | told | {"values": values})
