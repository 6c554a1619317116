"""Which data was exposed: `data.class`, by the public data-class names of Have I Been Pwned."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from incidex.codebook import get_vocabulary
from incidex.coding.base import Prepared, Reading
from incidex.coding.lexicon import Hit, Lexicon, make_plain
from incidex.model import Span

#: Words that say that data was exposed, or that a set of data holds something.
_EXPOSURE = (
    "expos* includ* contain* compromis* stol* steal* leak* breach* impacted access* disclos* consist* "
    "compris* information data records record details files hold* held took taken obtain* along "
    "alongside sample* database databases scrap* dump* download* copied viewed lost collected"
)

#: Everyday words that the vocabulary lists as names of classes, and that need company in a list.
_EVERYDAY = (
    "name age ages email emails e-mail e-mails title titles position education race contacts balances "
    "phones events comments feedback interests location locations cities weight height images pictures "
    "videos posts friends followers orders order bookings reservations transactions vehicle vehicles "
    "language languages income incomes wages salary survey sex gender diet drinking skills friends "
    "bios photos purchases chats sms signature signatures donations investments smoking password phone "
    "photo avatar message employer country countries city coordinates telephone telephones tokens "
    "medication cv skills hometown positions employers languages invoices"
)
_PLAIN_WORDS = frozenset(_EVERYDAY.split())
_NEVER = frozenset({"aim", "races", "drinking", "diet", "events", "social media", "pin", "msn", "smoking"})
#: Names that say two things at once.
_TWO = {"dates and places of birth": ("Dates of birth", "Places of birth")}
#: What stands before "and IP addresses" and shares its noun.
_SHARED = {
    "ip": "IP addresses",
    "email": "Email addresses",
    "e-mail": "Email addresses",
    **dict.fromkeys(
        ("physical", "home", "postal", "mailing", "billing", "shipping", "residential", "street"),
        "Physical addresses",
    ),
}
_NOUN_AFTER = re.compile(
    r"(?:,? (?:and|or|&) |, |/)(?:(?:[\w-]{1,12})(?:,? (?:and|or|&) |, | )){0,4}address(?:es)?\b",
    re.IGNORECASE,
)

#: Characters around a sentence in which it may be said that data was exposed.
_NEARBY = 150
#: Characters between two members of a list of data, at most, and what joins them.
_APART = 36
_JOINS = re.compile(r"[,;&/:(]|\b(?:and|or|with|including|alongside|plus|as well as)\b|\n")


@cache
def _classes() -> tuple[Lexicon, Mapping[str, tuple[str, ...]]]:
    """Return the names of data classes, and the classes of each."""
    found: dict[str, tuple[str, ...]] = {**_TWO, **{word: (name,) for word, name in _SHARED.items()}}
    for term in get_vocabulary("data.class").values():
        for name in (*term.aliases, term.label):
            for each in {make_plain(name), make_plain(name).replace("numbers", "number")}:
                if each not in _NEVER:
                    found.setdefault(each, (term.id,))
    return Lexicon(found), found


@cache
def _exposure() -> Lexicon:
    return Lexicon(_EXPOSURE.split())


def lexicons() -> tuple[Lexicon, ...]:
    """Return what this coder waits for."""
    return (_classes()[0], _exposure())


def read_data(prepared: Prepared) -> Iterator[Reading]:
    """Read the classes of data in passages that speak of exposure or list what a set of data holds."""
    lexicon, classes = _classes()
    hits = prepared.find(lexicon)
    if not hits:
        return
    text, places = prepared.text, prepared.places
    exposed = [hit.start for hit in prepared.find(_exposure())]
    said: set[tuple[int, str]] = set()
    in_sentence: dict[int, bool] = {}
    for index, hit in enumerate(hits):
        sentence = places.at(hit.start)
        values = [each for each in classes[hit.term] if (sentence, each) not in said]
        if not values:
            continue
        if sentence not in in_sentence:
            in_sentence[sentence] = _is_exposed(places.around(hit.span), exposed)
        if not in_sentence[sentence]:
            continue
        confidence = _weigh(text, hit, hits[max(0, index - 1) : index + 2])
        if not confidence:
            continue
        for value in values:
            said.add((sentence, value))
            yield Reading(
                field="data.class",
                value=value,
                span=hit.span,
                confidence=confidence,
                why=f"'{hit.term}' among data exposed",
            )


def _is_exposed(around: Span, exposed: Sequence[int]) -> bool:
    """Say whether words of exposure stand in a sentence or near it; `exposed` is where they begin."""
    following = bisect_left(exposed, around.start - _NEARBY)
    return following < len(exposed) and exposed[following] <= around.end + _NEARBY


def _weigh(text: str, hit: Hit, near: Sequence[Hit]) -> float:
    """Return how likely a name of data is meant as one; 0 for an everyday word in no list of data."""
    if hit.term in _SHARED and _NOUN_AFTER.match(text, hit.end):
        return 0.85
    if hit.term in _SHARED and hit.term not in _PLAIN_WORDS:
        return 0.0
    if any(_is_list(text, hit, other) for other in near):
        return 0.65 if hit.term in _PLAIN_WORDS else 0.85
    return 0.0 if hit.term in _PLAIN_WORDS else 0.7


def _is_list(text: str, hit: Hit, other: Hit) -> bool:
    start, end = (other.end, hit.start) if other.start < hit.start else (hit.end, other.start)
    return (
        other.term != hit.term and 0 <= end - start <= _APART and _JOINS.search(text, start, end) is not None
    )
