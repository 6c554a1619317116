"""The laws of section 2 of the design that the model alone can keep, for any history."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidex.model import (
    Assigned,
    Body,
    Change,
    Claim,
    Claimed,
    Decided,
    Decision,
    Evidence,
    EvidenceError,
    FieldPolicy,
    Incident,
    InputError,
    Linked,
    NoEvidence,
    Retracted,
    Role,
    Source,
    Span,
    Speaker,
    Stance,
    Tier,
    Withheld,
    fold,
    review,
)
from tests.factories import (
    NOON,
    accepted,
    claimed,
    linked,
    make_change,
    make_claim,
    make_history,
    make_report,
    make_source,
    rejected,
)

FIELDS = ("data.class", "actor.name", "actor.motive", "impact")
POLICY = {
    "data.class": FieldPolicy(confirmed_by=frozenset({Role.VICTIM, Role.AUTHORITY})),
    "actor.name": FieldPolicy(withheld=Withheld.COUNT, tier=Tier.GREEN),
    "actor.motive": FieldPolicy(withheld=Withheld.SILENT, tier=Tier.AMBER),
    "impact": FieldPolicy(withheld=Withheld.NAMED, tier=Tier.GREEN),
}

claims = st.builds(
    make_claim,
    st.sampled_from(["a", "b", "c"]),
    field=st.sampled_from(FIELDS),
    speaker=st.sampled_from(["Ciphr", "SkySecure", "The Harbour Ledger", "Packet & Wire"]),
    role=st.sampled_from(Role),
    stance=st.sampled_from(Stance),
    tier=st.sampled_from(Tier),
    coder=st.sampled_from(["rules@1", "rules@2", "person:ana"]),
    start=st.integers(0, 40),
    confidence=st.floats(0, 1),
)


@st.composite
def histories(draw: st.DrawFn) -> list[Change]:
    """Any history: a report, then claims, decisions and retractions in any order."""
    bodies: list[Body] = [Linked(make_report(tier=draw(st.sampled_from(Tier))))]
    made: list[Claim] = []
    for _ in range(draw(st.integers(0, 8))):
        batch = draw(st.lists(claims, max_size=4))
        if made and not batch:
            claim = draw(st.sampled_from(made))
            decided: Body = Decided(claim.id, draw(st.sampled_from(Decision)))
            retracted = Retracted(claim.id, "a mistake")
            bodies.append(draw(st.sampled_from([decided, retracted, Assigned("ana")])))
        elif batch:
            made.extend(batch)
            bodies.append(Claimed(tuple(batch)))
    return make_history(*bodies)


# Law 1: evidence is verbatim.


@given(st.text(min_size=1), st.data())
def test_a_quotation_is_the_words_at_its_place(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    span = Span(start, end)
    if not text[start:end].strip():
        with pytest.raises(EvidenceError):
            Evidence.of(text, span)
        return
    evidence = Evidence.of(text, span)
    assert evidence.is_verbatim_in(text)
    assert text[start:end] == evidence.quote
    assert text.startswith(evidence.prefix + evidence.quote + evidence.suffix, start - len(evidence.prefix))


@given(st.text(min_size=1), st.integers(0, 50), st.integers(0, 50))
def test_a_span_outside_the_text_is_refused(text: str, start: int, beyond: int) -> None:
    with pytest.raises(EvidenceError):
        Span(start, len(text) + 1 + start + beyond).within(text)


# Law 2: a claim without evidence says why.


@given(st.sampled_from([None, *NoEvidence]), st.booleans())
def test_a_claim_has_either_a_quotation_or_a_reason(reason: NoEvidence | None, quoted: bool) -> None:
    def build() -> Claim:
        return Claim(
            report="rep-1",
            field="impact",
            value="confidentiality",
            speaker=Speaker("Ciphr"),
            coder="person:ana",
            evidence=Evidence(Span(0, 4), "data") if quoted else None,
            no_evidence=reason,
        )

    if quoted == (reason is None):
        assert build().id.startswith("clm-")
    else:
        with pytest.raises(EvidenceError, match="either a quotation or the reason"):
            build()


@pytest.mark.parametrize("value", ["", " ", "\n"])
def test_silence_is_not_a_value(value: str) -> None:
    with pytest.raises(EvidenceError, match="say nothing"):
        make_claim(value)


# Law 3: claims are never edited.


@given(histories(), st.data())
def test_coding_again_with_the_same_coder_adds_nothing(history: list[Change], data: st.DataObject) -> None:
    batches = [change.body for change in history if isinstance(change.body, Claimed)]
    if not batches:
        return
    again = make_change(data.draw(st.sampled_from(batches)), len(history) + 1)
    before, after = (fold(changes, tier=Tier.RED) for changes in (history, [*history, again]))
    assert before is not None
    assert after is not None
    assert (before.values, before.denied) == (after.values, after.denied)


@given(histories())
def test_a_retracted_claim_supports_nothing_and_keeps_its_reason(history: list[Change]) -> None:
    incident = fold(history, tier=Tier.RED)
    assert incident is not None
    withdrawn = {change.body.claim for change in history if isinstance(change.body, Retracted)}
    for held in incident.values.values():
        for value in held:
            supporting = {claim.id for claim in value.claims}
            if value.status == "retracted":
                assert supporting <= withdrawn
                assert value.reasons == ("Withdrawn: a mistake",)
            else:
                assert not supporting & withdrawn


def test_a_retraction_without_a_reason_is_refused() -> None:
    with pytest.raises(InputError, match="needs a reason"):
        Retracted("clm-1", " ")


# Law 4: a person's decision survives re-coding until both the source and the reading have changed.


def shown(*bodies: Body) -> set[str]:
    incident = fold(make_history(*bodies), tier=Tier.RED)
    assert incident is not None
    return {value.value for held in incident.values.values() for value in held}


@given(claims, st.integers(2, 9), st.integers(0, 40))
def test_a_rejection_holds_for_any_later_version_of_the_coder(
    claim: Claim, version: int, elsewhere: int
) -> None:
    again = make_claim(
        claim.value,
        field=claim.field,
        speaker=claim.speaker.name,
        role=claim.speaker.role,
        stance=claim.stance,
        coder=f"rules@{version + 1}",
        start=elsewhere,
    )
    assert shown(linked(), claimed(claim), rejected(claim), claimed(again)) == set()


def test_an_accepted_reading_is_not_displaced_by_another_reading_of_the_same_passage() -> None:
    right, wrong = make_claim("Passwords"), make_claim("Usernames", coder="rules@2", start=3)
    assert shown(linked(), claimed(right), accepted(right), claimed(wrong)) == {"Passwords"}


def test_coding_again_after_a_review_leaves_what_stood_beside_it() -> None:
    one, other = make_claim("Passwords"), make_claim("Usernames", start=3)
    both = claimed(one, other)
    assert shown(linked(), both, accepted(one), both) == {"Passwords", "Usernames"}


def test_the_decision_follows_the_same_words_into_a_changed_report() -> None:
    claim = make_claim("Passwords")
    changed = make_report("the report, corrected")
    same_words = make_claim("Passwords", report=changed.id, start=9, coder="rules@2")
    assert shown(linked(), claimed(claim), rejected(claim), linked(changed), claimed(same_words)) == set()


def test_when_source_and_reading_have_both_changed_the_claim_is_new() -> None:
    claim = make_claim("Passwords")
    changed = make_report("the report, corrected")
    new = make_claim("Passwords", report=changed.id, quote="the passwords", coder="rules@2")
    assert shown(linked(), claimed(claim), rejected(claim), linked(changed), claimed(new)) == {"Passwords"}


def test_the_last_decision_counts() -> None:
    claim = make_claim("Passwords")
    assert shown(linked(), claimed(claim), rejected(claim), accepted(claim)) == {"Passwords"}


def test_taking_a_decision_back_leaves_the_record_as_it_was_before() -> None:
    claim, later = make_claim("Passwords"), make_claim("Usernames", coder="rules@2", start=3)
    back = Decided(claim.id, Decision.REOPENED, undoes=3)
    assert shown(linked(), claimed(claim), rejected(claim), back) == {"Passwords"}
    assert shown(linked(), claimed(claim), accepted(claim), back, claimed(later)) == {
        "Passwords",
        "Usernames",
    }


def test_a_correction_does_not_go_with_what_it_corrects() -> None:
    wrong = make_claim("Passwords")
    moved = make_claim("Passwords", coder="person:ana", start=30)
    assert shown(linked(), claimed(wrong), claimed(moved), rejected(wrong)) == {"Passwords"}


# Law 7: as of.


@given(histories(), st.integers(0, 12), st.sampled_from(Tier))
def test_as_it_stood_is_what_the_first_changes_add_up_to(
    history: list[Change], serial: int, tier: Tier
) -> None:
    assert fold(history, as_of=serial, tier=tier, policy=POLICY) == fold(
        history[:serial], tier=tier, policy=POLICY
    )


@given(histories())
def test_before_its_first_change_there_is_no_incident(history: list[Change]) -> None:
    assert fold(history, as_of=NOON - timedelta(seconds=1), tier=Tier.RED) is None
    assert fold(history, as_of=NOON, tier=Tier.RED) is not None


# Law 8: no tier learns of another's cells.


def is_work(body: Body) -> bool:
    """Say whether a change only says how a review is going."""
    return isinstance(body, Assigned) or (isinstance(body, Decided) and body.decision is Decision.SECOND_LOOK)


def without_hidden(history: list[Change], tier: Tier, *, work: bool = False) -> list[Change]:
    """Return the history of a database that never held what `tier` may not see."""
    visible: set[str] = set()
    kept: list[Body] = []
    for body in (change.body for change in history):
        if isinstance(body, Linked) and body.report.tier > tier:
            continue
        if isinstance(body, Claimed):
            body = Claimed(tuple(claim for claim in body.claims if claim.tier <= tier))
            visible.update(claim.id for claim in body.claims)
            if not body.claims:
                continue
        if isinstance(body, Decided | Retracted) and body.claim not in visible:
            continue
        if is_work(body) and not work:
            continue
        kept.append(body)
    return make_history(*kept)


def told(incident: Incident | None) -> Incident | None:
    """Leave out the counts that policy allows."""
    if incident is None:
        return None
    return Incident(
        **{
            name: getattr(incident, name)
            for name in ("id", "tier", "version", "opened_at", "changed_at", "values", "denied", "reports")
        },
        withheld=dict.fromkeys(incident.withheld),
    )


@given(histories(), st.sampled_from([Tier.CLEAR, Tier.GREEN, Tier.AMBER]))
def test_databases_that_differ_in_hidden_claims_look_the_same(history: list[Change], tier: Tier) -> None:
    whole = fold(history, tier=tier, policy=POLICY)
    poor = fold(without_hidden(history, tier), tier=tier, policy=POLICY)
    assert told(whole) == told(poor)


@given(histories(), st.sampled_from(Tier))
def test_how_a_review_is_going_changes_no_record(history: list[Change], tier: Tier) -> None:
    idle = make_history(*(change.body for change in history if not is_work(change.body)))
    assert told(fold(history, tier=tier)) == told(fold(idle, tier=tier))


@given(histories(), st.sampled_from([Tier.CLEAR, Tier.GREEN, Tier.AMBER]))
def test_a_reviewer_learns_nothing_of_hidden_claims_either(history: list[Change], tier: Tier) -> None:
    whole, poor = review(history, tier=tier), review(without_hidden(history, tier, work=True), tier=tier)
    assert (whole and (whole.version, whole.standings, whole.reports, whole.assigned_to)) == (
        poor and (poor.version, poor.standings, poor.reports, poor.assigned_to)
    )


@given(histories(), st.sampled_from(Tier))
def test_nothing_above_the_tier_is_in_the_value_that_is_rendered(history: list[Change], tier: Tier) -> None:
    incident = fold(history, tier=tier, policy=POLICY)
    if incident is None:
        return
    assert all(claim.tier <= tier for claim in incident.claims)
    assert all(report.tier <= tier for report in incident.reports)
    allowed = {name for name, rule in POLICY.items() if rule.withheld is not Withheld.SILENT}
    assert set(incident.withheld) <= allowed


@given(histories())
def test_whoever_may_see_everything_is_told_of_nothing_withheld(history: list[Change]) -> None:
    incident = fold(history, tier=Tier.RED, policy=POLICY)
    assert incident is not None
    assert incident.withheld == {}


def test_a_named_field_is_named_whether_or_not_it_holds_anything() -> None:
    motive = make_claim("Financial", field="impact", tier=Tier.GREEN)
    for bodies in ([linked()], [linked(), claimed(motive)]):
        incident = fold(make_history(*bodies), policy=POLICY)
        assert incident is not None
        assert incident.withheld == {"actor.name": 0, "impact": None}


def test_a_counted_field_tells_how_many_values_are_hidden() -> None:
    hidden = [make_claim(name, field="actor.name", tier=Tier.GREEN) for name in ("a", "b")]
    public, gone = make_claim("c", field="actor.name"), make_claim("d", field="actor.name", tier=Tier.RED)
    history = make_history(linked(), claimed(*hidden, public, gone), Retracted(gone.id, "a mistake"))
    incident = fold(history, policy=POLICY)
    assert incident is not None
    assert incident.withheld["actor.name"] == 2


@given(st.permutations([make_claim(value) for value in "abc"]))
def test_the_order_in_which_claims_came_does_not_matter(order: list[Claim]) -> None:
    assert fold(make_history(linked(), claimed(*order))) == fold(
        make_history(linked(), claimed(*sorted(order, key=lambda claim: claim.id)))
    )


def test_the_same_source_has_one_id_however_its_name_is_written() -> None:
    assert make_source("CIPHR").id == make_source("Ciphr").id
    assert Source(name="Ciphr", role=Role.VICTIM).id != make_source("SkySecure").id
