"""Older and other incidents that a report only mentions: the words that are not of the news."""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from incidex.coding.base import Prepared
from incidex.coding.lexicon import Lexicon
from incidex.coding.parties import AUTHORITY_NAME
from incidex.coding.phrases import NAME, clean, is_name
from incidex.model import Span

_EVENT = r"(?:attack|hack|breach|leak|theft|intrusion|incident|cyber-?attack|break-in|outage|data loss)s?"
_UNIT = r"(?:hour|day|week|month|year)s?"
_COUNT = (
    r"(?:(?:(?:just|only|nearly|almost|some|about|barely|more than)\s)?"
    r"(?:an?|one|two|three|four|five|six|several|\d{1,2})\s)"
)
_HIT = (
    r"(?:suffered|lost|paid|fined|hacked|breached|jailed|experienced|settled|tampered|destroyed|exposed|"
    r"leaked|encrypted|shut|took|stole|stolen|hit|gone dark|went dark|served time|logged in|"
    r"published|attacked|wiped)"
)
#: "A year after the attack on X, …": what leads up to the news.
_LEADS_UP = re.compile(
    rf"(?i:{_COUNT}?{_UNIT}\s(?:after|since)\s)[^.;:]{{0,200}}?\b{_EVENT}\b[^.;]{{0,200}},\s(?=[^,]{{12}})"
)
#: "…, three months after X lost …", "after the attack on X": what trails the news.
_TRAILS = re.compile(
    rf"(?:(?:\b(?i:{_COUNT}))?\b{_UNIT}\safter\s(?:[a-z][\w’'\-]{{0,20}}\s){{0,6}}{NAME}\s(?:\w{{1,12}}\s){{0,2}}{_HIT}\b"
    rf"|(?:(?:\b(?i:{_COUNT}))?\b{_UNIT}\s)?\bafter\s(?:the|a|"
    rf"an)\s(?:[a-z][\w\-]{{0,20}}\s){{0,3}}{_EVENT}\s(?:on|of|at|against)\s"
    rf"(?:the\s)?{NAME})"
)
#: Words that set another incident beside the news.
_BESIDE = re.compile(
    rf"\b(?:(?:recall(?:s|ed|ing)?|echo(?:es|ed)?|resembles?|resembled|reminiscent of)\s(?:the|an?|"
    rf"that)\s(?:\w+\s){{0,3}}(?:{_EVENT}|one)|"
    r"compared? (?:it|this|them|the \w{2,20}) (?:with|to)|comparable|like the (?:one|attack|hack|breach)|"
    r"not the first|similar (?:cases?|attacks?|breach(?:es)?|incidents?|hacks?)|"
    rf"no link|(?:nothing to do with|not (?:linked|connected|related) to)\s(?:\w+\s){{0,4}}{_EVENT}|"
    rf"in an earlier|in a previous|"
    r"previous (?:breach|attack|hack|incident)|earlier (?:breach|attack|hack|incident|case)|"
    r"another (?:breach|attack|hack)|"
    r"once before)\b",
    re.IGNORECASE,
)
#: Similar incidents that are to be prevented are none.
_TO_COME = re.compile(r"\b(?:prevent|avoid|against|deter|future|declined to say)\b", re.IGNORECASE)
_EARLIER = re.compile(
    rf"\A[“\"]?(?:(?:In|Back in|During|As early as)\s(?:[A-Z][a-z]{{2,8}}\s)?(?P<year>(?:19|20)\d\d)\b|"
    rf"(?i:{_COUNT}{_UNIT}\s(?:earlier|"
    r"before|ago))\b|Previously\b|Last (?:year|month|summer|spring|autumn|fall|winter)\b)"
)
#: "In 2021 a bank clerk …", "Last autumn hackers …": a dated sentence about somebody new, deep in a report.
_DATED_OTHER = re.compile(
    r"\A[“\"]?(?:(?:And|But)\s)?(?:(?:[Ii]n|[Bb]ack in|[Dd]uring)\s(?:19|20)\d\d"
    r"|[Ll]ast (?:year|month|week|spring|summer|autumn|fall|winter)"
    r"|(?:A|One|Two|Three|Several|Some) (?:year|month|week)s? (?:ago|earlier)),?\s"
    r"(?:(?:an?|another|other|one|two|three|some|several|many)\s(?!of\b)"
    r"|(?:[A-Z][a-z]+(?:ian|ean|ish|ese|n)\s)?"
    r"(?:hackers?|thieves|criminals|attackers|activists|officers|spies|somebody|gangs?)\s"
    rf"|(?:the\s)?(?P<name>{NAME}))"
)
#: "It was in the news in 2020, when hackers …".
_WHEN = re.compile(r"in(?<!\w..) (?:19|20)\d\d,? when\s")
#: Sentences after which a report of enough of them may come to other cases, and how many are enough.
_DEEP, _LONG = 5, 10
_YEARS = re.compile(r"((?:19|20)(?<!\w..)\d\d)\b")
_ALREADY = re.compile(
    r"\b(?:had|has|have|was|were)\s(?:already|previously|once|also already)\s", re.IGNORECASE
)
_OWN_SUBJECT = re.compile(
    rf"(?:\b(?:it|the (?:\w+\s)?(?:company|firm|bank|hospital|city|school|retailer|agency|club|chain|"
    rf"operator|carrier))|{NAME})\s"
    rf"(?:had\s|was\s|were\s|has\s|also\s|had been\s){{0,2}}{_HIT}\b"
)
_PUNISHED = re.compile(r"\bwas (?:fined|jailed|sued)\b")
_HAPPENED = re.compile(rf"\b{_HIT}\b")
_NAMES = re.compile(rf"(?<![\w’']){NAME}")
#: Words without which no pattern above can match, by the pattern that they are for.
_CUES: Mapping[str, str] = {
    "time": "after|since",
    "beside": (
        "recall|recalls|recalled|recalling|echo|echoes|echoed|resemble|resembles|resembled|reminiscent|"
        "compare|"
        "compares|compared|comparable|like the|not the first|similar|no link|nothing to do|not linked|"
        "not connected|not related|earlier|previous|another|once before"
    ),
    "past": "already|previously|once|ago|earlier|before|last year|last month|fined|jailed|sued",
}
_DATED = (
    "In ",
    "Back in ",
    "During ",
    "As early as ",
    "“In ",
    "Last ",
    "A ",
    "One ",
    "Two ",
    "Three ",
    "Some ",
)
#: A lead-up begins within so many characters of its sentence.
_EARLY = 40
#: A report's background is looked for in this many sentences; more than that are no report.
_MOST_SENTENCES = 400
#: The beginning of a report is the news, whatever its words.
_LEAD = 1
#: If more of a report than this were background, it would be the story.
_MOST = 0.6


@cache
def _kinds() -> Mapping[str, set[str]]:
    kinds: dict[str, set[str]] = {}
    for kind, words in _CUES.items():
        for word in words.split("|"):
            kinds.setdefault(word, set()).add(kind)
    return kinds


@cache
def lexicon() -> Lexicon:
    """Return the words that set another incident beside the news."""
    return Lexicon(_kinds(), overlapping=True)


def lexicons() -> tuple[Lexicon, ...]:
    """Return what the search for background waits for."""
    return (lexicon(),)


def find_background(prepared: Prepared) -> tuple[Span, ...]:
    """Return the stretches of a report that tell of an older or another incident than the news, in order."""
    if len(prepared.sentences) < 2:
        return ()
    year = _year_of_news(prepared)
    found = [
        span
        for number, cues in sorted(_cued(prepared).items())
        for span in _in_sentence(prepared, number, year, cues)
    ]
    if sum(span.end - span.start for span in found) > _MOST * len(prepared.text):
        return ()
    return tuple(found)


def _cued(prepared: Prepared) -> Mapping[int, Mapping[str, int]]:
    """Return, by sentence, which kinds of cue it has and where in it the first of each stands."""
    cued: dict[int, dict[str, int]] = {}
    text, kinds = prepared.text, _kinds()
    for hit in prepared.find(lexicon()):
        number = prepared.places.at(hit.start)
        if 0 <= number < _MOST_SENTENCES:
            for kind in kinds[hit.term]:
                cued.setdefault(number, {}).setdefault(kind, hit.start - prepared.sentences[number].start)
    sentences = prepared.sentences[:_MOST_SENTENCES]
    past = {number for number, each in enumerate(sentences) if text.startswith(_DATED, each.start)}
    for match in _WHEN.finditer(text) if " when" in text else ():
        number = prepared.places.at(match.start())
        if _DEEP <= number < len(sentences) and match.end() <= sentences[number].end:
            past.add(number)
    for number in past:
        cued.setdefault(number, {}).setdefault("past", 0)
    return cued


def mask(text: str, spans: tuple[Span, ...]) -> str:
    """Return a text of the same length in which the spans are blank, so that places stay what they were."""
    for span in spans:
        blank = "".join("\n" if letter == "\n" else " " for letter in text[span.start : span.end])
        text = text[: span.start] + blank + text[span.end :]
    return text


def _year_of_news(prepared: Prepared) -> int:
    """Return the year in which the news was told, or 0 when nothing says."""
    if prepared.published[:4].isdigit():
        return int(prepared.published[:4])
    lead = prepared.text[: prepared.sentences[min(_LEAD, len(prepared.sentences) - 1)].end]
    return max((int(year) for year in _YEARS.findall(lead)), default=0)


def _in_sentence(prepared: Prepared, number: int, year: int, cues: Mapping[str, int]) -> Iterator[Span]:
    text, sentence = prepared.text, prepared.sentences[number]
    words = text[sentence.start : sentence.end]
    if len(words) > 1_000:
        return
    after = cues.get("time")
    leads_up = _LEADS_UP.match(words) if after is not None and after < _EARLY else None
    if leads_up and not _names_known(leads_up.group(), text, sentence.start):
        yield Span(sentence.start, sentence.start + leads_up.end())
        return
    if number == 0:
        return
    if number >= _DEEP and len(prepared.sentences) >= _LONG and "past" in cues:
        other = _DATED_OTHER.match(words)
        if other and not (other["name"] and _names_known(other["name"], text, sentence.start)):
            yield sentence
            return
        if when := _WHEN.search(words):
            yield Span(sentence.start + when.start(), sentence.end)
            return
    if cues.keys() - {"time"} and _is_other(words, text, sentence.start, year, cues):
        yield sentence
        return
    trails = _TRAILS.search(words, max(0, after - _EARLY)) if after is not None else None
    if trails and _names_new(trails.group(), text, sentence.start + trails.start()):
        yield Span(sentence.start + trails.start(), sentence.end)


def _is_other(words: str, text: str, start: int, year: int, cues: Mapping[str, int]) -> bool:
    """Say whether a whole sentence is of something else than the news."""
    years = [int(found) for found in _YEARS.findall(words)]
    is_older = bool(year and years) and max(years) < year - 1
    is_beside = "beside" in cues and _BESIDE.search(words) and not _TO_COME.search(words)
    if is_beside and (years or _HAPPENED.search(words) or _names_new(words, text, start)):
        return True
    if "past" not in cues or not _HAPPENED.search(words):
        return False
    has_already = _ALREADY.search(words) is not None
    if earlier := _EARLIER.match(words):
        if not earlier["year"]:
            return has_already or " had " in words or _names_new(words, text, start)
        return is_older and _OWN_SUBJECT.search(words) is not None
    if has_already and (years or _names_new(words, text, start)):
        return True
    return is_older and _PUNISHED.search(words) is not None


def _names_new(words: str, text: str, before: int) -> bool:
    """Say whether the words name somebody who is not named before a place of the text."""
    return any(text.find(name, 0, before) < 0 for name in _names(words))


def _names_known(words: str, text: str, before: int) -> bool:
    return any(text.find(name, 0, before) >= 0 for name in _names(words))


def _names(words: str) -> Iterator[str]:
    for match in _NAMES.finditer(words):
        name = clean(match.group())
        starts = match.start() == 0 and " " not in name
        if not starts and is_name(name) and not AUTHORITY_NAME.search(name):
            yield name
