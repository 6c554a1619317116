"""How much each field loses when the same words are written another way.

    python bench/robustness.py [--rows 200]

Takes development rows of VCDB, HHS and HIBP as they are and rewritten: in capitals, in small letters, with
slips of the keyboard, as people write whose first language has no articles, as a tweet, as a letter, as a
list, and with marks and spaces that look alike. Prints F1 by field; of fields with one answer, of the surest.
"""

import argparse
import gzip
import json
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

from incidex.coding import code
from incidex.evaluate.gold import parse_answers
from incidex.evaluate.matching import is_right
from incidex.evaluate.split import part_of
from incidex.model import Document, Stance

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"
NAMES = ("vcdb-text", "hhs-text", "hibp-text")
#: Fields of which one answer is asked: the surest counts.
ONE = ("victim.name", "victim.country", "victim.industry", "data.records", "date.occurred")
FIELDS = ("action", "impact", "actor.role", "actor.motive", "data.variety", "data.class", *ONE)


def slip(text: str) -> str:
    """Exchange, drop or double a letter in one long word of twelve."""
    random = Random(text)

    def wrong(match: re.Match[str]) -> str:
        word = match[0]
        if random.random() > 1 / 12:
            return word
        at = random.randrange(1, len(word) - 2)
        return random.choice(
            (
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
                word[:at] + word[at + 1 :],
                word[:at] + word[at] + word[at:],
            )
        )

    return re.sub(r"[A-Za-z]{5,}", wrong, text)


def foreign(text: str) -> str:
    """Drop articles, and use the present for the past, as many writers do."""
    text = re.sub(r"\b(?:the|a|an) ", "", text, flags=re.IGNORECASE)
    text = text.replace("was ", "is ").replace("were ", "are ").replace(" had been ", " have been ")
    return text.replace("information", "informations")


def tweet(text: str) -> str:
    """Keep the first 260 characters, with a mention, tags and a link."""
    first = text[:260].rsplit(" ", 1)[0]
    return f"BREAKING: {first} #infosec #databreach https://t.co/a1B2c3"


def letter(text: str) -> str:
    opening = "Dear Customer,\n\nWe are writing to you because of the following matter."
    return f"{opening}\n\n{text}\n\nSincerely,\n\nThe Team"


def bullets(text: str) -> str:
    return "\n".join(f"- {each}" for each in re.split(r"(?<=[.!?]) (?=[A-Z])", text))


def marks(text: str) -> str:
    """Use typographic marks, narrow spaces and soft hyphens."""
    return (
        text.replace("'", "\u2019").replace(" of ", " of\u00a0").replace('"', "\u201d").replace("-", "\u2011")
    )


WAYS: Mapping[str, Callable[[str], str]] = {
    "as it is": str,
    "CAPITALS": str.upper,
    "small": str.lower,
    "slips": slip,
    "foreign": foreign,
    "tweet": tweet,
    "letter": letter,
    "list": bullets,
    "marks": marks,
}


def read(rows: int) -> list[dict[str, Any]]:
    """Return so many development rows of each corpus."""
    found = []
    for name in NAMES:
        with gzip.open(CORPUS / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            own = [row for row in map(json.loads, lines) if part_of(row) == "dev"]
        found += own[:: max(1, len(own) // rows)][:rows]
    return found


def score(rows: Sequence[Mapping[str, Any]], rewrite: Callable[[str], str]) -> dict[str, float]:
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        surest: dict[str, dict[str, float]] = defaultdict(dict)
        for coded in code(Document(report="r", text=rewrite(row["text"]))):
            for claim in (each for each in coded.claims if each.stance is Stance.ASSERTS):
                held = surest[claim.field]
                held[claim.value] = max(held.get(claim.value, 0), claim.confidence)
        for field, wanted in parse_answers(row["gold"]):
            if field in FIELDS and (wanted or field not in ONE):
                held = surest[field]
                said = sorted(held, key=held.__getitem__, reverse=True)
                said = said[:1] if field in ONE else said
                right = sum(any(is_right(field, each, want) for want in wanted) for each in said)
                counts[field][0] += 2 * right
                counts[field][1] += len(said) + (1 if field in ONE else len(wanted))
    return {field: right / max(all_of, 1) for field, (right, all_of) in counts.items()}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=200)
    rows = read(parser.parse_args().rows)
    found = {way: score(rows, rewrite) for way, rewrite in WAYS.items()}
    print(f"{len(rows)} rows\n\n| field | " + " | ".join(WAYS) + " |\n|---|" + "---|" * len(WAYS))
    for field in FIELDS:
        print(f"| `{field}` | " + " | ".join(f"{each.get(field, 0):.3f}" for each in found.values()) + " |")


if __name__ == "__main__":
    main()
