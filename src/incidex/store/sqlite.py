"""The log in one SQLite file: one writer at a time, any number of readers, safe from kill and power cut."""

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from threading import Lock
from typing import Any

from incidex.model import StoreError
from incidex.store.database import Rows, Values
from incidex.store.opening import Connect, connect, explained, open_database, open_for_reading, writing
from incidex.store.queries import get_queries
from incidex.store.sql_log import SqlLog

_SQL = get_queries("sqlite.sql")


class SqliteLog(SqlLog):
    """A `Log` in a SQLite file, made when it is not there."""

    def __init__(self, path: str | PathLike[str], *, connect: Connect = connect) -> None:
        """Open the database; raise `StoreError` when the file cannot be used."""
        self.path = Path(path)
        super().__init__(SqliteDatabase(self.path, connect))


class SqliteSession:
    """A transaction on one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows(self, query: str, values: Values = ()) -> Rows:
        """Run a query and return all of what it finds."""
        return self._connection.execute(_SQL[query], values).fetchall()

    def among(self, query: str, names: Collection[str]) -> Rows:
        """Run a query that takes any number of names."""
        return self.rows(query, (json.dumps(list(names)),))

    def each(self, query: str, values: Values = ()) -> Iterator[tuple[Any, ...]]:
        """Run a query and yield what it finds."""
        yield from self._connection.execute(_SQL[query], values)

    def many(self, query: str, values: Iterable[Sequence[Any]]) -> None:
        """Run a query once for each row of values."""
        self._connection.executemany(_SQL[query], values)


class SqliteFile:
    """A database that is only read, and left as it is: a backup, or one of an earlier version."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection = open_for_reading(path)

    @contextmanager
    def reading(self) -> Iterator[SqliteSession]:
        """Look at one moment of it."""
        with explained(self.path):
            self._connection.execute("BEGIN")
            try:
                yield SqliteSession(self._connection)
            finally:
                self._connection.execute("COMMIT")

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


class SqliteDatabase:
    """An open file: one connection that writes, and as many that read as ever read at once."""

    def __init__(self, path: Path, connect: Connect = connect) -> None:
        self.path = path
        self.place = str(path.absolute())
        self._connect = connect
        self._writer = open_database(path, connect)
        self._writer_lock = Lock()
        self._readers: list[sqlite3.Connection] = []
        self._readers_lock = Lock()
        self._is_open = True

    @contextmanager
    def writing(self) -> Iterator[SqliteSession]:
        """Hold the one write transaction."""
        with self._writer_lock:
            self._require_open()
            with explained(self.path), writing(self._writer) as connection:
                yield SqliteSession(connection)

    @contextmanager
    def reading(self) -> Iterator[SqliteSession]:
        """Lend a connection to one thread, in one transaction: a batch is seen whole or not at all."""
        with self._readers_lock:
            self._require_open()
            held = self._readers.pop() if self._readers else None
        with explained(self.path):
            connection = held or self._connect(self.path, read_only=True)
            try:
                connection.execute("BEGIN")
                try:
                    yield SqliteSession(connection)
                finally:
                    connection.execute("COMMIT")
            finally:
                self._give_back(connection)

    def scrub(self) -> bool:
        """Write the file anew without free space, and empty the write-ahead log."""
        with self._writer_lock:
            self._require_open()
            with explained(self.path):
                self._writer.execute("VACUUM")
                # Waits as long as a write does for readers of what was before.
                (is_busy, *_) = self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                return not is_busy

    def close(self) -> None:
        """Let go of the file. Readers that are busy let go when they are done."""
        with self._writer_lock, self._readers_lock:
            self._is_open = False
            for reader in self._readers:
                reader.close()
            self._readers.clear()
            self._writer.close()

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._readers_lock:
            if self._is_open:
                self._readers.append(connection)
                return
        connection.close()

    def _require_open(self) -> None:
        if not self._is_open:
            raise StoreError(f"{self.path} has been closed; open it again")
