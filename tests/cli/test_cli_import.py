"""`incidex import` on the installed program: rows in, what was not understood, and taking all of it back."""

import gzip
import json
from pathlib import Path

import pytest

from incidex.app.import_commands import FORMATS
from incidex.exchange import IMPORTERS
from tests.cli.conftest import Run

RECORD = {
    "incident_id": "0001AA7F-C601-424A-B2B8-BE6C9F5164E7",
    "schema_version": "1.3.4",
    "source_id": "vcdb",
    "summary": "A clerk of Acme looked at files.",
    "security_incident": "Confirmed",
    "victim": {"victim_id": "Acme", "country": ["US"], "industry": "62", "employee_count": "Unknown"},
    "timeline": {"incident": {"year": 2017}},
    "actor": {"internal": {"variety": ["Unknown"], "motive": ["Unknown"]}},
    "action": {"misuse": {"variety": ["Privilege abuse"], "vector": ["Unknown"]}},
    "asset": {"assets": [{"variety": "S - Database"}], "cloud": ["Unknown"]},
    "attribute": {"confidentiality": {"data_disclosure": "Yes"}},
    "discovery_method": {"unknown": True},
}


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    path = tmp_path / "rows.json"
    path.write_text(json.dumps([RECORD, {"summary": 7}]), "utf-8")
    return path


def test_a_check_says_what_veris_does_not_allow(run: Run, rows: Path) -> None:
    done = run("import", "veris", rows, "--check")
    assert done.returncode == 2
    assert "row 2, victim: this is missing" not in done.stdout  # a victim is not demanded
    assert "row 2, actor: this is missing: add it" in done.stdout


def test_every_format_has_its_command() -> None:
    assert set(FORMATS) == set(IMPORTERS)  # and csv, which needs a mapping


def test_rows_come_in_and_a_second_time_add_nothing(run: Run, rows: Path) -> None:
    first = run("import", "veris", rows)
    assert first.returncode == 2, first.stderr  # a row was refused
    assert "2 rows read: 1 new, 0 changed, 0 unchanged, 1 refused" in first.stdout
    assert "row 2" in first.stdout
    again = run("import", "veris", rows)
    assert "0 new, 0 changed, 1 unchanged, 1 refused" in again.stdout
    assert "Acme" in run("show", "Acme").stdout


def test_the_list_of_issues_stands_beside_the_file(run: Run, rows: Path) -> None:
    run("import", "veris", rows)
    listed = rows.with_name("rows.json.issues.csv").read_text("utf-8").splitlines()
    assert listed[0] == "row,column,value,problem"
    assert listed[-1].startswith("2,")
    rows.write_text(json.dumps([RECORD]), "utf-8")
    assert run("import", "veris", rows, "--check").returncode == 0
    assert not rows.with_name("rows.json.issues.csv").exists()


def test_a_file_in_the_place_of_the_list_is_left_alone(run: Run, rows: Path) -> None:
    rows.with_name("rows.json.issues.csv").write_text("mine", "utf-8")
    done = run("import", "veris", rows)
    assert done.returncode == 2
    assert "is in the way" in done.stderr


@pytest.mark.parametrize("option", ["--check", "--dry-run"])
def test_a_trial_writes_nothing(run: Run, rows: Path, home: Path, option: str) -> None:
    done = run("import", "veris", rows, option)
    assert "1 new" in done.stdout
    assert not (home / "incidex.db").exists()
    assert run("show", "Acme").returncode == 2


def test_a_row_is_printed_as_it_was_received(run: Run, rows: Path) -> None:
    rows.write_text(json.dumps([RECORD], indent=1), "utf-8")
    run("import", "veris", rows)
    (report,) = json.loads(run("show", "Acme", "--json").stdout)["reports"]
    assert json.loads(run("import", "row", report["id"]).stdout) == RECORD
    assert report["licence"] == "CC-BY-SA-4.0"
    assert "there is no report 'rep-1'" in run("import", "row", "rep-1").stderr


def test_an_import_is_listed_and_taken_back(run: Run, rows: Path) -> None:
    told = json.loads(run("import", "veris", rows, "--json").stdout)
    assert (told["read"], told["new"], told["refused"]) == (2, 1, 1)
    (listed,) = json.loads(run("import", "list", "--json").stdout)
    assert listed["name"] == told["import"]
    undone = run("import", "undo", told["import"], "--why", "the wrong file", "--by", "ann")
    assert f"1 row of {told['import']} was withdrawn" in undone.stdout
    assert run("show", "Acme").returncode == 2
    assert "1 row, 12 claims; 1 taken back" in run("import", "list").stdout
    assert "the wrong file" in run("log").stdout
    assert "withdrawn already" in run("import", "undo", told["import"], "--why", "x").stderr
    assert "1 new, 0 changed, 0 unchanged" in run("import", "veris", rows).stdout
    assert "A clerk of Acme" in run("show", "Acme").stdout
    assert "there is no import 'imp-1'" in run("import", "undo", "imp-1", "--why", "x").stderr


def test_a_gzipped_file_is_unpacked_and_a_broken_one_told(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "rows.json.gz"
    path.write_bytes(gzip.compress(json.dumps([RECORD]).encode()))
    assert "1 new" in run("import", "veris", path, "--check").stdout
    path.write_bytes(gzip.compress(json.dumps([RECORD] * 99).encode())[:-20])
    done = run("import", "veris", path, "--check")
    assert done.returncode == 2
    assert "cannot be read" in done.stderr


@pytest.mark.parametrize(
    ("content", "complaint"),
    [(b"victim,date\n", "is this a JSON file"), (b'{"a": 1', "ends in the middle of object 1")],
)
def test_wrong_files_are_one_sentence(run: Run, tmp_path: Path, content: bytes, complaint: str) -> None:
    path = tmp_path / "rows.json"
    path.write_bytes(content)
    done = run("import", "veris", path)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert complaint in done.stderr
    assert "cannot be read" in run("import", "veris", tmp_path / "no.json").stderr


def test_a_table_comes_in_by_a_mapping_of_ones_own(run: Run, tmp_path: Path) -> None:
    table, mapping = tmp_path / "ours.csv", tmp_path / "ours.toml"
    table.write_text("Company,Country\nAcme,US\nBolt,Atlantis\n", "utf-8")
    assert "--suggest" in run("import", "csv", table).stderr
    suggested = run("import", "csv", table, "--suggest")
    mapping.write_text(suggested.stdout, "utf-8")
    done = run("import", "csv", table, "--mapping", mapping, "--licence", "CC-BY-4.0")
    assert done.returncode == 0, done.stderr
    assert "2 rows read: 2 new" in done.stdout
    assert "CC-BY-4.0 (2)" in done.stdout
