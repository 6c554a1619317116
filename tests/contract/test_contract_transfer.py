"""A log moves from any database to any other, whole and with its hashes; a backup is such a move."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pytest

from incidex.model import Failed, InputError, StoreError
from incidex.store import SqliteLog, SqlLog, fill, opened, plan_removal, snapshot, write_backup
from incidex.store.postgres import PostgresLog
from tests.contract.log_samples import batch, raw
from tests.contract.removal_contract import AT, REPORT
from tests.factories import make_change

Logs = tuple[SqlLog, SqlLog]
WAYS = ["sqlite to sqlite", "sqlite to postgres", "postgres to sqlite", "postgres to postgres"]


@pytest.fixture(params=WAYS)
def logs(
    request: pytest.FixtureRequest, tmp_path: Path, postgres_url: str, second_postgres_url: str
) -> Iterator[Logs]:
    """Two empty logs: the one to move from, and the one to move to."""
    one, other = request.param.split(" to ")
    source = SqliteLog(tmp_path / "one.db") if one == "sqlite" else PostgresLog(postgres_url)
    target = SqliteLog(tmp_path / "other.db") if other == "sqlite" else PostgresLog(second_postgres_url)
    yield source, target
    source.close()
    target.close()


def write_some(log: SqlLog) -> None:
    log.append(batch(), raw())
    log.append(batch("inc-2", "Acme says nothing.", victim="Acme"))
    log.append([make_change(Failed("a.pdf", "read", "a.pdf is empty"), 1, record="rep-9")])


def move(source: SqlLog, target: SqlLog, *, replace: bool = False) -> None:
    with snapshot(source.database) as held:
        fill(target, held, replace=replace)


def test_moves_everything_with_its_hashes(logs: Logs) -> None:
    source, target = logs
    write_some(source)
    steps: list[None] = []
    with snapshot(source.database) as held:
        head = fill(target, held, step=lambda: steps.append(None))
        assert len(steps) == held.size
    assert head == source.head() == target.head()
    assert list(target.since()) == list(source.since())
    assert list(target.lines()) == list(source.lines())
    assert target.verify() == source.verify() == 7
    assert target.find_blob(next(iter(raw()))) == next(iter(raw().values()))
    assert target.incidents() == source.incidents()
    assert target.find_by_name("acme") == ("inc-2",)
    assert target.append(batch("inc-3", "Borough says so.")) == 10


def test_refuses_a_target_that_holds_changes(logs: Logs) -> None:
    source, target = logs
    write_some(source)
    target.append(batch("inc-9", "Camden says so."))
    with pytest.raises(InputError, match="holds 3 changes"):
        move(source, target)
    assert target.incidents() == ("inc-9",)
    move(source, target, replace=True)
    assert list(target.since()) == list(source.since())
    assert target.find_by_name("inc-9") == ()


def test_a_source_that_was_altered_moves_nothing(tmp_path: Path) -> None:
    source, target = SqliteLog(tmp_path / "a.db"), SqliteLog(tmp_path / "b.db")
    write_some(source)
    with closing(sqlite3.connect(tmp_path / "a.db", isolation_level=None)) as database:
        database.execute("UPDATE change SET at = '' WHERE serial = 4")
    with pytest.raises(StoreError, match=r"change 4 .* was altered"):
        move(source, target)
    assert target.last_serial() == 0
    source.close()
    target.close()


def test_words_removed_before_a_copy_are_not_in_it(logs: Logs) -> None:
    source, target = logs
    write_some(source)
    source.append(plan_removal(source, REPORT, reason="order 7/26", by="ana", at=AT).changes)
    move(source, target)
    assert target.verify() == 9
    assert target.find_blob(next(iter(raw()))) is None
    with pytest.raises(InputError, match="may not come back"):
        target.append([], raw())


def test_a_backup_made_before_a_removal_does_not_bring_the_words_back(tmp_path: Path) -> None:
    log = SqliteLog(tmp_path / "incidents.db")
    write_some(log)
    with snapshot(log.database) as held:
        write_backup(held, tmp_path / "backup")
    log.append(plan_removal(log, REPORT, reason="order 7/26", by="ana", at=AT).changes)
    log.append(batch("inc-3", "Borough says so."))
    with opened(tmp_path / "backup") as backup, snapshot(backup) as held:
        head = fill(log, held, replace=True)
    assert head.serial == 9  # the seven of the backup, and the removal in its two records
    assert log.find_blob(next(iter(raw()))) is None
    assert log.verify() == 9
    assert [change.kind for change in log.since(7)] == ["removed", "removed"]
    log.close()
    assert next(iter(raw().values())) not in (tmp_path / "incidents.db").read_bytes()


def test_a_backup_is_one_private_file_that_holds_what_was_there(logs: Logs, tmp_path: Path) -> None:
    source, target = logs
    write_some(source)
    path = tmp_path / "backups" / "today"
    path.parent.mkdir()
    with snapshot(source.database) as held:
        assert write_backup(held, path) == source.head()
    assert [each.name for each in path.parent.iterdir()] == ["today"]
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o400)
    before = path.read_bytes()
    with opened(path) as backup, snapshot(backup) as held:
        fill(target, held)
    assert list(target.since()) == list(source.since())
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == ["today"]
    with pytest.raises(InputError, match="exists"), snapshot(source.database) as held:
        write_backup(held, path)


def test_a_backup_may_be_made_while_others_write(logs: Logs, tmp_path: Path) -> None:
    source, _ = logs
    write_some(source)
    done = Event()

    def write() -> None:
        version = 0
        while not done.is_set():
            body = Failed("b", "read", "empty")
            source.append([make_change(body, version + more, record="run") for more in (1, 2)])
            version += 2

    writer = Thread(target=write)
    writer.start()
    try:
        for number in range(3):
            with snapshot(source.database) as held:
                head = write_backup(held, tmp_path / f"backup-{number}")
            assert head.serial % 2 == 1  # seven, and whole pairs
    finally:
        done.set()
        writer.join()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(None, "there is no file", id="missing"),
        pytest.param(b"", "not an Incidex database", id="empty"),
        pytest.param(b"my diary", "not an Incidex database", id="text"),
        pytest.param(b"SQLite format 3\x00" + b"\xff" * 4096, "not an Incidex database|damaged", id="junk"),
    ],
)
def test_a_file_that_is_no_backup_is_refused(tmp_path: Path, content: bytes | None, message: str) -> None:
    if content is not None:
        (tmp_path / "backup").write_bytes(content)
    with pytest.raises(StoreError, match=message), opened(tmp_path / "backup"):
        pass


def test_a_backup_cut_in_the_middle_restores_nothing(tmp_path: Path) -> None:
    log = SqliteLog(tmp_path / "incidents.db")
    for number in range(30):
        log.append(batch(f"inc-{number}", f"Report{number} says it all."))
    with snapshot(log.database) as held:
        write_backup(held, tmp_path / "backup")
    whole = (tmp_path / "backup").read_bytes()
    other = SqliteLog(tmp_path / "other.db")
    for size in (len(whole) // 2, len(whole) - 4096 * 3, 4096 + 100):
        (tmp_path / "backup").write_bytes(whole[:size])
        with pytest.raises(StoreError), opened(tmp_path / "backup") as backup, snapshot(backup) as held:
            fill(other, held)
        assert other.last_serial() == 0
    log.close()
    other.close()
