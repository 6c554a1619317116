"""The members' door."""

from dataclasses import replace
from pathlib import Path

import pytest

from incidex.model import InputError, MemberRole, Right, Tier
from incidex.store import Accounts
from incidex.web.entry import IDLE_SECONDS, SESSION_SECONDS, TRIES, TRY_SECONDS, Door, comes_from_here
from tests.members import PEOPLE, make_accounts, phrase_of


class Clock:
    """A clock that a test can move."""

    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def accounts() -> Accounts:
    return make_accounts(PEOPLE | {"ed": MemberRole.EDITOR})


@pytest.fixture
def door(accounts: Accounts, clock: Clock) -> Door:
    return Door(accounts, clock)


def enter(door: Door, name: str = "ana") -> str:
    token = door.enter(phrase_of(name))
    assert token is not None
    return token


def test_the_right_phrase_opens_a_session_that_runs_out_unused(door: Door, clock: Clock) -> None:
    token = enter(door)
    assert len(token) >= 43  # 256 bits in base 64
    clock.now += IDLE_SECONDS - 1
    found = door.find_session(token)
    assert found is not None
    assert (found.member.name, found.tier) == ("ana", Tier.AMBER)
    clock.now += IDLE_SECONDS
    assert door.find_session(token) is None
    clock.now -= IDLE_SECONDS
    assert door.find_session(token) is None  # it is gone, and not only hidden


def test_a_session_in_use_ends_after_twelve_hours(door: Door, clock: Clock) -> None:
    token, began = enter(door), clock.now
    while clock.now < began + SESSION_SECONDS - 600:
        clock.now += 600
        assert door.find_session(token)
    clock.now += 600
    assert door.find_session(token) is None


def test_leaving_ends_the_session_on_the_server(door: Door) -> None:
    token = enter(door)
    found = door.find_session(token)
    assert found is not None
    door.leave(found)
    assert door.find_session(token) is None


def test_sessions_are_shared_by_processes_and_end_for_all(tmp_path: Path) -> None:
    one = Door(make_accounts(PEOPLE, tmp_path / "accounts.db"))
    other = Door(Accounts(tmp_path / "accounts.db"))
    token = enter(one)
    found = other.find_session(token)
    assert found is not None
    other.accounts.remove(found.member.id)
    assert one.find_session(token) is None
    assert one.enter(phrase_of("ana")) is None


def test_another_role_ends_what_the_former_opened(door: Door, accounts: Accounts) -> None:
    token = enter(door, "ed")
    found = door.find_session(token)
    assert found is not None
    key = door.make_token(found.member, "figures", "metrics", 1)
    accounts.set_role(replace(found.member, role=MemberRole.CODER))
    assert door.find_session(token) is None
    assert door.find_bearer(f"Bearer {key}") is None


def test_wrong_phrases_make_a_network_wait_and_no_other(door: Door, clock: Clock) -> None:
    assert [door.must_wait("192.0.2.1") for _ in range(TRIES)] == [False] * TRIES
    assert door.must_wait("192.0.2.77")  # the same network
    assert not door.must_wait("192.0.3.1")
    assert enter(door)  # a right phrase opens whoever has been guessing beside it
    clock.now += TRY_SECONDS
    assert not door.must_wait("192.0.2.1")
    assert "192.0" not in repr(vars(door))
    assert [door.must_wait(each) for each in ("2001:db8:1:2::3", "fe80::1%eth0", "", "a proxy")] == [
        False
    ] * 4


def test_a_door_without_members_opens_to_nobody() -> None:
    for door in (Door(None), Door(make_accounts({}))):
        assert not door.is_open
        assert door.enter(phrase_of("ana")) is None
        assert door.find_session("made up") is None


@pytest.mark.parametrize("token", ["", "made up", "\ud800"])
def test_made_up_tokens_admit_nobody(door: Door, token: str) -> None:
    assert door.find_session(token) is None
    assert door.find_bearer(f"Bearer {token}") is None
    assert door.find_bearer(token) is None


def test_a_token_is_for_its_scope_and_runs_out(door: Door, clock: Clock, accounts: Accounts) -> None:
    ed = next(each for each in accounts.members() if each.name == "ed")
    reading, writing, counting = (
        door.find_bearer(f"Bearer {door.make_token(ed, 'x', scope, 1)}")
        for scope in ("read", "write", "metrics")
    )
    assert reading is not None
    assert writing is not None
    assert counting is not None
    assert [each.tier for each in (reading, writing, counting)] == [Tier.AMBER, Tier.AMBER, Tier.CLEAR]
    rights = [[r for r in Right if each.may(r)] for each in (reading, writing, counting)]
    assert rights == [[], [Right.ADD], [Right.EDIT]]
    token = door.make_token(ed, "x", "read", 1)
    clock.now += 2 * 86_400
    assert door.find_bearer(f"Bearer {token}") is None


@pytest.mark.parametrize(
    ("who", "label", "scope", "days", "words"),
    [
        ("member", "x", "write", 1, "may not add"),
        ("ana", "x", "metrics", 1, "may not edit"),
        ("ana", "x", "everything", 1, "no scope"),
        ("ana", "x", "read", 0, "1 to 366 days"),
        ("ana", "x", "read", 10_000, "1 to 366 days"),
        ("ana", "", "read", 1, "label"),
        ("ana", "x\n", "read", 1, "label"),
    ],
)
def test_what_no_token_can_be_is_said(
    door: Door, accounts: Accounts, who: str, label: str, scope: str, days: int, words: str
) -> None:
    name = "" if who == "member" else who
    member = next(each for each in accounts.members() if each.name == name)
    with pytest.raises(InputError, match=words):
        door.make_token(member, label, scope, days)


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "http://here", "host": "here"}, False),
        ({"origin": "http://here:80", "host": "here:80"}, True),
        ({"origin": "http://there", "host": "here"}, False),
        ({"origin": "null", "host": "here"}, False),
        ({"host": "here"}, False),
        ({}, False),
    ],
)
def test_a_form_counts_only_from_our_own_pages(headers: dict[str, str], ours: bool) -> None:
    assert comes_from_here(headers) is ours
