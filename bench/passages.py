"""Time the reading of who says what and in which stance, apart from everything else that coding does.

    python bench/passages.py [CORPUS] [ROWS]

Needs `../shared`. Processor time per 600 characters of text: for speech (who speaks, all utterances), for
stance (one answer for each reading that the coders made), and for cutting up and deciding whether there is an
incident.
"""

import gzip
import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from incidex.coding import CODERS, Prepared
from incidex.coding.background import find_background
from incidex.coding.incidents import weigh_story
from incidex.coding.passages import read_passages
from incidex.coding.segments import split_report
from incidex.coding.table import scanner
from incidex.evaluate.split import part_of
from incidex.model import Document

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"


def read_rows(corpus: str) -> list[dict[str, Any]]:
    """Return the rows of a corpus that may be looked at."""
    with gzip.open(CORPUS / f"{corpus}-text.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    return [row for row in rows if part_of(row) == "train"]


def main() -> None:
    """Print microseconds per 600 characters."""
    corpus = sys.argv[1] if len(sys.argv) > 1 else "vcdb"
    rows = read_rows(corpus)[: int(sys.argv[2]) if len(sys.argv) > 2 else 400]
    total: Counter[str] = Counter()
    readings = 0
    for row in rows:
        prepared = Prepared(Document(report="rep-1", text=row["text"]), scanner=scanner())
        found = [reading for coder in CODERS.values() for reading in coder(prepared)]
        victim = next((reading.value for reading in found if reading.field == "victim.name"), "")
        readings += len(found)
        at = [time.process_time_ns()]
        passages = read_passages(prepared, victim)
        at.append(time.process_time_ns())
        for reading in found:
            passages.stance_at(reading.span, reading.field)
        at.append(time.process_time_ns())
        split_report(prepared)
        find_background(prepared)
        at.append(time.process_time_ns())
        weigh_story(prepared, ())
        at.append(time.process_time_ns())
        for name, begin, end in zip(
            ("speech", "stance", "cutting up", "is there one"), at, at[1:], strict=False
        ):
            total[name] += end - begin
    pages = sum(len(row["text"]) for row in rows) / 600
    print(f"{readings / pages:.1f} readings per 600 characters of {corpus}")
    for name, nanoseconds in total.items():
        print(f"{name:14} {nanoseconds / 1e3 / pages:7.1f} microseconds per 600 characters")


if __name__ == "__main__":
    main()
