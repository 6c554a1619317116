"""Which claims come first, and whether the reason given is the reason."""

from collections import Counter

import pytest

from incidex.codebook import policy
from incidex.evaluate.ranking import Order, Ranked, Waiting, count_values, find_waiting, rank
from incidex.model import Body, Claim, Decided, Decision, Role, Stance, Tier, fold, review
from tests.factories import claimed, linked, make_claim, make_history


def waiting(*bodies: Body, record: str = "inc-1") -> list[Waiting]:
    history = make_history(linked(), *bodies, record=record)
    sheet = review(history, tier=Tier.RED)
    assert sheet is not None
    return list(find_waiting(sheet, fold(history, tier=Tier.RED, policy=policy()), "A record"))


def first(order: Order, *claims: Claim) -> Ranked:
    return rank(waiting(claimed(*claims)), order)[0]


def test_what_is_as_likely_wrong_as_right_comes_first() -> None:
    sure, unsure = make_claim("Passwords", confidence=0.95), make_claim("PINs", confidence=0.52, start=20)
    found = first(Order.UNCERTAINTY, sure, unsure)
    assert found.waiting.claim == unsure
    assert "confidence 52%" in found.why


def test_a_dispute_comes_before_doubt() -> None:
    unsure = make_claim("PINs", confidence=0.52, start=20)
    said = make_claim("Passwords", confidence=0.9)
    denied = make_claim(
        "Passwords", speaker="Acme", role=Role.VICTIM, stance=Stance.DENIES, confidence=0.7, start=9
    )
    found = first(Order.UNCERTAINTY, unsure, said, denied)
    assert found.waiting.claim == denied
    assert "the parties dispute it" in found.why


def test_what_somebody_asked_for_comes_before_all() -> None:
    sure, unsure = make_claim("Passwords", confidence=0.99), make_claim("PINs", confidence=0.5, start=20)
    asked = Decided(sure.id, Decision.SECOND_LOOK, "odd")
    found = rank(waiting(claimed(sure, unsure), asked))[0]
    assert found.waiting.claim == sure
    assert "second look" in found.why


def test_the_victim_of_many_comes_before_a_detail_of_few() -> None:
    big = waiting(
        claimed(make_claim("Acme", field="victim.name"), make_claim("5000000", field="data.records"))
    )
    small = waiting(claimed(make_claim("Bolt", field="victim.name")), record="inc-2")
    found = rank([*small, *big], Order.IMPACT)
    assert found[0].waiting.record == "inc-1"
    assert "5,000,000 records affected" in found[0].why
    assert found[-1].waiting.record == "inc-2"


def test_a_value_that_no_other_record_has_is_news() -> None:
    old, new = make_claim("Passwords"), make_claim("PINs", start=20)
    held = waiting(claimed(old, new))
    known = Counter({("data.class", "Passwords"): 5, ("data.class", "PINs"): 1})
    found = rank(held, Order.NOVELTY, known=known)
    assert [each.waiting.claim for each in found] == [new, old]
    assert found[0].why == "no other record has this value"
    assert found[1].why == "4 other records have this value"


def test_chance_needs_a_seed_and_says_it() -> None:
    held = waiting(claimed(*(make_claim(f"Class {n}", start=n * 10) for n in range(30))))
    one, again, other = (rank(held, Order.RANDOM, seed=seed) for seed in (1, 1, 2))
    assert [each.waiting.claim.id for each in one] == [each.waiting.claim.id for each in again]
    assert [each.waiting.claim.id for each in one] != [each.waiting.claim.id for each in other]
    assert "seed 1" in one[0].why


@pytest.mark.parametrize("order", Order)
def test_every_rank_has_a_reason_and_a_score_between_nothing_and_one(order: Order) -> None:
    values = [("victim.name", "Acme"), ("data.records", "12"), ("action", "hacking"), ("odd.field", "x")]
    held = waiting(claimed(*(make_claim(value, field=field) for field, value in values)))
    for each in rank(held, order):
        assert each.why
        assert 0 <= each.score <= 1


def test_values_are_counted_by_record() -> None:
    record = fold(make_history(linked(), claimed(make_claim(), make_claim(start=30))), tier=Tier.RED)
    assert record is not None
    assert count_values([record, record]) == {("data.class", "Passwords"): 2}
