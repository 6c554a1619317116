"""Decisions are numbered once each, and every file that the documents name is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("gold/*.md")])


def test_each_decision_has_the_next_number() -> None:
    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: str(path.name))
def test_a_decision_is_headed_by_its_number_and_says_when(path: Path) -> None:
    head, _, decided = path.read_text("utf-8").split("\n", 3)[:3]
    assert head.startswith(f"# {int(path.name[:4])}. ")
    assert decided.startswith("**Decided** 20")


def test_decisions_stand_in_the_order_of_their_dates() -> None:
    dates = [path.read_text("utf-8").split("**Decided** ")[1][:10] for path in DECISIONS]
    assert dates == sorted(dates)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8"))
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    named = re.findall(r"\b(?:bench|scripts|docs|gold)/[\w./-]+\.\w+", page.read_text("utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []
