"""Pull the plug: `incidex add` of many reports is killed at random moments (law 9)."""

import random
import subprocess
import time
from pathlib import Path

import pytest

from incidex.model import Claimed, Linked, Received
from incidex.store import SqliteLog
from tests.cli.conftest import COMMAND, Run, environment

REPORTS = 500
KILLS = 50
SEED = 20261123
VICTIMS = ("Aldgate", "Borough", "Camden", "Dalston", "Ealing", "Fulham", "Greenwich", "Holborn")


def write_reports(folder: Path) -> None:
    folder.mkdir()
    for number in range(REPORTS):
        (folder / f"{number:03}.txt").write_text(
            f"{VICTIMS[number % len(VICTIMS)]} Corp suffered a data breach on 3 May 2024: hackers stole the "
            f"passwords of {1000 + number} customers. This is report {number}."
        )


def acknowledged(output: bytes) -> set[str]:
    """Return the reports of every whole line that was printed."""
    lines = output.split(b"\n")[:-1]
    return {line.split()[1].decode() for line in lines if line.startswith((b"added", b"known"))}


def assert_nothing_lost_or_half_visible(database: Path, promised: set[str]) -> int:
    log = SqliteLog(database)
    try:
        log.verify()
        received: set[str] = set()
        linked: set[str] = set()
        coded: set[str] = set()
        for change in log.since():
            match change.body:
                case Received(report=report):
                    received.add(report.id)
                    assert log.find_blob(report.sha256) is not None
                case Linked(report=report):
                    linked.add(report.id)
                case Claimed(claims=claims):
                    coded.update(claim.report for claim in claims)
    finally:
        log.close()
    assert promised <= received, "a report that was acknowledged is gone"
    assert received == linked == coded, "a report is half visible"
    return len(received)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_killed_at_fifty_moments_nothing_acknowledged_is_lost(home: Path, run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    write_reports(folder)
    moments = random.Random(SEED)
    promised: set[str] = set()
    stored = 0
    for number in range(KILLS):
        child = subprocess.Popen(
            [*COMMAND, "add", str(folder)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment(home),
        )
        assert child.stdout is not None
        told = b""
        try:
            # One kill in two comes while it starts, which is a moment like any other; the others once reports
            # are being stored, however long a busy machine took to get there.
            if number % 2:
                told = b"".join(child.stdout.readline() for _ in range(moments.randint(1, 12)))
                time.sleep(moments.uniform(0.0, 0.1))
            else:
                time.sleep(moments.uniform(0.2, 1.6))
        finally:
            child.kill()
            told += child.stdout.read()
            child.stdout.close()
            child.wait(timeout=60)
        promised |= acknowledged(told)
        if (home / "incidex.db").exists():
            stored = assert_nothing_lost_or_half_visible(home / "incidex.db", promised)
    assert stored > 0, "no kill came after a report was stored: the moments are too early"
    finished = run("add", folder)
    assert finished.returncode == 0, finished.stderr
    assert len(finished.stdout.splitlines()) == REPORTS
    assert (
        assert_nothing_lost_or_half_visible(home / "incidex.db", acknowledged(finished.stdout.encode()))
        == REPORTS
    )
