"""Law 5, and what laws 7 and 8 ask of it: merges and splits, for any histories, in any order."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidex.model import (
    Body,
    Change,
    Claim,
    Claimed,
    Incident,
    Judged,
    Judgement,
    Moved,
    Retracted,
    Stance,
    Tier,
    fold,
    fold_record,
    fold_records,
    move,
)
from tests.factories import NOON, accepted, linked, make_claim, make_report, rejected

NAMES = ("inc-a", "inc-b", "inc-c", "inc-d")


class Book:
    """A log of several records, with serials and versions given as a log gives them."""

    def __init__(self) -> None:
        self.changes: list[Change] = []
        self._versions: dict[str, int] = defaultdict(int)

    def write(self, record: str, body: Body, by: str = "incidex") -> None:
        self._versions[record] += 1
        serial = len(self.changes) + 1
        at = NOON + timedelta(minutes=serial)
        self.changes.append(
            Change(record=record, version=self._versions[record], body=body, by=by, at=at, serial=serial)
        )

    def judge(self, one: str, other: str, judgement: Judgement, why: str = "read both") -> None:
        self.write(one, Judged(other, judgement, why), "person:ana")
        self.write(other, Judged(one, judgement.mirrored, why), "person:ana")

    def move(self, record: str, to: str, report: str, *only: str) -> None:
        moved = Moved(report, to, "it tells of another", only)
        here, there = move(self.history(record), self.history(to), moved)
        for name, bodies in ((record, here), (to, there)):
            for body, by in bodies:
                self.write(name, body, by or "person:ana")

    def history(self, record: str) -> Sequence[Change]:
        return [change for change in self.changes if change.record == record]

    def fold(self, record: str, tier: Tier = Tier.RED, as_of: int | None = None) -> Incident | None:
        return fold_record(self.history, record, as_of=as_of, tier=tier)

    def copy(self) -> "Book":
        copied = Book()
        for change in self.changes:
            copied.write(change.record, change.body, change.by)
        return copied


def content(incident: Incident | None) -> object:
    """Return what a record says, without the ids and counts that tell of its history."""
    return (incident.values, incident.denied, incident.reports) if incident else None


claims = st.builds(
    make_claim,
    st.sampled_from("abc"),
    field=st.sampled_from(["data.class", "actor.name"]),
    speaker=st.sampled_from(["Ciphr", "SkySecure", "The Harbour Ledger"]),
    stance=st.sampled_from([Stance.ASSERTS, Stance.DENIES]),
    tier=st.sampled_from(Tier),
    start=st.integers(0, 12),
)


@st.composite
def books(draw: st.DrawFn) -> Book:
    """Several records with reports, claims and decisions, at any tiers and interleaved in any order."""
    book = Book()
    made: dict[str, list[Claim]] = defaultdict(list)
    for name in draw(st.permutations(NAMES)):
        book.write(name, linked(make_report(f"first of {name}", tier=draw(st.sampled_from(Tier)))))
    for _ in range(draw(st.integers(0, 10))):
        name = draw(st.sampled_from(NAMES))
        report = make_report(draw(st.sampled_from([f"first of {name}", f"second of {name}"])))
        batch = draw(st.lists(claims, max_size=3))
        if batch:
            placed = tuple(replace(claim, report=report.id) for claim in batch)
            made[name] += placed
            if "second" in report.id or draw(st.booleans()):
                book.write(name, linked(report))
            book.write(name, Claimed(placed))
        elif made[name]:
            claim = draw(st.sampled_from(made[name]))
            book.write(name, draw(st.sampled_from([accepted, rejected]))(claim), "person:ana")
    return book


pairs = st.sampled_from([(a, b) for a in NAMES for b in NAMES if a != b])
judgements = st.sampled_from(Judgement)
made_judgements = st.sampled_from([each for each in Judgement if each is not Judgement.WITHDRAWN])


# Law 5: reversible, order does not matter, ids always resolve.


@given(books(), st.lists(st.tuples(pairs, judgements), max_size=6), pairs, made_judgements)
def test_a_judgement_taken_back_leaves_exactly_what_stood_before(
    book: Book, said: list[tuple[tuple[str, str], Judgement]], pair: tuple[str, str], judgement: Judgement
) -> None:
    for each, earlier in said:
        book.judge(*each, earlier)
    before = {name: book.fold(name) for name in NAMES}
    book.judge(*pair, judgement)
    book.judge(*pair, Judgement.WITHDRAWN)
    for name, incident in before.items():
        after = book.fold(name)
        assert content(after) == content(incident)
        assert after is not None
        assert incident is not None
        assert (after.id, after.ties) == (incident.id, incident.ties)


@given(books(), st.permutations([("inc-a", "inc-b"), ("inc-b", "inc-c"), ("inc-d", "inc-a")]))
def test_merges_in_any_order_resolve_the_same(book: Book, order: list[tuple[str, str]]) -> None:
    expected, other = book.copy(), book
    for pair in sorted(order):
        expected.judge(*pair, Judgement.SAME)
    for one, two in order:
        other.judge(two, one, Judgement.SAME)
    first = min(NAMES, key=lambda name: book.history(name)[0].serial)
    for name in NAMES:
        left, right = expected.fold(name), other.fold(name)
        assert left is not None
        assert right is not None
        assert left.id == right.id == first
        assert content(left) == content(right)
        assert set(left.merged) == set(NAMES) - {first}


@given(books(), st.lists(st.tuples(pairs, judgements), max_size=8), st.sampled_from(Tier))
def test_an_id_always_resolves_to_one_incident_that_answers_to_its_own(
    book: Book, said: list[tuple[tuple[str, str], Judgement]], tier: Tier
) -> None:
    before = {name: fold(book.history(name), tier=tier) for name in NAMES}
    for pair, judgement in said:
        book.judge(*pair, judgement)
    for name in NAMES:
        found = book.fold(name, tier)
        assert (found is None) == (before[name] is None)
        if found is not None:
            again = book.fold(found.id, tier)
            assert again is not None
            assert (again.id, content(again)) == (found.id, content(found))


@given(books(), st.lists(st.tuples(pairs, judgements), max_size=8), st.sampled_from(Tier))
def test_every_report_is_in_exactly_one_of_the_incidents_that_are_listed(
    book: Book, said: list[tuple[tuple[str, str], Judgement]], tier: Tier
) -> None:
    for pair, judgement in said:
        book.judge(*pair, judgement)
    listed = list(fold_records(book.history, NAMES, tier=tier))
    reports = [report.id for incident in listed for report in incident.reports]
    assert len(reports) == len(set(reports))
    alone = [fold(book.history(name), tier=tier) for name in NAMES]
    assert set(reports) == {report.id for each in alone if each for report in each.reports}


# Splits.


@given(books(), st.data())
def test_a_report_moved_there_and_back_leaves_exactly_what_stood_before(
    book: Book, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(NAMES))
    before = book.fold(name)
    assert before is not None
    report = data.draw(st.sampled_from(before.reports)).id
    ids = sorted({claim.id for claim in before.claims if claim.report == report})
    only = data.draw(st.one_of(st.just([]), st.lists(st.sampled_from(ids), unique=True))) if ids else []
    book.move(name, "inc-new", report, *only)
    apart = book.fold("inc-new")
    assert apart is not None
    assert {each.id for each in apart.reports} <= {report} or apart.id != "inc-new"
    book.move("inc-new", name, report, *only)
    assert content(book.fold(name)) == content(before)
    resolved = book.fold("inc-new")
    assert resolved is not None
    assert resolved.id == (before.id if not only else resolved.id)


def test_a_record_whose_reports_all_went_elsewhere_resolves_to_where_they_went() -> None:
    book = Book()
    report = make_report("the only one")
    book.write("inc-a", linked(report))
    book.move("inc-a", "inc-b", report.id)
    found = book.fold("inc-a")
    assert found is not None
    assert found.id == "inc-b"
    assert [each.id for each in fold_records(book.history, ["inc-a", "inc-b"])] == ["inc-b"]


def test_a_decision_goes_where_its_claim_goes() -> None:
    book = Book()
    report = make_report("a report")
    claim, beside = make_claim("a", report=report.id), make_claim("b", report=report.id, start=20)
    for body in (linked(report), Claimed((claim, beside)), rejected(claim), Retracted(beside.id, "wrong")):
        book.write("inc-a", body)
    book.move("inc-a", "inc-b", report.id)
    moved = book.fold("inc-b")
    assert moved is not None
    assert [value.status for held in moved.values.values() for value in held] == ["retracted"]


# Law 7: as of.


@given(books(), st.lists(st.tuples(pairs, judgements), max_size=6), st.data())
def test_as_of_is_what_the_log_added_up_to_then(
    book: Book, said: list[tuple[tuple[str, str], Judgement]], data: st.DataObject
) -> None:
    for pair, judgement in said:
        book.judge(*pair, judgement)
    serial = data.draw(st.integers(0, len(book.changes)))
    past = Book()
    for change in book.changes[:serial]:
        past.write(change.record, change.body, change.by)
    for name in NAMES:
        assert book.fold(name, Tier.GREEN, as_of=serial) == past.fold(name, Tier.GREEN)


def test_between_the_two_halves_of_a_judgement_nothing_was_judged() -> None:
    book = Book()
    for name in ("inc-a", "inc-b"):
        book.write(name, linked(make_report(name)))
    book.judge("inc-a", "inc-b", Judgement.SAME)
    for name in ("inc-a", "inc-b"):
        halfway, after = book.fold(name, as_of=3), book.fold(name, as_of=4)
        assert halfway is not None
        assert after is not None
        assert (halfway.id, after.id) == (name, "inc-a")


# Law 8: no tier learns of another's incidents.


@dataclass(frozen=True)
class Poor:
    """A log without what a tier may not see, in which the other changes keep their places."""

    changes: Sequence[Change]

    @classmethod
    def of(cls, book: Book, tier: Tier) -> "Poor":
        return cls([kept for change in book.changes if (kept := _without_hidden(change, tier)) is not None])

    def history(self, record: str) -> Sequence[Change]:
        return [change for change in self.changes if change.record == record]


def _without_hidden(change: Change, tier: Tier) -> Change | None:
    body = change.body
    if isinstance(body, Claimed):
        left = tuple(claim for claim in body.claims if claim.tier <= tier)
        return replace(change, body=Claimed(left)) if left else None
    hidden = getattr(getattr(body, "report", None), "tier", Tier.CLEAR) > tier
    return None if hidden else change


@given(
    books(),
    st.lists(st.tuples(pairs, judgements), max_size=8),
    st.lists(st.tuples(st.sampled_from(NAMES), claims), max_size=4),
    st.sampled_from([Tier.CLEAR, Tier.GREEN, Tier.AMBER]),
)
def test_databases_that_differ_in_hidden_claims_and_incidents_look_the_same(
    book: Book, said: list[tuple[tuple[str, str], Judgement]], later: list[tuple[str, Claim]], tier: Tier
) -> None:
    for pair, judgement in said:
        book.judge(*pair, judgement)
    for name, claim in later:
        book.write(name, Claimed((claim,)))
    poor = Poor.of(book, tier)
    for name in NAMES:
        assert book.fold(name, tier) == fold_record(poor.history, name, tier=tier)


@pytest.mark.parametrize("judgement", [each for each in Judgement if each is not Judgement.WITHDRAWN])
def test_a_judgement_about_a_hidden_incident_is_not_told(judgement: Judgement) -> None:
    alone, judged = Book(), Book()
    for book in (alone, judged):
        book.write("inc-hidden", linked(make_report("hidden", tier=Tier.AMBER)))
        book.write("inc-open", linked(make_report("open")))
    judged.judge("inc-open", "inc-hidden", judgement)
    assert judged.fold("inc-open", Tier.CLEAR) == alone.fold("inc-open", Tier.CLEAR)
    assert judged.fold("inc-hidden", Tier.CLEAR) is None
    team = judged.fold("inc-open", Tier.AMBER)
    assert team is not None
    assert team.id == ("inc-hidden" if judgement is Judgement.SAME else "inc-open")


def test_incidents_that_only_a_hidden_one_joins_stay_two_for_those_who_may_not_see_it() -> None:
    book = Book()
    for name, tier in (("inc-a", Tier.CLEAR), ("inc-h", Tier.RED), ("inc-b", Tier.CLEAR)):
        book.write(name, linked(make_report(name, tier=tier)))
    book.judge("inc-a", "inc-h", Judgement.SAME)
    book.judge("inc-h", "inc-b", Judgement.SAME)

    def ids(tier: Tier) -> list[str]:
        return [each.id for each in fold_records(book.history, ["inc-a", "inc-h", "inc-b"], tier=tier)]

    assert ids(Tier.CLEAR) == ["inc-a", "inc-b"]
    assert ids(Tier.RED) == ["inc-a"]


def test_a_judgement_made_while_one_side_was_hidden_is_not_told_later() -> None:
    book = Book()
    book.write("inc-a", linked(make_report("open")))
    book.write("inc-b", linked(make_report("hidden", tier=Tier.RED)))
    book.judge("inc-a", "inc-b", Judgement.SAME)
    book.write("inc-b", linked(make_report("open too")))
    assert [each.id for each in fold_records(book.history, ["inc-a", "inc-b"])] == ["inc-a", "inc-b"]
    book.judge("inc-a", "inc-b", Judgement.SAME)
    assert [each.id for each in fold_records(book.history, ["inc-a", "inc-b"])] == ["inc-a"]


# Relations.


def test_a_relation_is_told_on_both_records_from_its_own_side() -> None:
    book = Book()
    for name in ("inc-a", "inc-b"):
        book.write(name, linked(make_report(name)))
    book.judge("inc-a", "inc-b", Judgement.CAUSED_BY, "both name its MOVEit server")
    for name, said in (("inc-a", Judgement.CAUSED_BY), ("inc-b", Judgement.CAUSED)):
        incident = book.fold(name)
        assert incident is not None
        assert [(tie.judgement, tie.why) for tie in incident.ties] == [(said, "both name its MOVEit server")]
        assert incident.merged == ()


@given(st.sampled_from(Judgement))
def test_mirrored_twice_is_said_from_the_first_side_again(judgement: Judgement) -> None:
    assert judgement.mirrored.mirrored is judgement


def test_a_tie_names_the_incident_that_the_other_record_is_part_of() -> None:
    book = Book()
    for name in ("inc-b", "inc-a", "inc-c"):
        book.write(name, linked(make_report(f"first of {name}")))
    book.judge("inc-a", "inc-b", Judgement.SAME)
    book.judge("inc-a", "inc-c", Judgement.DIFFERENT)
    incident = book.fold("inc-c")
    assert incident is not None
    assert [tie.other for tie in incident.ties] == ["inc-b"]
