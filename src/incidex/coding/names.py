"""Names that the field has given: `actor.name`, `malware` and `tool`, by their canonical names."""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from incidex.codebook import Term, get_vocabulary
from incidex.coding.base import Prepared, Reading
from incidex.coding.lexicon import Hit, Lexicon

#: What must stand near a name that could be an everyday word, by field.
_CONTEXT = {
    "actor.name": re.compile(
        r"\b(?:group|gang|hackers?|hacking|ransomware|threat actors?|collective|crew|cartel|affiliates?|"
        r"attributed to|claimed responsibility|calling (?:itself|themselves)|call themselves|APT)\b",
        re.IGNORECASE,
    ),
    "malware": re.compile(
        r"\b(?:malware|ransomware|trojan|backdoor|worm|virus|botnet|spyware|wiper|loader|infostealer|stealer|"
        r"implant|variant|strain)\b",
        re.IGNORECASE,
    ),
    "tool": re.compile(
        r"\b(?:tools?|utility|malware|attackers?|hackers?|payload|post-exploitation)\b", re.IGNORECASE
    ),
}
_NEAR = 60

#: A capital or a figure inside a word: nobody writes an everyday word so.
_COINED = re.compile(r"[a-z][A-Z]|[A-Za-z][0-9]|[0-9][A-Za-z]|[A-Z]{2,}[a-z]")
_NUMBERED = re.compile(r"(?:the )?(?:group|team|unit|operation) [0-9a-z]{1,4}", re.IGNORECASE)

_VOCABULARIES = {"actor.name": ("actor", "group"), "malware": ("malware", "ransomware"), "tool": ("tool",)}
_SHORTEST = 4


def lexicons() -> tuple[Lexicon, ...]:
    """Return what these coders wait for."""
    return (*(_load(field)[0] for field in _VOCABULARIES), _load_crews()[0])


def read_actor_names(prepared: Prepared) -> Iterator[Reading]:
    """Read names and aliases of known actors."""
    return _read("actor.name", prepared)


def read_malware(prepared: Prepared) -> Iterator[Reading]:
    """Read names of known malware, ransomware included."""
    return _read("malware", prepared)


def read_tools(prepared: Prepared) -> Iterator[Reading]:
    """Read names of known tools."""
    return _read("tool", prepared)


def _read(field: str, prepared: Prepared) -> Iterator[Reading]:
    lexicon, names = _load(field)
    for hit in prepared.find(lexicon):
        term, source = names[hit.term]
        confidence = _weigh(field, hit, prepared.text)
        if confidence:
            alias = "" if hit.term == term.label else f", an alias of {term.label}"
            yield Reading(
                field=field,
                value=term.label,
                span=hit.span,
                confidence=confidence,
                why=f"the name '{hit.term}'{alias} ({source})",
            )


#: Words that make the name of a ransomware the name of those who run it: right before it, or right after.
_CREW_BEFORE = re.compile(
    r"\b(?:gang|group|crew|hackers|criminals|cartel|collective|extortionists|attackers)"
    r"(?:,? (?:called|known as|named|calling itself|who call themselves|going by))?,? [\"“'‘]?$",
    re.IGNORECASE,
)
_CREW_AFTER = re.compile(
    r"[\"”'’]?(?:['’]s?|, (?:an?|the))? (?:ransomware |extortion |hacking |cyber ?crime )?"
    r"(?:gang|group|crew|hackers|criminals|cartel|collective|operators|affiliates?|leak site|blog|"
    r"said|says|claim(?:s|ed)|posted|published|listed|threatened|boasted|demanded|denie[sd]|took)\b",
    re.IGNORECASE,
)


def read_crews(prepared: Prepared) -> Iterator[Reading]:
    """Read those who run a ransomware under its name: "the DarkSide gang", "Clop said".

    The value is the name as the text spells it, because the lists' first name for it is the program's; where
    the text shouts, it is the lists' spelling.
    """
    lexicon, names = _load_crews()
    for hit in prepared.find(lexicon):
        written = prepared.text[hit.start : hit.end]
        before = prepared.text[max(0, hit.start - _NEAR) : hit.start]
        after = prepared.text[hit.end : hit.end + _NEAR]
        if written != written.lower() and (_CREW_BEFORE.search(before) or _CREW_AFTER.match(after)):
            yield Reading(
                field="actor.name",
                value=names[hit.term] if written.isupper() else written,
                span=hit.span,
                confidence=0.75,
                why=f"those who run '{names[hit.term]}' (MISP galaxy)",
            )


@cache
def _load_crews() -> tuple[Lexicon, Mapping[str, str]]:
    """Return the names of ransomware, folded, each with the lists' spelling."""
    found: dict[str, str] = {}
    for term in get_vocabulary("ransomware").values():
        for name in (term.label, *term.aliases):
            plain = re.sub(r"(?i) ?ransomware$", "", name)
            spelt = plain[:1].upper() + plain[1:]
            if len(spelt) >= _SHORTEST and _is_name(spelt):
                found.setdefault(plain.lower(), spelt)
    return Lexicon(found), found


@cache
def _load(field: str) -> tuple[Lexicon, Mapping[str, tuple[Term, str]]]:
    """Return the names of a field as they are spelt, each with its term and who says so."""
    found: dict[str, tuple[Term, str]] = {}
    for vocabulary in _VOCABULARIES[field]:
        terms = get_vocabulary(vocabulary).values()
        source = "ATT&CK" if vocabulary in {"group", "malware", "tool"} else "MISP galaxy"
        for name, term in [(term.label, term) for term in terms] + [(n, t) for t in terms for n in t.aliases]:
            if len(name) >= _SHORTEST and _is_name(name):
                found.setdefault(name, (term, source))
                found.setdefault(name.upper(), (term, source))
    return Lexicon(found, lower=False), found


def _is_name(words: str) -> bool:
    """Say whether the words can be told from plain English: lists of names hold "Russian" too."""
    return words[0].isalnum() and words != words.lower() and words not in _places()


@cache
def _places() -> frozenset[str]:
    countries = get_vocabulary("country").values()
    return frozenset(name for term in countries for name in (*term.names, *term.each("demonyms")))


def _weigh(field: str, hit: Hit, text: str) -> float:
    """Return how likely the name is meant as one; 0 when nothing says that the word is a name."""
    before = text[max(0, hit.start - _NEAR) : hit.start]
    after = text[hit.end : hit.end + _NEAR]
    is_near = any(_CONTEXT[field].search(side) for side in (before, after))
    if is_near and not (_NUMBERED.fullmatch(hit.term) and field != "actor.name"):
        return 0.8
    is_sure = (_COINED.search(hit.term) or " " in hit.term) and not _NUMBERED.fullmatch(hit.term)
    return 0.65 if is_sure and len(hit.term) > _SHORTEST else 0.0
