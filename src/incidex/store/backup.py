"""A backup: the whole log in one SQLite file, from whatever database, checked before it gets its name."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from incidex.model import InputError, StoreError
from incidex.store.base import Head
from incidex.store.database import Readable
from incidex.store.opening import explained
from incidex.store.sqlite import SqliteFile, SqliteLog
from incidex.store.tables import verify_all
from incidex.store.transfer import Snapshot, Step, fill


def write_backup(source: Snapshot, path: Path, *, step: Step = lambda: None) -> Head:
    """Write a snapshot to a new file; return where its log ends.

    The file has its name only once all of it is on disk and was read back. Only its owner may read it,
    because it holds what every tier may see.
    """
    if path.exists():
        raise InputError(f"{path} exists; name a file that does not, or move that one away")
    unfinished = path.with_name(f"{path.name}.unfinished")
    try:
        _remove(unfinished)
        unfinished.touch(mode=0o600)
        log = SqliteLog(unfinished)
        try:
            fill(log, source, step=step)
        finally:
            log.close()
        _make_one_file(unfinished)
        with opened(unfinished) as backup, backup.reading() as session:
            head = verify_all(session)
        _put_on_disk(unfinished)
        unfinished.rename(path)
        _put_on_disk(path.parent)
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        _remove(unfinished)
    return head


@contextmanager
def opened(path: Path) -> Iterator[Readable]:
    """Open a file for reading alone, and leave it as it is."""
    file = SqliteFile(path)
    try:
        yield file
    finally:
        file.close()


def _make_one_file(path: Path) -> None:
    """Have the file read without a write-ahead log, which readers would leave beside it."""
    with explained(path), closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _put_on_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
