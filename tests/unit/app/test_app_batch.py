"""Lines that are coded together say what each says alone, whatever stands beside it."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidex.app.batch import _MOST_BYTES, _group, code_lines
from incidex.app.coders import CodedReport, code_report
from incidex.model import Document, InputError, Report

GOLD = Path(__file__).parents[3] / "gold"
FILES = ("roundups-a", "none-a", "stories", "relative-dates", "speech-a")
KEPT = ("text", "source", "role", "published")


def read_lines() -> list[bytes]:
    """Return round-ups, stories with background, texts with no incident, a German one and a broken line."""
    rows = [
        json.loads(row)
        for name in FILES
        for row in (GOLD / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()[:3]
    ]
    lines = [
        json.dumps({"id": row["id"], **{key: row[key] for key in KEPT if key in row}}).encode()
        for row in rows
    ]
    german = {"id": "de", "text": "Die Gruppe APT29 hat am 4. Mai 2019 die Stadtwerke Ahlen angegriffen."}
    return [*lines[:7], b"{broken", *lines[7:], json.dumps(german).encode()]


def test_a_chunk_of_lines_says_what_each_line_says_alone() -> None:
    lines = read_lines()
    together = [each.line for each in code_lines(lines)]
    alone = [each.line for line in lines for each in code_lines([line])]
    broken = lines.index(b"{broken")
    assert together[:broken] + together[broken + 1 :] == alone[:broken] + alone[broken + 1 :]
    assert json.loads(together[broken])["id"] == broken + 1
    assert sum(len(json.loads(line)["incidents"]) for line in together) > len(lines) // 2


def test_a_report_that_cannot_be_coded_stops_no_other() -> None:
    def code(report: Report, document: Document) -> CodedReport:
        if "unreadable" in document.text:
            raise InputError("this one cannot be coded")
        return code_report(report, document)

    texts = ("A laptop was stolen from Acme.", "unreadable", "Acme was hacked.")
    lines = [json.dumps({"id": text, "text": text}).encode() for text in texts]
    assert [bool(each.error) for each in code_lines(lines, code=code)] == [False, True, False]


@pytest.mark.parametrize("sizes", [[], [_MOST_BYTES + 1, 1, 1]])
def test_what_is_large_is_coded_alone(sizes: list[int]) -> None:
    groups = list(_group((number, b"x" * size) for number, size in enumerate(sizes)))
    assert [len(each) for each in groups] == ([1, 2] if sizes else [0])


@settings(max_examples=50)
@given(st.lists(st.sampled_from([1, 50_000, 150_000, 250_000]), max_size=8))
def test_no_line_is_lost_between_groups(sizes: list[int]) -> None:
    lines = [(number, b"x" * size) for number, size in enumerate(sizes)]
    groups = list(_group(lines))
    assert [line for group in groups for line in group] == lines
    assert all(
        len(group) == 1 or sum(len(raw) for _, raw in group) <= _MOST_BYTES for group in groups if group
    )
