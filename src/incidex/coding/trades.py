"""What a victim's name says of its trade: a university is a school, and everybody knows what HSBC is."""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from incidex.coding.base import Prepared, Reading
from incidex.coding.cues import read_rows
from incidex.coding.lexicon import Lexicon
from incidex.coding.victim import read_victims

#: A name in a list of its bearers' trades is looked for in so many characters of a report.
_OPENING = 800


@cache
def lexicon() -> Lexicon:
    """Return the names that everybody knows."""
    return Lexicon(_names(), lower=False)


def lexicons() -> tuple[Lexicon, ...]:
    """Return what this coder waits for."""
    return (lexicon(),)


def read_trades(prepared: Prepared) -> Iterator[Reading]:
    """Read sectors from the victim's name, and from well-known names in the opening of a report.

    These are evidence for the learned model, and no claims by themselves.
    """
    victim = next((each for each in prepared.once(read_victims) if each.field == "victim.name"), None)
    if victim:
        words = victim.value.casefold()
        for match in _words().finditer(words):
            yield _read(_sectors()[match[0]], victim)
    for hit in prepared.find(lexicon()):
        if hit.start >= _OPENING:
            break
        is_victim = victim is not None and hit.term in victim.value
        if is_victim or victim is None:
            yield Reading("victim.industry", _names()[hit.term], hit.span, why=f"the name '{hit.term}'")


def _read(sector: str, victim: Reading) -> Reading:
    return Reading("victim.industry", sector, victim.span, why=f"the name '{victim.value}'")


@cache
def _words() -> re.Pattern[str]:
    words = sorted(_sectors(), key=lambda word: (-len(word), word))
    return re.compile(rf"(?<![\w])(?:{'|'.join(map(re.escape, words))})(?![\w])")


@cache
def _sectors() -> Mapping[str, str]:
    return _rows("word")


@cache
def _names() -> Mapping[str, str]:
    return _rows("name")


def _rows(kind: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for of, sector, words in read_rows("trades"):
        if of == kind:
            found.update((word, sector) for word in words.split("|") if word not in found)
    return found
