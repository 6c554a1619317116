"""`incidex doctor`: try everything that Incidex needs, and say what to do about what does not work."""

import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from incidex import __version__
from incidex.app.database import open_log
from incidex.app.settings import VARIABLES, Settings
from incidex.codebook import VERSION, fields, get_vocabulary, vocabularies
from incidex.coding import CODERS, code
from incidex.model import Document, IncidexError, InputError
from incidex.text import ReaderProcess

_TEXT = "Example Corp suffered a data breach on 3 May 2024: hackers stole the passwords of 1,200 customers."


def examine(settings: Settings) -> list[str]:
    """Run every check and print a line each; return those that failed."""
    failures: list[str] = []
    for name, check in _CHECKS.items():
        try:
            print(f"ok      {name}: {check(settings)}")
        except (IncidexError, OSError) as error:
            print(f"FAILED  {name}: {error}")
            failures.append(f"{name}: {error}")
    for line in _settings_lines():
        print(line)
    return failures


def _settings_lines() -> Iterator[str]:
    for name, meaning in VARIABLES.items():
        yield f"        {name} {'is set' if name in os.environ else 'is not set'}: {meaning}"


def _python(_: Settings) -> str:
    return f"Incidex {__version__}, Python {sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}"


def _codebook(_: Settings) -> str:
    terms = sum(len(get_vocabulary(name)) for name in vocabularies())
    return f"version {VERSION}, {len(fields())} fields, {terms:,} terms"


def _reader(_: Settings) -> str:
    with ReaderProcess() as reader:
        document = reader.read(f"<p>{_TEXT}</p>".encode(), name="sample.html", report="rep-sample")
    if "1,200 customers" not in document.text:
        raise InputError("the reader lost words; install Incidex anew")
    return "a report was read in a process of its own"


def _coders(_: Settings) -> str:
    coded = code(Document(report="rep-sample", text=_TEXT))
    if not coded:
        raise InputError("the coders found nothing in a plain sentence; install Incidex anew")
    return f"{len(CODERS)} coders, {len(coded[0].claims)} claims in a plain sentence"


def _database(settings: Settings) -> str:
    database = settings.database
    if isinstance(database, Path) and not database.exists():
        return f"{database} does not exist yet; the first `incidex add` makes it"
    log = open_log(database)
    try:
        return f"{database}: {log.verify():,} changes, {len(log.incidents()):,} incidents, chain whole"
    finally:
        log.close()


def _home(settings: Settings) -> str:
    folder = settings.home
    while not folder.exists():
        folder = folder.parent
    if not os.access(folder, os.W_OK):
        raise InputError(f"{folder} may not be written; set INCIDEX_HOME to a folder of yours")
    return f"{settings.home} can be written"


_CHECKS: dict[str, Callable[[Settings], str]] = {
    "program": _python,
    "codebook": _codebook,
    "reader": _reader,
    "coders": _coders,
    "home": _home,
    "database": _database,
}
