"""The log in one SQLite file: one writer at a time, any number of readers, safe from kill and power cut."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from threading import Lock
from typing import Any

from incidex.model import Change, Kind, StoreError, Tier
from incidex.store.base import NO_BLOBS
from incidex.store.codec import Line, decode, encode, link
from incidex.store.opening import connect, explained, open_database, writing
from incidex.store.projection import fold_key, rows
from incidex.store.promises import (
    FindTexts,
    check_blobs,
    check_chain,
    check_evidence,
    check_stored,
    check_versions,
)
from incidex.store.queries import get_queries

_SQL = get_queries("sqlite.sql")


class SqliteLog:
    """A `Log` in a SQLite file, made when it is not there. Each method is promised at `Log`."""

    def __init__(self, path: str | PathLike[str]) -> None:
        """Open the database; raise `StoreError` when the file cannot be used."""
        self.path = Path(path)
        self._writer = open_database(self.path)
        self._writer_lock = Lock()
        self._readers: list[sqlite3.Connection] = []
        self._readers_lock = Lock()
        self._is_open = True

    def append(self, changes: Sequence[Change], blobs: Mapping[str, bytes] = NO_BLOBS) -> int:
        """Write all of it or nothing, and return the last serial; see `Log.append`."""
        check_blobs(blobs)
        encoded = [encode(change) for change in changes]
        with self._writing() as database:
            check_versions(changes, _versions(database, {change.record for change in changes}))
            _put_blobs(database, blobs)
            for _, apart in encoded:
                _put_blobs(database, apart)
            check_evidence(changes, _text_finder(database, [line for line, _ in encoded]))
            serial, prev_hash = _last(database)
            linked = link((line for line, _ in encoded), serial, prev_hash)
            database.executemany(_SQL["append"], linked)
            for line in linked:
                _project(database, line)
            return serial + len(linked)

    def since(self, serial: int = 0) -> Iterator[Change]:
        """Yield the changes after `serial`, a page at a time; see `Log.since`."""
        while True:
            with self._reading() as database:
                page = _lines(database, "page", serial)
                changes = [decode(line, _blob_finder(database)) for line in page]
            if not changes:
                return
            yield from changes
            serial = page[-1].serial

    def history(self, record: str) -> tuple[Change, ...]:
        """Return everything that happened to one record."""
        with self._reading() as database:
            found = _lines(database, "history", record)
            return tuple(decode(line, _blob_finder(database)) for line in found)

    def versions(self, records: Iterable[str]) -> Mapping[str, int]:
        """Return the current version of each record, 0 for a new one."""
        with self._reading() as database:
            return _versions(database, records)

    def find_blob(self, sha256: str) -> bytes | None:
        """Return the bytes of that name, if they are here."""
        with self._reading() as database:
            return _blob_finder(database)(sha256)

    def last_serial(self) -> int:
        """Return the serial of the last change."""
        with self._reading() as database:
            return _last(database)[0]

    def records(self, kind: Kind) -> tuple[str, ...]:
        """Return the records of one kind of change, the latest first."""
        return self._names("records", (kind.value,))

    def incidents(self) -> tuple[str, ...]:
        """Return the ids of all incidents, newest first."""
        return self._names("incidents", ())

    def candidates(self, field: str, value: str) -> tuple[str, ...]:
        """Return the incidents of which someone asserted that value."""
        return self._names("candidates", (field, fold_key(value)))

    def find_by_name(self, text: str, tier: Tier = Tier.RED) -> tuple[str, ...]:
        """Return the incidents that a person can mean; see `Log.find_by_name`."""
        wanted = {"text": fold_key(text), "tier": int(tier)}
        if not wanted["text"]:
            return ()
        return self._names("named", wanted) or self._names("named_partly", wanted)

    def rebuild(self) -> None:
        """Make the tables again from the changes, in one transaction."""
        with self._writing() as database:
            for name in ("drop_keys", "drop_claims", "drop_reports", "drop_incidents"):
                database.execute(_SQL[name])
            for line in _all_lines(database):
                _project(database, line)

    def verify(self) -> int:
        """Check every line and blob; see `Log.verify`."""
        with self._reading() as database:
            # One transaction, so that a batch that comes in meanwhile is seen whole or not at all.
            database.execute("BEGIN")
            try:
                count = check_chain(_all_lines(database))
                check_stored(database.execute(_SQL["blobs"]))
            finally:
                database.execute("COMMIT")
            return count

    def close(self) -> None:
        """Let go of the file. Readers that are busy let go when they are done."""
        with self._writer_lock, self._readers_lock:
            self._is_open = False
            for reader in self._readers:
                reader.close()
            self._readers.clear()
            self._writer.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._writer_lock:
            self._require_open()
            with explained(self.path), writing(self._writer) as database:
                yield database

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection to one thread: as many are kept as ever read at once."""
        with self._readers_lock:
            self._require_open()
            held = self._readers.pop() if self._readers else None
        with explained(self.path):
            database = held or connect(self.path, read_only=True)
            try:
                yield database
            finally:
                self._give_back(database)

    def _give_back(self, database: sqlite3.Connection) -> None:
        with self._readers_lock:
            if self._is_open:
                self._readers.append(database)
                return
        database.close()

    def _require_open(self) -> None:
        if not self._is_open:
            raise StoreError(f"{self.path} has been closed; open it again")

    def _names(self, query: str, wanted: Mapping[str, Any] | Sequence[Any]) -> tuple[str, ...]:
        with self._reading() as database:
            return tuple(name for (name,) in database.execute(_SQL[query], wanted))


def _lines(database: sqlite3.Connection, query: str, wanted: str | int) -> list[Line]:
    return [Line(*held) for held in database.execute(_SQL[query], (wanted,))]


def _all_lines(database: sqlite3.Connection) -> Iterator[Line]:
    serial = 0
    while page := _lines(database, "page", serial):
        yield from page
        serial = page[-1].serial


def _last(database: sqlite3.Connection) -> tuple[int, str]:
    serial, last_hash = database.execute(_SQL["last"]).fetchone() or (0, "")
    return int(serial), str(last_hash)


def _versions(database: sqlite3.Connection, records: Iterable[str]) -> dict[str, int]:
    return {record: database.execute(_SQL["version"], (record,)).fetchone()[0] or 0 for record in records}


def _put_blobs(database: sqlite3.Connection, blobs: Mapping[str, bytes]) -> None:
    database.executemany(_SQL["put_blob"], blobs.items())


def _blob_finder(database: sqlite3.Connection) -> Callable[[str], bytes | None]:
    def find_blob(sha256: str) -> bytes | None:
        found = database.execute(_SQL["blob"], (sha256,)).fetchone()
        return None if found is None else bytes(found[0])

    return find_blob


def _text_finder(database: sqlite3.Connection, lines: Sequence[Line]) -> FindTexts:
    """Find texts in the batch first, then in the database."""
    new = [row.values for line in lines for row in rows(line) if row.table == "report"]

    def find_texts(report: str) -> list[str]:
        find_blob = _blob_finder(database)
        arriving = [find_blob(str(text)) for name, text, _ in reversed(new) if name == report]
        stored = [content for (content,) in database.execute(_SQL["texts"], (report,))]
        found = [*arriving, *stored]
        return [content.decode("utf-8", "surrogatepass") for content in found if content is not None]

    return find_texts


def _project(database: sqlite3.Connection, line: Line) -> None:
    for row in rows(line):
        database.execute(_SQL[f"add_{row.table}"], row.values)
