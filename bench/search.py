"""How fast a ranked first page with facets is over many incidents; how long the index takes, and its size.

    python bench/search.py                      # 1,000,000 synthetic incidents: ours, SQLite FTS5, PostgreSQL
    python bench/search.py --incidents 200000
    python bench/search.py --peers sqlite       # or postgres, both, none
    python bench/search.py --fuzz 10000         # hostile queries: the slowest, and what they raised
    python bench/search.py --keep FOLDER        # build there, or use what was built there before

The incidents are made with a fixed seed: words drawn by Zipf's law from 50,000, about 600 characters each,
values of nine fields, two reports. They are real `Incident` values and go through `make_entry` and
`make_document`, but straight to the index writer and not through a log. SQLite and PostgreSQL get the same
words and values in one table, with a full-text index of all words; they rank by bm25() and ts_rank(), and
count the facets over the rows that match. What PostgreSQL is told stands in `POSTGRES` and `SESSION`. An
answer that has not come after a minute is stopped and counts as a minute.
"""

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.search_peers import FIVE, MOST_SECONDS, Ask, Row, build_sqlite, note, postgres_asked, sqlite_asked
from incidex.codebook import get_vocabulary
from incidex.model import (
    Claim,
    Incident,
    InputError,
    NoEvidence,
    Report,
    Source,
    Speaker,
    Status,
    Tier,
    Value,
)
from incidex.search import FACETS, Order, Wish, answer, make_entry, parse
from incidex.search.index import IndexShelf, create_index, make_document, open_index

SEED = 20261125
WORDS = 50_000
LETTERS = "bcdfghklmnprstvz", "aeiou"

#: Queries by how many incidents they find; words are named by their rank, the first being the most frequent.
BROAD = ((3,), (10,), (20,), (40,), (90,))
PAIRS = ((30, 45), (12, 60))
SELECTIVE = ((4_000,), (9_000,), (20_000,), (300, 2_500), (800, 900))
ROUNDS = 12

AT = datetime(2026, 1, 1, tzinfo=UTC)
FIRST_DAY = date(2005, 1, 1)
STATUSES = (Status.REPORTED, Status.REPORTED, Status.CONFIRMED, Status.DISPUTED)
TEXT_WORDS = 125
CHUNK = 5_000


class Maker:
    """Makes incidents, the same ones each time."""

    def __init__(self) -> None:
        self._random = Random(SEED)
        self.words = self._make_words()
        weights = np.cumsum(1 / np.arange(1, WORDS + 1))
        self._shares = weights / weights[-1]
        self._sources = [Source(name=f"Source {number}") for number in range(200)]
        self._pools = {
            "victim.country": list(get_vocabulary("country")),
            "victim.industry": [each for each in get_vocabulary("industry") if len(each) == 2],
            "action": list(get_vocabulary("action")),
            "actor.motive": list(get_vocabulary("actor.motive")),
            "data.class": list(get_vocabulary("data.class")),
        }

    def _make_words(self) -> list[str]:
        made: dict[str, None] = {}
        while len(made) < WORDS:
            syllables = self._random.choices((1, 2, 3, 4), (1, 6, 6, 2))[0]
            made["".join(self._random.choice(part) for _ in range(syllables) for part in LETTERS)] = None
        return sorted(made, key=len)  # frequent words are short, as they are in any language

    def incidents(self, count: int) -> Iterator[Incident]:
        """Yield incidents."""
        chance = np.random.default_rng(SEED)
        for begin in range(0, count, CHUNK):
            drawn = np.searchsorted(self._shares, chance.random((CHUNK, TEXT_WORDS + 2)))
            for number, ranks in enumerate(drawn[: count - begin].tolist(), start=begin):
                yield self._incident(number, [self.words[rank] for rank in ranks])

    def _skewed(self, pool: list[str]) -> str:
        return pool[int(len(pool) * self._random.random() ** 3)]

    def _incident(self, number: int, words: list[str]) -> Incident:
        chance = self._random.random
        day = FIRST_DAY + timedelta(days=int(7_900 * chance() ** 0.5))
        said = {
            "summary": " ".join(words[2:]),
            "victim.name": f"{words[0].title()} {words[1].title()} {number}",
            "date.occurred": day.isoformat()[: (4, 7, 10, 10)[int(chance() * 4)]],
            "data.records": str(int(10 ** (chance() * 8))),
            **{field: self._skewed(pool) for field, pool in self._pools.items()},
        }
        title = " ".join(words[2:10])
        reports = tuple(
            Report(sha256=f"{number:063x}{place}", source=self._sources[int(200 * chance())], title=title)
            for place in (0, 1)
        )
        return Incident(
            id=f"inc-{number:032x}",
            tier=Tier.RED,
            version=1,
            opened_at=AT + timedelta(seconds=number),
            changed_at=AT,
            values={field: (self._value(field, value, reports[0]),) for field, value in said.items()},
            reports=reports,
        )

    def _value(self, field: str, value: str, report: Report) -> Value:
        claim = Claim(
            report=report.id,
            field=field,
            value=value,
            speaker=Speaker(report.source.name),
            coder="bench@1",
            no_evidence=NoEvidence.IMPORTED,
        )
        status = STATUSES[int(4 * self._random.random())]
        return Value(field=field, value=value, status=status, reasons=(), claims=(claim,))


def row_of(incident: Incident) -> Row:
    text = " ".join(
        [
            incident.best("summary"),
            incident.best("victim.name"),
            *(report.title for report in incident.reports),
        ]
    )
    held = [incident.best(f) for f in ("victim.country", "victim.industry", "action", "data.class")]
    return Row(incident.id, text, incident.best("date.occurred")[:4], *held)


class Timed(NamedTuple):
    """Seconds of each answer, by the clock and of this process's processor; a server's are not in these."""

    seconds: list[float]
    worked: list[float]
    found: list[int]

    def __str__(self) -> str:
        stopped = len(self.seconds) - len(self.found)
        return (
            f"p50 {_say(self.seconds, 0.5)}  p95 {_say(self.seconds, 0.95)}  processor p50 "
            f"{_say(self.worked, 0.5)}  p95 {_say(self.worked, 0.95)}  "
            f"({statistics.mean(self.found or [0]):,.0f} found on average"
            f"{f', {stopped} stopped' if stopped else ''})"
        )


def _say(seconds: list[float], share: float) -> str:
    return f"{sorted(seconds)[int(len(seconds) * share)] * 1000:9.2f} ms"


def measure(ask: Ask, queries: list[list[str]], rounds: int = ROUNDS) -> Timed:
    seconds, worked, found = [], [], []
    for query in queries:
        ask(query)  # once, so that every database has its pages in memory
    for _ in range(rounds):
        for query in queries:
            began, used = time.perf_counter(), time.process_time()
            count = ask(query)
            worked.append(time.process_time() - used)
            seconds.append(time.perf_counter() - began if count is not None else MOST_SECONDS)
            if count is not None:
                found.append(count)
    return Timed(seconds, worked, found)


def build_ours(count: int, folder: Path, table: Path) -> IndexShelf:
    """Make the index, and beside it the table that the other databases are filled from."""
    done = folder.with_suffix(".done")
    if done.exists():
        print(done.read_text(), end="")
        return IndexShelf(open_index(folder))
    folder.mkdir()
    index = create_index(folder)
    writer = index.writer(400_000_000, 1)
    began, used = time.perf_counter(), time.process_time()
    aside = 0.0
    with table.open("w") as file:
        for incident in Maker().incidents(count):
            before = time.process_time()
            entry = make_entry(incident)
            writer.add_document(make_document(entry))
            aside += time.process_time() - before
            file.write("\t".join(row_of(incident)) + "\n")
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    size = sum(each.stat().st_size for each in folder.iterdir())
    note(
        done,
        f"incidex        {count:,} incidents in {time.perf_counter() - began:.0f} s, "
        f"{size / 1e6:,.0f} MB on disk; "
        f"{time.process_time() - used:.0f} s of processor with making the incidents, "
        f"{aside:.0f} s in entries and documents and in what the writer did meanwhile",
    )
    return IndexShelf(index)


def ours(shelf: IndexShelf, names: tuple[str, ...], order: Order) -> Ask:
    def ask(words: list[str]) -> int:
        query = parse(" ".join(words))
        return answer(shelf, query, Wish(order=order, limit=20), names=names).count

    return ask


HOSTILE = (
    *(
        "victim.country:",
        "date:2017-13..",
        '"',
        "“",
        "((((",
        "OR OR",
        "-",
        "--",
        "NOT",
        "a*b",
        "*",
        "~",
        "ba*",
    ),
    *("data.records:>", "<script>", "' OR 1=1; DROP TABLE incident", "\x00", "\ud800", "é" * 50, "ma~"),
    *(
        "date:1..9999",
        "date:>0001",
        "has:",
        "id:inc-*",
        "technique:T*",
        "action:(malware OR",
        "x:y",
        "..",
    ),
    "data.records:1..9999999",
)


def fuzz(shelf: IndexShelf, words: list[str], count: int) -> None:
    chance = Random(SEED)
    slowest: tuple[float, str] = (0.0, "")
    refused = 0
    seconds: list[float] = []
    for _ in range(count):
        parts = [
            chance.choice(HOSTILE) if chance.random() < 0.5 else words[int(WORDS * chance.random() ** 6)]
            for _ in range(chance.choice((1, 2, 3, 5, 8, 40)))
        ]
        text = "".join(part + chance.choice((" ", "", " OR ", " -")) for part in parts)
        if chance.random() < 0.02:
            text = (text * (10_000 // len(text) + 1))[:10_000]
        began = time.process_time()
        try:
            answer(shelf, parse(text), Wish(limit=20))
        except InputError:
            refused += 1
        seconds.append(time.process_time() - began)
        slowest = max(slowest, (seconds[-1], text))
    over = sum(each > 0.2 for each in seconds)
    print(
        f"{count:,} hostile queries: {refused:,} refused in a sentence, nothing else raised; "
        f"{over} over 200 ms of processor; slowest {slowest[0] * 1000:.0f} ms: {slowest[1][:160]!r}"
    )


def main() -> None:
    options = parse_options()
    place = options.keep or Path(tempfile.mkdtemp(prefix="incidex-bench-"))
    place.mkdir(parents=True, exist_ok=True)
    place.chmod(0o755)  # the server runs as another user
    try:
        compare(options.incidents, options.peers, options.fuzz, place)
    finally:
        if not options.keep:
            shutil.rmtree(place, ignore_errors=True)


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--incidents", type=int, default=1_000_000)
    parser.add_argument("--peers", choices=("both", "sqlite", "postgres", "none"), default="both")
    parser.add_argument("--fuzz", type=int, default=10_000)
    parser.add_argument("--keep", type=Path)
    return parser.parse_args()


def compare(count: int, peers: str, fuzzed: int, place: Path) -> None:
    words = Maker().words
    queries = {
        name: [[words[rank] for rank in ranks] for ranks in chosen]
        for name, chosen in (("broad", BROAD), ("two broad", PAIRS), ("selective", SELECTIVE))
    }
    table = place / "table.tsv"
    shelf = build_ours(count, place / "index", table)
    told("incidex, five facets", ours(shelf, FIVE, Order.RELEVANCE), queries)
    told("incidex, all nine facets", ours(shelf, tuple(FACETS), Order.RELEVANCE), queries)
    told("incidex, no facets", ours(shelf, (), Order.RELEVANCE), queries)
    told("incidex, by date", ours(shelf, FIVE, Order.NEW), queries)
    if peers in ("both", "sqlite"):
        database = build_sqlite(table, place / "words.db")
        told("SQLite FTS5, five facets", sqlite_asked(database, FIVE), queries, rounds=2)
        database.close()
    if peers in ("both", "postgres"):
        with postgres_asked(table, place) as ways:
            for name, ask in ways.items():
                told(name, ask, queries, rounds=2)
    if fuzzed:
        fuzz(shelf, words, fuzzed)


def told(name: str, ask: Ask, queries: Mapping[str, list[list[str]]], rounds: int = ROUNDS) -> None:
    for kind, chosen in queries.items():
        print(f"{name:32} {kind:10} {measure(ask, chosen, rounds)}", flush=True)


if __name__ == "__main__":
    main()
