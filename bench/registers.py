"""How the coders read what the corpora lack: event lists, vendor reports, articles of incidents and of none.

    python bench/registers.py gold/registers-a.jsonl [--misses]

Prints micro-F1 by register: of each field, of the type of actor (state, crime, activist), and of whether
a text tells of an incident; only the text is given. "a" was read while the coders were changed, "b" is
only scored. In brackets: right, said beside, missed.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from incidex.coding import code
from incidex.model import Document, Stance

FIELDS = ("action", "impact", "actor.role", "actor.motive", "actor.variety")
#: Printed in a second table where the rows answer them.
MORE = ("data.variety", "victim.industry", "victim.name", "victim.country")
#: Varieties of actors that many databases know by one word.
TYPES = {
    "State-affiliated": "state",
    "Nation-state": "state",
    "Organized crime": "crime",
    "Activist": "activist",
    "Unaffiliated": "hobbyist",
}
TYPE, INCIDENT = "actor type", "an incident"


def read(row: Mapping[str, Any]) -> dict[str, set[str]]:
    """Return what the coders assert of a row, by field."""
    said: dict[str, set[str]] = defaultdict(set)
    found = code(Document(report=row["id"], text=row["text"]))
    for claim in (claim for coded in found for claim in coded.claims):
        if claim.stance is Stance.ASSERTS:
            said[claim.field].add(claim.value[:2] if claim.field == "victim.industry" else claim.value)
    return {**said, **types(said.get("actor.variety", ())), INCIDENT: {"yes"} if found else set()}


def types(varieties: Iterable[str]) -> dict[str, set[str]]:
    return {TYPE: {TYPES[each] for each in varieties if each in TYPES}}


def wanted(row: Mapping[str, Any]) -> dict[str, set[str]]:
    gold = row["gold"]
    if gold.get("incidents") == []:
        return {INCIDENT: set()}
    is_open = set(row.get("open", ()))
    found = {field: set(gold.get(field, ())) for field in (*FIELDS, *MORE) if field in gold}
    if row.get("open") is not None:
        # Rows that say what they leave open answer all the rest, if only by silence.
        found |= {field: set() for field in FIELDS if field not in gold and field not in is_open}
    varieties = {} if "actor.variety" in is_open else types(gold.get("actor.variety", ()))
    return {**found, **varieties, INCIDENT: {"yes"}}


def main() -> None:
    names = [name for name in sys.argv[1:] if not name.startswith("--")]
    counts: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0, 0]))
    for row in (json.loads(line) for name in names for line in Path(name).read_text("utf-8").splitlines()):
        said = read(row)
        for field, want in wanted(row).items():
            got = said.get(field, set())
            for kind in (row.get("kind", "all"), "all"):
                cell = counts[kind][field]
                cell[0] += len(got & want)
                cell[1] += len(got - want)
                cell[2] += len(want - got)
            if "--misses" in sys.argv and got != want and field in (*FIELDS, INCIDENT):
                print(
                    f"{row['id']} {field}: said {sorted(got)}, wanted {sorted(want)} | {row['text'][:90]!r}"
                )
    print_table(counts, (*FIELDS, TYPE, INCIDENT))
    if any(field in counts["all"] for field in MORE):
        print_table(counts, MORE)


def print_table(counts: Mapping[str, Mapping[str, list[int]]], fields: Iterable[str]) -> None:
    fields = list(fields)
    print("| register | " + " | ".join(fields) + " |\n|---|" + "---|" * len(fields))
    for kind, cells in counts.items():
        print(f"| {kind} | " + " | ".join(show(*cells.get(field, (0, 0, 0))) for field in fields) + " |")


def show(right: int, beside: int, missed: int) -> str:
    """Return F1; of texts that tell of none, how many are told as one."""
    if not right + missed:
        return f"{beside} beside"
    return f"{2 * right / (2 * right + beside + missed):.3f} ({right}/{beside}/{missed})"


if __name__ == "__main__":
    main()
