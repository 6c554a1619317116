"""What each of a reviewer's moves adds to the history, and what it refuses."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from incidex.model import (
    Assigned,
    Body,
    Change,
    Claim,
    Claimed,
    CodebookError,
    ConflictError,
    Decided,
    Decision,
    Document,
    EvidenceError,
    IncidexError,
    InputError,
    LimitError,
    NoEvidence,
    Review,
    Role,
    Span,
    Speaker,
    Stance,
    State,
    Tier,
    review,
)
from incidex.web.moves import (
    MOST_REASON,
    Draft,
    add,
    correct,
    decide,
    decide_all,
    make_claim,
    person,
    take,
    undo,
)
from tests.factories import NOON, claimed, linked, make_report
from tests.factories import make_claim as machine

TEXT = "On 26 April passwords and usernames were taken.\r\nنام‌های کاربری, says Ciphr 💥 twice: passwords."
REPORT = make_report(TEXT)
DOCUMENT = Document(report=REPORT.id, text=TEXT)
ANA, BO = person("ana"), person("bo")
ONE = machine(report=REPORT.id, start=TEXT.index("passwords"))
TWO = machine("Usernames", report=REPORT.id, start=TEXT.index("usernames"), quote="usernames")


class History:
    """A record's changes, each step a second after the one before."""

    def __init__(self) -> None:
        self.changes: list[Change] = []
        self.act("rules@1", linked(REPORT), claimed(ONE, TWO))

    def act(self, by: str, *bodies: Body) -> "History":
        at = NOON + timedelta(seconds=len(self.changes))
        for body in bodies:
            version = len(self.changes) + 1
            self.changes.append(Change(record="inc-1", version=version, body=body, by=by, at=at))
        return self

    @property
    def sheet(self) -> Review:
        found = review(self.changes, tier=Tier.RED)
        assert found is not None
        return found

    def states(self) -> list[State]:
        return [each.state for each in self.sheet.standings]


@pytest.fixture
def history() -> History:
    return History()


def draft(**values: object) -> Draft:
    return replace(Draft(field="data.class", value="usernames", quote="usernames"), **values)  # type: ignore[arg-type]


def mine(**values: object) -> Claim:
    return make_claim(draft(**values), REPORT, DOCUMENT, ANA)


def test_a_draft_becomes_a_claim_in_the_codebooks_spelling() -> None:
    claim = mine()
    assert (claim.value, claim.coder, claim.speaker.name) == ("Usernames", ANA, REPORT.source.name)
    assert claim.evidence is not None
    assert claim.evidence.quote == "usernames"


def test_a_draft_may_say_where_its_words_stand() -> None:
    start = TEXT.rindex(" passwords")
    claim = mine(value="Passwords", quote="passwords", start=start, end=start + 10)
    assert claim.evidence is not None
    assert claim.evidence.span == Span(start + 1, start + 10)  # without the space that a hand picks up


def test_line_ends_that_a_browser_changed_are_no_difference() -> None:
    start = TEXT.index("taken")
    quote = TEXT[start : start + 9].replace("\r\n", "\n")
    assert mine(quote=quote, start=start, end=start + 9).evidence is not None


def test_a_draft_sets_speaker_role_and_stance() -> None:
    claim = mine(speaker=" Ciphr  Ltd ", role="victim", stance="denies")
    assert (claim.speaker, claim.stance) == (Speaker("Ciphr Ltd", Role.VICTIM), Stance.DENIES)
    assert mine(speaker="Ciphr").speaker.role is Role.PRESS


def test_a_claim_is_hidden_as_its_field_and_its_report_are() -> None:
    hidden = make_report(TEXT, tier=Tier.AMBER)
    assert mine(field="actor.motive", value="Grudge").tier is Tier.GREEN
    assert make_claim(draft(), hidden, DOCUMENT, ANA).tier is Tier.AMBER


def test_a_note_quotes_nothing_and_says_so() -> None:
    claim = mine(is_note=True, quote="", note="told on the phone")
    assert (claim.evidence, claim.no_evidence) == (None, NoEvidence.ANALYST_NOTE)


@pytest.mark.parametrize(
    ("values", "error", "words"),
    [
        ({"field": "data.clas"}, CodebookError, "did you mean|data.class"),
        ({"value": "Pass-words of wizards"}, CodebookError, "cannot be"),
        ({"value": ""}, CodebookError, "say nothing"),
        ({"quote": "   "}, EvidenceError, "select or type the words"),
        ({"quote": "not there"}, EvidenceError, "is not in the report"),
        ({"quote": "passwords"}, EvidenceError, "fits in two places"),
        ({"start": 10, "end": 5}, EvidenceError, "start < end"),
        ({"start": 5, "end": 5_000}, EvidenceError, "runs past the text"),
        ({"start": 0, "end": 2}, EvidenceError, "select the words again"),
        ({"quote": "", "start": 2, "end": 3}, EvidenceError, "visible character"),
        ({"stance": "shouts"}, InputError, "not a stance"),
        ({"role": "king"}, InputError, "not a role"),
        ({"speaker": "x" * 201}, LimitError, "at most 200"),
        ({"note": "x" * 10_240}, LimitError, "at most 2,000 characters, this one has 10,240"),
    ],
)
def test_a_draft_that_cannot_be_used_says_why(
    values: dict[str, object], error: type[IncidexError], words: str
) -> None:
    with pytest.raises(error, match=words):
        mine(**values)


def test_deciding_leaves_alone_what_is_decided_so(history: History) -> None:
    history.act(ANA, *decide(history.sheet, [ONE.id], Decision.ACCEPTED))
    assert decide(history.sheet, [ONE.id, TWO.id], Decision.ACCEPTED) == [Decided(TWO.id, Decision.ACCEPTED)]
    with pytest.raises(InputError, match="accepted already"):
        decide(history.sheet, [ONE.id], Decision.ACCEPTED)


@pytest.mark.parametrize("decision", [Decision.REJECTED, Decision.SECOND_LOOK])
def test_what_nobody_understands_later_needs_a_reason(history: History, decision: Decision) -> None:
    for reason in ("", " \n"):
        with pytest.raises(InputError, match="needs a reason"):
            decide(history.sheet, [ONE.id], decision, reason)


def test_a_reason_has_an_end(history: History) -> None:
    with pytest.raises(LimitError, match="2,000"):
        decide(history.sheet, [ONE.id], Decision.REJECTED, "x" * (MOST_REASON + 1))


def test_a_claim_that_is_not_here_is_named(history: History) -> None:
    with pytest.raises(InputError, match="no claim 'clm-x'"):
        decide(history.sheet, ["clm-x"], Decision.ACCEPTED)


def test_accepting_all_passes_over_what_wants_a_second_look(history: History) -> None:
    history.act(BO, *decide(history.sheet, [ONE.id], Decision.SECOND_LOOK, "odd"))
    assert decide_all(history.sheet, Decision.ACCEPTED) == [Decided(TWO.id, Decision.ACCEPTED)]
    with pytest.raises(InputError, match="nothing waits"):
        decide_all(history.sheet, Decision.ACCEPTED, report="rep-other")


def test_a_correction_is_a_new_claim_and_a_rejection(history: History) -> None:
    claim = mine(value="Passwords")
    bodies = correct(history.sheet, TWO.id, claim)
    assert bodies == [
        Claimed((claim,)),
        Decided(TWO.id, Decision.REJECTED, "corrected to data.class = Passwords"),
    ]
    history.act(ANA, *bodies)
    assert (
        history.states() == [State.NEW, State.ACCEPTED, State.REJECTED] or State.REJECTED in history.states()
    )


def test_a_correction_must_differ(history: History) -> None:
    claim = mine()
    history.act(ANA, *add(history.sheet, claim))
    with pytest.raises(InputError, match="nothing in the correction differs"):
        correct(history.sheet, claim.id, claim)
    with pytest.raises(InputError, match="here already"):
        add(history.sheet, claim)


def test_taking_up_a_record_twice_lets_go_of_it(history: History) -> None:
    history.act(ANA, *take(history.sheet, ANA))
    assert history.sheet.assigned_to == ANA
    assert take(history.sheet, BO) == [Assigned(BO)]
    assert take(history.sheet, ANA) == [Assigned("")]


Move = Callable[[Review], Sequence[Body]]


@pytest.mark.parametrize(
    "moves",
    [
        pytest.param([lambda s: decide(s, [ONE.id], Decision.ACCEPTED)], id="accepting"),
        pytest.param([lambda s: decide(s, [ONE.id], Decision.REJECTED, "no")], id="rejecting"),
        pytest.param([lambda s: decide(s, [ONE.id], Decision.SECOND_LOOK, "odd")], id="asking"),
        pytest.param([lambda s: decide_all(s, Decision.ACCEPTED)], id="accepting all"),
        pytest.param([lambda s: correct(s, TWO.id, mine(value="Passwords"))], id="correcting"),
        pytest.param(
            [
                lambda s: decide(s, [ONE.id], Decision.REJECTED, "no"),
                lambda s: decide(s, [ONE.id], Decision.SECOND_LOOK, "odd"),
                lambda s: decide(s, [ONE.id], Decision.ACCEPTED),
            ],
            id="one after the other",
        ),
    ],
)
def test_each_undo_takes_back_one_step_until_nothing_is_left(history: History, moves: list[Move]) -> None:
    def standing() -> list[tuple[str, State, bool]]:
        return [
            (each.claim.id, each.state, each.counts)
            for each in history.sheet.standings
            if each.claim.coder != ANA or each.counts
        ]

    stood = [standing()]
    for move in moves:
        history.act(ANA, *move(history.sheet))
        stood.append(standing())
    length = len(history.changes)
    for before in reversed(stood[:-1]):
        history.act(ANA, *undo(history.sheet, ANA))
        assert standing() == before
    assert len(history.changes) > length  # undoing adds to the history, it never takes from it
    with pytest.raises(InputError, match="nothing of yours"):
        undo(history.sheet, ANA)


def test_nobody_undoes_anothers_step(history: History) -> None:
    history.act(ANA, *decide(history.sheet, [ONE.id], Decision.ACCEPTED))
    with pytest.raises(InputError, match="nothing of yours"):
        undo(history.sheet, BO)


def test_a_step_on_which_another_has_built_is_not_undone(history: History) -> None:
    history.act(ANA, *decide(history.sheet, [ONE.id], Decision.ACCEPTED))
    history.act(BO, *decide(history.sheet, [ONE.id], Decision.REJECTED, "no"))
    with pytest.raises(ConflictError, match="person:bo has decided on it since"):
        undo(history.sheet, ANA)


def test_what_was_taken_back_can_be_added_again(history: History) -> None:
    claim = mine(value="Passwords")
    history.act(ANA, *add(history.sheet, claim))
    history.act(ANA, *undo(history.sheet, ANA))
    history.act(ANA, *add(history.sheet, claim))
    found = history.sheet.find(claim.id)
    assert found is not None
    assert (found.state, found.counts) == (State.ACCEPTED, True)
