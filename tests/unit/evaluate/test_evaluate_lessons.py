"""The tables of victims and countries: what they are learned from, and that the command makes them."""

from pathlib import Path

import pytest

from incidex.app import training
from incidex.coding import places, victim
from incidex.coding.cues import read_rows as read_table
from incidex.evaluate.lessons import is_held_back, make_tables, read_lessons
from incidex.evaluate.split import part_of
from incidex.evaluate.train_rows import VCDB, read_lines
from incidex.evaluate.written import read_rows
from tests.corpora import write_corpus

pytest.importorskip("sklearn")


def test_the_same_rows_make_the_same_tables(tmp_path: Path) -> None:
    tables = make_tables(write_corpus(tmp_path))
    assert make_tables(tmp_path) == tables
    assert set(tables) == {"victim", "country"}
    rows = dict(line.split("\t") for line in tables["victim"].splitlines()[3:])
    assert float(rows["before|of"]) > 0


def test_rows_held_back_are_no_lessons(tmp_path: Path) -> None:
    lessons = {each.text for each in read_lessons(write_corpus(tmp_path))}
    rows = list(read_lines(tmp_path / VCDB))
    assert {part_of(row) for row in rows} == {"train", "dev", "test"}
    assert not lessons & {row["text"] for row in rows if part_of(row) != "train"}
    assert not lessons & {row["text"] for row in read_rows() if is_held_back(row["id"])}


def test_a_third_of_written_texts_is_held_back() -> None:
    assert 250 < sum(is_held_back(f"line-{number}") for number in range(1000)) < 420


def test_the_command_writes_the_tables_and_the_coders_take_them(tmp_path: Path) -> None:
    corpus, folder = write_corpus(tmp_path), tmp_path / "data"
    folder.mkdir()
    victim.load_weights()
    training.learn_choices(corpus, folder)
    assert {each.name for each in folder.iterdir()} == {"victim.tsv", "country.tsv"}
    assert victim.load_weights.cache_info().currsize == 0
    assert places.load_weights.cache_info().currsize == 0


def test_the_tables_that_ship_weigh_features_that_the_coder_gives() -> None:
    kinds = {feature.split("|")[0] for feature, _ in read_table("victim")}
    assert kinds <= {
        "after",
        "at",
        "before",
        "bias",
        "defined as the party",
        "ends",
        "event after",
        "event before",
        "events",
        "first",
        "head",
        "head kind",
        "kind",
        "line",
        "mentioned most",
        "mentions",
        "named first",
        "only where sentences begin",
        "quoted",
        "shortened",
        "spread",
        "the only name",
        "told",
        "we",
        "words",
    }, "run: incidex evaluate train"
