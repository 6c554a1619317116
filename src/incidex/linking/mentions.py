"""Names that a text mentions, whether or not a coder read what they are: the victim is nearly always one.

A coder that misses the victim of a report leaves its claims without the best that they could be found by.
The name still stands in the text.
"""

import re
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from importlib.resources import files
from itertools import islice

from incidex.codebook import get_vocabulary
from incidex.linking.names import fold_name

#: Read no further than this into a text: whom a report is about stands near its beginning.
MOST_CHARACTERS = 20_000

#: Names kept of one text, the first ones.
MOST_NAMES = 100

_LONGEST_WORDS = 7

_WORD = r"[^\W\d_][\w’'&.\-]{0,29}"
_TOKEN = re.compile(rf"{_WORD}|&|[^\s\w]|\d[\w,.]{{0,19}}")
_DOMAIN = re.compile(r"[a-z][a-z0-9\-]{2,40}\.(?:com|org|net|co|io|gov|edu|info|biz)")
_JOINING = frozenset({"of", "and", "the", "for", "&", "de", "du", "in"})

#: Words that begin a sentence with a capital and are no names.
_OPENERS = frozenset(
    {
        "a", "about", "after", "again", "all", "also", "although", "an", "and", "another", "any",
        "as", "at", "back", "because", "before", "both", "but", "by", "can", "could", "did", "do",
        "does", "during", "each", "either", "even", "every", "few", "first", "for", "from", "given",
        "had", "has", "have", "he", "her", "here", "his", "how", "however", "i", "if", "in", "into",
        "is", "it", "its", "last", "later", "least", "less", "like", "many", "may", "might", "more",
        "most", "much", "must", "my", "new", "no", "nor", "not", "now", "of", "officials", "on",
        "once", "one", "only", "or", "other", "our", "over", "people", "police", "police's", "said",
        "says", "second", "several", "she", "should", "since", "so", "some", "still", "such",
        "than", "that", "the", "their", "them", "then", "there", "these", "they", "this", "those",
        "though", "three", "through", "thus", "to", "today", "two", "under", "unlike", "until",
        "up", "upon", "was", "we", "well", "were", "what", "when", "where", "whether", "which",
        "while", "who", "whose", "why", "will", "with", "within", "without", "would", "yet", "you",
        "your", "hackers", "customers", "according", "dear", "monday", "tuesday", "wednesday",
        "thursday", "friday", "saturday", "sunday", "january", "february", "march", "april",
        "june", "july", "august", "september", "october", "november", "december", "mr", "mrs", "ms",
        "dr", "sir",
    }
)  # fmt: skip


def mentions(text: str) -> tuple[str, ...]:
    """Return the names in a text as they are compared, in the order of their first mention, each once.

    Runs of words with a capital are names, joined by "of", "and" and the like; what thousands of reports
    mention ("Social Security") is left out.
    """
    found = dict.fromkeys(name for run in _runs(text[:MOST_CHARACTERS]) for name in _names(run))
    return tuple(islice(found, MOST_NAMES))


@cache
def common() -> frozenset[str]:
    """Return the names that so many reports mention that sharing one says nothing."""
    text = (files("incidex.linking") / "common.txt").read_text("utf-8")
    countries = (fold_name(name) for term in get_vocabulary("country").values() for name in term.names)
    listed = (line for line in text.splitlines() if line and not line.startswith("#"))
    return frozenset((*listed, *countries))


def mention_key(name: str) -> str:
    """Return the key of a folded name, of 24 bits: enough to find by, too few to tell who was mentioned.

    The log keeps keys for ever, and a name that the law takes out of a report must not stay in them.
    """
    return f"m:{sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:6]}"


def _names(run: list[str]) -> Iterator[str]:
    """Yield a name and what it may be part of: "Oregon Health" of "Oregon Health of Portland" too."""
    words = fold_name(" ".join(run)).split()
    parts = [words[:count] for count in range(len(words), 0, -1)]
    parts += [words[start:] for start in range(1, len(words) - 1)]
    for part in parts:
        name = " ".join(part)
        if (len(part) > 1 or _stands_alone(name, is_whole=len(words) == 1)) and name not in common():
            yield name


def _stands_alone(word: str, *, is_whole: bool) -> bool:
    return word not in _OPENERS and len(word) >= (3 if is_whole else 5)


def _runs(text: str) -> Iterator[list[str]]:
    """Yield the runs of capitalised words, without what only begins a sentence."""
    run: list[str] = []
    for token in _TOKEN.findall(text):
        word = token.removesuffix("'s").removesuffix("’s").rstrip(".")
        if _is_capital(word) or (run and word in _JOINING and len(run) < _LONGEST_WORDS):
            run.append(word)
            if token.endswith(("'s", "’s")) or len(run) > _LONGEST_WORDS:
                yield from _trimmed(run)
                run = []
        elif run:
            yield from _trimmed(run)
            run = []
        if _DOMAIN.fullmatch(word):
            yield [word.rpartition(".")[0]]
    yield from _trimmed(run)


def _is_capital(word: str) -> bool:
    return bool(word) and word[0].isupper()


def _trimmed(run: list[str]) -> Iterator[list[str]]:
    """Take words off both ends that are no part of a name, and split where two names may be joined."""
    while run and run[0].casefold() in _OPENERS | _JOINING:
        run = run[1:]
    while run and run[-1] in _JOINING:
        run = run[:-1]
    if not run:
        return
    yield run
    joint = next((at for at, word in enumerate(run) if word in ("and", "in", "of", "for")), 0)
    if joint:
        yield from _trimmed(run[:joint])
        yield from _trimmed(run[joint + 1 :])
