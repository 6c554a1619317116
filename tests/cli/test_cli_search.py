"""`incidex search` and `incidex index` as a person runs them."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

NOTICE = "Ciphr said on 26 April 2017 that customers' passwords were stolen."


@pytest.fixture
def filled(run: Run, tmp_path: Path) -> Run:
    report = tmp_path / "notice.txt"
    report.write_text(NOTICE)
    assert run("add", report, "--source", "Ciphr", "--role", "victim").returncode == 0
    return run


def test_a_search_prints_the_record_and_why(filled: Run) -> None:
    found = filled("search", "passwords date:2017", "--facets")
    assert found.returncode == 0
    assert found.stdout.startswith("1 incident\n")
    assert "Quoted: " in found.stdout
    assert "year: 2017 1" in found.stdout


def test_json_has_the_same(filled: Run) -> None:
    found = json.loads(filled("search", "passwords", "--json").stdout)
    assert found["count"] == 1
    assert found["facets"]["year"] == [{"value": "2017", "label": "2017", "count": 1}]
    as_of = json.loads(filled("search", "passwords", "--json", "--as-of", "1").stdout)
    assert as_of["count"] == 0


def test_a_wrong_query_is_pointed_at(filled: Run) -> None:
    wrong = filled("search", "passwords date:2017-13")
    assert wrong.returncode == 2
    assert wrong.stdout == ""
    assert wrong.stderr.splitlines() == [
        "incidex: '2017-13' is not in the calendar: month must be in 1..12 (at character 16)",
        "  passwords date:2017-13",
        "                 ^^^^^^^",
    ]


def test_wrong_options_are_refused_in_a_sentence(filled: Run) -> None:
    for options, said in (
        (("--sort", "best"), "'best' is not an order"),
        (("--after", "AAAA"), "belongs to another query"),
        (("--tier", "blue"), "'blue' is not a tier"),
        (("--as-of", "yesterday"), "neither a serial nor a time"),
        (("--similar", "nobody"), "no incident answers to 'nobody'"),
    ):
        wrong = filled("search", "passwords", *options)
        assert wrong.returncode == 2
        assert said in wrong.stderr
        assert len(wrong.stderr.splitlines()) == 1


def test_the_index_lies_beside_the_file_and_can_be_made_anew(filled: Run, home: Path) -> None:
    filled("search", "passwords")
    folder = home / "incidex.db-search"
    assert (folder / "red" / "state.json").exists()
    assert folder.stat().st_mode & 0o077 == 0
    made = filled("index", "rebuild")
    assert made.stdout == "The index for red holds 1 incident, up to change 3.\n"


def test_removed_words_leave_the_index_at_once(filled: Run, home: Path) -> None:
    assert json.loads(filled("search", "quote:stolen", "--json").stdout)["count"] == 1
    report = json.loads(filled("show", "ciphr", "--json").stdout)["reports"][0]["id"]
    assert filled("remove", report, "--reason", "a court said so").returncode == 0
    held = b"".join(each.read_bytes() for each in (home / "incidex.db-search").rglob("*") if each.is_file())
    assert b"quote:stolen" not in held
    assert json.loads(filled("search", "quote:stolen", "--json").stdout)["count"] == 0
