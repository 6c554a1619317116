"""A text's words as search compares them: lower case, without accents, in the index and out of it."""

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

#: Longer runs of letters are keys and noise; nobody looks for them by typing.
LONGEST_WORD = 64

#: Shorter words have no ending that could be left off.
_SHORTEST_STEMMED = 4
_SHORTEST_SHARED = 3


@cache
def analyzer() -> TextAnalyzer:
    """Return what cuts a text into words."""
    return (
        TextAnalyzerBuilder(Tokenizer.simple())
        .filter(Filter.remove_long(LONGEST_WORD + 1))
        .filter(Filter.lowercase())
        .filter(Filter.ascii_fold())
        .build()
    )


@cache
def _stemmer() -> TextAnalyzer:
    return TextAnalyzerBuilder(Tokenizer.raw()).filter(Filter.stemmer("english")).build()


def split(text: str) -> list[str]:
    """Return the words of a text."""
    return analyzer().analyze(clean(text))


def find_words(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield each word of a text with where it stands: half-open, in characters."""
    for token in analyzer().pre_tokenize(clean(text)).tokens:
        yield token.text, token.char_offset_from, token.char_offset_to


def clean(text: str) -> str:
    """Return text that has a UTF-8: half of a surrogate pair is no letter of any word."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Return a word without its English ending: "breached" and "breaches" are both "breach"."""
    if len(word) < _SHORTEST_STEMMED or not word.isascii() or not word.isalpha():
        return word
    return (_stemmer().analyze(word) or [word])[0]


@lru_cache(maxsize=16_384)
def shared_start(word: str) -> str:
    """Return how every form of a word begins; the word itself when it has no other forms."""
    ending_off = stem(word)
    common = next(
        (place for place, (one, two) in enumerate(zip(word, ending_off, strict=False)) if one != two),
        min(len(word), len(ending_off)),
    )
    return word[:common] if common >= _SHORTEST_SHARED and len(word) >= _SHORTEST_STEMMED else word


def has_forms(word: str) -> bool:
    """Say whether a word may have other forms than itself."""
    return len(word) >= _SHORTEST_STEMMED


def is_form_of(found: str, word: str) -> bool:
    """Say whether a word that was found is the word that was meant, or another form of it."""
    if found == word:
        return True
    if found[:1] != word[:1] or not has_forms(word):  # most words of a text end here
        return False
    return found.startswith(shared_start(word)) and stem(found) == stem(word)


def runs(words: Sequence[str], phrase: Sequence[str]) -> bool:
    """Say whether the words of a phrase stand in a text side by side, in order."""
    length = len(phrase)
    wanted = list(phrase)
    return any(
        words[place : place + length] == wanted for place, word in enumerate(words) if word == wanted[0]
    )


def distance_at_most(one: str, two: str, most: int) -> bool:
    """Say whether one word becomes the other by so many letters added, left out, changed or swapped."""
    if abs(len(one) - len(two)) > most:
        return False
    before: list[int] = []
    last = list(range(len(two) + 1))
    for row, letter in enumerate(one, start=1):
        this = [row]
        for column, other in enumerate(two, start=1):
            cost = min(this[-1] + 1, last[column] + 1, last[column - 1] + (letter != other))
            if row > 1 and column > 1 and letter == two[column - 2] and one[row - 2] == other:
                cost = min(cost, before[column - 2] + 1)
            this.append(cost)
        if min(this) > most:
            return False
        before, last = last, this
    return last[-1] <= most
