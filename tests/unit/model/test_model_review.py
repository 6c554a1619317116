"""Where each claim stands in a review, and what an older database says of it."""

import json

import pytest

from incidex.model import (
    Assigned,
    Body,
    Change,
    Decided,
    Decision,
    InputError,
    Retracted,
    Review,
    Sampled,
    Standing,
    State,
    Tier,
    review,
)
from incidex.store.codec import decode, encode
from tests.factories import accepted, claimed, linked, make_change, make_claim, make_history, rejected

CLAIM = make_claim()
AGAIN = make_claim(coder="rules@2", start=20)


def stands(*bodies: Body, tier: Tier = Tier.RED) -> Review:
    found = review(make_history(linked(), claimed(CLAIM), *bodies), tier=tier)
    assert found is not None
    return found


def first(*bodies: Body) -> Standing:
    found = stands(*bodies).find(CLAIM.id)
    assert found is not None
    return found


def look(reason: str = "odd") -> Decided:
    return Decided(CLAIM.id, Decision.SECOND_LOOK, reason)


def back() -> Decided:
    return Decided(CLAIM.id, Decision.REOPENED, undoes=3)


@pytest.mark.parametrize(
    ("bodies", "state", "counts"),
    [
        pytest.param((), State.NEW, True, id="nobody has looked"),
        pytest.param((Assigned("person:ana"),), State.IN_REVIEW, True, id="somebody is at it"),
        pytest.param((Assigned("person:ana"), Assigned("")), State.NEW, True, id="and has let go"),
        pytest.param((accepted(CLAIM),), State.ACCEPTED, True, id="accepted"),
        pytest.param((rejected(CLAIM),), State.REJECTED, False, id="rejected"),
        pytest.param((look(),), State.SECOND_LOOK, True, id="second look"),
        pytest.param((rejected(CLAIM), look()), State.SECOND_LOOK, False, id="the rejection holds meanwhile"),
        pytest.param((look(), rejected(CLAIM)), State.REJECTED, False, id="looked at"),
        pytest.param((rejected(CLAIM), back()), State.NEW, True, id="taken back"),
        pytest.param((look(), back()), State.NEW, True, id="request taken back"),
    ],
)
def test_a_claim_stands_where_the_last_change_put_it(
    bodies: tuple[Body, ...], state: State, counts: bool
) -> None:
    found = first(*bodies)
    assert (found.state, found.counts) == (state, counts)


def test_a_decision_says_who_and_why() -> None:
    found = first(rejected(CLAIM))
    assert (found.by, found.reason, found.at is None) == ("rules@1", "it does not say that", False)


def test_a_decision_is_inherited_and_says_so() -> None:
    found = stands(rejected(CLAIM), claimed(AGAIN)).find(AGAIN.id)
    assert found is not None
    assert (found.state, found.inherited, found.counts) == (State.REJECTED, True, False)


def test_a_new_reading_of_a_settled_passage_waits_aside() -> None:
    other = make_claim("Usernames", coder="rules@2", start=3)
    found = stands(accepted(CLAIM), claimed(other)).find(other.id)
    assert found is not None
    assert (found.state, found.set_aside, found.counts) == (State.NEW, True, False)


def test_what_a_person_read_is_accepted_by_that_person() -> None:
    mine = make_claim("Usernames", coder="person:ana")
    found = stands(claimed(mine)).find(mine.id)
    assert found is not None
    assert (found.state, found.by) == (State.ACCEPTED, "person:ana")


def test_a_withdrawn_claim_is_not_reviewed() -> None:
    assert stands(Retracted(CLAIM.id, "a mistake")).standings == ()


def test_a_record_is_as_far_as_its_last_claim() -> None:
    other = make_claim("Usernames")
    assert stands(claimed(other), accepted(CLAIM)).state is State.NEW
    assert stands(claimed(other), accepted(CLAIM), rejected(other)).state is State.ACCEPTED
    assert stands(claimed(other), accepted(CLAIM), look()).state is State.SECOND_LOOK
    assert [each.claim.value for each in stands(claimed(other), accepted(CLAIM)).waiting] == ["Usernames"]


def test_a_tier_that_sees_nothing_reviews_nothing() -> None:
    hidden = make_history(claimed(make_claim(tier=Tier.RED)))
    assert review(hidden, tier=Tier.AMBER) is None
    assert review((), tier=Tier.RED) is None


def test_a_sample_needs_two_people() -> None:
    with pytest.raises(InputError, match="two different reviewers"):
        Sampled(1, ("person:ana", "person:ana"), (), 0)


def test_a_decision_written_before_undoing_was_possible_still_reads() -> None:
    change: Change = make_change(accepted(CLAIM), 1)
    line, _ = encode(change)
    body = json.loads(line.body)
    del body["undoes"]
    (read,) = decode([line._replace(body=json.dumps(body))], lambda _: {})
    assert read.body == change.body
