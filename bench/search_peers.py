"""What `bench/search.py` is compared with: SQLite FTS5 and PostgreSQL full text, over the same rows."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from psycopg import Connection

#: The facets that are compared: five, as each database has them in a column.
FIVE = ("year", "country", "industry", "action", "data")

#: How PostgreSQL is run: as its manual advises a machine of this size, with a time limit for each question.
POSTGRES = {"shared_buffers": "2GB", "effective_cache_size": "12GB", "random_page_cost": "1.1", "jit": "off"}
SESSION = {"work_mem": "256MB", "statement_timeout": "60s"}
PARALLEL = (0, 2)  # workers beside the one that answers; both are tried
MOST_SECONDS = 60.0

#: Answers the words of a query: how many incidents were found; nothing when that took too long.
Ask = Callable[[list[str]], int | None]


class Row(NamedTuple):
    """What the other databases hold of an incident."""

    id: str
    text: str
    year: str
    country: str
    industry: str
    action: str
    data: str


def rows(table: Path) -> Iterator[Row]:
    with table.open() as file:
        for line in file:
            yield Row(*line.rstrip("\n").split("\t"))


def build_sqlite(table: Path, path: Path) -> sqlite3.Connection:
    """Fill a database, or open the one that is there."""
    done = path.with_suffix(".done")
    database = sqlite3.connect(path)
    if done.exists():
        database.execute("PRAGMA cache_size = -400000")
        print(done.read_text(), end="")
        return database
    began = time.perf_counter()
    database.executescript(
        """PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -400000;
        CREATE TABLE incident (n INTEGER PRIMARY KEY, id TEXT, year TEXT, country TEXT, industry TEXT,
            action TEXT, data TEXT);
        CREATE VIRTUAL TABLE words USING fts5 (text, content = '');"""
    )
    for number, row in enumerate(rows(table), start=1):
        database.execute("INSERT INTO words (rowid, text) VALUES (?, ?)", (number, row.text))
        database.execute("INSERT INTO incident VALUES (?, ?, ?, ?, ?, ?, ?)", (number, row.id, *row[2:]))
    database.commit()
    database.execute("INSERT INTO words (words) VALUES ('optimize')")
    database.commit()
    size = path.stat().st_size
    note(done, f"SQLite FTS5    in {time.perf_counter() - began:.0f} s, {size / 1e6:,.0f} MB on disk")
    return database


def note(done: Path, said: str) -> None:
    """Say how long it took, now and whenever what was built is used again."""
    print(said)
    done.write_text(f"{said} (built earlier)\n")


def sqlite_asked(database: sqlite3.Connection, names: tuple[str, ...]) -> Ask:
    def ask(words: list[str]) -> int:
        query = " ".join(f'"{word}"' for word in words)
        database.execute(
            "SELECT incident.id FROM words JOIN incident ON n = words.rowid WHERE words MATCH ? "
            "ORDER BY bm25(words) LIMIT 20",
            (query,),
        ).fetchall()
        database.execute("DROP TABLE IF EXISTS temp.found")
        database.execute(
            "CREATE TEMP TABLE found AS SELECT rowid AS n FROM words WHERE words MATCH ?", (query,)
        )
        for name in names:
            database.execute(
                f"SELECT {name}, count(*) FROM found JOIN incident USING (n) "  # noqa: S608  our names
                "GROUP BY 1 ORDER BY 2 DESC LIMIT 10"
            ).fetchall()
        return int(database.execute("SELECT count(*) FROM found").fetchone()[0])

    return ask


@contextmanager
def postgres_asked(table: Path, folder: Path) -> Iterator[dict[str, Ask]]:
    """Fill a server in a folder, or start the one that is there; yield named ways to ask it."""
    import psycopg

    from tests.postgres import Server

    server, done = Server(folder / "server", POSTGRES), folder / "server.done"
    if not done.exists():
        server.make()
    server.start()
    try:
        with psycopg.connect(server.url(), autocommit=True) as database:
            if not done.exists():
                _fill_postgres(database, table, done)
            else:
                print(done.read_text(), end="")
            for name, value in SESSION.items():
                database.execute(f"SET {name} = '{value}'".encode())
            yield {
                f"PostgreSQL, {workers or 'no'} parallel workers": _ask_postgres(database, workers)
                for workers in PARALLEL
            }
    finally:
        server.halt()


def _fill_postgres(database: "Connection", table: Path, done: Path) -> None:
    began = time.perf_counter()
    for setting in ("maintenance_work_mem = '1GB'", "synchronous_commit = off"):
        database.execute(f"SET {setting}".encode())
    database.execute(
        "CREATE TABLE incident (id text, words tsvector, year text, country text, industry text, "
        "action text, data text)"
    )
    with database.cursor().copy(
        "COPY incident (id, words, year, country, industry, action, data) FROM STDIN"
    ) as copy:
        for row in rows(table):
            copy.write_row((row.id, _vector(row.text), *row[2:]))
    database.execute("CREATE INDEX ON incident USING gin (words)")
    database.execute("VACUUM ANALYZE incident")
    size = database.execute("SELECT pg_total_relation_size('incident')").fetchone()
    note(
        done,
        f"PostgreSQL     in {time.perf_counter() - began:.0f} s, {(size or [0])[0] / 1e6:,.0f} MB on disk",
    )


def _vector(text: str) -> str:
    """Write words with their places as PostgreSQL writes them; its own parser would find the same."""
    places: dict[str, list[str]] = {}
    for place, word in enumerate(text.lower().split(), start=1):
        places.setdefault(word, []).append(str(place))
    return " ".join(f"'{word}':{','.join(held)}" for word, held in places.items())


def _ask_postgres(database: "Connection", workers: int) -> Ask:
    from psycopg.errors import QueryCanceled

    grouped = ", ".join(f"({name})" for name in FIVE)
    counts = (
        f"SELECT {', '.join(FIVE)}, count(*) FROM incident WHERE words @@ %s::tsquery "  # noqa: S608  our names
        f"GROUP BY GROUPING SETS ({grouped}, ())"
    )

    def ask(words: list[str]) -> int | None:
        query = " & ".join(f"'{word}'" for word in words)
        database.execute(f"SET max_parallel_workers_per_gather = {workers}".encode())
        try:
            database.execute(
                "SELECT id, ts_rank(words, %s::tsquery) AS rank FROM incident WHERE words @@ %s::tsquery "
                "ORDER BY rank DESC LIMIT 20",
                (query, query),
            ).fetchall()
            counted = database.execute(counts.encode(), (query,)).fetchall()
        except QueryCanceled:
            return None
        return int(next((row[-1] for row in counted if not any(row[:-1])), 0))

    return ask
