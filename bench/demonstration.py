"""Compare the coders with the careful coder's answers in the demonstration's manifest, field by field.

    python bench/demonstration.py [--misses]

Every report of an incident is coded by itself; an answer counts when some report's claims assert it.
"""

import sys
from collections import defaultdict

from incidex.app.demonstration import REPORTS
from incidex.app.incoming import read_manifest
from incidex.app.pipeline import read_incoming
from incidex.coding import code
from incidex.model import Stance
from incidex.text import ReaderProcess


def main() -> None:
    expected: dict[str, dict[str, list[str]]] = {}
    said: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    with ReaderProcess() as reader:
        for one in read_manifest(REPORTS):
            incident = one.group
            expected[incident] = {field: list(values) for field, values in one.expected.items()}
            report, document, _ = read_incoming(one, reader)
            for coded in code(document, report=report):
                for claim in coded.claims:
                    if claim.stance is Stance.ASSERTS:
                        said[incident][claim.field].add(claim.value)
    cells: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for incident, fields in expected.items():
        for field, values in fields.items():
            want, have = {str(value) for value in values}, said[incident][field]
            for cell, found in enumerate((want & have, have - want, want - have)):
                cells[field][cell] += len(found)
            if "--misses" in sys.argv and want != have:
                print(f"{field}: missed {sorted(want - have)}, beside {sorted(have - want)}")
    print(f"{'field':20} right  wrong  missed")
    for field, (right, wrong, missed) in sorted(cells.items()):
        print(f"{field:20} {right:5}  {wrong:5}  {missed:6}")


if __name__ == "__main__":
    main()
