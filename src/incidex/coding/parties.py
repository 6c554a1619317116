"""Who is who in a report: the publisher, the victim, the actor, and the words that stand for each of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from incidex.coding.base import Prepared
from incidex.coding.lexicon import Lexicon
from incidex.coding.phrases import NAME, actor_names, clean, initials, is_name, places, windows
from incidex.coding.subjects import RANKS, Phrase, kinds, parse
from incidex.model import Role, Source, Speaker

_PLURAL = {"customer": "customers", "user": "users", "patient": "patients", "employee": "employees"}

AUTHORITY_NAME = re.compile(
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
_DETERMINERS = frozenset({"the", "a", "an", "its", "their", "one", "two", "some"})
_ACTOR_HINT = re.compile(r"\b(?:group|gang|ransomware|hackers|crew|collective|extortion|leak)\b")


#: "A person calling himself Rook": who hides behind a name speaks as an actor.
_HIDDEN = re.compile(
    r"\b(?:calling|handle|nickname|alias|claiming to (?:be|have)|claimed to (?:be|have)|behind)\b"
)
#: What an organisation writes to those concerned: "the letter said".
_LETTERS = frozenset({"statement", "letter", "notice", "filing", "announcement", "release", "faq"})
_OWNERS = frozenset({"owner", "owners", "parent"})
_THEY = frozenset({"it", "he", "she", "they", "one", "another", "both", "the latter", "that"})
#: Whose name after "of" is not their own: "customers of Acme".
_CROWDS_WORDS = """
customers customer users user patients patient students student members member residents resident parents
parent clients client staff employees employee worker workers guests passengers tenants tenant
"""
_CROWDS = frozenset(_CROWDS_WORDS.split())


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
        return self.identify(parse(" ".join(words.split()).strip(" ,“”\"'‘’"), 0, None), last)

    def identify(self, phrase: Phrase, last: Speaker | None = None) -> Speaker | None:
        """Return who a subject stands for, given who spoke before; `None` when that cannot be told."""
        lower = phrase.words.casefold()
        if lower in _THEY:
            return last
        if lower in {"we", "i"}:
            return self.publisher
        if phrase.kind == "voice":
            return self._organisation_of(phrase, last)
        if phrase.kind == "paper":
            return self._owner(phrase, last)
        if phrase.kind:
            return self._described(phrase, lower, last)
        return self._named(phrase, last)

    def _organisation_of(self, phrase: Phrase, last: Speaker | None) -> Speaker | None:
        """Read a person with a post as the organisation: "its chief executive", "a spokesman for Acme"."""
        owner = self._owner(phrase, last)
        if phrase.after or owner:
            return self._as_party(phrase.after) if phrase.after else owner
        aside = phrase.aside
        if aside and aside.before and phrase.within in _OWNERS:
            return self._as_party(aside.before)
        if phrase.within:
            return self._stand_in(phrase.within, phrase.words.casefold(), last)
        if aside and aside.after:
            return self._as_party(aside.after)
        is_person = phrase.words.casefold().find(phrase.noun) < phrase.words.find(phrase.before)
        if phrase.before and not is_person:
            return self._as_party(phrase.before)
        if aside and aside.before and phrase.noun in _OWNERS:
            return self._as_party(aside.before)
        return self._organisation(last, phrase)

    def _owner(self, phrase: Phrase, last: Speaker | None) -> Speaker | None:
        """Return whose executive or notice it is: "Acme's", "the gang's", "its"."""
        if not phrase.owner and phrase.noun in _LETTERS and not phrase.after:
            return last or self._organisation(None, phrase)
        if not phrase.owner:
            return None if phrase.kind == "paper" and not phrase.after else self._as_party(phrase.after)
        if phrase.owner in {"its", "their", "his", "her"}:
            return self._organisation(last, phrase)
        noun = phrase.owner.rpartition(" ")[2].casefold()
        if noun in kinds() and phrase.owner[0].islower():
            return self._stand_in(noun, f"the {noun}", None)
        return self._as_party(phrase.owner)

    def _as_party(self, name: str) -> Speaker | None:
        return self.speaker(clean(name)) if name and self._can_speak(clean(name)) else None

    def _described(self, phrase: Phrase, lower: str, last: Speaker | None) -> Speaker | None:
        """Read a party by its noun and, where it has one, its name: "researchers at Palisade Labs"."""
        role = Role(phrase.kind)
        name = phrase.before or (phrase.after if phrase.noun not in _CROWDS else "")
        if not name and phrase.aside and phrase.aside.before and not phrase.aside.kind:
            name = phrase.aside.before
        name = clean(name)
        if name and self._can_speak(name) and name.casefold() not in places():
            if role is Role.AUTHORITY and not AUTHORITY_NAME.search(name):
                return Speaker(_phrase(lower, phrase.noun), role)
            found = self.speaker(name)
            role = Role.ACTOR if role is Role.NAMED_PARTY and _HIDDEN.search(lower) else role
            is_told = role in {Role.ACTOR, Role.RESEARCHER} and found.role is Role.NAMED_PARTY
            return Speaker(found.name, role) if is_told else found
        if role is Role.NAMED_PARTY and _HIDDEN.search(lower):
            return Speaker(name or _phrase(lower, phrase.noun), Role.ACTOR)
        if phrase.owner and role is Role.NAMED_PARTY and phrase.noun in {"lawyer", "attorney", "lawyers"}:
            return Speaker(phrase.noun, role)
        return self._stand_in(phrase.noun, lower, last)

    def _named(self, phrase: Phrase, last: Speaker | None) -> Speaker | None:
        name = clean(phrase.before)
        if not name or not self._can_speak(name):
            return None
        if name.casefold() in places() and phrase.words.removeprefix("The ") != phrase.before:
            return None  # "Israeli sources", "the California system"
        if RANKS.intersection(name.split()[:2]):
            return Speaker("the police", Role.AUTHORITY)
        aside = phrase.aside
        if aside and aside.kind == "voice":
            return self._organisation_of(aside, last)
        found = self.speaker(name)
        if aside and aside.kind and found.role is Role.NAMED_PARTY:
            role = Role(aside.kind) if aside.kind != "paper" else found.role
            if role is Role.AUTHORITY and " former " not in f" {aside.words}":
                return Speaker(f"the {aside.noun}", role)
            if role is Role.RESEARCHER and aside.after:
                return Speaker(clean(aside.after), role)
            return Speaker(found.name, role) if role in {Role.ACTOR, Role.RESEARCHER} else found
        return found

    def _can_speak(self, name: str) -> bool:
        return bool(is_name(name) or AUTHORITY_NAME.search(name) or name.casefold() in places())

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

    def as_victim(self, speaker: Speaker) -> Speaker:
        """Return the victim for a speaker that is only called "the company", or by the victim's name."""
        is_described = speaker.role is Role.VICTIM and speaker.name[:1].islower()
        is_named = speaker.role is Role.NAMED_PARTY and self.is_victim(speaker.name)
        return Speaker(self.victim, Role.VICTIM) if is_described or is_named else speaker

    def spell_out(self, name: str, text: str) -> str:
        """Return the longest form of a name that the text has: "Redfern" is "Redfern Travel"."""
        longer = re.compile(rf"\b{re.escape(name)}(?: [A-Z][\w&’'\-]{{1,30}}){{1,3}}")
        found = []
        start = text.find(name, 0, _REACH)
        while start >= 0:
            match = longer.match(text, start, _REACH)
            if match:
                found.append(clean(match.group()))
            start = text.find(name, match.end() if match else start + 1, _REACH)
        return max((each for each in found if is_name(each)), key=len, default=name)

    def is_publisher(self, name: str) -> bool:
        """Say whether the name is the publisher's."""
        return _is_same(name, party_name(Source(name=self.publisher.name, role=Role.NAMED_PARTY)))

    def _role_of(self, name: str, context: str) -> Role:
        if name in self.actors or name.casefold() in actor_names():
            return Role.ACTOR
        if AUTHORITY_NAME.search(name) or name.casefold() in places():
            return Role.AUTHORITY
        if _ACTOR_HINT.search(context):
            return Role.ACTOR
        for pattern, role in ((_PRESS_NAME, Role.PRESS), (_RESEARCHER_NAME, Role.RESEARCHER)):
            if pattern.search(name):
                return role
        return Role.NAMED_PARTY

    def _stand_in(self, noun: str, lower: str, last: Speaker | None) -> Speaker | None:
        """Resolve a common noun: the party it can mean, or else the noun itself as a name."""
        kind = kinds()[noun]
        if kind in {"victim", "voice", "paper"}:
            return self._organisation(last, None) or Speaker(f"the {noun}", Role.VICTIM)
        role = Role(kind)
        if role is Role.ACTOR and self.publisher.role is Role.ACTOR:
            return self.publisher
        if role is Role.ACTOR and len(self.actors) == 1 and noun not in {"site", "website"}:
            return Speaker(self.actors[0], Role.ACTOR)
        name = _PLURAL.get(noun, noun)
        return Speaker(_phrase(lower, noun) if role in {Role.ACTOR, Role.AUTHORITY} else name, role)

    def _organisation(self, last: Speaker | None, phrase: Phrase | None) -> Speaker | None:
        """Read "the company" as the party that spoke last, when that can be a company; else as the victim."""
        if last and last.role in {Role.NAMED_PARTY, Role.VICTIM} and not last.name[0].islower():
            return last
        if self.publisher.role is Role.VICTIM:
            return self.publisher
        if self.victim:
            return Speaker(self.victim, Role.VICTIM)
        return Speaker(_phrase(phrase.words.casefold(), phrase.noun), Role.VICTIM) if phrase else None


_PHRASE_END = re.compile(r" (?:that|who|which|are|is|was|were|have|has|had|with|from|did|do|does) |,")


def _phrase(lower: str, noun: str) -> str:
    """Return the few words around a noun that name its bearer: "the people behind the page"."""
    words = [word.strip(",.;:“”\"'’()") for word in _PHRASE_END.split(f"{lower} ")[0].split()]
    at = words.index(noun) if noun in words else 0
    starts = [index for index, word in enumerate(words[: at + 1]) if word in _DETERMINERS]
    start = starts[-1] if starts else max(0, at - 1)
    return " ".join(words[start : start + 6])


def _is_same(name: str, whole: str) -> bool:
    """Say whether `name` is short for `whole`: the same, words of it, or its capitals; or who works there."""
    short, full = clean(name).casefold(), clean(whole).casefold()
    if not short or not full:
        return False
    if short == full or (len(name) > 2 and name == initials(whole)):
        return True
    return len(short) > 3 and (
        full.startswith(short + " ")
        or full.endswith(" " + short)
        or short.startswith(full + " ")
        or short.endswith(" at " + full)
    )


@cache
def lexicon() -> Lexicon:
    """Return the words beside which an actor is named."""
    return Lexicon(_CLAIM_CUES)


def lexicons() -> tuple[Lexicon, ...]:
    """Return what the reading of the parties waits for."""
    return (lexicon(),)


def make_cast(prepared: Prepared, victim: str) -> Cast:
    """Return the parties of a report, given the victim that was read in it."""
    source = prepared.report.source if prepared.report else Source(name="publisher", role=Role.PRESS)
    publisher = Speaker(party_name(source), source.role)
    if source.role is Role.VICTIM and victim:
        victim = publisher.name
    actors = (name for name in _actors(prepared) if not (victim and _is_same(name, victim)))
    return Cast(publisher, victim, tuple(actors))


#: Characters of a text in which its actors are looked for.
_REACH = 60_000
_CLAIM_CUES = (
    "responsibility",
    "credit",
    "itself",
    "themselves",
    "known as",
    "called",
    "members",
    "leader",
    "group",
    "gang",
    "hackers",
    "crew",
)
_CLAIMED_IT = re.compile(
    rf"({NAME})(?:,[^,.\n]{{1,60}},)?\s(?:(?:has|have|had|later|also)\s){{0,2}}(?:claimed|claims|took|"
    rf"takes|taken)\s(?:responsibility|credit)"
    rf"|(?:calls? (?:itself|themselves)|group (?:known as|called)|hackers (?:known as|called)|(?:leader|"
    rf"members) of)\s(?:the\s)?({NAME})"
    rf"|({NAME})\s(?:ransomware\s|extortion\s|hacking\s){{0,2}}(?:group|gang|crew)\b"
)


#: One of these stands in every match of the above, and in few other places: found in a tenth of the time.
_MAY_CLAIM = re.compile(
    r"claim(?:ed|s)\s(?:responsibility|credit)|t(?:ook|akes|aken)\s(?:responsibility|credit)"
    r"|calls? (?:itself|themselves)\s|group (?:known as|called)\s|hackers (?:known as|called)\s"
    r"|leader of\s|members of\s"
)
_MAY_BE_CREW = re.compile(
    r"[A-Z0-9]\S{0,60}+\s(?:ransomware\s|extortion\s|hacking\s){0,2}(?:group|gang|crew)\b"
)


def _may_name_actor(text: str, start: int, end: int) -> bool:
    return bool(_MAY_CLAIM.search(text, start, end) or _MAY_BE_CREW.search(text, start, end))


def _actors(prepared: Prepared) -> Iterator[str]:
    seen: set[str] = set()
    text = prepared.text
    cues = (hit.start for hit in prepared.find(lexicon()) if hit.start < _REACH)
    near = (each for each in windows(text, cues) if _may_name_actor(text, *each))
    found = (match for start, end in near for match in _CLAIMED_IT.finditer(text, start, end))
    for match in found:
        name = clean(match[1] or match[2] or match[3])
        if is_name(name) and name not in seen and len(seen) < 20:
            seen.add(name)
            yield name
