"""The members' door."""

import pytest

from incidex.web.entry import SESSION_SECONDS, TRIES, TRY_SECONDS, Door, comes_from_here


class Clock:
    """A clock that a test can move."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_the_right_key_opens_a_session_that_runs_out() -> None:
    clock = Clock()
    door = Door("a long enough key", clock=clock)
    token = door.enter("a long enough key", "192.0.2.1")
    assert token is not None
    assert len(token) >= 43  # 256 bits in base 64
    assert door.admits(token)
    clock.now += SESSION_SECONDS
    assert not door.admits(token)


def test_leaving_ends_the_session_on_the_server() -> None:
    door = Door("a long enough key")
    token = door.enter("a long enough key", "192.0.2.1")
    assert token is not None
    door.leave(token)
    assert not door.admits(token)


def test_wrong_keys_make_one_address_wait_and_no_other() -> None:
    clock = Clock()
    door = Door("a long enough key", clock=clock)
    for _ in range(TRIES):
        assert not door.must_wait("192.0.2.1")
        assert door.enter("guess", "192.0.2.1") is None
    assert door.must_wait("192.0.2.1")
    assert not door.must_wait("192.0.2.2")
    clock.now += TRY_SECONDS
    assert not door.must_wait("192.0.2.1")


def test_a_door_without_a_key_opens_to_nobody() -> None:
    door = Door("")
    assert not door.is_open
    assert door.enter("", "192.0.2.1") is None


@pytest.mark.parametrize("token", ["", "made up", "\ud800"])
def test_made_up_tokens_admit_nobody(token: str) -> None:
    assert not Door("a long enough key").admits(token)


def test_the_server_remembers_no_token_and_no_key() -> None:
    door = Door("a long enough key")
    token = door.enter("a long enough key", "192.0.2.1")
    assert token is not None
    held = repr(vars(door))
    assert token not in held
    assert "a long enough key" not in held


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
