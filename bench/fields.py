"""How far the victim's fields can be trusted, and records with their evidence to judge by eye.

    python -m bench.fields [--part train|dev|test] [--show N]

Prints, for each corpus, how often claims of some confidence are right, and how often any reading of the text
is: what is named nowhere cannot be found. With `--show`, N coded rows with quotations and reasons, from the
training rows only. Needs `../shared`.
"""

import argparse
import random
from collections.abc import Iterator
from typing import Any

from bench.coding import CORPORA, read_rows
from incidex.coding import Prepared, code
from incidex.coding.counts import read_counts
from incidex.coding.victim import find_candidates
from incidex.evaluate.matching import is_right
from incidex.model import Claim, Document, Stance

FIELDS = ("victim.name", "victim.country", "data.records")
SHOWN = (*FIELDS, "victim.region", "victim.domain", "victim.size", "victim.secondary", "actor.country")
LEVELS = (0.4, 0.6, 0.8, 0.9)


def find_claims(row: dict[str, Any]) -> list[Claim]:
    """Return what the coders assert of a row."""
    coded = code(Document(report="row", text=row["text"]))
    return [claim for each in coded for claim in each.claims if claim.stance is Stance.ASSERTS]


def find_wanted(row: dict[str, Any], field: str) -> list[str]:
    """Return the right answers of a row, none where its gold is silent."""
    found = row["gold"].get(field) or []
    return [str(each) for each in (found if isinstance(found, list) else [found])]


def find_readings(row: dict[str, Any], field: str) -> Iterator[str]:
    """Yield every value that the text could give for a field."""
    prepared = Prepared(Document(report="row", text=row["text"]))
    if field == "victim.name":
        yield from (each.name for each in find_candidates(prepared))
    if field == "data.records":
        yield from (each.value for each in read_counts(prepared))


def measure(rows: list[dict[str, Any]], field: str) -> None:
    """Print one line: right of those answered by least confidence, and what could be reached at all."""
    asked = [(row, wanted) for row in rows if (wanted := find_wanted(row, field))]
    if not asked:
        return
    best: list[tuple[float, bool]] = []
    for row, wanted in asked:
        claims = [claim for claim in find_claims(row) if claim.field == field]
        if claims:
            top = max(claims, key=lambda claim: claim.confidence)
            best.append((top.confidence, any(is_right(field, top.value, each) for each in wanted)))
    cells = []
    for level in LEVELS:
        said = [right for confidence, right in best if confidence >= level]
        cells.append(f"{level}: {sum(said) / max(1, len(said)):.3f} of {len(said)}")
    held = sum(
        any(is_right(field, value, each) for value in find_readings(row, field) for each in wanted)
        for row, wanted in asked
    )
    reach = f"; any reading is right for {held / len(asked):.3f}" if field != "victim.country" else ""
    print(f"{field:15} asked {len(asked)}, right by least confidence {', '.join(cells)}{reach}", flush=True)


def show(rows: list[dict[str, Any]], number: int) -> None:
    """Print coded rows with their quotations, always the same ones."""
    for row in random.Random(77).sample(rows, number):
        print(f"\n## {row['id']} { ({field: row['gold'].get(field) for field in FIELDS}) }")
        print(row["text"][:400])
        for claim in find_claims(row):
            if claim.field in SHOWN and claim.evidence:
                said = f"{claim.field} = {claim.value} ({claim.confidence})"
                print(f"  {said} {claim.evidence.quote!r}: {claim.why}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--part", choices=("train", "dev", "test"), default="dev")
    parser.add_argument("--show", type=int, default=0, metavar="N")
    chosen = parser.parse_args()
    for corpus in CORPORA:
        print(f"== {corpus} ({'train' if chosen.show else chosen.part})")
        if chosen.show:
            show(read_rows(corpus, "train"), chosen.show)
            continue
        rows = read_rows(corpus, chosen.part)
        for field in FIELDS:
            measure(rows, field)


if __name__ == "__main__":
    main()
