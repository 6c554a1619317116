"""A report of several incidents, cut into the passages of each: digests, lists, "Separately, …"."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, pairwise

from incidex.coding.base import Prepared
from incidex.coding.incidents import cue_places, weigh_craft
from incidex.coding.parties import AUTHORITY_NAME
from incidex.coding.phrases import NAME, actor_names, clean, is_name
from incidex.coding.subjects import kinds
from incidex.coding.victim import read_victims
from incidex.model import Document, Span

#: Words that turn to another matter, at the start of a sentence.
_TURN = re.compile(
    r"(?:And |But )?(?:Separately|Meanwhile|Elsewhere|In (?:another|a (?:separate|second|third|further|"
    r"different|related|similar)|an unrelated|other) (?:incident|case|breach|attack|news|development|hack)s?|"
    r"In other news|Another (?:victim|company|firm|breach|hospital|school|bank))\b,?\s"
)
#: The same at the start of a paragraph, where weaker words do.
_TURN_OF_PARAGRAPH = re.compile(rf"(?:{_TURN.pattern}|(?:Finally|Also|And|Lastly|Then)\b,?\s)")
_TRADES = frozenset(
    {"Retailer", "Airline", "Insurer", "Broadcaster", "Bookmaker", "Broker", "Charity", "Casino", "Hospital"}
)
_TURNS = ("Separately", "Meanwhile", "Elsewhere", "In another", "In a s", "In a", "In other", "Another ")
_BULLET = re.compile(r"(?:[•●▪◦‣·*+\-–—]|\(?\d{1,3}[.)]|#{1,6})\s{1,4}")
#: The head of an item: "Acme Foods:", "Acme Foods (Ohio) -", "Acme Foods. ".
_HEAD = re.compile(
    rf"(?:Case [\w/\-]{{1,12}}[:.]\s)?({NAME})(?:\s\([^()\n]{{1,40}}\))?(?:[:.]\s|\s[-–—]\s|[:.]?\n)"
)
_INLINE_HEAD = re.compile(rf"({NAME})(?:\s\([^()\n]{{1,40}}\))?:\s")
_NAMES = re.compile(rf"(?<![\w’'])(?:(?i:the|a|an)\s)?(?:[a-z][\w\-]{{1,20}}\s){{0,3}}?({NAME})")
#: What only speaks or is a place of speech: "Sophos said" names no victim.
_SAYS = re.compile(
    r"\s(?:says?|said|warns?|warned|told|thinks?|estimates?|writes?|wrote|tracks?|"
    r"calls?)\b(?!\s(?:on \w+day\s)?(?:it|hackers|a|an|the (?:theft|breach|attack|data)|its|\d))"
)
#: What stands before a list of one incident's victims, not of several incidents.
_ONE_EVENT = re.compile(
    r"\b(?:customers|clients|affected|victims of|users of|subsidiaries|branches|come forward|"
    r"include[sd]?)\b[^.\n]{0,60}:\s*\Z",
    re.IGNORECASE,
)
#: What heads a list of incidents, whose items then need no verb of their own.
_LIST_OF = re.compile(
    r"\b(?:victims|incidents|breaches|attacks|hacks|leaks|cases|round-?up|leak site|in brief|notices|"
    r"reported to this office)\b",
    re.IGNORECASE,
)
#: A victim read in a paragraph less surely than this does not make it an incident of its own.
_SURE = 0.847
#: Labels of passages name nobody.
_LABEL_WORDS = """
details quote source sources correction followup follow-up updated update summary technique techniques
advisory breaches incidents attacks news brief briefs headlines enforcement
note notes background impact timeline response statement contact indicators recommendations references
conclusion overview introduction analysis detection mitigation newspapers date location victim actor status
type incident breach what when where who why how question answer q a faq subject from to re by tip case
website target searchable intruder comment reply
"""
_LABELS = frozenset(_LABEL_WORDS.split())
#: "Gas distributor Metanoil": a trade before the name.
_TRADE = re.compile(rf"[A-Z][\w’']{{1,20}}(?:[ \-][a-z][\w\-]{{1,20}}){{1,3}}\s(?=({NAME}))")
_SERIAL = re.compile(r"\b[A-Z]{1,5}-[0-9]")
#: A text longer than this that does not call itself a digest is one long story, or a study with chapters.
_LONGEST = 4_000
_DIGEST = re.compile(
    r"\b(?:round-?up|digest|this (?:week|month)|in brief|weekly|monthly|newsletter|briefing|short notices|"
    r"new victims|breaches|incidents (?:reported|you))\b",
    re.IGNORECASE,
)
#: And so is a text in which the words of malware and of flaws stand as thick as this.
_CRAFTY = -1.0
#: "Acme: 300 residents." within a paragraph is an item only beside others of its kind.
_FEWEST_INLINE = 2
#: More passages than this are a table or an attack on the reader; the rest goes with the last.
_MOST = 60


@dataclass(frozen=True, slots=True)
class Segment:
    """The passage of one incident, and the name that it is about, where that stands."""

    span: Span
    victim: str
    at: Span


@dataclass(slots=True)
class _Unit:
    start: int
    end: int
    kind: str  # "item", "inline", "heading", "turn" or "paragraph"
    name: str = ""
    at: Span | None = None


def split_report(prepared: Prepared) -> tuple[Segment, ...]:
    """Return the passages of a report of several incidents, in order; none for any other report.

    A passage is an item of a list, what stands under a heading, a paragraph, or what follows "Separately";
    and it is another incident when it has a victim of its own that no other passage names.
    """
    text = prepared.text
    if not _may_be_several(text) or (len(text) > _LONGEST and not _DIGEST.search(text, 0, 300)):
        return ()
    units = list(islice(_units(prepared), _MOST))
    if len(units) < 2 or weigh_craft(prepared) <= _CRAFTY:
        return ()
    cues = cue_places(prepared)
    is_list = bool(_LIST_OF.search(text, 0, 200))
    own = [unit for unit in units if _is_own(unit, prepared, cues, is_list=is_list)]
    if own and own[0] is not units[0]:
        own = [*_opening(units, own[0], cues), *own]
    publisher = prepared.report.source.name if prepared.report else ""
    own = [unit for unit in own if unit.name not in publisher]
    if sum(unit.kind == "inline" for unit in own) < _FEWEST_INLINE:
        own = [unit for unit in own if unit.kind != "inline"]
    own = [unit for unit in own if not _is_told_elsewhere(unit, own, text)]
    if len(own) < 2 or _is_list_of_one(text, own):
        return ()
    return tuple(_segments(units, own))


def _may_be_several(text: str) -> bool:
    return (
        "\n" in text or text.count(" | ") > 1 or text.count(": ") > 1 or any(turn in text for turn in _TURNS)
    )


def _units(prepared: Prepared) -> Iterator[_Unit]:
    """Yield the stretches that may each be about something else."""
    text = prepared.text
    for (start, kind), (end, _) in pairwise(chain(_starts(prepared), [(len(text), "")])):
        unit = _Unit(start, end, kind)
        _name(unit, text)
        yield unit


def _starts(prepared: Prepared) -> Iterator[tuple[int, str]]:
    """Yield where a stretch begins and what makes it one. What stands under a name's heading goes with it."""
    text = prepared.text
    end = 0
    is_named = False  # the line before is a heading that names somebody
    for number, sentence in enumerate(prepared.sentences):
        gap = text[end : sentence.start] if number else "\n\n"
        end = sentence.end
        kind = _kind_of(text, sentence, gap)
        if kind and not (is_named and kind in {"paragraph", "turn", "item"}):
            yield sentence.start, kind
        names = _first_names(text, sentence.start, sentence.end)
        is_named = kind == "heading" and next(names, None) is not None
        if " | " in text[sentence.start : sentence.end]:
            for match in re.finditer(r"\s\|\s", text[sentence.start : sentence.end]):
                yield sentence.start + match.end(), "item"


def _kind_of(text: str, sentence: Span, gap: str) -> str:
    """Return what a sentence begins: "heading", "item", "inline", "turn", "paragraph"; "" if it runs on."""
    words = text[sentence.start : min(sentence.end, sentence.start + 200)]
    if "\n" in gap and _BULLET.match(words):
        return "heading" if words.startswith("#") else "item"
    if "\n" not in gap:
        if ": " in words and _INLINE_HEAD.match(words):
            return "inline"
        return "turn" if _TURN.match(words) else ""
    head = _HEAD.match(text, sentence.start, sentence.start + 200)
    if "\n\n" in gap:
        if _TURN_OF_PARAGRAPH.match(words):
            return "turn"
        return "item" if head else "heading" if _is_heading(text, sentence) else "paragraph"
    return "item" if head else "turn" if _TURN.match(words) else ""


def _is_heading(text: str, sentence: Span) -> bool:
    """Say whether a line stands alone, is short and has no stop at its end."""
    line = text[sentence.start : sentence.end]
    return len(line) <= 100 and line[-1:] not in '.:;!?”"' and "\n" not in line


def _name(unit: _Unit, text: str) -> None:
    """Find whom a stretch is about by its head or its first words."""
    start = unit.start
    words = text[start : min(unit.end, start + 240)]
    lead = _BULLET.match(words)
    start += lead.end() if lead else 0
    turn = _TURN_OF_PARAGRAPH.match(text, start)
    start = turn.end() if turn else start
    head = _HEAD.match(text, start, min(unit.end, start + 120))
    if head and _is_label(head[1]):
        return
    says = unit.kind in {"item", "inline", "turn"} and not words.startswith("Meanwhile")
    end = min(unit.end, start + 160)
    for found in filter(
        None, (head, _TRADE.match(text, start, end), *_first_names(text, start, end, says=says))
    ):
        name = _without_trade(clean(found[1]))
        if _can_be_hit(name) and not (_is_loose(found, head) and _is_chance(name, found, start, text)):
            at = text.find(name, found.start(1), unit.end)
            unit.name, unit.at = name, Span(at, at + len(name)) if at >= 0 else Span(*found.span(1))
            return


def _is_loose(found: re.Match[str], head: re.Match[str] | None) -> bool:
    """Say whether a name was not set apart as the head of an item, by a colon or a dash."""
    return found is not head or found.group().endswith("\n")


def _is_label(name: str) -> bool:
    """Say whether a head names a part of the report: "Details:", "RETOLD"."""
    return name.split()[0].casefold() in _LABELS or (name.isupper() and " " not in name)


def _without_trade(name: str) -> str:
    """Drop a trade that is capitalised because it begins the sentence: "Retailer Acme" is Acme."""
    first, _, rest = name.partition(" ")
    kind = kinds().get(first.casefold(), "")
    return rest if rest and (first in _TRADES or kind not in {"", "victim"}) else name


def _is_chance(name: str, found: re.Match[str], start: int, text: str) -> bool:
    """Say whether a single word may be capitalised only because the sentence begins with it."""
    if " " in name or found.start(1) > start + 1 or text.count(name) > 1:
        return False
    has_inner = any(letter.isupper() for letter in name[1:])
    return not has_inner and text[found.end(1) : found.end(1) + 2] != ", "


def _first_names(text: str, start: int, end: int, *, says: bool = False) -> Iterator[re.Match[str]]:
    for match in _NAMES.finditer(text, start, end):
        if _can_be_hit(clean(match[1])) and (says or not _SAYS.match(text, match.end())):
            yield match


def _can_be_hit(name: str) -> bool:
    if _is_label(name) or name[0].isdigit() or _SERIAL.search(name):
        return False
    return is_name(name) and not AUTHORITY_NAME.search(name) and name.casefold() not in actor_names()


def _is_own(unit: _Unit, prepared: Prepared, cues: Sequence[int], *, is_list: bool) -> bool:
    """Say whether a stretch tells of something that befell somebody whom it names."""
    has_cue = any(unit.start <= place < unit.end for place in cues)
    if unit.kind == "paragraph":
        alone = Prepared(Document(report="", text=prepared.text[unit.start : unit.end]))
        found = next((each for each in read_victims(alone) if each.field == "victim.name"), None)
        if found is None or found.confidence < _SURE:
            return False
        unit.name = found.value
        unit.at = Span(found.span.start + unit.start, found.span.end + unit.start)
        return True
    return bool(unit.name) and (has_cue or (is_list and unit.kind in {"item", "inline"}))


def _is_list_of_one(text: str, own: Sequence[_Unit]) -> bool:
    """Say whether the items are the customers of one provider, and not several incidents."""
    first = next((unit.start for unit in own if unit.kind in {"item", "inline"}), own[0].start)
    return _ONE_EVENT.search(text, max(0, first - 160), first) is not None


def _opening(units: Sequence[_Unit], first: _Unit, cues: Sequence[int]) -> Iterator[_Unit]:
    """Yield the paragraph just before the first turn to another matter, if it tells of an incident."""
    before = [unit for unit in units if unit.end <= first.start]
    unit = next((each for each in reversed(before) if each.name), None)
    if unit and first.kind == "turn" and any(unit.start <= place < first.start for place in cues):
        yield unit


def _is_told_elsewhere(unit: _Unit, own: Sequence[_Unit], text: str) -> bool:
    """Say whether another stretch names the same victim: then it is one story in several paragraphs."""
    key = unit.name if len(unit.name.split()) < 3 else " ".join(unit.name.split()[:2])
    return any(key in text[each.start : each.end] for each in own if each is not unit)


def _segments(units: Sequence[_Unit], own: Sequence[_Unit]) -> Iterator[Segment]:
    """Give each stretch without a victim to the one before it, but not what has its own heading."""
    starts = {unit.start for unit in own}
    for unit in own:
        end = unit.end
        for follower in units:
            if follower.start == end and follower.start not in starts and follower.kind != "heading":
                end = follower.end
        if unit.at is not None:
            yield Segment(Span(unit.start, end), unit.name, unit.at)
