"""What every log promises. A subclass supplies the `log` fixture, and the database behind it is real."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event

import pytest

from incidex.model import (
    Answer,
    Answered,
    Assigned,
    Body,
    Claimed,
    ConflictError,
    Decided,
    Decision,
    EvidenceError,
    Failed,
    InputError,
    Judged,
    Judgement,
    Kind,
    Moved,
    NoEvidence,
    Retracted,
    Sampled,
    Span,
    Stance,
    StoreError,
    Tier,
    fold,
)
from incidex.store import Log
from tests.contract.log_samples import TEXT, bare, batch, quote, raw, received
from tests.factories import make_change


class LogContract:
    def test_starts_empty(self, log: Log) -> None:
        assert (log.last_serial(), list(log.since()), log.incidents(), log.verify()) == (0, [], (), 0)

    def test_reads_back_what_was_written(self, log: Log) -> None:
        written = batch()
        assert log.append(written, raw()) == 3
        read = list(log.since())
        assert bare(read) == bare(written)
        assert [change.serial for change in read] == [1, 2, 3]

    def test_reads_back_halves_of_surrogate_pairs_and_nul(self, log: Log) -> None:
        text = "Ciphr \ud800 says \x00 nothing"
        report, body = received(TEXT)
        odd = replace(body, document=replace(body.document, text=text))
        log.append([make_change(odd, 1, record=report.id)])
        assert [change.body for change in log.since()] == [odd]

    def test_reads_back_what_reviewers_did(self, log: Log) -> None:
        answer = Answer("data.class", "Passwords", Stance.DENIES, Tier.GREEN, Span(2, 9))
        bodies: list[Body] = [
            Assigned("person:ana", "my turn"),
            *(Decided("clm-1", decision, "because", undoes=3) for decision in Decision),
            Sampled(7, ("person:ana", "person:bo"), (("inc-1", "rep-1"), ("inc-2", "rep-2")), 40),
            Answered("inc-1", "rep-1", (answer, replace(answer, span=None))),
        ]
        written = [make_change(body, n, record="inc-1") for n, body in enumerate(bodies, start=1)]
        log.append(written)
        assert bare(list(log.since())) == bare(written)
        assert log.incidents() == ()
        assert log.records(Kind.SAMPLED) == ("inc-1",)
        log.rebuild()
        assert log.verify() == len(written)

    def test_reads_back_judgements_and_moves(self, log: Log) -> None:
        log.append([*batch(), *batch("inc-2", "Ciphr again, in May 2017.")])
        judged = [
            make_change(Judged("inc-2", Judgement.CAUSED_BY, "it says so"), 3, record="inc-1"),
            make_change(Judged("inc-1", Judgement.CAUSED, "it says so"), 3, record="inc-2"),
            make_change(Moved("rep-1", "inc-2", "it tells of May", ("clm-1",)), 4, record="inc-1"),
        ]
        log.append(judged)
        assert bare(list(log.since()))[-3:] == bare(judged)

    @pytest.mark.parametrize(
        "bodies",
        [
            pytest.param([("inc-1", "inc-2", Judgement.SAME)], id="one side alone"),
            pytest.param([("inc-1", "inc-1", Judgement.SAME)], id="with itself"),
            pytest.param(
                [("inc-1", "inc-2", Judgement.CAUSED), ("inc-2", "inc-1", Judgement.CAUSED)],
                id="both say they were the cause",
            ),
        ],
    )
    def test_refuses_half_a_judgement(self, log: Log, bodies: list[tuple[str, str, Judgement]]) -> None:
        log.append([*batch(), *batch("inc-2", "Ciphr again, in May 2017.")])
        with pytest.raises(InputError, match=r"both at once|against itself"):
            log.append([make_change(Judged(to, said, "why"), 3, record=name) for name, to, said in bodies])
        assert log.last_serial() == 6

    def test_chains_every_change_to_the_one_before(self, log: Log) -> None:
        log.append(batch())
        hashes = [(change.prev_hash, change.hash) for change in log.since()]
        assert hashes[0][0] == ""
        assert [before for before, _ in hashes[1:]] == [after for _, after in hashes[:-1]]
        assert len({after for _, after in hashes}) == 3

    @pytest.mark.parametrize(("serial", "left"), [(0, [1, 2, 3]), (2, [3]), (3, []), (99, [])])
    def test_yields_what_came_after_a_serial(self, log: Log, serial: int, left: list[int]) -> None:
        log.append(batch())
        assert [change.serial for change in log.since(serial)] == left

    def test_yields_more_than_a_page_in_order(self, log: Log) -> None:
        log.append([make_change(Failed("a", "read", "empty"), n, record="run") for n in range(1, 601)])
        assert [change.serial for change in log.since(1)] == list(range(2, 601))

    def test_returns_one_records_history(self, log: Log) -> None:
        log.append(batch("inc-1"))
        log.append(batch("inc-2", "Acme says nothing."))
        assert [change.version for change in log.history("inc-2")] == [1, 2]
        assert log.history("inc-3") == ()

    def test_returns_many_records_histories_at_once(self, log: Log) -> None:
        log.append(batch("inc-1"))
        log.append(batch("inc-2", "Acme says nothing."))
        wanted = ["inc-2", "inc-3", "inc-1"]
        assert log.histories(wanted) == {record: log.history(record) for record in wanted}
        assert log.histories([]) == {}

    def test_knows_versions(self, log: Log) -> None:
        log.append(batch())
        assert log.versions(["inc-1", "inc-2"]) == {"inc-1": 2, "inc-2": 0}

    def test_folds_into_the_incident(self, log: Log) -> None:
        log.append(batch())
        incident = fold(log.history("inc-1"))
        assert incident is not None
        assert incident.best("summary") == "Passwords were exposed."

    @pytest.mark.parametrize(
        ("version", "message"),
        [
            pytest.param(2, "version 2 of inc-1 is taken: the next is 3", id="taken"),
            pytest.param(4, "version 4 of inc-1 leaves a gap: the next is 3", id="gap"),
        ],
    )
    def test_refuses_a_conflict_by_name(self, log: Log, version: int, message: str) -> None:
        log.append(batch())
        with pytest.raises(ConflictError, match=message):
            log.append([make_change(Retracted("clm-1", "wrong"), version)])

    def test_writes_all_or_none(self, log: Log) -> None:
        log.append(batch())
        good = batch("inc-2", "Acme says nothing.")
        with pytest.raises(ConflictError):
            log.append([*good, make_change(Retracted("clm-1", "wrong"), 1)], raw("other"))
        assert log.last_serial() == 3
        assert log.incidents() == ("inc-1",)
        assert log.find_blob(next(iter(raw("other")))) is None
        assert log.append(good) == 6

    def test_refuses_words_that_the_report_does_not_say(self, log: Log) -> None:
        report, link, _ = batch()
        false = quote(TEXT.replace("passwords", "pass-word"), "pass-word", field="data.class", value="x")
        with pytest.raises(EvidenceError, match="does not stand at that place"):
            log.append([report, link, make_change(Claimed((replace(false, report=report.record),)), 2)])
        assert log.last_serial() == 0

    def test_refuses_a_quote_from_a_report_that_is_not_here(self, log: Log) -> None:
        with pytest.raises(EvidenceError, match="add the report first"):
            log.append(batch()[1:], raw())
        assert log.find_blob(next(iter(raw()))) is None

    def test_accepts_a_quote_from_a_report_stored_before(self, log: Log) -> None:
        report, link, claims = batch()
        log.append([report])
        assert log.append([link, claims]) == 3

    def test_accepts_quotes_from_either_reading_of_a_report(self, log: Log) -> None:
        log.append(batch())
        report, body = received()
        second = replace(body, document=replace(body.document, text="Read anew: " + TEXT, reader="text@2"))
        log.append([make_change(second, 2, record=report.id)])
        old = quote(TEXT, "passwords", field="data.class", value="Passwords")
        new = replace(quote("Read anew: " + TEXT, "exposed", field="action", value="hacking"))
        both = Claimed((old, replace(new, report=report.id)))
        assert log.append([make_change(both, 3)]) == 5

    def test_accepts_a_claim_that_says_why_it_has_no_quote(self, log: Log) -> None:
        claim = replace(batch()[2].body.claims[0], evidence=None, no_evidence=NoEvidence.ANALYST_NOTE)  # type: ignore[union-attr]
        log.append([make_change(Claimed((claim,)), 1)])
        assert [change.body for change in log.since()] == [Claimed((claim,))]

    def test_keeps_blobs_by_their_hash(self, log: Log) -> None:
        name = next(iter(raw()))
        log.append(batch(), raw())
        log.append([], raw())
        assert log.find_blob(name) == TEXT.encode()
        assert log.find_blob("0" * 64) is None

    def test_refuses_a_blob_under_a_false_name(self, log: Log) -> None:
        with pytest.raises(InputError, match="name it by its SHA-256"):
            log.append([], {"0" * 64: b"words"})

    @pytest.mark.parametrize(("record", "why"), [("\ud800", "UTF-8"), ("a\0b", "NUL")])
    def test_refuses_a_name_that_cannot_be_written(self, log: Log, record: str, why: str) -> None:
        with pytest.raises(InputError, match=why):
            log.append([make_change(Failed("a", "read", "empty"), 1, record=record)])

    def test_finds_a_name_that_no_database_can_hold(self, log: Log) -> None:
        log.append(batch("inc-2", victim="Ci\0phr \ud800"))
        assert log.candidates("victim.name", "ci\0phr \ud800") == ("inc-2",)

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            pytest.param("inc-1", ("inc-1",), id="an id wins over the start of another"),
            pytest.param("INC", ("inc-1", "inc-12"), id="start of an id"),
            pytest.param("ciphr", ("inc-1",), id="a name wins over a part of one"),
            pytest.param(" CIPH ", ("inc-1", "inc-12"), id="part of a name"),
            pytest.param("  ", (), id="nothing"),
            pytest.param("%", (), id="no wildcards"),
        ],
    )
    def test_finds_by_name(self, log: Log, text: str, found: tuple[str, ...]) -> None:
        log.append(batch("inc-1"))
        log.append(batch("inc-12", "Ciphrex says nothing.", victim="Ciphrex"))
        assert log.find_by_name(text) == found

    def test_finds_no_name_that_a_tier_may_not_know(self, log: Log) -> None:
        log.append(batch(tier=Tier.AMBER))
        assert log.find_by_name("ciphr", Tier.GREEN) == ()
        assert log.find_by_name("ciphr", Tier.AMBER) == ("inc-1",)

    def test_finds_candidates_by_folded_value(self, log: Log) -> None:
        log.append(batch("inc-2"))
        assert log.candidates("victim.name", " CIPHR") == ("inc-2",)
        assert log.candidates("date.occurred", "2017-04") == ("inc-2",)
        assert log.candidates("victim.name", "ciph") == ()

    def test_lists_incidents_and_records_newest_first(self, log: Log) -> None:
        log.append(batch("inc-1"))
        log.append(batch("inc-2", "Acme says nothing."))
        log.append([make_change(Failed("a.pdf", "read", "empty"), 1, record="rep-9")])
        log.append([make_change(Retracted("clm-1", "wrong"), 3)])
        assert log.incidents() == ("inc-2", "inc-1")
        assert log.records(Kind.FAILED) == ("rep-9",)
        assert log.records(Kind.LINKED) == ("inc-2", "inc-1")

    def test_threads_lose_no_serial_and_share_none(self, log: Log) -> None:
        def write(worker: int) -> list[int]:
            body = Failed("a", "read", "empty")
            return [log.append([make_change(body, n, record=f"run-{worker}")]) for n in range(1, 21)]

        with ThreadPoolExecutor(4) as pool:
            given = sorted(serial for serials in pool.map(write, range(4)) for serial in serials)
        assert given == list(range(1, 81))
        assert log.verify() == 80

    def test_one_of_two_threads_wins_a_version(self, log: Log) -> None:
        def write(worker: int) -> bool:
            try:
                log.append([make_change(Failed(str(worker), "read", "empty"), 1, record="run")])
            except ConflictError:
                return False
            return True

        with ThreadPoolExecutor(4) as pool:
            assert sum(pool.map(write, range(8))) == 1

    def test_readers_see_whole_batches_while_another_writes(self, log: Log) -> None:
        done = Event()

        def read() -> set[int]:
            seen = set()
            while not done.is_set():
                seen.add(len(list(log.since())) % 5)
            return seen

        with ThreadPoolExecutor(2) as pool:
            readers = [pool.submit(read) for _ in range(2)]
            try:
                for start in range(1, 101, 5):
                    body = Failed("a", "read", "empty")
                    log.append([make_change(body, n, record="run") for n in range(start, start + 5)])
            finally:
                done.set()
        assert set().union(*(reader.result() for reader in readers)) <= {0}

    def test_rebuilds_what_it_finds_by(self, log: Log) -> None:
        log.append(batch("inc-2"))
        log.rebuild()
        assert (log.incidents(), log.find_by_name("ciphr")) == (("inc-2",), ("inc-2",))
        assert log.append(batch("inc-3", "Acme says nothing.")) == 6

    def test_closes_twice_and_then_refuses(self, log: Log) -> None:
        log.close()
        log.close()
        with pytest.raises(StoreError, match="open it again"):
            log.append(batch())
        with pytest.raises(StoreError, match="open it again"):
            log.history("inc-1")
