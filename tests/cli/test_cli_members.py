"""`incidex members`, and the first run of `serve`."""

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import COMMAND, Run, environment

PHRASE = re.compile(r"^    ((?:[a-z]+ ){11}[a-z]+)$", re.MULTILINE)


def members(run: Run) -> list[dict[str, object]]:
    return [json.loads(line) for line in run("members", "list", "--json").stdout.splitlines()]


def test_a_member_is_added_changed_and_removed(run: Run, home: Path) -> None:
    assert "There are no members yet" in run("members", "list").stdout
    done = run("members", "add", "--role", "reviewer", "--name", "ana")
    (phrase,) = PHRASE.findall(done.stdout)
    assert phrase.split()[0].encode() not in (home / "accounts.db").read_bytes()
    run("members", "add")
    assert sorted((each["role"], each["name"], each["sees"]) for each in members(run)) == [
        ("reader", "", "GREEN"),
        ("reviewer", "ana", "AMBER"),
    ]
    token = run("members", "token", "ana", "--scope", "write", "--days", "3", "--label", "script")
    assert "incidex_" in token.stdout
    assert "ana is an editor now, and sees RED" in run("members", "role", "ana", "editor", "--red").stdout
    (renewed,) = PHRASE.findall(run("members", "phrase", "ana").stdout)
    assert renewed != phrase
    assert "may no longer enter" in run("members", "remove", "ana").stdout
    assert len(members(run)) == 1


WRONG = [
    (("add", "--role", "boss"), "there are reader, coder, reviewer, editor"),
    (("add", "--role", "coder"), "a coder signs what they change; give them a --name"),
    (("add", "--role", "coder", "--name", "two words"), "cannot sign"),
    (("remove", "nobody"), "no member 'nobody'"),
    (("role", "", "editor"), "no member ''"),
    (("token", "nobody"), "`incidex members list` names them"),
]


def test_what_cannot_be_used_is_one_sentence(run: Run) -> None:
    for arguments, words in WRONG:
        done = run("members", *arguments)
        assert (done.returncode, words in done.stderr) == (2, True), (arguments, done.stderr)
        assert len(done.stderr.strip().splitlines()) == 1


def serve(home: Path) -> tuple["subprocess.Popen[str]", str]:
    """Start the site; return it with all that it says before it waits."""
    running = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
        env=environment(home, PYTHONUNBUFFERED="1"),
    )
    assert running.stdout is not None
    said = ""
    while "Ctrl-C" not in said:
        line = running.stdout.readline()
        assert line, "the site ended before it answered"
        said += line
    return running, said


def stop(running: "subprocess.Popen[str]") -> int:
    running.send_signal(signal.SIGTERM)
    ended = running.wait(timeout=20)
    if running.stdout is not None:
        running.stdout.close()
    return ended


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_the_first_run_makes_an_editor_and_later_ones_do_not(home: Path, run: Run) -> None:
    running, said = serve(home)
    assert stop(running) in (0, -signal.SIGTERM)
    assert len(PHRASE.findall(said)) == 1
    assert [(each["role"], each["name"]) for each in members(run)] == [("editor", "editor")]
    running, said = serve(home)
    assert stop(running) in (0, -signal.SIGTERM)
    assert PHRASE.findall(said) == []
