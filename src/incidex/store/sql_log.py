"""The log in a database that speaks SQL: what SQLite and PostgreSQL do alike, said once."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from incidex.model import Change, Kind, StoreError, Tier
from incidex.store.base import NO_BLOBS, Head
from incidex.store.codec import Line, encode
from incidex.store.database import Database
from incidex.store.projection import fold_key
from incidex.store.promises import (
    check_blobs,
    check_evidence,
    check_judgements,
    check_return,
    check_versions,
)
from incidex.store.tables import (
    SCRUB,
    TABLES,
    append_lines,
    decode_lines,
    find_blobs,
    find_change,
    find_head,
    is_removed,
    lines_of,
    project_all,
    text_finder,
    verify_all,
    versions_of,
)


class SqlLog:
    """A `Log` over a database. Each method is promised at `Log`."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._scrub()

    def append(self, changes: Sequence[Change], blobs: Mapping[str, bytes] = NO_BLOBS) -> int:
        """Write all of it or nothing, and return the last serial; see `Log.append`."""
        check_blobs(blobs)
        check_judgements(changes)
        encoded = [encode(change, blobs) for change in changes]
        lines = [line for line, _ in encoded]
        arriving = {**blobs, **{name: held for _, apart in encoded for name, held in apart.items()}}
        with self.database.writing() as session:
            current = versions_of(session, {change.record for change in changes})
            check_versions(changes, current, partial(find_change, session))
            check_return(arriving, dict(session.among("removed_among", arriving)))
            session.many("put_blob", arriving.items())
            check_evidence(changes, text_finder(session, lines), partial(is_removed, session))
            head, removed = append_lines(session, lines)
        if removed and not self._scrub():
            raise StoreError(
                "the words are gone from every record, but another program still looks at the database as it "
                "was; their bytes leave it when that is closed and Incidex is next started"
            )
        return head.serial

    def since(self, serial: int = 0) -> Iterator[Change]:
        """Yield the changes after `serial`, a page at a time; see `Log.since`."""
        while True:
            with self.database.reading() as session:
                changes = decode_lines(session, lines_of(session, "page", serial))
            if not changes:
                return
            yield from changes
            serial = changes[-1].serial

    def lines(self, serial: int = 0) -> Iterator[Line]:
        """Yield the lines after `serial`, a page at a time."""
        while True:
            with self.database.reading() as session:
                page = lines_of(session, "page", serial)
            if not page:
                return
            yield from page
            serial = page[-1].serial

    def head(self) -> Head:
        """Return where the log ends."""
        with self.database.reading() as session:
            return find_head(session)

    def find_serial(self, hash: str) -> int | None:  # noqa: A002
        """Return the serial of the change that has a hash, or `None` when none has."""
        with self.database.reading() as session:
            return next((int(serial) for (serial,) in session.rows("serial_of", (hash,))), None)

    def history(self, record: str) -> tuple[Change, ...]:
        """Return everything that happened to one record."""
        with self.database.reading() as session:
            return tuple(decode_lines(session, lines_of(session, "history", record)))

    def histories(self, records: Collection[str]) -> Mapping[str, tuple[Change, ...]]:
        """Return everything that happened to each of some records."""
        found: dict[str, list[Change]] = {record: [] for record in records}
        with self.database.reading() as session:
            lines = [Line(*held) for held in session.among("histories", list(found))]
            for change in decode_lines(session, lines):
                found[change.record].append(change)
        return {record: tuple(changes) for record, changes in found.items()}

    def versions(self, records: Iterable[str]) -> Mapping[str, int]:
        """Return the current version of each record, 0 for a new one."""
        with self.database.reading() as session:
            return versions_of(session, records)

    def find_blob(self, sha256: str) -> bytes | None:
        """Return the bytes of that name, if they are here."""
        with self.database.reading() as session:
            return find_blobs(session, [sha256]).get(sha256)

    def last_serial(self) -> int:
        """Return the serial of the last change."""
        with self.database.reading() as session:
            return find_head(session).serial

    def records(self, kind: Kind) -> tuple[str, ...]:
        """Return the records of one kind of change, the latest first."""
        return self._names("records", (kind.value,))

    def incidents(self) -> tuple[str, ...]:
        """Return the ids of all incidents, newest first."""
        return self._names("incidents", ())

    def candidates(self, field: str, value: str) -> tuple[str, ...]:
        """Return the incidents of which someone asserted that value."""
        return self._names("candidates", (field, fold_key(value)))

    def find_by_name(self, text: str, tier: Tier = Tier.RED) -> tuple[str, ...]:
        """Return the incidents that a person can mean; see `Log.find_by_name`."""
        wanted = {"text": fold_key(text), "tier": int(tier)}
        if not wanted["text"]:
            return ()
        return self._names("named", wanted) or self._names("named_partly", wanted)

    def rebuild(self) -> None:
        """Make the tables again from the changes, in one transaction."""
        with self.database.writing() as session:
            for table in reversed(TABLES):
                session.many(f"drop_{table}", [()])
            project_all(session)

    def verify(self) -> int:
        """Check every line and blob; see `Log.verify`."""
        with self.database.reading() as session:
            return verify_all(session).serial

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()

    def _names(self, query: str, wanted: Mapping[str, Any] | Sequence[Any]) -> tuple[str, ...]:
        with self.database.reading() as session:
            return tuple(name for (name,) in session.rows(query, wanted))

    def _scrub(self) -> bool:
        """Finish a removal, now or when the database is next opened; say whether nothing is left to do."""
        with self.database.reading() as session:
            begun = (SCRUB,) in session.rows("chores")
        if not begun:
            return True
        if not self.database.scrub():
            return False
        with self.database.writing() as session:
            session.many("drop_chore", [(SCRUB,)])
        return True
