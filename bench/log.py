"""Print how fast the SQLite log appends, reads back, verifies and rebuilds, at `synchronous=FULL`.

    python bench/log.py

500 batches in a new file, each one report with its text and 20 claims that quote it; then one record of 1,000
claims out of 50 reports is opened: read, and folded for who may see everything. Times are the processor's.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from incidex.codebook import policy
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
    Source,
    Span,
    Speaker,
    Tier,
    fold,
)
from incidex.store import SqliteLog

BATCHES = 500
CLAIMS = 20
OPENINGS = 30


def make_batch(number: int) -> tuple[list[Change], dict[str, bytes]]:
    """Return a report, its incident and its claims, as `incidex add` writes them."""
    text = f"Report {number}. " + " ".join(f"{number:03}x{place:03}" for place in range(CLAIMS * 4))
    data = text.encode()
    report = Report(sha256=sha256(data).hexdigest(), source=Source(name="The Harbour Ledger"))
    claims = tuple(
        Claim(
            report=report.id,
            field="data.class",
            value=f"Class {place}",
            speaker=Speaker("The Harbour Ledger"),
            coder="bench@1",
            evidence=Evidence.of(text, Span(place * 20, place * 20 + 12)),
        )
        for place in range(CLAIMS)
    )
    document = Document(report=report.id, text=text)
    rows: list[tuple[str, int, Body]] = [
        (report.id, 1, Received(report, document)),
        (f"inc-{number}", 1, Linked(report)),
        (f"inc-{number}", 2, Claimed(claims)),
    ]
    at = datetime(2026, 11, 23, tzinfo=UTC)
    changes = [Change(record=r, version=v, body=body, by="bench", at=at) for r, v, body in rows]
    return changes, {report.sha256: data}


def timed(what: Callable[[], object]) -> float:
    began = time.process_time()
    what()
    return time.process_time() - began


def write_large_record(log: SqliteLog) -> str:
    """Write 50 reports of one incident, 1,000 claims in all."""
    version = 0
    for number in range(50):
        (report, *about), blobs = make_batch(number)
        numbered = []
        for change in about:
            version += 1
            numbered.append(replace(change, record="inc-large", version=version))
        log.append([report, *numbered], blobs)
    return "inc-large"


def main() -> None:
    batches = [make_batch(number) for number in range(BATCHES)]
    with tempfile.TemporaryDirectory() as folder:
        log = SqliteLog(Path(folder) / "bench.db")
        seconds = timed(lambda: [log.append(changes, blobs) for changes, blobs in batches])
        print(f"append  {BATCHES / seconds:8,.0f} batches/s  {BATCHES * CLAIMS / seconds:8,.0f} claims/s")
        for name, what in {
            "since": lambda: list(log.since()),
            "verify": log.verify,
            "rebuild": log.rebuild,
        }.items():
            print(f"{name:7} {log.last_serial() / timed(what):8,.0f} changes/s")
        log.close()
        log = SqliteLog(Path(folder) / "large.db")
        record, rules = write_large_record(log), policy()
        times = [
            timed(lambda: fold(log.history(record), tier=Tier.RED, policy=rules)) for _ in range(OPENINGS)
        ]
        print(
            f"open a record of 1,000 claims: {statistics.median(times) * 1000:.1f} ms (median of {OPENINGS})"
        )
        log.close()


if __name__ == "__main__":
    main()
