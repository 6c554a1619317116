"""Threat reports in which people have tagged names: AnnoCTR, as texts with the places of what was tagged."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from incidex.evaluate.train_rows import open_corpus, read_lines
from incidex.model import Span

#: AnnoCTR's tags, by our field. Its annotators tagged generic words such as "ransomware" as techniques.
TAGS = {"GROUP": "actor.name", "MALWARE": "malware", "TOOL": "tool"}
_NO_SPACE_BEFORE = frozenset(",.)]:;!?%") | {"'s", "’s"}


class Mention(NamedTuple):
    """A tagged name."""

    field: str
    span: Span


class Tagged(NamedTuple):
    """A report with what was tagged in it."""

    text: str
    mentions: Sequence[Mention]


def read_dev(corpus: Path) -> Iterator[Tagged]:
    """Yield the reports that come as sentences with tokens, joined by line ends."""
    reports: dict[str, list[dict[str, Any]]] = {}
    for row in read_lines(corpus / "annoctr-dev.jsonl.gz"):
        reports.setdefault(row["id"].rpartition("__s")[0], []).append(row)
    for sentences in reports.values():
        text, mentions = "", list[Mention]()
        for sentence in sentences:
            places, at = [], 0
            for token in sentence["tokens"]:
                at = max(at, sentence["text"].find(token, at))
                places.append(Span(len(text) + at, len(text) + at + len(token)))
                at += len(token)
            mentions += _tagged(sentence["ce_tags"], places)
            text += sentence["text"] + "\n"
        yield Tagged(text, mentions)


def read_train(corpus: Path) -> Iterator[Tagged]:
    """Yield the reports that come as a token a line; spaces are put back where prose has them."""
    with open_corpus(corpus / "annoctr-train.bio.gz") as file:
        for report in file.read().split("<DOCSTART>")[1:]:
            text, mentions = "", list[Mention]()
            for sentence in report.split("\n\n"):
                rows = [line.split("\t") for line in sentence.strip("\n").split("\n")]
                rows = [row for row in rows if len(row) > 4 and row[0]]
                places = []
                for row in rows:
                    if text[-1:] not in {"", "\n", "(", "[", "“"} and row[0] not in _NO_SPACE_BEFORE:
                        text += " "
                    places.append(Span(len(text), len(text) + len(row[0])))
                    text += row[0]
                mentions += _tagged([row[4] for row in rows], places)
                text += "\n"
            yield Tagged(text, mentions)


def _tagged(tags: Sequence[str], places: Sequence[Span]) -> Iterator[Mention]:
    """Yield the mentions that tags of the form "B-GROUP", "I-GROUP", "O" mark."""
    start = 0
    for number, tag in enumerate(tags):
        following = tags[number + 1] if number + 1 < len(tags) else "O"
        if tag.startswith("B-"):
            start = number
        if tag != "O" and not following.startswith("I-") and tag[2:] in TAGS:
            yield Mention(TAGS[tag[2:]], Span(places[start].start, places[number].end))
