"""The subject of a reporting verb: the words that name or describe who speaks, and what they are made of."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from incidex.coding.cues import read_rows
from incidex.coding.patterns import to_small
from incidex.coding.phrases import NAME, NOT_NAMES

#: Characters before a verb in which its subject is looked for: few, and more where no clause begins in them.
_NEAR = 90
REACH = 180
#: Characters of "…, which is based in Leeds," at most.
_ASIDE = 160
#: Where a subject may begin: after a stop, a mark or a conjunction.
_EDGE = re.compile(  # for text in small letters
    r"[.;:!?…—–“”\"«»„()|,\s](?:(?<=[.;:!?…—–“”\"«»„()|])|(?<=,)\s|(?<=\s)(?:-|but|and|that|while|although|though|"
    r"because|as|when|after|before|since|if|where|whereas|whether|so|yet|than|which|who|nor|or|quoted|quotes|"
    r"cited|cites|citing|quoting)\s)"
)
#: What may stand between a subject and its verb.
_FILLERS_WORDS = """
has have had also later now since then today yesterday initially repeatedly first does do did not never
neither either still already only just would will could can may might must both again once always further
itself himself herself themselves ever soon far nonetheless however though too even meanwhile don't
doesn't didn't won't wouldn't hasn't haven't cannot can't
"""
_FILLERS = frozenset(_FILLERS_WORDS.split())
#: "… the website that", "… a rival, which": the subject is what the relative stands for.
_RELATIVE = re.compile(
    r"\b((?:the|an?|its|their|one|two)(?:\s[\w’'\-]{1,30}){1,4}?|"
    r"[A-Z][\w.&’'\-]{0,30}(?:\s[A-Z][\w.&’'\-]{0,30}){0,3}),?\s"
    r"(?:that|which|who)\Z"
)
_RELATIVES = ("that", "which", "who")
_GOES_ON = re.compile(r"\s(?:continue[sd]?|went on|goes on|appear(?:s|ed)|seem(?:s|ed)|sought|wants?) to\Z")
_TIME = re.compile(
    r"\s(?:(?:late |early )?on (?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"(?: (?:morning|afternoon|evening|night))?"
    r"|last (?:week|month|year|night)|this (?:week|month|morning|year)"
    r"|(?:in|on|at|via|through) (?:an?|its|the) (?:[a-z]{2,12} )?(?:statement|e-?mail|letter|post|tweet|"
    r"filing|interview|release|notice|call|briefing|hearing|report))\Z",
    re.IGNORECASE,
)
_TIME_ENDS_WORDS = """
monday tuesday wednesday thursday friday saturday sunday morning afternoon evening night week month year
statement e-mail email letter post tweet filing interview release notice call briefing hearing report
"""
_TIME_ENDS = frozenset(_TIME_ENDS_WORDS.split())
#: Words at which the noun of a subject has been passed: what follows only tells more of it.
_PAST_NOUN = re.compile(
    r"\s(?:of|for|at|from|with|behind|in|on|by|near|calling|named|called|known|claiming|using|to|inside|"
    r"who|that|"
    r"which|whose|close|familiar|speaking|interviewed|contacted|hired|working)\s",
    re.IGNORECASE,
)
_LEADS_WORDS = """
although while though but and then in on at when if as since after before because for so yet meanwhile
separately however privately publicly still later today yesterday whereas even not only
"""
_LEADS = frozenset(_LEADS_WORDS.split())
_TITLE_WORDS = "Sgt Det Insp Lt Capt Cmdr Col Gen Gov Sen Rep Mr Mrs Ms Dr Prof St U.S U.K"
_TITLES = frozenset(_TITLE_WORDS.split())
_RANK_WORDS = """
Sgt Det Insp Lt Capt Cmdr Sergeant Detective Inspector Lieutenant Captain
Sheriff Deputy Constable Superintendent
"""
#: Titles that make whoever has them speak for the police.
RANKS = frozenset(_RANK_WORDS.split())
_TITLE_STOP = re.compile(r"\b(Sgt|Det|Insp|Lt|Capt|Cmdr|Col|Gen|Gov|Sen|Rep|Mr|Mrs|Ms|Dr|Prof)\.(?=\s[A-Z])")
#: Capitalised only at the start of a sentence: "Shares of Acme", "Parent Acme".
_OPENINGS = frozenset({"shares", "stock", "shareholders", "mr", "mrs", "ms", "dr", "prof"})
_NAMES = re.compile(rf"(?<![\w’']){NAME}")
_OWNER = re.compile(r"([\w.&\-]{1,40}(?: [A-Z][\w.&\-]{0,40}){0,5})['’]s?\s")
_DETERMINER = re.compile(
    r"(?:the|an?|its|their|his|her|our|one|two|three|four|some|several|many|other|most)\s", re.IGNORECASE
)


@cache
def kinds() -> Mapping[str, str]:
    """Return what each common noun is: a role, "voice" or "paper"."""
    return {noun: kind for kind, nouns in read_rows("roles") for noun in nouns.split()}


@dataclass(frozen=True, slots=True)
class Phrase:
    """A subject taken apart."""

    words: str  # "a spokesperson for the line's owner, Tideway Group"
    start: int = 0  # where it begins in the text
    noun: str = ""  # the common noun that says what they are, in lower case
    kind: str = ""  # of that noun
    owner: str = ""  # whose they are: "Acme" of "Acme's chief executive", "its"
    before: str = ""  # a name before or beside the noun
    after: str = ""  # a name after a preposition: "researchers at Palisade"
    within: str = ""  # a common noun after a preposition: "a spokesman for the police"
    aside: "Phrase | None" = None  # what stands between commas after it


def find_subject(text: str, floor: int, verb: int) -> Iterator[Phrase]:
    """Yield what may be the subject of the verb at `verb`, the nearest first; `floor` bounds the sentence."""
    near = max(floor, verb - _NEAR)
    if near > floor and _EDGE.search(to_small(text[near + 1 : verb])) is None:
        near = max(floor, verb - REACH)
    begin = near
    left = _strip_fillers(text[begin:verb].replace("\n", " "))
    relative = _RELATIVE.search(left, max(0, len(left) - 90)) if left.endswith(_RELATIVES) else None
    if relative:
        yield parse(relative[1], begin + relative.start(1), None)
        return
    left, aside = _strip_aside(left)
    edges = [match.span() for match in _EDGE.finditer(to_small(left))]
    for start, end in reversed(edges[-4:]):
        if not _is_inside_name(left, start, end) and not _is_title(left, start):
            yield parse(left[end:], begin + end, aside)
            if _DETERMINER.match(left, end) or left[end:].startswith("what ") or left[start] in ".;:!?…":
                return
    if begin == floor or not edges:
        yield parse(left, begin, aside)


def _is_title(left: str, stop: int) -> bool:
    """Say whether a stop ends a title or an abbreviation, and no sentence: "Sgt. Pell"."""
    return left[stop] == "." and left[max(0, stop - 8) : stop].rpartition(" ")[2] in _TITLES


def _is_inside_name(left: str, start: int, end: int) -> bool:
    """Say whether "and" or "," joins two words of one name: "Bright and Company"."""
    if left[start:end].strip().casefold() not in {"and", "&"}:
        return False
    head, tail = left[:start].rpartition(" ")[2], left[end : end + 1]
    return head[:1].isupper() and tail.isupper() and head.casefold() not in NOT_NAMES


def _strip_fillers(left: str) -> str:
    """Drop auxiliaries, adverbs and dates from the end: "Acme on Monday also" is "Acme"."""
    left = left.rstrip()
    left = left.removesuffix(" as")
    for _ in range(8):
        head, space, word = left.rpartition(" ")
        small = word.casefold().strip(",")
        if space and (small in _FILLERS or (small.endswith("ly") and len(small) > 4 and word[0].islower())):
            left = head.rstrip()
        elif small == "to" and (found := _GOES_ON.search(left, max(0, len(left) - 24))):
            left = left[: found.start()].rstrip()
        elif small in _TIME_ENDS and (found := _TIME.search(left, max(0, len(left) - 60))):
            left = left[: found.start()].rstrip().removesuffix(",")
        else:
            break
    return left


def _strip_aside(left: str) -> tuple[str, "Phrase | None"]:
    """Take "…, which is based in Leeds," and "… (Acme)" off the end."""
    if left.endswith(")"):
        return _strip_bracket(left), None
    if not left.endswith(","):
        return left, None
    comma = left.rfind(",", max(0, len(left) - _ASIDE), len(left) - 1)
    if comma <= 0:
        return left, None
    inner = left[comma + 1 : -1].strip()
    before = _strip_bracket(left[:comma].rstrip())
    if inner[:3].islower() and not inner.startswith(("who ", "which ", "whose ")):
        return before, parse(inner, 0, None)
    return before, parse(inner, 0, None) if inner[:1].isupper() else None


def _strip_bracket(left: str) -> str:
    """Take "(CE)" off the end of "The covered entity (CE)"."""
    opens = left.rfind("(", max(0, len(left) - _ASIDE)) if left.endswith(")") else 0
    return left[:opens].rstrip() if opens > 0 else left


def parse(words: str, start: int, aside: Phrase | None) -> Phrase:
    """Take a noun phrase apart. The text it came from has it at `start`."""
    lead = len(words) - len(words.lstrip())
    words, start = words.strip(), start + lead
    while (first := words.partition(" "))[0].casefold().strip(",") in _LEADS and first[2]:
        start += len(words) - len(first[2])
        words = first[2].lstrip()
    return replace(_take_apart(words[:140].rstrip()), start=start, aside=aside)


@lru_cache(maxsize=8192)
def _take_apart(words: str) -> Phrase:
    """Return the parts of a noun phrase; the same few come again and again."""
    if "." in words:
        words = _TITLE_STOP.sub(r"\1", words)
    if not words or words.isupper():
        return _parse_loud(words)
    found = [(match.start(), match.end(), match.group()) for match in _NAMES.finditer(words)]
    found = [name for each in found if (name := _without_noun(each))]
    cut = next(
        (
            match.start()
            for match in _PAST_NOUN.finditer(words)
            if not any(begin < match.start() < end for begin, end, _ in found)
        ),
        len(words),
    )
    noun = _noun_of(words[:cut])
    owner = _OWNER.match(words[:cut].removeprefix("the ").removeprefix("The "))
    first_word = words.partition(" ")[0].casefold()
    before = next((name for begin, _, name in found if begin < cut), "")
    after = next((name for begin, _, name in found if begin >= cut), "")
    return Phrase(
        words=words,
        noun=noun,
        kind=kinds().get(noun, ""),
        owner=owner[1] if owner else first_word if first_word in {"its", "their", "his", "her"} else "",
        before=before,
        after=after,
        within=_noun_of(words[cut:]) if not after else "",
    )


def _without_noun(found: tuple[int, int, str]) -> tuple[int, int, str] | None:
    """Drop a common noun that is only capitalised because it begins the sentence: "Police", "Leader Joan"."""
    begin, end, name = found
    owned = re.search(r"['’]s?(?=\s|$)", name)
    if owned and owned.end() < len(name):
        name, end = name[: owned.start()], begin + owned.start()
    first, _, rest = name.partition(" ")
    if first.casefold() in _OPENINGS and rest:
        shorter = rest.removeprefix("of ")
        return end - len(shorter), end, shorter
    if begin == 0 and first.casefold() in kinds() and first not in RANKS:
        if not rest:
            return None
        if kinds()[first.casefold()] != "victim":
            return begin + len(first) + 1, end, rest
    if begin == 0 and not rest and first.casefold() in NOT_NAMES:
        return None
    return begin, end, name


def _noun_of(words: str) -> str:
    """Return the last common noun that says who they are; one of an authority before any other."""
    known = kinds()
    nouns = [
        small
        for index, word in enumerate(words.split())
        if (small := word.casefold().strip(",.“”\"'‘’()")) in known and (index == 0 or word[0].islower())
    ]
    if "chief" in nouns and "officer" in nouns:
        return "chief"
    for noun in nouns:
        if known[noun] == "authority" and (noun != "officer" or "press officer" not in words):
            return noun
    return nouns[-1] if nouns else ""


def _parse_loud(words: str) -> Phrase:
    """Take apart a phrase in capitals: "THE DISTRICT" is a noun, "MILLER FALLS DISTRICT" a name."""
    plain = _DETERMINER.sub("", words, count=1) if _DETERMINER.match(words) else words
    noun = plain.rpartition(" ")[2].casefold()
    is_noun = noun in kinds() and (plain != words or " " not in plain)
    return Phrase(
        words=words.casefold() if is_noun else words,
        noun=noun if is_noun else "",
        kind=kinds()[noun] if is_noun else "",
        before="" if is_noun or plain.casefold() in NOT_NAMES else plain,
    )
