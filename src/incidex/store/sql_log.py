"""The log in a database that speaks SQL: what SQLite and PostgreSQL do alike, said once."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any

from incidex.model import Change, Kind, StoreError, Tier
from incidex.store.base import NO_BLOBS, Head
from incidex.store.codec import Line, decode, encode, link, redacted
from incidex.store.database import Database, Session
from incidex.store.projection import fold_key, rows
from incidex.store.promises import (
    FindTexts,
    check_blobs,
    check_evidence,
    check_head,
    check_judgements,
    check_redacted,
    check_return,
    check_stored,
    check_versions,
    check_words,
    checked,
    find_redacted,
    find_removed,
)

#: Projected tables in the order in which foreign keys let them be filled; they are emptied the other way.
TABLES = ("incident", "report", "claim", "key", "removed")

#: What is left to do after a removal until no copy of the words is left.
SCRUB = "scrub"


class SqlLog:
    """A `Log` over a database. Each method is promised at `Log`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._scrub()

    def append(self, changes: Sequence[Change], blobs: Mapping[str, bytes] = NO_BLOBS) -> int:
        """Write all of it or nothing, and return the last serial; see `Log.append`."""
        check_blobs(blobs)
        check_judgements(changes)
        encoded = [encode(change, blobs) for change in changes]
        lines = [line for line, _ in encoded]
        arriving = {**blobs, **{name: held for _, apart in encoded for name, held in apart.items()}}
        with self._database.writing() as session:
            current = _versions(session, {change.record for change in changes})
            check_versions(changes, current, partial(_find_change, session))
            check_return(arriving, dict(session.among("removed_among", arriving)))
            session.many("put_blob", arriving.items())
            check_evidence(changes, _text_finder(session, lines), partial(_is_removed, session))
            head = _last(session)
            linked = link(lines, *head)
            _write(session, linked)
            removed = _remove(session, linked)
        if removed and not self._scrub():
            raise StoreError(
                "the words are gone from every record, but another program still looks at the database as it "
                "was; their bytes leave it when that is closed and Incidex is next started"
            )
        return head.serial + len(linked)

    def since(self, serial: int = 0) -> Iterator[Change]:
        """Yield the changes after `serial`, a page at a time; see `Log.since`."""
        while True:
            with self._database.reading() as session:
                changes = _decode(session, _lines(session, "page", serial))
            if not changes:
                return
            yield from changes
            serial = changes[-1].serial

    def lines(self, serial: int = 0) -> Iterator[Line]:
        """Yield the lines after `serial`, a page at a time."""
        while True:
            with self._database.reading() as session:
                page = _lines(session, "page", serial)
            if not page:
                return
            yield from page
            serial = page[-1].serial

    def head(self) -> Head:
        """Return where the log ends."""
        with self._database.reading() as session:
            return _last(session)

    def history(self, record: str) -> tuple[Change, ...]:
        """Return everything that happened to one record."""
        with self._database.reading() as session:
            return tuple(_decode(session, _lines(session, "history", record)))

    def versions(self, records: Iterable[str]) -> Mapping[str, int]:
        """Return the current version of each record, 0 for a new one."""
        with self._database.reading() as session:
            return _versions(session, records)

    def find_blob(self, sha256: str) -> bytes | None:
        """Return the bytes of that name, if they are here."""
        with self._database.reading() as session:
            return _find_blobs(session, [sha256]).get(sha256)

    def last_serial(self) -> int:
        """Return the serial of the last change."""
        with self._database.reading() as session:
            return _last(session).serial

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
            for page in _pages(session):
                _project(session, page)

    def verify(self) -> int:
        """Check every line and blob; see `Log.verify`."""
        with self._database.reading() as session:
            head = Head(0, "")
            lines = checked(chain.from_iterable(_pages(session)), _find_redacted(session))
            for line in check_words(lines, partial(_find_stored, session)):
                head = Head(line.serial, line.hash)
            check_head(head, next((Head(*row) for row in session.rows("head")), None))
            check_stored((name, bytes(content)) for name, content in session.each("blobs"))
            return head.serial

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def _names(self, query: str, wanted: Mapping[str, Any] | Sequence[Any]) -> tuple[str, ...]:
        with self._database.reading() as session:
            return tuple(name for (name,) in session.rows(query, wanted))

    def _scrub(self) -> bool:
        """Finish a removal, now or when the database is next opened; say whether nothing is left to do."""
        with self._database.reading() as session:
            begun = (SCRUB,) in session.rows("chores")
        if not begun:
            return True
        if not self._database.scrub():
            return False
        with self._database.writing() as session:
            session.many("drop_chore", [(SCRUB,)])
        return True


def _lines(session: Session, query: str, wanted: str | int) -> list[Line]:
    return [Line(*held) for held in session.rows(query, (wanted,))]


def _pages(session: Session) -> Iterator[list[Line]]:
    serial = 0
    while page := _lines(session, "page", serial):
        yield page
        serial = page[-1].serial


def _last(session: Session) -> Head:
    return next((Head(*row) for row in session.rows("last")), Head(0, ""))


def _versions(session: Session, records: Iterable[str]) -> dict[str, int]:
    return {record: session.rows("version", (record,))[0][0] or 0 for record in records}


def _find_change(session: Session, record: str, version: int) -> Change | None:
    return next(iter(_decode(session, _lines(session, "history", record)[version - 1 : version])), None)


def _find_blobs(session: Session, names: Collection[str]) -> dict[str, bytes]:
    return {name: bytes(content) for name, content in session.among("blobs_among", names)} if names else {}


def _find_stored(session: Session, names: Collection[str]) -> set[str]:
    return {name for (name,) in session.among("stored_among", names)}


def _decode(session: Session, lines: Sequence[Line]) -> list[Change]:
    return decode(lines, partial(_find_blobs, session))


def _write(session: Session, linked: Sequence[Line]) -> None:
    if not linked:
        return
    session.many("append", linked)
    session.many("put_head", [(linked[-1].serial, linked[-1].hash)])
    _project(session, linked)


def _remove(session: Session, linked: Sequence[Line]) -> bool:
    """Delete the words that these changes name; say whether there were any such changes."""
    if not any(line.kind == Kind.REMOVED for line in linked):
        return False
    session.many("drop_blob", [(name,) for name in find_removed(linked)])
    for serial, said in find_redacted(line for line in linked if line.kind == Kind.REMOVED).items():
        line = redacted(Line(*session.rows("line", (serial,))[0]))
        check_redacted(line, said)
        session.many("redact", [(line.body, serial)])
    session.many("add_chore", [(SCRUB,)])
    return True


def _is_removed(session: Session, report: str) -> bool:
    return any(line.kind == Kind.REMOVED for line in _lines(session, "history", report))


def _find_redacted(session: Session) -> dict[int, str]:
    return find_redacted(_lines(session, "lines_of_kind", Kind.REMOVED.value))


def _text_finder(session: Session, lines: Sequence[Line]) -> FindTexts:
    """Find texts in the batch first, then in the database."""
    new = [row.values for line in lines for row in rows(line) if row.table == "report"]

    def find_texts(report: str) -> list[str]:
        names = [str(text) for name, text, _ in reversed(new) if name == report]
        arriving = _find_blobs(session, names)
        stored = [bytes(content) for (content,) in session.rows("texts", (report,))]
        found = [*(arriving[name] for name in names if name in arriving), *stored]
        return [content.decode("utf-8", "surrogatepass") for content in found]

    return find_texts


def _project(session: Session, lines: Iterable[Line]) -> None:
    tables: dict[str, list[tuple[str | int, ...]]] = defaultdict(list)
    for line in lines:
        for row in rows(line):
            tables[row.table].append(row.values)
    for table in TABLES:
        if tables[table]:
            session.many(f"add_{table}", tables[table])
