"""Names that the field has given: `actor.name`, `malware` and `tool`, by their canonical names."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from incidex.codebook import get_vocabulary
from incidex.coding.base import Prepared, Reading
from incidex.coding.cues import read_rows
from incidex.coding.kinds import common_words
from incidex.coding.lexicon import Hit, Lexicon, make_plain
from incidex.coding.newnames import KINDS, find_actors, find_programs

_ACTOR, _MALWARE, _TOOL = "actor.name", "malware", "tool"

#: What must stand near a name that could be another's, by field.
_CONTEXT = {
    _ACTOR: re.compile(
        r"\b(?:group|gang|hackers?|hacking|ransomware|(?:threat )?actors?|collective|crew|cartel|"
        r"affiliates?|APT|attributed to|claimed responsibility|calling (?:itself|themselves)|call themselves|"
        r"hacktivists?|"
        r"espionage|state-sponsored|state-backed|cyber ?criminals?|extortionists?|campaign)\b",
        re.IGNORECASE,
    ),
    _MALWARE: re.compile(
        r"\b(?:malware|ransomware|trojan|backdoor|worm|virus|botnet|spyware|wiper|loader|infostealer|stealer|"
        r"implant|variant|strain|RAT|payload|dropper|downloader|rootkit|keylogger|beacon|sample|C2|encryptor)s?\b",
        re.IGNORECASE,
    ),
    _TOOL: re.compile(
        r"\b(?:tools?|utility|malware|attackers?|hackers?|payload|post-exploitation|commands?|script|ran|"
        r"execut\w{1,4}|credential|lateral|used)\b",
        re.IGNORECASE,
    ),
}
_PROGRAM = (
    r"malware|ransomware|trojan|backdoor|worm|virus|botnet|spyware|wiper|loader|infostealer|stealer|RAT"
)
#: What must stand right before an everyday word for it to be a name, by field.
_BEFORE = {
    _ACTOR: re.compile(
        r"\b(?:group|gang|hackers|actors?|collective|crew|cartel|hacktivists|called|named|dubbed|known as),?"
        r" (?:is |the )?[\"“‘']?$",
        re.IGNORECASE,
    ),
    _MALWARE: re.compile(
        rf"\b(?:{_PROGRAM}|called|named|dubbed|known as|strain),? (?:is |the )?[\"“‘']?$", re.IGNORECASE
    ),
    _TOOL: re.compile(r"\b(?:tools?|utility|program) (?:called |named )?[\"“‘']?$", re.IGNORECASE),
}
#: What must stand right after it.
_AFTER = {
    _ACTOR: re.compile(
        r"[\"”'’]?(?:['’]s?)?[ -]?(?:group|gang|hackers?|hacking|APT|(?:threat )?actors?|collective|crew|"
        r"cartel|affiliates?|ransomware (?:gang|group|crew)|campaigns?|claimed responsibility|operators?|"
        r"leak site)\b",
        re.IGNORECASE,
    ),
    _MALWARE: re.compile(
        rf"[\"”'’]?(?:['’]s?)?[ -]?(?:{_PROGRAM}|implant|variant|encryptor)\b", re.IGNORECASE
    ),
    _TOOL: re.compile(r"[\"”'’]?(?: (?:tool|utility|command)\b|\.exe\b)", re.IGNORECASE),
}
#: What a known actor does when it stands as the subject: "Sandworm cut power to the capital".
_DOES = re.compile(
    r",? (?:has |have |had |also |then |again )?(?:stole|stolen|hid|hidden|cut|broke|broken|hacked|breached|"
    r"targeted|phished|deployed|exploited|pushed|planted|leaked|struck|compromised|infiltrated|spied|encrypted|defaced|"
    r"wiped|knocked|flooded|exfiltrated|infected|attacked)\b"
)
#: What a victim or a vendor of the same name is told by.
_OTHER = re.compile(
    r"(?:['’]s)? ?(?:,? (?:Inc|Ltd|LLC|Corp|GmbH|PLC|plc)\b"
    r"|(?:was|were|has been|had been) (?:hit|hacked|breached|attacked|compromised)"
    r"|(?:suffered|confirmed|customers|employees|officials|spokes\w{1,8}|executives|users)\b"
    r"|, (?:an?|the|which) (?:\w{1,20} ){0,4}(?:company|firm|provider|maker|vendor|bank|hospital|university|"
    r"retailer|supplier)\b)"
)
_NEAR = 60

#: A capital or a figure inside a word: nobody writes an everyday word so.
_COINED = re.compile(r"[a-z][A-Z]|[A-Za-z][0-9]|[0-9][A-Za-z]|[A-Z]{2,}[a-z]")
_NUMBERED = re.compile(r"(?:the )?(?:group|team|unit|operation) [0-9a-z]{1,4}", re.IGNORECASE)

_VOCABULARIES = {_ACTOR: ("actor", "group"), _MALWARE: ("malware", "ransomware"), _TOOL: ("tool",)}
_SOURCES = {"group": "ATT&CK", "malware": "ATT&CK", "tool": "ATT&CK"}
_SHORTEST = 4
#: In the lists, and yet no name where a text has it: "a Python backdoor", "the final payload".
_NEVER = frozenset(
    {"affiliates", "android", "autoit", "fake", "final", "python", "trojan", "unknown", "windows"}
)


class _Known(NamedTuple):
    """What a name is known for: its field, the first name of the same thing, and who says that it is one."""

    field: str
    label: str
    name: str
    source: str


def lexicons() -> tuple[Lexicon, ...]:
    """Return what these coders wait for."""
    return (_load()[0], _load_crews()[0], KINDS)


def read_actor_names(prepared: Prepared) -> Iterator[Reading]:
    """Read names and aliases of known actors, and those that are made as the field makes them: "TA505"."""
    known = list(_read(_ACTOR, prepared))
    yield from known
    taken = {reading.span.start for reading in known}
    for span, name, why in find_actors(prepared):
        if span.start not in taken:
            yield Reading(field=_ACTOR, value=name, span=span, confidence=0.75, why=why)


def read_malware(prepared: Prepared) -> Iterator[Reading]:
    """Read names of known malware, ransomware included, and new ones that the text itself calls malware."""
    known = list(_read(_MALWARE, prepared))
    yield from known
    names = _load()[1]
    for span, name, why in find_programs(prepared):
        if make_plain(name) not in names and not any(span.overlaps(reading.span) for reading in known):
            yield Reading(field=_MALWARE, value=name, span=span, confidence=0.6, why=why)


def read_tools(prepared: Prepared) -> Iterator[Reading]:
    """Read names of known tools."""
    return _read(_TOOL, prepared)


def _read(field: str, prepared: Prepared) -> Iterator[Reading]:
    """Yield the names of a field; one that the text has introduced as a name is one wherever it comes."""
    lexicon, names = _load()
    found = prepared.find(lexicon)
    if not found:
        return
    hits = [
        (hit, known, _weigh(prepared.text, hit, known, names[hit.term]))
        for hit in found
        for known in names[hit.term]
        if known.field == field
    ]
    introduced = {known.label for _, known, weight in hits if weight >= 0.7}
    for hit, known, weight in hits:
        again = (
            0.6 if not weight and known.label in introduced and prepared.text[hit.start].isupper() else 0.0
        )
        if _is_anothers(prepared.text, hit, field):
            continue
        if confidence := weight or again:
            written = prepared.text[hit.start : hit.end]
            alias = "" if hit.term == make_plain(known.label) else f", an alias of {known.label}"
            why = f"the name '{written}'{alias} ({known.source})"
            yield Reading(field=field, value=known.label, span=hit.span, confidence=confidence, why=why)


def _weigh(text: str, hit: Hit, known: _Known, others: Sequence[_Known]) -> float:
    """Return how likely the words are meant as the name; 0 when nothing here says so."""
    field, written = known.field, text[hit.start : hit.end]
    if not _is_spelt(written, known):
        return 0.0
    before, after = text[max(0, hit.start - _NEAR) : hit.start], text[hit.end : hit.end + _NEAR]
    if _BEFORE[field].search(before) or _AFTER[field].match(after):
        return 0.0 if _NUMBERED.fullmatch(written) and field != _ACTOR else 0.85
    if (
        hit.term in _everyday()
        or (field == _TOOL and len(hit.term) < _SHORTEST)
        or _NUMBERED.fullmatch(written)
    ):
        return 0.0
    if field == _ACTOR and hit.term not in _common() and _DOES.match(after):
        return 0.8
    is_near = any(_CONTEXT[field].search(side) for side in (before, after))
    is_coined = bool(_COINED.search(written) or " " in written) and len(written) > _SHORTEST
    if len({other.field for other in others}) > 1 and not is_near:
        return 0.0
    if is_near:
        return 0.8
    return 0.7 if is_coined and not _GOES_ON_AFTER.match(after) else 0.0


def _is_spelt(written: str, known: _Known) -> bool:
    """Say whether a name is written with its capitals, or in small letters where it has none to lose."""
    return written != written.lower() or known.name == written or known.field == _TOOL


def _is_anothers(text: str, hit: Hit, field: str) -> bool:
    """Say whether what follows makes the name a victim's or vendor's; or for a program, its crew's."""
    after = text[hit.end : hit.end + _NEAR]
    if _OTHER.match(after):
        return True
    return field == _MALWARE and _CREW.match(after) is not None


#: Words that make the name of a ransomware the name of those who run it: right before it, or right after.
_CREW = re.compile(r"[\"”'’]?(?:['’]s?)? (?:ransomware |extortion )?(?:gang|group|crew|cartel|affiliates?)\b")
_CREW_BEFORE = re.compile(
    r"\b(?:gang|group|crew|hackers|criminals|cartel|collective|extortionists|attackers)"
    r"(?:,? (?:called|known as|named|calling itself|who call themselves|going by))?,? [\"“'‘]?$",
    re.IGNORECASE,
)
_CREW_AFTER = re.compile(
    r"[\"”'’]?(?:['’]s?|, (?:an?|the))? (?:ransomware |extortion |hacking |cyber ?crime )?"
    r"(?:gang|group|crew|hackers|criminals|cartel|collective|operators|affiliates?|leak site)\b",
    re.IGNORECASE,
)
#: What a crew does that a firm or a person of the same name does, too.
_CREW_DOES = re.compile(
    r" (?:blog|said|says|claim(?:s|ed)|posted|published|listed|threatened|boasted|demanded|denie[sd]|took|"
    r"stole|leaked|encrypted|breached|hacked)\b",
    re.IGNORECASE,
)
#: A capital right before or after a name: it is a part of a longer one, "Unified School District".
_GOES_ON_BEFORE = re.compile(r"(?<![\w.])(?!(?:The|When|While|As|After|But|And|That) )[A-Z][\w.'’-]* $")
_GOES_ON_AFTER = re.compile(r" (?!(?:The|APT|RAT) )[A-Z][a-z]")


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
        if written != written.lower() and _is_crew(hit.term, before, after):
            yield Reading(
                field=_ACTOR,
                value=names[hit.term] if written.isupper() else written,
                span=hit.span,
                confidence=0.75,
                why=f"those who run '{names[hit.term]}' (MISP galaxy)",
            )


def _is_crew(name: str, before: str, after: str) -> bool:
    """Say whether what stands around a name makes it a crew's; of an everyday word, only its kind does."""
    if _CREW_BEFORE.search(before) or _CREW_AFTER.match(after):
        return not _GOES_ON_BEFORE.search(before) or name not in _common()
    return name not in _common() and bool(_CREW_DOES.match(after)) and not _GOES_ON_BEFORE.search(before)


@cache
def _common() -> frozenset[str]:
    return _everyday() | common_words()


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
def _load() -> tuple[Lexicon, Mapping[str, Sequence[_Known]]]:
    """Return the names of all fields, folded, each with what it is known for, once a field."""
    found: dict[str, list[_Known]] = defaultdict(list)
    for known in _known():
        held = found[make_plain(known.name)]
        if known.field not in {each.field for each in held}:
            held.append(known)
    return Lexicon(found), found


def _known() -> Iterator[_Known]:
    for field, vocabularies in _VOCABULARIES.items():
        for vocabulary in vocabularies:
            terms, source = get_vocabulary(vocabulary).values(), _SOURCES.get(vocabulary, "MISP galaxy")
            pairs = [(term.label, term) for term in terms] + [(n, t) for t in terms for n in t.aliases]
            for name, term in pairs:
                plain = re.sub(r" ?[Rr]ansomware$", "", name) if vocabulary == "ransomware" else name
                is_tool = field == _TOOL and len(plain) > 1
                if is_tool or (len(plain) >= _SHORTEST and _is_name(plain) and plain.lower() not in _NEVER):
                    yield _Known(field, re.sub(r" [Rr]ansomware$", "", term.label), plain, source)
    for field, label, names in read_rows("programs"):
        for name in (label, *filter(None, names.split("|"))):
            yield _Known(field, label, name, "Incidex")


def _is_name(words: str) -> bool:
    """Say whether the words can be told from plain English: lists of names hold "Russian" too."""
    return words[0].isalnum() and words != words.lower() and words not in _places()


@cache
def _everyday() -> frozenset[str]:
    return frozenset(row[0] for row in read_rows("everyday"))


@cache
def _places() -> frozenset[str]:
    countries = get_vocabulary("country").values()
    return frozenset(name for term in countries for name in (*term.names, *term.each("demonyms")))
