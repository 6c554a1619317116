"""The log in SQLite keeps every promise of a log, and those of a file that other programs can touch."""

import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from incidex.model import StoreError
from incidex.store import Log, SqliteLog
from incidex.store.opening import connect, open_database
from tests.contract.log_contract import LogContract
from tests.contract.log_samples import TEXT, batch, raw
from tests.contract.removal_contract import RemovalContract, remove

WRITER = """
import sys
from datetime import UTC, datetime
from incidex.model import Change, Failed
from incidex.store import SqliteLog
log = SqliteLog(sys.argv[1])
for version in range(1, 31):
    body = Failed("a", "read", "empty")
    change = Change(record=sys.argv[2], version=version, body=body, by="test", at=datetime.now(UTC))
    print(log.append([change]), flush=True)
log.close()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "incidents.db"


class TestSqliteLog(LogContract, RemovalContract):
    @pytest.fixture
    def log(self, path: Path) -> Iterator[Log]:
        log = SqliteLog(path)
        yield log
        log.close()


def write_one(path: Path) -> None:
    log = SqliteLog(path)
    log.append(batch(), raw())
    log.close()


def run_sql(path: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        return database.execute(sql).fetchall()


def test_is_there_after_closing_and_opening(path: Path) -> None:
    write_one(path)
    log = SqliteLog(path)
    assert (log.last_serial(), log.verify(), log.incidents()) == (3, 3, ("inc-1",))
    log.close()


def test_processes_lose_no_serial_and_share_none(path: Path) -> None:
    commands = [[sys.executable, "-c", WRITER, str(path), f"run-{worker}"] for worker in range(3)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for command in commands]
    outputs = [process.communicate(timeout=60)[0] for process in running]
    assert [process.returncode for process in running] == [0, 0, 0]
    assert sorted(int(serial) for output in outputs for serial in output.split()) == list(range(1, 91))
    log = SqliteLog(path)
    assert log.verify() == 90
    log.close()


def test_waits_for_another_program_that_writes(path: Path) -> None:
    log = SqliteLog(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other, ThreadPoolExecutor(1) as pool:
        other.execute("BEGIN IMMEDIATE")
        other.execute("INSERT INTO blob (sha256, content) VALUES ('', x'')")
        waiting = pool.submit(log.append, batch())
        time.sleep(0.3)
        other.execute("COMMIT")
        assert waiting.result(timeout=20) == 3
    log.close()


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        pytest.param("UPDATE change SET \"by\" = 'x' WHERE serial = 2", "change 2 .* was altered", id="by"),
        pytest.param("UPDATE change SET body = '{}' WHERE serial = 3", "change 3 .* was altered", id="body"),
        pytest.param("UPDATE change SET at = '' WHERE serial = 1", "change 1 .* was altered", id="time"),
        pytest.param(
            "UPDATE change SET prev_hash = '' WHERE serial = 2", "change 2 .* was altered", id="link"
        ),
        pytest.param("DELETE FROM change WHERE serial = 2", "change 2 is missing", id="missing"),
        pytest.param("UPDATE blob SET content = x'00'", "blob .* was altered", id="words"),
    ],
)
def test_verify_names_what_was_altered(path: Path, sql: str, message: str) -> None:
    write_one(path)
    run_sql(path, sql)
    log = SqliteLog(path)
    with pytest.raises(StoreError, match=message):
        log.verify()
    log.close()


def test_the_bytes_of_removed_words_are_in_no_file(path: Path) -> None:
    log = SqliteLog(path)
    log.append(batch(), raw())
    log.append(batch("inc-2", "Acme says that its cabbages were stolen."))
    written = b"".join(found.read_bytes() for found in path.parent.iterdir())
    words = [TEXT.encode(), b"it says 'Ciphr'", b"all users"]
    assert all(held in written for held in words)
    remove(log)
    left = b"".join(found.read_bytes() for found in path.parent.iterdir())
    assert not [held for held in words if held in left]
    assert b"cabbages" in left
    log.close()


def test_a_removal_that_was_interrupted_is_finished_by_the_next_start(path: Path) -> None:
    log = SqliteLog(path)
    log.append(batch(), raw())
    with (
        closing(sqlite3.connect(path, isolation_level=None)) as reader,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr("incidex.store.opening.BUSY_SECONDS", 0.1)
        log.database._writer.execute("PRAGMA busy_timeout = 100")  # type: ignore[attr-defined]
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM blob").fetchone()
        with pytest.raises(StoreError, match="another program still looks"):
            remove(log)
        log.close()
        assert TEXT.encode() in b"".join(found.read_bytes() for found in path.parent.iterdir())
    SqliteLog(path).close()
    assert TEXT.encode() not in b"".join(found.read_bytes() for found in path.parent.iterdir())


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        pytest.param("DELETE FROM change WHERE serial = 3", "had 3: change 3 and all after", id="cut off"),
        pytest.param("DELETE FROM change", "ends at change 0, and it had 3", id="all"),
        pytest.param("UPDATE head SET hash = 'x'", "not where its last append says", id="head"),
        pytest.param("DELETE FROM blob", "words of change 1 are missing", id="words"),
        pytest.param(
            "DELETE FROM blob WHERE sha256 = (SELECT body ->> 'raw' FROM change WHERE serial = 1)",
            "words of change 1 are missing",
            id="report",
        ),
    ],
)
def test_verify_notices_what_is_gone(path: Path, sql: str, message: str) -> None:
    write_one(path)
    run_sql(path, sql)
    log = SqliteLog(path)
    with pytest.raises(StoreError, match=message):
        log.verify()
    log.close()


def test_the_log_itself_holds_no_words(path: Path) -> None:
    write_one(path)
    bodies = " ".join(str(body) for (body,) in run_sql(path, "SELECT body FROM change"))
    assert "exposed" not in bodies
    assert "Nothing" not in bodies


def test_keeps_the_same_bytes_once(path: Path) -> None:
    write_one(path)
    (before,) = run_sql(path, "SELECT count(*) FROM blob")
    log = SqliteLog(path)
    log.append([], raw())
    log.close()
    assert run_sql(path, "SELECT count(*) FROM blob") == [before]


def test_sets_what_survives_a_power_cut(path: Path) -> None:
    with closing(open_database(path, connect)) as writer:
        pragmas = [writer.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
    assert pragmas == ["wal", 2]


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        pytest.param("PRAGMA user_version = 99", "made by a newer Incidex", id="newer"),
        pytest.param("PRAGMA application_id = 7", "belongs to another application", id="another's"),
    ],
)
def test_refuses_a_database_that_is_not_for_it(path: Path, sql: str, message: str) -> None:
    write_one(path)
    run_sql(path, sql)
    with pytest.raises(StoreError, match=message):
        SqliteLog(path)


def test_refuses_a_database_of_another_application_without_an_id(path: Path) -> None:
    run_sql(path, "CREATE TABLE bookmarks (url TEXT)")
    with pytest.raises(StoreError, match="belongs to another application"):
        SqliteLog(path)
    assert run_sql(path, "SELECT name FROM sqlite_master") == [("bookmarks",)]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"id,name\n1,Ciphr\n", "is not an Incidex database", id="text"),
        pytest.param(b"SQLite format 3\x00" + b"\xff" * 4096, "not an Incidex database|damaged", id="junk"),
    ],
)
def test_refuses_a_file_that_is_no_database(path: Path, content: bytes, message: str) -> None:
    path.write_bytes(content)
    with pytest.raises(StoreError, match=message):
        SqliteLog(path)
    assert path.read_bytes() == content


def test_takes_an_empty_file_for_a_new_database(path: Path) -> None:
    path.touch()
    write_one(path)


def test_refuses_a_file_marked_read_only(path: Path) -> None:
    write_one(path)
    path.chmod(0o444)
    with pytest.raises(StoreError, match="marked read-only"):
        SqliteLog(path)


def test_refuses_a_folder_and_a_path_into_nowhere(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is a folder"):
        SqliteLog(tmp_path)
    with pytest.raises(StoreError, match="make that folder first"):
        SqliteLog(tmp_path / "nowhere" / "incidents.db")


def test_says_so_when_the_database_is_damaged(path: Path) -> None:
    write_one(path)
    held = bytearray(path.read_bytes())
    held[4096:] = b"\xff" * (len(held) - 4096)
    path.write_bytes(held)
    with pytest.raises(StoreError, match="damaged"):
        SqliteLog(path).append(batch("inc-2", "Acme says nothing."))
