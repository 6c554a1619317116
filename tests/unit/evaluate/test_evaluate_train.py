"""Training: from rows of a corpus to a model, the same in every run."""

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidex.coding.cues import TABLES, read_rows
from incidex.coding.linear import read_with
from incidex.coding.linear_model import STORY, load_model, parse_model
from incidex.coding.linear_words import KNOWN, NAMED
from incidex.coding.table import prepare
from incidex.evaluate.train import ALWAYS, SINGLE, STEPS, describe, train
from incidex.evaluate.train_curves import FAINT, LEAST, MOST, calibration_error, choose_threshold, learn_curve
from incidex.evaluate.train_rows import LEARNED, VCDB, VERIS, read_examples, read_veris
from incidex.model import Document, InputError
from tests.corpora import write_corpus


def test_learns_from_a_small_corpus_the_same_bytes_twice(tmp_path: Path) -> None:
    done: list[None] = []
    first = train(write_corpus(tmp_path), lambda: done.append(None))
    assert len(done) == STEPS
    assert train(tmp_path).content == first.content
    model = parse_model(first.content)
    text = "Someone broke into the server of Zenith and copied passwords."
    said = {(each.field, each.value) for each in read_with(model, prepare(Document(report="r", text=text)))}
    assert ("action", "hacking") in said
    assert ("action", "error") not in said


def test_the_model_that_ships_was_trained_with_the_settings_of_the_code() -> None:
    settings = load_model().settings
    assert settings.trained_on.endswith(describe()), "run: incidex evaluate train"
    assert settings.single == SINGLE
    assert {field for field, _ in settings.labels} == {*LEARNED, STORY.field}
    assert all(
        threshold == FAINT if field in ALWAYS else LEAST <= threshold <= MOST
        for field, threshold in settings.thresholds.items()
    )


def test_the_model_that_ships_knows_no_cue_that_the_tables_have_not() -> None:
    says = {f"{field}={value}" for name in TABLES for field, value, *_ in read_rows(name)}
    cues = {cue for cue in load_model().words.cues if not cue.startswith((KNOWN, NAMED))}
    assert cues <= says, "run: incidex evaluate train"


def test_the_order_of_the_labels_in_a_row_changes_nothing(tmp_path: Path) -> None:
    one = train(write_corpus(tmp_path)).content
    with gzip.open(tmp_path / VCDB, "rt", encoding="utf-8") as lines:
        rows: list[dict[str, Any]] = [json.loads(line) for line in lines]
    with gzip.open(tmp_path / VCDB, "wt", encoding="utf-8") as out:
        for row in rows:
            gold = dict(reversed([(key, value) for key, value in row["gold"].items()]))
            out.write(json.dumps({**row, "gold": gold}) + "\n")
    assert train(tmp_path).content == one


def test_rows_held_back_are_never_read(tmp_path: Path) -> None:
    assert {example.part for example in read_examples(write_corpus(tmp_path))} == {"train", "dev"}


def test_a_missing_corpus_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no corpus file .*: name the folder that holds it with --corpus"):
        list(read_examples(tmp_path))


def test_what_veris_does_not_know_is_no_answer() -> None:
    record = {
        "action": {"hacking": {"variety": ["Unknown"], "vector": ["Web application"]}},
        "asset": {"assets": [{"variety": "S - Unknown"}, {"variety": "S - Database"}]},
        "discovery_method": {"external": {"variety": ["Customer"]}},
    }
    said = {field: values - {"Unknown"} for field, values in read_veris(record)}
    assert said["action.variety"] == frozenset()
    assert said["action.vector"] == {"Web application"}
    assert said["asset.variety"] == {"S - Database"}
    assert said["discovery.method"] == {"External - Customer"}


@given(st.lists(st.tuples(st.floats(-9, 9, width=32), st.booleans()), min_size=2, max_size=200))
def test_a_curve_never_falls(pairs: list[tuple[float, bool]]) -> None:
    scores, right = (np.array(each) for each in zip(*pairs, strict=True))
    curve = learn_curve(scores.astype(np.float32), right.astype(np.bool_))
    assert list(curve.shares) == sorted(curve.shares)
    assert list(curve.scores) == sorted(curve.scores)


def test_a_threshold_gives_up_what_is_more_often_wrong() -> None:
    confidence = np.array([0.9, 0.8, 0.7, 0.35, 0.34, 0.33], np.float32)
    right = np.array([True, True, True, False, False, False])
    assert 0.35 < choose_threshold([(confidence, right, 3)]) <= 0.7


def test_a_threshold_stays_between_its_bounds() -> None:
    confidence = np.array([0.1, 0.5, 0.9], np.float32)
    every, last = np.array([True, True, True]), np.array([False, False, True])
    assert choose_threshold([(confidence, every, 3)]) == LEAST
    assert choose_threshold([(confidence, last, 1)]) <= MOST


def test_calibration_error_is_the_gap_between_sure_and_right() -> None:
    assert calibration_error([0.85] * 10, [True] * 8 + [False] * 2) == pytest.approx(0.05)


def test_a_record_told_in_a_few_words_is_learned_from_unless_its_victim_is_held_back(tmp_path: Path) -> None:
    write_corpus(tmp_path)
    with gzip.open(tmp_path / VERIS, "at", encoding="utf-8") as out:
        for number in range(40):
            record = {
                "incident_id": f"short-{number}",
                "summary": "Stolen device contained records.",
                "victim": {"victim_id": f"Clinic {number}", "industry": "621111"},
                "action": {"physical": {"variety": ["Theft"]}, "unknown": {}},
                "actor": {"external": {"variety": ["Unknown"], "motive": ["Financial", "NA"]}},
                "attribute": {
                    "confidentiality": {"data_disclosure": "Unknown", "data": []},
                    "availability": {},
                },
            }
            out.write(json.dumps(record) + "\n")
    short = [each for each in read_examples(tmp_path) if each.id.startswith("vcdb:short-")]
    assert 20 <= len(short) < 40
    assert {each.part for each in short} <= {"train", "dev"}
    said = short[0].answers
    assert said["action"] == {"physical"}
    assert said["actor.motive"] == {"Financial"}
    assert said["impact"] == {"availability"}
    assert said["victim.industry"] == {"62"}
    assert said["actor.variety"] == said["data.variety"] == frozenset()


def test_background_is_put_behind_a_text_and_changes_none_of_its_answers(tmp_path: Path) -> None:
    examples = list(read_examples(write_corpus(tmp_path)))
    whole = {each.id: each for each in examples if not each.is_copy}
    padded = [each for each in examples if each.is_copy and "\n\n" in each.prepared.text]
    assert padded
    for each in padded:
        assert each.prepared.text.startswith(whole[each.id].prepared.text)
        assert each.answers == whole[each.id].answers
        assert each.weight < whole[each.id].weight
