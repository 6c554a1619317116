"""`incidex import stix` on the installed program: bundles that are wrong, hostile or large."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

Json = dict[str, Any]

INCIDENT = {
    "type": "incident",
    "spec_version": "2.1",
    "id": "incident--00000001-0000-4000-8000-000000000000",
    "created": "2026-01-01T00:00:00.000Z",
    "modified": "2026-01-02T00:00:00.000Z",
    "name": "Acme breached",
}
NAME = "x-acme-ticket--00000001-0000-4000-8000-000000000000"


def tie(number: int, source: str, target: str) -> Json:
    return {
        **INCIDENT,
        "type": "relationship",
        "id": f"relationship--{number:08x}-0000-4000-8000-000000000000",
        "relationship_type": "related-to",
        "source_ref": source,
        "target_ref": target,
    }


#: Has the command say the most memory that it took, in kilobytes. What the system counts for a child begins
#: with the memory of whoever forked it, so that this asks for the program's own.
PEAK = (
    "import atexit;"
    "atexit.register(lambda: print('peak', open('/proc/self/status').read().split('VmHWM:')[1].split()[0]));"
)


def run(folder: Path, path: Path, *, before: str = "") -> subprocess.CompletedProcess[str]:
    program = (
        f"{before}import runpy; runpy.run_module('incidex.app.cli', run_name='__main__', alter_sys=True)"
    )
    return subprocess.run(
        [sys.executable, "-c", program, "import", "stix", str(path)],
        capture_output=True,
        text=True,
        env={"INCIDEX_HOME": str(folder), "PATH": "/usr/bin:/bin"},
        timeout=300,
        check=False,
    )


def try_out(folder: Path, *objects: Json, **more: object) -> tuple[int, str, str]:
    """Import a bundle; return the exit code, what was said, and the issues."""
    path = folder / "bundle.json"
    path.write_text(json.dumps({"type": "bundle", **more, "objects": list(objects)}), "utf-8")
    done = run(folder, path)
    issues = folder / "bundle.json.issues.csv"
    told = issues.read_text("utf-8") if issues.exists() else ""
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr, told


@pytest.mark.parametrize(
    ("objects", "said"),
    [
        pytest.param([{**INCIDENT, "spec_version": "2.0"}], "this is STIX 2.0; only 2.1 is read", id="2.0"),
        pytest.param([{**INCIDENT, "spec_version": "2.2"}], "this is STIX 2.2; only 2.1 is read", id="2.2"),
        pytest.param([{**INCIDENT, "spec_version": ""}], 'no "spec_version", as in STIX 2.0', id="missing"),
        pytest.param([{**INCIDENT, "id": "incident--1\x1b[31m"}], "is no id of a STIX object", id="wrong-id"),
        pytest.param([{**INCIDENT, "revoked": True}], "was revoked by its maker", id="revoked"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(tmp_path: Path, objects: list[Json], said: str) -> None:
    code, told, _ = try_out(tmp_path, *objects)
    assert (code, told.count("\n")) == (2, 1)
    assert said in told
    assert "\x1b" not in told


def test_circles_dangling_references_and_what_is_somebody_s_own_are_read_around(tmp_path: Path) -> None:
    name = INCIDENT["id"]
    custom = {**INCIDENT, "type": "x-acme-ticket", "id": NAME}
    stray = {**custom, "type": "x-stray", "id": NAME.replace("x-acme-ticket", "x-stray")}
    own = {**INCIDENT, "x_score": 9, "extensions": {"extension-definition--1": {"severity": 5}}}
    code, told, issues = try_out(
        tmp_path,
        own,
        custom,
        stray,
        tie(1, name, name),
        tie(2, name, NAME),
        tie(3, NAME, name),
        tie(4, name, "identity--00000009-0000-4000-8000-000000000000"),
    )
    assert code == 0
    assert "1 row read: 1 new" in told
    assert "incident.x_score" in told
    assert "incident.extensions.extension-definition--1" in told
    assert "it is named here, and is not in the bundle" in issues
    assert issues.count("Incidex does not read objects of this type") == 2
    assert "these belong to no incident and are not kept: relationship (1), x-stray (1)" in issues


def test_a_bundle_of_100_mb_is_read_in_bounded_memory_and_time(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    tool = {**INCIDENT, "type": "tool", "description": "x" * 2_000}
    with path.open("w", encoding="utf-8") as out:
        out.write('{"type":"bundle","objects":[' + json.dumps(INCIDENT))
        for number in range(45_000):
            made = {**tool, "id": f"tool--{number:08x}-0000-4000-8000-000000000000"}
            out.write("," + json.dumps(made))
        out.write("]}")
    assert path.stat().st_size > 95_000_000
    begun = time.monotonic()
    done = run(tmp_path, path, before=PEAK)
    assert done.returncode == 0, done.stderr
    assert "not kept: tool (45,000)" in Path(f"{path}.issues.csv").read_text("utf-8")
    assert time.monotonic() - begun < 120
    assert int(done.stdout.rpartition("peak ")[2]) < 700_000  # kilobytes


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.json"
    with path.open("wb") as out:
        out.truncate(10**12)
    done = run(tmp_path, path)
    assert done.returncode == 2
    assert "the bundle is larger than 128 MB; split it, or fetch it in pages over TAXII" in done.stderr
