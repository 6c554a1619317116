"""A disk whose power can be cut: what was not synced may be there, be lost, or be torn.

SQLite runs on it through a file system of our own (a VFS), in one process. The real `SqliteLog` writes; then
the power goes at a chosen operation, and the files are laid down as a disk may have them that reorders what
was not synced: each such write whole, not at all, or in part.
"""

import random
import sqlite3
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import apsw

from incidex.model import Change, Failed, StoreError
from incidex.store import SqliteLog

SECTOR = 512
NAME = "/incidents.db"

#: Changes in a batch: what is visible of a log must be a multiple of it.
BATCH = 4


class PowerCutError(Exception):
    """The power is gone; nothing more reaches the disk."""


class DiskFullError(Exception):
    """The disk is full."""


@dataclass
class _File:
    now: bytearray = field(default_factory=bytearray)  # as programs see it
    durable: bytearray | None = None  # as it was when last synced; None before that
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)  # place and bytes, or a new size


class Disk:
    """Files in memory, and when the power goes or the space ends."""

    def __init__(self, files: dict[str, bytes] | None = None) -> None:
        self.files = {name: _File(bytearray(held), bytearray(held)) for name, held in (files or {}).items()}
        self.left = -1  # operations until the power goes; never when negative
        self._at_the_cut: dict[str, _File] = {}
        self.room = -1  # bytes that may be added; any number when negative

    def touch(self) -> None:
        """Count one operation; the power may go before it.

        What SQLite does after that, to tidy up, goes to files that nobody will see.
        """
        if self.left == 0:
            self.left = -1
            self._at_the_cut = deepcopy(self.files)
            raise PowerCutError
        self.left -= 1

    def cut(self, moments: random.Random) -> dict[str, bytes]:
        """Return the files as the disk may hold them after the power has gone."""
        return {
            name: self._survivor(file, moments)
            for name, file in (self._at_the_cut or self.files).items()
            if file.durable is not None or moments.random() < 0.5
        }

    def _survivor(self, file: _File, moments: random.Random) -> bytes:
        held = bytearray(file.durable or b"")
        for place, content in file.pending:
            fate = moments.random()
            if fate < 0.35:
                continue
            if content is None:
                held = held[:place].ljust(place, b"\0")
                continue
            kept = content if fate > 0.5 else content[: moments.randrange(0, len(content) + 1, SECTOR)]
            held = held.ljust(place + len(kept), b"\0")
            held[place : place + len(kept)] = kept
        return bytes(held)


class _Handle:
    """One open file, as SQLite wants it."""

    def __init__(self, disk: Disk, file: _File) -> None:
        self._disk, self._file = disk, file

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802 - SQLite's names
        return bytes(self._file.now[offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        self._disk.touch()
        grown = offset + len(data) - len(self._file.now)
        if grown > 0:
            if 0 <= self._disk.room < grown:
                raise apsw.FullError
            self._disk.room -= grown if self._disk.room >= 0 else 0
            self._file.now.extend(b"\0" * grown)
        self._file.now[offset : offset + len(data)] = data
        self._file.pending.append((offset, bytes(data)))

    def xTruncate(self, size: int) -> None:  # noqa: N802
        self._disk.touch()
        del self._file.now[size:]
        self._file.pending.append((size, None))

    def xSync(self, _: int) -> bool:  # noqa: N802
        self._disk.touch()
        self._file.durable = bytearray(self._file.now)
        self._file.pending.clear()
        return True

    def xFileSize(self) -> int:  # noqa: N802
        return len(self._file.now)

    def xLock(self, _: int) -> None:  # noqa: N802 - one process, one connection
        return

    def xUnlock(self, _: int) -> None:  # noqa: N802
        return

    def xCheckReservedLock(self) -> bool:  # noqa: N802
        return False

    def xFileControl(self, _op: int, _pointer: int) -> bool:  # noqa: N802
        return False

    def xSectorSize(self) -> int:  # noqa: N802
        return SECTOR

    def xDeviceCharacteristics(self) -> int:  # noqa: N802 - it promises nothing
        return 0

    def xClose(self) -> None:  # noqa: N802
        return


class _FileSystem(apsw.VFS):
    def __init__(self, name: str, disk: Disk) -> None:
        self._disk = disk
        super().__init__(name, "")

    def xOpen(self, name: Any, flags: list[int]) -> Any:  # noqa: N802
        found = str(name.filename() if isinstance(name, apsw.URIFilename) else name)
        flags[1] = flags[0]
        return _Handle(self._disk, self._disk.files.setdefault(found, _File()))

    def xDelete(self, name: str, _: bool) -> None:  # noqa: N802
        self._disk.touch()
        self._disk.files.pop(name, None)

    def xAccess(self, name: str, _: int) -> bool:  # noqa: N802
        return name in self._disk.files

    def xFullPathname(self, _: str) -> str:  # noqa: N802
        return NAME


def open_log(disk: Disk, *, synchronous: str = "FULL", checkpoint: int = 20) -> SqliteLog:
    """Open a log on the disk; SQLite checkpoints every `checkpoint` pages, so that cuts fall there too."""
    name = f"disk-{id(disk)}"
    system = _FileSystem(name, disk)
    connection = apsw.Connection(NAME, vfs=name)
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")  # needs no shared memory
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA synchronous = {synchronous}")
    connection.execute(f"PRAGMA wal_autocheckpoint = {checkpoint}")
    held = cast("sqlite3.Connection", _Kept(connection, system))

    def connect(_: Path, *, read_only: bool = False) -> sqlite3.Connection:
        return held

    return SqliteLog("/dev/null", connect=connect)


class _Kept:
    """One connection for reading and writing, as `sqlite3` has it; whoever closes it leaves it open."""

    def __init__(self, connection: apsw.Connection, system: _FileSystem) -> None:
        self._connection, self._system = connection, system
        self.execute: Callable[..., Any] = connection.execute
        self.executemany: Callable[..., Any] = connection.executemany

    @property
    def in_transaction(self) -> bool:
        return self._connection.in_transaction

    def close(self) -> None:
        return


def write_batches(log: SqliteLog, moments: random.Random, acknowledged: list[int], *, at_most: int) -> None:
    """Append batches of changes with words, noting each serial that the log has acknowledged."""
    version = log.versions(["run"])["run"]
    for _ in range(at_most):
        batch = []
        for _ in range(BATCH):
            version += 1
            words = moments.randbytes(moments.randrange(20, 4000)).hex()
            body = Failed(f"file-{version}", "read", words)
            batch.append(Change(record="run", version=version, body=body, by="test", at=datetime.now(UTC)))
        acknowledged.append(log.append(batch))


def cut_once(
    files: dict[str, bytes], moments: random.Random, *, synchronous: str, at_most: int = 40
) -> tuple[dict[str, bytes], int]:
    """Write until the power goes; return what the disk may hold then, and the last serial acknowledged."""
    disk = Disk(files)
    acknowledged = [0]
    try:
        log = open_log(disk, synchronous=synchronous)
        acknowledged.append(log.last_serial())
        disk.left = moments.randrange(1, 400)
        write_batches(log, moments, acknowledged, at_most=at_most)
    except (PowerCutError, apsw.Error, StoreError):
        pass
    return disk.cut(moments), max(acknowledged)


def examine(files: dict[str, bytes], folder: Path, acknowledged: int) -> str:
    """Open what the disk holds as after a restart; return what is wrong with it, or ""."""
    path = folder / "incidents.db"
    for old in folder.glob("incidents.db*"):
        old.unlink()
    for name, held in files.items():
        (folder / Path(name).name).write_bytes(held)
    try:
        log = SqliteLog(path)
        try:
            count = log.verify()
            read = sum(1 for _ in log.since())
        finally:
            log.close()
    except StoreError as error:
        return f"damaged: {error}"
    if count < acknowledged:
        return f"lost: {acknowledged} were acknowledged and {count} are there"
    if count % BATCH or read != count:
        return f"half visible: {count} changes are there, {read} can be read"
    return ""


def survivors(folder: Path) -> dict[str, bytes]:
    """Return the files as they are after the restart, for the power to go once more."""
    found: Sequence[Path] = sorted(folder.glob("incidents.db*"))
    return {f"/{path.name}": path.read_bytes() for path in found if not path.name.endswith("-shm")}


def cut_many(folder: Path, cuts: int, seed: int, *, synchronous: str = "FULL") -> list[str]:
    """Cut the power again and again; return what was wrong each time."""
    moments = random.Random(seed)
    wrong = []
    files: dict[str, bytes] = {}
    for _ in range(cuts):
        left, acknowledged = cut_once(files, moments, synchronous=synchronous)
        complaint = examine(left, folder, acknowledged)
        if complaint:
            wrong.append(complaint)
        # A log that was damaged or has grown large gives way to a new one.
        files = {} if complaint or acknowledged > 400 else survivors(folder)
    return wrong
