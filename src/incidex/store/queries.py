"""SQL as it stands in the named files beside this module."""

import sqlite3
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from incidex.model import StoreError

_FOLDER = files("incidex.store") / "sql"
_MARK = "-- name: "


@cache
def get_queries(name: str) -> Mapping[str, str]:
    """Return the queries of one file of `store/sql`, by their names."""
    queries = {}
    for block in (_FOLDER / name).read_text("utf-8").split(_MARK)[1:]:
        title, _, query = block.partition("\n")
        queries[title.strip()] = query.strip()
    return MappingProxyType(queries)


@cache
def get_migrations(database: str) -> tuple[str, ...]:
    """Return a database's migrations in order; its version is how many of them it has had."""
    folder = _FOLDER / "migrations" / database
    found = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
    return tuple((folder / name).read_text("utf-8") for name in found)


def statements(script: str) -> Iterator[str]:
    """Yield the statements of a script one by one, so that they can run in one transaction.

    `sqlite3.Connection.executescript` would commit first.
    """
    held = ""
    for line in script.splitlines(keepends=True):
        held += line
        if sqlite3.complete_statement(held):
            yield held
            held = ""
    if any(line.strip() and not line.startswith("--") for line in held.splitlines()):
        raise StoreError(f"a migration ends inside a statement: {held.strip()[:80]!r}")
