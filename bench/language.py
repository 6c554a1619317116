"""Time the recognition of languages, and count the English reports that are taken for foreign.

    python bench/language.py

Needs the shared corpora, all of which are in English. Processor time; letter statistics in the same run.
"""

import gzip
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from resiliparse.parse.lang import detect_fast

from incidex.text import is_english, language_of

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"
TYPICAL = 600  # characters


def read_texts(name: str) -> list[str]:
    """Return the texts of a corpus."""
    with gzip.open(CORPUS / f"{name}-text.jsonl.gz") as file:
        return [json.loads(line)["text"] for line in file]


def microseconds(call: Callable[[str], object], texts: Sequence[str]) -> float:
    """Return the processor time that a call takes for one text."""
    began = time.process_time()
    for text in texts:
        call(text)
    return (time.process_time() - began) / len(texts) * 1e6


def by_statistics(text: str) -> bool:
    """Say what letter statistics alone make of a text: English, or not long enough to tell."""
    found, distance = detect_fast(text[:4000], cutoff=1000)
    return not distance or found in ("en", "unknown")


def main() -> None:
    corpora = {name: read_texts(name) for name in ("vcdb", "hhs", "hibp")}
    typical = [text[:TYPICAL] for text in corpora["vcdb"] if len(text) >= TYPICAL]
    for call in (language_of, by_statistics):
        best = min(microseconds(call, typical) for _ in range(5))
        print(f"{call.__name__}: {best:.1f} µs for {TYPICAL} characters ({len(typical):,} texts)")
    for name, texts in corpora.items():
        for judge in (is_english, by_statistics):
            foreign = sum(not judge(text) for text in texts)
            print(f"{name}: {judge.__name__} takes {foreign} of {len(texts):,} for foreign")


if __name__ == "__main__":
    main()
