"""What changed between two moments is said completely, and in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidex.model import Body, Happened, Incident, Linked, Retracted, Role, Stance, Tier, compare, fold
from tests.factories import accepted, claimed, linked, make_claim, make_history, make_report, make_source

LEDGER = make_claim("Passwords")
VICTIM = make_claim("Passwords", speaker="Ciphr", role=Role.VICTIM)
DENIAL = make_claim("Passwords", speaker="Ciphr", role=Role.VICTIM, stance=Stance.DENIES)


def seen(*bodies: Body) -> Incident | None:
    return fold(make_history(*bodies), tier=Tier.RED)


def sentences(before: tuple[Body, ...], after: tuple[Body, ...]) -> list[str]:
    return [each.sentence for each in compare(seen(*before), seen(*before, *after))]


@pytest.mark.parametrize(
    ("after", "said"),
    [
        pytest.param((), [], id="nothing"),
        pytest.param(
            (claimed(make_claim("Names", start=90)),),
            ["data.class: gained Names, reported (The Harbour Ledger (press) says so; "],
            id="gained",
        ),
        pytest.param(
            (claimed(DENIAL),),
            [
                "data.class: Passwords was reported and is disputed (The Harbour Ledger (press) says so.",
                "data.class: of Passwords, now also Ciphr (victim) denies it",
            ],
            id="disputed",
        ),
        pytest.param(
            (accepted(LEDGER),),
            ["data.class: Passwords was not decided on and is accepted by a person"],
            id="accepted",
        ),
        pytest.param(
            (Retracted(LEDGER.id, "misread"),),
            ["data.class: Passwords was reported and is retracted (Withdrawn: misread)"],
            id="retracted",
        ),
        pytest.param(
            (Linked(make_report("another", source=make_source("The Ferry"))),),
            [f"reports: gained {make_report('another').id} (by The Ferry)"],
            id="report",
        ),
    ],
)
def test_says_what_changed(after: tuple[Body, ...], said: list[str]) -> None:
    told = sentences((linked(), claimed(LEDGER)), after)
    assert len(told) == len(said)
    assert all(whole.startswith(start) for whole, start in zip(told, said, strict=True)), told


def test_an_incident_that_was_not_there_gains_everything() -> None:
    there = seen(linked(), claimed(LEDGER))
    told = compare(None, there)
    assert [(each.happened, each.field) for each in told] == [
        (Happened.GAINED, "data.class"),
        (Happened.GAINED, "reports"),
    ]
    assert compare(there, None)[0].sentence == "data.class: lost Passwords, which was reported"
    assert compare(None, None) == ()


changes = st.sampled_from(
    [
        claimed(LEDGER),
        claimed(VICTIM),
        claimed(DENIAL),
        accepted(LEDGER),
        claimed(make_claim("Names", start=90)),
    ]
)


@given(st.lists(changes, max_size=6), st.integers(0, 7))
def test_a_moment_compared_with_itself_says_nothing_and_back_undoes(later: list[Body], cut: int) -> None:
    history = make_history(linked(), *later)
    before, after = fold(history[: cut + 1], tier=Tier.RED), fold(history, tier=Tier.RED)
    assert compare(after, after) == ()
    there = {(each.field, each.value) for each in compare(before, after)}
    assert there == {(each.field, each.value) for each in compare(after, before)}
    if before is not None and after is not None and before.values == after.values:
        assert not [each for each in compare(before, after) if each.happened is not Happened.GAINED]
