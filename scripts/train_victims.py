"""Learn `coding/data/victim.tsv` from the training rows of the corpora and `gold/lessons/victims.jsonl`.

    python scripts/train_victims.py

Needs `../shared` and scikit-learn (the extra `train`). The same rows give the same file.
"""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from incidex.evaluate.split import part_of
from incidex.evaluate.victims import Lesson, train_victims

HOME = Path(__file__).parents[1]
CORPUS = HOME.parent / "shared" / "corpus"
TABLE = HOME / "src" / "incidex" / "coding" / "data" / "victim.tsv"
#: What a row of each corpus counts: the health notices are many and alike.
WEIGHTS = {"vcdb": 1.0, "hhs": 0.35, "hibp": 1.0}
#: Our own passages are few, and of the registers that the corpora lack.
OWN = 2.0
#: Reports on malware are long and name everyone but a victim.
THREAT_REPORT = 0.1
NOBODY = {"", "Unknown", None}


def read_lessons() -> Iterator[Lesson]:
    """Yield what there is to learn from: never a row for choosing thresholds or for the score."""
    for corpus, weight in WEIGHTS.items():
        path = CORPUS / f"{corpus}-text.jsonl.gz"
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for row in map(json.loads, file):
                victim = row["gold"].get("victim.name")
                if part_of(row) == "train" and victim not in NOBODY:
                    yield Lesson(row["text"], victim, weight)
    for row in _read_gold("lessons/victims"):
        yield Lesson(row["text"], next(iter(row["gold"]["victim.name"]), ""), OWN)
    for row in _read_gold("none-a"):
        yield Lesson(row["text"], "", OWN)
    with gzip.open(CORPUS / "tram-text.jsonl.gz", "rt", encoding="utf-8") as file:
        for row in map(json.loads, file):
            if part_of(row) == "train":
                yield Lesson(row["text"], "", THREAT_REPORT)


def _read_gold(name: str) -> Iterator[dict[str, Any]]:
    with (HOME / "gold" / f"{name}.jsonl").open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def main() -> None:
    weights = train_victims(read_lessons())
    heading = "# Learned by scripts/train_victims.py: what each feature of a name adds to the log odds.\n"
    rows = (f"{'|'.join(feature)}\t{weight}\n" for feature, weight in weights.items())
    TABLE.write_text(f"{heading}feature\tweight\n{''.join(rows)}", encoding="utf-8")
    print(f"{len(weights)} weights in {TABLE}")


if __name__ == "__main__":
    main()
