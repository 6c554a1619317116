"""The demonstration: the bundled reports, coded into a database of their own."""

import contextlib
from collections import Counter
from pathlib import Path

from incidex.app.finding import get_incident
from incidex.app.incoming import read_manifest
from incidex.app.pipeline import add
from incidex.app.terminal import make_console, progress, show_incident
from incidex.model import Tier
from incidex.store import SqliteLog
from incidex.text import ReaderProcess

#: The reports, with a manifest that says where each comes from. Written for this project.
REPORTS = Path(__file__).parent / "demo"

#: The record that is printed.
SHOWN = "ciphr"


def make_demo(home: Path) -> Path:
    """Code the bundled reports into `demo.db` in a folder, made anew each time, and return its path."""
    database = home / "demo.db"
    for leftover in (database, *(database.with_name(f"demo.db-{part}") for part in ("wal", "shm"))):
        with contextlib.suppress(FileNotFoundError):
            leftover.unlink()
    incoming = list(read_manifest(REPORTS))
    console = make_console(stderr=True)
    outcomes: Counter[str] = Counter()
    log = SqliteLog(database)
    try:
        with ReaderProcess() as reader, progress("coding", len(incoming), console=console) as step:
            for added in add(log, incoming, reader):
                outcomes["failed" if added.error else "read"] += 1
                outcomes["without an incident"] += not added.error and not added.incidents
                step()
        incidents = len(log.incidents())
    finally:
        log.close()
    print(
        f"{outcomes['read']} reports read, {outcomes['without an incident']} of them without an incident, "
        f"{outcomes['failed']} failed: {incidents} incident records in {database}\n"
    )
    return database


def show_demo(database: Path) -> None:
    """Print the Ciphr record, in which five parties disagree, with its evidence."""
    log = SqliteLog(database)
    try:
        make_console().print(show_incident(get_incident(log, SHOWN, tier=Tier.RED)))
    finally:
        log.close()
