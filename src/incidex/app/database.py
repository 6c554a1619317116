"""Open the database that the settings name: a file, or one on a server."""

from pathlib import Path

from incidex.app.settings import ServerUrl
from incidex.model import InputError
from incidex.store import SqliteLog, SqlLog


def open_log(database: Path | ServerUrl) -> SqlLog:
    """Return the log that is kept there; raise `InputError` when what it needs is not installed."""
    if isinstance(database, Path):
        return SqliteLog(database)
    try:
        from incidex.store.postgres import PostgresLog
    except ImportError as error:
        raise InputError(
            f"{database} needs the PostgreSQL driver: pip install 'incidex[postgres]' ({error.name})"
        ) from error
    return PostgresLog(database.url)
