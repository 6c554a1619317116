"""The log in memory: for tests, trials and `incidex code`, gone when the program ends."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from threading import RLock

from incidex.model import Change, Kind, StoreError, Tier
from incidex.store.base import NO_BLOBS, Head
from incidex.store.codec import Line, decode, encode, link
from incidex.store.projection import Row, fold_key, rows
from incidex.store.promises import (
    check_blobs,
    check_evidence,
    check_judgements,
    check_return,
    check_stored,
    check_versions,
    check_words,
    checked,
    find_removed,
)

_Keep = dict[tuple[str | int, ...], int]


class MemoryLog:
    """A `Log` that keeps everything in memory. It keeps lines and blobs apart, as a database does."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._lines: list[Line] = []
        self._blobs: dict[str, bytes] = {}
        self._records: dict[str, list[Line]] = defaultdict(list)
        self._tables: dict[str, _Keep] = defaultdict(dict)
        self._open = True

    def append(self, changes: Sequence[Change], blobs: Mapping[str, bytes] = NO_BLOBS) -> int:
        """Write all of it or nothing; see `Log.append`."""
        check_blobs(blobs)
        check_judgements(changes)
        encoded = [encode(change, blobs) for change in changes]
        arriving = dict(blobs)
        for _, apart in encoded:
            arriving.update(apart)
        with self._lock:
            self._require_open()
            current = self.versions(change.record for change in changes)
            check_versions(changes, current, self._find_change)
            check_return(arriving, {str(name[0]): serial for name, serial in self._tables["removed"].items()})
            check_evidence(
                changes, self._text_finder([line for line, _ in encoded], arriving), self._is_removed
            )
            linked = link((line for line, _ in encoded), len(self._lines), self._last_hash())
            self._blobs.update(arriving)
            self._lines.extend(linked)
            for line in linked:
                self._records[line.record].append(line)
            self._project(linked)
            for name in find_removed(linked):
                self._blobs.pop(name, None)
            return len(self._lines)

    def since(self, serial: int = 0) -> Iterator[Change]:
        """Yield the changes after `serial`; see `Log.since`."""
        for line in self.lines(serial):
            yield self._decode([line])[0]

    def lines(self, serial: int = 0) -> Iterator[Line]:
        """Yield the lines after `serial`."""
        self._require_open()
        at = max(serial, 0)
        while at < len(self._lines):
            yield self._lines[at]
            at += 1

    def head(self) -> Head:
        """Return where the log ends."""
        with self._lock:
            return Head(len(self._lines), self._last_hash())

    def history(self, record: str) -> tuple[Change, ...]:
        """Return everything that happened to one record."""
        with self._lock:
            self._require_open()
            return tuple(self._decode(self._records.get(record, ())))

    def histories(self, records: Collection[str]) -> Mapping[str, tuple[Change, ...]]:
        """Return everything that happened to each of some records."""
        with self._lock:
            self._require_open()
            return {record: tuple(self._decode(self._records.get(record, ()))) for record in records}

    def versions(self, records: Iterable[str]) -> Mapping[str, int]:
        """Return the current version of each record, 0 for a new one."""
        with self._lock:
            return {record: len(self._records.get(record, ())) for record in records}

    def find_blob(self, sha256: str) -> bytes | None:
        """Return the bytes of that name, if they are here."""
        return self._blobs.get(sha256)

    def last_serial(self) -> int:
        """Return the serial of the last change."""
        return len(self._lines)

    def records(self, kind: Kind) -> tuple[str, ...]:
        """Return the records of one kind of change, the latest first."""
        with self._lock:
            return tuple(dict.fromkeys(line.record for line in reversed(self._lines) if line.kind == kind))

    def incidents(self) -> tuple[str, ...]:
        """Return the ids of all incidents, newest first."""
        with self._lock:
            opened = [(serial, str(name[0])) for name, serial in self._tables["incident"].items()]
        return tuple(name for _, name in sorted(opened, reverse=True))

    def candidates(self, field: str, value: str) -> tuple[str, ...]:
        """Return the incidents of which someone asserted that value."""
        wanted = fold_key(value)
        return self._keyed(lambda name, held, _: name == field and held == wanted)

    def find_by_name(self, text: str, tier: Tier = Tier.RED) -> tuple[str, ...]:
        """Return the incidents that a person can mean; see `Log.find_by_name`."""
        wanted = fold_key(text)
        if not wanted:
            return ()

        def named(matches: Callable[[str], bool]) -> set[str]:
            found = self._keyed(
                lambda name, held, level: name == "victim.name" and level <= tier and matches(held)
            )
            return set(found)

        ids = set(self.incidents())
        exact = {name for name in ids if name.casefold() == wanted} | named(lambda held: held == wanted)
        partly = {name for name in ids if name.casefold().startswith(wanted)} | named(
            lambda held: wanted in held
        )
        return tuple(sorted(exact or partly))

    def rebuild(self) -> None:
        """Make the tables again from the changes."""
        with self._lock:
            self._require_open()
            self._tables.clear()
            self._project(self._lines)

    def verify(self) -> int:
        """Check every line and blob; see `Log.verify`."""
        with self._lock:
            count = sum(1 for _ in check_words(checked(self._lines, {}), self._blobs.keys().__and__))
            check_stored(self._blobs.items())
            return count

    def close(self) -> None:
        """Refuse everything from now on."""
        self._open = False

    def _require_open(self) -> None:
        if not self._open:
            raise StoreError("this log has been closed; open it again")

    def _decode(self, lines: Sequence[Line]) -> list[Change]:
        return decode(lines, lambda names: {name: self._blobs[name] for name in names if name in self._blobs})

    def _find_change(self, record: str, version: int) -> Change | None:
        return next(iter(self._decode(self._records.get(record, ())[version - 1 : version])), None)

    def _is_removed(self, report: str) -> bool:
        return any(line.kind == Kind.REMOVED for line in self._records.get(report, ()))

    def _last_hash(self) -> str:
        return self._lines[-1].hash if self._lines else ""

    def _project(self, lines: Iterable[Line]) -> None:
        for line in lines:
            for row in rows(line):
                name, held = _split(row)
                self._tables[row.table].setdefault(name, held)

    def _keyed(self, matches: Callable[[str, str, int], bool]) -> tuple[str, ...]:
        with self._lock:
            keys = list(self._tables["key"])
        found = {str(name[2]) for name in keys if matches(str(name[0]), str(name[1]), int(name[3]))}
        return tuple(sorted(found))

    def _text_finder(
        self, lines: Sequence[Line], arriving: Mapping[str, bytes]
    ) -> Callable[[str], Sequence[str]]:
        new = [row.values for line in lines for row in rows(line) if row.table == "report"]

        def find_texts(report: str) -> list[str]:
            known = [*self._tables["report"], *new]
            names = [str(name[1]) for name in reversed(known) if name[0] == report]
            found = (arriving.get(name, self._blobs.get(name)) for name in names)
            return [text.decode("utf-8", "surrogatepass") for text in found if text is not None]

        return find_texts


#: Rows of these tables end in the serial that first wrote them; the rest names the row.
_SERIALLED = frozenset({"incident", "report", "removed"})


def _split(row: Row) -> tuple[tuple[str | int, ...], int]:
    if row.table in _SERIALLED:
        return row.values[:-1], int(row.values[-1])
    return row.values, 0
