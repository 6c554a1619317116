"""Edit a stored log as someone would who has the file, once in any place, and see whether it is found."""

import random
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from incidex.model import Failed, StoreError
from incidex.store import SqliteLog
from tests.contract.log_samples import batch, raw
from tests.factories import make_change

#: Columns of the log and of the words beside it; the rest is made from these.
COLUMNS = ("serial", "record", "version", "kind", "body", "by", "at", "prev_hash", "hash")

Edit = Callable[[sqlite3.Connection, random.Random], str]


def write_log(path: Path, incidents: int = 20) -> None:
    """Write a log with all kinds of lines that hold words."""
    log = SqliteLog(path)
    for number in range(incidents):
        text = f"Report{number} says that passwords were exposed in April 2017. Nothing else is known."
        log.append(batch(f"inc-{number}", text, victim=f"Victim {number}"), raw(text))
        log.append([make_change(Failed(f"{number}.pdf", "read", "is empty"), 1, record=f"rep-{number}")])
    log.close()


def tamper_many(folder: Path, edits: int, seed: int) -> list[str]:
    """Make single edits of a stored log; return those that `verify` has not found."""
    chance = random.Random(seed)
    whole, path = folder / "whole.db", folder / "edited.db"
    for old in (*folder.glob("whole.db*"), *folder.glob("edited.db*")):
        old.unlink()
    write_log(whole)
    missed = []
    for number in range(edits):
        shutil.copyfile(whole, path)
        edit = EDITS[number % len(EDITS)]
        with closing(sqlite3.connect(path)) as database:
            what = edit(database, chance)
            database.commit()
        if not is_found(path):
            missed.append(f"missed: {what}")
        for left in folder.glob("edited.db*"):
            left.unlink()
    return missed


def is_found(path: Path) -> bool:
    """Say whether verifying complains."""
    try:
        log = SqliteLog(path)
    except StoreError:
        return True
    try:
        log.verify()
    except StoreError:
        return True
    finally:
        log.close()
    return False


def edit_byte(database: sqlite3.Connection, chance: random.Random) -> str:
    """Change one character of one column of one line."""
    column, serial = chance.choice(COLUMNS), _serial(database, chance)
    (held,) = database.execute(f'SELECT "{column}" FROM change WHERE serial = ?', (serial,)).fetchone()  # noqa: S608
    new: object
    if isinstance(held, int):
        new = held + chance.randrange(1000, 2000)  # beyond what the table's own constraints refuse
    else:
        place = chance.randrange(len(held)) if held else 0
        other = chr(33 + (ord(held[place]) - 33 + chance.randrange(1, 90)) % 94) if held else "x"
        new = held[:place] + other + held[place + 1 :]
    database.execute(f'UPDATE change SET "{column}" = ? WHERE serial = ?', (new, serial))  # noqa: S608
    return f"{column} of change {serial}: {held!r} to {new!r}"


def edit_words(database: sqlite3.Connection, chance: random.Random) -> str:
    """Change one byte of a blob."""
    name, content = chance.choice(database.execute("SELECT sha256, content FROM blob ORDER BY 1").fetchall())
    edited = bytearray(content)
    edited[chance.randrange(len(edited))] ^= chance.randrange(1, 256)
    database.execute("UPDATE blob SET content = ? WHERE sha256 = ?", (bytes(edited), name))
    return f"words {name}"


def delete_words(database: sqlite3.Connection, chance: random.Random) -> str:
    """Delete a blob."""
    (name,) = chance.choice(database.execute("SELECT sha256 FROM blob ORDER BY 1").fetchall())
    database.execute("DELETE FROM blob WHERE sha256 = ?", (name,))
    return f"words {name} deleted"


def swap_words(database: sqlite3.Connection, chance: random.Random) -> str:
    """Let two blobs change places."""
    (one, first), (other, second) = chance.sample(
        database.execute("SELECT sha256, content FROM blob ORDER BY 1").fetchall(), 2
    )
    database.execute("UPDATE blob SET content = ? WHERE sha256 = ?", (second, one))
    database.execute("UPDATE blob SET content = ? WHERE sha256 = ?", (first, other))
    return f"words {one} and {other} swapped"


def delete_line(database: sqlite3.Connection, chance: random.Random) -> str:
    """Delete a line."""
    serial = _serial(database, chance)
    database.execute("DELETE FROM change WHERE serial = ?", (serial,))
    return f"change {serial} deleted"


def swap_lines(database: sqlite3.Connection, chance: random.Random) -> str:
    """Let two lines change places, with all they have but their serials."""
    one, other = chance.sample(range(1, _last(database) + 1), 2)
    for old, new in ((one, -1), (other, one), (-1, other)):
        database.execute("UPDATE change SET serial = ? WHERE serial = ?", (new, old))
    return f"changes {one} and {other} swapped"


def cut_end(database: sqlite3.Connection, chance: random.Random) -> str:
    """Cut whole changes off the end."""
    serial = chance.randrange(1, _last(database) + 1)
    database.execute("DELETE FROM change WHERE serial >= ?", (serial,))
    return f"change {serial} and all after it cut off"


def edit_head(database: sqlite3.Connection, chance: random.Random) -> str:
    """Say that the log ends elsewhere."""
    database.execute("UPDATE head SET serial = serial + ?", (chance.randrange(1, 9),))
    return "the head moved on"


def _last(database: sqlite3.Connection) -> int:
    return int(database.execute("SELECT max(serial) FROM change").fetchone()[0])


def _serial(database: sqlite3.Connection, chance: random.Random) -> int:
    return chance.randrange(1, _last(database) + 1)


EDITS: Sequence[Edit] = (
    edit_byte,
    edit_byte,
    edit_byte,
    edit_words,
    delete_words,
    swap_words,
    delete_line,
    swap_lines,
    cut_end,
    edit_head,
)
