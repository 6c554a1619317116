"""Texts written for the project and answered as a careful coder would: lessons in what the corpora lack.

Whole texts of other registers (lines of event lists, vendors' reports, articles of incidents and of none,
filings, decisions, posts of gangs) and of answers that the corpora have seldom. No event in them happened.
They stand in `data/written`, one file a register; decision 36 says how they were made.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

#: What an answer leaves open, if it leaves it open, in the field's own key.
_OPEN = "open"
#: Of industries the sector is learned, which has so many digits.
_INDUSTRY, _SECTOR = "victim.industry", 2


@dataclass(frozen=True, slots=True)
class Written:
    """A text and what is so of it; a learned field that is not in `answers` is left open."""

    id: str
    text: str
    answers: Mapping[str, frozenset[str]]


def read_rows() -> Iterator[dict[str, Any]]:
    """Yield the texts as they are kept: `{"id", "kind", "role", "text", "gold", "open"}`."""
    for _, lines in sorted(_files().items()):
        yield from map(json.loads, lines)


def read_written(learned: Sequence[str]) -> Iterator[Written]:
    """Yield all texts with their answers to the learned fields, one of each register in turn."""
    waiting = [list(map(json.loads, lines)) for _, lines in sorted(_files().items())]
    for number in range(max(map(len, waiting), default=0)):
        for rows in waiting:
            if number < len(rows):
                yield _read(rows[number], learned)


def _read(row: Mapping[str, Any], learned: Sequence[str]) -> Written:
    gold, is_open = row["gold"], frozenset(row.get(_OPEN, ()))
    answers = {field: frozenset(gold.get(field, ())) for field in learned if field not in is_open}
    if _INDUSTRY in answers and gold.get("incidents") != []:
        sectors = frozenset(each[:_SECTOR] for each in answers.pop(_INDUSTRY))
        answers |= {_INDUSTRY: sectors} if sectors else {}
    return Written(str(row["id"]), str(row["text"]), answers)


@cache
def _files() -> Mapping[str, Sequence[str]]:
    folder = files("incidex.evaluate").joinpath("data", "written")
    return {
        each.name: tuple(each.read_text(encoding="utf-8").splitlines())
        for each in folder.iterdir()
        if each.name.endswith(".jsonl")
    }
