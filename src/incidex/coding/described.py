"""Public bodies named by what they are and whose: "Albania's interior ministry", "the port of Iskele".

No capital tells where such a name begins or ends: it is a place, few small words, and a word for a body. "A
Colombian news agency" is one of many, and no name.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from incidex.coding.capitals import Mention, make_mention
from incidex.coding.kinds import words_for
from incidex.coding.lexicon import Hit

#: Words that end a description, or begin another phrase.
_NOT_BETWEEN = """
and or of to in on at by for from with was were is are has had have the a an its their his that which who said
says when after before over against as where while into based linked backed hacker hackers group gang
"""
#: Whatever else goes by the town that it is of.
_PLACES = "city|town|county|province|canton|district|port|archdiocese|diocese|kingdom|bank|university"
#: Whose people are meant, and no body: "Indian army officers".
_PEOPLE = "officers?|officials?|soldiers?|personnel|employees?|workers?|members?|ministers?|aides?|hackers?"
#: What stands before one of many.
_ANY = re.compile(
    r"\b(?:an?|one|another|some|any|every|unnamed|two|three|several|many)\s(?:[a-z-]{2,14}\s)?$",
    re.IGNORECASE,
)
#: Characters before a place, and behind it, that are looked at.
_BACK, _AHEAD = 60, 90


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what stands behind a place in a description ("'s interior ministry"), and before it."""
    bodies = "|".join(
        word.replace("_", " ") for word in sorted(words_for("body"), key=lambda word: (-len(word), word))
    )
    between = rf"(?:(?!(?:{'|'.join(_NOT_BETWEEN.split())})\b)[a-z][a-z'’-]{{1,18}} ){{0,3}}?"
    behind = rf"(?:['’]s|['’](?= ))? {between}(?:{bodies})\b(?![-.]\w| (?:{_PEOPLE}))"
    what = rf"(?:(?:[a-z]{{3,14}} ){{0,2}}?(?:{bodies})|{_PLACES})"
    return re.compile(behind), re.compile(rf"(?<=[\s(“\"'‘])(?<=\b[Tt]he ){what} of (?:the )?$")


def find_described(text: str, places: Iterable[Hit]) -> Iterator[Mention]:
    """Yield the bodies that are described beside places; `places` are in order."""
    behind, before = _patterns()
    last = 0
    for hit in places:
        start, end = hit.start, hit.end
        if start < last or end > len(text):
            continue
        ahead = behind.match(text, end, end + _AHEAD)
        if ahead:
            end = ahead.end()
        else:
            words = text[max(0, start - _BACK) : start]
            described = before.search(words)
            if not described:
                continue
            start -= len(words) - described.start()
        if not _ANY.search(text, max(0, start - 30), start):
            yield make_mention(text, text[start:end], start)
            last = end
