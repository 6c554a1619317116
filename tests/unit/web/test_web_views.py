"""Counts of many incidents may stand for a while, say so, and end when something is taken back."""

import time
from datetime import UTC, datetime

import pytest
from litestar.testing import TestClient

from incidex.app.library import StoreLibrary
from incidex.model import Change, Removed, Stance, Tier
from incidex.store import MemoryLog
from incidex.web import make_app
from incidex.web.front import count_all
from incidex.web.views import OLD_SECONDS, OLDEST_SECONDS, Again, View, Views
from tests.histories import Teller


def tell(log: MemoryLog, number: int) -> None:
    said = [("victim.name", f"Victim {number}", Stance.ASSERTS, Tier.CLEAR)]
    Teller(log).tell(f"inc-{number}", f"report {number}", said)


@pytest.fixture
def log() -> MemoryLog:
    made = MemoryLog()
    tell(made, 0)
    return made


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every count taken for one that takes long."""
    monkeypatch.setattr("incidex.web.views.SLOW_SECONDS", 0.0)
    monkeypatch.setattr("incidex.web.views.MANY", 1)


def test_a_count_that_takes_no_time_is_of_now(log: MemoryLog) -> None:
    views, library = Views(), StoreLibrary(log)
    assert count_all(views.get(library, Tier.CLEAR)).incidents == 1
    tell(log, 1)
    view = views.get(library, Tier.CLEAR)
    assert count_all(view).incidents == 2
    assert view.counted_at is None


@pytest.mark.usefixtures("slow")
def test_a_count_that_takes_long_stands_for_a_while_and_is_then_made_beside_the_answers(
    log: MemoryLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    views, library = Views(), StoreLibrary(log)
    assert count_all(views.get(library, Tier.CLEAR)).incidents == 1
    tell(log, 1)
    view = views.get(library, Tier.CLEAR)
    assert count_all(view).incidents == 1
    assert view.counted_at is not None
    assert abs(time.time() - view.counted_at) < 30
    assert list(view.organisations) == ["victim-0", "victim-1"], "tables follow at once"
    monkeypatch.setattr("incidex.web.views.OLD_SECONDS", 0.0)
    give_up_at = time.monotonic() + 20
    number = 1
    while count_all(view).incidents == 1 and time.monotonic() < give_up_at:
        number += 1
        tell(log, number)  # a new state, of which nothing was counted
        view = views.get(library, Tier.CLEAR)
        time.sleep(0.02)
    assert count_all(view).incidents > 1


@pytest.mark.usefixtures("slow")
@pytest.mark.parametrize("is_known", [True, False], ids=["others have asked since", "nobody has"])
def test_nothing_stands_once_something_was_removed(log: MemoryLog, *, is_known: bool) -> None:
    views, library = Views(), StoreLibrary(log)
    assert count_all(views.get(library, Tier.CLEAR)).incidents == 1
    tell(log, 1)
    body = Removed("rep-x", "a court says so")
    log.append([Change(record="rep-x", version=1, body=body, by="x", at=datetime(2026, 1, 2, tzinfo=UTC))])
    if is_known:
        library.incidents(Tier.CLEAR)
    view = views.get(library, Tier.CLEAR)
    assert count_all(view).incidents == 2
    assert view.counted_at is None


@pytest.mark.usefixtures("slow")
def test_no_count_stands_for_ever(log: MemoryLog) -> None:
    now = time.time()
    view = View(StoreLibrary(log).incidents(Tier.CLEAR))
    count_all(view)
    older = view.lasting["totals"]
    for age, stands in ((0.0, True), (OLD_SECONDS + 1, True), (OLDEST_SECONDS + 1, False)):
        assert Again(lambda age=age: now + age).may_stand(older) is stands  # type: ignore[misc]


@pytest.mark.usefixtures("slow")
@pytest.mark.parametrize("path", ["/", "/stats"])
def test_pages_say_of_when_their_counts_are(log: MemoryLog, path: str) -> None:
    with TestClient(make_app(StoreLibrary(log))) as site:
        assert "Counted at" not in site.get(path).text
        tell(log, 1)
        assert "Counted at" in site.get(path).text
