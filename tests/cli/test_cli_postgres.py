"""The same commands on a database that a server keeps."""

import json
from functools import partial
from pathlib import Path

from typer.testing import CliRunner

from incidex.app.cli import app
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


def make_veris(number: int, **more: object) -> dict[str, object]:
    return {
        "incident_id": f"{number:08X}-C601-424A-B2B8-BE6C9F5164E7",
        "schema_version": "1.3.4",
        "source_id": "vcdb",
        "summary": f"A clerk of “Firm {number}” looked at files; größer.\n\nTold in {2000 + number}.",
        "security_incident": "Confirmed",
        "victim": {
            "victim_id": f"Firm {number}",
            "country": ["US", "DE"][: 1 + number % 2],
            "industry": "62",
        },
        "timeline": {"incident": {"year": 2000 + number, "month": 1 + number % 12}},
        "actor": {"internal": {"variety": ["End-user"], "motive": ["Financial"]}},
        "action": {"misuse": {"variety": ["Privilege abuse"], "vector": ["LAN access"]}},
        "asset": {"assets": [{"variety": "S - Database"}], "cloud": ["Unknown"]},
        "attribute": {"confidentiality": {"data_disclosure": "Yes", "data_total": 10 * number + 1}},
        "discovery_method": {"unknown": True},
        **more,
    }


def without_times(lines: str) -> list[dict[str, object]]:
    kept = [json.loads(line) for line in lines.splitlines()]
    return [{k: v for k, v in each.items() if k not in ("opened_at", "changed_at")} for each in kept]


def call(database: str, home: Path, *arguments: str | Path) -> str:
    """Run a command in this process, which here spares most of a minute."""
    env = {"INCIDEX_DATABASE": database, "INCIDEX_HOME": str(home)}
    done = CliRunner().invoke(app, [str(each) for each in arguments], env=env)
    assert done.exit_code == 0, (done.output, done.exception)
    return done.stdout


def test_an_import_comes_out_alike_of_either_database(postgres_url: str, tmp_path: Path) -> None:
    first, newer = tmp_path / "first.json", tmp_path / "newer.json"
    rows = [make_veris(number) for number in range(24)]
    first.write_text(json.dumps(rows), "utf-8")
    newer.write_text(json.dumps([*rows[1:], make_veris(0, security_incident="Suspected")]), "utf-8")
    told: dict[str, list[object]] = {}
    for name, database in (("file", str(tmp_path / "x.db")), ("server", postgres_url)):
        do = partial(call, database, tmp_path)
        counts = [json.loads(do("import", "veris", path, "--json")) for path in (first, first, newer)]
        outs = [tmp_path / f"{name}-newer.jsonl", tmp_path / f"{name}-back.jsonl", tmp_path / f"{name}.json"]
        do("export", "jsonl", "--out", outs[0])
        undone = do("import", "undo", counts[2]["import"], "--why", "the wrong file", "--by", "ann")
        assert "1 row of" in undone
        do("export", "jsonl", "--out", outs[1])
        do("export", "veris", "--out", outs[2])
        told[name] = [
            [{key: each[key] for key in ("new", "changed", "unchanged", "claims")} for each in counts],
            without_times(outs[0].read_text("utf-8")),
            without_times(outs[1].read_text("utf-8")),
            json.loads(outs[2].read_text("utf-8")),
        ]
        assert "every one is as it was written" in do("log", "verify")
    assert [(each["new"], each["changed"], each["unchanged"]) for each in told["file"][0]] == [  # type: ignore[attr-defined]
        (24, 0, 0),
        (0, 0, 24),
        (0, 1, 23),
    ]
    assert len(told["file"][1]) == 24  # type: ignore[arg-type]
    assert told["file"] == told["server"]


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
