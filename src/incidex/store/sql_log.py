"""The log in a database that speaks SQL: what SQLite and PostgreSQL do alike, said once."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from incidex.model import Change, Kind, Tier
from incidex.store.base import NO_BLOBS
from incidex.store.codec import Line, decode, encode, link
from incidex.store.database import Database, Session
from incidex.store.projection import fold_key, rows
from incidex.store.promises import (
    FindTexts,
    check_blobs,
    check_chain,
    check_evidence,
    check_judgements,
    check_stored,
    check_versions,
)

#: Projected tables in the order in which foreign keys let them be filled; they are emptied the other way.
TABLES = ("incident", "report", "claim", "key")

#: Lines that are projected at once in a rebuild.
_PAGE = 2_000


class SqlLog:
    """A `Log` over a database. Each method is promised at `Log`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, changes: Sequence[Change], blobs: Mapping[str, bytes] = NO_BLOBS) -> int:
        """Write all of it or nothing, and return the last serial; see `Log.append`."""
        check_blobs(blobs)
        check_judgements(changes)
        encoded = [encode(change) for change in changes]
        lines = [line for line, _ in encoded]
        with self._database.writing() as session:
            check_versions(changes, _versions(session, {change.record for change in changes}))
            for held in (blobs, *(apart for _, apart in encoded)):
                session.many("put_blob", held.items())
            check_evidence(changes, _text_finder(session, lines))
            serial, prev_hash = _last(session)
            linked = link(lines, serial, prev_hash)
            session.many("append", linked)
            _project(session, linked)
            return serial + len(linked)

    def since(self, serial: int = 0) -> Iterator[Change]:
        """Yield the changes after `serial`, a page at a time; see `Log.since`."""
        while True:
            with self._database.reading() as session:
                page = _lines(session, "page", serial)
                changes = [decode(line, _blob_finder(session)) for line in page]
            if not changes:
                return
            yield from changes
            serial = page[-1].serial

    def history(self, record: str) -> tuple[Change, ...]:
        """Return everything that happened to one record."""
        with self._database.reading() as session:
            found = _lines(session, "history", record)
            return tuple(decode(line, _blob_finder(session)) for line in found)

    def versions(self, records: Iterable[str]) -> Mapping[str, int]:
        """Return the current version of each record, 0 for a new one."""
        with self._database.reading() as session:
            return _versions(session, records)

    def find_blob(self, sha256: str) -> bytes | None:
        """Return the bytes of that name, if they are here."""
        with self._database.reading() as session:
            return _blob_finder(session)(sha256)

    def last_serial(self) -> int:
        """Return the serial of the last change."""
        with self._database.reading() as session:
            return _last(session)[0]

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
        with self._database.writing() as session:
            for table in reversed(TABLES):
                session.many(f"drop_{table}", [()])
            serial = 0
            while page := _lines(session, "page", serial):
                _project(session, page)
                serial = page[-1].serial

    def verify(self) -> int:
        """Check every line and blob; see `Log.verify`."""
        with self._database.reading() as session:
            count = check_chain(_all_lines(session))
            check_stored((name, bytes(content)) for name, content in session.each("blobs"))
            return count

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def _names(self, query: str, wanted: Mapping[str, Any] | Sequence[Any]) -> tuple[str, ...]:
        with self._database.reading() as session:
            return tuple(name for (name,) in session.rows(query, wanted))


def _lines(session: Session, query: str, wanted: str | int) -> list[Line]:
    return [Line(*held) for held in session.rows(query, (wanted,))]


def _all_lines(session: Session) -> Iterator[Line]:
    serial = 0
    while page := _lines(session, "page", serial):
        yield from page
        serial = page[-1].serial


def _last(session: Session) -> tuple[int, str]:
    for serial, last_hash in session.rows("last"):
        return int(serial), str(last_hash)
    return 0, ""


def _versions(session: Session, records: Iterable[str]) -> dict[str, int]:
    return {record: session.rows("version", (record,))[0][0] or 0 for record in records}


def _blob_finder(session: Session) -> Callable[[str], bytes | None]:
    def find_blob(sha256: str) -> bytes | None:
        for (content,) in session.rows("blob", (sha256,)):
            return bytes(content)
        return None

    return find_blob


def _text_finder(session: Session, lines: Sequence[Line]) -> FindTexts:
    """Find texts in the batch first, then in the database."""
    new = [row.values for line in lines for row in rows(line) if row.table == "report"]

    def find_texts(report: str) -> list[str]:
        find_blob = _blob_finder(session)
        arriving = [find_blob(str(text)) for name, text, _ in reversed(new) if name == report]
        stored = [bytes(content) for (content,) in session.rows("texts", (report,))]
        found = [*arriving, *stored]
        return [content.decode("utf-8", "surrogatepass") for content in found if content is not None]

    return find_texts


def _project(session: Session, lines: Iterable[Line]) -> None:
    tables: dict[str, list[tuple[str | int, ...]]] = defaultdict(list)
    for line in lines:
        for row in rows(line):
            tables[row.table].append(row.values)
    for table in TABLES:
        if tables[table]:
            session.many(f"add_{table}", tables[table])
