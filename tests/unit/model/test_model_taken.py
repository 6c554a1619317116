"""What was taken back of a record, as one tier saw it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from incidex.model import (
    NO_PAST,
    Body,
    Change,
    Decided,
    Decision,
    Moved,
    Past,
    Retracted,
    Tier,
    find_past,
)
from tests.unit.exchange.records import REPORTS, make_claim, make_history

SEEN = make_claim("victim.name", "Acme")
HIDDEN = make_claim("actor.name", "SkySecure", report=REPORTS[3])


def past_after(*bodies: Body, tier: Tier = Tier.RED, as_of: int | None = None) -> Past:
    history: list[Change] = make_history([SEEN, HIDDEN])
    for hours, body in enumerate(bodies, start=1):
        last = history[-1]
        at, serial = last.at + timedelta(hours=hours), last.serial + 1
        history.append(replace(last, version=last.version + 1, body=body, at=at, serial=serial))
    by_record: dict[str, Sequence[Change]] = {"inc-1": history}
    return find_past(lambda name: by_record.get(name, ()), "inc-1", tier=tier, as_of=as_of)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(Retracted(SEEN.id, "wrong"), id="a-claim-is-withdrawn"),
        pytest.param(Retracted(REPORTS[0].id, "a hoax"), id="a-report-is-withdrawn"),
        pytest.param(Decided(SEEN.id, Decision.REJECTED), id="a-claim-is-rejected"),
        pytest.param(Moved(REPORTS[0].id, "inc-2", "another event"), id="a-report-is-moved"),
    ],
)
def test_each_step_that_takes_back_is_told_with_what_was_before_and_after(body: Body) -> None:
    (stood,) = past_after(body).stood
    assert stood.before.find("victim.name") is not None
    assert stood.after is not None
    assert [v for v in stood.after.values.get("victim.name", ()) if v.status != "retracted"] == []


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(Decided(SEEN.id, Decision.ACCEPTED), id="accepted"),
        pytest.param(Decided(SEEN.id, Decision.REOPENED), id="reopened-and-nothing-had-been-decided"),
        pytest.param(Decided(SEEN.id, Decision.SECOND_LOOK), id="a-second-look"),
    ],
)
def test_what_takes_nothing_back_is_no_past(body: Body) -> None:
    assert past_after(body) is NO_PAST


def test_what_a_tier_could_not_see_was_never_taken_back_from_it() -> None:
    body = Retracted(HIDDEN.id, "wrong")
    assert past_after(body, tier=Tier.CLEAR) is NO_PAST
    assert len(past_after(body, tier=Tier.GREEN).stood) == 1


def test_of_a_record_that_was_none_afterwards_only_the_state_before_is_told() -> None:
    (stood,) = past_after(Retracted(REPORTS[0].id, "a hoax"), tier=Tier.CLEAR).stood
    assert stood.after is None


def test_a_past_is_as_it_stood_too() -> None:
    bodies = (Retracted(SEEN.id, "wrong"), Retracted(HIDDEN.id, "wrong"))
    assert len(past_after(*bodies).stood) == 2
    assert past_after(*bodies, as_of=3) is NO_PAST
    assert len(past_after(*bodies, as_of=4).stood) == 1
