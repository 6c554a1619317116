"""Who is who in a report: the publisher, the victim, the actor, and the words that stand for each of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from incidex.codebook import find_terms
from incidex.coding.base import Prepared, Reading
from incidex.coding.phrases import NAME, actor_names, clean, initials, is_name, places, windows
from incidex.model import Report, Role, Source, Span, Speaker, Stance

#: What a common noun makes of the one it stands for. The last word that matches decides.
_NOUNS: tuple[tuple[Role, str], ...] = (
    (
        Role.VICTIM,
        (
            "company firm business hospital bank university library city council county school district "
            "retailer "
            "insurer operator manufacturer maker producer provider carrier airline organisation "
            "organization casino "
            "club clinic executive ceo cfo ciso spokesman spokeswoman spokesperson chairman entity ce "
            "college charity "
            "bureau owner management board subsidiary startup chain exchange"
        ),
    ),
    (
        Role.ACTOR,
        (
            "group gang hackers hacker attackers attacker criminals criminal site website intruder intruders "
            "thief thieves "
            "people actor actors crew collective operators extortionists account person seller poster"
        ),
    ),
    (
        Role.AUTHORITY,
        (
            "police regulator regulators fbi prosecutors prosecutor general ministry minister government "
            "department "
            "officials official court judge indictment complaint commission commissioner agency agencies "
            "authorities "
            "authority secretary hhs ocr ico cisa ncsc house interpol europol investigators watchdog military"
        ),
    ),
    (Role.RESEARCHER, "researchers researcher experts expert specialists specialist analysts analyst hibp"),
    (Role.PRESS, "newspaper newspapers reporters reporter ledger journalists"),
    (
        Role.NAMED_PARTY,
        (
            "customers customer users user patients patient staff employees employee rival competitor lawyer "
            "lawyers"
        ),
    ),
)
_ROLE_OF = {noun: role for role, nouns in _NOUNS for noun in nouns.split()}
_DETERMINERS = frozenset({"the", "a", "an", "its", "their", "one", "two", "some"})
_PLURAL = {"customer": "customers", "user": "users", "patient": "patients", "employee": "employees"}

_AUTHORITY_NAME = re.compile(
    r"\b(?:FBI|CISA|NCSC|ICO|HHS|OCR|AFP|NSA|CIA|SEC|FTC|Police|Department|Ministry|Ministries|Commission|"
    r"Commissioner|Office|"
    r"Agency|Bureau of|Government|White House|Court|Attorney|Senate|Parliament|Interpol|Europol|"
    r"Secret Service|"
    r"Authority|Minister|Secretary|Beijing|Moscow|Washington|Kremlin|Pyongyang|Tehran|"
    r"Cyber Security Centre)\b"
)
_RESEARCHER_NAME = re.compile(
    r"\b(?:Labs?|Research|Security|Threat|Intelligence|Mandiant|FireEye|CrowdStrike|Kaspersky|Symantec|Talos|"
    r"ESET|Sophos|McAfee|Check Point|Recorded Future|Proofpoint|SentinelOne|Have I Been Pwned|HIBP|Krebs|"
    r"Microsoft)\b"
)
_PRESS_NAME = re.compile(
    r"\b(?:News|Journal|Herald|Tribune|Ledger|Gazette|Times|Reuters|Bloomberg|Associated Press|Motherboard|"
    r"Guardian|TechCrunch|ZDNet|BleepingComputer|Wired|Forbes|Telegraph|Newspaper)\b"
)
_ACTOR_HINT = re.compile(r"\b(?:group|gang|ransomware|hackers|crew|collective|extortion|leak)\b")


_RELATIVE = re.compile(r"\s(?:behind|that|who|which)\b")


def party_name(source: Source) -> str:
    """Return the name under which a publisher speaks, one and the same in its own and in others' reports.

    A party's own statement may be listed as "Ciphr (statement, retold)"; the party is "Ciphr". Anyone else
    speaks as exactly the source's name.
    """
    if source.role not in {Role.VICTIM, Role.ACTOR, Role.NAMED_PARTY}:
        return source.name
    return re.sub(r"\s*\([^()]*\)$", "", source.name) or source.name


@dataclass(frozen=True)
class Cast:
    """The parties of one report."""

    publisher: Speaker
    victim: str = ""
    actors: tuple[str, ...] = ()  # names that the text itself gives to whoever did it

    def resolve(self, words: str, last: Speaker | None = None) -> Speaker | None:
        """Return who `words` stands for ("the company", "its chief executive", "SkySecure"), or `None`."""
        plain = " ".join(words.split()).strip(" ,“”\"'‘’")
        lower = plain.casefold()
        if lower in {"it", "he", "she", "they"}:
            return last
        if lower in {"we", "i"}:
            return self.publisher
        named = None if lower in _ROLE_OF else self._find_named(plain)
        return named or self._stand_in(lower, last)

    def _find_named(self, plain: str) -> Speaker | None:
        """Take the last name of "a spokesman for X", the first of any other phrase."""
        found = [clean(match.group()) for match in re.finditer(NAME, plain[:200])]
        found = [
            name
            for name in found
            if is_name(name) or _AUTHORITY_NAME.search(name) or name.casefold() in places()
        ]
        if not found:
            return None
        is_person = re.search(r"\b(?:for|at|of)\s", plain)
        return self.speaker(found[-1] if is_person else found[0], plain)

    def speaker(self, name: str, context: str = "") -> Speaker:
        """Return the speaker of a name, with what it is to the incident."""
        if self.is_publisher(name):
            return self.publisher
        if self.is_victim(name):
            return Speaker(self.victim, Role.VICTIM)
        return Speaker(name, self._role_of(name, context))

    def is_victim(self, name: str) -> bool:
        """Say whether the name is the victim's, or a word or the capitals of it."""
        return bool(self.victim) and _is_same(name, self.victim)

    def is_publisher(self, name: str) -> bool:
        """Say whether the name is the publisher's."""
        return _is_same(name, party_name(Source(name=self.publisher.name, role=Role.NAMED_PARTY)))

    def _role_of(self, name: str, context: str) -> Role:
        if name in self.actors or name.casefold() in actor_names():
            return Role.ACTOR
        if _AUTHORITY_NAME.search(name) or name.casefold() in places():
            return Role.AUTHORITY
        if _ACTOR_HINT.search(context):
            return Role.ACTOR
        for pattern, role in ((_PRESS_NAME, Role.PRESS), (_RESEARCHER_NAME, Role.RESEARCHER)):
            if pattern.search(name):
                return role
        return Role.NAMED_PARTY

    def _stand_in(self, lower: str, last: Speaker | None) -> Speaker | None:
        """Resolve a common noun: the party it can mean, or else the noun itself as a name."""
        words = [word for word in re.findall(r"[a-z\-]+", _RELATIVE.split(lower)[0]) if word in _ROLE_OF]
        if not words:
            return None
        noun = next((word for word in words if _ROLE_OF[word] is Role.AUTHORITY), words[-1])
        role = _ROLE_OF[noun]
        if role is Role.VICTIM:
            return self._organisation(last)
        if role is Role.ACTOR and self.publisher.role is Role.ACTOR:
            return self.publisher
        if role is Role.ACTOR and len(self.actors) == 1 and noun not in {"site", "website"}:
            return Speaker(self.actors[0], Role.ACTOR)
        name = _PLURAL.get(noun, noun)
        return Speaker(_phrase(lower, noun) if role in {Role.ACTOR, Role.AUTHORITY} else name, role)

    def _organisation(self, last: Speaker | None) -> Speaker | None:
        """Read "the company" as the party that spoke last, when that can be a company; else as the victim."""
        if last and last.role in {Role.NAMED_PARTY, Role.VICTIM} and last.name not in _ROLE_OF:
            return last
        if self.publisher.role is Role.VICTIM:
            return self.publisher
        return Speaker(self.victim, Role.VICTIM) if self.victim else None


def _phrase(lower: str, noun: str) -> str:
    """Return the few words around a noun that name its bearer: "the people behind the page"."""
    words = re.split(r" (?:that|who|which) ", f"{lower} ")[0].split()
    at = words.index(noun) if noun in words else 0
    starts = [index for index, word in enumerate(words[: at + 1]) if word in _DETERMINERS]
    start = starts[-1] if starts else max(0, at - 1)
    return " ".join(words[start : start + 6])


def _is_same(name: str, whole: str) -> bool:
    """Say whether `name` is short for `whole`: the same, a run of whole words of it, or its capitals."""
    short, full = clean(name).casefold(), clean(whole).casefold()
    if not short or not full:
        return False
    if short == full or (len(name) > 2 and name == initials(whole)):
        return True
    return len(short) > 3 and (
        full.startswith(short + " ") or full.endswith(" " + short) or short.startswith(full + " ")
    )


def make_cast(report: Report | None, text: str, victim: str) -> Cast:
    """Return the parties of a report, given the victim that was read in it."""
    source = report.source if report else Source(name="publisher", role=Role.PRESS)
    publisher = Speaker(party_name(source), source.role)
    if source.role is Role.VICTIM and victim:
        victim = publisher.name
    actors = (name for name in _actors(text) if not (victim and _is_same(name, victim)))
    return Cast(publisher, victim, tuple(actors))


#: Characters of a text in which its actors are looked for.
_REACH = 60_000
_CLAIM_CUE = re.compile(
    r"\b(?:responsibility|credit|itself|themselves|known as|called|members|leader|group|gang|hackers|crew)\b"
)
_BLAME_CUE = re.compile(
    r"\b(?:blame|accuse|behind|responsib|work of|attribut|trace|rival|competitor|den[iy]|reject|credit)"
)
_CLAIMED_IT = re.compile(
    rf"({NAME})(?:,[^,.\n]{{1,60}},)?\s(?:(?:has|have|had|later|also)\s){{0,2}}(?:claimed|claims|took|"
    rf"takes|taken)\s(?:responsibility|credit)"
    rf"|(?:calls? (?:itself|themselves)|group (?:known as|called)|hackers (?:known as|called)|(?:leader|"
    rf"members) of)\s(?:the\s)?({NAME})"
    rf"|({NAME})\s(?:ransomware\s|extortion\s|hacking\s){{0,2}}(?:group|gang|crew)\b"
)


def _actors(text: str) -> Iterator[str]:
    seen: set[str] = set()
    found = (
        match
        for start, end in windows(text[:_REACH], _CLAIM_CUE)
        for match in _CLAIMED_IT.finditer(text, start, end)
    )
    for match in found:
        name = clean(match[1] or match[2] or match[3])
        if is_name(name) and name not in seen and len(seen) < 20:
            seen.add(name)
            yield name


_BLAMES = re.compile(
    rf"\b(?:blames|blamed|accuses|accused)\s(?:(?:its|a|the|an|their)\s)?(?:[a-z]+\s)?(?:rival|competitor|"
    rf"company|group|gang|firm)?,?\s?({NAME})"
)
_BEHIND = re.compile(
    rf"\b({NAME})\s(?:was|is|were|are|being|had been)\s(?:behind|responsible for)\s(?!bars)"
    rf"|\b(?:the work of|(?:attributed|attributes|traced)\s(?:it\s|the\s\w+\s)?to)\s(?:the\s)?({NAME})"
    rf"|\b(?:rival|competitor),?\s({NAME}),?\s(?:published|leaked|posted|stole|hacked|attacked|did|put|"
    rf"released)\b"
)
_DENIES = re.compile(
    rf"\b({NAME})\s(?:has\s|have\s)?(?:denied|denies|deny|rejected|rejects|reject)\s"
    r"(?:(?:any|all|the|that|it|was|is|had|being|having|a|part|in)\s){0,5}"
    r"(?:involve|involved|involvement|responsib|behind|accusation|allegation|charge|done it)"
)
_TAKES = re.compile(
    rf"\b({NAME})\s(?:has\s|have\s)?(?:claimed|claims|took|takes|taken)\s(?:responsibility|credit)\b"
)


def read_accusations(prepared: Prepared) -> Iterator[Reading]:
    """Yield who is blamed, who denies it and who claims it: `actor.name`, and `actor.country` for a state.

    Whether the passage asserts or denies the blame is read from the passage, except where the sentence is
    the accused's own answer.
    """
    yield from _named(prepared, _BLAMES, 0.8, "is blamed")
    yield from _named(prepared, _BEHIND, 0.75, "is said to be behind it")
    yield from _named(prepared, _DENIES, 0.9, "denies it", stance=Stance.DENIES)
    yield from _named(prepared, _TAKES, 0.9, "claims it", stance=Stance.ASSERTS)


def _named(
    prepared: Prepared, pattern: re.Pattern[str], confidence: float, why: str, stance: str = ""
) -> Iterator[Reading]:
    text = prepared.text
    near = windows(text, _BLAME_CUE)
    for match in (match for start, end in near for match in pattern.finditer(text, start, end)):
        group = next(index for index, words in enumerate(match.groups(), 1) if words)
        name = clean(match[group])
        at = prepared.text.index(name.split()[0], match.start(group))
        span = Span(at, max(match.end(group), at + 1))
        field, value = _accused(name)
        if field:
            yield Reading(
                field=field,
                value=value,
                span=span,
                confidence=confidence,
                why=why,
                speaker=name if stance else "",
                stance=stance,
            )


def _accused(name: str) -> tuple[str, str]:
    if len(found := find_terms("country", name)) == 1:
        return "actor.country", found[0].id
    if not is_name(name) or _AUTHORITY_NAME.search(name):
        return "", ""
    return "actor.name", name
