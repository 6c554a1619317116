"""A file that was cut, a disk that is full: a sentence, and never half a batch."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from incidex.model import StoreError
from incidex.store import SqliteLog
from tests.contract.log_samples import batch, raw
from tests.tamper import write_log


def count(path: Path) -> int:
    """Open, verify and read all of a log; return how many changes it has."""
    log = SqliteLog(path)
    try:
        verified = log.verify()
        assert verified == len(list(log.since()))
        return verified
    finally:
        log.close()


@pytest.mark.parametrize("part", [0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
@pytest.mark.parametrize("past_a_page", [0, 100], ids=["page", "line"])
def test_a_file_that_was_cut_is_refused_or_named(tmp_path: Path, part: float, past_a_page: int) -> None:
    path = tmp_path / "incidents.db"
    write_log(path)
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.truncate(int(size * part) // 4096 * 4096 + past_a_page)
    with pytest.raises(StoreError, match=r"damaged|missing|cut off|altered|not an Incidex database"):
        count(path)


def test_a_write_ahead_log_that_was_cut_leaves_whole_batches(tmp_path: Path) -> None:
    path, copy = tmp_path / "incidents.db", tmp_path / "copy.db"
    log = SqliteLog(path)
    for number in range(6):
        log.append(batch(f"inc-{number}", f"Report{number} says it all."))
    shutil.copyfile(path, copy)  # as after a kill, with the write-ahead log beside it
    ahead = (tmp_path / "incidents.db-wal").read_bytes()
    log.close()
    seen = set()
    for size in range(0, len(ahead), 3333):
        shutil.copyfile(copy, tmp_path / "cut.db")
        (tmp_path / "cut.db-wal").write_bytes(ahead[:size])
        seen.add(count(tmp_path / "cut.db"))
        for left in tmp_path.glob("cut.db*"):
            left.unlink()
    assert seen <= {0, 3, 6, 9, 12, 15, 18}
    assert len(seen) > 3


def test_a_full_disk_keeps_what_was_there_and_nothing_of_the_batch(tmp_path: Path) -> None:
    path = tmp_path / "incidents.db"
    log = SqliteLog(path)
    log.append(batch(), raw())
    writer = log.database._writer  # type: ignore[attr-defined]
    (pages,) = writer.execute("PRAGMA page_count").fetchone()
    writer.execute(f"PRAGMA max_page_count = {pages + 2}")
    large = "Acme says nothing. " + "It says so again. " * 20_000
    with pytest.raises(StoreError, match="the disk is full; nothing of this batch was written"):
        log.append(batch("inc-2", large), raw(large))
    assert (log.verify(), log.incidents()) == (3, ("inc-1",))
    writer.execute("PRAGMA max_page_count = 100000")
    assert log.append(batch("inc-2", large), raw(large)) == 6
    assert log.verify() == 6
    log.close()


def test_a_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "bookmarks.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE change (serial INTEGER PRIMARY KEY, url TEXT)")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="belongs to another application"):
        SqliteLog(path)
    assert path.read_bytes() == before
