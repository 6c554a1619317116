"""Every part of VERIS 1.4.1, how an import keeps it, and how many records of VCDB have it.

    python bench/veris_parts.py [--shared ../shared] > docs/reference/veris-mapping.md

Writes the page of the reference. Parts are those of the official schema, and what else VCDB's records hold;
of the seven families of action and the three kinds of actor, parts that are kept alike stand in one row.
"""

import argparse
import gzip
import json
import re
from collections import Counter
from pathlib import Path

from incidex.exchange.veris_in import find_way, list_leaves
from incidex.exchange.veris_migrate import migrate

CORPUS = "corpus/vcdb-veris.jsonl.gz"

HEAD = """# VERIS, part by part

How to: [import records](../how-to/import-records.md). Each part of a VERIS 1.4.1 record, what an import makes
of it, and how many of VCDB's {records:,} records have it with anything but "Unknown" (`python
bench/veris_parts.py`, 2026-11-26). FAMILY is any of the seven of action, ROLE any of external, internal and
partner.

A part without a field stays in the row, which is kept byte for byte and printed by `incidex import row`;
`incidex import veris` says of each how many rows have it. What an export cannot hold of a record is in its
loss report instead: see [loss](loss.md).

| part | becomes | records of VCDB |
|---|---|---|"""

#: What a part says when nobody knows.
_SILENT = ("Unknown", "", None)

_FAMILY = re.compile(r"^action\.(?:malware|hacking|social|misuse|physical|error|environmental)\b")


def main() -> None:
    """Print the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", type=Path, default=Path(__file__).parents[2] / "shared")
    chosen = parser.parse_args()
    counts: Counter[str] = Counter()
    records = 0
    with gzip.open(chosen.shared / CORPUS) as file:
        for records, line in enumerate(file, start=1):  # noqa: B007
            record, _ = migrate(json.loads(line))
            counts.update(
                {fold(path) for path, value in list_leaves(record) if value not in ("Unknown", "", None)}
            )
    print(HEAD.format(records=records))
    for path in sorted({*(fold(path) for path in schema_paths()), *counts}):
        way = find_way(unfold(path))
        if counts[path] or not path.startswith("plus"):
            print(f"| `{path}` | {way or 'stays in the row'} | {counts[path]:,} |")


def schema_paths() -> list[str]:
    """Return the leaves of the official schema, with # for any place of a list."""
    table = Path(__file__).parents[1] / "src/incidex/exchange/data/veris-1.4.1.tsv"
    rows = [line.split("\t") for line in table.read_text("utf-8").splitlines()[1:]]
    return [row[0].replace("*", "#") for row in rows if row[0] and row[1] not in ("closed", "open", "list")]


def fold(path: str) -> str:
    """Return a path with one name for all families and roles."""
    path = re.sub(
        r"^action\.(?:malware|hacking|social|misuse|physical|error|environmental)\b", "action.FAMILY", path
    )
    return re.sub(r"^(actor|discovery_method)\.(?:external|internal|partner)\b", r"\1.ROLE", path)


def unfold(path: str) -> str:
    """Return one path that folds to this."""
    return path.replace("action.FAMILY", "action.hacking").replace(".ROLE", ".external")


if __name__ == "__main__":
    main()
