"""The review from the command line: what waits, what is decided, who may, and what cannot be used."""

import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import Run

REPORT = "On 26 April 2017 Acme Bank said that hackers stole the passwords of 12,000 customers.\n"


@pytest.fixture(autouse=True)
def report(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "acme.txt"
    path.write_text(REPORT)
    assert run("add", path, "--source", "Acme Bank", "--role", "victim").returncode == 0


def queue(run: Run, *options: str) -> list[dict[str, str]]:
    done = run("review", "--json", *options)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_queue_is_printed_with_its_reasons(run: Run) -> None:
    done = run("review", "--by", "impact")
    assert "records affected" in " ".join(done.stdout.split())
    assert all(each["why"] for each in queue(run, "--by", "novelty"))


def test_a_claim_is_decided_on_and_the_decision_taken_back(run: Run) -> None:
    before = queue(run)
    claim, incident = before[0]["id"], before[0]["incident"]
    done = run("review", "reject", claim[:14], "--why", "it does not say that", "--as", "ana")
    assert "ana rejected" in done.stdout
    assert claim not in {each["id"] for each in queue(run)}
    assert "took a step back" in run("review", "undo", incident, "--as", "ana").stdout
    assert claim in {each["id"] for each in queue(run)}
    assert "second look" in run("review", "second-look", claim, "--why", "odd", "--as", "ana").stdout
    assert next(each for each in queue(run) if each["id"] == claim)["state"] == "needs a second look"
    assert "accepted" in run("review", "accept", incident, "--as", "ana").stdout
    assert [each["id"] for each in queue(run)] == [claim]
    assert run("log", "verify").returncode == 0


def test_two_are_drawn_reports_for_and_the_reports_are_kept_from_others(run: Run) -> None:
    who = ("--reviewer", "ana", "--reviewer", "bo")
    done = run("review", "sample", "1", "--seed", "7", *who)
    assert done.returncode == 0, done.stderr
    match = re.search(r"smp-\w+", done.stdout)
    assert match
    assert queue(run) == []
    assert run("review", "sample", "1", *who).returncode == 2  # it is out already
    assert run("review", "sample", "--close", match[0], "--why", "bo has left").returncode == 0
    assert queue(run)


WRONG = [
    (("--by", "luck"), "uncertainty, impact, novelty, random"),
    (("accept", "clm"), "too short"),
    (("accept", "clm-00000000"), "no record or claim has the id"),
    (("accept", "clm-00000000", "--as", "a b"), "cannot sign"),
    (("sample", "0", "--reviewer", "ana", "--reviewer", "bo"), "at least one"),
    (("sample", "99", "--reviewer", "ana", "--reviewer", "bo"), "only 1 reports"),
    (("sample", "1", "--reviewer", "ana"), "two reviewers"),
    (("sample", "1", "--reviewer", "ana", "--reviewer", "ana"), "two different"),
    (("sample", "--close", "smp-1", "--why", "x"), "no sample"),
]


def test_what_cannot_be_used_is_one_sentence(run: Run) -> None:
    for arguments, words in WRONG:
        done = run("review", *arguments)
        assert (done.returncode, words in done.stderr) == (2, True), (arguments, done.stderr)
        assert len(done.stderr.strip().splitlines()) == 1


def test_a_reason_is_asked_for(run: Run) -> None:
    for command in ("reject", "second-look"):
        done = run("review", command, queue(run)[0]["id"])
        assert done.returncode == 2
        assert "needs a reason" in done.stderr


def test_what_was_imported_waits_behind_what_was_read(run: Run, tmp_path: Path) -> None:
    report, rows = tmp_path / "a.txt", tmp_path / "rows.json"
    rows.write_text(json.dumps([{"Name": f"Firm{n}", "Title": f"Firm {n}", "PwnCount": 7} for n in range(9)]))
    assert run("import", "hibp", rows).returncode == 0
    imported = run("review").stdout
    assert "claims that wait, by uncertainty" in imported, "and comes first where nothing else waits"
    report.write_text("Acme said on 3 May 2017 that hackers stole the passwords of 1,200 customers.", "utf-8")
    assert run("add", report).returncode == 0
    told = run("review").stdout
    assert "Firm" not in told
    assert "more were imported, or are out for a sample; `--origin imported` or `any` has them" in told
    assert "Acme" not in run("review", "--origin", "imported").stdout
    wrong = run("review", "--origin", "elsewhere")
    assert (wrong.returncode, wrong.stderr) == (
        2,
        "incidex: claims are read, imported, any; 'elsewhere' is none of them\n",
    )
