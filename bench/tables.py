"""Print how fast records leave the log as tables, in how much memory, beside pandas writing the same rows.

    python bench/tables.py [--incidents 100000] [--log FILE] [--workers 1 2] [--formats parquet …]

A log of incidents is made with a fixed seed (or that of an earlier run is used): one report and eight claims
an incident, each with words that stand in the report. Each export runs in a process of its own, from the log
to the finished file with its loss report, so that its memory is its own; Parquet with as many workers
as named, whose processor and memory count. `pandas` gets the rows of the
finished table of incidents as Python lists and dictionaries, and writes Parquet: no log, no fold, no report
of losses.
"""

import argparse
import os
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Self

from incidex.codebook import get_vocabulary
from incidex.model import (
    Body,
    Change,
    Claim,
    Claimed,
    Document,
    Evidence,
    Linked,
    Received,
    Report,
    Role,
    Source,
    Span,
    Speaker,
)
from incidex.store import SqliteLog

TOGETHER = 500
SEED = 6
START = datetime(2020, 1, 1, tzinfo=UTC)
EXPORTS = ("parquet", "parquet-claims", "parquet-reports", "parquet-links", "sqlite", "csv", "jsonl", "excel")


def make_values(number: int, chance: random.Random) -> dict[str, str]:
    """Return what one made-up report says."""

    def any_of(vocabulary: str) -> str:
        return chance.choice(list(get_vocabulary(vocabulary)))

    return {
        "victim.name": f"Company {number}",
        "victim.country": any_of("country"),
        "victim.industry": any_of("industry"),
        "action": any_of("action"),
        "date.occurred": f"{chance.randint(2010, 2026)}-{chance.randint(1, 12):02}",
        "data.records": str(chance.randint(100, 10_000_000)),
        "data.class": any_of("data.class"),
        "malware": any_of("malware"),
    }


def make_incident(number: int, chance: random.Random) -> list[Change]:
    """Return a report, its incident and its claims, as `incidex add` writes them."""
    values = make_values(number, chance)
    text = f"Report {number}. " + " ".join(f"<{name}> is {value}." for name, value in values.items())
    source = Source(name=f"Paper {chance.randint(1, 500)}")
    report = Report(sha256=sha256(text.encode()).hexdigest(), source=source, published="2024-05-06")
    claims = []
    for name, value in values.items():
        start = text.index(f"<{name}>") + len(name) + 6
        evidence = Evidence.of(text, Span(start, start + len(value)))
        speaker = (
            Speaker(values["victim.name"], Role.VICTIM) if chance.random() < 0.3 else Speaker(source.name)
        )
        claims.append(
            Claim(
                report=report.id,
                field=name,
                value=value,
                speaker=speaker,
                coder="bench@1",
                confidence=0.9,
                evidence=evidence,
            )
        )
    at = START + timedelta(minutes=number)
    rows: list[tuple[str, int, Body]] = [
        (report.id, 1, Received(report, Document(report=report.id, text=text))),
        (f"inc-{number:07}", 1, Linked(report)),
        (f"inc-{number:07}", 2, Claimed(tuple(claims))),
    ]
    return [Change(record=r, version=v, body=body, by="bench", at=at) for r, v, body in rows]


def make_log(path: Path, incidents: int) -> None:
    chance, log = random.Random(SEED), SqliteLog(path)
    for first in range(0, incidents, TOGETHER):
        numbers = range(first, min(first + TOGETHER, incidents))
        log.append([change for number in numbers for change in make_incident(number, chance)])
    log.close()


class Memory:
    """The most memory that a process and its children held together: pages they share count once (PSS)."""

    def __init__(self) -> None:
        self.peak_mb = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.25):
            held = sum(_find_pss(pid) for pid in (os.getpid(), *_find_children(os.getpid())))
            self.peak_mb = max(self.peak_mb, held / 1024)


def _find_children(pid: int) -> list[int]:
    held = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        held += [int(child) for child in path.read_text().split()]
    return held


def _find_pss(pid: int) -> int:
    """Return kilobytes; 0 for a process that has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def write_with_incidex(database: Path, name: str, workers: int, out: Path) -> str:
    from incidex.app.exporting import Order, write_export

    log = SqliteLog(database)
    with Memory() as memory:
        began, began_wall = processor(), time.perf_counter()
        write_export(log, Order(name=name, out=out, force=True, workers=workers))
        used, took = processor() - began, time.perf_counter() - began_wall
    log.close()
    return report(f"incidex {name}, {workers} worker(s)", out, used, took, memory)


def write_with_pandas(table: Path, out: Path) -> str:
    import pandas as pd
    import pyarrow.parquet as pq

    rows = pq.read_table(table).to_pylist()
    with Memory() as memory:
        began, began_wall = processor(), time.perf_counter()
        pd.DataFrame(rows).to_parquet(out, compression="zstd")
        used, took = processor() - began, time.perf_counter() - began_wall
    return report("pandas, the same rows", out, used, took, memory)


def processor() -> float:
    """Return the seconds of processor that this process and the children it has waited for have used."""
    return sum(os.times()[:4])


def report(what: str, out: Path, used: float, took: float, memory: Memory) -> str:
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    held = f"peak {memory.peak_mb:5.0f} MB together, {own:5.0f} MB its own"
    size = out.stat().st_size / 1e6
    return f"{what:34} {used:6.1f} s of processor, {took:6.1f} s, {held}, file {size:6.1f} MB"


def runs(database: Path, folder: Path, names: Sequence[str], workers: Sequence[int]) -> Iterator[list[str]]:
    for name in names:
        for number in workers if name.startswith("parquet") else (1,):
            yield ["--one", name, str(number), str(database), str(folder / name)]
    yield ["--pandas", str(folder / "parquet"), str(folder / "pandas")]


def main() -> None:
    if sys.argv[1:2] == ["--one"]:
        name, workers, file, out = sys.argv[2:]
        print(write_with_incidex(Path(file), name, int(workers), Path(out)))
        return
    if sys.argv[1:2] == ["--pandas"]:
        print(write_with_pandas(Path(sys.argv[2]), Path(sys.argv[3])))
        return
    parser = argparse.ArgumentParser()
    parser.add_argument("--incidents", type=int, default=100_000)
    parser.add_argument("--log", type=Path)
    parser.add_argument("--formats", nargs="*", default=EXPORTS)
    parser.add_argument("--workers", nargs="*", type=int, default=(1, 2))
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        database = chosen.log or Path(temporary) / "log.db"
        if not database.exists():
            make_log(database, chosen.incidents)
        for arguments in runs(database, Path(temporary), chosen.formats, chosen.workers):
            subprocess.run([sys.executable, __file__, *arguments], check=True)


if __name__ == "__main__":
    main()
