"""Looking after a database as a person does: removal, backup, restore, copy, verifying, what changed."""

import json
import resource
import sqlite3
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import COMMAND, Run, environment

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
    assert "one record says so" in done.stdout
    shown = run("show", "aldgate").stdout
    assert "its words were removed on " in shown
    assert "by ana: order 7/26" in shown
    assert "hackers stole" not in shown
    record = json.loads(run("show", "aldgate", "--json").stdout)
    assert record["removed"][report]["reason"] == "order 7/26"
    assert "hackers stole" not in json.dumps(record)
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


def test_a_backup_is_restored_only_when_told_to(run: Run, report: str, tmp_path: Path) -> None:
    file = tmp_path / "backup"
    assert "It was read back and verified." in run("backup", file).stdout
    refused = run("backup", file)
    assert (refused.returncode, "exists" in refused.stderr) == (2, True)
    (tmp_path / "c.txt").write_text(TEXT.replace("Aldgate", "Camden"))
    run("add", tmp_path / "c.txt")
    refused = run("restore", file)
    assert refused.returncode == 2
    assert "holds 9 changes, of which the backup lacks 3; --force replaces them" in refused.stderr
    assert run("show", "camden").returncode == 0
    assert "holds 6 changes" in run("restore", file, "--force").stdout
    assert run("show", "camden").returncode == 2
    assert "6 changes, and every one" in run("log", "verify").stdout


def test_a_database_is_copied_to_a_server_and_back(
    run: Run, home: Path, report: str, tmp_path: Path, postgres_url: str
) -> None:
    there = run("copy", home / "incidex.db", postgres_url)
    assert there.returncode == 0, there.stderr
    assert "Copied 6 changes; both end in " in there.stdout
    back = run("copy", postgres_url, tmp_path / "back.db")
    assert back.stdout == there.stdout
    verified = [
        run("log", "verify", INCIDEX_DATABASE=str(place)).stdout
        for place in (home / "incidex.db", postgres_url, tmp_path / "back.db")
    ]
    assert verified[0] == verified[1] == verified[2]
    again = run("copy", home / "incidex.db", postgres_url)
    assert (again.returncode, "holds 6 changes" in again.stderr) == (2, True)
    same = run("copy", home / "incidex.db", home / "incidex.db")
    assert (same.returncode, "is both" in same.stderr) == (2, True)


def test_verify_remembers_and_expects(run: Run, home: Path, report: str) -> None:
    last = run("log", "verify").stdout.split("The last is ")[1].split()[0]
    assert run("log", "verify", "--expect", last).returncode == 0
    for wrong, words in (("0" * 64, "rewritten, or cut off"), ("abc", "not a hash")):
        refused = run("log", "verify", "--expect", wrong)
        assert refused.returncode == 2
        assert words in refused.stderr
    with sqlite3.connect(home / "incidex.db") as connection:  # as someone would who knows the tables
        connection.execute("DELETE FROM key")
        connection.execute("DELETE FROM claim")
        connection.execute("DELETE FROM change WHERE serial = 6")
        connection.execute(
            "UPDATE head SET (serial, hash) = (SELECT serial, hash FROM change WHERE serial = 5)"
        )
    connection.close()
    refused = run("log", "verify")
    assert refused.returncode == 2
    assert "change 6 is not the one that was there when this was last verified" in refused.stderr
    refused = run("log", "verify", "--expect", last)
    assert refused.returncode == 2


def test_verify_needs_no_place_to_remember(run: Run, home: Path, report: str, tmp_path: Path) -> None:
    blocked = tmp_path / "a-file"
    blocked.touch()
    done = run("log", "verify", INCIDEX_DATABASE=str(home / "incidex.db"), INCIDEX_HOME=str(blocked / "home"))
    assert done.returncode == 0, done.stderr
    assert "cannot be written" in done.stdout
    (home / "heads.json").write_text("my diary")
    refused = run("log", "verify")
    assert (refused.returncode, "heads.json cannot be read" in refused.stderr) == (2, True)


def test_a_demonstration_made_anew_is_no_alarm(run: Run) -> None:
    for _ in range(2):
        assert run("demo", "--no-serve").returncode == 0
        assert run("log", "verify").returncode == 0


def test_says_what_changed_between_two_moments(run: Run, report: str, tmp_path: Path) -> None:
    (tmp_path / "c.txt").write_text(TEXT.replace("1,200", "1,300") + " It was found in June 2024.")
    run("add", tmp_path / "c.txt", "--source", "The Ferry")
    said = run("diff", "aldgate", "6").stdout
    assert "data.records: gained 1300" in said
    assert "by The Ferry" in said
    told = json.loads(run("diff", "aldgate", "6", "9", "--json").stdout)
    assert {"gained"} <= {each["happened"] for each in told}
    assert run("diff", "aldgate", "9").stdout == "Nothing changed in between.\n"
    assert run("diff", "aldgate", "whenever").returncode == 2


def test_exports_as_it_stood(run: Run, report: str, tmp_path: Path) -> None:
    for as_of, count in (("3", 1), ("6", 2), ("", 2)):
        out = tmp_path / f"out-{as_of}.jsonl"
        done = run("export", "jsonl", "--out", out, "--as-of", as_of)
        assert done.returncode == 0, done.stderr
        assert len(out.read_text().splitlines()) == count
    assert run("export", "jsonl", "--out", tmp_path / "x", "--as-of", "whenever").returncode == 2


def limit_files(size: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def test_a_disk_without_room_is_one_sentence_and_loses_nothing(home: Path, run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    run("add", tmp_path / "a.txt")
    (tmp_path / "large.txt").write_text(f"{TEXT} {'Nothing else is known so far. ' * 40_000}")
    done = subprocess.run(
        [*COMMAND, "add", str(tmp_path / "large.txt")],
        capture_output=True,
        text=True,
        env=environment(home),
        preexec_fn=lambda: limit_files(400_000),
        check=False,
    )
    assert done.returncode == 2
    assert "disk" in done.stderr
    assert "Traceback" not in done.stderr
    assert "4 changes, and every one" in run("log", "verify").stdout  # three, and that it failed
    assert run("add", tmp_path / "large.txt").returncode == 0
    assert "every one is as it was written" in run("log", "verify").stdout


def test_a_backup_where_there_is_no_room_leaves_nothing_behind(
    home: Path, report: str, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    done = subprocess.run(
        [*COMMAND, "backup", str(folder / "today")],
        capture_output=True,
        text=True,
        env=environment(home),
        preexec_fn=lambda: limit_files(20_000),
        check=False,
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert list(folder.iterdir()) == []
