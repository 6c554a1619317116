"""What the log asks of a database and writes to it inside one transaction, in any database."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain, islice

from incidex.model import Change, Kind
from incidex.store.base import Head
from incidex.store.codec import Line, decode, link, redacted
from incidex.store.database import Session
from incidex.store.projection import rows
from incidex.store.promises import (
    FindTexts,
    check_head,
    check_redacted,
    check_stored,
    check_words,
    checked,
    find_redacted,
    find_removed,
)

#: Projected tables in the order in which foreign keys let them be filled; they are emptied the other way.
TABLES = ("incident", "report", "claim", "key", "removed")

#: What is left to do after a removal until no copy of the words is left.
SCRUB = "scrub"


def lines_of(session: Session, query: str, wanted: str | int) -> list[Line]:
    """Return the lines that a query finds."""
    return [Line(*held) for held in session.rows(query, (wanted,))]


def pages(session: Session) -> Iterator[list[Line]]:
    """Yield all lines in order, a page at a time."""
    serial = 0
    while page := lines_of(session, "page", serial):
        yield page
        serial = page[-1].serial


def find_head(session: Session) -> Head:
    """Return where the log ends."""
    return next((Head(*row) for row in session.rows("last")), Head(0, ""))


def versions_of(session: Session, records: Iterable[str]) -> dict[str, int]:
    """Return the current version of each record, 0 for a new one."""
    return {record: session.rows("version", (record,))[0][0] or 0 for record in records}


def find_change(session: Session, record: str, version: int) -> Change | None:
    """Return what stands as a version of a record."""
    return next(
        iter(decode_lines(session, lines_of(session, "history", record)[version - 1 : version])), None
    )


def find_blobs(session: Session, names: Collection[str]) -> dict[str, bytes]:
    """Return those bytes of these names that are here."""
    return {name: bytes(content) for name, content in session.among("blobs_among", names)} if names else {}


def find_stored(session: Session, names: Collection[str]) -> set[str]:
    """Return those of these names whose bytes are here."""
    return {name for (name,) in session.among("stored_among", names)}


def decode_lines(session: Session, lines: Sequence[Line]) -> list[Change]:
    """Return the changes that lines were made from, with their words."""
    return decode(lines, partial(find_blobs, session))


def write_lines(session: Session, linked: Sequence[Line]) -> None:
    """Write linked lines, where the log ends now, and what is made from them."""
    if not linked:
        return
    session.many("append", linked)
    session.many("put_head", [(linked[-1].serial, linked[-1].hash)])
    project(session, linked)


def remove_words(session: Session, linked: Sequence[Line]) -> bool:
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


def is_removed(session: Session, report: str) -> bool:
    """Say whether words of a report had to go."""
    return any(line.kind == Kind.REMOVED for line in lines_of(session, "history", report))


def redacted_in(session: Session) -> dict[int, str]:
    """Return what lines hash to that lost words of their own."""
    return find_redacted(lines_of(session, "lines_of_kind", Kind.REMOVED.value))


def text_finder(session: Session, lines: Sequence[Line]) -> FindTexts:
    """Find texts in the batch first, then in the database."""
    new = [row.values for line in lines for row in rows(line) if row.table == "report"]

    def find_texts(report: str) -> list[str]:
        names = [str(text) for name, text, _ in reversed(new) if name == report]
        arriving = find_blobs(session, names)
        stored = [bytes(content) for (content,) in session.rows("texts", (report,))]
        found = [*(arriving[name] for name in names if name in arriving), *stored]
        return [content.decode("utf-8", "surrogatepass") for content in found]

    return find_texts


def project_all(session: Session) -> None:
    """Write what all lines add to the tables, many lines at a time."""
    held = chain.from_iterable(pages(session))
    while batch := list(islice(held, 5_000)):
        project(session, batch)


def project(session: Session, lines: Iterable[Line]) -> None:
    """Write what lines add to the tables."""
    tables: dict[str, list[tuple[str | int, ...]]] = defaultdict(list)
    for line in lines:
        for row in rows(line):
            tables[row.table].append(row.values)
    for table in TABLES:
        if tables[table]:
            session.many(f"add_{table}", sorted(tables[table]))  # in a tree's order, which is quicker


def verify_all(session: Session) -> Head:
    """Check every link of the chain, its end and all words; see `Log.verify`."""
    head = Head(0, "")
    lines = checked(chain.from_iterable(pages(session)), redacted_in(session))
    for line in check_words(lines, partial(find_stored, session)):
        head = Head(line.serial, line.hash)
    check_head(head, next((Head(*row) for row in session.rows("head")), None))
    check_stored((name, bytes(content)) for name, content in session.each("blobs"))
    return head


def append_lines(session: Session, lines: Iterable[Line]) -> tuple[Head, bool]:
    """Link lines to the end of the log; return where it ends then, and whether words were removed."""
    linked = link(lines, *find_head(session))
    write_lines(session, linked)
    return find_head(session), remove_words(session, linked)
