"""Code the labelled corpora with `incidex code --jsonl` and print scores, speed and memory.

    python bench/coding.py [--part train|dev|test|all] [CORPUS …]

A part is one of `incidex.evaluate.split`: look at and learn from train, choose thresholds on dev, and score
the rows held back, test, only for a figure to be published. Needs `../shared`. Speed is text in, in MB of
UTF-8, over processor time, the start of the process included.
"""

import argparse
import gzip
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from incidex.evaluate.split import part_of

SHARED = Path(__file__).parents[2] / "shared"
CORPORA = ("vcdb", "hhs", "hibp")


def code(lines: list[bytes], out: Path) -> tuple[float, float]:
    """Code the lines into a file; return seconds of processor time and peak memory in MB."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryFile() as source, out.open("wb") as target:
        source.write(b"".join(lines))
        source.seek(0)
        command = [sys.executable, "-m", "incidex.app.cli", "code", "--jsonl"]
        subprocess.run(command, stdin=source, stdout=target, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, after.ru_maxrss / 1024


def read_rows(corpus: str, part: str) -> list[dict[str, Any]]:
    """Return the rows of a corpus that belong to a part, in the order of the file."""
    with gzip.open(SHARED / "corpus" / f"{corpus}-text.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    return [row for row in rows if part in ("all", part_of(row))]


def measure(corpus: str, part: str, folder: Path) -> None:
    """Code and score one corpus, and print what came of it."""
    rows = read_rows(corpus, part)
    gold, out = folder / f"{corpus}.jsonl.gz", folder / f"{corpus}-coded.jsonl"
    with gzip.open(gold, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    lines = [json.dumps({"id": row["id"], "text": row["text"]}).encode() + b"\n" for row in rows]
    size = sum(len(row["text"].encode()) for row in rows) / 1e6
    began = time.perf_counter()
    seconds, memory = code(lines, out)
    wall = time.perf_counter() - began
    print(
        f"== {corpus} ({part}): {len(rows):,} reports, {size:.2f} MB in {seconds:.1f} s of processor time "
        f"({wall:.1f} s by the clock): {size / seconds:.2f} MB/s on one core, peak {memory:.0f} MB",
        flush=True,
    )
    subprocess.run([sys.executable, SHARED / "eval" / "score.py", gold, out], check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("corpora", nargs="*", default=CORPORA, metavar="CORPUS", help=", ".join(CORPORA))
    parser.add_argument("--part", choices=("all", "train", "dev", "test"), default="all")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for corpus in chosen.corpora:
            measure(corpus, chosen.part, Path(folder))


if __name__ == "__main__":
    main()
