"""How fast records go out as STIX, by file and over TAXII, and what the validator of OASIS makes of them.

    python -m bench.stix                                   # our own figures
    python -m bench.stix --peer .venv-bench/bin/python     # beside stix2, misp-stix and OpenTAXII, in one run
    python -m bench.stix --validate 1000                   # that many generated records before the validator
    python -m bench.stix --round-trip 1000                 # that many out, in and out again
    python -m bench.stix --large                           # a bundle of 100 MB read back

The peers need what bench/requirements.txt names, in a Python of their own. All get the same objects, and
misp-stix the same records as our events. Times are the processor's, over HTTP that of the server alone, since
the machine is noisy.
"""

import argparse
import io
import json
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import httpx

from bench.stix_misp import beside_misp_stix
from incidex.codebook import policy
from incidex.exchange import IMPORTERS, Choice
from incidex.exchange.stix import Telling, to_lines, write_stix
from incidex.model import (
    Body,
    Change,
    Claim,
    Claimed,
    Document,
    Evidence,
    Incident,
    Linked,
    Received,
    Report,
    Role,
    Source,
    Span,
    Speaker,
    Stance,
    Tier,
    fold,
)

AT = datetime(2026, 1, 1, tzinfo=UTC)
TEXT = "Acme said that data of its customers was taken by a group that asked for money, and it paid nothing."
MEDIA = "application/taxii+json;version=2.1"
PAGE = 1000

#: Records that are added while the server runs.
APPENDED = 20

#: What a record of the bench says: field, and values of which each record has one.
SAID = (
    ("victim.country", ("US", "DE", "GB", "FR")),
    ("victim.industry", ("62", "51", "92", "61")),
    ("action", ("hacking", "malware")),
    ("action.variety", ("Ransomware", "Phishing", "Use of stolen creds")),
    ("date.occurred", ("2025-04", "2025-04-26", "2024")),
    ("impact", ("confidentiality", "availability")),
    ("data.variety", ("Personal", "Medical", "Credentials")),
    ("data.records", ("1200", "54000")),
    ("actor.name", ("FIN7", "Clop", "A group")),
    ("technique", ("T1566", "T1486", "T1078")),
    ("malware", ("Emotet", "LockBit 3.0")),
    ("indicator", ("ip:192.0.2.1", "domain:evil.example")),
    ("response", ("users notified", "taken offline")),
)


def make_history(number: int) -> list[Change]:
    """Return the changes of one record: two reports, some twenty claims with their words."""
    random = Random(number)
    victim = f"Victim {number}"
    reports = [
        Report(
            sha256=f"{number * 2 + half:032x}" * 2,
            source=Source(name=("The Harbour Ledger", "Packet & Wire")[half]),
            published="2026-01-01",
            title=f"What happened at {victim}",
            url=f"https://news.example/{number}/{half}",
        )
        for half in (0, 1)
    ]
    rows = [("victim.name", victim), *((field, random.choice(values)) for field, values in SAID)]
    claims = [
        Claim(
            report=reports[half].id,
            field=field,
            value=value,
            speaker=Speaker(victim, Role.VICTIM) if half else Speaker("The Harbour Ledger"),
            coder="bench@1",
            stance=Stance.DENIES if half and field == "actor.name" else Stance.ASSERTS,
            confidence=0.8,
            evidence=Evidence.of(TEXT, Span(place, place + 20)),
        )
        for place, (field, value) in enumerate(rows)
        for half in ((0, 1) if place % 2 == 0 or field == "actor.name" else (0,))
    ]
    at = AT + timedelta(seconds=number)
    bodies: list[Body] = [*(Linked(report) for report in reports), Claimed(tuple(claims))]
    return [
        Change(record=f"inc-{number:06}", version=n, body=body, by="bench", at=at, serial=n)
        for n, body in enumerate(bodies, 1)
    ]


def make_all(number: int) -> list[Change]:
    """Return these with the reports themselves, whose words a log holds the claims against."""
    history = make_history(number)
    reports = [change.body.report for change in history if isinstance(change.body, Linked)]
    received = [Received(report, Document(report=report.id, text=TEXT)) for report in reports]
    at = history[0].at
    return [
        *(Change(record=body.report.id, version=1, body=body, by="bench", at=at) for body in received),
        *history,
    ]


def make_incident(number: int) -> Incident:
    """Return one record, as everybody sees it: the bench claims nothing that is hidden."""
    found = fold(make_history(number), tier=Tier.CLEAR, policy=policy())
    assert found is not None
    return found


def export(incidents: list[Incident], path: Path) -> float:
    """Write the objects one a line for the peers, and return how many a second of processor time are made."""
    count = 0
    best = float("inf")
    for _ in range(3):
        begun = time.process_time()
        made = [text for incident in incidents for _, _, text in to_lines(Telling(incident))[0]]
        best = min(best, time.process_time() - begun)
        count = len(made)
    path.write_bytes(b"\n".join(made) + b"\n")
    size = sum(map(len, made))
    print(f"ours: {count:,} objects ({size / 1e6:.1f} MB) made and checked: {count / best:,.0f} a second")
    return count / best


def beside_stix2(peer: str, path: Path, ours: float) -> None:
    """Let stix2 build and serialise the same objects."""
    done = subprocess.run(
        [peer, "bench/stix_peer.py", "stix2", str(path)], capture_output=True, text=True, check=True
    )
    told = json.loads(done.stdout)
    rate = told["objects"] / told["seconds"]
    print(
        f"stix2: {told['objects']:,} objects at {rate:,.0f} a second; it has no class for {told['skipped']}"
    )
    print(f"  it refused {told['failed'] or 'none'}; ours is {ours / rate:.1f} times as fast (asked: 20)")


def write_unique(incidents: list[Incident], path: Path) -> int:
    """Write every object once, as a collection has them."""
    out = io.StringIO()
    list(write_stix(incidents, out, Choice.ALL))
    objects = json.loads(out.getvalue())["objects"]
    path.write_text("".join(json.dumps(each) + "\n" for each in objects), "utf-8")
    return len(objects)


def serve(database: str, port: int) -> None:
    """Serve the records of a database, on SQLite as `incidex serve` does."""
    import uvicorn

    from incidex.app.library import StoreLibrary
    from incidex.store import SqliteLog
    from incidex.web import make_app

    app = make_app(StoreLibrary(SqliteLog(database)))
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", access_log=False)


@contextmanager
def running(command: list[str], port: int, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the end of the block, once it answers."""
    process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL)
    try:
        for _ in range(600):
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield process
    finally:
        process.terminate()
        process.wait(timeout=20)


def processor_seconds(pid: int) -> float:
    """Return the processor time of a process and its children's."""
    total = 0.0
    for each in (pid, *_children(pid)):
        fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


def _children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def page(name: str, address: str, process: subprocess.Popen[bytes], expected: int) -> tuple[float, float]:
    """Page through a collection; return objects a second of the server's processor, and of the clock."""
    begun, cpu = time.perf_counter(), processor_seconds(process.pid)
    count, times, following = 0, [], ""
    with httpx.Client(headers={"Accept": MEDIA}, timeout=120) as client:
        while True:
            asked = time.perf_counter()
            answer = client.get(address, params={"limit": PAGE, **({"next": following} if following else {})})
            answer.raise_for_status()
            times.append(time.perf_counter() - asked)
            envelope = answer.json()
            count += len(envelope.get("objects", ()))
            following = envelope.get("next", "")
            if not envelope.get("more"):
                break
    seconds, used = time.perf_counter() - begun, processor_seconds(process.pid) - cpu
    assert count == expected, f"{name} served {count} objects of {expected}"
    middle = sorted(times)[len(times) // 2]
    print(
        f"{name}: {count:,} objects in {len(times)} pages, the middle one {middle * 1000:.1f} ms; "
        f"{count / used:,.0f} objects a second of its processor, {count / seconds:,.0f} of the clock"
    )
    return count / used, count / seconds


def first_answer(address: str, process: subprocess.Popen[bytes]) -> None:
    """Ask until the collection is there, as a client does that is told to come again."""
    begun, cpu, waits = time.perf_counter(), processor_seconds(process.pid), []
    while True:
        asked = time.perf_counter()
        answer = httpx.get(address, headers={"Accept": MEDIA}, timeout=600)
        waits.append(time.perf_counter() - asked)
        if answer.status_code == 200:
            break
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    print(
        f"ours: the collection was there after {time.perf_counter() - begun:.1f} s "
        f"({processor_seconds(process.pid) - cpu:.1f} s of its processor); "
        f"no request waited longer than {max(waits):.2f} s, and {len(waits) - 1} were told to come again"
    )


def after_append(database: Path, number: int, address: str) -> None:
    """Add records one by one, and ask for what is new right after each."""
    from incidex.store import SqliteLog

    log, waits = SqliteLog(database), []
    for each in range(number, number + APPENDED):
        log.append(make_all(each))
        since = (AT + timedelta(seconds=each - 1)).isoformat().replace("+00:00", ".000000Z")
        asked = time.perf_counter()
        answer = httpx.get(address, params={"added_after": since, "limit": 100}, headers={"Accept": MEDIA})
        waits.append(time.perf_counter() - asked)
        assert f"Victim {each}" in answer.text, "what was just added is not there"
    log.close()
    middle = sorted(waits)[len(waits) // 2]
    print(
        f"ours: right after an append, the middle request took {middle * 1000:.0f} ms, "
        f"the longest of {len(waits)} {max(waits) * 1000:.0f} ms"
    )


def over_http(count: int, peer: str, folder: Path) -> None:
    """Page through the same objects at our server and at OpenTAXII's."""
    from incidex.store import SqliteLog

    database = folder / "ours.db"
    log = SqliteLog(database)
    for start in range(0, count, 200):
        log.append([change for n in range(start, min(start + 200, count)) for change in make_all(n)])
    log.close()
    incidents = [make_incident(number) for number in range(count + APPENDED)]
    expected = write_unique(incidents, folder / "unique.jsonl")
    port = free_port()
    with running(
        [sys.executable, "-m", "bench.stix", "--serve", str(database), "--port", str(port)], port
    ) as process:
        address = f"http://127.0.0.1:{port}/taxii2/incidents/collections/clear/objects/"
        first_answer(address, process)
        after_append(database, count, address)
        ours = [page("ours", address, process, expected) for _ in range(3)]
    if peer:
        theirs = beside_opentaxii(peer, folder, expected)
        ratios = [max(o[n] for o in ours) / max(t[n] for t in theirs) for n in (0, 1)]
        print(
            f"ours: {ratios[0]:.1f} times as fast by its processor, {ratios[1]:.1f} by the clock (asked: 10)"
        )


def beside_opentaxii(peer: str, folder: Path, expected: int) -> list[tuple[float, float]]:
    """Load OpenTAXII with the same objects, and page through them."""
    database = folder / "theirs.db"
    done = subprocess.run(
        [peer, "bench/stix_peer.py", "opentaxii", str(folder / "unique.jsonl"), str(database)],
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout.splitlines()[-1])
    port = free_port()
    settings = folder / "opentaxii.yml"
    settings.write_text(
        f"""---
domain: "127.0.0.1:{port}"
support_basic_auth: no
auth_api:
  class: opentaxii.auth.sqldb.SQLDatabaseAPI
  parameters:
    db_connection: sqlite:///{folder}/auth.db
    create_tables: yes
    secret: bench
taxii1:
taxii2:
  title: bench
  description: bench
  contact: bench
  max_content_length: 1000000
  public_discovery: true
  persistence_api:
    class: opentaxii.persistence.sqldb.Taxii2SQLDatabaseAPI
    parameters:
      db_connection: sqlite:///{database}
      create_tables: yes
logging:
  opentaxii: error
  root: error
""",
        "utf-8",
    )
    command = [
        peer,
        "-m",
        "gunicorn",
        "opentaxii.http:app",
        "--bind",
        f"127.0.0.1:{port}",
        "--log-level",
        "error",
    ]
    with running(command, port, OPENTAXII_CONFIG=str(settings)) as process:
        address = f"http://127.0.0.1:{port}/taxii2/{told['root']}/collections/{told['collection']}/objects/"
        return [page("OpenTAXII", address, process, expected) for _ in range(2)]


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        port: int = tried.getsockname()[1]
        return port


def validate(count: int) -> None:
    """Ask the validator of OASIS about generated records; the generator is the tests' own."""
    from hypothesis import HealthCheck, given, settings

    from tests.unit.exchange.records import fold_claims, histories
    from tests.unit.exchange.test_exchange_stix import errors_of, write

    seen = {"records": 0, "objects": 0}

    @settings(max_examples=count, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(held=histories(20))
    def ask(held: Any) -> None:  # noqa: ANN401
        bundle, _ = write(fold_claims(*held))
        assert errors_of(bundle) == []
        seen["records"] += 1
        seen["objects"] += len(bundle["objects"])

    ask()
    print(f"{seen['records']:,} records, {seen['objects']:,} objects: the validator of OASIS finds no error")


def round_trip(count: int) -> None:
    """Let generated records go out, come in and go out again; the check is the tests' own."""
    from hypothesis import HealthCheck, given, settings

    from tests.unit.exchange.records import histories
    from tests.unit.exchange.test_exchange_stix_in import check_round_trip

    seen: Counter[str] = Counter()

    @settings(max_examples=count, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(held=histories(20))
    def go(held: Any) -> None:  # noqa: ANN401
        seen.update(check_round_trip(held))

    go()
    print(", ".join(f"{number:,} {what}" for what, number in sorted(seen.items())))


def read_large(folder: Path) -> None:
    """Read a bundle of some 100 MB back, and say what that takes."""
    path = folder / "large.json"
    number = 0
    with path.open("w", encoding="utf-8") as out:

        def many() -> Iterator[Incident]:
            nonlocal number
            while out.tell() < 100_000_000:
                yield make_incident(number)
                number += 1

        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        begun = time.process_time()
        list(write_stix(many(), out, Choice.ALL))
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(
            f"{number:,} records written in {time.process_time() - begun:.1f} s; "
            f"memory grew by {(after - before) / 1024:.0f} MB"
        )
    begun = time.process_time()
    with path.open("rb") as file:
        rows = sum(len(getattr(row, "claims", ())) > 0 for row in IMPORTERS["stix"].read(file))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    size = path.stat().st_size / 1e6
    print(
        f"{size:.0f} MB read back: {rows:,} records in {time.process_time() - begun:.1f} s, "
        f"at most {peak:.0f} MB of memory"
    )


def main() -> None:
    """Print the figures that were asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=2500, help="records; some 45 objects each")
    parser.add_argument("--peer", default="", help="a Python that has stix2, opentaxii and gunicorn")
    parser.add_argument("--only-files", action="store_true", help="without the servers")
    parser.add_argument("--validate", type=int, default=0, help="records before the validator of OASIS")
    parser.add_argument("--round-trip", type=int, default=0, help="records that go out and come in again")
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--serve", default="", help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, default=0, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        serve(given.serve, given.port)
        return
    if given.round_trip:
        round_trip(given.round_trip)
        return
    if given.validate:
        validate(given.validate)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if given.large:
            read_large(folder)
            return
        incidents = [make_incident(n) for n in range(min(given.count, 500))]
        ours = export(incidents, folder / "objects.jsonl")
        if given.peer:
            beside_stix2(given.peer, folder / "objects.jsonl", ours)
            beside_misp_stix(given.peer, folder, incidents[:100], ours)
        if given.only_files:
            return
        over_http(given.count, given.peer, folder)


if __name__ == "__main__":
    main()
