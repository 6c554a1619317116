"""The log in a PostgreSQL database: any number of writers in turn, any number of readers, on any machine."""

import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import Lock
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import TupleRow

from incidex.model import StoreError
from incidex.store.database import Rows, Values
from incidex.store.queries import get_migrations, get_queries, statements
from incidex.store.sql_log import SqlLog

_SQL = get_queries("postgres.sql")

#: "Inci": the advisory lock that every append takes, together with the name of the schema.
LOCK = 0x496E6369

#: How long to wait for a server that does not answer.
CONNECT_SECONDS = 10

#: How long a removal waits for others to stop looking at what was there before it.
LOOK_SECONDS = 10.0

Connection = psycopg.Connection[TupleRow]


class PostgresLog(SqlLog):
    """A `Log` in a PostgreSQL database; its tables are made when they are not there."""

    def __init__(self, url: str) -> None:
        """Connect to `postgresql://…`; raise `StoreError` when the server or database cannot be used."""
        super().__init__(PostgresDatabase(url))


class PostgresSession:
    """A transaction on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def rows(self, query: str, values: Values = ()) -> Rows:
        """Run a query and return all of what it finds."""
        return self._connection.execute(_encoded(_SQL[query]), values).fetchall()

    def among(self, query: str, names: Collection[str]) -> Rows:
        """Run a query that takes any number of names."""
        return self.rows(query, (list(names),))

    def each(self, query: str, values: Values = ()) -> Iterator[tuple[Any, ...]]:
        """Run a query and yield what it finds, a hundred rows at a time."""
        with self._connection.cursor(name="each") as cursor:
            cursor.itersize = 100
            yield from cursor.execute(_encoded(_SQL[query]), values)

    def many(self, query: str, values: Iterable[Sequence[Any]]) -> None:
        """Run a query once for each row of values."""
        with self._connection.cursor() as cursor:
            cursor.executemany(_encoded(_SQL[query]), values)


class PostgresDatabase:
    """A database on a server: one connection that writes, and as many that read as ever read at once."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.name = _name(url)
        self.place = _place(url)
        self._writer_lock = Lock()
        self._readers: list[Connection] = []
        self._readers_lock = Lock()
        self._is_open = True
        with explained(self.name):
            self._writer = _connect(url)
            try:
                _prepare(self._writer, self.name)
            except BaseException:
                self._writer.close()
                raise

    @contextmanager
    def writing(self) -> Iterator[PostgresSession]:
        """Hold the one write transaction; other programs wait for the lock."""
        with self._writer_lock:
            self._require_open()
            with explained(self.name):
                if not _answers(self._writer):
                    self._writer.close()
                    self._writer = _connect(self._url)
                with self._writer.transaction():
                    lock(self._writer)
                    yield PostgresSession(self._writer)

    @contextmanager
    def reading(self) -> Iterator[PostgresSession]:
        """Lend a connection to one thread, in one transaction that sees one moment."""
        with explained(self.name):
            connection = self._borrow()
            try:
                with connection.transaction():
                    connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                    yield PostgresSession(connection)
            finally:
                self._give_back(connection)

    def scrub(self) -> bool:
        """Write the table of words anew, and let go of the old one.

        That keeps rows that anyone may still look at, so it waits until nobody does. The server's own
        write-ahead log, its archive and its backups are its operator's.
        """
        with self._writer_lock:
            self._require_open()
            with explained(self.name):
                if not _wait_for_lookers(PostgresSession(self._writer)):
                    return False
                self._writer.execute("VACUUM (FULL) blob")
                # Deletes the old table's file. Needs a right that the user may lack; the server does it by
                # itself within minutes.
                with suppress(psycopg.errors.InsufficientPrivilege):
                    self._writer.execute("CHECKPOINT")
                return True

    def close(self) -> None:
        """Let go of the server. Readers that are busy let go when they are done."""
        with self._writer_lock, self._readers_lock:
            self._is_open = False
            for reader in self._readers:
                reader.close()
            self._readers.clear()
            self._writer.close()

    def _borrow(self) -> Connection:
        with self._readers_lock:
            self._require_open()
            held = self._readers.pop() if self._readers else None
        if held is not None and not _answers(held):  # the server was started anew since
            held.close()
            held = None
        return held or _connect(self._url)

    def _give_back(self, connection: Connection) -> None:
        with self._readers_lock:
            if self._is_open and not connection.closed:
                self._readers.append(connection)
                return
        connection.close()

    def _require_open(self) -> None:
        if not self._is_open:
            raise StoreError(f"{self.name} has been closed; open it again")


@contextmanager
def explained(name: str) -> Iterator[None]:
    """Turn what PostgreSQL says into a sentence about this database. No password is ever part of it."""
    try:
        yield
    except psycopg.Error as error:
        raise StoreError(f"{name}: {_reason(error)}") from error


def lock(connection: Connection) -> None:
    """Wait for one's turn to append; it ends with the transaction, once what was written can be seen."""
    connection.execute(_encoded(_SQL["lock"]), (LOCK,))


#: What the class of an SQLSTATE means for the person who meets it.
_REASONS = {
    "08": "the server went away; whether the last batch was written shows when you look again",
    "25": "the server takes no writes here: it is a standby, or set to read only",
    "28": "the server refuses this user or password",
    "3D": "the server has no such database; make it with createdb, or name another",
    "42": "the tables may not be used as they are; check this user's rights",
    "53": "the server has no disk, memory or connections left; nothing of this batch was written",
    "57": "the server is shutting down or starting; try again in a moment",
    "58": "the server's disk could not be read or written",
    "XX": "the database is damaged; restore it from a backup",
}


def _reason(error: psycopg.Error) -> str:
    known = _REASONS.get((error.sqlstate or "")[:2])
    if known:
        return f"{known} ({error.sqlstate})"
    if isinstance(error, psycopg.OperationalError):
        # Connecting gives no code; the last line says which of host, user and database was wrong.
        said = str(error).strip().splitlines() or ["no reason given"]
        return f"the server cannot be reached: {said[-1].strip()}"
    return f"the database cannot be used ({type(error).__name__}, {error.sqlstate})"


def _name(url: str) -> str:
    """Name the database as people may see it: without the password, wherever in the address it stood."""
    try:
        parts = conninfo_to_dict(url)
    except psycopg.Error:
        # Not chained: the library's message repeats the address, and with it the password.
        raise StoreError(
            "the database's address cannot be read; it looks like postgresql://user@host:5432/name"
        ) from None
    place = "".join(
        (
            f"{parts['user']}@" if parts.get("user") else "",
            str(parts.get("host", "")),
            f":{parts['port']}" if parts.get("port") else "",
        )
    )
    return f"postgresql://{place}/{parts.get('dbname', '')}"


def _place(url: str) -> str:
    """Name the database with all that its address says, as the schema, but for the password."""
    parts = conninfo_to_dict(url)
    return " ".join(f"{name}={parts[name]}" for name in sorted(parts) if "password" not in name)


def _connect(url: str) -> Connection:
    connection = psycopg.connect(
        url, autocommit=True, connect_timeout=CONNECT_SECONDS, application_name="incidex"
    )
    connection.execute("SET client_encoding TO 'UTF8'")
    # A server may be set to acknowledge before the disk has it; what we acknowledge must be there.
    connection.execute(
        "SELECT set_config('synchronous_commit', 'on', false) "
        "WHERE current_setting('synchronous_commit') = 'off'"
    )
    return connection


def _wait_for_lookers(session: PostgresSession) -> bool:
    ((now,),) = session.rows("now")
    give_up_at = time.monotonic() + LOOK_SECONDS
    while session.rows("lookers", (now,)) != [(0,)]:
        if time.monotonic() > give_up_at:
            return False
        time.sleep(0.05)
    return True


def _answers(connection: Connection) -> bool:
    with suppress(psycopg.OperationalError):
        connection.execute("SELECT 1")
        return True
    return False


def _prepare(connection: Connection, name: str) -> None:
    """Make the tables, or bring older ones up to date; raise `StoreError` when they are not for us."""
    (fsync,) = connection.execute("SHOW fsync").fetchone() or ("",)
    if fsync == "off":
        raise StoreError(f"{name}: the server runs with fsync = off and loses what it promised; turn it on")
    if _version(connection, name) == len(get_migrations("postgres")):
        return
    with connection.transaction():
        lock(connection)
        # Asked again inside the transaction: another process may have done it while this one waited.
        done = _version(connection, name)
        for script in get_migrations("postgres")[done:]:
            for statement in statements(script):
                connection.execute(_encoded(statement))
        connection.execute("UPDATE incidex SET version = %s", (len(get_migrations("postgres")),))


def _version(connection: Connection, name: str) -> int:
    known = len(get_migrations("postgres"))
    found = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1"
    ).fetchall()
    if ("incidex",) not in found:
        if found:
            raise StoreError(f"{name} holds the tables of another application; name an empty database")
        return 0
    (version,) = connection.execute("SELECT version FROM incidex").fetchone() or (0,)
    if version > known:
        raise StoreError(
            f"{name} was made by a newer Incidex (database version {version}; this one knows {known}); "
            "install the newer one"
        )
    return int(version)


def _encoded(query: str) -> bytes:
    """Return SQL of ours as the driver wants it: bytes, which it takes for no literal of a user's."""
    return query.encode()
