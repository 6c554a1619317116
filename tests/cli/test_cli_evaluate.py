"""`incidex evaluate`, as somebody at a terminal meets it."""

import gzip
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

ROWS = [
    {
        "id": "a",
        "text": "Acme Foods confirmed a breach. Hackers stole the names of 5,000 customers of Acme Foods.",
        "gold": {"victim.name": "Acme Foods", "data.records": 5000},
    },
    {"id": "b", "text": "Back up your files every day.", "gold": {"victim.name": "Zenith"}},
]


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    folder = tmp_path / "sets"
    folder.mkdir()
    (folder / "mine.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    (folder / "names.jsonl").write_text('{"name": "a list of names is no gold"}\n')
    return folder


def test_score_prints_a_row_for_every_field(run: Run, gold: Path) -> None:
    done = run("evaluate", "score", gold)
    assert done.returncode == 0, done.stderr
    assert "mine, all" in done.stdout
    assert "names" not in done.stdout
    row = next(line for line in done.stdout.splitlines() if line.startswith("victim.name"))
    *counts, _off = row.split()[1:]  # how far confidences are off depends on the coder
    assert counts == ["2", "1.000", "0.500", "0.667", "0.500"]


def test_score_as_json_has_the_mistakes(run: Run, gold: Path) -> None:
    done = run("evaluate", "score", gold / "mine.jsonl", "--json", "--field", "victim.name")
    (field,) = json.loads(done.stdout)["fields"].values()
    assert (field["right"], field["missed"], field["coverage"]) == (1, 1, 0.5)
    assert field["confusions"][0]["examples"][0]["id"] == "b"


def test_score_of_a_coded_file(run: Run, gold: Path, tmp_path: Path) -> None:
    coded = tmp_path / "coded.jsonl"
    coded.write_text(
        '{"id": "b", "incidents": [{"claims": [{"field": "victim.name", "value": "Zenith"}]}]}\n'
    )
    done = run("evaluate", "score", gold, "--coded", coded, "--json")
    assert json.loads(done.stdout)["fields"]["victim.name"]["right"] == 1


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["nowhere.jsonl"], "there is no file or folder nowhere.jsonl"),
        (["--part", "most"], "'most' is no part; there are train, dev, test and all"),
        (["--field", "victim.nam"], "did you mean"),
        ([], "there is no folder gold here"),
    ],
)
def test_what_cannot_be_scored_is_said_in_a_sentence(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], complaint: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("evaluate", "score", *arguments)
    assert done.returncode == 2
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr


CODED = '{"id": "a", "incidents": [{"claims": [{"field": "action", "value": "%s", "coder": "probe@1"}]}]}\n'


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    files = tmp_path / "old.jsonl", tmp_path / "new.jsonl"
    for file, value in zip(files, ("hacking", "error"), strict=True):
        file.write_text(CODED % value)
    return files


def test_compare_exits_with_1_when_something_differs(run: Run, pair: tuple[Path, Path]) -> None:
    done = run("evaluate", "compare", *pair)
    assert done.returncode == 1
    assert "+ error" in done.stdout
    assert "- hacking" in done.stdout
    assert run("evaluate", "compare", pair[0], pair[0]).returncode == 0


def test_compare_codes_what_is_not_coded_yet(run: Run, gold: Path, tmp_path: Path) -> None:
    texts = gold / "mine.jsonl"
    coded = run("code", "--jsonl", stdin=texts.read_text()).stdout
    (tmp_path / "coded.jsonl").write_text(coded)
    done = run("evaluate", "compare", tmp_path / "coded.jsonl", texts, "--json")
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout)["kept"] > 0


def test_agreement_prints_alpha(run: Run, pair: tuple[Path, Path]) -> None:
    done = run("evaluate", "agreement", *pair, pair[0], "--json")
    assert json.loads(done.stdout)["action"]["alpha"] == pytest.approx(0.0)
    assert "masi" in run("evaluate", "agreement", *pair).stdout


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["compare", "old.jsonl", "nowhere"], "nowhere cannot be read"),
        (["agreement", "old.jsonl"], "two coders or more"),
        (["agreement", "old.jsonl", "new.jsonl", "--distance", "miles"], "'miles' is no distance"),
        (["agreement", "old.jsonl", "other.jsonl"], "no report was coded by two"),
        (["compare", "old.jsonl", "cut.jsonl.gz"], "cut.jsonl.gz cannot be read: "),
        (["score", "no.jsonl.gz"], "no.jsonl.gz cannot be read: Not a gzipped file"),
        (["compare", "old.jsonl", "broken.jsonl"], "broken.jsonl, line 1: this is no coded line"),
    ],
)
def test_what_cannot_be_compared_is_said_in_a_sentence(
    run: Run,
    pair: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    complaint: str,
) -> None:
    monkeypatch.chdir(pair[0].parent)
    Path("other.jsonl").write_text(CODED.replace('"a"', '"b"') % "error")
    Path("broken.jsonl").write_text("not json\n")
    Path("cut.jsonl.gz").write_bytes(gzip.compress(b'{"id": "a"}\n' * 1000)[:-12])
    Path("no.jsonl.gz").write_text("plain\n")
    done = run("evaluate", *arguments)
    assert done.returncode == 2
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr


def test_floors_are_raised_and_sink_only_with_a_reason(
    run: Run, gold: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gold.rename(gold.parent / "gold")
    monkeypatch.chdir(gold.parent)
    assert run("evaluate", "score", "--set-floors").returncode == 0
    floors = json.loads(Path("gold/floors.json").read_text())
    assert floors["sets"]["mine"]["floors"]["victim.name"] == pytest.approx(0.657)

    Path("gold/mine.jsonl").write_text(json.dumps(ROWS[1]) + "\n" + json.dumps({**ROWS[1], "id": "c"}) + "\n")
    refused = run("evaluate", "score", "--set-floors")
    assert refused.returncode == 2
    assert "victim.name scores 0.000; its floor is 0.657" in refused.stderr
    assert run("evaluate", "score", "--lower", "victim.name").returncode == 2

    lower = ("--lower", "victim.name", "--lower", "data.records", "--reason", "other rows")
    done = run("evaluate", "score", "--set-floors", *lower)
    assert done.returncode == 0, done.stderr
    held = json.loads(Path("gold/floors.json").read_text())["sets"]["mine"]
    assert held["floors"] == {"victim.name": 0.0}
    assert [each["reason"] for each in held["lowered"]] == ["other rows", "other rows"]
