"""Incidex: cyber incidents in which every value is a claim that anyone can check."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from os import PathLike

    from incidex.app.notebook import Records

__all__ = ["__version__", "open"]

__version__ = "0.1.0"


def open(database: "str | PathLike[str]" = "") -> "Records":  # noqa: A001 - said as `incidex.open(…)`
    """Open a database to read its records as tables: a file's path, or `postgresql://…`.

    Without a name it is the one that `INCIDEX_DATABASE` names, as for the commands. Nothing is written, and
    no database is made. Raises `incidex.model.InputError` when there is none.
    """
    from incidex.app.notebook import open_records  # imported here: `import incidex` alone loads nothing

    return open_records(database)
