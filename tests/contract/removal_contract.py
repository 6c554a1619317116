"""What every log promises about words that have to go (law 10). A subclass supplies the `log` fixture."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from incidex.model import (
    Change,
    Claimed,
    ConflictError,
    EvidenceError,
    Failed,
    InputError,
    Linked,
    Moved,
    Received,
    Removed,
    Tier,
    fold,
    move,
)
from incidex.store import Log, plan_removal
from tests.contract.log_samples import TEXT, batch, quote, raw, received
from tests.factories import make_change, make_report

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
REPORT = make_report(TEXT).id


def remove(log: Log, report: str = REPORT, *, quotes_only: bool = False) -> dict[str, str]:
    plan = plan_removal(log, report, reason="order 7/26", by="ana", at=AT, quotes_only=quotes_only)
    log.append(plan.changes)
    return dict(plan.shared)


def titled() -> list[Change]:
    """Return a batch whose report has a title, an address and notes."""
    report, link, claims = batch()
    assert isinstance(report.body, Received)
    known = replace(report.body.report, title="Ciphr dumped", url="https://ledger.example/ciphr")
    document = replace(report.body.document, title="Ciphr dumped online")
    return [
        replace(report, body=Received(known, document)),
        replace(link, body=Linked(known, "first of it")),
        claims,
    ]


class RemovalContract:
    def test_reads_titles_and_messages_back(self, log: Log) -> None:
        written = [*titled(), make_change(Failed("a.pdf", "read", "a.pdf is empty"), 1, record="rep-9")]
        log.append(written, raw())
        assert [change.body for change in log.since()] == [change.body for change in written]
        assert "dumped" not in "".join(line.body for line in log.lines())
        assert "empty" not in "".join(line.body for line in log.lines())

    def test_words_that_were_removed_are_gone_and_the_chain_holds(self, log: Log) -> None:
        log.append(titled(), raw())
        ids = [claim.id for claim in log.history("inc-1")[1].body.claims]  # type: ignore[union-attr]
        assert remove(log) == {}
        assert log.find_blob(next(iter(raw()))) is None
        report, link, claimed, gone, told = log.since()
        assert isinstance(report.body, Received)
        assert isinstance(claimed.body, Claimed)
        assert (report.body.document.text, report.body.document.title) == ("█" * len(TEXT), "")
        assert (report.body.report.title, link.body.report.url) == ("", "")  # type: ignore[union-attr]
        name, _, summary = claimed.body.claims
        assert name.evidence is not None
        assert (name.value, name.evidence.quote, name.evidence.is_removed) == ("Ciphr", "█" * 5, True)
        assert summary.value == "█" * len("Passwords were exposed.")
        assert [claim.id for claim in claimed.body.claims] == ids
        assert isinstance(gone.body, Removed)
        assert (gone.record, gone.body.reason, len(gone.body.blobs)) == (REPORT, "order 7/26", 7)
        assert (told.record, told.body) == ("inc-1", Removed(REPORT, "order 7/26"))
        assert log.verify() == 5
        log.rebuild()
        assert log.find_by_name("ciphr") == ("inc-1",)
        assert log.verify() == 5

    def test_the_record_says_that_words_were_removed_at_any_moment(self, log: Log) -> None:
        log.append(titled(), raw())
        remove(log)
        for as_of in (None, 3):
            incident = fold(log.history("inc-1"), as_of=as_of, tier=Tier.RED)
            assert incident is not None
            assert incident.removed[REPORT].reason == "order 7/26"
            assert incident.best("victim.name") == "Ciphr"
            assert incident.find("summary") is None

    def test_quotes_may_go_alone(self, log: Log) -> None:
        log.append(titled(), raw())
        remove(log, quotes_only=True)
        report, _, claimed, *_ = log.since()
        assert report.body.document.text == TEXT  # type: ignore[union-attr]
        assert claimed.body.claims[0].evidence.is_removed  # type: ignore[union-attr]
        remove(log)
        assert next(log.since()).body.document.text == "█" * len(TEXT)  # type: ignore[union-attr]
        assert log.verify() == 7

    def test_a_failures_message_can_go(self, log: Log) -> None:
        log.append([make_change(Failed("secret.pdf", "read", "secret.pdf is empty"), 1, record="rep-9")])
        remove(log, "rep-9")
        assert next(log.since()).body == Failed("███", "read", "███")
        assert log.verify() == 2

    def test_words_that_another_report_has_too_stay_and_are_named(self, log: Log) -> None:
        log.append(batch(), raw())
        copy = replace(make_report("a copy"), title="x")
        _, body = received()
        other = replace(quote(TEXT, "passwords", field="data.class", value="Passwords"), report=copy.id)
        log.append(
            [
                make_change(Received(copy, replace(body.document, report=copy.id)), 1, record=copy.id),
                make_change(Claimed((other,)), 3),
            ]
        )
        shared = remove(log)
        assert set(shared.values()) == {copy.id}
        assert log.history(copy.id)[0].body.document.text == TEXT  # type: ignore[union-attr]
        assert log.verify() == 7

    def test_words_that_two_reports_have_go_with_the_second(self, log: Log) -> None:
        log.append(batch(), raw())
        copy = replace(make_report("a copy"), title="x")
        _, body = received()
        log.append([make_change(Received(copy, replace(body.document, report=copy.id)), 1, record=copy.id)])
        assert remove(log)
        assert remove(log, copy.id) == {}
        for record in (REPORT, copy.id):
            assert TEXT not in log.history(record)[0].body.document.text  # type: ignore[union-attr]
        assert log.verify() == log.last_serial()

    def test_words_that_stay_for_a_report_without_its_quotes_are_kept(self, log: Log) -> None:
        log.append(batch(), raw())
        copy = replace(make_report("a copy"), title="x")
        _, body = received()
        log.append([make_change(Received(copy, replace(body.document, report=copy.id)), 1, record=copy.id)])
        remove(log, quotes_only=True)
        assert set(remove(log, copy.id).values()) == {REPORT}
        assert log.history(REPORT)[0].body.document.text == TEXT  # type: ignore[union-attr]

    def test_words_that_were_removed_may_not_come_back(self, log: Log) -> None:
        log.append(batch(), raw())
        remove(log)
        with pytest.raises(InputError, match="removed by change 4 and may not come back"):
            log.append([], raw())
        log.rebuild()
        _, body = received()
        again = make_change(
            Received(make_report("a copy"), body.document), 1, record=make_report("a copy").id
        )
        with pytest.raises(InputError, match="may not come back"):
            log.append([again])
        assert log.last_serial() == 5

    def test_a_report_whose_words_are_gone_can_still_be_taken_to_another_incident(self, log: Log) -> None:
        log.append(titled(), raw())
        remove(log)
        here, there = move(log.history("inc-1"), (), Moved(REPORT, "inc-2", "another matter"))
        log.append(
            [make_change(body, 4 + place) for place, (body, _) in enumerate(here)]
            + [make_change(body, 1 + place, record="inc-2") for place, (body, _) in enumerate(there)]
        )
        incident = fold(log.history("inc-2"), tier=Tier.RED)
        assert incident is not None
        assert incident.best("victim.name") == "Ciphr"
        assert incident.removed[REPORT].reason == "order 7/26"
        assert log.verify() == 9

    def test_blocks_are_no_way_around_the_evidence(self, log: Log) -> None:
        report, link, claims = batch()
        assert isinstance(claims.body, Claimed)
        made = claims.body.claims[0]
        assert made.evidence is not None
        blank = replace(made, evidence=replace(made.evidence, quote="█" * 5))
        with pytest.raises(EvidenceError, match="does not stand at that place"):
            log.append([report, link, replace(claims, body=Claimed((blank,)))])

    def test_refuses_a_removal_of_nothing(self, log: Log) -> None:
        log.append(batch(), raw())
        with pytest.raises(InputError, match="needs a reason"):
            plan_removal(log, REPORT, reason=" ", by="ana", at=AT)
        with pytest.raises(InputError, match="no report 'rep-x'"):
            remove(log, "rep-x")
        remove(log)
        with pytest.raises(InputError, match="left to remove"):
            remove(log)

    def test_a_conflict_shows_both_sides(self, log: Log) -> None:
        log.append(batch(), raw())
        log.append([make_change(Removed(REPORT, "order 7/26"), 3, by="ana")])
        with pytest.raises(ConflictError) as refused:
            log.append([make_change(Removed(REPORT, "a wish"), 3, by="ben")])
        mine, theirs = refused.value.sides
        assert mine == f"yours:  removed: the words of {REPORT} removed by ben: a wish"
        assert theirs.startswith("theirs: removed by ana at 2026-11-23 12:00:00 UTC: the words of")
