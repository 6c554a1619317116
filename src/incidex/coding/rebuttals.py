"""Denials of what was said before: "the company says it is fake news" denies the sentence before it.

A denial within a sentence is a stance (`stance`). One that only points back ("the claim was false", "that
did not happen", "denied this") has no label of its own, and would leave what it denies undisputed. So what
the sentence before says gets a second claim: denied, by whoever denies it, in the words that do.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from incidex.coding.lexicon import Lexicon
from incidex.coding.passages import Passages
from incidex.coding.patterns import at_words, followed
from incidex.model import Claim, Evidence, Role, Span, Speaker, Stance

NAME = "rebuttals@1"

#: What such a denial denies: what was done, and what came of it; not who was meant, nor when.
DENIED = frozenset({"action", "action.variety", "data.class", "data.records", "data.variety", "impact"})
#: A denial points back so many sentences at most.
_BACK = 3
_SUREST = 0.8
#: Who calls it so, where no reporting verb says whose words they are.
_SUBJECT = re.compile(
    r"[“\"]?((?:The|A|An|Its|[A-Z])[^;:.“”\"]{1,60}?),?\s(?:(?:has|have|had|later|also|quickly|promptly|firmly)\s)?"
    r"(?:den|reject|refut|disput|dismiss|call|describ|brand)\w+\s"
)
# All that follows is looked for in small letters.
_CLAIM = (
    r"\s(?:\w+\s)?(?:claim|report|allegation|story|rumou?r|post|leak|statement|assertion|article|data|dump|document|"
    r"file|record|sample|screenshot)s?"
)
_THIS = (
    *("it", "this", "that"),
    *(first + _CLAIM for first in ("the", "these", "those", "such", "all", "any", "both")),
    *("them", "they", "these", "those"),
)
_FALSE = (
    r"(?:fake(?:\snews)?|false|untrue|baseless|groundless|unfounded|a\s(?:hoax|lie|fabrication|fake|"
    r"forgery)|fabricated|made[ -]up|invented|nonsense|without (?:any )?(?:foundation|basis|merit)|"
    r"(?:not|n['’]t)\s(?:true|real|genuine|authentic|correct|accurate|ours|from (?:its|our|the company)))"
)
_IS_FALSE = (
    r"\s(?:(?:is|was|are|were|as|to be|had been|do|did|does)\s?)?"
    rf"(?:all\s|\w+ly\s|simply\s)?{_FALSE}\b"
)
_IS_NOT_TRUE = (
    r"\s(?:is|was|are|were|do|did|does)n['’]t\s(?:true|real|genuine|authentic|correct|from|come from)\b"
)
_IS_NOT_FROM = r"\s(?:is|was|are|were|do|did|does)\snot\s(?:come\s)?(?:from|out of)\b"
_REBUTS = at_words(
    # "it is fake news", "the claim was false", "called the report baseless"
    *(this + _IS_FALSE for this in _THIS),
    *(this + _IS_NOT_TRUE for this in _THIS),
    # "that did not happen", "nothing of the sort happened"
    *followed("that|this|it|such a thing", r"\s(?:did not|didn['’]t|never)\s(?:happen|take place|occur)\w*"),
    *followed("nothing of the", r" (?:sort|kind)\b"),
    *followed("no such", r" (?:thing|attack|breach|incident|theft|leak)\b"),
    # "denied this", "rejected the claim", but not "denied the claim that …"
    *followed(
        "denied|denies|deny|rejects?|rejected|refutes|refuted|disputes|disputed|dismisses|dismissed",
        rf"\s(?:{'|'.join(_THIS)})"
        r"(?!\s(?:that|of|about|to|was|were|had|it|they|he|she|we|the|its|any|some|no|an?)\b)",
    ),
    *followed(
        "denied|denies", " (?:having been|being|it (?:had been|was)) (?:hacked|breached|attacked|compromised)"
    ),
    # "there had been no attack"
    r"there (?:was|is|were|had been|has been) no (?:attack|breach|hack|leak|intrusion|theft|cyber-?attack)\b"
    r"(?!\s(?:of|on|in|at|to|from)\b)",
    # "the data is not from its systems"
    *(this + _IS_NOT_FROM for this in _THIS),
)
#: Whose denial is of having done it, which leaves what was done as it was.
_OF_GUILT = re.compile(r"\b(?:accus\w+|involve\w*|responsib\w+|behind|blam\w+|embassy|charges?)\b")
#: A denial that does not say whether the deed is denied or the guilt.
_BARE = ("den", "reject", "refut", "disput", "dismiss")
_TRIGGERS = """
fake false untrue baseless groundless unfounded hoax lie fabricat* forgery made_up made-up invented
nonsense without_foundation without_any without_basis without_merit not_true not_real not_genuine
not_authentic not_correct not_accurate not_ours not_from not_come isn't wasn't aren't weren't don't
didn't doesn't did_not never_happened never_took of_the_sort of_the_kind no_such denied denies deny
reject* refut* disput* dismiss* no_attack no_breach no_hack no_leak no_intrusion no_theft no_cyber-attack
no_cyberattack not_out_of
"""


@dataclass(frozen=True, slots=True)
class Rebuttal:
    """Words that deny what stands before them, and whose they are."""

    span: Span  # of the sentence
    number: int  # of the sentence
    speaker: Speaker


@cache
def lexicon() -> Lexicon:
    """Return the words without which nothing is denied in retrospect."""
    return Lexicon(each.replace("_", " ") for each in _TRIGGERS.split())


def lexicons() -> tuple[Lexicon, ...]:
    """Return what the reading of rebuttals waits for."""
    return (lexicon(),)


def rebut(claims: Sequence[Claim], passages: Passages) -> tuple[Claim, ...]:
    """Return the claims with those that later words of somebody else deny."""
    made = [claim for each in find_rebuttals(passages) for claim in _deny(each, claims, passages)]
    return (*claims, *dict.fromkeys(made)) if made else tuple(claims)


def find_rebuttals(passages: Passages) -> Iterator[Rebuttal]:
    """Yield the sentences in which somebody denies what was said before."""
    prepared = passages.prepared
    seen = -1
    for hit in prepared.find(lexicon()):
        number = prepared.places.at(hit.start)
        if number <= seen or number < 1:
            continue
        seen = number
        sentence = prepared.sentences[number]
        words = _REBUTS.search(prepared.small, sentence.start, sentence.end)
        if words is None or _OF_GUILT.search(prepared.small, sentence.start, sentence.end):
            continue
        speaker = _who_denies(passages, sentence, Span(*words.span()))
        if speaker.role is not Role.VICTIM and words[0].startswith(_BARE):
            continue  # "the Kremlin denied it": having done it
        if speaker != passages.cast.publisher and speaker.role is not Role.ACTOR:
            yield Rebuttal(sentence, number, speaker)


def _who_denies(passages: Passages, sentence: Span, words: Span) -> Speaker:
    """Return whose denial it is; the publisher when nobody else's."""
    speaker = passages.speaker_at(words)
    subject = _SUBJECT.match(passages.prepared.text, sentence.start, sentence.end)
    if speaker == passages.cast.publisher and subject:
        return passages.cast.resolve(subject[1]) or _find_struck(passages, subject) or speaker
    return speaker


def _find_struck(passages: Passages, subject: re.Match[str]) -> Speaker | None:
    """Return whoever a text without a name for its victim says was struck: "the tax office", named before."""
    words = subject[1].lower()
    is_known = words.startswith("the ") and words in passages.prepared.text[: subject.start()]
    return Speaker(words, Role.VICTIM) if is_known and not passages.cast.victim else None


def _deny(rebuttal: Rebuttal, claims: Sequence[Claim], passages: Passages) -> Iterator[Claim]:
    """Yield what is denied: what others say in the nearest sentence before that says anything."""
    evidence = Evidence.of(passages.prepared.document.text, rebuttal.span)
    for number in range(rebuttal.number - 1, max(-1, rebuttal.number - 1 - _BACK), -1):
        denied = [claim for claim in claims if _is_open(claim, passages.prepared.sentences[number], rebuttal)]
        for claim in denied:
            yield replace(
                claim,
                coder=NAME,
                speaker=rebuttal.speaker,
                stance=Stance.DENIES,
                evidence=evidence,
                confidence=min(claim.confidence, _SUREST),
                why="denies what is said before",
            )
        if denied:
            return


def _is_open(claim: Claim, sentence: Span, rebuttal: Rebuttal) -> bool:
    """Say whether a claim is asserted in a sentence by somebody else than denies it."""
    return (
        claim.field in DENIED
        and claim.stance is not Stance.DENIES
        and claim.speaker != rebuttal.speaker
        and claim.evidence is not None
        and sentence.start <= claim.evidence.span.start < sentence.end
    )
