"""A whole log from one database into another: copy, backup and restore are this one thing.

Lines go over as they are, with their hashes, and words by their names; what is made from them is made anew.
Free pages do not, so no copy has words that were removed before.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, islice
from typing import TypeVar

from incidex.model import Change, InputError, Kind, Removed, StoreError
from incidex.store.base import Head
from incidex.store.codec import Line, decode, encode
from incidex.store.database import Readable, Session
from incidex.store.promises import checked
from incidex.store.sql_log import SqlLog
from incidex.store.tables import (
    TABLES,
    append_lines,
    find_head,
    lines_of,
    pages,
    redacted_in,
    verify_all,
    versions_of,
    write_lines,
)

#: Blobs that go over at once.
_BLOBS = 200

Step = Callable[[], None]
Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A log at one moment, to be read from while others write to it."""

    session: Session
    head: Head
    size: int  # lines and blobs

    def lines(self) -> Iterator[Line]:
        """Yield all lines, each checked against the one before."""
        return checked(chain.from_iterable(pages(self.session)), redacted_in(self.session))

    def blobs(self) -> Iterator[tuple[str, bytes]]:
        """Yield all words by their names."""
        return ((name, bytes(content)) for name, content in self.session.each("blobs"))


@contextmanager
def snapshot(database: Readable) -> Iterator[Snapshot]:
    """Hold a log as it is now."""
    with database.reading() as session:
        head = find_head(session)
        ((blobs,),) = session.rows("count_blobs")
        yield Snapshot(session, head, head.serial + blobs)


def fill(target: SqlLog, source: Snapshot, *, replace: bool = False, step: Step = lambda: None) -> Head:
    """Write a snapshot into a log in one transaction, verify it, and return where the log ends then.

    Raises `InputError` when the target holds changes and is not to be replaced. Whoever reads it meanwhile
    sees what was there before. What the target had removed stays removed: its removals are said again.
    """
    with target.database.writing() as session:
        removals = _removals(session)
        if find_head(session).serial and not replace:
            raise InputError(f"the target holds {find_head(session).serial:,} changes; name an empty one")
        _empty(session)
        gone = {name for change in removals for name in _body(change).blobs}
        for page in _pages(source.blobs(), _BLOBS):
            session.many("put_blob", [(name, content) for name, content in page if name not in gone])
            _take(step, len(page))
        for lines in _pages(source.lines(), 500):
            write_lines(session, lines)
            _take(step, len(lines))
        if find_head(session) != source.head:
            raise StoreError("the source lost changes while it was read; verify it with `incidex log verify`")
        append_lines(session, [encode(change)[0] for change in _still_due(session, removals)])
        return verify_all(session)


def _removals(session: Session) -> list[Change]:
    lines = lines_of(session, "lines_of_kind", Kind.REMOVED.value)
    return decode(lines, lambda _: {})


def _body(change: Change) -> Removed:
    if not isinstance(change.body, Removed):
        raise StoreError(f"change {change.serial} is no removal")
    return change.body


def _still_due(session: Session, removals: Iterable[Change]) -> Iterator[Change]:
    """Yield anew the removals that the log lacks, as the next versions of records that it has."""
    known = {(change.record, _body(change)) for change in _removals(session)}
    due = [change for change in removals if (change.record, _body(change)) not in known]
    versions: Mapping[str, int] = versions_of(session, {change.record for change in due})
    given = dict(versions)
    for change in due:
        if versions[change.record]:
            given[change.record] += 1
            yield Change(
                record=change.record,
                version=given[change.record],
                body=_body(change),
                by=change.by,
                at=datetime.now(UTC),
            )


def _empty(session: Session) -> None:
    for table in (*reversed(TABLES), "head", "changes", "blobs"):
        session.many(f"drop_{table}", [()])


def _take(step: Step, count: int) -> None:
    for _ in range(count):
        step()


def _pages(things: Iterable[Thing], size: int) -> Iterator[list[Thing]]:
    held = iter(things)
    while page := list(islice(held, size)):
        yield page
