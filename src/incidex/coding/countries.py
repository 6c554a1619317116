"""Where the victim and the actor are, and what the victim does, where the text says so of them."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache

from incidex.codebook import get_vocabulary
from incidex.coding.base import Prepared, Reading
from incidex.coding.lexicon import Hit, Lexicon

_ORGANISATION = (
    r"(?:company|firm|group|maker|producer|retailer|bank|hospital|university|insurer|airline|operator|provider|"
    r"telecoms?|carrier|library|school|newspaper|manufacturer|website|"
    r"publisher|utility|regulator|exchange|startup|giant|chain|casino|hotel|charity|store|forum|platform|"
    r"customers|citizens|residents|voters|patients|users)"
)
_ACTOR = (
    r"(?:hackers?|hacking|hacktivists?|attackers?|gang|criminals?|cybercriminals?|spies|spy|intelligence|military|"
    r"threat actors?|group|crew|state-sponsored|state-backed|ransomware)"
)
_WORDS = r"(?:[ \n][\w'’-]{1,20}){0,3}?[ \n]"
_AFTER_IS_ACTOR = re.compile(
    rf"(?:-based|-linked|-backed|-sponsored)?{_WORDS.replace('3', '2')}{_ACTOR}\b",
    re.IGNORECASE,
)
_AFTER_IS_VICTIM = re.compile(
    rf"(?:-based\b|-headquartered\b|['’]s (?:largest|biggest|second|national|leading)"
    rf"|{_WORDS}{_ORGANISATION}\b)",
    re.IGNORECASE,
)
_BEFORE_IS_ACTOR = re.compile(
    r"\b(?:hackers?|attackers?|criminals|gang|group|ransomware)\b[^.;]{0,70}\b"
    r"(?:based in|from|are in|operating (?:from|out of))\s$",
    re.IGNORECASE,
)
_BEFORE_IS_VICTIM = re.compile(
    r"(?:\b(?:based|headquartered|located) in (?:the )?(?:[A-Z][\w.'-]{1,20},? ){0,3}"
    r"|\b(?:Country|State):\s{1,30}|\blibrary of (?:the )?|\bgovernment of (?:the )?)$",
    re.IGNORECASE,
)
_AFTER_TOWN = re.compile(r"\b(?:in|of|from|at) (?:[A-Z][\w.'-]{1,20} ){0,2}[A-Z][\w.'-]{1,20}, $")
_REACH = 90

#: Names of countries that are also states, people or birds, and demonyms that are languages first.
_NEVER = frozenset(
    {"Georgia", "Georgian", "Jordan", "Chad", "Turkey", "Guinea", "English", "Niger", "Jersey"}
)


def lexicons() -> tuple[Lexicon, ...]:
    """Return what these coders wait for."""
    return (_countries()[0], _industries()[0])


def read_countries(prepared: Prepared) -> Iterator[Reading]:
    """Read `victim.country` and `actor.country`, only from words that tie the country to one of them."""
    lexicon, codes = _countries()
    text = prepared.text
    for hit in prepared.find(lexicon):
        code, is_state = codes[hit.term]
        found = _tie(text, hit, is_state=is_state)
        if found:
            field, confidence = found
            yield Reading(
                field=field,
                value=code,
                span=hit.span,
                confidence=confidence,
                why=f"'{hit.term}' said of the {field.partition('.')[0]}",
            )


def _tie(text: str, hit: Hit, *, is_state: bool) -> tuple[str, float] | None:
    before = text[max(0, hit.start - _REACH) : hit.start]
    after = text[hit.end : hit.end + _REACH]
    if not is_state and (_AFTER_IS_ACTOR.match(after) or _BEFORE_IS_ACTOR.search(before)):
        is_firm = re.match(rf"{_WORDS}group", after, re.IGNORECASE) and not re.match(r" group|-", after)
        return ("victim.country", 0.6) if is_firm else ("actor.country", 0.8)
    if _BEFORE_IS_VICTIM.search(before):
        return "victim.country", 0.85
    if is_state:
        return ("victim.country", 0.7) if _AFTER_TOWN.search(before) else None
    return ("victim.country", 0.75) if _AFTER_IS_VICTIM.match(after) else None


@cache
def _countries() -> tuple[Lexicon, Mapping[str, tuple[str, bool]]]:
    """Return the names and demonyms of countries, and the states of the United States, as they are spelt."""
    found: dict[str, tuple[str, bool]] = {}
    for term in get_vocabulary("country").values():
        for name in (*term.names, *term.each("demonyms")):
            if len(name) > 1 and name not in _NEVER:
                found.setdefault(name, (term.id, False))
    for term in get_vocabulary("us_state").values():
        for name in (*term.names, term.extra.get("postal", "")):
            if name and name not in _NEVER:
                found.setdefault(name, ("US", True))
    return Lexicon(found, lower=False), found


#: Cues that reports use of everyone but the victim: those who investigate, sell, defend or comment.
_BYSTANDERS = frozenset(
    {
        "department",
        "agency",
        "financial",
        "finance",
        "shop",
        "store",
        "app",
        "website",
        "web site",
        "contractor",
    }
    | {
        "shelter",
        "association",
        "union",
        "campaign",
        "regulator",
        "police",
        "court",
        "town",
        "county",
        "city",
    }
    | {
        "prosecutor",
        "attorney general",
        "police department",
        "government",
        "security firm",
        "attorney",
        "fbi",
    }
    | {"lawyer", "data center", "data centre", "social media", "newspaper", "magazine", "rental", "transport"}
    | {
        "police force",
        "sheriff",
        "mine",
        "utility",
        "archive",
        "union",
        "pub",
        "metro",
        "transportation",
        "isp",
    }
    | {
        "online service",
        "parking",
        "army",
        "court",
        "publisher",
        "drilling",
        "credit bureau",
        "accountant",
        "treasury",
    }
)

#: Characters at the start of a report in which it says whom it is about.
_OPENING = 800


def read_industry(prepared: Prepared) -> Iterator[Reading]:
    """Read `victim.industry` from what the opening of the report calls the victim; the commonest sector."""
    lexicon, codes = _industries()
    hits: dict[str, list[Hit]] = defaultdict(list)
    for hit in prepared.find(lexicon):
        if hit.start >= _OPENING:
            break
        hits[codes[hit.term][:2]].append(hit)
    if not hits:
        return
    sector = max(hits, key=lambda code: (len(hits[code]), -hits[code][0].start))
    first = hits[sector][0]
    share = len(hits[sector]) / sum(map(len, hits.values()))
    yield Reading(
        field="victim.industry",
        value=codes[first.term],
        span=first.span,
        confidence=0.7 if share > 0.6 else 0.5,
        why=f"cue '{first.term}' in the opening",
    )


@cache
def _industries() -> tuple[Lexicon, Mapping[str, str]]:
    found: dict[str, str] = {}
    for term in get_vocabulary("industry").values():
        for cue in term.each("cues"):
            for form in (cue.lower(), f"{cue.lower()}s"):
                if cue.lower() not in _BYSTANDERS:
                    found.setdefault(form, term.id)
    return Lexicon(found), found
