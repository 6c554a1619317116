"""Kill whoever writes a log, or the server that keeps it, at random moments, and see what is there then."""

import random
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from incidex.model import StoreError
from incidex.store import SqliteLog, SqlLog
from incidex.store.postgres import PostgresLog
from tests.postgres import Server

ROOT = Path(__file__).parent.parent

#: Changes in a batch: what is visible of a log must be a multiple of it.
BATCH = 4

WRITER = f"""
import sys
from datetime import UTC, datetime
from incidex.app.database import open_log
from incidex.app.settings import parse_database
from incidex.model import Change, Failed
log = open_log(parse_database(sys.argv[1]))
version = log.versions(["run"])["run"]
while True:
    batch = []
    for _ in range({BATCH}):
        version += 1
        body = Failed("a", "read", f"{{version}} " + "x" * 5000)
        batch.append(Change(record="run", version=version, body=body, by="test", at=datetime.now(UTC)))
    print(log.append(batch), flush=True)
"""


class Writer:
    """A process that appends batches and prints each serial that the log has acknowledged."""

    def __init__(self, place: str) -> None:
        command = [sys.executable, "-c", WRITER, place]
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT
        )
        assert self._process.stdout is not None
        self._output = self._process.stdout
        self._lines = [self._output.readline()]  # whoever waits for a moment starts when it is at work

    def kill(self) -> None:
        """Kill it; nothing is finished or tidied."""
        self._process.kill()

    def finish(self) -> int:
        """Return the last serial that was acknowledged, once the process is gone."""
        self._lines += list(self._output)
        self._process.wait(timeout=60)
        self._output.close()
        return max((int(line) for line in self._lines if line.endswith("\n")), default=0)


def kill_sqlite(path: Path, kills: int, seed: int) -> list[str]:
    """Kill the writer of a file again and again; return what was wrong."""
    moments = random.Random(seed)
    wrong = []
    for _ in range(kills):
        writer = Writer(str(path))
        timer = threading.Timer(moments.uniform(0.0, 0.15), writer.kill)
        timer.start()
        acknowledged = writer.finish()
        timer.join()
        complaint = examine(SqliteLog(path), acknowledged)
        wrong += [complaint] if complaint else []
    return wrong


def kill_postgres(kills: int, seed: int) -> list[str]:
    """Kill the writer, the server with all its processes, or both at once; return what was wrong."""
    moments = random.Random(seed)
    wrong = []
    server = Server(Path(tempfile.mkdtemp(prefix="incidex-postgres-")))
    try:
        server.make()
        server.start()
        for number in range(kills):
            writer = Writer(server.url())
            targets = (("writer",), ("server",), ("server", "writer"))[number % 3]
            done = threading.Event()
            done.wait(moments.uniform(0.0, 0.25))
            for target in targets:
                (server if target == "server" else writer).kill()
            if "server" in targets:
                acknowledged = writer.finish()
                server.start()
            else:
                acknowledged = writer.finish()
            complaint = examine(PostgresLog(server.url()), acknowledged)
            wrong += [complaint] if complaint else []
    finally:
        server.stop()
    return wrong


def examine(log: SqlLog, acknowledged: int) -> str:
    """Return what is wrong with a log after a kill, or ""."""
    try:
        held = log.verify()
    except StoreError as error:
        return f"damaged: {error}"
    finally:
        log.close()
    if held < acknowledged:
        return f"lost: {acknowledged} were acknowledged and {held} are there"
    return f"half visible: {held} changes are there" if held % BATCH else ""
