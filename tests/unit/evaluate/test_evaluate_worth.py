"""Learning what readings are worth."""

import gzip
import json
from pathlib import Path

import pytest

from incidex.evaluate.train_worth import LEAST, Judged, judge, learn_points, learn_worth
from incidex.model import InputError
from tests.corpora import write_corpus


def say(confidence: float, share: float, count: int, corpus: str = "one") -> list[Judged]:
    """Return readings at one number of which a share is right."""
    right = round(share * count)
    return [Judged("counts@9", "data.records", confidence, n < right, corpus) for n in range(count)]


def test_a_number_is_worth_its_share_of_right_readings() -> None:
    points = learn_points([*say(0.6, 0.3, 400), *say(0.9, 0.8, 400)])
    assert [own for own, _ in points] == [0.6, 0.9]
    assert [share for _, share in points] == pytest.approx([0.3, 0.8], abs=0.02)


def test_surer_and_oftener_wrong_is_worth_as_much_as_the_less_sure() -> None:
    (_, low), (_, high) = learn_points([*say(0.6, 0.8, 400), *say(0.9, 0.4, 400)])
    assert low == high == pytest.approx(0.6, abs=0.02)


def test_few_readings_are_drawn_to_the_mean_of_the_field() -> None:
    points = dict(learn_points([*say(0.6, 0.0, 30), *say(0.9, 0.8, 70)]))
    assert 0.1 < points[0.6] < 0.2


def test_a_large_corpus_counts_no_more_than_a_small_one() -> None:
    ((_, share),) = learn_points([*say(0.9, 1.0, 900, "large"), *say(0.9, 0.5, 100, "small")])
    assert share == pytest.approx(0.75, abs=0.02)


def test_what_was_read_too_seldom_has_no_row() -> None:
    assert "counts@9" not in learn_worth(say(0.9, 0.5, LEAST - 1))
    assert f"counts@9\tdata.records\t{LEAST}\t0.9:0.5\n" in learn_worth(say(0.9, 0.5, LEAST))


def test_a_corpus_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="name the folder"):
        list(judge(write_corpus(tmp_path)))


def test_what_was_said_is_compared_with_the_answers(tmp_path: Path) -> None:
    write_corpus(tmp_path)
    story = "Zenith Bank said that hackers broke into its servers and took 12,000 customer records."
    rows = [
        {"id": f"hibp:{n}", "text": story, "gold": {"victim.name": f"Firm {n}", "data.records": 12_000}}
        for n in range(9)
    ]
    with gzip.open(tmp_path / "hibp-text.jsonl.gz", "wt", encoding="utf-8") as out:
        out.writelines(json.dumps(row) + "\n" for row in rows)
    with gzip.open(tmp_path / "annoctr-train.bio.gz", "wt", encoding="utf-8") as out:
        out.write(
            "<DOCSTART>\nThe\t_\t_\t_\tO\nLazarus\t_\t_\t_\tB-GROUP\nGroup\t_\t_\t_\tI-GROUP\nstruck\t_\t_\t_\tO\n"
        )
    judged = list(judge(tmp_path))
    records = [one for one in judged if one.field == "data.records" and one.corpus.startswith("hibp")]
    assert records
    assert all(one.is_right for one in records)
    assert all(
        not one.is_right for one in judged if one.field == "victim.name" and one.corpus.startswith("hibp")
    )
