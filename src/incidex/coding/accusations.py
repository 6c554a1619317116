"""Who is blamed for an incident, who denies it and who claims it."""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from incidex.codebook import find_terms
from incidex.coding.base import Prepared, Reading
from incidex.coding.lexicon import Lexicon
from incidex.coding.parties import AUTHORITY_NAME
from incidex.coding.phrases import NAME, clean, is_name, windows
from incidex.model import Span, Stance

_CUE_WORDS = """
blame* accuse* behind responsib* work_of attribut* trace* rival* competitor* deny denies denied reject* credit
"""


@cache
def lexicon() -> Lexicon:
    """Return the words beside which somebody is accused."""
    return Lexicon(word.replace("_", " ") for word in _CUE_WORDS.split())


def lexicons() -> tuple[Lexicon, ...]:
    """Return what this coder waits for."""
    return (lexicon(),)


_BLAMES = re.compile(
    rf"\b(?:blames|blamed|accuses|accused)\s(?:(?:its|a|the|an|their)\s)?(?:[a-z]+\s)?(?:rival|competitor|"
    rf"company|group|gang|firm)?,?\s?({NAME})"
)
_BEHIND = re.compile(
    rf"\b({NAME})\s(?:was|is|were|are|being|had been)\s(?:behind|responsible for)\s(?!bars)"
    rf"|\b(?:the work of|(?:attributed|attributes|traced)\s(?:it\s|the\s\w+\s)?to)\s(?:the\s)?({NAME})"
    rf"|\b(?:rival|competitor),?\s({NAME}),?\s(?:published|leaked|posted|stole|hacked|attacked|did|put|"
    rf"released)\b"
)
_DENIES = re.compile(
    rf"\b({NAME})\s(?:has\s|have\s)?(?:denied|denies|deny|rejected|rejects|reject)\s"
    r"(?:(?:any|all|the|that|it|was|is|had|being|having|a|part|in)\s){0,5}"
    r"(?:involve|involved|involvement|responsib|behind|accusation|allegation|charge|done it)"
)
_TAKES = re.compile(
    rf"\b({NAME})\s(?:has\s|have\s)?(?:claimed|claims|took|takes|taken)\s(?:responsibility|credit)\b"
)


#: With each pattern, what one of stands in every match of it; what it means, and in which stance.
_PATTERNS = (
    (_BLAMES, ("blame", "accuse"), 0.8, "is blamed", ""),
    (
        _BEHIND,
        ("behind", "responsible for", "work of", "attribute", "traced", "rival", "competitor"),
        0.75,
        "is said to be behind it",
        "",
    ),
    (_DENIES, ("denie", "deny", "reject"), 0.9, "denies it", Stance.DENIES),
    (_TAKES, ("responsibility", "credit"), 0.9, "claims it", Stance.ASSERTS),
)


def read_accusations(prepared: Prepared) -> Iterator[Reading]:
    """Yield who is blamed, who denies it and who claims it: `actor.name`, and `actor.country` for a state.

    Whether the passage asserts or denies the blame is read from the passage, except where the sentence is
    the accused's own answer.
    """
    text = prepared.text
    near = list(windows(text, (hit.start for hit in prepared.find(lexicon()))))
    for pattern, signs, confidence, why, stance in _PATTERNS if near else ():
        told = [
            (start, end) for start, end in near if any(text.find(sign, start, end) >= 0 for sign in signs)
        ]
        yield from _named(prepared, told, pattern, confidence, why, stance)


def _named(
    prepared: Prepared,
    near: Iterable[tuple[int, int]],
    pattern: re.Pattern[str],
    confidence: float,
    why: str,
    stance: str,
) -> Iterator[Reading]:
    text = prepared.text
    for match in (match for start, end in near for match in pattern.finditer(text, start, end)):
        group = next(index for index, words in enumerate(match.groups(), 1) if words)
        name = clean(match[group])
        at = prepared.text.index(name.split()[0], match.start(group))
        span = Span(at, max(match.end(group), at + 1))
        field, value = _accused(name)
        if field:
            yield Reading(
                field=field,
                value=value,
                span=span,
                confidence=confidence,
                why=why,
                speaker=name if stance else "",
                stance=stance,
            )


def _accused(name: str) -> tuple[str, str]:
    if len(found := find_terms("country", name)) == 1:
        return "actor.country", found[0].id
    if not is_name(name) or AUTHORITY_NAME.search(name):
        return "", ""
    return "actor.name", name
