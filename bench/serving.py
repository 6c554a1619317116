"""How many answers a second one process gives, and how long the slowest wait, over a real socket.

    python -m bench.serving [--seconds 10] [--clients 100] [--soak 1800] [--rate 200] [--crowd 5000]

Needs wrk (Debian's package of that name). The site is `incidex serve` over the demonstration's database, in a
process of its own; wrk takes the other core. "Rendered" sends a cookie that opens nothing, so that every
answer is made anew; "kept" asks as the public does. The soak asks for everything at once, about `--rate`
times a second, while a record is added twice a second, and watches the memory of the server. 1,800 seconds
are half an hour. The crowd are connections that send half a request and wait, while somebody else asks.
"""

import argparse
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout, suppress
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from incidex.app.demonstration import make_demo
from incidex.app.patience import allow_files
from incidex.model import Tier
from incidex.store import SqliteLog
from tests.twins import Story, make_incident

SOAK_PART_SECONDS = 60

RENDERED = "Cookie: opens=nothing"


@dataclass(frozen=True, slots=True)
class Rate:
    """What wrk saw."""

    a_second: float
    a_processor_second: float  # of the server's own time: what one core gives that nobody else uses
    p50: str
    p99: str
    errors: int


@contextmanager
def running(home: Path, database: Path) -> Iterator[tuple[str, int, float]]:
    """Start the site; yield its address, its process, and how long it took to answer."""
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "incidex.app.cli", "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "INCIDEX_HOME": str(home), "INCIDEX_DATABASE": str(database)},
    ) as server:
        assert server.stdout is not None
        found = None
        while found is None:
            found = re.search(r"http://[^/\s]+", server.stdout.readline())
        address = found[0]
        threading.Thread(target=server.stdout.read, daemon=True).start()
        httpx.get(f"{address}/healthz", timeout=30).raise_for_status()
        took = time.perf_counter() - began
        try:
            yield address, server.pid, took
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=30)


def hit(address: str, pid: int, *, seconds: int, clients: int, header: str = "", script: str = "") -> Rate:
    """Return what wrk says of an address."""
    before = processor_seconds(pid)
    command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--latency", "--timeout", "10s"]
    command += ["-H", header] if header else []
    command += ["-s", script] if script else []
    said = subprocess.run([*command, address], capture_output=True, text=True, check=True).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    p50, p99 = (re.search(rf"\s{p}%\s+(\S+)", said) for p in (50, 99))
    bad = [int(each) for each in re.findall(r"Non-2xx or 3xx responses: (\d+)", said)]
    bad += [
        int(each) for found in re.findall(r"Socket errors: (.*)", said) for each in re.findall(r"\d+", found)
    ]
    assert rate, said
    count = re.search(r"(\d+) requests in", said)
    used = processor_seconds(pid) - before
    per_processor = int(count[1]) / used if count and used else 0.0
    return Rate(float(rate[1]), per_processor, p50[1] if p50 else "?", p99[1] if p99 else "?", sum(bad))


def processor_seconds(pid: int) -> float:
    """Return the processor time that a process has used."""
    parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid: int) -> float:
    """Return the resident memory of a process, in megabytes."""
    said = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+)", said)
    return int(found[1]) / 1024 if found else 0.0


def soak(address: str, pid: int, database: Path, asked: argparse.Namespace) -> None:
    """Ask for everything at once while records are added; print what went wrong, and the memory."""
    clients: int = asked.clients
    paths = [
        "/",
        "/incidents",
        "/incidents/{0}",
        "/search?q=ransomware",
        "/api/v1/incidents?limit=5",
        "/stats",
        "/api/v1/incidents/{0}",
        "/search?q=victim.country:US&sort=new",
        "/sources",
        "/techniques",
    ]
    incident = first_incident(address)
    listed = ",".join(f'"{path.format(incident)}"' for path in paths)
    lua = (
        f"local paths = {{{listed}}}\nlocal n = 0\n"
        'request = function() n = n + 1; return wrk.format("GET", paths[n % #paths + 1] ) end\n'
    )
    if asked.rate:
        lua += f"function delay() return {clients * 1000 // asked.rate} end\n"
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(lua)
        script.flush()
        stop = threading.Event()
        adding = threading.Thread(target=add_records, args=(database, stop))
        adding.start()
        began, used = time.perf_counter(), processor_seconds(pid)
        while time.perf_counter() - began < asked.soak:
            rate = hit(address, pid, seconds=SOAK_PART_SECONDS, clients=clients, script=script.name)
            busy = (processor_seconds(pid) - used) / SOAK_PART_SECONDS
            used = processor_seconds(pid)
            print(
                f"  {time.perf_counter() - began:5.0f} s: {rate.a_second:,.0f} a second, p50 {rate.p50}, p99 "
                f"{rate.p99}, errors {rate.errors:,}, {memory(pid):,.0f} MB, {busy:.0%} of a processor",
                flush=True,
            )
        stop.set()
        adding.join()


def crowd(address: str, pid: int, count: int) -> None:
    """Open connections that send half a request, and ask for a page beside them, each time anew."""
    allow_files(count + 500)
    parts = urlsplit(address)
    place = (parts.hostname or "", parts.port or 80)
    print(f"\nNobody else: {memory(pid):,.0f} MB, {ask_beside(address)}")
    with ExitStack() as held:
        for _ in range(count):
            one = held.enter_context(socket.create_connection(place, timeout=20))
            with suppress(ConnectionError):
                one.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        files = len(list(Path(f"/proc/{pid}/fd").iterdir()))
        print(
            f"{count:,} wait: {memory(pid):,.0f} MB, {files:,} files open, {ask_beside(address)}", flush=True
        )


def ask_beside(address: str, times: int = 200) -> str:
    """Ask for the first page so many times, each over a connection of its own, and say how long that took."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        httpx.get(address, timeout=30).raise_for_status()
        took.append((time.perf_counter() - began) * 1000)
    took.sort()
    return (
        f"a page p50 {took[times // 2]:.1f} ms, p99 {took[times * 99 // 100]:.1f} ms, most {took[-1]:.1f} ms"
    )


def add_records(database: Path, stop: threading.Event) -> None:
    """Add a record twice a second."""
    log, number = SqliteLog(database), 0
    while not stop.wait(0.5):
        number += 1
        story = Story("", Tier.RED, is_work_hidden=False, is_counted=False)
        make_incident(story, f"Soak{time.time_ns()}")
        log.append(list(story.changes()))
    print(f"  {number:,} records were added meanwhile")
    log.close()


def first_incident(address: str) -> str:
    """Return the id of the Ciphr record."""
    found = httpx.get(f"{address}/api/v1/search?q=ciphr", timeout=30).json()
    return str(found["hits"][0]["id"])


def main() -> None:
    """Print a row for each kind of answer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--soak", type=int, default=0)
    parser.add_argument("--clients", type=int, default=100)
    parser.add_argument("--rate", type=int, default=0, help="requests a second of the soak; 0: all that fit")
    parser.add_argument("--crowd", type=int, default=0)
    asked = parser.parse_args()
    if not shutil.which("wrk"):
        sys.exit("wrk is not installed; apt-get install wrk")
    with tempfile.TemporaryDirectory() as folder:
        with redirect_stdout(StringIO()):
            database = make_demo(Path(folder))
        with running(Path(folder), database) as (address, pid, took):
            print(f"`incidex serve` answered {took:.2f} s after it was started; {memory(pid):,.0f} MB\n")
            incident = first_incident(address)
            print("| what | rendered, a second (of its processor) | p50 | p99 | kept, the same | p50 | p99 |")
            print("|---|---|---|---|---|---|---|")
            for name, path in (
                ("incident page", f"/incidents/{incident}"),
                ("search page", "/search?q=ransomware"),
                ("incident as JSON", f"/api/v1/incidents/{incident}"),
                ("nothing but the server", "/healthz"),
            ):
                rows = [
                    hit(f"{address}{path}", pid, seconds=asked.seconds, clients=asked.clients, header=header)
                    for header in (RENDERED, "")
                ]
                cells = " | ".join(
                    f"{each.a_second:,.0f} ({each.a_processor_second:,.0f}) | {each.p50} | {each.p99}"
                    for each in rows
                )
                print(
                    f"| {name} | {cells} |{' errors!' if any(each.errors for each in rows) else ''}",
                    flush=True,
                )
            if asked.crowd:
                crowd(address, pid, asked.crowd)
            if asked.soak:
                print(f"\nSoak, {asked.soak} s:")
                soak(address, pid, database, asked)


if __name__ == "__main__":
    main()
