"""The page that says what becomes of each part of a VERIS record says what the importer does."""

import re
from pathlib import Path

import pytest
from bench.veris_parts import fold, schema_paths, unfold

from incidex.codebook import fields
from incidex.exchange.veris_in import find_way

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "veris-mapping.md").read_text("utf-8")
ROWS = dict(re.findall(r"^\| `([^`]+)` \| (.+?) \| [\d,]+ \|$", PAGE, re.MULTILINE))


def test_every_part_of_the_schema_is_on_the_page() -> None:
    assert {fold(path) for path in schema_paths() if not path.startswith("plus")} <= set(ROWS)


@pytest.mark.parametrize("path", ROWS)
def test_the_page_says_what_the_importer_does(path: str) -> None:
    way = find_way(unfold(path))
    assert ROWS[path] == (way or "stays in the row")
    assert set(re.findall(r"`([^`]+)`", way)) <= set(fields())


def test_families_and_roles_that_share_a_row_are_kept_alike() -> None:
    ways: dict[str, set[str]] = {}
    for path in schema_paths():
        ways.setdefault(fold(path), set()).add(find_way(path))
    odd = {path for path, held in ways.items() if len(held) > 1}
    assert odd <= {"action.FAMILY.cve", "action.FAMILY.name"}, "these are malware's and hacking's alone"
