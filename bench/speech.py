"""Score speakers, stances and incidents on our own gold set, and time the reading of speech and stance.

    python bench/speech.py [--part a|b|all] [--misses] [--corpora]

Part a was looked at while building; part b was written before and only scored, so b is the figure to
believe. With `--corpora`, print also of how many corpus texts that may be learned from an incident is told
(nearly all are of one) and how many are cut into several (nearly none should be). Needs `../shared`.
"""

import argparse
import gzip
import json
from pathlib import Path
from typing import Any

from incidex.coding import code
from incidex.evaluate.incidents import score_incidents
from incidex.evaluate.passages import hear, to_report
from incidex.evaluate.split import part_of
from incidex.model import Document

GOLD = Path(__file__).parents[1] / "gold"
CORPUS = Path(__file__).parents[2] / "shared" / "corpus"


def rows(name: str, part: str) -> list[dict[str, Any]]:
    """Return the rows of one gold set."""
    parts = "ab" if part == "all" else part
    lines = [line for each in parts for line in (GOLD / f"{name}-{each}.jsonl").read_text().splitlines()]
    return [json.loads(line) for line in lines]


def show_speech(part: str, *, misses: bool) -> None:
    """Print how many speakers, stances and both are right."""
    heard = [(row, one) for row in rows("speech", part) for one in hear(row)]
    speaker = sum(one.is_speaker_right for _, one in heard)
    stance = sum(one.is_stance_right for _, one in heard)
    both = sum(one.is_speaker_right and one.is_stance_right for _, one in heard)
    count = len(heard)
    print(
        f"passages {count}: speaker {speaker / count:.3f}  stance {stance / count:.3f}  "
        f"both {both / count:.3f}"
    )
    for row, one in heard if misses else ():
        quote = row["text"][one.passage.span.start : one.passage.span.end]
        if not one.is_stance_right:
            print(f"  {row['id']} stance of {quote!r}: {one.stance}, not {one.passage.stance}")
        if not one.is_speaker_right:
            print(f"  {row['id']} speaker of {quote!r}: {one.speaker}, not {one.passage.speaker}")


def show_incidents(part: str, *, misses: bool) -> None:
    """Print how many reports have the incidents that they should."""
    for name in ("roundups", "none"):
        found = score_incidents(rows(name, part))
        print(name, dict(found))
        for row in rows(name, part) if misses else ():
            one = score_incidents([row])
            if one["counted"] and not one["leaked"] and one["placed"] == one["values"]:
                continue
            report, document = to_report(row)
            said = [
                {
                    claim.field: claim.value
                    for claim in coded.claims
                    if claim.field in ("victim.name", "data.records")
                }
                for coded in code(document, report=report)
            ]
            print(f"  {row['id']} {dict(one)}\n    {said}")
    told = [
        bool(code(document, report=report))
        for row in rows("speech", part)
        for report, document in [to_report(row)]
    ]
    print(f"speech texts that tell of an incident: {sum(told)} of {len(told)}")


def show_corpora() -> None:
    """Print how many texts of the corpora tell of an incident, and how many of several."""
    for name in ("vcdb", "hhs", "hibp", "tram"):
        with gzip.open(CORPUS / f"{name}-text.jsonl.gz", "rt", encoding="utf-8") as file:
            texts = [row["text"] for row in map(json.loads, file) if part_of(row) == "train"]
        told = [len(code(Document(report="rep-1", text=text))) for text in texts]
        several = sum(count > 1 for count in told)
        print(
            f"{name}: {sum(map(bool, told)) / len(told):.3f} of {len(told)} tell of one, {several} of several"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=("a", "b", "all"), default="all")
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--corpora", action="store_true")
    asked = parser.parse_args()
    show_speech(asked.part, misses=asked.misses)
    show_incidents(asked.part, misses=asked.misses)
    if asked.corpora:
        show_corpora()


if __name__ == "__main__":
    main()
