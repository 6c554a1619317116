"""Whoever edits a stored log is found out. `python bench/crash.py` tries five hundred edits."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.tamper import EDITS, Edit, is_found, tamper_many, write_log


def test_single_edits_of_a_stored_log_are_found(tmp_path: Path) -> None:
    assert tamper_many(tmp_path, 60, 20261123) == []


@pytest.mark.parametrize("edit", dict.fromkeys(EDITS), ids=lambda edit: edit.__name__)
def test_each_kind_of_edit_is_found(tmp_path: Path, edit: Edit) -> None:
    path = tmp_path / "incidents.db"
    write_log(path, 2)
    assert not is_found(path)
    with closing(sqlite3.connect(path)) as database:
        edit(database, random.Random(1))
        database.commit()
    assert is_found(path)
