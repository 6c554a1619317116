"""Where each database ended when it was last verified, kept beside the databases and not in them.

Whoever cuts the end off a log, or writes it anew, and makes it look whole, has to know of this too.
"""

import json
from pathlib import Path

from incidex.model import InputError, StoreError
from incidex.store import Head, SqlLog

FILE = "heads.json"

#: Made anew by each `incidex demo`, so that where it ended before says nothing.
DEMO = "demo.db"


def check_kept(log: SqlLog, home: Path) -> None:
    """Raise `StoreError` when the log no longer holds the change that it ended with when last verified."""
    kept = None if _is_demo(log, home) else _read(home).get(log.database.place)
    if kept is None:
        return
    serial, expected = kept
    found = next((line.hash for line in log.lines(serial - 1)), "") if serial else ""
    if serial and found != expected:
        raise StoreError(
            f"change {serial} is not the one that was there when this was last verified ({expected}): "
            f"the log was cut off or rewritten; compare a backup, or delete {home / FILE}"
        )


def keep(head: Head, log: SqlLog, home: Path) -> str:
    """Keep where the log ends; return why it could not be kept, or ""."""
    if _is_demo(log, home):
        return ""
    path = home / FILE
    unfinished = path.with_suffix(".unfinished")
    try:
        heads = {**_read(home), log.database.place: [head.serial, head.hash]}
        home.mkdir(parents=True, exist_ok=True)
        unfinished.write_text(json.dumps(heads, indent=1, sort_keys=True) + "\n", "utf-8")
        unfinished.replace(path)
    except OSError as error:
        return f"{path} cannot be written ({error.strerror}), so that next time nothing is known of this"
    return ""


def _is_demo(log: SqlLog, home: Path) -> bool:
    return log.database.place == str((home / DEMO).absolute())


def _read(home: Path) -> dict[str, tuple[int, str]]:
    path = home / FILE
    try:
        held = json.loads(path.read_text("utf-8"))
        return {str(name): (int(serial), str(found)) for name, (serial, found) in held.items()}
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise InputError(f"{path} cannot be read ({error}); delete it, or verify with --expect") from error
