"""Code the labelled corpora with `incidex code --jsonl` and print scores, speed and memory.

    python bench/coding.py [CORPUS …]

Needs `../shared`. Speed is text in, in MB of UTF-8, over processor time, the start of the process included.
"""

import gzip
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

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


def main() -> None:
    for name in sys.argv[1:] or CORPORA:
        gold = SHARED / "corpus" / f"{name}-text.jsonl.gz"
        with gzip.open(gold, "rt", encoding="utf-8") as file:
            rows = [json.loads(line) for line in file]
        lines = [json.dumps({"id": row["id"], "text": row["text"]}).encode() + b"\n" for row in rows]
        size = sum(len(row["text"].encode()) for row in rows) / 1e6
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "coded.jsonl"
            began = time.perf_counter()
            seconds, memory = code(lines, out)
            wall = time.perf_counter() - began
            print(
                f"== {name}: {len(rows):,} reports, {size:.2f} MB in {seconds:.1f} s of processor time "
                f"({wall:.1f} s by the clock): {size / seconds:.2f} MB/s on one core, peak {memory:.0f} MB",
                flush=True,
            )
            subprocess.run([sys.executable, SHARED / "eval" / "score.py", gold, out], check=True)


if __name__ == "__main__":
    main()
