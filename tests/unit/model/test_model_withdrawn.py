"""A report that is withdrawn: gone with all that it says, and back when it is linked again."""

from incidex.model import Decided, Decision, Incident, Retracted, Tier, fold, review
from tests.factories import claimed, linked, make_change, make_claim, make_history, make_report

FIRST, SECOND = make_report("one"), make_report("two")
KEPT = make_claim(report=FIRST.id)
GONE = make_claim("Names", report=SECOND.id, quote="names")
HISTORY = make_history(linked(FIRST), claimed(KEPT), linked(SECOND), claimed(GONE))
WITHDRAWN = [*HISTORY, make_change(Retracted(SECOND.id, "the wrong file"), 5)]


def said(incident: Incident | None) -> tuple[set[str], set[str]]:
    """Return the reports of a record and its values."""
    assert incident is not None
    values = incident.values.get("data.class", ())
    return {report.id for report in incident.reports}, {value.value for value in values}


def test_it_takes_all_that_it_says_with_it() -> None:
    assert said(fold(WITHDRAWN)) == ({FIRST.id}, {"Passwords"})
    decided = [*WITHDRAWN[:4], make_change(Decided(GONE.id, Decision.ACCEPTED, "read it"), 5)]
    assert said(fold([*decided, make_change(Retracted(SECOND.id, "no"), 6)])) == ({FIRST.id}, {"Passwords"})


def test_it_stands_as_of_before() -> None:
    assert said(fold(WITHDRAWN, as_of=4)) == ({FIRST.id, SECOND.id}, {"Passwords", "Names"})


def test_it_is_back_when_it_is_linked_again() -> None:
    again = [*WITHDRAWN, make_change(linked(SECOND), 6), make_change(claimed(GONE), 7)]
    assert said(fold(again)) == ({FIRST.id, SECOND.id}, {"Passwords", "Names"})


def test_nobody_has_to_review_it() -> None:
    found = review(WITHDRAWN, tier=Tier.RED)
    assert found is not None
    assert [standing.claim.id for standing in found.standings] == [KEPT.id]


def test_a_record_with_nothing_else_is_not_shown() -> None:
    history = make_history(linked(FIRST), claimed(KEPT), Retracted(FIRST.id, "the wrong file"))
    assert fold(history) is None
    assert fold(history, as_of=2) is not None


def test_no_tier_learns_of_a_hidden_report_that_is_withdrawn() -> None:
    hidden = make_report("three", tier=Tier.AMBER)
    secret = make_claim("IMEI numbers", report=hidden.id, tier=Tier.AMBER)
    more = [make_change(linked(hidden), 5), make_change(claimed(secret), 6)]
    withdrawn = [*HISTORY, *more, make_change(Retracted(hidden.id, "no"), 7)]
    assert fold(withdrawn) == fold(HISTORY)


def test_a_withdrawn_claim_is_back_when_its_report_is_linked_again_and_says_so_again() -> None:
    withdrawn = [*HISTORY, make_change(Retracted(GONE.id, "the source no longer says so"), 5)]
    read_again = [*withdrawn, make_change(claimed(GONE), 6)]
    linked_again = [*withdrawn, make_change(linked(SECOND), 6), make_change(claimed(GONE), 7)]
    for history, status in ((withdrawn, "retracted"), (read_again, "retracted"), (linked_again, "reported")):
        found = fold(history)
        assert found is not None
        (value,) = (each for each in found.values["data.class"] if each.value == "Names")
        assert value.status == status
        reviewed = review(history, tier=Tier.RED)
        assert reviewed is not None
        assert (reviewed.find(GONE.id) is None) == (status == "retracted")
