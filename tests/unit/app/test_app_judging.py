"""Judgements on a real log: what is refused, what is undone, and what waits."""

import pytest

from incidex.app.finding import get_incident
from incidex.app.judging import MACHINE, Batch, decide, is_judged, split, suggestions, undo
from incidex.app.suggesting import suggest
from incidex.model import Incident, InputError, Judgement, Linked, Tier
from incidex.store import Log, MemoryLog
from tests.contract.log_samples import batch
from tests.factories import make_change, make_report

ANA = "person:ana"


@pytest.fixture
def log() -> Log:
    held = MemoryLog()
    for name, text in (("inc-a", "Acme"), ("inc-b", "Borg"), ("inc-c", "Cyan")):
        held.append(batch(name, f"{text} says that passwords were exposed in {name}.", victim=text))
    held.append([make_change(Linked(make_report("another report")), 3, record="inc-a")])
    return held


COPIED = (
    "Patients of two clinics were told that files lay open on a server for nine days in spring, that nobody "
    "knows who read them, and that a telephone line answers questions from eight in the morning on weekdays. "
)


def see(log: Log, name: str) -> Incident:
    return get_incident(log, name, tier=Tier.RED)


def merge(log: Log, one: str, other: str) -> None:
    decide(log, one, other, Judgement.SAME, why="both say so", by=ANA)


def test_a_merge_is_found_under_every_name_and_id(log: Log) -> None:
    merge(log, "Borg", "Acme")
    assert [see(log, name).id for name in ("inc-a", "inc-b", "Acme", "Borg")] == ["inc-a"] * 4
    assert see(log, "inc-b").merged == ("inc-b",)
    assert (see(log, "inc-b").ties[0].by, see(log, "inc-b").ties[0].why) == (ANA, "both say so")


@pytest.mark.parametrize(
    ("one", "other", "judgement", "message"),
    [
        ("inc-a", "inc-a", Judgement.SAME, "against itself"),
        ("Acme", "inc-a", Judgement.SAME, "one incident already"),
        ("inc-a", "inc-z", Judgement.SAME, "no incident answers to 'inc-z'"),
        ("inc-a", "inc-b", Judgement.WITHDRAWN, "link undo"),
    ],
)
def test_refuses(log: Log, one: str, other: str, judgement: Judgement, message: str) -> None:
    before = log.last_serial()
    with pytest.raises(InputError, match=message):
        decide(log, one, other, judgement, why="why", by=ANA)
    assert log.last_serial() == before


def test_refuses_a_cycle_of_merges(log: Log) -> None:
    merge(log, "inc-a", "inc-b")
    merge(log, "inc-b", "inc-c")
    with pytest.raises(InputError, match="inc-c and inc-a are one incident already"):
        merge(log, "inc-c", "inc-a")


def test_refuses_to_merge_what_someone_judged_different(log: Log) -> None:
    decide(log, "inc-a", "inc-b", Judgement.DIFFERENT, why="two servers", by=ANA)
    merge(log, "inc-b", "inc-c")
    with pytest.raises(InputError, match=r"judged inc-a and inc-b different .*two servers"):
        merge(log, "inc-a", "inc-c")
    undo(log, "inc-a", "inc-b", why="one server after all", by=ANA)
    merge(log, "inc-a", "inc-c")
    assert see(log, "inc-b").id == "inc-a"


def test_undo_takes_back_the_last_thing_and_then_the_one_before(log: Log) -> None:
    before = {name: see(log, name) for name in ("inc-a", "inc-b")}
    decide(log, "inc-a", "inc-b", Judgement.UNSURE, why="hard to say", by=ANA)
    merge(log, "inc-a", "inc-b")
    assert "same" in undo(log, "inc-a", "inc-b", why="no", by=ANA)
    assert [tie.judgement for tie in see(log, "inc-b").ties] == [Judgement.UNSURE]
    assert "unsure" in undo(log, "inc-b", why="no", by=ANA)
    after = {name: see(log, name) for name in before}
    assert {name: (each.values, each.ties) for name, each in after.items()} == {
        name: (each.values, each.ties) for name, each in before.items()
    }
    with pytest.raises(InputError, match="nothing to undo"):
        undo(log, "inc-a", why="no", by=ANA)


def test_undo_means_the_merge_that_is_named(log: Log) -> None:
    merge(log, "inc-a", "inc-b")
    merge(log, "inc-a", "inc-c")
    undo(log, "inc-a", "inc-b", why="no", by=ANA)
    assert [see(log, name).id for name in ("inc-a", "inc-b", "inc-c")] == ["inc-a", "inc-b", "inc-a"]


def test_a_split_and_its_undo(log: Log) -> None:
    before = see(log, "inc-a")
    report = make_report("another report").id
    new = split(log, "Acme", reports=[report], why="it is of May", by=ANA)
    assert {each.id for each in see(log, "inc-a").reports} == {each.id for each in before.reports} - {report}
    assert [each.id for each in see(log, new).reports] == [report]
    assert is_judged(log, ["inc-a"], [new])
    assert is_judged(log, [new], ["inc-a"])
    undo(log, "inc-a", new, why="no, April", by=ANA)
    assert see(log, "inc-a").reports == before.reports
    assert see(log, "inc-a").values == before.values
    assert see(log, new).id == "inc-a"


def test_claims_can_be_moved_to_another_incident(log: Log) -> None:
    claim = next(claim for claim in see(log, "inc-a").claims if claim.field == "date.occurred")
    assert split(log, "inc-a", claims=[claim.id], to="inc-b", why="Borg's date", by=ANA) == "inc-b"
    assert claim.id in {each.id for each in see(log, "inc-b").claims}
    assert claim.id not in {each.id for each in see(log, "inc-a").claims}


@pytest.mark.parametrize(
    ("reports", "to", "message"),
    [
        ([], "", "name the reports"),
        (["rep-none"], "", "does not hold rep-none"),
        (["rep-none"], "inc-a", "same incident"),
    ],
)
def test_refuses_a_split(log: Log, reports: list[str], to: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        split(log, "inc-a", reports=reports, to=to, why="why", by=ANA)


def test_refuses_to_leave_nothing(log: Log) -> None:
    with pytest.raises(InputError, match="that is all of inc-b"):
        split(log, "inc-b", reports=[see(log, "inc-b").reports[0].id], why="why", by=ANA)


def test_a_suggestion_waits_until_a_person_judges_and_again_when_that_is_undone(
    log: Log,
) -> None:
    suggested = Batch(log)
    suggested.judge("inc-a", "inc-b", Judgement.UNSURE, why="alike", by=MACHINE)
    suggested.append()
    assert [(each.one, each.other, each.why) for each in suggestions(log)] == [("inc-a", "inc-b", "alike")]
    decide(log, "inc-a", "inc-b", Judgement.DIFFERENT, why="two servers", by=ANA)
    assert list(suggestions(log)) == []
    undo(log, "inc-a", "inc-b", why="not sure", by=ANA)
    assert len(list(suggestions(log))) == 1
    with pytest.raises(InputError, match="nothing to undo"):  # a suggestion is not a person's to undo
        undo(log, "inc-a", why="no", by=ANA)


def test_incidents_with_nearly_the_same_text_are_suggested_once_and_not_against_a_judgement() -> None:
    log = MemoryLog()
    log.append(batch("inc-a", f"{COPIED} It began here.", victim="Acme"))
    log.append(batch("inc-b", f"{COPIED} So says the other paper.", victim="Wholly Otherwise"))
    log.append(batch("inc-c", "Something else happened to somebody else, and that is all.", victim="Cyan"))
    (found,) = suggest(log)
    assert (found.one, found.other) == ("inc-a", "inc-b")
    assert found.why.startswith("nearly the same text in rep-")
    decide(log, "inc-a", "inc-b", Judgement.DIFFERENT, why="two clinics", by=ANA)
    assert list(suggest(log)) == []
