"""Samples that two people answer, and that keep each from seeing the other's answers."""

from collections import Counter

import pytest

from incidex.evaluate.sampling import Sample, draw, read_sample
from incidex.model import Answer, Answered, Body, Change, InputError, Retracted, Sampled, Stance, Tier
from tests.factories import NOON, make_history

ONE, TWO = ("inc-1", "rep-1"), ("inc-2", "rep-2")
ANSWER = Answer("data.class", "Passwords", Stance.ASSERTS, Tier.CLEAR)
ANA, BO = "person:ana", "person:bo"


def sample(*steps: tuple[str, Body]) -> Sample:
    opened = (ANA, Sampled(7, (ANA, BO), (ONE, TWO), 40))
    history = [
        Change(record="smp-1", version=version, body=body, by=by, at=NOON)
        for version, (by, body) in enumerate((opened, *steps), start=1)
    ]
    found = read_sample(history)
    assert found is not None
    return found


def test_answers_are_shown_when_both_have_answered_and_not_before() -> None:
    half = sample((ANA, Answered(*ONE, (ANSWER,))))
    with pytest.raises(InputError, match="when both have answered"):
        half.answers(ANA, ONE)
    assert (half.done, half.left_for(ANA), half.left_for(BO)) == ((), (TWO,), (ONE, TWO))
    whole = sample((ANA, Answered(*ONE, (ANSWER,))), (BO, Answered(*ONE, ())))
    assert (whole.done, whole.answers(ANA, ONE), whole.answers(BO, ONE)) == ((ONE,), (ANSWER,), ())
    assert whole.open_pairs == (TWO,)


def test_the_first_answer_counts() -> None:
    twice = sample((ANA, Answered(*ONE, (ANSWER,))), (ANA, Answered(*ONE, ())), (BO, Answered(*ONE, ())))
    assert twice.answers(ANA, ONE) == (ANSWER,)


def test_a_sample_given_up_keeps_nothing_out() -> None:
    closed = sample((ANA, Retracted("smp-1", "bo has left")))
    assert (closed.closed, closed.open_pairs, closed.left_for(ANA)) == ("bo has left", (), ())


def test_a_stranger_has_nothing_to_answer() -> None:
    assert sample().left_for("person:eve") == ()
    assert read_sample(make_history()) is None


def test_drawing_again_with_the_seed_draws_the_same() -> None:
    pairs = [("inc", f"rep-{n}") for n in range(50)]
    assert draw(pairs, 10, seed=3) == draw(reversed(pairs), 10, seed=3)
    assert draw(pairs, 10, seed=3) != draw(pairs, 10, seed=4)


def test_every_report_is_as_likely() -> None:
    pairs = [("inc", f"rep-{n}") for n in range(10)]
    drawn = Counter(pair for seed in range(2_000) for pair in draw(pairs, 2, seed=seed))
    assert min(drawn.values()) > 330  # of 400 expected; chance puts one in a thousand below 345
    assert max(drawn.values()) < 470


@pytest.mark.parametrize(("count", "words"), [(0, "at least one"), (3, "only 2 reports")])
def test_more_than_there_is_cannot_be_drawn(count: int, words: str) -> None:
    with pytest.raises(InputError, match=words):
        draw([ONE, TWO], count, seed=1)
