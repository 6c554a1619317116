"""What the tables by which victims and countries are chosen are learned from, and the tables themselves.

They are learned from rows of the labelled corpora, and from texts that were written for the project. Of these
a third, by the hash of its id, is never learned from: it shows what was learned.
"""

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

from incidex.coding.surroundings import Feature
from incidex.evaluate.choices import Lesson, train_countries, train_victims
from incidex.evaluate.split import part_of
from incidex.evaluate.techniques import TRAM
from incidex.evaluate.train_rows import HHS, VCDB, read_lines
from incidex.evaluate.written import read_rows

HIBP = "hibp-text.jsonl.gz"
#: The tables by the names of their files, without the ending.
VICTIM, COUNTRY = "victim", "country"
#: What a row of each corpus counts: the health notices are many and alike.
_CORPORA = {VCDB: 1.5, HHS: 0.6, HIBP: 1.0}
#: What a text of ours counts: they are few, and of registers that the corpora lack.
_OWN, _WRITTEN = 2.0, 0.5
#: Reports on malware are long and name everyone but a victim.
_THREAT_REPORT = 0.1
_NOBODY = {"", "Unknown", None}
#: Of so many written texts one is held back.
_HELD_BACK = 3


def make_tables(corpus: Path) -> Mapping[str, str]:
    """Return both tables, by name; the same rows give the same tables."""
    lessons = list(read_lessons(corpus))
    return {
        VICTIM: _to_table(VICTIM, train_victims(lessons)),
        COUNTRY: _to_table(COUNTRY, train_countries(lessons)),
    }


def read_lessons(corpus: Path) -> Iterator[Lesson]:
    """Yield what there is to learn from: never a row for choosing thresholds or for the score."""
    for name, weight in _CORPORA.items():
        for row in read_lines(corpus / name):
            if part_of(row) == "train":
                yield from _from_row(row, weight)
    for row in read_lines(corpus / TRAM):
        if part_of(row) == "train":
            yield Lesson(row["text"], (), weight=_THREAT_REPORT)
    for row in _read_own("victims.jsonl"):
        yield Lesson(row["text"], tuple(row["gold"]["victim.name"]), weight=_OWN)
    for row in read_rows():
        if not is_held_back(row["id"]):
            yield _from_written(row)


def is_held_back(name: str) -> bool:
    """Say whether a written text is never learned from."""
    return sha256(name.encode()).digest()[0] % _HELD_BACK == 0


def _from_row(row: Mapping[str, Any], weight: float) -> Iterator[Lesson]:
    """Yield what a corpus row teaches; one that is asked for a country and names nobody teaches no names."""
    victim, countries = row["gold"].get("victim.name"), tuple(row["gold"].get("victim.country", ()))
    if victim in _NOBODY and countries:
        yield Lesson(row["text"], (), countries, weight, frozenset({COUNTRY}))
    elif victim not in _NOBODY:
        yield Lesson(row["text"], (str(victim),), countries, weight)


def _from_written(row: Mapping[str, Any]) -> Lesson:
    gold = row["gold"]
    victims, countries = (tuple(gold.get(field, ())) for field in ("victim.name", "victim.country"))
    return Lesson(row["text"], victims, countries, _WRITTEN)


def _read_own(name: str) -> Iterator[dict[str, Any]]:
    text = files("incidex.evaluate").joinpath("data", name).read_text(encoding="utf-8")
    yield from map(json.loads, text.splitlines())


def _to_table(name: str, weights: Mapping[Feature, float]) -> str:
    heading = (
        f"# Learned by `incidex evaluate train`: what each feature of a {name} adds to the log odds. Owed\n"
        "# to VCDB (CC BY-SA 4.0), HHS (public domain), HIBP, TRAM (see `NOTICE`), and to texts of our own.\n"
    )
    rows = (f"{'|'.join(feature)}\t{weight}\n" for feature, weight in weights.items())
    return f"{heading}feature\tweight\n{''.join(rows)}"
