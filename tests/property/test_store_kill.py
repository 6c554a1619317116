"""Nothing acknowledged is lost and no half batch is visible, whenever process, server or power go (law 9).

`python bench/crash.py` does the same two hundred times.
"""

from pathlib import Path

import pytest

from tests.kill import kill_postgres, kill_sqlite
from tests.powercut import cut_many

TIMES = 10
SEED = 20261123


def test_a_killed_writer_loses_nothing_acknowledged(tmp_path: Path) -> None:
    assert kill_sqlite(tmp_path / "incidents.db", TIMES, SEED) == []


@pytest.mark.slow
def test_a_killed_server_loses_nothing_acknowledged() -> None:
    assert kill_postgres(TIMES, SEED) == []


def test_a_power_cut_loses_nothing_acknowledged(tmp_path: Path) -> None:
    assert cut_many(tmp_path, TIMES * 2, SEED) == []


@pytest.mark.parametrize("synchronous", ["NORMAL", "OFF"])
def test_the_simulated_power_cut_does_lose_what_was_not_synced(tmp_path: Path, synchronous: str) -> None:
    assert len(cut_many(tmp_path, TIMES * 2, SEED, synchronous=synchronous)) >= 2
