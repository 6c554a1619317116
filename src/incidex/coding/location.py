"""Where it happened: `location.country`, from a place that the sentence of the event itself names.

"Stolen from a car in Leeds" says where; "an Oregon clinic" says whose it was: see the victim's country.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from incidex.coding.base import Prepared, Reading
from incidex.coding.lexicon import Lexicon
from incidex.model import Span

#: What stands at a place and can be hit there.
_THINGS = """
server* data_centre* data_center* datacentre* datacenter* laptop* computer* office* branch* plant* factory
factories facility facilities warehouse* campus clinic* hospital* store stores shop shops car vehicle
headquarters atm atms cash_machine* terminal* dumpster landfill station* restaurant* hotel*
"""
#: What befalls them.
_EVENTS = """
stolen stole theft break-in burglar* broke_into broken_into hacked breached attack* hit struck lost left found
dumped discarded skimm* outage shut_down disrupted encrypted infected defaced robbed
"""
#: What ties a place to the thing before it: "in Leeds", "in the town of Leeds", "at its office in Leeds".
_TIES = re.compile(r"\b(?:in|at|near|outside)\s(?:[A-Z][\w.'’-]{1,20},?\s|the\s|[a-z]{2,12}\sof\s){0,3}\Z")
#: What makes a place behind a thing another's: "a laptop with plans for the games in Brazil".
_ELSEWHERE = re.compile(r"[.!?;]\s|\b(?:for|with|about|of|to|by|from|that|who|which)\b")
#: Characters from a thing to its place, at most.
_NEAR = 50
_CONFIDENCE = 0.7


@cache
def lexicons() -> tuple[Lexicon, ...]:
    """Return what this coder waits for."""
    return tuple(Lexicon(word.replace("_", " ") for word in words.split()) for words in (_THINGS, _EVENTS))


def find_locations(prepared: Prepared, places: Iterable[tuple[Span, str]]) -> Iterator[Reading]:
    """Yield the countries of places that stand right behind what was hit, in its sentence; each country once.

    `places` are where a place stands, and its country.
    """
    at = prepared.places.at
    things, events = (prepared.find(lexicon) for lexicon in lexicons())
    told = {at(hit.start) for hit in events} & {at(hit.start) for hit in things}
    seen: set[str] = set()
    for span, country in places if told else ():
        if country in seen or at(span.start) not in told:
            continue
        before = (prepared.text[hit.end : span.start] for hit in things if 0 <= span.start - hit.end <= _NEAR)
        if any(_TIES.search(words) and not _ELSEWHERE.search(words) for words in before):
            seen.add(country)
            why = "the place of what was hit"
            yield Reading("location.country", country, span, _CONFIDENCE, why)
