"""Which data was exposed: `data.class`, by the public data-class names of Have I Been Pwned."""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from incidex.codebook import get_vocabulary
from incidex.coding.base import Prepared, Reading
from incidex.coding.lexicon import Hit, Lexicon, Sentences, make_plain

#: Words that are data only in a list of data: alone, they are plain English.
_EXPOSED = re.compile(
    r"\b(?:expos|includ|contain|compromis|stol|steal|leak|breach|impacted|accessed|disclos|consist|"
    r"information|data|records|details|files|hold|took|taken|obtain|along|alongside|sample)",
    re.IGNORECASE,
)

#: Everyday words that the vocabulary lists as names of classes, and that need company in a list.
_EVERYDAY = (
    "name age ages email emails e-mail e-mails title titles position education race contacts balances phones "
    "events comments feedback interests location locations cities weight height images pictures videos posts "
    "friends followers orders order bookings reservations transactions vehicle vehicles language languages "
    "income wages salary survey sex gender diet drinking skills friends bios photos purchases chats sms age "
    "signature signatures donations investments smoking password phone photo avatar message employer"
)
_PLAIN_WORDS = frozenset(_EVERYDAY.split())
_NEVER = frozenset({"aim", "races", "drinking", "diet", "events", "social media", "pin", "msn", "smoking"})
#: Characters around a sentence in which it may be said that data was exposed.
_NEARBY = 150

_IN_LIST = re.compile(r"[,;]|\band\b|\bincluding\b|\balongside\b|:")


@cache
def _classes() -> tuple[Lexicon, Mapping[str, str]]:
    """Return the names of data classes, and the class of each."""
    found: dict[str, str] = {}
    for term in get_vocabulary("data.class").values():
        for name in (*term.aliases, term.label):
            for each in {make_plain(name), make_plain(name).replace("numbers", "number")}:
                if each not in _NEVER:
                    found.setdefault(each, term.id)
    return Lexicon(found), found


def lexicons() -> tuple[Lexicon, ...]:
    """Return what this coder waits for."""
    return (_classes()[0],)


def read_data(prepared: Prepared) -> Iterator[Reading]:
    """Read the classes of data in passages that speak of exposure or list what a set of data holds."""
    lexicon, classes = _classes()
    places = prepared.places
    said: set[tuple[int, str]] = set()
    for hit in prepared.find(lexicon):
        key = (places.at(hit.start), classes[hit.term])
        if key in said:
            continue
        confidence = _weigh(prepared.text, hit, places)
        if confidence:
            said.add(key)
            yield Reading(
                field="data.class",
                value=classes[hit.term],
                span=hit.span,
                confidence=confidence,
                why=f"'{hit.term}' among data exposed",
            )


def _weigh(text: str, hit: Hit, places: Sentences) -> float:
    around = places.around(hit.span)
    if not _EXPOSED.search(text, max(0, around.start - _NEARBY), around.end + _NEARBY):
        return 0.0
    is_listed = _IN_LIST.search(text, max(around.start, hit.start - 8), min(around.end, hit.end + 8))
    if hit.term in _PLAIN_WORDS:
        return 0.65 if is_listed else 0.0
    return 0.85 if is_listed else 0.7
