"""Where each database ended when it was last verified, kept beside the databases and not in them.

Whoever cuts the end off a log, or writes it anew, and makes it look whole, has to know of this too.
"""

import json
from hashlib import sha256
from pathlib import Path

from incidex.app.settings import Settings
from incidex.model import InputError, StoreError
from incidex.store import Head, SqlLog

FILE = "heads.json"


def check_kept(log: SqlLog, settings: Settings) -> None:
    """Raise `StoreError` when the log no longer holds the change that it ended with when last verified."""
    kept = _read(settings).get(_name(settings))
    if kept is None:
        return
    serial, expected = kept
    found = next((line.hash for line in log.lines(serial - 1)), "") if serial else ""
    if serial and found != expected:
        raise StoreError(
            f"change {serial} is not the one that was there when this was last verified ({expected}): "
            f"the log was cut off or rewritten; compare a backup, or delete {settings.home / FILE}"
        )


def keep(head: Head, settings: Settings) -> None:
    """Keep where the log ends; nothing is kept where nothing may be written."""
    heads = {**_read(settings), _name(settings): [head.serial, head.hash]}
    path = settings.home / FILE
    unfinished = path.with_suffix(".unfinished")
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        unfinished.write_text(json.dumps(heads, indent=1, sort_keys=True) + "\n", "utf-8")
        unfinished.replace(path)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}; set INCIDEX_HOME") from error


def _read(settings: Settings) -> dict[str, tuple[int, str]]:
    path = settings.home / FILE
    try:
        held = json.loads(path.read_text("utf-8"))
        return {str(name): (int(serial), str(found)) for name, (serial, found) in held.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise InputError(f"{path} cannot be read ({error}); delete it, or verify with --expect") from error


def _name(settings: Settings) -> str:
    """Name a database: by its path, or by a hash of its address, which may hold a password."""
    if isinstance(settings.database, Path):
        return str(settings.database.absolute())
    return f"{settings.database} {sha256(settings.database.url.encode()).hexdigest()[:16]}"
