"""Importing into a log: what goes where, what stays out, and two who import at once."""

import json
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidex.app import importing
from incidex.app.importing import Outcome, import_rows
from incidex.app.imports import find_imports, find_row, take_back
from incidex.app.judging import split
from incidex.codebook import policy
from incidex.exchange import IMPORTERS, Refused, Row
from incidex.model import (
    Change,
    Claimed,
    Decided,
    Decision,
    InputError,
    Kind,
    Linked,
    Retracted,
    Tier,
    fold_record,
)
from incidex.store import MemoryLog
from tests.factories import NOON


def breach(name: str = "Acme", **more: Any) -> dict[str, Any]:
    return {"Name": name, "Title": name, "BreachDate": "2017-04-01", "PwnCount": 1200, **more}


def rows(*records: dict[str, Any]) -> Iterator[Row | Refused]:
    return IMPORTERS["hibp"].read(BytesIO(json.dumps(records).encode()))


def run(log: MemoryLog, *records: dict[str, Any], name: str = "imp-1", dry: bool = False) -> Outcome:
    outcome = Outcome(name)
    list(import_rows(log, rows(*records), outcome, dry=dry))
    return outcome


def counts(outcome: Outcome) -> tuple[int, int, int, int]:
    """Rows read, written, unchanged and refused."""
    return outcome.read, outcome.written, outcome.unchanged, outcome.refused


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


# A newer version of a row.


def shown(log: MemoryLog, name: str = "Acme") -> dict[str, set[tuple[str, str]]]:
    """What the record says, by field: values with their status."""
    (incident,) = log.candidates("identifier", f"hibp:{name}")
    found = fold_record(log.history, incident, tier=Tier.RED, policy=policy())
    held = found.values if found else {}
    return {field: {(v.value, str(v.status)) for v in values} for field, values in held.items()}


def three(outcome: Outcome) -> tuple[int, int, int]:
    return outcome.new, outcome.changed, outcome.unchanged


OLD, NEW = breach(DataClasses=["Passwords"]), breach(PwnCount=1300, DataClasses=["Passwords"])


def test_a_newer_row_adds_what_is_new_and_withdraws_what_it_no_longer_says() -> None:
    log = MemoryLog()
    assert three(run(log, OLD, breach("Bolt"))) == (2, 0, 0)
    again = run(log, NEW, breach("Bolt"), name="imp-2")
    assert three(again) == (0, 1, 1)
    assert (again.claims, again.withdrawn) == (1, 1)
    assert shown(log)["data.records"] == {("1300", "reported"), ("1200", "retracted")}
    (incident,) = log.candidates("identifier", "hibp:Acme")
    record = fold_record(log.history, incident, tier=Tier.CLEAR, policy=policy())
    assert record is not None
    (gone,) = (v for v in record.values["data.records"] if v.value == "1200")
    assert gone.reasons == ("Withdrawn: Have I Been Pwned no longer says so",)
    assert len(record.values["data.class"][0].claims) == 1, "what it still says stands as it stood"
    serial = log.last_serial()
    assert three(run(log, NEW, breach("Bolt"), name="imp-3")) == (0, 0, 2)
    assert log.last_serial() == serial


def test_a_row_that_only_is_written_otherwise_is_unchanged_and_one_with_other_prose_is_not() -> None:
    log = MemoryLog()
    run(log, breach(Description="Told by a clerk."))
    assert three(run(log, breach(Odd=1, Description="Told by a clerk."), name="imp-2")) == (0, 0, 1)
    told = run(log, breach(Description="Told by a former clerk."), name="imp-3")
    assert (three(told), told.claims, told.withdrawn) == ((0, 1, 0), 1, 1)
    assert any("former clerk" in c.body.document.text for c in log.since() if c.kind == Kind.RECEIVED)  # type: ignore[union-attr]


def test_a_source_that_returns_to_what_it_said_is_followed_there() -> None:
    log = MemoryLog()
    for number, each in enumerate([OLD, NEW, OLD, NEW, OLD]):
        assert run(log, each, name=f"imp-{number}").written == 1
        assert run(log, each, name="imp-same").written == 0
        now = str(each["PwnCount"])
        assert {value for value, status in shown(log)["data.records"] if status == "reported"} == {now}


def test_what_people_have_decided_about_a_row_outlives_its_newer_versions() -> None:
    log = MemoryLog()
    run(log, OLD)
    (incident,) = log.candidates("identifier", "hibp:Acme")

    def claim(field: str) -> str:
        claims = [c for x in log.history(incident) if isinstance(x.body, Claimed) for c in x.body.claims]
        return next(each.id for each in claims if each.field == field)

    rejected, withdrawn = claim("data.class"), claim("date.occurred")
    for body in (Decided(rejected, Decision.REJECTED), Retracted(withdrawn, "misread")):
        version = log.versions([incident])[incident] + 1
        log.append([Change(record=incident, version=version, body=body, by="person:ann", at=NOON)])
    run(log, NEW, name="imp-2")
    after = shown(log)
    assert "data.class" not in after
    assert after["date.occurred"] == {("2017-04-01", "retracted")}
    assert ("1300", "reported") in after["data.records"]


def test_what_people_have_moved_elsewhere_stays_there_and_a_moved_row_is_followed() -> None:
    log = MemoryLog()
    run(log, OLD, breach("Bolt"))
    (acme,), (bolt,) = (log.candidates("identifier", f"hibp:{name}") for name in ("Acme", "Bolt"))
    claims = [c for x in log.history(acme) if isinstance(x.body, Claimed) for c in x.body.claims]
    moved = next(each.id for each in claims if each.field == "data.class")
    split(log, acme, claims=[moved], to=bolt, why="of the other", by="person:ann")
    assert three(run(log, NEW, name="imp-2")) == (0, 1, 0)
    after = shown(log)
    assert "data.class" not in after
    assert ("1300", "reported") in after["data.records"]

    (row,) = [c.body.report.id for c in log.history(bolt) if isinstance(c.body, Linked)][:1]
    there = split(log, bolt, reports=[row], why="of a third", by="person:ann")
    again = run(log, breach("Bolt", PwnCount=77), name="imp-3")
    assert three(again) == (0, 1, 0)
    found = fold_record(log.history, there, tier=Tier.RED, policy=policy())
    assert found is not None
    assert [v.value for v in found.values["data.records"] if v.status != "retracted"] == ["77"]


def test_rows_of_one_name_in_a_file_stand_beside_each_other_and_are_told() -> None:
    log, twice = MemoryLog(), [breach(), breach(PwnCount=1300)]
    outcome = Outcome("imp-1")
    told = list(import_rows(log, rows(*twice), outcome))
    assert "another row of the file has the same name" in told[1].issues[0].problem
    serial = log.last_serial()
    assert three(run(log, *twice, name="imp-2")) == (0, 0, 2)
    assert log.last_serial() == serial
    assert three(run(log, breach(PwnCount=1400), breach(), name="imp-3")) == (1, 0, 1)
    assert len(shown(log)["data.records"]) == 3


def test_rows_from_before_there_were_keys_are_known_by_their_identifier() -> None:
    log = MemoryLog()
    old = [replace(row, key="") for row in rows(OLD) if isinstance(row, Row)]
    list(import_rows(log, old, Outcome("imp-1")))
    assert three(run(log, NEW, name="imp-2")) == (0, 1, 0)
    assert ("1200", "retracted") in shown(log)["data.records"]


def test_taking_a_newer_version_back_makes_the_older_one_stand_again() -> None:
    log = MemoryLog()
    run(log, OLD)
    before = shown(log)
    run(log, NEW, name="imp-2")
    with pytest.raises(InputError, match="rows of imp-1 have newer versions of imp-2; take the newest back"):
        take_back(log, "imp-1", why="wrong", by="person:ann")
    assert take_back(log, "imp-2", why="wrong", by="person:ann") == 1
    assert shown(log) == before
    with pytest.raises(InputError, match="withdrawn already"):
        take_back(log, "imp-2", why="wrong", by="person:ann")
    assert three(run(log, OLD, name="imp-3")) == (0, 0, 1)
    assert three(run(log, NEW, name="imp-4")) == (0, 1, 0)
    assert ("1300", "reported") in shown(log)["data.records"]
    assert take_back(log, "imp-4", why="wrong", by="person:ann") == 1
    assert shown(log) == before
    assert take_back(log, "imp-1", why="all of it", by="person:ann") == 1
    assert shown(log) == {}


def test_a_return_to_what_a_source_said_can_be_taken_back_too() -> None:
    log = MemoryLog()
    run(log, OLD)
    run(log, NEW, name="imp-2")
    between = shown(log)
    run(log, OLD, name="imp-3")
    assert take_back(log, "imp-3", why="wrong", by="person:ann") == 1
    assert shown(log) == between
    assert three(run(log, OLD, name="imp-4")) == (0, 1, 0)
    assert ("1200", "reported") in shown(log)["data.records"]


states = st.builds(
    breach,
    st.sampled_from(["Acme", "Bolt"]),
    PwnCount=st.sampled_from([1200, 1300, 0]),
    DataClasses=st.lists(st.sampled_from(["Passwords", "Names"]), unique=True),
    Description=st.sampled_from(["", "Told by a clerk."]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(states, min_size=1, max_size=7))
def test_the_record_says_what_the_newest_row_says_and_taking_back_undoes_it(stories: list[Any]) -> None:
    log, past = MemoryLog(), []
    for number, each in enumerate(stories):
        past.append({name: _stands(log, name) for name in ("Acme", "Bolt")})
        outcome = run(log, each, name=f"imp-{number}")
        alone = MemoryLog()
        run(alone, each)
        assert _stands(log, each["Name"]) == _stands(alone, each["Name"])
        if outcome.written and number == len(stories) - 1:
            take_back(log, f"imp-{number}", why="wrong", by="person:ann")
            assert {name: _stands(log, name) for name in past[-1]} == past[-1]


def _stands(log: MemoryLog, name: str) -> dict[str, set[str]]:
    if not log.candidates("identifier", f"hibp:{name}"):
        return {}
    held = shown(log, name)
    return {
        f: kept for f, each in held.items() if (kept := {v for v, status in each if status != "retracted"})
    }
