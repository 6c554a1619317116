"""The site as a process: how it stops, what it does about slow clients, and what it logs."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from tests.cli.conftest import COMMAND, environment

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and sockets of POSIX")


@contextmanager
def serving(home: Path, *options: str) -> Iterator[tuple[str, int, "subprocess.Popen[str]"]]:
    """Start the site; yield its host, its port and its process."""
    with subprocess.Popen(
        [*COMMAND, "serve", "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(home),
    ) as running:
        assert running.stdout is not None
        found = None
        while found is None:
            found = re.search(r"http://(127[.\d]+):(\d+)", running.stdout.readline())
        try:
            yield found[1], int(found[2]), running
        finally:
            if running.poll() is None:
                running.send_signal(signal.SIGTERM)
                running.wait(timeout=30)


def test_the_site_answers_while_thousands_wait_and_stops_when_asked(home: Path) -> None:
    with serving(home) as (host, port, running), ExitStack() as held:
        client = held.enter_context(httpx.Client(base_url=f"http://{host}:{port}", timeout=20))
        assert client.get("/healthz").text == "ok\n"
        assert client.get("/metrics").status_code == 200
        assert client.get("/metrics", headers={"x-forwarded-for": "192.0.2.1"}).status_code == 403
        before = memory(running.pid)
        for _ in range(1_500):  # more than one process holds; a test has not the files for 5,000
            one = held.enter_context(socket.create_connection((host, port), timeout=20))
            one.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")  # and never the rest
        with httpx.Client(base_url=f"http://{host}:{port}", timeout=20) as another:
            assert another.get("/").status_code == 200
        assert len(os.listdir(f"/proc/{running.pid}/fd")) < 1_200  # noqa: PTH208
        assert memory(running.pid) < before + 100
        running.send_signal(signal.SIGTERM)
        assert running.wait(timeout=30) in (0, -signal.SIGTERM)


def test_a_request_that_does_not_come_to_its_end_is_given_up(home: Path) -> None:
    with serving(home) as (host, port, _), socket.create_connection((host, port), timeout=30) as slow:
        began = time.monotonic()
        slow.sendall(_HALF)
        with pytest.raises((ConnectionError, AssertionError)):
            assert slow.recv(1), "closed"
        assert time.monotonic() - began < 20


def test_an_answer_in_the_making_is_finished_and_the_log_names_nobody(home: Path) -> None:
    with serving(home) as (host, port, running):
        with socket.create_connection((host, port), timeout=30) as late:
            late.sendall(_HALF)
            time.sleep(1)
            running.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            late.sendall(b"swordfish".ljust(93))
            answer = b"".join(iter(lambda: late.recv(65_536), b""))
        running.wait(timeout=30)
        assert running.stderr is not None
        said = running.stderr.read()
    assert answer.startswith(b"HTTP/1.1 403")
    assert b"That phrase opens nothing" in answer
    assert answer.rstrip().endswith(b"</html>")
    assert not [line for line in said.splitlines() if not json.loads(line)["at"]]
    assert "swordfish" not in said
    assert "127.0.0.1" not in said


def test_several_processes_are_one_site(home: Path) -> None:
    with serving(home, "--workers", "2") as (host, port, running):
        seen: set[str] = set()
        give_up_at = time.monotonic() + 60
        while len(seen) < 2 and time.monotonic() < give_up_at:
            with httpx.Client(base_url=f"http://{host}:{port}", timeout=30) as client:
                said = client.get("/metrics")
                assert said.status_code == 200
                seen.update(re.findall(r'incidex_worker\{pid="(\d+)"\}', said.text))
                assert client.get("/").status_code == 200
        assert len(seen) == 2
        running.send_signal(signal.SIGTERM)
        assert running.wait(timeout=30) in (0, -signal.SIGTERM)


def memory(pid: int) -> int:
    """Return the resident memory of a process, in megabytes."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) // 1024 if found else 0


#: A form of ours that never comes to its end.
_HALF = (
    b"POST /enter HTTP/1.1\r\nHost: x\r\nSec-Fetch-Site: same-origin\r\nContent-Length: 100\r\n\r\nphrase="
)
