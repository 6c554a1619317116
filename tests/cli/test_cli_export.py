"""`incidex export` on the installed program: the file, its loss report, and wrong input."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

REPORT = "Acme Corporation said hackers stole the names of 1,200 customers in April 2017."


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "incidex.app.cli", *arguments],
        capture_output=True,
        text=True,
        env={"INCIDEX_HOME": str(home), "PATH": "/usr/bin:/bin"},
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    (folder / "report.txt").write_text(REPORT, "utf-8")
    assert run(folder, "add", str(folder / "report.txt")).returncode == 0
    return folder


@pytest.mark.parametrize("name", ["veris", "stix", "jsonl", "csv", "claims", "excel", "sqlite", "parquet"])
def test_each_format_is_written_with_its_losses_beside_it(home: Path, name: str) -> None:
    out = home / f"out.{name}"
    done = run(home, "export", name, "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert out.read_bytes().strip()
    losses = (home / f"out.{name}.losses.csv").read_text("utf-8").splitlines()
    assert losses[0] == "record,field,value,lost,why"
    assert "1 record written" in done.stdout


def test_a_package_is_a_folder_and_replaces_nothing_but_a_package(home: Path) -> None:
    folder = home / "package"
    done = run(home, "export", "package", "--out", str(folder), "--licence", "CC-BY-4.0")
    assert done.returncode == 0, done.stderr
    assert (folder / "datapackage.json").exists()
    assert run(home, "export", "package", "--out", str(folder), "--force").returncode == 0
    kept = home / "mine"
    kept.mkdir()
    (kept / "thesis.txt").write_text("years of work", "utf-8")
    done = run(home, "export", "package", "--out", str(kept), "--force")
    assert done.returncode == 2
    assert "is a folder that no export has made" in done.stderr
    assert (kept / "thesis.txt").exists()


def test_the_veris_file_holds_the_incident(home: Path) -> None:
    out = home / "records.json"
    run(home, "export", "veris", "--out", str(out))
    (record,) = json.loads(out.read_text("utf-8"))
    assert record["timeline"]["incident"]["year"] == 2017


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("xml", "--out", "x.xml"), "there is no format 'xml'; there are veris, "),
        (("csv", "--out", "x.csv", "--values", "best"), "'best' chooses nothing"),
        (("csv", "--out", "x.csv", "--tier", "blue"), "'blue' is not a tier"),
        (("csv", "--out", "/no/such/folder/x.csv"), "cannot be written"),
    ],
)
def test_wrong_input_is_one_sentence(home: Path, arguments: tuple[str, ...], complaint: str) -> None:
    done = run(home, "export", *arguments)
    assert done.returncode == 2
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_is_there_is_not_overwritten_unless_told_to(home: Path) -> None:
    out = home / "kept.csv"
    out.write_text("mine", "utf-8")
    assert run(home, "export", "csv", "--out", str(out)).returncode == 2
    assert out.read_text("utf-8") == "mine"
    assert run(home, "export", "csv", "--out", str(out), "--force").returncode == 0


def test_what_a_reviewer_rejects_goes_out_as_revoked_the_next_time(tmp_path: Path) -> None:
    (tmp_path / "report.txt").write_text(REPORT, "utf-8")
    assert run(tmp_path, "add", str(tmp_path / "report.txt")).returncode == 0

    def export(name: str) -> dict[str, dict[str, object]]:
        out = tmp_path / name
        assert run(tmp_path, "export", "stix", "--out", str(out)).returncode == 0
        return {each["id"]: each for each in json.loads(out.read_text("utf-8"))["objects"]}

    before = export("before.json")
    told = next(each for each in before.values() if "1200" in str(each.get("abstract")))
    (claim,) = [one["claim"] for one in told["extensions"].values() if "claim" in one]  # type: ignore[attr-defined]
    done = run(tmp_path, "review", "reject", claim, "--why", "it is a year", "--as", "ann")
    assert done.returncode == 0, done.stderr
    after = export("after.json")
    assert after[str(told["id"])]["revoked"] is True
    assert not any(each.get("revoked") for each in before.values())
    done = run(tmp_path, "review", "undo", claim, "--as", "ann")
    assert done.returncode == 0, done.stderr
    again = export("again.json")
    assert again[str(told["id"])]["revoked"] is True  # for good; what is back is another object
    assert [each["id"] for each in again.values() if each.get("abstract") == told["abstract"]] != [told["id"]]


def test_every_kind_of_loss_has_its_words() -> None:
    from incidex.app.exporting import _LOST
    from incidex.exchange import Lost

    assert {*_LOST, Lost.ADDED} == set(Lost)
