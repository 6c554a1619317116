"""What stands around a name: the words beside it, the line it stands in, and what is told of it.

Each feature is a short tuple of words, and has a weight in `data/victim.tsv` if it was learned.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from ahocorasick_rs import AhoCorasick

from incidex.codebook import get_vocabulary
from incidex.coding.capitals import Mention
from incidex.coding.kinds import words_for

#: What a weight is of: a kind of feature, and the words or the name that it is about.
Feature = tuple[str, ...]

#: Characters from a name to the word for an event that is said of it, at most.
_FAR, _NEAR = 110, 40
#: Parts of a text by the character at which they end.
_PARTS = ((40, "start"), (120, "first line"), (300, "first paragraph"), (800, "first page"))
#: Times that a writer says "we" or "our" from which the text is the writer's own.
_OWN = 2
#: Characters of a line that may be a heading or a signature, at most.
_LINE = 110

#: What a filing calls the one it is about: "Acme Foods, Inc. (the “Company”)".
_DEFINED = frozenset(
    {"company", "bank", "hospital", "firm", "corporation", "registrant", "university", "school"}
)
#: Where an article was written: "DES MOINES, Iowa — ", "KUALA LUMPUR: ", "SEOUL, Nov. 11 - ".
_DATELINE = re.compile(r"(?:, [A-Z0-9][\w. ]{1,24}){0,2}(?: \([^()\n]{2,25}\))?(?: ?[–—:]| -{1,2}) ")
#: What tells whose trade it is, behind a name: "Emergencias Rioplata, an Argentine ambulance dispatcher".
_TOLD = re.compile(r",? (?:\(?an?|the|one of the|which|who) ([^,.;:()]{3,60})")
#: How notices of health data begin to say who is who: "the covered entity (CE)", "a business associate (BA)".
_SIDES = frozenset({"covered", "business"})
#: Marks of quotation.
_OPENS, _CLOSES = "\"“‘«„'", "\"”’»“'"


@dataclass(frozen=True, slots=True)
class Scene:
    """A text as the features need it: where words for events begin, and whether it is the writer's own."""

    text: str
    events: Sequence[int]
    is_own: bool
    has_lines: bool


def set_scene(text: str) -> Scene:
    """Return what is asked of a text for every name in it."""
    lower = text.lower()
    events = [start for _, start, _ in _events().find_matches_as_indexes(lower)]
    is_own = lower.count(" we ") + lower.count(" our ") >= _OWN
    return Scene(text, events, is_own, "\n" in text)


@cache
def _events() -> AhoCorasick:
    return AhoCorasick(sorted(words_for("event")))


@cache
def trades() -> frozenset[str]:
    """Return nouns for organisations by what they do, as stand before a name: "the retailer"."""
    cues = (cue for term in get_vocabulary("industry").values() for cue in term.each("cues"))
    return words_for("role") | {cue.rpartition(" ")[2].lower() for cue in cues}


def find_part(start: int) -> str:
    """Return in which part of a text a place lies."""
    return next((name for end, name in _PARTS if start < end), "late")


def read_words(mention: Mention) -> list[Feature]:
    """Return what the two words on either side of a name say."""
    before, further = mention.before
    after, then = mention.after
    if before[-1] in '.!?:”"' and len(before) > 2:
        before = "."
    said: list[Feature] = [
        ("before", before),
        ("before", further, before),
        ("after", after),
        ("after", after, then),
    ]
    if after == "," and len(then) in {2, 3} and then[:2].isdigit():
        said.append(("kind", "aged"))
    if before in trades():
        said.append(("before", "a role"))
    elif before.strip(".,") in words_for("kind title"):
        said.append(("before", "a title"))
    if after == "(the" and then.strip("()“”\"',.") in _DEFINED:
        said.append(("defined as the party",))
    return said


def read_place(mention: Mention, scene: Scene) -> Iterator[Feature]:
    """Yield what the sentence and the line around one place of a name say."""
    text, events = scene.text, scene.events
    start, end = mention.start, mention.end
    at = bisect_left(events, start)
    if at and start - events[at - 1] < _NEAR and text.find(". ", events[at - 1], start) < 0:
        yield ("event before",)
    while at < len(events) and events[at] < end:
        at += 1
    if at < len(events) and events[at] - end < _FAR and text.find(". ", end, events[at]) < 0:
        yield ("event after",)
    if text[start - 1 : start] in _OPENS and text[end : end + 1] in _CLOSES and start:
        yield ("quoted",)
    told = _TOLD.match(text, end, end + 90)
    if told:
        words = told[1].lower().split()
        if any(word in trades() for word in words):
            yield ("told", "a role")
        if words[0] in _SIDES:
            yield ("told", words[0])
    yield from _read_line(start, end, scene)


def _read_line(start: int, end: int, scene: Scene) -> Iterator[Feature]:
    """Yield what the line that a name stands in is: a heading, a signature, where a report was written."""
    text = scene.text
    first = text.rfind("\n", 0, start) + 1
    opens = not text[first:start].strip(" -–—*•>#\"“'(/")
    if opens and _DATELINE.match(text, end, end + 60):
        yield ("line", "dateline")
    if not scene.has_lines:
        return
    last = text.find("\n", end)
    last = len(text) if last < 0 else last
    if last - first > _LINE:
        if opens:
            yield ("line", "opens")
        return
    closes = not text[end:last].strip(" .,:!\"”')")
    side = "late" if first > len(text) // 2 else "early"
    kind = "whole" if opens and closes else "opens short" if opens else "closes short" if closes else "short"
    yield ("line", kind, side)
