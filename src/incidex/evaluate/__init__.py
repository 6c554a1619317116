"""Gold sets, agreement, scores, floors, what a change gained and lost."""

from incidex.evaluate.agreement import DISTANCES, Agreement, Answer, Coding, agree, alpha, to_answers
from incidex.evaluate.coded import CodedClaim, CodedIncident, CodedLine, parse_coded
from incidex.evaluate.compare import Comparison, Difference, compare
from incidex.evaluate.gold import GoldRow, hash_rows, is_gold, parse_gold, sample
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
    "GoldRow",
    "Part",
    "Scores",
    "Tally",
    "agree",
    "alpha",
    "compare",
    "hash_rows",
    "is_gold",
    "parse_coded",
    "parse_gold",
    "part_of",
    "sample",
    "score",
    "to_answers",
]
