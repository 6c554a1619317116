"""Large exports in several processes: the same bytes, nothing half written, and nobody left behind."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from multiprocessing.context import SpawnProcess
from pathlib import Path

import pytest

from incidex.app.exporting import Order, write_export
from incidex.app.parts import choose_workers, in_parts
from incidex.app.selecting import select
from incidex.model import (
    Body,
    Change,
    Claim,
    Claimed,
    Document,
    Evidence,
    Incident,
    InputError,
    Linked,
    Received,
    Report,
    Source,
    Span,
    Speaker,
    Stance,
    StoreError,
    Tier,
)
from incidex.store import MemoryLog, SqliteLog
from tests.cli.conftest import COMMAND, environment

RECORDS = 900
START = datetime(2026, 11, 23, tzinfo=UTC)


def make_record(number: int) -> list[Change]:
    """Return a report and its incident; every third report is also told of another incident."""
    text = f"Firm {number} lost 12{number} records in 2019-0{number % 9 + 1}; =cmd() and «Zürich» say so."
    source = Source(name=f"Paper {number % 7}")
    report = Report(sha256=sha256(text.encode()).hexdigest(), source=source, licence="CC-BY-4.0")
    values = {"victim.name": f"Firm {number}", "data.records": f"12{number}", "title": "=cmd()"}
    values["date.occurred"] = f"2019-0{number % 9 + 1}"
    claims = [
        Claim(
            report=report.id,
            field=name,
            value=value,
            speaker=Speaker(source.name),
            coder="test@1",
            stance=Stance.DENIES if number % 11 == 0 else Stance.ASSERTS,
            evidence=Evidence.of(text, Span(text.index(value), text.index(value) + len(value))),
        )
        for name, value in values.items()
    ]
    incident = f"inc-{number:05}"
    rows: list[tuple[str, int, Body]] = [
        (report.id, 1, Received(report, Document(report=report.id, text=text))),
        (incident, 1, Linked(report)),
        (incident, 2, Claimed(tuple(claims))),
    ]
    if number % 3 == 0:
        rows.append((f"{incident}-b", 1, Linked(report)))
    at = START + timedelta(minutes=number)
    return [Change(record=r, version=v, body=body, by="test", at=at) for r, v, body in rows]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("workers") / "incidex.db"
    log = SqliteLog(path)
    for first in range(0, RECORDS, 300):
        log.append([change for number in range(first, first + 300) for change in make_record(number)])
    log.close()
    return path


@pytest.fixture
def log(database: Path) -> Iterator[SqliteLog]:
    opened = SqliteLog(database)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("table", "query", "records"),
    [
        ("parquet", "", RECORDS + RECORDS // 3),
        ("parquet", "date:2019-02..2019-04", 273),  # of 300, others deny
        ("parquet-claims", "", RECORDS + RECORDS // 3),
        ("parquet-reports", "", RECORDS + RECORDS // 3),  # whose third stands in two records each
        ("parquet-links", "", RECORDS + RECORDS // 3),
    ],
)
def test_two_processes_write_the_bytes_of_one(
    log: SqliteLog, tmp_path: Path, table: str, query: str, records: int
) -> None:
    written = []
    for workers in (1, 2):
        out = tmp_path / str(workers) / "out"
        out.parent.mkdir()
        said = write_export(log, Order(name=table, out=out, workers=workers, query=query, publisher="x"))
        assert said.startswith(f"{records:,} records written")
        losses = (out.parent / "out.losses.csv").read_bytes()
        written.append((out.read_bytes(), losses, said.replace(str(out), "")))
    assert written[0] == written[1]


def count(incidents: Iterable[Incident]) -> tuple[int, int]:
    return os.getpid(), sum(1 for _ in incidents)


def fail(_: Iterable[Incident]) -> None:
    raise InputError("a sentence")


def end(_: Iterable[Incident]) -> None:
    os._exit(3)


def test_several_processes_share_the_work(log: SqliteLog) -> None:
    made = list(in_parts(select(log, Tier.CLEAR), count, 2))
    assert sum(records for _, records in made) == RECORDS + RECORDS // 3
    assert len(made) == 5
    assert os.getpid() not in {process for process, _ in made}


def test_a_database_that_others_cannot_open_is_read_by_one() -> None:
    log = MemoryLog()
    log.append(make_record(1))
    assert list(in_parts(select(log, Tier.CLEAR), count, 2)) == [(os.getpid(), 1)]


def test_without_processes_to_be_had_one_does_it_all(log: SqliteLog, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise BlockingIOError("Resource temporarily unavailable")

    monkeypatch.setattr(SpawnProcess, "start", refuse)  # nothing limits an administrator's own
    assert {process for process, _ in in_parts(select(log, Tier.CLEAR), count, 2)} == {os.getpid()}


def test_what_goes_wrong_in_a_helper_is_said(log: SqliteLog) -> None:
    with pytest.raises(InputError, match="a sentence"):
        list(in_parts(select(log, Tier.CLEAR), fail, 2))
    with pytest.raises(StoreError, match=r"a process that helped has ended.* --workers 1"):
        list(in_parts(select(log, Tier.CLEAR), end, 2))


def test_small_exports_and_those_told_so_take_one_process() -> None:
    assert choose_workers(0, 100) == 1
    assert choose_workers(1, 1_000_000) == 1
    assert choose_workers(3, 100) == 3
    assert choose_workers(0, 1_000_000) in (1, 2)


def helpers(pid: int) -> list[int]:
    held: list[int] = []
    with suppress(OSError):
        for path in Path(f"/proc/{pid}/task").glob("*/children"):
            held += [int(child) for child in path.read_text().split()]
    return held


def is_worker(pid: int) -> bool:
    """Say whether a process folds; one beside them only tidies up after them, and is not missed."""
    return b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()


def workers(pid: int) -> list[int]:
    with suppress(OSError):
        return [child for child in helpers(pid) if is_worker(child)]
    return []


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_for(what: Callable[[], object]) -> bool:
    """Say whether something comes true within half a minute."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if what():
            return True
        time.sleep(0.01)
    return False


def begin(database: Path, out: Path) -> subprocess.Popen[bytes]:
    """Begin an export in two processes, and return it when they are at work."""
    command = [*COMMAND, "export", "parquet", "--out", str(out), "--workers", "2"]
    run = subprocess.Popen(
        command,
        env=environment(out.parent, INCIDEX_DATABASE=str(database)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    assert wait_for(lambda: out.with_name(f".{out.name}.part").exists() and len(workers(run.pid)) >= 2)
    return run


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks at processes as Linux shows them")
@pytest.mark.parametrize("whom", ["all at once", "the export", "a helper", "by the keyboard"])
def test_killed_it_leaves_no_half_file_and_no_process(database: Path, tmp_path: Path, whom: str) -> None:
    out = tmp_path / "out.parquet"
    out.write_bytes(b"what stood there")
    run = begin(database, tmp_path / "new.parquet")
    others = helpers(run.pid)
    if whom == "by the keyboard":
        os.killpg(run.pid, signal.SIGINT)
    elif whom == "a helper":
        os.kill(workers(run.pid)[-1], signal.SIGKILL)
    elif whom == "the export":
        os.kill(run.pid, signal.SIGKILL)
    else:
        os.killpg(run.pid, signal.SIGKILL)
    _, complaint = run.communicate(timeout=60)
    assert run.returncode != 0
    assert wait_for(lambda: not any(map(is_alive, others)))
    assert not (tmp_path / "new.parquet").exists()
    if whom in ("a helper", "by the keyboard"):
        assert b"Traceback" not in complaint
    if whom == "a helper":
        assert run.returncode == 2
        assert b"a process that helped has ended" in complaint
