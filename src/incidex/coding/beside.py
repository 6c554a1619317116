"""Who stands beside an incident: whoever wrote the text down, the software with the flaw, police at work."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from typing import Protocol

from incidex.coding.kinds import kinds_of, words_for
from incidex.coding.lexicon import Lexicon
from incidex.coding.patterns import at_words, followed

#: Characters before a name in which its sentence begins, or words stand that make it the flaw's bearer.
_BACK = 80
#: Where a sentence, a line or a cell begins.
_BEGINS = re.compile(r"(?:[.!?|\n]\s)|\n")
#: Words that name an attacker, before the name ("a group that we track as X") and behind it ("X is a gang").
_CALL, _SELF = "call|named?|dub|dubbed|follow|track", "itself|themselves|himself"
_ATTACKERS = (
    "implant|loader|backdoor|spyware|trojan|gang|crew|hacktivists|hackers|attackers|operation|cluster|adversary|"
    "malware|ransomware|collective"
)
_GROUPS = "group|team|outfit"
_QUOTED = "group|persona|brigade|collective|platform|toolkit|profile|team"
_NAMES_ACTOR = re.compile(
    rf"\b(?:(?:we|they|researchers|analysts|vendors) (?:have )?(?:(?:{_CALL})|(?:follow|track) as)"
    rf"|(?:tracked|tracks it|follows it|known to us) as|call(?:s|ing|ed)? (?:{_SELF})"
    rf"|(?:{_ATTACKERS}|(?:ransomware|hacker|hacking|extortion|threat|espionage|crime"
    rf"|cybercrime|hacktivist) (?:{_GROUPS}))(?: of the| from the|,? named|,? called|,? known as)?)\s"
    rf"[“\"'‘]?\Z|\b(?:{_QUOTED})(?:,| –)? [“\"]\Z"
)
#: The last words of the above: one of them stands before every name that it finds, and before few others.
_NAMES_ACTOR_LAST = tuple(
    f"{_CALL}|{_SELF}|{_ATTACKERS}|{_GROUPS}|{_QUOTED}|,|–|name|named|called|as|of the|from the".split("|")
)
_IS_ACTOR = re.compile(
    r"[”\"'’]?,?\s(?:(?:is |– |- )an? (?:[\w-]+\s){0,3}"
    r"(?:adversary|actor|group|gang|crew|collective|loader|implant|trojan|campaign)\b"
    r"|(?:operators|affiliates|gang|ransomware|campaign|hackers|hacktivists|phishing-as-a-service)\b)"
)
#: What makes a name that of the victim's owner: "the line's owner, Tideway Group".
_OWNER = at_words(
    *followed("owner|parent|parent company|parent group|owned by|subsidiary of|unit of", r",? (?:the )?\Z")
)
#: Characters behind a name in which it is called an attacker.
_AHEAD = 50
#: The mark of a possessive, as it stands behind a name.
_OWNS = frozenset({"'s", "’s", "'", "’"})


class Place(Protocol):
    """A name where it stands, with the two words that follow it, in lower case."""

    @property
    def name(self) -> str:
        """The name as written."""

    @property
    def start(self) -> int:
        """Where it begins in the text."""

    @property
    def after(self) -> tuple[str, str]:
        """The words behind it, nearest first."""


@cache
def lexicons() -> tuple[Lexicon, Lexicon]:
    """Return the words without which no name is credited, and those without which none bears a flaw."""
    credit = (words.partition("_")[0] for words in words_for("credit"))
    return Lexicon(credit), Lexicon(word for use in ("flaw", "exploits", "ware") for word in words_for(use))


def stands_before(starts: Sequence[int], place: int) -> bool:
    """Say whether one of the words that begin at `starts`, in order, stands close before a place."""
    at = bisect_left(starts, place)
    return at > 0 and starts[at - 1] >= place - _BACK


def is_credited(text: str, start: int) -> bool:
    """Say whether a place lies in a line that says who made the text: "Written for the X project"."""
    before = text[max(0, start - _BACK) : start]
    if start > _BACK:
        before = before[before.find(" ") + 1 :]
    begins = [match.end() for match in _BEGINS.finditer(before)]
    words = before[begins[-1] if begins else 0 :].lower().split()
    return "_".join(words[:2]) in words_for("credit")


def is_beside(places: Sequence[Place], text: str, flaws: Sequence[int]) -> bool:
    """Say whether a name is mostly that of the flaw's bearer, or always an owner's or an authority's at work.

    `flaws` is where the words of flaws begin in the text.
    """
    if 2 * sum(_bears_flaw(place, text, flaws) for place in places) >= len(places):
        return True
    if all(_OWNER.search(text, max(0, place.start - _BACK), place.start) for place in places):
        return True
    return ("kind", "authority") in kinds_of(places[0].name) and all(_is_at_work(place) for place in places)


def is_actors(places: Sequence[Place], text: str) -> bool:
    """Say whether a name is introduced as that of an attacker, or of what it attacks with."""
    return any(_is_actor(place, text) for place in places)


def _is_actor(place: Place, text: str) -> bool:
    start, end = place.start, place.start + len(place.name)
    before = text[max(0, start - _BACK) : start]
    if before.rstrip("“\"'‘").rstrip().endswith(_NAMES_ACTOR_LAST) and _NAMES_ACTOR.search(before):
        return True
    return _IS_ACTOR.match(text, end, end + _AHEAD) is not None


def _is_at_work(place: Place) -> bool:
    return any(word.strip(".,;:") in words_for("at work") for word in place.after)


def _bears_flaw(place: Place, text: str, flaws: Sequence[int]) -> bool:
    """Say whether a place names software, or its maker, for a flaw in it that is used against others."""
    after, then = (word.strip(".,;:()") for word in place.after)
    if after in _OWNS:
        # "a flaw in Acme's website" is of Acme itself; "in Acme's appliance" is of all who bought one
        return then in words_for("ware") and _has_flaw_before(place, text, flaws)
    return after in words_for("flaw") or _has_flaw_before(place, text, flaws)


def _has_flaw_before(place: Place, text: str, flaws: Sequence[int]) -> bool:
    if not stands_before(flaws, place.start):
        return False
    return _flaw_before().search(text, max(0, place.start - _BACK), place.start) is not None


@cache
def _flaw_before() -> re.Pattern[str]:
    """Return what stands before software with a flaw: "a hole in the", "exploited", "a product of"."""
    flaws, uses, wares = (
        "|".join(map(re.escape, sorted(words_for(use)))) for use in ("flaw", "exploits", "ware")
    )
    return re.compile(
        rf"\b(?:(?:{flaws}) (?:in|of|affecting) (?:the |a |an )?|(?:{uses}) (?:the |a |an )?"
        rf"|(?:{wares}) (?:of|from|by|called|named) (?:the )?)\Z",
        re.IGNORECASE,
    )
