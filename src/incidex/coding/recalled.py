"""What a report only recalls: an older or a similar event, told of to compare, is not the news."""

import re
from functools import cache
from itertools import product

from incidex.coding.base import Prepared
from incidex.coding.lexicon import Lexicon
from incidex.model import Span

_AGES = product(
    ("year", "years", "months", "weeks", "decade"), ("after", "since", "following"), ("the", "a", "an", "its")
)
_OLDER = product(
    ("the", "an", "a"),
    ("earlier", "previous", "older", "prior", "similar"),
    ("attack", "breach", "incident", "hack", "leak", "theft", "case"),
)
_OTHERS = (
    "resembles|resembled|resembling|similar to the|similar to one|reminiscent of|likened to|like the one|"
    "like those at|not the first|not its first|not their first|echoes the|recalls the|mirrors the|"
    "in the wake of|the last time|compared to the|compared with the|unrelated breach|unrelated attack|"
    "unrelated incident"
)
#: Where the recalled event ends inside its sentence: "…, another insurer has been hit".
_BACK = re.compile(r", (?:another|a second|now)\b")


@cache
def lexicons() -> tuple[Lexicon, ...]:
    """Return the words that recall another event than the one reported."""
    terms = [" ".join(words) for words in (*_AGES, *_OLDER)]
    return (Lexicon([*terms, *_OTHERS.split("|")]),)


def find_recalled(prepared: Prepared) -> tuple[Span, ...]:
    """Return the stretches of a text that tell of another event, from the words that recall it on."""
    found = []
    for hit in prepared.find(lexicons()[0]):
        sentence = prepared.sentences[max(0, prepared.places.at(hit.start))]
        back = _BACK.search(prepared.text, hit.end, max(hit.end, sentence.end))
        found.append(Span(hit.start, back.start() if back else max(hit.end, sentence.end)))
    return tuple(found)
