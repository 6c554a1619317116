"""Importing measured: time, memory, and what comes back after an export.

    python bench/importing.py [--shared ../shared] [--generated 1000] [--postgres]

Prints processor seconds and peak memory of importing the VCDB corpus into a new SQLite file, again into the
same one, and with one row in a hundred changed; with --postgres, the same on a PostgreSQL server that is
started for it; how many cases of the official VERIS suite our validator agrees with; and how many records
come back from a round trip as they were, but for what the loss report names. Each import runs in a process
of its own, so that its memory is its own.
"""

import argparse
import gzip
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from io import BytesIO
from pathlib import Path
from typing import Any

from incidex.exchange import Lost, Row, to_veris
from incidex.exchange.veris_in import check_veris, from_veris
from incidex.model import Change, Claimed, Incident, Linked, Tier, fold

CORPUS = "corpus/vcdb-veris.jsonl.gz"


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", type=Path, default=Path(__file__).parents[2] / "shared")
    parser.add_argument("--generated", type=int, default=1000)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--import-into", nargs=2, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.import_into:
        print(json.dumps(import_once(Path(chosen.import_into[0]), chosen.import_into[1])))
        return
    bench_import(chosen.shared / CORPUS)
    if chosen.postgres:
        sys.path.insert(0, str(Path(__file__).parents[1]))
        from tests.postgres import Server, new_schema

        with tempfile.TemporaryDirectory() as folder:
            Path(folder).chmod(0o755)
            server = Server(Path(folder) / "server")
            server.make()
            server.start()
            try:
                with new_schema(server, "bench") as url:
                    bench_import(chosen.shared / CORPUS, url)
            finally:
                server.kill()
    bench_suite(chosen.shared / "veris" / "tests")
    bench_round_trip(chosen.shared / CORPUS)
    bench_generated(chosen.generated)


def bench_import(corpus: Path, url: str = "") -> None:
    """Import all of the corpus, all of it again, and a newer version of it."""
    with tempfile.TemporaryDirectory() as folder:
        whole, newer = Path(folder) / "whole.jsonl", Path(folder) / "newer.jsonl"
        with gzip.open(corpus) as file:
            lines = file.readlines()
        whole.write_bytes(b"".join(lines))
        newer.write_bytes(b"".join(_change(line) if at % 100 == 0 else line for at, line in enumerate(lines)))
        for path, words in ((whole, "all rows"), (whole, "all rows again"), (newer, "one in 100 changed")):
            told = run(path, url or str(Path(folder) / "whole.db"))
            print(
                f"{'PostgreSQL, ' if url else ''}{words}: {told['read']:,} read, {told['new']:,} new, "
                f"{told['changed']:,} changed, {told['unchanged']:,} unchanged, "
                f"{told['refused']:,} refused; {told['claims']:,} claims, {told['issues']:,} issues; "
                f"{told['cpu_seconds']:.1f} s of processor, {told['seconds']:.1f} s, "
                f"{told['claims'] / told['cpu_seconds']:,.0f} claims a second, "
                f"{told['peak_mb']:.0f} MB at most"
            )


def _change(line: bytes) -> bytes:
    """Return a record with another country, as a database corrects one."""
    record = json.loads(line)
    record["victim"]["country"] = ["FR"]
    return json.dumps(record).encode() + b"\n"


def run(path: Path, database: str) -> dict[str, Any]:
    """Import in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, "--import-into", str(path), database],
        capture_output=True,
        check=True,
        text=True,
    )
    return dict(json.loads(done.stdout))


def import_once(path: Path, database: str) -> dict[str, Any]:
    """Import a file and say what that took."""
    from datetime import UTC, datetime

    from incidex.app.database import open_log
    from incidex.app.importing import Outcome, import_rows, make_name
    from incidex.app.settings import parse_database
    from incidex.exchange import IMPORTERS

    log = open_log(parse_database(database))
    outcome = Outcome(make_name(path, datetime.now(UTC)))
    start, cpu = time.perf_counter(), time.process_time()
    with path.open("rb") as file:
        for _ in import_rows(log, IMPORTERS["veris"].read(file), outcome):
            pass
    log.close()
    return {
        "read": outcome.read,
        "new": outcome.new,
        "changed": outcome.changed,
        "unchanged": outcome.unchanged,
        "refused": outcome.refused,
        "claims": outcome.claims,
        "issues": outcome.issues,
        "seconds": time.perf_counter() - start,
        "cpu_seconds": time.process_time() - cpu,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def bench_suite(folder: Path) -> None:
    """Run the official suite through `incidex import veris --check`'s own reader."""
    agreed, asked = 0, 0
    for path in sorted(folder.glob("*.json")):
        case = json.loads(path.read_text("utf-8"))
        (row,) = check_veris(BytesIO(json.dumps(case["incident"]).encode()))
        asked += 1
        if isinstance(row, Row) == (case["should"] == "pass"):
            agreed += 1
        else:
            print(f"  disagrees: {path.name}, should {case['should']}: {row.issues}")
    print(f"official suite: {agreed} of {asked} cases agree")


def bench_round_trip(corpus: Path) -> None:
    """Import, export and import every record of the corpus."""
    counts, lost = Counter[str](), Counter[str]()
    start = time.process_time()
    with gzip.open(corpus) as file:
        for number, raw in enumerate(file, start=1):
            row = from_veris(number, raw, json.loads(raw))
            if isinstance(row, Row):
                counts["records"] += 1
                counts["whole"] += is_whole(fold_row(row), lost)
    seconds = time.process_time() - start
    print(
        f"round trip of the corpus: {counts['whole']:,} of {counts['records']:,} come back as they were but "
        f"for what the report names ({seconds:.1f} s of processor); named: {dict(sorted(lost.items()))}"
    )


def bench_generated(count: int) -> None:
    """Generate records of any claims at all, as the unit test does, and send each round twice."""
    from hypothesis import HealthCheck, given, settings
    from hypothesis import strategies as st

    from tests.unit.exchange.test_exchange_veris import check_round_trip, claims, fold_claims

    done = Counter[str]()

    @settings(max_examples=count, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(held=st.lists(claims, min_size=1, max_size=12, unique_by=lambda claim: claim.id))
    def send_round(held: list[Any]) -> None:
        check_round_trip(check_round_trip(fold_claims(*held)))
        done["records"] += 1

    send_round()
    print(f"round trip of generated records: {done['records']:,}, each twice, none differs unnamed")


def fold_row(row: Row) -> Incident:
    """Return the incident that a row alone makes."""
    from datetime import UTC, datetime

    at = datetime(2026, 1, 1, tzinfo=UTC)
    linked = Change(record="inc-1", version=1, body=Linked(row.report), by="import:1", at=at)
    claimed = Change(record="inc-1", version=2, body=Claimed(row.claims), by="import:1", at=at)
    found = fold([linked, claimed], tier=Tier.RED)
    assert found is not None
    return found


def is_whole(incident: Incident, counts: Counter[str]) -> bool:
    """Say whether an export comes back as it was, but for what its report names."""
    record, losses = to_veris(incident)
    back = from_veris(1, json.dumps(record).encode(), record)
    assert isinstance(back, Row)
    said = {(field, value.value) for field, values in incident.values.items() for value in values}
    again = {(field, value.value) for field, values in fold_row(back).values.items() for value in values}
    added = {(loss.field, loss.value) for loss in losses if loss.lost is Lost.ADDED}
    gone = {(loss.field, loss.value) for loss in losses if loss.lost is not Lost.ADDED}
    counts.update(str(loss.lost) for loss in losses)
    return again - said <= added and said - again <= gone


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    main()
