"""An index of each tier on disk, kept up with the log.

It is made when it is missing, followed by serial, and made anew when it is damaged, of another version or of
another log.

    FOLDER/<tier>/state.json     what the index holds: see `State`
    FOLDER/<tier>/<number>/      the index itself; a new number each time that it is made anew
    FOLDER/<tier>/lock           held by whoever writes

Words that the law had removed leave the files too: an index that may hold some is written anew from its own
entries, and the old files are deleted.
"""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock, RLock
from typing import IO

import msgspec
from tantivy import Index, IndexWriter

from incidex.codebook import VERSION as CODEBOOK
from incidex.model import Kind, StoreError, Tier
from incidex.search import entry as entries
from incidex.search.folding import entries_of, touched, uncollected, updates
from incidex.search.index import IndexShelf, create_index, make_document, open_index
from incidex.store import Head, Log

#: Memory for words that are not yet on disk.
_BUILD_BYTES, _FOLLOW_BYTES = 200_000_000, 20_000_000

#: How long a command waits for another program that is writing the index.
WAIT_SECONDS = 60.0

#: How long a visitor does.
SHORT_WAIT_SECONDS = 2.0

Step = Callable[[], None]


def no_step() -> None:
    """Count nothing: nobody watches."""


class State(msgspec.Struct, frozen=True, kw_only=True):
    """What an index holds."""

    version: str  # of entries and of the codebook
    log: str  # the hash of the log's first change
    serial: int  # up to which change
    hash: str  # of that change
    number: int  # the folder of the index
    count: int  # of its entries


class BusyError(StoreError):
    """The index is being made, or is too far behind to wait for."""


class TierIndex:
    """The index of one tier. It may be shared by threads, and its folder by processes."""

    def __init__(self, folder: Path, tier: Tier) -> None:
        self.tier = tier
        self._folder = folder / tier.name.lower()
        self._writing = Lock()  # held by the one thread that writes, for as long as that takes
        self._guard = RLock()  # held for a moment: what is open
        self.is_wanted = False  # whether somebody has asked for it: who follows the log follows it for these
        self._open: tuple[State, Index, IndexShelf] | None = None
        self._checked: tuple[State, Head] | None = None  # what was found to belong together

    def shelf(
        self, log: Log, *, most: int | None = None, wait_seconds: float = WAIT_SECONDS, step: Step = no_step
    ) -> tuple[IndexShelf, int]:
        """Return what can be searched now, and up to which change of the log it is.

        It is followed first when no more than `most` changes are missing. Raises `BusyError` when there is
        nothing to search yet and it cannot be made now.
        """
        self.is_wanted = True
        head = log.head()
        state = self._current(log, head)
        missing = head.serial - (state.serial if state else 0)
        if (state is None or missing) and (most is None or missing <= most):
            state = self._follow(log, wait_seconds=wait_seconds, step=step, needed=state is None)
        if state is None:
            raise BusyError("the search index is being made; try again in a minute")
        return self._opened(state), state.serial

    def follow(self, log: Log, *, wait_seconds: float = WAIT_SECONDS, step: Step = no_step) -> int:
        """Bring the index up to the log's end; return the serial that it is at then."""
        state = self._follow(log, wait_seconds=wait_seconds, step=step, needed=True)
        return state.serial if state else 0

    def rebuild(self, log: Log, *, wait_seconds: float = WAIT_SECONDS, step: Step = no_step) -> int:
        """Drop the index and make it again from the log; return how many entries it has."""
        with self._locked(wait_seconds):
            return self._build(log, step).count

    def forget(self) -> None:
        """Believe nothing of the index that is there: it will be made anew when it is next asked."""
        with self._locked(WAIT_SECONDS), self._guard:
            self._open = self._checked = None
            (self._folder / "state.json").unlink(missing_ok=True)

    def _follow(self, log: Log, *, wait_seconds: float, step: Step, needed: bool) -> State | None:
        try:
            with self._locked(wait_seconds):
                state = self._current(log, log.head())
                return self._build(log, step) if state is None else self._catch_up(log, state, step)
        except BusyError:
            if needed:
                raise
            return self._current(log, log.head())

    def _current(self, log: Log, head: Head) -> State | None:
        """Return what the index on disk holds, `None` when that cannot be used for this log."""
        state = self._read()
        if state is None or state.version != _version():
            return None
        with self._guard:
            if self._checked != (state, head) and not _is_of(log, state):
                return None
            try:
                self._opened(state)
            except (ValueError, OSError):
                return None
            self._checked = (state, head)
            return state

    def _read(self) -> State | None:
        try:
            return msgspec.json.decode((self._folder / "state.json").read_bytes(), type=State)
        except (OSError, msgspec.DecodeError):
            return None

    def _opened(self, state: State) -> IndexShelf:
        """Return what can be searched; raise `ValueError` when the index is damaged."""
        with self._guard:
            held = self._open
            if held is not None and held[0] == state:
                return held[2]
            is_same = held is not None and held[0].number == state.number
            index = held[1] if held is not None and is_same else open_index(self._folder / str(state.number))
            index.reload()
            shelf = IndexShelf(index)
            if shelf.size != state.count:
                # Between another program's commit and its note of it; or files that were exchanged.
                time.sleep(0.05)
                if self._read() == state:
                    raise ValueError("the index does not hold what it should")
            self._open = (state, index, shelf)
            return shelf

    def _build(self, log: Log, step: Step) -> State:
        """Make the index from the log."""
        head = log.head()

        def fill(writer: IndexWriter) -> None:
            with uncollected():
                for entry in entries_of(log, self.tier):
                    writer.add_document(make_document(entry))
                    step()

        return self._renew(head, _first(log), fill)

    def _renew(self, head: Head, log: str, fill: Callable[[IndexWriter], None]) -> State:
        """Write a new index beside the old one, put it in its place, and delete the old files."""
        number = max((int(each.name) for each in self._numbered()), default=0) + 1
        place = self._folder / str(number)
        place.mkdir(mode=0o700)
        index = create_index(place)
        writer = index.writer(_BUILD_BYTES, 1)
        fill(writer)
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        state = State(
            version=_version(),
            log=log,
            serial=head.serial,
            hash=head.hash,
            number=number,
            count=index.searcher().num_docs,
        )
        self._write(state)
        self._open = (state, index, IndexShelf(index))
        for old in self._numbered():
            if old != place:
                shutil.rmtree(old, ignore_errors=True)
        return state

    def _catch_up(self, log: Log, state: State, step: Step) -> State:
        """Refold what changed since, and write what is different now."""
        changes = list(log.since(state.serial))
        if not changes:
            return state
        head = Head(changes[-1].serial, changes[-1].hash)
        shelf = self._opened(state)
        writer = shelf.index.writer(_FOLLOW_BYTES, 1)
        count, written = state.count, False
        for record, entry in updates(log, self.tier, touched(log, changes)):
            held = shelf.find_own(record)
            if held != entry:
                written = True
                writer.delete_documents_by_term("id", record)
                if entry is not None:
                    writer.add_document(make_document(entry))
                count += (entry is not None) - (held is not None)
            step()
        if written:
            writer.commit()
        writer.wait_merging_threads()
        state = msgspec.structs.replace(state, serial=head.serial, hash=head.hash, count=count)
        if any(change.kind is Kind.REMOVED for change in changes):
            return self._scrub(head, state)  # noted only when it is done, so that a crash has it done again
        self._write(state)
        self._opened(state)
        return state

    def _scrub(self, head: Head, state: State) -> State:
        """Write the index anew from its own entries: no file may keep the words of one that is gone."""
        shelf = self._opened(state)

        def fill(writer: IndexWriter) -> None:
            for entry in shelf.entries():
                writer.add_document(make_document(entry))

        return self._renew(head, state.log, fill)

    def _numbered(self) -> list[Path]:
        return [each for each in self._folder.iterdir() if each.name.isdigit()]

    def _write(self, state: State) -> None:
        unfinished = self._folder / "state.unfinished"
        unfinished.write_bytes(msgspec.json.encode(state))
        unfinished.replace(self._folder / "state.json")

    @contextmanager
    def _locked(self, wait_seconds: float) -> Iterator[None]:
        """Be the one thread of the one process that writes; raise `BusyError` when another stays so long."""
        give_up_at = time.monotonic() + wait_seconds
        if not self._writing.acquire(timeout=wait_seconds):
            raise BusyError("the search index is being written; try again when that is done")
        try:
            with self._explained(), self._lock_file() as lock:
                _take(lock, give_up_at)
                yield
        finally:
            self._writing.release()

    def _lock_file(self) -> IO[str]:
        self._folder.parent.parent.mkdir(parents=True, exist_ok=True)
        for folder in (self._folder.parent, self._folder):  # the words of every tier, for the owner alone
            folder.mkdir(mode=0o700, exist_ok=True)
        return (self._folder / "lock").open("w")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Say in a sentence why the index cannot be written."""
        try:
            yield
        except (OSError, ValueError) as error:  # Tantivy calls everything a ValueError
            reason = error.strerror if isinstance(error, OSError) else str(error)
            raise StoreError(
                f"the search index cannot be written to {self._folder}: {reason}; make room there, make it "
                "writable, or set INCIDEX_HOME"
            ) from error


def _take(lock: IO[str], give_up_at: float) -> None:
    """Lock a file against other processes."""
    import fcntl  # where there is none, only commands that search need it

    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= give_up_at:
                raise BusyError(
                    "another program is writing the search index; try again when it is done"
                ) from None
            time.sleep(0.05)
        else:
            return


def _first(log: Log) -> str:
    """Name a log by its first change."""
    return next((line.hash for line in log.lines(0)), "")


def _is_of(log: Log, state: State) -> bool:
    """Say whether an index was made from this log, and not from one that was cut off or written anew."""
    if state.log != _first(log):
        return False
    return not state.serial or next((line.hash for line in log.lines(state.serial - 1)), "") == state.hash


def _version() -> str:
    return f"{entries.VERSION}/{CODEBOOK}"


class SearchIndex:
    """The indexes of all tiers of one log, each made when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tiers = {tier: TierIndex(folder, tier) for tier in Tier}

    def made(self) -> list[Tier]:
        """Return the tiers that an index is kept of."""
        return [tier for tier in Tier if (self.folder / tier.name.lower() / "state.json").exists()]
