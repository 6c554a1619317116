"""Gold sets, agreement, scores, floors, what a change gained and lost."""

from incidex.evaluate.coded import CodedClaim, CodedIncident, CodedLine, parse_coded
from incidex.evaluate.gold import GoldRow, hash_rows, is_gold, parse_gold, sample
from incidex.evaluate.score import BINS, Confusion, FieldScore, Scores, Tally, score
from incidex.evaluate.split import Part, part_of

__all__ = [
    "BINS",
    "CodedClaim",
    "CodedIncident",
    "CodedLine",
    "Confusion",
    "FieldScore",
    "GoldRow",
    "Part",
    "Scores",
    "Tally",
    "hash_rows",
    "is_gold",
    "parse_coded",
    "parse_gold",
    "part_of",
    "sample",
    "score",
]
