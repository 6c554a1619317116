#!/usr/bin/env python3
"""Write the shape of VERIS 1.4.1 as our own table: which parts there are, what each needs, what it may hold.

    scripts/make_veris_shape.py ../shared/veris/verisc-merged.json

The names of parts and values are facts of VERIS (CC BY-SA 4.0, see NOTICE); its descriptions are left out.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

OUT = Path(__file__).parents[1] / "src/incidex/exchange/data/veris-1.4.1.tsv"
KINDS = {"string": "text", "integer": "whole", "number": "number", "boolean": "flag"}


def rows(path: str, node: Mapping[str, Any], seen: dict[str, str]) -> Iterator[tuple[str, ...]]:
    """Yield a row for the node, and for every node below it."""
    kind = node["type"]
    needed = " ".join(f"{name}".replace(" ", "_") for name in node.get("required", ()))
    if kind == "object":
        shape = "closed" if node.get("additionalProperties") is False else "open"
        yield (path, shape, needed, limits(node, "minProperties", ""), "")
        for name, part in node.get("properties", {}).items():
            yield from rows(f"{path}.{name}".lstrip("."), part, seen)
    elif kind == "array":
        unique = " unique" if node.get("uniqueItems") else ""
        yield (path, "list", "", limits(node, "minItems", "") + unique, "")
        yield from rows(f"{path}.*", node["items"], seen)
    else:
        values = "|".join(node.get("enum", ()))
        if values:
            same = seen.setdefault(values, path)
            yield (path, "choice", "", "", values if same == path else f"={same}")
        else:
            low, high = ("minimum", "maximum") if "minimum" in node else ("minLength", "maxLength")
            yield (path, KINDS[kind], "", limits(node, low, high), node.get("pattern", ""))


def limits(node: Mapping[str, Any], low: str, high: str) -> str:
    """Return "1..6", "1.." or nothing."""
    return f"{node[low]}..{node.get(high, '')}" if low in node else ""


def main() -> None:
    """Write the table."""
    schema = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    lines = [
        "\t".join(row) for row in (("path", "kind", "needed", "limits", "values"), *rows("", schema, {}))
    ]
    OUT.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
