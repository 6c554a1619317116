"""Processes that help: in order, without waiting for each other, and never waited for when they are gone."""

import os
import time
from collections.abc import Callable
from typing import Any

import pytest

from incidex.app.helpers import GoneError, begin, begin_all, in_turn
from incidex.model import InputError, StoreError

#: More than a line between two processes holds.
LARGE = 5_000_000


def ready() -> Callable[[Any], Any]:
    return work


def work(thing: int) -> tuple[int, int]:
    if thing < 0:
        raise InputError(f"{thing} is less than nothing")
    if thing == 13:
        os._exit(3)
    return thing, os.getpid()


def echo() -> Callable[[bytes], bytes]:
    return bytes


def test_what_comes_back_is_in_the_order_of_what_went() -> None:
    made = list(in_turn(begin_all(ready, 2), range(20, 29)))
    assert [thing for thing, _ in made] == list(range(20, 29))
    assert len({process for _, process in made}) == 2
    assert list(in_turn(begin_all(ready, 2), [])) == []


def test_large_things_go_both_ways_without_waiting_for_each_other() -> None:
    made = in_turn(begin_all(echo, 2), [bytes([number]) * LARGE for number in range(6)])
    assert [each[0] for each in made] == list(range(6))


def test_what_goes_wrong_in_a_helper_goes_wrong_here() -> None:
    with pytest.raises(InputError, match="-1 is less than nothing") as caught:
        list(in_turn(begin_all(ready, 2), [1, -1, 2]))
    assert "in work" in "".join(caught.value.__notes__)  # where it went wrong there
    with pytest.raises(StoreError, match=r"a process that helped has ended.*--workers 1"):
        list(in_turn(begin_all(ready, 2), [13]))


def test_a_helper_killed_amid_an_answer_is_not_waited_for() -> None:
    killed, other = begin_all(echo, 2)
    killed.send(b"x" * LARGE)
    assert killed.line.poll(30)  # it has begun to answer, and cannot end before somebody listens
    killed.process.kill()
    with pytest.raises(GoneError):
        killed.take(30)
    with pytest.raises(GoneError):
        killed.send(b"x" * LARGE)
    other.send(b"x")
    assert other.take(30) == b"x"
    for helper in (killed, other):
        helper.end()


def test_a_late_answer_is_given_up() -> None:
    helper = begin(sleeper)
    helper.send(60.0)
    with pytest.raises(TimeoutError):
        helper.take(0.01)
    helper.end()
    assert not helper.process.is_alive()


def sleeper() -> Callable[[float], None]:
    return time.sleep
