"""Patterns that the engine skips to, by the letters that their words begin with.

A pattern that begins with a word's edge, or takes no heed of case, is tried at every character, and each of
its alternatives anew. One that begins with letters is tried where one of them stands: on a sentence without
a match that takes 4 µs and not 30 to 90. So text is searched in its small letters, which are made once.
"""

import re
from collections.abc import Iterator


def followed(words: str, rest: str) -> Iterator[str]:
    """Yield the words, parted by "|", each with the `rest` of a pattern behind it."""
    return (word + rest for word in words.split("|"))


def at_words(*alternatives: str, elsewhere: str = "") -> re.Pattern[str]:
    r"""Return what finds an alternative where a word begins: as `\b(?:first|second|…)` does, and faster.

    Each alternative begins with a plain letter, and of two that match at one place the earlier wins.
    `elsewhere` is for any other place; it begins with plain letters too.
    """
    by_letter: dict[str, list[str]] = {}
    for alternative in alternatives:
        by_letter.setdefault(alternative[0], []).append(alternative[1:])
    parts = [rf"{letter}(?<!\w.)(?:{'|'.join(rests)})" for letter, rests in by_letter.items()]
    return re.compile("|".join([*parts, elsewhere] if elsewhere else parts))


def to_small(text: str) -> str:
    """Return the text in small letters, as long as it was."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)
