"""Learning how to choose among candidates: from lessons to a table of weights that can be read."""

import pytest

from incidex.evaluate.choices import Lesson, train_countries, train_victims

pytest.importorskip("sklearn")

NAMES = ("Acorn", "Birch", "Cedar", "Damson", "Elder", "Fennel", "Gorse", "Hazel")
LESSONS = [
    Lesson(
        f"Reuters said that hackers stole data from {name} Foods of Ohio. Experts from France agreed.",
        (f"{name} Foods",),
        ("US",),
    )
    for name in NAMES
]


def test_what_stands_beside_victims_weighs_for_and_what_stands_beside_others_against() -> None:
    weights = train_victims(LESSONS)
    assert weights[("before", "from")] > 0
    assert weights[("kind", "press")] < 0


def test_the_tie_of_the_right_country_weighs_more() -> None:
    weights = train_countries(LESSONS)
    assert weights.get(("state",), 0.0) > weights.get(("country",), 0.0)


def test_the_same_lessons_give_the_same_weights() -> None:
    assert train_victims(LESSONS) == train_victims(list(LESSONS))


def test_one_victim_teaches_no_feature_of_its_own() -> None:
    assert set(train_victims([*LESSONS, *[Lesson("A fire at Zinnia Yard.", ("Zinnia Yard",))] * 50])) >= {
        ("bias",)
    }
    assert ("first", "zinnia") not in train_victims(
        [*LESSONS, Lesson("A fire at Zinnia Yard.", ("Zinnia Yard",))]
    )
