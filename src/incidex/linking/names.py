"""Names of organisations as they are compared: without the parts that say only what form a company has."""

import unicodedata
from functools import lru_cache

from rapidfuzz import fuzz

#: Legal forms, folded; single words, because they are taken off the end one by one.
LEGAL_FORMS = frozenset(
    {
        "ab", "ag", "as", "asa", "bhd", "bv", "co", "company", "corp", "corporation", "gmbh", "group",
        "holding", "holdings", "inc", "incorporated", "kg", "kk", "limited", "llc", "llp", "lp", "ltd",
        "nv", "oy", "oyj", "plc", "pte", "pty", "pvt", "sa", "sarl", "sas", "sdn", "se", "spa", "srl",
    }
)  # fmt: skip

#: Longer names are cut: comparing takes time in proportion to the product of the lengths.
LONGEST = 200

#: First words shorter than this are any firm's.
SHORTEST = 4

#: Initials make a name from this many letters on: "MGM", "UCLA"; two are anybody's.
SHORTEST_INITIALS = 3

_SMALL = frozenset({"of", "the", "and", "for", "in", "at", "on", "de", "du", "la", "le", "y"})


@lru_cache(maxsize=65536)
def fold_name(name: str) -> str:
    """Return a name as it is compared: "The Acme Co., Ltd." and "ACME" are both "acme".

    Case, accents and punctuation go, and so do a leading article and trailing legal forms, unless nothing
    would be left.
    """
    plain = unicodedata.normalize("NFKD", name[:LONGEST].casefold().replace("&", " and "))
    kept = "".join(_keep(character) for character in plain)
    words = kept.split()
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    while len(words) > 1 and words[-1] in LEGAL_FORMS:
        words.pop()
    return " ".join(words)


def short_names(name: str) -> tuple[str, ...]:
    """Return the first words of a folded name, longest first: what it may be called for short."""
    words = fold_name(name).split()
    return tuple(" ".join(words[:count]) for count in range(len(words), 0, -1))


@lru_cache(maxsize=65536)
def initials(folded: str) -> str:
    """Return the initials of a folded name of several words, "" when they are too few to be a name."""
    letters = "".join(word[0] for word in folded.split() if word not in _SMALL)
    return letters if len(letters) >= SHORTEST_INITIALS else ""


def fold_domain(domain: str) -> str:
    """Return a domain as it is compared: lower case, without a leading "www." or a final dot."""
    return domain.strip().casefold().removesuffix(".").removeprefix("www.")


@lru_cache(maxsize=65536)
def likeness(one: str, other: str) -> float:
    """Return how alike two folded names are, from 0 to 1; the order does not matter.

    1.0 is the same name; 0.95 one that is the other's first words, or its initials; 0.9 one whose words are
    all in the other. Names that differ in a number ("District 4" and "District 9") are not alike.
    """
    if one == other:
        return 1.0
    if _numbers(one) != _numbers(other):
        return 0.0
    if _is_short_for(one, other) or _is_short_for(other, one):
        return 0.95
    ours, theirs = frozenset(one.split()) - _SMALL, frozenset(other.split()) - _SMALL
    if min(len(ours), len(theirs)) > 1 and (ours <= theirs or theirs <= ours):
        return 0.9
    # Short names are too easily alike: "Sony" and "Sonae" are two firms.
    if min(len(one), len(other)) < 2 * SHORTEST:
        return 0.0
    return max(fuzz.ratio(one, other), fuzz.token_sort_ratio(one, other)) / 100


def _numbers(name: str) -> list[str]:
    return [word for word in name.split() if any(letter.isdigit() for letter in word)]


def _is_short_for(short: str, whole: str) -> bool:
    """Say whether a name is the first words of another, or its initials: "MGM Resorts", "UCLA"."""
    if len(short) >= SHORTEST and whole.startswith(f"{short} "):
        return True
    return " " not in short and len(short) >= SHORTEST_INITIALS and initials(whole) == short


def _keep(character: str) -> str:
    """Keep letters and digits; drop accents and the marks inside words; the rest separates words."""
    if character.isalnum():
        return character
    return "" if unicodedata.combining(character) or character in ".'’" else " "
