"""Coders that are tables of cues: words that, where they stand, say which value a field has."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from incidex.coding.base import Prepared, Reading
from incidex.coding.lexicon import Hit, Lexicon, Sentences
from incidex.model import Span

#: Characters between the two words of a pair, at most; further apart, they speak of different things.
_APART = 60


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a cue says: a field, its value, and how often it is right to say so."""

    field: str
    value: str
    confidence: float


@dataclass(frozen=True)
class CueTable:
    """Cues by their words. A pair of words is a cue when both stand in one sentence, near each other."""

    meanings: Mapping[str, Sequence[Meaning]]
    pairs: Mapping[str, Sequence[tuple[str, str]]]  # by each word of a pair: the other word, the cue
    lexicon: Lexicon

    def read(self, prepared: Prepared) -> Iterator[Reading]:
        """Yield what the cues in a text say, each value once a sentence."""
        places = Sentences(prepared.sentences)
        said: dict[tuple[str, str], int] = {}
        for cue, span in self._find(prepared.text, places):
            sentence = places.at(span.start)
            for meaning in self.meanings[cue]:
                if said.get((meaning.field, meaning.value)) == sentence:
                    continue
                said[(meaning.field, meaning.value)] = sentence
                yield make_reading(meaning, span, cue)

    def _find(self, text: str, places: Sentences) -> Iterator[tuple[str, Span]]:
        last: dict[str, Hit] = {}
        for hit in self.lexicon.find(text):
            if hit.term in self.meanings:
                yield hit.term, hit.span
            if hit.term not in self.pairs:
                continue
            for other, cue in self.pairs[hit.term]:
                if (earlier := last.get(other)) and _are_near(earlier.span, hit.span, places):
                    yield cue, Span(min(earlier.span.start, hit.span.start), hit.span.end)
            last[hit.term] = hit


def make_reading(meaning: Meaning, span: Span, cue: str) -> Reading:
    """Return the reading of a cue at a place."""
    return Reading(
        field=meaning.field,
        value=meaning.value,
        span=span,
        confidence=meaning.confidence,
        why=f"cue '{cue.replace('*', '').replace(' ~ ', ' … ')}'",
    )


def _are_near(first: Span, second: Span, places: Sentences) -> bool:
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
            meanings[cue].append(Meaning(field, value, float(confidence)))
    return make_table(meanings)


def make_table(meanings: Mapping[str, Sequence[Meaning]]) -> CueTable:
    """Return the table that finds these cues."""
    pairs: dict[str, list[tuple[str, str]]] = defaultdict(list)
    words = [cue for cue in meanings if " ~ " not in cue]
    for cue in meanings:
        first, paired, second = cue.partition(" ~ ")
        if paired:
            pairs[first].append((second, cue))
            pairs[second].append((first, cue))
            words += [first, second]
    return CueTable(dict(meanings), dict(pairs), Lexicon(words, overlapping=True))


def read_action(prepared: Prepared) -> Iterator[Reading]:
    """Read what was done: `action`, `action.variety` and `action.vector`."""
    return load_cues("action").read(prepared)


def read_impact(prepared: Prepared) -> Iterator[Reading]:
    """Read what was harmed: `impact`, one of confidentiality, integrity and availability."""
    return load_cues("impact").read(prepared)


def read_motive(prepared: Prepared) -> Iterator[Reading]:
    """Read why it was done: `actor.motive`."""
    return load_cues("motive").read(prepared)


def read_actor(prepared: Prepared) -> Iterator[Reading]:
    """Read what kind of actor did it: `actor.role` and `actor.variety`."""
    return load_cues("actor").read(prepared)


def read_asset(prepared: Prepared) -> Iterator[Reading]:
    """Read what was hit: `asset.variety`."""
    return load_cues("asset").read(prepared)


def read_discovery(prepared: Prepared) -> Iterator[Reading]:
    """Read who noticed: `discovery.method`."""
    return load_cues("discovery").read(prepared)


def read_response(prepared: Prepared) -> Iterator[Reading]:
    """Read what was done about it: `response`."""
    return load_cues("response").read(prepared)


def read_subject(prepared: Prepared) -> Iterator[Reading]:
    """Read whom the data is about, and of which kind it is: `data.subject` and `data.variety`."""
    return load_cues("subject").read(prepared)
