"""Names of organisations as they are compared: without the parts that say only what form a company has."""

import unicodedata
from functools import lru_cache

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


def fold_domain(domain: str) -> str:
    """Return a domain as it is compared: lower case, without a leading "www." or a final dot."""
    return domain.strip().casefold().removesuffix(".").removeprefix("www.")


def _keep(character: str) -> str:
    """Keep letters and digits; drop accents and the marks inside words; the rest separates words."""
    if character.isalnum():
        return character
    return "" if unicodedata.combining(character) or character in ".'’" else " "
