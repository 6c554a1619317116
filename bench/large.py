"""How a site over many incidents starts, answers and takes new ones.

    python -m bench.large [--incidents 100000] [--keep FOLDER] [--seconds 60]

Makes a database (fixed seed, nine values an incident; kept in FOLDER when one is named) and starts
`incidex serve` over it. Prints when it answers, when search and when the pages that add everything up do.
Then a record is added twice a second, while each kind of page is asked for in turn: how long did each take?
"""

import argparse
import statistics
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import httpx

from bench.pages import make_histories
from bench.serving import add_records, memory, processor_seconds, running
from incidex.model import Change, Claimed, NoEvidence
from incidex.store import SqliteLog

BATCH = 2_000

PATHS = (
    "/",
    "/incidents",
    "/incidents/inc-0000007",
    "/search?q=malware",
    "/stats",
    "/organisations/victim-7",
    "/techniques",
    "/healthz",
)


def build(path: Path, count: int) -> None:
    """Write the database, with what imported records have: values without a quotation."""
    log = SqliteLog(path)
    began, used = time.perf_counter(), time.process_time()
    changes = _changes(count)
    while batch := list(islice(changes, BATCH)):
        log.append(batch)
    log.close()
    print(
        f"{count:,} incidents written in {time.perf_counter() - began:.0f} s, "
        f"{time.process_time() - used:.0f} s of processor; {path.stat().st_size / 1e6:,.0f} MB"
    )


def _changes(count: int) -> Iterator[Change]:
    for history in make_histories(count):
        for change in history:
            body = change.body
            if isinstance(body, Claimed):
                claims = tuple(
                    replace(claim, evidence=None, no_evidence=NoEvidence.IMPORTED) for claim in body.claims
                )
                body = Claimed(claims)
            yield replace(change, body=body, serial=0)


def wait_for(address: str, path: str, began: float, seconds: float = 600) -> str:
    """Wait until an address answers with what it is there for; say how long that took after the start."""
    while time.perf_counter() - began < seconds:
        answer = httpx.get(f"{address}{path}", timeout=seconds)
        if answer.status_code == 200:
            return f"{path} after {time.perf_counter() - began:.1f} s"
        time.sleep(0.5)
    return f"{path} not within {seconds:.0f} s"


def ask_in_turn(address: str, seconds: float) -> dict[str, list[float]]:
    """Ask for each kind of page in turn, and return the milliseconds that each answer took."""
    took: dict[str, list[float]] = defaultdict(list)
    end = time.perf_counter() + seconds
    with httpx.Client(base_url=address, timeout=120) as client:
        while time.perf_counter() < end:
            for path in PATHS:
                began = time.perf_counter()
                client.get(path).raise_for_status()
                took[path].append((time.perf_counter() - began) * 1000)
    return took


def show(name: str, took: dict[str, list[float]], pid: int, used: float) -> None:
    """Print a row for each kind of page."""
    print(f"\n{name}: {memory(pid):,.0f} MB, {used:.1f} s of the server's processor")
    for path, each in took.items():
        print(
            f"  {path:28} {len(each):5} times, p50 {statistics.median(each):8.1f} ms, "
            f"p95 {sorted(each)[int(len(each) * 0.95)]:8.1f} ms, most {max(each):8.1f} ms"
        )


def visit(database: Path, home: Path, seconds: float) -> None:
    """Start the site over a database, and ask it for things, while nothing is added and while much is."""
    with running(home, database) as (address, pid, took):
        print(
            f"`incidex serve` answered {took:.2f} s after it was started; {memory(pid):,.0f} MB", flush=True
        )
        began = time.perf_counter() - took
        for path in ("/incidents/inc-0000007", "/search?q=malware", "/", "/stats"):
            print(f"  {wait_for(address, path, began)}; {memory(pid):,.0f} MB", flush=True)
        used = processor_seconds(pid)
        show("nothing is added", ask_in_turn(address, seconds / 4), pid, processor_seconds(pid) - used)
        stop = threading.Event()
        adding = threading.Thread(target=add_records, args=(database, stop))
        adding.start()
        try:
            used = processor_seconds(pid)
            took_each = ask_in_turn(address, seconds)
            show("two records are added a second", took_each, pid, processor_seconds(pid) - used)
        finally:
            stop.set()
            adding.join()


def main() -> None:
    """Build what is not there, and visit it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--incidents", type=int, default=100_000)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--seconds", type=float, default=60)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place: Path = asked.keep or Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        database = place / f"{asked.incidents}.db"
        if not database.exists():
            build(database, asked.incidents)
        visit(database, place / "home", asked.seconds)


if __name__ == "__main__":
    main()
