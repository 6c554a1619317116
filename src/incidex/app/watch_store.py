"""Standing queries and what they have still to say, in a SQLite file of their own beside the accounts.

What is to be sent is written down in the same transaction that moves a watch on, and struck out only once it
was taken. So nothing is lost when the program is killed, and what is sent a second time has the same id.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from incidex.model import InputError, StoreError, Tier

_TABLES = """
CREATE TABLE IF NOT EXISTS watch (
  name TEXT PRIMARY KEY, place TEXT NOT NULL, query TEXT NOT NULL, tier INTEGER NOT NULL, url TEXT NOT NULL,
  file TEXT NOT NULL, secret TEXT NOT NULL, is_private INTEGER NOT NULL, serial INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS outbox (
  place INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
  watch TEXT NOT NULL REFERENCES watch (name) ON DELETE CASCADE, body TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0, due REAL NOT NULL DEFAULT 0,
  problem TEXT NOT NULL DEFAULT '', is_given_up INTEGER NOT NULL DEFAULT 0
) STRICT;
"""

_WATCH = "name, place, query, tier, url, file, secret, is_private, serial"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A standing query: what it looks for in which log, for whom, and where it says so."""

    name: str
    place: str  # which database, without any password
    query: str
    tier: Tier
    url: str = ""  # of a webhook
    file: str = ""
    secret: str = field(default="", repr=False)  # signs what goes to the webhook
    is_private: bool = False  # whether the webhook may be on a private network
    serial: int = 0  # up to which change it has looked

    @property
    def target(self) -> str:
        """Say where it speaks."""
        return self.url or self.file


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something to be said once: its id is what it says, so that saying it twice can be noticed."""

    id: str
    watch: str
    body: str  # JSON
    attempts: int = 0
    due: float = 0.0  # seconds since 1970 from which it may be sent
    problem: str = ""  # what went wrong last
    is_given_up: bool = False


class Watches:
    """The watches of one home. One program runs them at a time; others may add and list."""

    def __init__(self, path: Path) -> None:
        """Open the file, and make it when it is not there; only its owner may read it."""
        self.path = path
        with self._explained():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            self._connection = sqlite3.connect(path, isolation_level=None, timeout=10)
            self._connection.execute("PRAGMA foreign_keys = ON")
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.executescript(_TABLES)

    def add(self, watch: Watch) -> None:
        """Keep a watch; raise `InputError` when there is one of that name."""
        values = (watch.name, watch.place, watch.query, int(watch.tier), watch.url, watch.file, watch.secret)
        with self._explained():
            try:
                self._connection.execute(
                    f"INSERT INTO watch ({_WATCH}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - our names
                    (*values, watch.is_private, watch.serial),
                )
            except sqlite3.IntegrityError as error:
                raise InputError(
                    f"there is a watch named {watch.name!r}; remove it, or choose a name"
                ) from error

    def remove(self, name: str) -> None:
        """Forget a watch and what it had still to say; raise `InputError` when there is none."""
        with self._explained():
            if not self._connection.execute("DELETE FROM watch WHERE name = ?", (name,)).rowcount:
                raise InputError(f"there is no watch named {name!r}; `incidex watch list` lists them")

    def all(self) -> list[Watch]:
        """Return the watches in the order of their names."""
        with self._explained():
            rows = self._connection.execute(f"SELECT {_WATCH} FROM watch ORDER BY name")  # noqa: S608 - our names
            return [_watch(row) for row in rows]

    def waiting(self, name: str) -> list[Notice]:
        """Return what a watch has still to say, the first first, also what was given up."""
        with self._explained():
            rows = self._connection.execute(
                "SELECT id, watch, body, attempts, due, problem, is_given_up FROM outbox WHERE watch = ? "
                "ORDER BY place",
                (name,),
            )
            return [
                Notice(id=i, watch=w, body=b, attempts=a, due=d, problem=p, is_given_up=bool(g))
                for i, w, b, a, d, p, g in rows
            ]

    def move_on(self, watch: Watch, serial: int, notices: Iterable[Notice]) -> int:
        """Write down what is to be said and how far was looked, both or neither; return how much is new."""
        with self._writing():
            count = 0
            for each in notices:
                done = self._connection.execute(
                    "INSERT INTO outbox (id, watch, body) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                    (each.id, each.watch, each.body),
                )
                count += done.rowcount
            self._connection.execute("UPDATE watch SET serial = ? WHERE name = ?", (serial, watch.name))
            return count

    def strike_out(self, notice: Notice) -> None:
        """Forget what was taken."""
        with self._explained():
            self._connection.execute("DELETE FROM outbox WHERE id = ?", (notice.id,))

    def put_off(self, notice: Notice, problem: str, due: float, *, is_given_up: bool) -> None:
        """Remember that it was not taken and why, and when to try again."""
        with self._explained():
            self._connection.execute(
                "UPDATE outbox SET attempts = attempts + 1, problem = ?, due = ?, is_given_up = ? "
                "WHERE id = ?",
                (problem[:300], due, is_given_up, notice.id),
            )

    def try_again(self) -> None:
        """Have everything sent that was given up, as if for the first time."""
        with self._explained():
            self._connection.execute(
                "UPDATE outbox SET attempts = 0, due = 0, is_given_up = 0 WHERE is_given_up"
            )

    def close(self) -> None:
        """Let go of the file; closing twice is fine."""
        self._connection.close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._explained():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"the watches in {self.path} cannot be used: {error}") from error


def _watch(row: Sequence[object]) -> Watch:
    name, place, query, tier, url, file, secret, is_private, serial = row
    return Watch(
        name=str(name),
        place=str(place),
        query=str(query),
        tier=Tier(int(str(tier))),
        url=str(url),
        file=str(file),
        secret=str(secret),
        is_private=bool(is_private),
        serial=int(str(serial)),
    )


def is_watched(path: Path, place: str) -> bool:
    """Say whether a database has any watch; a file that is not there is not made."""
    if not path.exists():
        return False
    with opened(path) as watches:
        return any(watch.place == place for watch in watches.all())


@contextmanager
def opened(path: Path) -> Iterator[Watches]:
    """Open the watches, and let go of them at the end."""
    with closing(Watches(path)) as watches:
        yield watches
