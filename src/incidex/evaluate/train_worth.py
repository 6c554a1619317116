"""Learning what readings are worth: every coder's own numbers beside the share of them that was right."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression

from incidex.coding import linear
from incidex.coding.table import Coded, code_unweighed
from incidex.evaluate.gold import parse_answers
from incidex.evaluate.matching import is_right
from incidex.evaluate.split import Part, part_of
from incidex.evaluate.threats import TAGS, read_train
from incidex.evaluate.train_rows import SILENT, VCDB, VERIS, WHOLE, read_answers, read_lines
from incidex.model import Claim, Document, Stance

#: The corpora of texts with answers, and the parts that may be learned from. TRAM is none of them: its people
#: left tables of technique ids alone, and what is read there would look wrong.
_CORPORA = (VCDB, "hhs-text.jsonl.gz", "hibp-text.jsonl.gz")
_PARTS: Sequence[Part] = ("train", "dev")
#: Fields that a table chooses which was learned from the part "train": what it is worth shows on "dev" alone.
_CHOSEN = frozenset({"victim.name", "victim.country"})
#: Of the portal's notices, which say much the same, one in so many is read.
_EVERY = 4
#: Fields whose answers are whole even where they are empty: whatever else is said is wrong.
_WHOLE = frozenset({*WHOLE, "data.class"})

#: Readings from which something is learned, at least, and points of a curve, at most.
LEAST, _POINTS = 40, 5
#: A point counts as if so many readings more had been right as often as all readings of the field.
_PRIOR = 10.0
_SUREST, _FAINTEST = 0.99, 0.02

_HEAD = """\
# What readings are worth; learned by `incidex evaluate train` from the rows that are not held back of VCDB
# (CC BY-SA 4.0), HHS (public domain), HIBP (CC BY 4.0) and AnnoCTR (CC BY-SA 4.0).
# Points: the coder's own number, and the share of readings at it that were right.
coder	field	readings	points
"""


@dataclass(frozen=True, slots=True)
class Judged:
    """A value that was read, how sure its coder was, and whether it is so."""

    coder: str
    field: str
    confidence: float
    is_right: bool
    corpus: str


#: Reads a document, as `code` does.
Read = Callable[[Document], Iterable[Coded]]


def judge(corpus: Path) -> Iterator[Judged]:
    """Yield what coders without a model said of the rows that may be learned from, as sure as they were."""
    for part, one in judge_parts(corpus, _PARTS, code_unweighed):
        if one.coder != linear.NAME and (part == "dev" or one.field not in _CHOSEN):
            yield one
    yield from _judge_threats(corpus)


def judge_parts(corpus: Path, parts: Sequence[Part], read: Read) -> Iterator[tuple[Part, Judged]]:
    """Yield what `read` says of fields with answers in the rows of some parts, with the part of each row."""
    veris = {str(row["incident_id"]): row for row in read_lines(corpus / VERIS)}
    for name in _CORPORA:
        for number, row in enumerate(read_lines(corpus / name)):
            part = part_of(row)
            if part not in parts or (name.startswith("hhs") and number % _EVERY):
                continue
            answers = dict(parse_answers(row["gold"]))
            record = veris.get(str(row["id"]).partition(":")[2])
            if record is not None:
                answers |= {field: tuple(values) for field, values in read_answers(record)}
                answers |= dict(_more_of(record))
            yield from ((part, one) for one in _judge_row(row, answers, name, read))


def _more_of(veris: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield what a record says beside: date, size, and the variety of actors of every role."""
    when = veris.get("timeline", {}).get("incident", {})
    parts = [when.get("year"), when.get("month"), when.get("day")]
    known = parts[: parts.index(None)] if None in parts else parts
    if known:
        yield "date.occurred", ("-".join(f"{part:02d}" for part in known),)
    varieties = {each for actor in veris.get("actor", {}).values() for each in actor.get("variety", ())}
    yield "actor.variety", tuple(sorted(varieties - SILENT))
    size = str(veris.get("victim", {}).get("employee_count", ""))
    if size[:1].isdigit() or size.startswith("Over"):
        yield "victim.size", (size,)


def _judge_row(
    row: Mapping[str, Any], answers: Mapping[str, Sequence[str]], corpus: str, read: Read
) -> Iterator[Judged]:
    surest: dict[tuple[str, str, str], float] = {}
    for claim in _asserted(read(Document(report="worth", text=str(row["text"])))):
        key = (claim.coder, claim.field, claim.value)
        surest[key] = max(surest.get(key, 0.0), claim.confidence)
    for (coder, field, value), confidence in surest.items():
        wanted = answers.get(field)
        if wanted or (wanted is not None and field in _WHOLE):
            so = any(is_right(field, value, want) for want in wanted)
            yield Judged(coder, field, confidence, so, corpus)


def _judge_threats(corpus: Path) -> Iterator[Judged]:
    for report in read_train(corpus):
        for claim in _asserted(code_unweighed(Document(report="worth", text=report.text))):
            if claim.field in TAGS.values() and claim.evidence is not None:
                span = claim.evidence.span
                so = any(one.field == claim.field and one.span.overlaps(span) for one in report.mentions)
                yield Judged(claim.coder, claim.field, claim.confidence, so, "annoctr")


def _asserted(found: Iterable[Coded]) -> Iterator[Claim]:
    return (claim for coded in found for claim in coded.claims if claim.stance is Stance.ASSERTS)


def learn_worth(judged: Iterable[Judged]) -> str:
    """Return the table, as `incidex.coding.worth` reads it. Every corpus counts as much as another."""
    groups: dict[tuple[str, str], list[Judged]] = defaultdict(list)
    for one in judged:
        groups[one.coder, one.field].append(one)
    lines = [_HEAD]
    for (coder, field), group in sorted(groups.items()):
        if len(group) >= LEAST:
            points = " ".join(f"{own:g}:{share:g}" for own, share in learn_points(group))
            lines.append(f"{coder}\t{field}\t{len(group)}\t{points}\n")
    return "".join(lines)


def learn_points(group: Sequence[Judged]) -> list[tuple[float, float]]:
    """Return the points of the curve of one coder and field, shares not falling."""
    own = np.array([one.confidence for one in group])
    right = np.array([one.is_right for one in group], np.float64)
    names = [one.corpus for one in group]
    weights = np.array([len(group) / len(set(names)) / names.count(name) for name in names])
    mean = float(np.average(right, weights=weights))
    points = []
    for chosen in _bins(own):
        weight = weights[chosen].sum()
        share = (float((weights * right)[chosen].sum()) + _PRIOR * mean) / (weight + _PRIOR)
        points.append((float(np.average(own[chosen], weights=weights[chosen])), share, float(weight)))
    values, shares, counts = zip(*points, strict=True)
    fitted = IsotonicRegression(y_min=_FAINTEST, y_max=_SUREST).fit(values, shares, counts).predict(values)
    return [(round(value, 3), round(float(share), 3)) for value, share in zip(values, fitted, strict=True)]


def _bins(own: NDArray[np.float64]) -> Iterator[NDArray[np.bool_]]:
    """Yield groups of readings, equal numbers together, of about the same size."""
    edges = np.unique(np.quantile(own, np.linspace(0, 1, _POINTS + 1)[1:-1]))
    numbers = np.searchsorted(edges, own, side="left")
    for number in np.unique(numbers):
        yield numbers == number
