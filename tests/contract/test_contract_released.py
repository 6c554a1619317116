"""A database that a released version wrote still opens, and keeps every promise from then on."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from incidex.model import Claimed, Failed, Received, StoreError, fold
from incidex.store import SqliteLog, plan_removal
from tests.contract.log_samples import batch
from tests.contract.removal_contract import AT
from tests.property.test_store_rebuild import dump

FOLDER = Path(__file__).parent / "released"
REPORT = "rep-4e7bd86e8d7dcf0af64853ee9514f6a2"


@pytest.fixture(params=sorted(FOLDER.glob("sqlite-*.sql")), ids=lambda path: path.stem)
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "incidents.db"
    with closing(sqlite3.connect(path)) as database:
        database.executescript(request.param.read_text("utf-8"))
    return path


def test_reads_what_was_written(path: Path) -> None:
    log = SqliteLog(path)
    assert log.verify() == 6
    received, _, claimed, *_, failed = log.since()
    assert isinstance(received.body, Received)
    assert isinstance(claimed.body, Claimed)
    assert (received.body.report.title, received.body.document.title) == (
        "Ciphr dumped",
        "Ciphr dumped online",
    )
    assert received.body.document.notes == ("short",)
    assert claimed.body.claims[4].why == "seen on the forum"
    assert failed.body == Failed("ciphr-secret.pdf", "read", "ciphr-secret.pdf is encrypted")
    incident = fold(log.history("inc-1"))
    assert incident is not None
    assert incident.best("summary") == "Passwords were exposed."
    log.close()


def test_goes_on_where_the_old_log_ends(path: Path) -> None:
    log = SqliteLog(path)
    assert log.append(batch("inc-2", "Acme says nothing.", victim="Acme")) == 9
    assert log.verify() == 9
    before = dump(path)
    log.rebuild()
    assert dump(path) == before
    log.close()


def test_removes_words_from_lines_that_hold_them(path: Path) -> None:
    log = SqliteLog(path)
    for record in (REPORT, "rep-failed"):
        log.append(plan_removal(log, record, reason="order 7/26", by="ana", at=AT).changes)
    assert log.verify() == 9
    left = b"".join(found.read_bytes() for found in path.parent.iterdir())
    for words in (b"all users", b"Ciphr dumped", b"ledger.example", b"were exposed", b"ciphr-secret"):
        assert words not in left
    log.rebuild()
    assert log.verify() == 9
    assert log.find_by_name("ciphr") == ("inc-1",)
    log.close()


def test_a_line_that_was_altered_is_told_from_one_that_lost_its_words(path: Path) -> None:
    log = SqliteLog(path)
    log.append(plan_removal(log, REPORT, reason="order 7/26", by="ana", at=AT).changes)
    log.close()
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("UPDATE change SET \"by\" = 'eve' WHERE serial = 2")
    log = SqliteLog(path)
    with pytest.raises(StoreError, match=r"change 2 .* was altered"):
        log.verify()
    log.close()
