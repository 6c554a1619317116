"""How the victim's fields are read in texts of other registers that nothing was learned from.

    python bench/written.py [--misses]

Scores the third of the texts written for the project that is held back from the tables of victims and
countries (`incidex.evaluate.lessons`), by the file that they stand in. Prints F1, and in brackets how many
answers are right, wrong and missing; of a field with one answer the surest counts. Whatever is said of a text
without an incident is wrong.
"""

import sys
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from incidex.coding import code
from incidex.evaluate.lessons import is_held_back
from incidex.evaluate.matching import is_right
from incidex.evaluate.written import read_rows
from incidex.model import Document, Stance

FIELDS = ("victim.name", "victim.country", "data.records")


def read(text: str) -> dict[str, str]:
    """Return what the coders assert of a text, of each field the surest value."""
    surest: dict[str, tuple[float, str]] = {}
    for coded in code(Document(report="written", text=text)):
        for claim in coded.claims:
            if claim.stance is Stance.ASSERTS and claim.field in FIELDS:
                held = surest.get(claim.field, (0.0, ""))
                surest[claim.field] = max(held, (claim.confidence, claim.value), key=lambda each: each[0])
    return {field: value for field, (_, value) in surest.items()}


def find_wanted(row: Mapping[str, Any], field: str) -> list[str] | None:
    """Return the right answers, none for nothing, and `None` where the answer is left open."""
    if field in row.get("open", ()):
        return None
    found = row["gold"].get(field, [])
    return [str(each) for each in (found if isinstance(found, list) else [found])]


def main() -> None:
    counts: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0, 0]))
    for row in read_rows():
        if not is_held_back(row["id"]):
            continue
        said = read(row["text"])
        for field in FIELDS:
            wanted, got = find_wanted(row, field), said.get(field)
            if wanted is None:
                continue
            right = got is not None and any(is_right(field, got, want) for want in wanted)
            for kind in (row["id"].rpartition("-")[0], "all"):
                cell = counts[kind][field]
                cell[0] += right
                cell[1] += got is not None and not right
                cell[2] += bool(wanted) and not right
            if "--misses" in sys.argv and not right and (got or wanted):
                print(f"{row['id']} {field}: said {got}, wanted {wanted} | {row['text'][:90]!r}")
    print("| register | " + " | ".join(FIELDS) + " |\n|---|" + "---|" * len(FIELDS))
    for kind, cells in sorted(counts.items()):
        print(f"| {kind} | " + " | ".join(show(*cells[field]) for field in FIELDS) + " |")


def show(right: int, wrong: int, missed: int) -> str:
    return f"{2 * right / max(1, 2 * right + wrong + missed):.3f} ({right}/{wrong}/{missed})"


if __name__ == "__main__":
    main()
