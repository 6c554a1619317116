"""Open an Incidex database in SQLite, or say in a sentence why it cannot be used."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from incidex.model import StoreError
from incidex.store.queries import get_migrations, statements

#: "Inci", so that `file` and we can tell our databases from others.
APPLICATION_ID = 0x496E6369

#: How long a write waits for another program's write.
BUSY_SECONDS = 10.0


class Connect(Protocol):
    """How connections are made: `connect` below, or one to a disk that tests can take the power from."""

    def __call__(self, path: Path, /, *, read_only: bool = False) -> sqlite3.Connection:
        """Return a connection in autocommit mode."""
        ...


_MAGIC = b"SQLite format 3\x00"


def open_database(path: Path, connect: Connect) -> sqlite3.Connection:
    """Return a connection that may write, made by and for this version; make the database when it is new.

    Raises `StoreError` when the file is not a database, belongs to another application, was made by a newer
    Incidex, or may not be written.
    """
    _check_file(path)
    with explained(path):
        connection = connect(path)
        try:
            if _version(connection, path) < len(get_migrations("sqlite")):
                _migrate(connection, path)
            _switch_to_wal(connection)
        except BaseException:
            connection.close()
            raise
    return connection


def open_for_reading(path: Path) -> sqlite3.Connection:
    """Return a connection to a database of this or an earlier version that leaves the file as it is."""
    if not path.exists():
        raise StoreError(f"there is no file {path}")
    _check_file(path, writing=False)
    with explained(path):
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
        try:
            _require_ours(connection, path)
        except BaseException:
            connection.close()
            raise
    return connection


def _require_ours(connection: sqlite3.Connection, path: Path) -> None:
    if not _version(connection, path):
        raise StoreError(f"{path} is not an Incidex database; name another file")


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """Return a connection in autocommit mode: transactions begin only where the code says BEGIN."""
    # Used by one thread at a time, but not always by the same one.
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    # NORMAL loses acknowledged commits in a power cut; section 7 of the design has the measurement.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute(f"PRAGMA query_only = {'ON' if read_only else 'OFF'}")
    return connection


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what SQLite says into a sentence about this file."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(f"{path}: {_reason(error)}") from error


@contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Hold the one write transaction; whatever goes wrong inside leaves no trace."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


#: What the first word of SQLite's error code family means for the person who meets it.
_REASONS = {
    "SQLITE_BUSY": "another program has been writing for too long; try again when it is done",
    "SQLITE_LOCKED": "another program has been writing for too long; try again when it is done",
    "SQLITE_READONLY": "the database may not be written; check its permissions and those of its folder",
    "SQLITE_FULL": "the disk is full; nothing of this batch was written",
    "SQLITE_IOERR": "the disk could not be read or written; nothing of this batch was written",
    "SQLITE_CANTOPEN": "the database cannot be opened; check that its folder exists and may be written",
    "SQLITE_NOTADB": "this file is not an Incidex database; name another file",
    "SQLITE_CORRUPT": "the database is damaged; restore it from a copy",
}


def _reason(error: sqlite3.Error) -> str:
    name = getattr(error, "sqlite_errorname", "") or ""
    family = "_".join(name.split("_")[:2])
    return _REASONS.get(family, f"the database cannot be used ({error})")


def _check_file(path: Path, *, writing: bool = True) -> None:
    try:
        if path.is_dir():
            raise StoreError(f"{path} is a folder; name a file in it")
        if not path.exists():
            if not path.parent.is_dir():
                raise StoreError(f"{path.parent} does not exist; make that folder first")
            return
        with path.open("rb") as file:
            head = file.read(len(_MAGIC))
        if head and head != _MAGIC:
            raise StoreError(f"{path} is not an Incidex database; name another file")
        # Asked of the file and not of the system, because to an administrator everything is writable.
        if writing and not path.stat().st_mode & 0o222:
            raise StoreError(f"{path} is marked read-only; make it writable, or work on a copy")
    except OSError as error:
        raise StoreError(f"{path} cannot be opened: {error.strerror}") from error


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])


def _version(connection: sqlite3.Connection, path: Path) -> int:
    version, known = _pragma(connection, "user_version"), len(get_migrations("sqlite"))
    is_empty = not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if _pragma(connection, "application_id") != APPLICATION_ID and not (is_empty and version == 0):
        raise StoreError(f"{path} belongs to another application; name another file")
    if version > known:
        raise StoreError(
            f"{path} was made by a newer Incidex (database version {version}; this one knows {known}); "
            "install the newer one"
        )
    return version


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    with writing(connection):
        # Asked again inside the transaction: another process may have done it while this one waited.
        done = _version(connection, path)
        for number, script in enumerate(get_migrations("sqlite")[done:], start=done + 1):
            for statement in statements(script):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number}")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    give_up_at = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            # SQLite does not wait for this lock by itself when two processes open a new database at once.
            if "locked" not in str(error) or time.monotonic() > give_up_at:
                raise
            time.sleep(0.02)
        else:
            return
