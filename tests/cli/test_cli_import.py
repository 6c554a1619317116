"""`incidex import` on the installed program: rows in, what was not understood, and taking all of it back."""

import gzip
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from incidex.app.cli import app
from incidex.app.import_commands import FORMATS
from incidex.exchange import IMPORTERS
from incidex.model import IncidexError
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


SUITE = sorted((Path(__file__).parents[2] / ".." / "shared" / "veris" / "tests").glob("*.json"))


@pytest.mark.skipif(not SUITE, reason="the official suite is not here")
def test_every_failing_case_of_the_official_suite_is_refused_with_its_reason(
    run: Run, tmp_path: Path
) -> None:
    cases = [json.loads(path.read_text("utf-8")) for path in SUITE]
    failing = [case["incident"] for case in cases if case["should"] != "pass"]
    path = tmp_path / "failing.json"
    path.write_text(json.dumps(failing), "utf-8")
    done = run("import", "veris", path, "--check", "--json")
    assert done.returncode == 2
    told = json.loads(done.stdout)
    assert (told["read"], told["refused"], told["new"]) == (len(failing), len(failing), 0)
    listed = path.with_name("failing.json.issues.csv").read_text("utf-8").splitlines()[1:]
    assert {int(line.split(",")[0]) for line in listed} == set(range(1, len(failing) + 1))
    assert done.stderr == ""


#: Files that nobody thought of until somebody sent them, by their name and format, and what is said of them.
ODD: list[tuple[str, str, bytes, str]] = [
    ("zip", "hibp", b"PK\x03\x04\x14\x00\x00\x00" + b"\x00" * 40, "is this a JSON file"),
    ("gz-in-gz", "hibp", gzip.compress(gzip.compress(b"[]")), "is this a JSON file"),
    ("spaces-bomb", "hibp", gzip.compress(b" " * 50_000_000), "larger than 2,000,000 bytes"),
    ("letters-bomb", "csv", gzip.compress(b"who\n" + b"a" * 50_000_000), "longer than 2,000,000 bytes"),
    ("not-a-number", "hibp", b'[{"Name":"A","PwnCount":NaN}]', "this is not JSON"),
    ("number-bomb", "hibp", b'[{"Name":"A","PwnCount":' + b"9" * 9_000 + b"}]", "this is not JSON"),
    ("minus", "hibp", b'[{"Name":"A","Title":"A","PwnCount":-5}]', "takes a whole number"),
    ("half-a-pair", "hibp", b'[{"Name":"A\\ud800","Title":"A"}]', "this is not JSON"),
    ("no-such-day", "hibp", b'[{"Name":"A","Title":"A","BreachDate":"2017-02-30"}]', "not in the calendar"),
    ("reordering", "hibp", b'[{"Name":"A\\u202eB","Title":"A"}]', "identifier takes a system and a name"),
    ("old-mac", "csv", b"who,n\rAcme,1\r", "old Mac"),
    ("empty", "csv", b"", "no header"),
    ("ragged", "csv", b"who,n\nAcme\nBolt,2,3\n", "this row has 3 cells, and the header 2"),
    ("open-quote", "csv", b'who,n\n"Acme,1\n', "quotation mark"),
    ("latin", "csv", b"who\nM\xfcller\n", "this is not utf-8"),
    ("utf-16", "csv", "who\nAcme\n".encode("utf-16"), "UTF-16"),
    ("nul", "csv", b"who\nAc\x00me\n", "there is a NUL in this cell"),
    ("columns-bomb", "csv", ",".join(f"c{n}" for n in range(5_000)).encode(), "2,000 are allowed"),
]


@pytest.mark.parametrize(("name", "form", "content", "said"), ODD, ids=[each[0] for each in ODD])
def test_an_odd_file_is_told_in_a_sentence_and_never_a_crash(
    tmp_path: Path, name: str, form: str, content: bytes, said: str
) -> None:
    path, mapping = tmp_path / name, tmp_path / "ours.toml"
    path.write_bytes(content)
    mapping.write_text(
        'name = "ours"\n[source]\nname = "R"\n[[column]]\nname = "who"\nfield = "victim.name"\n', "utf-8"
    )
    # In this process: `main` makes one sentence and exit code 2 of an error of ours, and lets others through.
    more = ["--mapping", str(mapping)] if form == "csv" else []
    done = CliRunner().invoke(app, ["import", form, str(path), *more], env={"INCIDEX_HOME": str(tmp_path)})
    assert done.exception is None or isinstance(done.exception, (IncidexError, SystemExit)), done.exception
    told = f"{done.output} {done.exception if isinstance(done.exception, IncidexError) else ''}"
    assert said in told
    assert all(letter.isprintable() or letter == "\n" for letter in done.output)
