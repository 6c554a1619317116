"""Rebuilt equals incremental (law 6), and memory answers as SQLite does, for any history."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidex.model import Change, Tier
from incidex.store import MemoryLog, SqliteLog
from incidex.store.codec import Line
from incidex.store.projection import Row, rows
from tests.contract.log_samples import bare, batch

names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12).filter(str.strip)
batches = st.lists(st.tuples(names, st.sampled_from(Tier)), min_size=1, max_size=6)


def make_batches(said: list[tuple[str, Tier]]) -> list[list[Change]]:
    return [
        batch(f"inc-{number}", f"Report{number} says it all.", victim=name, tier=tier)
        for number, (name, tier) in enumerate(said)
    ]


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as database:
        return list(database.iterdump())


@settings(max_examples=40, deadline=None)
@given(batches)
def test_rebuilt_equals_incremental_byte_for_byte(said: list[tuple[str, Tier]]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "incidents.db"
        log, memory = SqliteLog(path), MemoryLog()
        for changes in make_batches(said):
            log.append(changes)
            memory.append(changes)
        before = dump(path)
        log.rebuild()
        assert dump(path) == before
        assert any('INTO "key"' in line for line in before)
        assert list(log.since()) == list(memory.since())
        for name, tier in said:
            assert log.find_by_name(name, tier) == memory.find_by_name(name, tier)
            assert log.candidates("victim.name", name) == memory.candidates("victim.name", name) != ()
        log.close()


@given(batches)
def test_what_is_read_back_is_what_was_written(said: list[tuple[str, Tier]]) -> None:
    log = MemoryLog()
    written = [change for changes in make_batches(said) for change in changes]
    log.append(written)
    assert bare(list(log.since())) == bare(written)
    assert log.verify() == len(written)


def test_a_projection_that_forgets_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: if the incremental tables were wrong, the comparison above would say so."""

    def forgetful(line: Line) -> Iterator[Row]:
        yield from (row for row in rows(line) if row.table != "key")

    path = tmp_path / "incidents.db"
    log = SqliteLog(path)
    with monkeypatch.context() as patch:
        patch.setattr("incidex.store.tables.rows", forgetful)
        log.append(batch())
    before = dump(path)
    log.rebuild()
    assert dump(path) != before
    log.close()
