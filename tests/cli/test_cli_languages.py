"""A report that is not in English, as somebody at a terminal meets it."""

import json
from pathlib import Path

from tests.cli.conftest import Run

GERMAN = (
    "Die Gruppe APT29 nutzte die Schwachstelle CVE-2021-44228, um in das Netz der Stadt zu gelangen. "
    "Der Server war nicht abgeschaltet, sagte die Polizei am Montag."
)
NOTE = "not in English (de): only identifiers and names that are the same in every language were read"


def test_code_says_what_it_could_not_read(run: Run) -> None:
    done = run("code", "-", stdin=GERMAN)
    assert done.returncode == 0, done.stderr
    assert f"note: {NOTE}" in " ".join(done.stdout.split())
    assert "CVE-2021-44228" in done.stdout


def test_a_coded_line_has_the_note_and_an_english_one_has_none(run: Run) -> None:
    english = "Acme Foods confirmed a breach of its servers on 3 March 2024."
    lines = "".join(
        json.dumps({"id": each, "text": text}) + "\n" for each, text in (("d", GERMAN), ("e", english))
    )
    german, other = map(json.loads, run("code", "--jsonl", stdin=lines).stdout.splitlines())
    assert german["notes"][0].startswith(NOTE)
    assert {claim["field"] for claim in german["incidents"][0]["claims"]} == {"actor.name", "vulnerability"}
    assert "notes" not in other


def test_add_says_it_and_keeps_it_with_the_report(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "bericht.txt"
    path.write_text(GERMAN)
    done = run("add", path)
    assert done.returncode == 0, done.stderr
    assert f"note: {NOTE}" in done.stderr
    done = run("add", tmp_path / "bericht.txt", "--json")
    assert json.loads(done.stdout)["known"]
