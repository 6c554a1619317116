"""Texts written for the project: whole, answered in the codebook's words, and none of them in an exam."""

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from incidex.codebook import check_value
from incidex.evaluate.train_rows import LEARNED
from incidex.evaluate.written import read_rows, read_written

GOLD = Path(__file__).parents[3] / "gold"
#: So many words in a row stand in two texts only if one was written with the other in view.
SHARED = 10


def test_there_are_enough_of_them_of_incidents_and_of_none() -> None:
    rows = list(read_rows())
    none = [row for row in rows if row["gold"].get("incidents") == []]
    assert len(rows) >= 2000
    assert len(none) >= 300
    assert len({row["id"] for row in rows}) == len({row["text"] for row in rows}) == len(rows)


def test_answers_are_in_the_codebooks_words_and_names_stand_in_the_text() -> None:
    for row in read_rows():
        gold = row["gold"]
        for field in LEARNED:
            assert {check_value(field, value) for value in gold.get(field, ())} == {*gold.get(field, ())}, row
        assert all(name in row["text"] for name in gold.get("victim.name", ())), row["id"]
        assert not gold.keys() & set(row.get("open", ())), row["id"]


def test_they_come_one_of_each_register_in_turn_and_the_same_in_every_run() -> None:
    first = [each.id.partition("-")[0] for each in islice(read_written(LEARNED), 6)]
    assert len(set(first)) == len(first)
    assert [each.id for each in read_written(LEARNED)] == [each.id for each in read_written(LEARNED)]


def test_what_is_open_is_not_answered_and_a_text_of_no_incident_denies_everything() -> None:
    rows = {row["id"]: row for row in read_rows()}
    for each in read_written(LEARNED):
        row = rows[each.id]
        assert not each.answers.keys() & set(row.get("open", ()))
        if row["gold"].get("incidents") == []:
            assert each.answers == dict.fromkeys(LEARNED, frozenset())


def test_no_exam_is_among_them() -> None:
    exams = {words for text in _exam_texts() for words in _shingles(text)}
    for row in read_rows():
        assert not exams & set(_shingles(row["text"])), row["id"]


def _exam_texts() -> Iterator[str]:
    for path in sorted(GOLD.glob("*.jsonl")):
        rows: list[dict[str, Any]] = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        yield from (str(row["text"]) for row in rows)


def _shingles(text: str) -> Iterator[str]:
    words = text.lower().split()
    yield from (" ".join(words[start : start + SHARED]) for start in range(len(words) - SHARED + 1))
