"""A site that was just started over a large log answers at once from the search index."""

import time
from pathlib import Path

import pytest
from litestar.testing import TestClient

from incidex.app.library import StoreLibrary
from incidex.model import Stance, Tier
from incidex.search import Search
from incidex.store import MemoryLog
from incidex.web import make_app
from tests.histories import Teller


def test_while_all_is_being_read_the_index_lists_the_incidents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("incidex.app.folded.SOON", 1)
    log = MemoryLog()
    for number in range(3):
        said = [("victim.name", f"Victim {number}", Stance.ASSERTS, Tier.CLEAR)]
        Teller(log).tell(f"inc-{number}", f"report {number}", said)
    library = StoreLibrary(log, Search(log, tmp_path))
    folded = library._folded
    held = folded._locks[Tier.CLEAR]
    with held, TestClient(make_app(library)) as site:  # as if the folding took its time
        first = site.get("/", follow_redirects=False)
        assert (first.status_code, first.headers["location"]) == (303, "/search?sort=added")
        assert "Victim 2" in site.get("/").text
        answer = site.get("/stats")
        assert answer.status_code == 503
        assert "search answers already" in answer.text
    give_up_at = time.monotonic() + 30
    while not library.is_ready(Tier.CLEAR) and time.monotonic() < give_up_at:
        time.sleep(0.01)
    with TestClient(make_app(library)) as site:
        assert site.get("/", follow_redirects=False).status_code == 200
        assert site.get("/stats").status_code == 200
