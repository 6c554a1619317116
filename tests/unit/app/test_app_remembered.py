"""Incidents that were asked for lately stay until something happens to them."""

import threading
from datetime import UTC, datetime

import pytest

from incidex.app.remembered import MOST_REMEMBERED, Remembered
from incidex.model import Change, Removed, Stance, Tier
from incidex.store import MemoryLog
from tests.histories import Teller


@pytest.fixture
def log() -> MemoryLog:
    made = MemoryLog()
    for number in range(3):
        tell(made, number)
    return made


def tell(log: MemoryLog, number: int, word: str = "") -> None:
    said = [("victim.name", f"Victim {number}{word}", Stance.ASSERTS, Tier.CLEAR)]
    Teller(log).tell(f"inc-{number}", f"report {number}{word}", said)


def test_what_happens_to_one_record_leaves_the_others(log: MemoryLog) -> None:
    remembered = Remembered(log)
    before = [remembered.find(f"inc-{number}", Tier.CLEAR) for number in range(3)]
    tell(log, 1, " again")
    after = [remembered.find(f"inc-{number}", Tier.CLEAR) for number in range(3)]
    assert after[0] is before[0]
    assert after[2] is before[2]
    assert after[1] != before[1]


def test_after_a_removal_nothing_is_remembered(log: MemoryLog) -> None:
    remembered = Remembered(log)
    before = remembered.find("inc-0", Tier.CLEAR)
    body = Removed("rep-x", "a court says so")
    log.append([Change(record="rep-x", version=1, body=body, by="x", at=datetime(2026, 1, 2, tzinfo=UTC))])
    assert remembered.find("inc-0", Tier.CLEAR) == before
    assert remembered.find("inc-0", Tier.CLEAR) is not before


def test_what_was_folded_while_the_log_grew_is_not_kept(
    log: MemoryLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow fold must not put what was there before over what others have seen since."""
    remembered = Remembered(log)
    began, grown = threading.Event(), threading.Event()
    history = log.history

    def slow(record: str) -> tuple[Change, ...]:
        found = history(record)
        if threading.current_thread() is thread:
            began.set()
            grown.wait(10)
        return found

    monkeypatch.setattr(log, "history", slow)
    thread = threading.Thread(target=remembered.find, args=("inc-1", Tier.CLEAR))
    thread.start()
    began.wait(10)
    tell(log, 1, " again")
    seen = remembered.find("inc-1", Tier.CLEAR)
    grown.set()
    thread.join()
    assert remembered.find("inc-1", Tier.CLEAR) is seen
    assert seen is not None
    assert len(seen.values["victim.name"]) == 2


def test_no_more_than_so_many_are_remembered(log: MemoryLog, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_REMEMBERED > 2
    monkeypatch.setattr("incidex.app.remembered.MOST_REMEMBERED", 2)
    remembered = Remembered(log)
    first = remembered.find("inc-0", Tier.CLEAR)
    for number in (1, 2):
        remembered.find(f"inc-{number}", Tier.CLEAR)
    assert remembered.find("inc-0", Tier.CLEAR) is not first
