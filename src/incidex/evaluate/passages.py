"""Gold passages: who says the words at a place, and whether they assert, deny, doubt or do not claim them.

A row is a gold row (`incidex.evaluate.gold`) whose `gold` holds `passages`: `{"field", "value", "start",
"end", "quote", "stance", "speaker"?, "role"?}`. Stance "none" is for advice, plans and conditions, which
have no speaker. A speaker is named as the text names it; one that the text only describes ("the prosecutor")
is written in lower case, and is right when its role is and no name is made up for it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from incidex.coding import Passages, listen
from incidex.model import Document, InputError, Report, Role, Source, Span, Speaker, Stance

_PLAIN = re.compile(r"[^a-z0-9 ]+")
_SMALL = re.compile(r"\b(?:the|a|an|its|their|inc|llc|ltd|plc|corp|of|and)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Words of a text, and what a careful reader makes of them."""

    field: str
    value: str
    span: Span
    stance: Stance | None  # `None`: nothing is claimed
    speaker: Speaker | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A gold passage, and what was made of it."""

    passage: Passage
    speaker: Speaker
    stance: Stance | None

    @property
    def is_stance_right(self) -> bool:
        """Say whether the stance is the one that was asked for."""
        return self.stance is self.passage.stance

    @property
    def is_speaker_right(self) -> bool:
        """Say whether it is the speaker that was asked for, in role and name; nobody's words are right."""
        want = self.passage.speaker
        return want is None or (
            want.role is self.speaker.role and is_same_speaker(self.speaker.name, want.name)
        )


def is_same_speaker(got: str, want: str) -> bool:
    """Say whether two names are of one speaker: a part of it, its capitals, or two mere descriptions."""
    if want[:1].islower():
        return got[:1].islower()
    left, right = _fold(got), _fold(want)
    if not left or not right:
        return False
    shorter, longer = sorted((f" {left} ", f" {right} "), key=len)
    capitals = {"".join(re.findall(r"[A-Z]", name)) for name in (got, want)}
    return shorter in longer or got in capitals or want in capitals


def _fold(name: str) -> str:
    return " ".join(_SMALL.sub(" ", _PLAIN.sub(" ", name.lower().replace("’s", ""))).split())


def parse_passages(row: Mapping[str, Any]) -> Iterator[Passage]:
    """Yield the gold passages of a row; raise `InputError` for one that its text does not hold."""
    for each in row["gold"].get("passages", ()):
        span = Span(each["start"], each["end"])
        if row["text"][span.start : span.end] != each["quote"]:
            raise InputError(
                f"{row['id']}: the text does not have {each['quote']!r} at {span.start}:{span.end}"
            )
        says = Speaker(each["speaker"], Role(each["role"])) if "speaker" in each else None
        stance = None if each["stance"] == "none" else Stance(each["stance"])
        yield Passage(field=each["field"], value=each["value"], span=span, stance=stance, speaker=says)


def to_report(row: Mapping[str, Any]) -> tuple[Report, Document]:
    """Return the report and document that a gold row stands for."""
    source = Source(name=row.get("source", "publisher"), role=Role(row.get("role", "press")))
    published = row.get("published", "")
    report = Report(sha256="0" * 64, source=source, published=published)
    return report, Document(report=report.id, text=row["text"], published=published)


def hear(row: Mapping[str, Any]) -> list[Heard]:
    """Return what the coders make of the gold passages of one row."""
    report, document = to_report(row)
    passages = listen(document, report=report)
    return [_hear(passages, each) for each in parse_passages(row)]


def _hear(passages: Passages, each: Passage) -> Heard:
    return Heard(
        passage=each,
        speaker=passages.speaker_at(each.span),
        stance=passages.stance_at(each.span, each.field),
    )
