"""The same commands on a database that a server keeps."""

import json
from pathlib import Path

from tests.cli.conftest import Run

TEXT = "Example Corp suffered a data breach on 3 May 2024: hackers stole the passwords of 1,200 customers."


def test_adds_shows_and_verifies_on_a_server(run: Run, postgres_url: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    assert run("add", tmp_path / "a.txt", INCIDEX_DATABASE=postgres_url).returncode == 0
    shown = run("show", "example", "--json", INCIDEX_DATABASE=postgres_url)
    assert shown.returncode == 0, shown.stderr
    assert json.loads(shown.stdout)["values"]["victim.name"][0]["value"].startswith("Example")
    assert "every one is as it was written" in run("log", "verify", INCIDEX_DATABASE=postgres_url).stdout
    assert "Rebuilt from" in run("log", "rebuild", INCIDEX_DATABASE=postgres_url).stdout


def test_doctor_names_the_server_without_its_password(run: Run) -> None:
    done = run("doctor", INCIDEX_DATABASE="postgresql://eve:hunter2@127.0.0.1:1/x")
    assert done.returncode == 2
    assert "FAILED  database: postgresql://eve@127.0.0.1:1/x: the server cannot be reached" in done.stdout
    assert "hunter2" not in done.stdout + done.stderr


def test_says_how_to_get_the_driver(run: Run, tmp_path: Path) -> None:
    (tmp_path / "psycopg.py").write_text("raise ModuleNotFoundError(name='psycopg')")
    done = run("log", INCIDEX_DATABASE="postgresql://eve:hunter2@h/x", PYTHONPATH=str(tmp_path))
    assert done.returncode == 2
    assert done.stderr == (
        "incidex: postgresql://h/x needs the PostgreSQL driver: pip install 'incidex[postgres]' (psycopg)\n"
    )


def test_refuses_an_address_of_another_kind(run: Run) -> None:
    done = run("log", INCIDEX_DATABASE="mysql://eve:hunter2@h/x")
    assert done.returncode == 2
    assert "begins with postgresql://" in done.stderr
    assert "hunter2" not in done.stderr
