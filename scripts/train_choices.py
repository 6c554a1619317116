"""Learn the tables by which a coder chooses, from the training rows of the corpora and `gold/lessons`.

    python scripts/train_choices.py

Needs `../shared` and scikit-learn (the extra `train`). The same rows give the same file.
"""

import gzip
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from incidex.coding.victim import Feature
from incidex.evaluate.choices import Lesson, train_countries, train_victims
from incidex.evaluate.split import part_of

HOME = Path(__file__).parents[1]
CORPUS = HOME.parent / "shared" / "corpus"
TABLES = HOME / "src" / "incidex" / "coding" / "data"
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
                countries = tuple(row["gold"].get("victim.country", ()))
                if part_of(row) == "train" and (victim not in NOBODY or countries):
                    yield Lesson(row["text"], "" if victim in NOBODY else victim, countries, weight)
    for row in _read_gold("lessons/victims"):
        yield Lesson(row["text"], next(iter(row["gold"]["victim.name"]), ""), weight=OWN)
    for row in _read_gold("none-a"):
        yield Lesson(row["text"], "", weight=OWN)
    with gzip.open(CORPUS / "tram-text.jsonl.gz", "rt", encoding="utf-8") as file:
        for row in map(json.loads, file):
            if part_of(row) == "train":
                yield Lesson(row["text"], "", weight=THREAT_REPORT)


def _read_gold(name: str) -> Iterator[dict[str, Any]]:
    with (HOME / "gold" / f"{name}.jsonl").open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _write(name: str, weights: Mapping[Feature, float]) -> None:
    heading = f"# Learned by scripts/train_choices.py: what each feature of a {name} adds to the log odds.\n"
    rows = (f"{'|'.join(feature)}\t{weight}\n" for feature, weight in weights.items())
    path = TABLES / f"{name}.tsv"
    path.write_text(f"{heading}feature\tweight\n{''.join(rows)}", encoding="utf-8")
    print(f"{len(weights)} weights in {path}")


def main() -> None:
    lessons = list(read_lessons())
    _write("victim", train_victims(each for each in lessons if each.victim or not each.countries))
    _write("country", train_countries(lessons))


if __name__ == "__main__":
    main()
