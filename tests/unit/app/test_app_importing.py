"""Importing into a log: what goes where, what stays out, and two who import at once."""

import json
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest

from incidex.app import importing
from incidex.app.importing import Outcome, find_imports, find_row, import_rows, take_back
from incidex.codebook import policy
from incidex.exchange import IMPORTERS, Refused, Row
from incidex.model import Kind, Tier, fold_record
from incidex.store import MemoryLog


def breach(name: str = "Acme", **more: Any) -> dict[str, Any]:
    return {"Name": name, "Title": name, "BreachDate": "2017-04-01", "PwnCount": 1200, **more}


def rows(*records: dict[str, Any]) -> Iterator[Row | Refused]:
    return IMPORTERS["hibp"].read(BytesIO(json.dumps(records).encode()))


def run(log: MemoryLog, *records: dict[str, Any], name: str = "imp-1", dry: bool = False) -> Outcome:
    outcome = Outcome(name)
    list(import_rows(log, rows(*records), outcome, dry=dry))
    return outcome


def counts(outcome: Outcome) -> tuple[int, int, int, int]:
    return outcome.read, outcome.imported, outcome.known, outcome.refused


def test_rows_of_one_identifier_are_one_incident_and_others_are_not() -> None:
    log = MemoryLog()
    assert counts(run(log, breach(), breach(PwnCount=1300), breach("Bolt"))) == (3, 3, 0, 0)
    assert len(log.incidents()) == 2
    (acme,) = log.candidates("identifier", "hibp:Acme")
    found = fold_record(log.history, acme, tier=Tier.CLEAR, policy=policy())
    assert found is not None
    assert {value.value for value in found.values["data.records"]} == {"1200", "1300"}


@pytest.mark.parametrize("shared", ["attack:C0012", "url:https://example.org/digest"])
def test_rows_of_one_campaign_or_one_page_are_not_one_incident(shared: str) -> None:
    log = MemoryLog()
    held = [
        replace(
            row, claims=tuple(replace(c, value=shared) if c.field == "identifier" else c for c in row.claims)
        )
        for row in rows(breach(), breach("Bolt"))
        if isinstance(row, Row)
    ]
    list(import_rows(log, held, Outcome("imp-1")))
    assert len(log.incidents()) == 2


def test_the_same_row_twice_in_a_file_or_later_adds_nothing() -> None:
    log = MemoryLog()
    assert counts(run(log, breach(), breach())) == (2, 1, 1, 0)
    before = log.last_serial()
    assert counts(run(log, breach(), name="imp-2")) == (1, 0, 1, 0)
    assert log.last_serial() == before


def test_a_trial_counts_and_writes_nothing() -> None:
    log = MemoryLog()
    assert counts(run(log, breach(), dry=True)) == (1, 1, 0, 0)
    assert log.last_serial() == 0


def test_a_row_keeps_its_bytes() -> None:
    log = MemoryLog()
    run(log, breach())
    (report,) = log.records(Kind.RECEIVED)
    assert json.loads(find_row(log, report)) == breach()


def test_large_rows_are_written_a_few_at_a_time() -> None:
    log = MemoryLog()
    large = [breach(f"Victim {number}", Odd="x" * 1_500_000) for number in range(12)]
    assert counts(run(log, *large)) == (12, 12, 0, 0)
    chunks = list(importing._chunks(rows(*large)))
    assert [len(chunk) for chunk in chunks] == [6, 6]


class Interrupted(MemoryLog):
    """A log in which somebody else writes the same row between our look and our write."""

    def __init__(self) -> None:
        super().__init__()
        self.others = [breach()]

    def append(self, *arguments: Any, **named: Any) -> int:
        if self.others:
            other = self.others.pop()
            run(self, other, name="imp-other")
        return super().append(*arguments, **named)


def test_two_who_import_the_same_at_once_add_it_once() -> None:
    log = Interrupted()
    assert counts(run(log, breach(), breach("Bolt"))) == (2, 1, 1, 0)
    assert {each.name: each.rows for each in find_imports(log)} == {"imp-other": 1, "imp-1": 1}


def test_taking_an_import_back_leaves_what_others_said() -> None:
    log = MemoryLog()
    run(log, breach())
    run(log, breach(PwnCount=1300), breach("Bolt"), name="imp-2")
    assert take_back(log, "imp-2", why="the wrong file", by="person:ann") == 2
    acme = next(iter(log.candidates("identifier", "hibp:Acme")))
    found = fold_record(log.history, acme, tier=Tier.RED, policy=policy())
    assert found is not None
    assert [value.value for value in found.values["data.records"]] == ["1200"]
    bolt = next(iter(log.candidates("identifier", "hibp:Bolt")))
    assert fold_record(log.history, bolt, tier=Tier.RED, policy=policy()) is None
    assert {each.name: each.withdrawn for each in find_imports(log)} == {"imp-1": 0, "imp-2": 2}


def test_words_that_had_to_go_do_not_come_back_and_stop_no_other_row() -> None:
    from incidex.app.upkeep import remove_words

    log = MemoryLog()
    run(log, breach())
    (report,) = log.records(Kind.RECEIVED)
    remove_words(log, report, reason="the law", by="person:ann", quotes_only=False)
    take_back(log, "imp-1", why="again", by="person:ann")
    assert counts(run(log, breach(), breach("Bolt"), name="imp-2")) == (2, 1, 0, 1)
