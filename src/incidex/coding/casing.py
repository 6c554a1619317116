"""Texts in capitals or in small letters alone, with the capitals that names would have.

Names, places and months are read by their capitals. Where a text has none of its own they are put back, so
that every letter stays where it was; quotations are of the text as it was written.
"""

import re
from collections.abc import Mapping
from functools import cache

from incidex.coding.capitals import recase
from incidex.coding.gazetteer import place_names
from incidex.coding.kinds import common_words
from incidex.coding.lexicon import Lexicon

#: Characters at the start of a text that show whether it is all in capitals, or in small letters.
_SHOWN = 200
#: A name as short as this is an abbreviation or a word: "us", "in", "me".
_SHORT = 3
#: Places that are words first.
_WORDS = frozenset(
    {"polish", "reading", "nice", "mobile", "turkey", "china", "guinea", "jersey", "chad", "mali"}
)
_MONTH = re.compile(
    r"\b(?:january|february|april|june|july|august|september|october|november|december)\b"
    r"|\b(?:march|may|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec)\b(?=\.?\s\d)"
    r"|(?<=\d\s)(?:march|may|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec)\b"
)
_DAY = re.compile(r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b")


def restore(text: str) -> str:
    """Return a text with its capitals put back, as long as it was; the same text when it has its own."""
    head = text[:_SHOWN]
    if head.isupper():
        return _put_back(recase(text))
    if not head.islower():
        return text
    shouted = text.upper()  # of few letters two are made: "ß"
    return _put_back(recase(shouted) if len(shouted) == len(text) else text)


def _put_back(text: str) -> str:
    for pattern in (_MONTH, _DAY):
        text = pattern.sub(lambda match: match[0].capitalize(), text)
    lexicon, names = _names()
    parts, last = [], 0
    for hit in lexicon.find(text):
        if hit.start >= last and not text[hit.start].isupper():
            parts += [text[last : hit.start], names[hit.term]]
            last = hit.end
    return "".join([*parts, text[last:]])


@cache
def _names() -> tuple[Lexicon, Mapping[str, str]]:
    """Return the places that are told by their letters alone, as they are spelt."""
    common = common_words() | _WORDS
    names = {name.lower(): name for name in place_names() if len(name) > _SHORT and not name.isupper()}
    names = {lower: name for lower, name in names.items() if lower not in common and len(lower) == len(name)}
    return Lexicon(names), names
