"""What the coder is trained on: rows of the labelled corpora, with the answers they give and leave open."""

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any, TextIO

from incidex.codebook import check_value
from incidex.coding import Prepared
from incidex.coding.linear_model import STORY
from incidex.coding.table import prepare
from incidex.evaluate.events import make_events, recall_event
from incidex.evaluate.split import Part, key_of, part_of
from incidex.evaluate.written import read_written
from incidex.model import CodebookError, Document, InputError

#: The corpora, by the names of their files.
VCDB, VERIS, HHS = "vcdb-text.jsonl.gz", "vcdb-veris.jsonl.gz", "hhs-text.jsonl.gz"

#: Fields of the text rows whose gold is whole: what it does not name is not so.
WHOLE = ("action", "actor.motive", "actor.role", "actor.variety", "impact", "data.variety")

#: All fields that are learned.
LEARNED = (
    *WHOLE,
    "action.variety",
    "action.vector",
    "asset.variety",
    "data.subject",
    "discovery.method",
    "victim.industry",
)
#: Texts without an incident are dealt into so many groups, as if they were of so many victims.
_QUIET_GROUPS = 12

#: One agency's monthly reports are a quarter of the rows, and say much the same: they count for less.
_BULK = "department of veterans affairs"
_BULK_WEIGHT = 0.3
_HHS_WEIGHT = 0.3
#: An event told in a sentence, of which its analyst knew more than the sentence says.
_SHORT_WEIGHT = 0.5
#: The opening of a text, which may not hold all that the whole does; and a text with others' background.
_LEAD_WEIGHT, _PADDED_WEIGHT = 0.25, 0.25
#: Made events: how many, how many of them as articles too, what each counts, and groups as if of one victim.
EVENTS, EVERY_ARTICLE, EVENT_WEIGHT, ARTICLE_WEIGHT, _EVENT_GROUPS = 2500, 3, 0.5, 0.3, 40
#: What a text written for the project counts: they are few, and each is of a kind that the corpora have not.
WRITTEN_WEIGHT = 1.5
#: Of the paragraphs of background, the share that recall another event.
_RECALLED = 0.35
#: Paragraphs of background put behind a text, at least and at most.
_PADDING = (2, 9)

#: What a type of breach at the health department says of `action`: what it is, and what it is not. Whatever
#: is in neither is left open: a "hacking" of theirs may have begun with phishing.
_HHS_ACTIONS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "Theft": (frozenset({"physical"}), frozenset({"hacking", "malware", "social", "error", "environmental"})),
    "Loss": (
        frozenset({"error"}),
        frozenset({"hacking", "malware", "social", "physical", "misuse", "environmental"}),
    ),
    "Improper Disposal": (
        frozenset({"error"}),
        frozenset({"hacking", "malware", "social", "physical", "misuse", "environmental"}),
    ),
    "Hacking/IT Incident": (
        frozenset({"hacking"}),
        frozenset({"physical", "environmental", "error", "misuse"}),
    ),
    "Unauthorized Access/Disclosure": (
        frozenset(),
        frozenset({"physical", "environmental", "malware", "hacking"}),
    ),
}

#: Values of the corpus's version of VERIS by the names that 1.4.1 has for them.
_RENAMED: Mapping[str, str] = {
    "Use of backdoor or C2": "Backdoor or C2",
    "Web drive-by": "Web application - drive-by",
    "Backdoor or C2": "Backdoor",
}

#: Data that was disclosed, or may have been: the rest of what VERIS knows of confidentiality is no harm.
_DISCLOSED = frozenset({"Yes", "Potentially"})

#: VERIS writes this where nothing is known; it is no answer.
SILENT = frozenset({"Unknown", "Other", "NA"})


@dataclass(frozen=True, slots=True)
class Example:
    """A text with what is so of it, and what is not.

    A field that is in `answers` is answered whole, unless it is in `open`: then only what is named there is
    known not to be so.
    """

    id: str
    key: str  # of the victim: rows of one victim are kept together
    part: Part
    prepared: Prepared
    answers: Mapping[str, frozenset[str]]
    excluded: Mapping[str, frozenset[str]]
    weight: float = 1.0
    is_copy: bool = False  # part of another example
    is_bulk: bool = False  # one of many alike
    is_written: bool = False  # by us, and no public row


def read_examples(folder: Path) -> Iterator[Example]:
    """Yield the rows of the corpora in `folder`, those that are held back left out, and texts of our own.

    Each also says whether its text tells of an incident.
    """
    for example in _read_examples(folder):
        nothing = not any(map(example.answers.get, LEARNED)) and example.answers.keys() >= set(LEARNED)
        story = frozenset() if nothing else frozenset({STORY.value})
        yield replace(example, answers={**example.answers, STORY.field: story})


def _read_examples(folder: Path) -> Iterator[Example]:
    veris = {str(row["incident_id"]): row for row in read_lines(folder / VERIS)}
    rows = list(read_lines(folder / VCDB))
    for row in rows:
        record = veris.pop(str(row["id"]).partition(":")[2], {})
        if part_of(row) != "test":
            example = _from_vcdb(row, record)
            yield example
            if example.part == "train" and not example.is_bulk:
                yield from _lead_of(example)
                yield _pad(example)
    for record in veris.values():
        yield from _from_veris(record)
    yield from _quiet()
    yield from _from_events(min(len(rows), EVENTS))
    yield from islice(_from_written(), len(rows))
    for row in read_lines(folder / HHS):
        if part_of(row) == "train" and row["gold"].get("breach.type") in _HHS_ACTIONS:
            yield _from_hhs(row)


def _lead_of(example: Example) -> Iterator[Example]:
    """Yield the opening of a longer text as a text of its own: events are often told in one sentence."""
    spans = example.prepared.sentences
    if len(spans) > 1:
        text = example.prepared.text[: spans[0].end]
        prepared = prepare(Document(report=example.id, text=text))
        yield replace(example, prepared=prepared, weight=_LEAD_WEIGHT, is_copy=True)


def _pad(example: Example, weight: float = _PADDED_WEIGHT) -> Example:
    """Return the example with paragraphs behind it that tell of nothing, or of others, as articles end."""
    random, lines = Random(f"pad {example.id}"), _quiet_lines()
    chosen = [
        recall_event(random) if random.random() < _RECALLED else random.choice(lines)
        for _ in range(random.randint(*_PADDING))
    ]
    prepared = prepare(Document(report=example.id, text="\n\n".join([example.prepared.text, *chosen])))
    return replace(example, prepared=prepared, weight=weight, is_copy=True)


def _from_events(count: int) -> Iterator[Example]:
    """Yield made events, told in a sentence or as vendors do, and some of them as articles."""
    for number, event in enumerate(make_events(count)):
        prepared = prepare(Document(report=f"event:{number}", text=event.text))
        key = f"event {number % _EVENT_GROUPS}"
        example = Example(
            f"event:{number}", key, "train", prepared, event.answers, {}, EVENT_WEIGHT, is_bulk=True
        )
        yield example
        if not number % EVERY_ARTICLE:
            yield _pad(example, ARTICLE_WEIGHT)


def _from_written() -> Iterator[Example]:
    """Yield the texts that were written and answered for the project."""
    for each in read_written(LEARNED):
        prepared = prepare(Document(report=each.id, text=each.text))
        yield Example(each.id, each.id, "train", prepared, each.answers, {}, WRITTEN_WEIGHT, is_written=True)


@cache
def _quiet_lines() -> Sequence[str]:
    text = files("incidex.evaluate").joinpath("data", "quiet.txt").read_text(encoding="utf-8")
    return tuple(text.splitlines())


def _quiet() -> Iterator[Example]:
    """Yield texts that tell of no incident: nothing that the model can say is so of them."""
    nothing: Mapping[str, frozenset[str]] = dict.fromkeys(LEARNED, frozenset())
    lines = _quiet_lines()
    for number, line in enumerate([*lines, *map(" ".join, zip(lines[::2], lines[1::2], strict=False))]):
        prepared = prepare(Document(report=f"quiet:{number}", text=line))
        yield Example(f"quiet:{number}", f"quiet {number % _QUIET_GROUPS}", "train", prepared, nothing, {})


def open_corpus(path: Path) -> TextIO:
    """Open a corpus file as text. Raises `InputError` where it is not there."""
    if not path.is_file():
        raise InputError(f"no corpus file {path}: name the folder that holds it with --corpus")
    return gzip.open(path, "rt", encoding="utf-8")


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a corpus file."""
    with open_corpus(path) as lines:
        for line in lines:
            yield json.loads(line)


def _from_vcdb(row: Mapping[str, Any], veris: Mapping[str, Any]) -> Example:
    gold = row["gold"]
    answers = {field: frozenset(gold[field]) for field in WHOLE if field in gold}
    if gold.get("victim.industry"):
        answers["victim.industry"] = frozenset({str(gold["victim.industry"])[:2]})
    answers |= dict(read_answers(veris))
    bulk = _BULK in str(gold.get("victim.name", "")).lower()
    return replace(_make(row, answers, {}, _BULK_WEIGHT if bulk else 1.0), is_bulk=bulk)


def _from_veris(record: Mapping[str, Any]) -> Iterator[Example]:
    """Yield a record whose summary is too short for the text rows: an event told in a sentence."""
    name = str(record.get("victim", {}).get("victim_id", ""))
    text = str(record.get("summary") or "").strip()
    row = {"id": f"vcdb:{record['incident_id']}", "text": text, "gold": {"victim.name": name}}
    if text and part_of(row) != "test":
        bulk = _BULK in name.lower()
        example = _make(row, dict(read_whole(record)), {}, _BULK_WEIGHT if bulk else _SHORT_WEIGHT)
        yield replace(example, is_bulk=bulk)


def read_whole(veris: Mapping[str, Any]) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield all that a record says of the learned fields, as the text rows' gold has it."""
    actors, attributes = veris.get("actor", {}), veris.get("attribute", {})
    exposed = attributes.get("confidentiality", {})
    harmed = {each for each in attributes if each != "confidentiality"}
    if exposed.get("data_disclosure") in _DISCLOSED:
        harmed.add("confidentiality")
    yield "action", frozenset(veris.get("action", {})) - {"unknown"}
    yield "actor.role", frozenset(actors) - {"unknown"}
    yield "actor.motive", _union(list(actors.values()), "motive") - SILENT - {"Secondary"}
    yield "actor.variety", _union([actors.get("external", {})], "variety") - SILENT
    yield "impact", frozenset(harmed) - {"unknown"}
    if exposed:
        yield "data.variety", frozenset(str(each.get("variety")) for each in exposed.get("data", ())) - SILENT
    industry = str(veris.get("victim", {}).get("industry", ""))[:2]
    if industry.strip("0"):
        yield "victim.industry", frozenset({industry})
    yield from read_answers(veris)


def read_answers(veris: Mapping[str, Any]) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield what a VERIS record says beside its text row's gold, in the codebook's spelling."""
    for field, values in read_veris(veris):
        known = frozenset(filter(None, (_canonical(field, value) for value in values - SILENT)))
        if known:
            yield field, known


@cache
def _canonical(field: str, value: str) -> str:
    """Return the codebook's spelling, or "" for what it has no more."""
    try:
        return check_value(field, value)
    except CodebookError:
        return ""


def _from_hhs(row: Mapping[str, Any]) -> Example:
    positive, negative = _HHS_ACTIONS[row["gold"]["breach.type"]]
    return _make(row, {"action": positive}, {"action": negative}, _HHS_WEIGHT)


def _make(
    row: Mapping[str, Any],
    answers: Mapping[str, frozenset[str]],
    excluded: Mapping[str, frozenset[str]],
    weight: float,
) -> Example:
    prepared = prepare(Document(report=str(row["id"]), text=str(row["text"])))
    return Example(str(row["id"]), key_of(row), part_of(row), prepared, answers, excluded, weight)


def read_veris(record: Mapping[str, Any]) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield what a VERIS record says of the fields that the text rows leave out."""
    actions = list(record.get("action", {}).values())
    yield "action.variety", _union(actions, "variety")
    yield "action.vector", _union(actions, "vector")
    assets = record.get("asset", {}).get("assets", [])
    varieties = frozenset(str(asset["variety"]) for asset in assets if asset.get("variety"))
    yield "asset.variety", frozenset(each for each in varieties if not each.endswith(("Unknown", "Other")))
    yield (
        "discovery.method",
        frozenset(
            f"{side.capitalize()} - {way}"
            for side, found in (record.get("discovery_method") or {}).items()
            if isinstance(found, dict)
            for way in found.get("variety", [])
            if way not in SILENT
        ),
    )
    confidentiality = record.get("attribute", {}).get("confidentiality", {})
    yield "data.subject", frozenset(confidentiality.get("data_victim") or [])


def _union(parts: list[Mapping[str, Any]], key: str) -> frozenset[str]:
    values = (str(value) for part in parts for value in part.get(key, []))
    return frozenset(_RENAMED.get(value, value) for value in values)
