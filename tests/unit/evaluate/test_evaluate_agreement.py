from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidex.evaluate import DISTANCES, Answer, agree, alpha, to_answers

masi, jaccard, nominal = (DISTANCES[name] for name in ("masi", "jaccard", "nominal"))


def units(*coders: str) -> list[list[Answer]]:
    """Return the units of coders written as strings of values, where `.` is a unit not coded."""
    return [[frozenset(value) for value in column if value != "."] for column in zip(*coders, strict=True)]


def test_alpha_of_the_worked_example() -> None:
    # Krippendorff 2011, section C: four observers, twelve units, values missing; nominal alpha is 0.743.
    example = units(
        "1233214 12...".replace(" ", ""), "1233224125.3", ".33323422 51.".replace(" ", ""), "12332441251."
    )
    assert alpha(example) == pytest.approx(0.743, abs=0.0005)


def test_alpha_of_two_observers() -> None:
    # Krippendorff 2011, section A: two observers, binary data; alpha is 0.095.
    assert alpha(units("0100000000", "1110010010")) == pytest.approx(0.095, abs=0.0005)


@pytest.mark.parametrize(
    ("left", "right", "distance"),
    [
        ("ab", "ab", 0),
        ("ab", "a", 1 - 2 / 3 * 1 / 2),
        ("ab", "bc", 1 - 1 / 3 * 1 / 3),
        ("a", "b", 1),
        ("", "a", 1),
    ],
)
def test_masi(left: str, right: str, distance: float) -> None:
    assert masi(frozenset(left), frozenset(right)) == pytest.approx(distance)
    assert masi(frozenset(right), frozenset(left)) == pytest.approx(distance)


def test_jaccard() -> None:
    assert jaccard(frozenset("ab"), frozenset("bc")) == pytest.approx(2 / 3)
    assert jaccard(frozenset(), frozenset()) == 0


ANSWERS = st.lists(st.frozensets(st.sampled_from("abc"), max_size=2), min_size=1, max_size=4)


@given(st.lists(ANSWERS, max_size=8), st.sampled_from(sorted(DISTANCES)))
def test_alpha_is_at_most_one_and_knows_no_order(drawn: list[list[Answer]], distance: str) -> None:
    straight = alpha(drawn, DISTANCES[distance])
    turned = alpha([list(reversed(unit)) for unit in reversed(drawn)], DISTANCES[distance])
    assert (straight is None) == (turned is None)
    if straight is not None:
        assert straight <= 1 + 1e-9
        assert straight == pytest.approx(turned)


@given(st.lists(st.frozensets(st.sampled_from("abc")), min_size=2), st.integers(2, 4))
def test_full_agreement_is_one_unless_there_is_nothing_to_tell_apart(told: list[Answer], coders: int) -> None:
    repeated: Sequence[Sequence[Answer]] = [[answer] * coders for answer in told]
    assert alpha(repeated, masi) == (1 if len(set(told)) > 1 else None)


def test_silence_about_a_report_that_was_read_is_an_answer() -> None:
    one = {"r1": to_answers([("action", "hacking", 0.9)]), "r2": {}}
    other = {"r1": {}, "r2": {}, "r3": to_answers([("action", "error", 0.9)])}
    found = agree([one, other])["action"]
    assert (found.units, found.told) == (2, 1)
    assert found.alpha is not None
    assert found.alpha < 0.5


def test_of_a_single_answer_the_surest_is_compared() -> None:
    surest = to_answers([("victim.name", "Zenith", 0.3), ("victim.name", "ACME, Inc.", 0.9)])
    assert surest["victim.name"] == {"acme"}
    assert to_answers([("action", "Hacking", 0.2), ("action", "error", 0.9)])["action"] == {
        "hacking",
        "error",
    }
