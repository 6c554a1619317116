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
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from tests.cli.conftest import COMMAND, environment

Address = tuple[str, int]

#: A form of ours that never comes to its end.
_HALF = (
    b"POST /enter HTTP/1.1\r\nHost: x\r\nSec-Fetch-Site: same-origin\r\nContent-Length: 100\r\n\r\nphrase="
)

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


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    """Run a site for the tests that only ask it something."""
    with serving(tmp_path_factory.mktemp("served") / "home") as (host, port, _):
        yield host, port


@contextmanager
def may_open(files: int) -> Iterator[None]:
    """Have this process and what it starts open so many files at most."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_the_site_answers_while_thousands_wait_and_stops_when_asked(home: Path) -> None:
    # A shell that allows few files: the site asks for as many as it needs, and this test for its own.
    with may_open(1_024), ExitStack() as held:
        host, port, running = held.enter_context(serving(home))
        held.enter_context(may_open(6_000))
        address = f"http://{host}:{port}"
        client = held.enter_context(httpx.Client(base_url=address, timeout=20))
        assert client.get("/healthz").text == "ok\n"
        assert client.get("/metrics").status_code == 200
        assert client.get("/metrics", headers={"x-forwarded-for": "192.0.2.1"}).status_code == 403
        before = memory(running.pid)
        slow = [held.enter_context(socket.create_connection((host, port), timeout=20)) for _ in range(4_500)]
        for one in slow:
            with suppress(ConnectionError):
                one.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")  # and never the rest
        began = time.monotonic()
        with httpx.Client(base_url=address, timeout=20) as another:
            assert another.get("/").status_code == 200
        assert time.monotonic() - began < 5
        time.sleep(0.5)
        assert len(os.listdir(f"/proc/{running.pid}/fd")) < 4_100  # noqa: PTH208
        assert memory(running.pid) < before + 150
        assert slow[0].recv(99).startswith(b"HTTP/1.1 503 "), "the longest wait made room, and is told"
        running.send_signal(signal.SIGTERM)
        assert running.wait(timeout=30) in (0, -signal.SIGTERM)


def test_a_request_that_does_not_come_to_its_end_is_given_up(site: Address) -> None:
    cases = {b"GET / HTTP/1.1\r\nHost: x\r\n": b"HTTP/1.1 408 ", b"": b"", _HALF: b"HTTP/1.1 408 "}
    began = time.monotonic()
    with ExitStack() as held:
        slow = {sent: held.enter_context(socket.create_connection(site, timeout=30)) for sent in cases}
        for sent, one in slow.items():
            one.sendall(sent)
        assert {sent: read_all(one)[:13] for sent, one in slow.items()} == cases
    assert 5 < time.monotonic() - began < 20


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(
            b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: " + b"a" * 40_000 + b"\r\n\r\n", id="long header"
        ),
        pytest.param(b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", id="long line"),
        pytest.param(b"GET / HTTP/1.1\r\nX: " + b"a" * 700_000, id="a header without an end"),
        pytest.param(b"nonsense\r\n\r\n", id="no HTTP"),
        pytest.param(
            b"POST /enter HTTP/1.1\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\n", id="two lengths"
        ),
        pytest.param(
            b"POST /enter HTTP/1.1\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n",
            id="a length and chunks",
        ),
        pytest.param(b"GET / HTTP/1.1\r\nX: a\x00b\r\n\r\n", id="a null"),
    ],
)
def test_what_is_no_request_is_refused(site: Address, sent: bytes) -> None:
    with socket.create_connection(site, timeout=30) as rude:
        with suppress(ConnectionError):
            rude.sendall(sent)
        assert read_all(rude)[:13] == b"HTTP/1.1 400 "


def test_requests_that_come_together_are_answered_in_their_order(site: Address) -> None:
    paths = ["/about", "/nothing", "/about", "/healthz", "/about", "/about"] * 20
    wanted = [404 if path == "/nothing" else 200 for path in paths]
    with socket.create_connection(site, timeout=30) as many:
        sent = "".join(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n" for path in paths)
        many.sendall(f"{sent}GET /about HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        said = read_all(many)
    assert [int(status) for status in re.findall(rb"HTTP/1.1 (\d{3}) [A-Z]", said)] == [*wanted, 200]


def test_what_is_kept_is_answered_as_what_is_made(site: Address) -> None:
    """A kept answer takes a shorter way; nobody can tell but by the time it takes."""
    for extra in (
        {},
        {"accept-encoding": "gzip"},
        {"x-forwarded-proto": "https"},
        {"accept": "application/json"},
    ):
        with httpx.Client(base_url=f"http://{site[0]}:{site[1]}", timeout=20, headers=extra) as client:
            made, kept = (client.get("/sources") for _ in range(2))
            assert (kept.status_code, kept.content) == (200, made.content)
            assert _but_date(kept) == _but_date(made)
            assert "strict-origin" not in kept.headers["referrer-policy"]
            head = client.head("/sources")
            assert (head.content, _but_date(head)) == (b"", _but_date(made))
            same = client.get("/sources", headers={"if-none-match": made.headers["etag"]})
            assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", made.headers["etag"])
            assert client.get("/sources", headers={"cookie": "incidex_session=x"}).content == made.content


def test_a_small_answer_does_not_wait_for_an_acknowledgement(site: Address) -> None:
    """Head and body leave in two pieces. Nagle's algorithm would hold the second back for 40 ms."""
    took = []
    with httpx.Client(base_url=f"http://{site[0]}:{site[1]}", timeout=20) as client:
        for _ in range(30):
            began = time.perf_counter()
            assert client.get("/healthz").text == "ok\n"
            took.append(time.perf_counter() - began)
    assert sorted(took)[5] < 0.03


def _but_date(answer: httpx.Response) -> list[tuple[str, str]]:
    return [each for each in answer.headers.multi_items() if each[0] != "date"]


def test_an_answer_in_the_making_is_finished_and_the_log_names_nobody(home: Path) -> None:
    with serving(home) as (host, port, running):
        with socket.create_connection((host, port), timeout=30) as late:
            late.sendall(_HALF)
            give_up_at = time.monotonic() + 8
            while _busy(f"http://{host}:{port}") < 2 and time.monotonic() < give_up_at:
                time.sleep(0.1)  # until it is read: a connection without a request is closed at once
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


def test_several_processes_are_one_site_and_count_together(home: Path) -> None:
    with serving(home, "--workers", "2") as (host, port, running):
        address, asked, seen = f"http://{host}:{port}", 0, set[str]()
        give_up_at = time.monotonic() + 60
        while len(seen) < 2 and time.monotonic() < give_up_at:  # both have begun to answer
            seen.update(_workers(address))
        assert len(seen) == 2
        with ExitStack() as held:  # many connections at once, so that both processes get some
            clients = [held.enter_context(httpx.Client(base_url=address, timeout=30)) for _ in range(20)]
            for client in clients * 2:
                assert client.get("/codebook").status_code == 200
                asked += 1
        assert _count(address) == asked
        os.kill(int(min(seen)), signal.SIGKILL)
        while min(seen) in _workers(address) and time.monotonic() < give_up_at:
            time.sleep(0.2)
        assert len(_workers(address)) == 2
        assert _count(address) == asked, "what a process counted is not lost with it"
        running.send_signal(signal.SIGTERM)
        assert running.wait(timeout=30) in (0, -signal.SIGTERM)


def _workers(address: str) -> list[str]:
    said = httpx.get(f"{address}/metrics", timeout=30).raise_for_status().text
    return re.findall(r'incidex_worker\{process="(\d+)"\} 1.0', said)


def _busy(address: str) -> float:
    """Return how many requests are being answered, this one among them."""
    said = httpx.get(f"{address}/metrics", timeout=30).raise_for_status().text
    (found,) = re.findall(r"^incidex_busy (\S+)", said, re.MULTILINE)
    return float(found)


def _count(address: str) -> float:
    said = httpx.get(f"{address}/metrics", timeout=30).raise_for_status().text
    (found,) = re.findall(r'incidex_answers_total\{kind="codebook",status="200"\} (\S+)', said)
    return float(found)


def memory(pid: int) -> int:
    """Return the resident memory of a process, in megabytes."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) // 1024 if found else 0


def read_all(one: socket.socket) -> bytes:
    """Return all that comes until the other side has closed, or refuses to hear more."""
    pieces = []
    with suppress(ConnectionError):
        while piece := one.recv(65_536):
            pieces.append(piece)
    return b"".join(pieces)
