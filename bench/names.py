"""Score names and techniques on threat reports (AnnoCTR, TRAM), and dates and data on HIBP.

    python bench/names.py [train|dev|test]

Needs `../shared/corpus`. The part is that of `incidex.evaluate.split`. AnnoCTR is scored by mention:
one is found when a reading of its field stands on some of its words, and a reading is right when it
stands on such a mention; its "train" reports were looked at while the coder was written, its "dev"
reports were not. TRAM is scored by report; T1574.002, which ATT&CK has given up, counts as T1574.001,
which took its place.
"""

import gzip
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from incidex.codebook import get_vocabulary
from incidex.coding import CODERS, Prepared, Reading
from incidex.coding.dates import read_dates
from incidex.coding.lexicon import make_plain
from incidex.coding.moments import MONTHS
from incidex.coding.table import LEAST, scanner
from incidex.coding.techniques import MOVED
from incidex.evaluate.split import part_of
from incidex.evaluate.threats import TAGS, Tagged, read_dev, read_train
from incidex.model import Document

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"
GOLD = Path(__file__).parents[1] / "gold" / "relative-dates.jsonl"


def main() -> None:
    part = sys.argv[1] if len(sys.argv) > 1 else "test"
    threats = {"AnnoCTR dev": list(read_dev(CORPUS)), "AnnoCTR train": list(read_train(CORPUS))}
    for name, reports in threats.items():
        print(f"== {name}: {len(reports)} reports, by mention")
        for field in sorted(set(TAGS.values())):
            print(f"{field:12} {by_mention(field, reports)}")
    rows = [row for row in read("tram-text") if part_of(row) == part]
    print(f"== TRAM {part}: {len(rows)} reports, by report\ntechnique    {by_report(rows)}")
    print(f"as described {by_report(rows, 'described')}")
    rows = [row for row in read("hibp-text") if part_of(row) == part]
    print(f"== HIBP {part}: {len(rows)} texts, the readers alone")
    print(f"data.class   {by_class(rows)}\ndate.occurred, month {by_month(rows)}")
    print(f"in the text  {in_the_text(rows)}")
    print(f"== our relative dates, to the day\nall four     {by_day()}")


def read(name: str) -> Iterator[dict[str, Any]]:
    with gzip.open(CORPUS / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def read_field(field: str, text: str) -> list[Reading]:
    prepared = Prepared(Document(report="bench", text=text), scanner=scanner())
    return [
        reading
        for coder in CODERS.values()
        for reading in coder(prepared)
        if reading.field == field and reading.stance != "denies" and reading.confidence >= LEAST
    ]


def by_mention(field: str, reports: Sequence[Tagged]) -> str:
    right = said = found = asked = 0
    for report in reports:
        spans = [mention.span for mention in report.mentions if mention.field == field]
        read = {reading.span for reading in read_field(field, report.text)}
        right += sum(any(one.overlaps(other) for other in spans) for one in read)
        found += sum(any(one.overlaps(other) for other in read) for one in spans)
        said, asked = said + len(read), asked + len(spans)
    return figures(right / said if said else 0.0, found / asked if asked else 0.0, asked)


def by_report(rows: Sequence[Mapping[str, Any]], why: str = "") -> str:
    """Score all readings, or those of a kind: the annotators left alone the tables of ids in reports."""
    pairs = []
    for row in rows:
        want = {MOVED.get(span[2], span[2]) for span in row["gold"]["technique.spans"]}
        read = read_field("technique", row["text"])
        pairs.append(({reading.value for reading in read if reading.why.startswith(why)}, want))
    return micro(pairs)


def by_class(rows: Sequence[Mapping[str, Any]]) -> str:
    return micro(
        [
            ({one.value for one in read_field("data.class", row["text"])}, set(row["gold"]["data.class"]))
            for row in rows
        ]
    )


def by_month(rows: Sequence[Mapping[str, Any]]) -> str:
    count: Counter[str] = Counter()
    for row in rows:
        dates = sorted(read_field("date.occurred", row["text"]), key=lambda reading: -reading.confidence)
        count["answered"] += bool(dates)
        count["right"] += bool(dates) and dates[0].value[:7] == row["gold"]["date.occurred"][:7]
    right, answered = count["right"], count["answered"]
    return f"right {right / len(rows):.3f}  of those answered {right / max(answered, 1):.3f}  of {len(rows)}"


def in_the_text(rows: Sequence[Mapping[str, Any]]) -> str:
    """Say what no reader of the text alone can pass: how many gold values stand in it in any words."""
    names = {
        term.id: [make_plain(name) for name in term.names] for term in get_vocabulary("data.class").values()
    }
    named = months = asked = 0
    for row in rows:
        text = make_plain(row["text"])
        for each in row["gold"]["data.class"]:
            asked += 1
            named += any(
                name in text or name.replace("numbers", "number") in text for name in names.get(each, ())
            )
        year, month, _ = row["gold"]["date.occurred"].split("-")
        months += re.search(rf"\b{MONTHS[int(month) - 1]}\b[^.]{{0,40}}\b{year}\b", text) is not None
    return (
        f"{named / asked:.3f} of the data classes by a name, {months / len(rows):.3f} of the months in full"
    )


def by_day() -> str:
    count: Counter[str] = Counter()
    for line in GOLD.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        prepared = Prepared(Document(report="bench", text=row["text"]), row["published"], scanner=scanner())
        read: dict[str, str] = {}
        for reading in sorted(read_dates(prepared), key=lambda reading: -reading.confidence):
            read.setdefault(reading.field, reading.value)
        for field, value in row["gold"].items():
            half = "written for tuning" if int(row["id"][-2:]) % 2 else "kept unseen"
            count[f"{half}, asked"] += 1
            count[f"{half}, right"] += read.get(field) == value
    return ", ".join(f"{name} {number}" for name, number in sorted(count.items()))


def micro(pairs: Sequence[tuple[set[str], set[str]]]) -> str:
    right = sum(len(have & want) for have, want in pairs)
    said, asked = sum(len(have) for have, _ in pairs), sum(len(want) for _, want in pairs)
    return figures(right / said if said else 0.0, right / asked if asked else 0.0, asked)


def figures(precision: float, recall: float, asked: int) -> str:
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return f"precision {precision:.3f}  recall {recall:.3f}  F1 {f1:.3f}  of {asked}"


if __name__ == "__main__":
    main()
