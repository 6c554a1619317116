"""Records as a SQLite file for people who query: four tables, indexed, and one that says what columns mean.

Nothing of the log is in it: it is an export like the others, for Datasette, notebooks and SQL.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

import msgspec

from incidex.exchange import Choice, Loss
from incidex.exchange.columns import Cell, Content, Table, TableRows, get_tables, make_whole
from incidex.model import Incident, StoreError

_TYPES = {Cell.WHOLE: "INTEGER", Cell.NUMBER: "REAL"}
_TOGETHER = 1_000

#: What people look for; a table's own key and what it refers to are indexed anyway.
_INDEXED = {"claims": ("field", "speaker"), "links": ("to",), "incidents": ("changed_at",)}

_COLUMNS = 'CREATE TABLE "columns" ("table" TEXT, "column" TEXT, "holds" TEXT, "words" TEXT) STRICT'


def write_sqlite(incidents: Iterable[Incident], path: Path, choice: Choice) -> Iterator[Loss]:
    """Write a new file with a table of incidents, one of claims, one of reports and one of links.

    Days and times are ISO 8601 texts, lists are JSON arrays. Nothing is lost: what the table of incidents
    cannot say of a value stands in that of claims.
    """
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            # The file has no name yet that anyone opens: if the power goes, the export is made again.
            for statement in ("PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF", "BEGIN"):
                connection.execute(statement)
            makers = [_Maker(connection, name, TableRows(name, choice)) for name in get_tables()]
            for incident in incidents:
                for maker in makers:
                    maker.add(incident)
            for maker in makers:
                maker.finish()
            connection.execute(_COLUMNS)
            for name, table in get_tables().items():
                rows = [(name, each.name, str(each.cell), each.words) for each in table.columns]
                connection.executemany('INSERT INTO "columns" VALUES (?, ?, ?, ?)', rows)
            for statement in ("COMMIT", "ANALYZE"):
                connection.execute(statement)
    except sqlite3.Error as error:
        raise StoreError(f"{path} cannot be written: {error}") from error
    yield from ()


class _Maker:
    """Makes one table."""

    def __init__(self, connection: sqlite3.Connection, name: str, rows: TableRows) -> None:
        self._connection, self._name, self._rows = connection, name, rows
        self._held: list[tuple[Content, ...]] = []
        columns = rows.table.columns
        marks = ", ".join("?" * len(columns))
        self._insert = f'INSERT INTO "{name}" VALUES ({marks})'  # noqa: S608 - a name of ours, from a table
        connection.execute(_make_table(name, rows.table))

    def add(self, incident: Incident) -> None:
        """Write the rows of a record, some records at a time."""
        self._held.extend(tuple([_make_cell(each) for each in row]) for row in self._rows.of(incident))
        if len(self._held) >= _TOGETHER:
            self._flush()

    def finish(self) -> None:
        """Write what is left, and index it."""
        self._flush()
        for column in (*self._rows.table.refers, *_INDEXED.get(self._name, ())):
            self._connection.execute(f'CREATE INDEX "{self._name}.{column}" ON "{self._name}" ("{column}")')

    def _flush(self) -> None:
        self._connection.executemany(self._insert, self._held)
        self._held.clear()


def _make_table(name: str, table: Table) -> str:
    parts = [f'"{each.name}" {_TYPES.get(each.cell, "TEXT")}' for each in table.columns]
    if table.key:
        key = ", ".join(f'"{each}"' for each in table.key)
        parts.append(f"PRIMARY KEY ({key})")
    parts += [f'FOREIGN KEY ("{column}") REFERENCES "{to}" ("id")' for column, to in table.refers.items()]
    return f'CREATE TABLE "{name}" ({", ".join(parts)}) STRICT'


def _make_cell(content: Content) -> str | int | float | None:
    match content:
        case datetime():
            return content.isoformat().replace("+00:00", "Z")
        case date():
            return content.isoformat()
        case list():
            return msgspec.json.encode([make_whole(each) for each in content]).decode()
        case str():
            return make_whole(content)
        case _:
            return content
