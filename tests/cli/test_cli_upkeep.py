"""Looking after a database: removal of words, as a person does it."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

TEXT = "Aldgate Corp suffered a data breach on 3 May 2024: hackers stole the passwords of 1,200 customers."
DENIAL = "Borough Corp suffered a data breach on 4 May 2024: hackers stole e-mail addresses of 30 customers."


@pytest.fixture
def report(run: Run, tmp_path: Path) -> str:
    """Add two reports, and return the id of the first."""
    for name, text in (("a.txt", TEXT), ("b.txt", DENIAL)):
        (tmp_path / name).write_text(text)
    return run("add", tmp_path / "a.txt", tmp_path / "b.txt").stdout.split()[1]


def test_removed_words_show_as_removed_with_the_reason(run: Run, home: Path, report: str) -> None:
    done = run("remove", report, "--reason", "order 7/26", "--by", "ana")
    assert done.returncode == 0, done.stderr
    assert f"Removed the words of {report}" in done.stdout
    shown = run("show", "aldgate").stdout
    assert "its words were removed on " in shown
    assert "by ana: order 7/26" in shown
    assert "stole" not in shown
    record = json.loads(run("show", "aldgate", "--json").stdout)
    assert record["removed"][report]["reason"] == "order 7/26"
    assert "stole" not in json.dumps(record)
    assert "the words of" in run("log").stdout
    held = b"".join(path.read_bytes() for path in home.iterdir())
    assert b"passwords of" not in held
    assert b"addresses of" in held
    assert "every one is as it was written" in run("log", "verify").stdout
    assert run("log", "rebuild").returncode == 0


def test_a_report_that_was_removed_is_not_added_again(run: Run, report: str, tmp_path: Path) -> None:
    run("remove", report, "--reason", "order 7/26")
    assert run("add", tmp_path / "a.txt").stdout.startswith(f"known  {report}")
    (tmp_path / "again.html").write_text(f"<p>{TEXT}</p>")
    again = run("add", tmp_path / "again.html")
    assert again.returncode == 2
    assert "may not come back" in again.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(["rep-x", "--reason", "order"], "there is no report 'rep-x'", id="unknown"),
        pytest.param(["rep-x", "--reason", " "], "needs a reason", id="no reason"),
    ],
)
def test_a_removal_of_nothing_is_refused(run: Run, report: str, arguments: list[str], words: str) -> None:
    done = run("remove", *arguments)
    assert done.returncode == 2
    assert words in done.stderr
