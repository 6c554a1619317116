"""Gold sets, agreement, scores, floors, what a change gained and lost."""

from incidex.evaluate.agreement import DISTANCES, Agreement, Answer, Coding, agree, alpha, to_answers
from incidex.evaluate.coded import CodedClaim, CodedIncident, CodedLine, parse_coded
from incidex.evaluate.compare import Comparison, Difference, compare
from incidex.evaluate.floors import (
    Floors,
    SetFloors,
    format_floors,
    lower_floor,
    parse_floors,
    raise_floors,
    shortfalls,
)
from incidex.evaluate.gold import GoldRow, hash_rows, is_gold, parse_gold, sample
from incidex.evaluate.measures import Measure, judge_silence, measure
from incidex.evaluate.score import BINS, Confusion, FieldScore, Scores, Tally, score
from incidex.evaluate.split import Part, part_of

__all__ = [
    "BINS",
    "DISTANCES",
    "Agreement",
    "Answer",
    "CodedClaim",
    "CodedIncident",
    "CodedLine",
    "Coding",
    "Comparison",
    "Confusion",
    "Difference",
    "FieldScore",
    "Floors",
    "GoldRow",
    "Measure",
    "Part",
    "Scores",
    "SetFloors",
    "Tally",
    "agree",
    "alpha",
    "compare",
    "format_floors",
    "hash_rows",
    "is_gold",
    "judge_silence",
    "lower_floor",
    "measure",
    "parse_coded",
    "parse_floors",
    "parse_gold",
    "part_of",
    "raise_floors",
    "sample",
    "score",
    "shortfalls",
    "to_answers",
]
