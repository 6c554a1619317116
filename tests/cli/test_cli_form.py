"""`incidex form` on the installed program."""

import json
from pathlib import Path

from tests.cli.conftest import Run

REPORT = "Acme Corporation said hackers stole the names of 1,200 customers in April 2017."


def test_a_form_is_drafted_printed_and_written(run: Run, tmp_path: Path) -> None:
    (tmp_path / "report.txt").write_text(REPORT, "utf-8")
    run("add", tmp_path / "report.txt")
    printed = run("form", "nis2-72h", "Acme")
    assert "# Draft: NIS2: incident notification" in printed.stdout
    assert "no legal advice" in printed.stdout
    out = tmp_path / "form.json"
    done = run("form", "dbir", "Acme", "--json", "--out", out)
    assert "no legal advice" in done.stdout
    assert json.loads(out.read_text("utf-8"))["veris"]["schema_version"] == "1.4.1"
    again = run("form", "dbir", "Acme", "--out", out)
    assert (again.returncode, "--force" in again.stderr) == (2, True)
    wrong = run("form", "gdpr", "Acme")
    assert (wrong.returncode, "there is no form 'gdpr'; there are dbir" in wrong.stderr) == (2, True)
