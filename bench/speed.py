"""Print how fast all coders read: MB of text a second on one core, two workers against one, memory.

    python bench/speed.py [--profile] [--megabytes 2]

Needs `../shared`. The texts of each corpus are coded again and again until there are a few megabytes, so
that the start of the program, printed apart, does not count; time is processor time, that of two workers is
by the clock and means little on a busy machine. "long" is VCDB's texts of 2,500 to 9,000 characters, "one"
all of VCDB as one text of 5 MB. `--profile` prints what each coder takes that reads one text after another;
what several ask for counts for the first that asks. The rest is what is made of their readings, and what it
costs that each text is read by all coders before the next one is.
"""

import argparse
import gzip
import json
import resource
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path

from incidex.app.batch import code_lines
from incidex.coding.base import Prepared
from incidex.coding.table import CODERS, scanner
from incidex.model import Document

SHARED = Path(__file__).parents[2] / "shared"
CORPORA = ("vcdb", "hhs", "hibp", "tram", "long")
MEGABYTES, LARGE = 2.0, 5_000_000
LONG = range(2_500, 9_000)


def read_texts(name: str) -> list[str]:
    if name == "long":
        return [text for text in read_texts("vcdb") if len(text) in LONG]
    with gzip.open(SHARED / "corpus" / f"{name}-text.jsonl.gz", "rt", encoding="utf-8") as file:
        return [json.loads(line)["text"] for line in file]


def take(texts: list[str], megabytes: float) -> list[str]:
    """Return enough texts, from the first on and around again."""
    size = sum(len(text.encode()) for text in texts) / 1e6
    return list(islice(cycle(texts), max(1, round(len(texts) * megabytes / size))))


def to_lines(texts: list[str]) -> list[bytes]:
    return [json.dumps({"id": number, "text": text}).encode() for number, text in enumerate(texts)]


def count_out(lines: list[bytes], workers: int) -> int:
    return sum(1 for _ in code_lines(iter(lines), workers=workers))


def clock(work: Callable[[], object], timer: Callable[[], float] = time.process_time) -> float:
    began = timer()
    work()
    return timer() - began


def profile(texts: list[str]) -> Iterator[tuple[str, float]]:
    """Yield what the parts that every text needs, and each coder, take: microseconds a kB."""
    lines = to_lines(texts)
    count_out(lines[:60], 1)  # what is read from files once counts for no coder
    prepared = [
        Prepared(Document(report=f"rep-{number}", text=text), scanner=scanner())
        for number, text in enumerate(texts)
    ]
    size = sum(len(text.encode()) for text in texts) / 1e3
    parts = {
        "sentences": clock(lambda: [one.sentences for one in prepared]),
        "words": clock(lambda: [one.find(scanner().lexicons[0]) for one in prepared]),
    }
    for name, read in CODERS.items():
        parts[name] = clock(lambda read=read: [list(one.once(read)) for one in prepared])  # type: ignore[misc]
    parts["the rest"] = clock(lambda: count_out(lines, 1)) - sum(parts.values())
    return ((part, seconds * 1e6 / size) for part, seconds in parts.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--megabytes", type=float, default=MEGABYTES)
    options = parser.parse_args()
    start = clock(lambda: count_out(to_lines(["A laptop was stolen from Acme."]), 1))
    print(f"loading the lexicons and models: {start * 1000:.0f} ms")
    for name in CORPORA:
        texts = take(read_texts(name), options.megabytes)
        size = sum(len(text.encode()) for text in texts) / 1e6
        if options.profile:
            for part, microseconds in sorted(profile(texts), key=lambda pair: -pair[1]):
                print(f"  {name:5} {part:20} {microseconds:7.1f} µs/kB")
            continue
        lines = to_lines(texts)
        seconds = clock(lambda lines=lines: count_out(lines, 1))  # type: ignore[misc]
        print(f"{name:5} {len(lines):6,} texts of {size:.2f} MB: {size / seconds:.2f} MB/s on one core")
    if options.profile:
        return
    large = " ".join(take(read_texts("vcdb"), 2 * LARGE / 1e6))[:LARGE]
    seconds = clock(lambda: count_out(to_lines([large]), 1))
    print(f"one text of {LARGE / 1e6:.0f} MB: {len(large.encode()) / 1e6 / seconds:.2f} MB/s")
    lines = to_lines(take(read_texts("vcdb"), 3 * options.megabytes))
    one, two = (clock(lambda n=n: count_out(lines, n), time.perf_counter) for n in (1, 2))  # type: ignore[misc]
    print(f"two workers: {one / two:.2f} times one, the start of the processes included")
    own, child = (
        resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    print(f"peak memory: {own:.0f} MB in this process, {child:.0f} MB in the largest worker")


if __name__ == "__main__":
    main()
