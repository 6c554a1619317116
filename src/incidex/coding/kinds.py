"""What kind of name a name is, as far as its own words tell: organisation, newspaper, product, person."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files

from incidex.coding.cues import read_rows
from incidex.coding.phrases import actor_names, malware_names, places

_REGIONS = frozenset(
    {"middle east", "north america", "latin america", "south america", "western europe", "eastern europe"}
)

#: How words of a language end, and names seldom.
_ENDINGS = (
    "ly",
    "ing",
    "ed",
    "ers",
    "ours",
    "tion",
    "tions",
    "ness",
    "ment",
    "ments",
    "ies",
    "als",
    "ive",
    "ous",
)
#: Bodies that look into what befell others.
_WATCHDOG = re.compile(
    r"\b(?:(?:data|privacy|consumer) protection|(?:privacy|information) commission|ombuds|inspectorate|"
    r"superintenden|protecci[oó]n de datos|prote[çc][aã]o de dados|datatilsynet|datenschutz|cnil|cert|csirt|"
    r"aepd|tribunal|magistrate|prosecut|attorney|inspector general|securities and exchange|cyber ?security|"
    r"cybercrime|investigation|competition|crimes? (?:commission|unit|branch|agency))"
)
#: The number of an advisory or a flaw: "FW-2019-07".
_SERIAL = re.compile(r"\b[A-Z]{1,4}-[0-9]")


@cache
def words_for(use: str) -> frozenset[str]:
    """Return the words of one line of `data/name_words.tsv`, in lower case."""
    return _word_lists()[use]


@cache
def _word_lists() -> Mapping[str, frozenset[str]]:
    return {use: frozenset(words.split()) for use, words in read_rows("name_words")}


@cache
def common_words() -> frozenset[str]:
    """Return words that reports mostly write small, so that a capital says only that a sentence begins."""
    text = files("incidex.coding").joinpath("data", "common_words.txt").read_text(encoding="utf-8")
    return frozenset(text.split())


@cache
def _kinds() -> Mapping[str, str]:
    lists = _word_lists().items()
    return {
        word: use.removeprefix("kind ") for use, words in lists if use.startswith("kind ") for word in words
    }


@cache
def _towns() -> frozenset[str]:
    return frozenset(
        name.casefold()
        for _, kind, names in read_rows("places")
        if kind in {"city", "region"}
        for name in names.split("|")
    )


@lru_cache(maxsize=4096)
def kinds_of(name: str) -> tuple[tuple[str, ...], ...]:
    """Return the features of a name that lie in the name; `("kind", "never")` for what can be no victim."""
    fold = name.casefold()
    if fold in words_for("never") or fold in _REGIONS or len(name) < 2:
        return (("kind", "never"),)
    if fold in actor_names() or name in malware_names() or not words_for("software").isdisjoint(fold.split()):
        return (("kind", "never"),)
    if (
        _SERIAL.search(name)
        or not any(len(part) > 1 for part in fold.split(" and "))
        or all(part in places() for part in fold.split(" and "))
    ):
        return (("kind", "never"),)
    return tuple(_read_kinds(name, fold.split()))


def _read_kinds(name: str, words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield what the words of a name say."""
    known, common = _kinds(), common_words()
    count, last = len(words), words[-1]
    kinds = {known[word] for word in words if word in known}
    yield from (("words", str(min(count, 4))), ("head", last), ("first", words[0]), ("ends", last[-4:]))
    yield from (("kind", kind) for kind in kinds)
    yield from _read_more(name, words)
    if last in known:
        yield from (("head kind", known[last]), ("head kind", known[last], str(min(count, 3))))
    if count == 1:
        yield ("kind", _shape(name))
        if last in common:
            yield ("kind", "common word")
        elif last.endswith(_ENDINGS):
            yield ("kind", "ends like a word")
    elif all(word in common for word in words):
        yield ("kind", "common words")
    elif count < 4 and not kinds and all(map(_is_plain, name.split())):
        yield ("kind", "two names")


def _read_more(name: str, words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield what a name is as a whole: a town, a watchdog, a firm by its legal form, a description."""
    fold, last = name.casefold(), words[-1]
    if "-" in name and last.rpartition("-")[2] in words_for("compound"):
        yield ("kind", "compound")
    if _WATCHDOG.search(fold):
        yield ("kind", "watchdog")
    if fold in _towns():
        yield ("kind", "place")
    elif words[0] in places():
        yield ("kind", "of a place")
    if last.strip(".") in words_for("legal form"):
        yield ("kind", "legal form")
    if len(words) > 1 and name.isupper():
        yield ("kind", "capitals throughout")
    elif len(words) > 1 and name.rpartition(" ")[2].islower():
        yield ("kind", "described")


def _is_plain(word: str) -> bool:
    return word[0].isupper() and word[1:].strip(".").islower()


def _shape(name: str) -> str:
    if "." in name[1:-1] and name[-1].islower():
        return "domain"
    if name.isupper():
        return "short capitals" if len(name) < 6 else "capitals"
    if name.islower():
        return "small letters"
    return "serial" if any(each.isdigit() for each in name) else "plain" if name[1:].islower() else "mixed"
