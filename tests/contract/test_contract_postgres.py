"""The log in PostgreSQL keeps every promise of a log, and those of a server that many programs share."""

import contextlib
import sqlite3
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from incidex.model import Failed, StoreError
from incidex.store import Log
from incidex.store.postgres import PostgresDatabase, PostgresLog, lock
from incidex.store.queries import get_migrations, statements
from tests.contract.log_contract import LogContract
from tests.contract.log_samples import batch, raw
from tests.contract.removal_contract import RemovalContract, remove
from tests.factories import make_change, make_report
from tests.postgres import Server


class TestPostgresLog(LogContract, RemovalContract):
    @pytest.fixture
    def log(self, postgres_url: str) -> Iterator[Log]:
        log = PostgresLog(postgres_url)
        yield log
        log.close()


def run_sql(url: str, sql: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(sql.encode())
        return cursor.fetchall() if cursor.description else []


def write_one(url: str) -> None:
    log = PostgresLog(url)
    log.append(batch(), raw())
    log.close()


def test_is_there_after_closing_and_opening(postgres_url: str) -> None:
    write_one(postgres_url)
    log = PostgresLog(postgres_url)
    assert (log.last_serial(), log.verify(), log.incidents()) == (3, 3, ("inc-1",))
    log.close()


def test_the_bytes_of_removed_words_are_in_no_table(postgres: Server, postgres_url: str) -> None:
    def files() -> list[str]:
        run_sql(postgres_url, "CHECKPOINT")
        kept = (path for path in (postgres.data / "base").rglob("*") if path.is_file())
        return [path.name for path in kept if b"marmosets" in path.read_bytes()]

    log = PostgresLog(postgres_url)
    text = "Ciphr says that its marmosets were exposed."
    log.append(batch("inc-1", text), raw(text))
    assert files() != []
    remove(log, make_report(text).id)
    assert files() == []
    log.close()


def test_a_removal_waits_for_whoever_still_looks(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("incidex.store.postgres.LOOK_SECONDS", 0.3)
    log = PostgresLog(postgres_url)
    log.append(batch(), raw())
    with psycopg.connect(postgres_url) as other:
        other.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        other.execute("SELECT count(*) FROM blob")
        with pytest.raises(StoreError, match="another program still looks"):
            remove(log)
    log.close()
    monkeypatch.setattr("incidex.store.postgres.LOOK_SECONDS", 30.0)
    log = PostgresLog(postgres_url)
    assert run_sql(postgres_url, "SELECT count(*) FROM chore") == [(0,)]
    assert log.verify() == 5
    log.close()


def test_an_append_waits_until_another_program_has_committed(postgres_url: str) -> None:
    log = PostgresLog(postgres_url)
    with psycopg.connect(postgres_url) as other, ThreadPoolExecutor(1) as pool:
        lock(other)
        waiting = pool.submit(log.append, batch())
        time.sleep(0.3)
        assert not waiting.done()
        assert list(log.since()) == []
        other.commit()
        assert waiting.result(timeout=20) == 3
    log.close()


def test_a_follower_on_its_own_connection_never_skips_a_serial(postgres_url: str) -> None:
    writers, rounds = 3, 25
    logs = [PostgresLog(postgres_url) for _ in range(writers + 1)]
    follower, done = logs.pop(), threading.Event()
    seen: list[int] = []

    def write(worker: int) -> None:
        for version in range(1, rounds + 1):
            body = Failed("a", "read", "empty")
            logs[worker].append([make_change(body, version, record=f"run-{worker}")])

    def follow() -> None:
        while True:
            was_done = done.is_set()
            seen.extend(change.serial for change in follower.since(seen[-1] if seen else 0))
            if was_done:
                return

    with ThreadPoolExecutor(writers + 1) as pool:
        following = pool.submit(follow)
        try:
            list(pool.map(write, range(writers)))
        finally:
            done.set()
        following.result(timeout=30)
    assert seen == list(range(1, writers * rounds + 1))
    for log in (*logs, follower):
        log.close()


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        pytest.param("UPDATE change SET \"by\" = 'x' WHERE serial = 2", "change 2 .* was altered", id="by"),
        pytest.param("UPDATE change SET at = '' WHERE serial = 1", "change 1 .* was altered", id="time"),
        pytest.param("UPDATE blob SET content = ''", "blob .* was altered", id="words"),
    ],
)
def test_verify_names_what_was_altered(postgres_url: str, sql: str, message: str) -> None:
    write_one(postgres_url)
    run_sql(postgres_url, sql)
    log = PostgresLog(postgres_url)
    with pytest.raises(StoreError, match=message):
        log.verify()
    log.close()


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        pytest.param("UPDATE incidex SET version = 99", "made by a newer Incidex", id="newer"),
        pytest.param("DROP TABLE incidex", "tables of another application", id="another's"),
    ],
)
def test_refuses_a_database_that_is_not_for_it(postgres_url: str, sql: str, message: str) -> None:
    write_one(postgres_url)
    run_sql(postgres_url, sql)
    with pytest.raises(StoreError, match=message):
        PostgresLog(postgres_url)


def test_names_its_place_with_the_schema_and_without_the_password(postgres_url: str) -> None:
    log = PostgresLog(f"{postgres_url}&password=hunter2")
    assert "search_path=test_" in log.database.place
    assert "hunter2" not in log.database.place
    log.close()


def test_two_programs_may_make_the_tables_at_once(postgres_url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        logs = list(pool.map(PostgresLog, [postgres_url] * 4))
    assert logs[0].append(batch(), raw()) == 3
    assert [log.last_serial() for log in logs] == [3] * 4
    for log in logs:
        log.close()


def test_goes_on_after_the_server_has_closed_its_connections(postgres_url: str) -> None:
    log = PostgresLog(postgres_url)
    log.append(batch())
    assert log.last_serial() == 3
    database = log.database
    assert isinstance(database, PostgresDatabase)
    for connection in (database._writer, *database._readers):
        run_sql(postgres_url, f"SELECT pg_terminate_backend({connection.info.backend_pid}, 5000)")
    assert log.last_serial() == 3
    assert log.append(batch("inc-2", "Acme says nothing.")) == 6
    log.close()


@pytest.mark.parametrize(
    ("url", "message"),
    [
        pytest.param(
            "postgresql://eve:hunter2@127.0.0.1:1/x", r"postgresql://eve@127\.0\.0\.1:1/x", id="nobody"
        ),
        pytest.param("postgresql://eve:hunter2@[::1/x", "address cannot be read", id="no address"),
        pytest.param("postgresql://h/x?password=hunter2&nonsense=1", "address cannot be read", id="option"),
    ],
)
def test_no_complaint_repeats_the_password(url: str, message: str) -> None:
    with pytest.raises(StoreError, match=message) as refused:
        PostgresLog(url)
    assert "hunter2" not in str(refused.value)
    assert "hunter2" not in repr(refused.value.__cause__)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        pytest.param("-cdefault_transaction_read_only=on", "takes no writes here", id="read only"),
        pytest.param("-crole=reader", "check this user's rights", id="no right"),
    ],
)
def test_says_when_it_may_not_write(postgres_url: str, options: str, message: str) -> None:
    write_one(postgres_url)
    (name,) = run_sql(postgres_url, "SELECT current_schema()")[0]
    with psycopg.connect(postgres_url, autocommit=True) as connection, contextlib.suppress(psycopg.Error):
        connection.execute("CREATE ROLE reader")
    run_sql(postgres_url, f"GRANT USAGE ON SCHEMA {name} TO reader")
    run_sql(postgres_url, f"GRANT SELECT ON ALL TABLES IN SCHEMA {name} TO reader")
    log = PostgresLog(f"{postgres_url}%20{options.replace('=', '%3D')}")
    assert log.verify() == 3
    with pytest.raises(StoreError, match=message):
        log.append(batch("inc-2", "Acme says nothing."))
    assert log.last_serial() == 3
    log.close()
    run_sql(postgres_url, "DROP OWNED BY reader")


def test_tables_of_an_earlier_version_are_brought_up_to_date(postgres_url: str, tmp_path: Path) -> None:
    old = tmp_path / "old.db"
    with closing(sqlite3.connect(old)) as released, psycopg.connect(postgres_url, autocommit=True) as server:
        released.executescript((Path(__file__).parent / "released" / "sqlite-0.1.0.sql").read_text("utf-8"))
        for statement in statements(get_migrations("postgres")[0]):
            server.execute(statement.encode())
        for table, columns in (("change", 9), ("blob", 2), ("incident", 2), ("report", 3), ("claim", 4)):
            marks = ", ".join(["%s"] * columns)
            server.cursor().executemany(
                f"INSERT INTO {table} VALUES ({marks})".encode(),  # noqa: S608
                released.execute(f"SELECT * FROM {table}").fetchall(),  # noqa: S608
            )
        server.execute("UPDATE incidex SET version = 1")
    log = PostgresLog(postgres_url)
    assert log.verify() == 6
    assert log.append(batch("inc-2", "Acme says nothing.", victim="Acme")) == 9
    log.rebuild()
    assert log.find_by_name("ciphr") == ("inc-1",)
    assert log.verify() == 9
    log.close()
