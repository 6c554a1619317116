"""Coders that are tables of cues: words that, where they stand, say which value a field has."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from incidex.coding.base import Prepared, Reading
from incidex.coding.lexicon import Hit, Lexicon, Sentences
from incidex.model import Span, Stance

#: Characters between the two words of a pair, at most; further apart, they speak of different things.
_APART = 60


class Meaning(NamedTuple):
    """What a cue says: a field, its value, how often it is right to say so, and the cue in words."""

    field: str
    value: str
    confidence: float
    why: str


class CueTable:
    """Cues by their words. A pair of words is a cue when both stand in one sentence, near each other."""

    def __init__(self, meanings: Mapping[str, Sequence[Meaning]]) -> None:
        self._meanings = meanings
        self._pairs: dict[str, list[tuple[str, Sequence[Meaning]]]] = defaultdict(list)
        words = [cue for cue in meanings if " ~ " not in cue]
        for cue, meant in meanings.items():
            first, paired, second = cue.partition(" ~ ")
            if paired:
                self._pairs[first].append((second, meant))
                self._pairs[second].append((first, meant))
                words += [first, second]
        self.lexicon = Lexicon(words, overlapping=True)

    def read(self, prepared: Prepared) -> Iterator[Reading]:
        """Yield what the cues in a text say, each value once a sentence."""
        hits = prepared.find(self.lexicon)
        if not hits:
            return
        places = prepared.places
        said: set[tuple[str, str, int]] = set()
        for meant, start, end in self._find(hits, places):
            sentence, span = places.at(start), Span(start, end)
            for field, value, confidence, why in meant:
                key = (field, value, sentence)
                if key not in said:
                    said.add(key)
                    yield Reading(field, value, span, confidence, why)

    def _find(self, hits: Sequence[Hit], places: Sentences) -> Iterator[tuple[Sequence[Meaning], int, int]]:
        """Yield what each cue means, and where it begins and ends."""
        last: dict[str, Hit] = {}
        for hit in hits:
            term, start, end = hit
            meant = self._meanings.get(term)
            if meant:
                yield meant, start, end
            pairs = self._pairs.get(term)
            if not pairs:
                continue
            for other, meant in pairs if last else ():
                if (earlier := last.get(other)) and _are_near(earlier, hit, places):
                    yield meant, min(earlier.start, start), end
            last[term] = hit


def _are_near(first: Hit, second: Hit, places: Sentences) -> bool:
    apart = second.start - first.end
    return 0 <= apart <= _APART and places.at(first.start) == places.at(second.start)


def read_rows(name: str) -> list[list[str]]:
    """Return the rows of one of the coders' data files, without its heading and comments."""
    text = files("incidex.coding").joinpath("data", f"{name}.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return rows[1:]


@cache
def load_cues(name: str) -> CueTable:
    """Return a table of cues: columns field, value, confidence and cues; "a ~ b" is a pair."""
    meanings: dict[str, list[Meaning]] = defaultdict(list)
    for field, value, confidence, cues in read_rows(name):
        for cue in cues.split("|"):
            why = f"cue '{cue.replace('*', '').replace(' ~ ', ' … ')}'"
            meanings[cue].append(Meaning(field, value, float(confidence), why))
    return CueTable(dict(meanings))


#: The tables, by the names of their files.
TABLES = (
    "action",
    "actor",
    "asset",
    "discovery",
    "impact",
    "kind",
    "motive",
    "response",
    "security",
    "subject",
)


def lexicons() -> tuple[Lexicon, ...]:
    """Return what the tables wait for."""
    return tuple(load_cues(name).lexicon for name in TABLES)


def read_action(prepared: Prepared) -> Iterable[Reading]:
    """Read what was done: `action`, `action.variety` and `action.vector`."""
    return prepared.once(load_cues("action").read)


def read_impact(prepared: Prepared) -> Iterable[Reading]:
    """Read what was harmed: `impact`, one of confidentiality, integrity and availability."""
    return prepared.once(load_cues("impact").read)


def read_kind(prepared: Prepared) -> Iterable[Reading]:
    """Read what kind of actor did it and why, from words that reports of any register use."""
    return prepared.once(load_cues("kind").read)


def read_motive(prepared: Prepared) -> Iterable[Reading]:
    """Read why it was done: `actor.motive`."""
    return prepared.once(load_cues("motive").read)


def read_actor(prepared: Prepared) -> Iterable[Reading]:
    """Read what kind of actor did it: `actor.role` and `actor.variety`."""
    return prepared.once(load_cues("actor").read)


def read_asset(prepared: Prepared) -> Iterable[Reading]:
    """Read what was hit: `asset.variety`."""
    return prepared.once(load_cues("asset").read)


def read_discovery(prepared: Prepared) -> Iterable[Reading]:
    """Read who noticed: `discovery.method`."""
    return prepared.once(load_cues("discovery").read)


def read_response(prepared: Prepared) -> Iterable[Reading]:
    """Read what was done about it: `response`."""
    return prepared.once(load_cues("response").read)


def read_security(prepared: Prepared) -> Iterator[Reading]:
    """Read whether harm was done, is only suspected, was averted or never was: `security_incident`.

    The doubt is the value: "a possible breach" asserts that one is suspected. "This was no breach" denies
    that harm was done, and says nothing of a false alarm.
    """
    for reading in prepared.once(load_cues("security").read):
        if reading.value == "denied":
            yield reading._replace(value="Confirmed", stance=Stance.DENIES)
        else:
            yield reading if reading.value == "Confirmed" else reading._replace(stance=Stance.ASSERTS)


def read_subject(prepared: Prepared) -> Iterable[Reading]:
    """Read whom the data is about, and of which kind it is: `data.subject` and `data.variety`."""
    return prepared.once(load_cues("subject").read)
