"""Nothing acknowledged is lost and no half batch is visible, whenever the writer is killed (law 9)."""

import random
import subprocess
import sys
import threading
from pathlib import Path

from incidex.store import SqliteLog

BATCH = 4
KILLS = 15

WRITER = f"""
import sys
from datetime import UTC, datetime
from incidex.model import Change, Failed
from incidex.store import SqliteLog
log = SqliteLog(sys.argv[1])
version = log.versions(["run"])["run"]
while True:
    batch = []
    for _ in range({BATCH}):
        version += 1
        body = Failed("a", "read", "x" * 5000)
        batch.append(Change(record="run", version=version, body=body, by="test", at=datetime.now(UTC)))
    print(log.append(batch), flush=True)
"""


def kill_while_writing(path: Path, seconds: float) -> int:
    """Return the last serial that the writer acknowledged before it was killed mid-work."""
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    first = writer.stdout.readline()  # the clock starts when it is at work
    timer = threading.Timer(seconds, writer.kill)
    timer.start()
    lines = [first, *writer.stdout]
    writer.wait(timeout=30)
    writer.stdout.close()
    timer.join()
    return max(int(line) for line in lines if line.endswith("\n"))


def test_kill_at_any_moment_loses_nothing_acknowledged(tmp_path: Path) -> None:
    moments = random.Random(20261123)
    path = tmp_path / "incidents.db"
    for _ in range(KILLS):
        acknowledged = kill_while_writing(path, moments.uniform(0.0, 0.15))
        log = SqliteLog(path)
        held = log.verify()
        log.close()
        assert held >= acknowledged
        assert held % BATCH == 0
