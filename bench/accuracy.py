"""The learned fields beside a tf-idf and logistic-regression baseline learned from the same rows.

    python bench/accuracy.py
    python bench/accuracy.py --encoder [--part dev]

Needs `../shared` and the extra `train`. Learns the baseline from the rows of VCDB that are "train", chooses
its one threshold a field on "dev", and prints one table of the rows held back ("test"), which none has seen.
With `--encoder` it is the default coders beside those with the encoder, on a part.
"""

import argparse
import gzip
import json
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from incidex.coding import CODERS, ENCODED, Coder, code
from incidex.evaluate.split import part_of
from incidex.evaluate.train_curves import calibration_error
from incidex.evaluate.train_rows import read_veris
from incidex.model import Claim, Document, Stance

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"
#: Fields, with the aim of the design where it has one.
SETS = {
    "action": 0.90,
    "impact": 0.94,
    "actor.role": 0.90,
    "actor.motive": 0.80,
    "data.variety": 0.85,
    "actor.variety": None,
    "action.variety": None,
    "action.vector": None,
    "asset.variety": None,
    "discovery.method": None,
    "data.subject": None,
}
INDUSTRY, INDUSTRY_AIM = "victim.industry", 0.75
SILENT = {"Unknown", "Other", "NA"}

Row = Mapping[str, Any]


def read_rows() -> list[dict[str, Any]]:
    """Return the rows of VCDB, with the answers that only the whole record gives."""
    veris = {row["incident_id"]: row for row in lines("vcdb-veris")}
    rows = []
    for row in lines("vcdb-text"):
        gold = {field: frozenset(row["gold"][field]) for field in SETS if field in row["gold"]}
        gold |= {f: v - SILENT for f, v in read_veris(veris[row["id"].partition(":")[2]]) if v - SILENT}
        if row["gold"].get(INDUSTRY):
            gold[INDUSTRY] = frozenset({str(row["gold"][INDUSTRY])[:2]})
        rows.append({"id": row["id"], "text": row["text"], "gold": gold, "part": part_of(row)})
    return rows


def lines(name: str) -> list[dict[str, Any]]:
    with gzip.open(CORPUS / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def f1(said: Sequence[set[str]], rows: Sequence[Row], field: str) -> float:
    pairs = [(got, row["gold"][field]) for got, row in zip(said, rows, strict=True) if field in row["gold"]]
    right = sum(len(got & want) for got, want in pairs)
    return 2 * right / max(sum(len(got) + len(want) for got, want in pairs), 1)


def accuracy(said: Sequence[set[str]], rows: Sequence[Row]) -> float:
    pairs = [
        (got, row["gold"][INDUSTRY]) for got, row in zip(said, rows, strict=True) if INDUSTRY in row["gold"]
    ]
    return sum(bool(got & want) for got, want in pairs) / len(pairs)


def learn_baseline(rows: Sequence[Row]) -> dict[str, list[set[str]]]:
    """Return what the baseline says of the rows held back, field by field."""
    parts = {part: [row for row in rows if row["part"] == part] for part in ("train", "dev", "test")}
    words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    features = {"train": words.fit_transform(row["text"] for row in parts["train"])}
    features |= {part: words.transform(row["text"] for row in parts[part]) for part in ("dev", "test")}
    said: dict[str, list[set[str]]] = {}
    for field in SETS:
        kept = [n for n, row in enumerate(parts["train"]) if field in row["gold"]]
        labels = sorted({v for n in kept for v in parts["train"][n]["gold"][field]})
        chances: dict[str, dict[str, Any]] = {"dev": {}, "test": {}}
        for label in labels:
            answers = [label in parts["train"][n]["gold"][field] for n in kept]
            if sum(answers) < 5 or all(answers):
                continue
            # Made for few rows of many words; the default did not come to an end here.
            fitted = LogisticRegression(C=10, solver="liblinear").fit(features["train"][kept], answers)
            for part, found in chances.items():
                found[label] = fitted.predict_proba(features[part])[:, 1]
        floors = np.arange(0.1, 0.7, 0.02)
        best = max(floors, key=lambda floor: f1(above(chances["dev"], floor), parts["dev"], field))
        said[field] = above(chances["test"], float(best))
    kept = [n for n, row in enumerate(parts["train"]) if INDUSTRY in row["gold"]]
    answers = [next(iter(parts["train"][n]["gold"][INDUSTRY])) for n in kept]
    fitted = LogisticRegression(C=10, max_iter=300).fit(features["train"][kept], answers)
    said[INDUSTRY] = [{str(label)} for label in fitted.predict(features["test"])]
    return said


def above(chances: Mapping[str, Any], floor: float) -> list[set[str]]:
    count = len(next(iter(chances.values())))
    return [{label for label, found in chances.items() if found[n] >= floor} for n in range(count)]


class Ours:
    """What the coders assert of some rows, and how sure they were where it can be checked."""

    def __init__(self, rows: Sequence[Row], coders: Mapping[str, Coder] = CODERS) -> None:
        self.said: dict[str, list[set[str]]] = defaultdict(lambda: [set() for _ in rows])
        self.sure: dict[str, list[tuple[float, bool]]] = defaultdict(list)
        began = time.process_time()
        for number, row in enumerate(rows):
            for coded in code(Document(report=row["id"], text=row["text"]), coders=coders):
                self._add(number, row, coded.claims)
        self.seconds = time.process_time() - began

    def score(self, rows: Sequence[Row], field: str) -> float:
        """Return the micro-F1 of a field; of the industry, the share right."""
        if field == INDUSTRY:
            return accuracy(self.said[field], rows)
        return f1(self.said[field], rows, field)

    def error(self, field: str) -> float:
        """Return the expected calibration error of a field."""
        pairs = self.sure[field]
        return calibration_error([sure for sure, _ in pairs], [so for _, so in pairs]) if pairs else 0.0

    def _add(self, number: int, row: Row, claims: Iterable[Claim]) -> None:
        asserted = [claim for claim in claims if claim.stance is Stance.ASSERTS]
        surest = max((claim.confidence for claim in asserted if claim.field == INDUSTRY), default=0)
        for claim in asserted:
            if claim.field == INDUSTRY and claim.confidence < surest:
                continue
            value = claim.value[:2] if claim.field == INDUSTRY else claim.value
            self.said[claim.field][number].add(value)
            if claim.field in row["gold"]:
                self.sure[claim.field].append((claim.confidence, value in row["gold"][claim.field]))


def main() -> None:
    rows = read_rows()
    test = [row for row in rows if row["part"] == "test"]
    ours = Ours(test)
    baseline = learn_baseline(rows)
    print(f"{len(test)} rows of VCDB held back; micro-F1, and the share right for {INDUSTRY}\n")
    print("| field | baseline | ours | aim | calibration error |\n|---|---|---|---|---|")
    for field, aim in {**SETS, INDUSTRY: INDUSTRY_AIM}.items():
        if field == INDUSTRY:
            scores = accuracy(baseline[field], test), accuracy(ours.said[field], test)
        else:
            scores = f1(baseline[field], test, field), f1(ours.said[field], test, field)
        print(f"| `{field}` | {scores[0]:.3f} | {scores[1]:.3f} | {aim or ''} | {ours.error(field):.3f} |")


def compare_encoder(part: str) -> None:
    rows = [row for row in read_rows() if row["part"] == part]
    default, encoded = Ours(rows), Ours(rows, ENCODED)
    print(f"{len(rows)} rows of VCDB ({part}); micro-F1, and the share right for {INDUSTRY}\n")
    print("| field | default | with the encoder | aim | calibration error |\n|---|---|---|---|---|")
    for field, aim in {**SETS, INDUSTRY: INDUSTRY_AIM}.items():
        scores = f"{default.score(rows, field):.3f} | {encoded.score(rows, field):.3f}"
        print(f"| `{field}` | {scores} | {aim or ''} | {encoded.error(field):.3f} |")
    seconds = " and ".join(f"{each.seconds / len(rows):.4f}" for each in (default, encoded))
    print(f"\n{seconds} s of processor time a text")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--encoder", action="store_true", help="compare the encoder with the default")
    parser.add_argument("--part", choices=("dev", "test"), default="test", help="for --encoder")
    chosen = parser.parse_args()
    if chosen.encoder:
        compare_encoder(chosen.part)
    else:
        main()
