"""The status rule, as a table of who says what."""

import pytest

from incidex.model import Claim, FieldPolicy, Report, Role, Stance, Status, judge
from tests.factories import make_claim, make_report, make_source

LEDGER = make_report("one", source=make_source("The Harbour Ledger"))
WIRE = make_report("two", source=make_source("Packet & Wire"))
COPY = Report(sha256="c" * 64, source=make_source("Morning Copy"), origin=LEDGER.source.id)
REPORTS = {report.id: report for report in (LEDGER, WIRE, COPY)}
POLICY = FieldPolicy(confirmed_by=frozenset({Role.VICTIM, Role.AUTHORITY}))


def says(
    who: str, role: Role, *, stance: Stance = Stance.ASSERTS, report: Report = LEDGER, start: int = 0
) -> Claim:
    return make_claim("Passwords", speaker=who, role=role, stance=stance, report=report.id, start=start)


PRESS = says("The Harbour Ledger", Role.PRESS)
PRESS_TOO = says("Packet & Wire", Role.PRESS, report=WIRE)
COPIED = says("Morning Copy", Role.PRESS, report=COPY)
VICTIM = says("Ciphr", Role.VICTIM)
VICTIM_DENIES = says("Ciphr", Role.VICTIM, stance=Stance.DENIES)
VICTIM_DOUBTS = says("Ciphr", Role.VICTIM, stance=Stance.DOUBTS)
ACTOR = says("the dump site", Role.ACTOR)
ACTOR_IN_ANOTHER_PAPER = says("the dump site", Role.ACTOR, report=WIRE, start=5)
PARTY = says("PGPSure", Role.NAMED_PARTY)
PARTY_DENIES = says("SkySecure", Role.NAMED_PARTY, stance=Stance.DENIES)
PRESS_DENIES = says("Packet & Wire", Role.PRESS, stance=Stance.DENIES, report=WIRE)
COURT = says("the High Court", Role.AUTHORITY)
EXPERT = says("a researcher", Role.RESEARCHER)
EXPERT_IN_ANOTHER_PAPER = says("a researcher", Role.RESEARCHER, report=WIRE, start=5)


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        pytest.param([PRESS], Status.REPORTED, id="one-paper-reports"),
        pytest.param([PRESS, PRESS_TOO], Status.CONFIRMED, id="two-papers-confirm"),
        pytest.param([PRESS, COPIED], Status.REPORTED, id="a-copied-story-counts-once"),
        pytest.param([EXPERT, EXPERT_IN_ANOTHER_PAPER], Status.REPORTED, id="one-expert-twice-is-one"),
        pytest.param([VICTIM], Status.CONFIRMED, id="the-victim-confirms-its-own-loss"),
        pytest.param([COURT], Status.CONFIRMED, id="a-court-confirms"),
        pytest.param([ACTOR], Status.CLAIMED, id="the-actor-alone-only-claims"),
        pytest.param(
            [ACTOR, ACTOR_IN_ANOTHER_PAPER], Status.CLAIMED, id="quoting-the-actor-twice-is-no-more"
        ),
        pytest.param([PARTY], Status.CLAIMED, id="an-interested-party-only-claims"),
        pytest.param([ACTOR, PRESS], Status.REPORTED, id="a-paper-in-its-own-words-reports"),
        pytest.param([ACTOR, VICTIM_DENIES], Status.DISPUTED, id="the-victim-denies-the-actor"),
        pytest.param([VICTIM, PARTY_DENIES], Status.DISPUTED, id="a-denial-weighs-more-than-a-confirmation"),
        pytest.param([PRESS, PRESS_TOO, PARTY_DENIES], Status.DISPUTED, id="papers-do-not-outvote-a-party"),
        pytest.param([PRESS, PRESS_DENIES], Status.REPORTED, id="a-paper-has-no-interest-to-deny"),
        pytest.param([ACTOR, VICTIM_DOUBTS], Status.CLAIMED, id="doubt-is-not-denial"),
        pytest.param([VICTIM, VICTIM_DENIES], Status.CONFIRMED, id="nobody-is-in-dispute-with-itself"),
    ],
)
def test_status(claims: list[Claim], status: Status) -> None:
    verdict = judge(claims, POLICY, REPORTS)
    assert verdict.status is status
    assert verdict.reasons


def test_the_reasons_name_both_sides_of_a_dispute() -> None:
    verdict = judge([VICTIM, PARTY_DENIES], POLICY, REPORTS)
    assert verdict.reasons == ("Ciphr (victim) says so.", "SkySecure (named party) denies it.")


def test_who_can_confirm_depends_on_the_field() -> None:
    actor_name = FieldPolicy(confirmed_by=frozenset({Role.AUTHORITY}))
    assert judge([VICTIM], actor_name, REPORTS).status is Status.REPORTED
