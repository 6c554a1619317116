"""Whether a passage asserts, denies or doubts what stands in it, or says nothing of the kind at all."""

import re
from dataclasses import dataclass
from functools import lru_cache

from incidex.model import Span, Stance

#: Where a new clause begins whatever came before.
_BREAK = re.compile(
    r"[;:—]|\s[-–]\s|,?\s(?:but|however|although|though|while|whereas|yet|because|since|instead|except|"
    r"even though)\b"
    r"|[.!?][”\"]?\s"
)
#: Where a clause may begin: it does when what stands before is already a whole clause.
_SOFT = re.compile(r",\s|,?\sand\s|,?\sor\s|\s(?:which|who|that|after|before|when|where|so)\s")
_FINITE = re.compile(
    r"\b(?:was|were|is|are|has|have|had|did|does|do|will|said|says|took|stole|paid|held|appeared|contained|"
    r"included|accessed by|went|got|came|obtained the|affected the|found|told)\b"
)

_PASSIVE = re.compile(r"\b(?:was|were|is|are|been|be)\s(?:\w+ly\s)?$")
_NOT_VERB = (
    r"(?:a|an|any|the|been|be|include\w*|involv\w*|contain\w*|affect\w*|compromis\w*|expos\w*|access\w*|"
    r"obtain\w*|"
    r"tak\w+|steal\w*|stol\w+|stor\w+|hold|held|paid|pay|publish\w*|collect\w*|impact\w*|breach\w*|reveal\w*|"
    r"view\w*|acquir\w*|leak\w*|los\w+|attack\w*|hack\w*|have|in|on|use\w*|behind|responsible|involved|"
    r"believe\w*|think|offer\w*|left|due|caused|part|disclos\w*|download\w*|copied|encrypt|touch\w*)"
)
_DENIAL_BEFORE = re.compile(
    r"\bnot (?:one|a single)\b|\bnot by (?:an?|the)\b|\bno(?!\s(?:longer|doubt|matter|one\b|less|more|"
    r"evidence|sign|indication|trace|proof|reason|comment|"
    r"later))\s"
    r"|\bnone of\b|\bneither\b|\bnor\b|\bnobody\b|\bno one\b|\bwithout\b|\bnever\b"
    rf"|(?:\bnot|n['’]t)\s(?!only|just|merely|yet|long)(?:\w+ly\s)?(?={_NOT_VERB}\b)"
    r"|\b(?:den(?:y|ies|ied|ying)|reject(?:s|ed)?|refut(?:es?|ed)|disput(?:es?|ed)|dismiss(?:es|ed)?)\b"
    r"|\bruled out\b|\bfree of\b|\brather than\b",
    re.IGNORECASE,
)
#: Denials that reach over "that": everything they govern is denied.
_GOVERNS = re.compile(
    r"\b(?:den(?:y|ies|ied|ying)|reject(?:s|ed)?|refut(?:es?|ed)|disput(?:es?|ed)|dismiss(?:es|ed)?|"
    r"(?:do|does|did) not (?:believe|think))\b",
    re.IGNORECASE,
)
_DENIAL_AFTER = re.compile(
    r"\b(?:was|were|is|are|has|have|had|been|did|does|do)(?:\snot|n['’]t)\s(?!only|just|merely|"
    r"yet)(?:\w+ly\s)?(?:been\s|be\s|believed to be\s)?"
    r"(?:affected|compromised|accessed|taken|stolen|exposed|involved|included|impacted|leaked|lost|touched|"
    r"breached|obtained|disclosed|viewed|acquired|at risk|part of|in the|among|stored|attacked|used|shared|"
    r"published|contained|hacked|held|behind|responsible|involve|true)"
    r"|\b(?:was|is|are|were)\s(?:false|untrue|fake|fake news|unfounded)\b|\bas fake news\b|\bfake news\b"
    r"|^\s?(?:was|were|is|are|did|do|does|has|had|have)(?:\snot|n['’]t)\s*[.,;!”\"]*$"
    r"|\bhas nothing to do with\b|\bhad no part\b|\bnever\s(?:left|been|taken)\b",
    re.IGNORECASE,
)
_DOUBT = re.compile(
    r"\bno (?:evidence|sign|indication|trace|proof|reason to believe)\b"
    r"|\b(?:could|can|cannot|can't|unable to|not been able to|"
    r"not)\s(?:not\s)?(?:be\s)?(?:independently\s)?(?:verif|confirm)\w*"
    r"|\bnothing (?:to (?:suggest|indicate)|suggests|indicates)\b|\b(?:stop(?:s|ped)? short of)\b"
    r"|\bunverified\b|\bunconfirmed\b|\bun(?:clear|certain)\b|\bwhether\b|\bdoubts?\b|\bdoubted\b"
    r"|\b(?:is|are|was|remains?|remained)\s(?:still\s)?unknown\b"
    r"|\b(?:fears?|feared|suspects?|speculat\w+|wonders?)\s(?:that|the|its|their|some|an?|more|members|"
    r"customers)\b"
    r"|\brumou?rs?\b|\b(?:may|might|could)\s(?:also\s)?be\s(?:behind|responsible|involved)\b",
    re.IGNORECASE,
)
#: What may have happened: in a notice the exposure itself is what is notified, elsewhere it is a doubt.
_MAY = re.compile(
    r"\b(?:may|might|could)\s(?:also\s|potentially\s)?(?:have\b|be\s(?:affected|at risk|impacted|exposed|"
    r"in the))"
    r"|\bpossibl[ey]\b|\bpotential(?:ly)?\b|\b(?:could|can) ?not (?:be )?rule[d]? (?:it )?out\b",
    re.IGNORECASE,
)
_MAY_AFTER = re.compile(
    r"[^,;:]{0,60}?\b(?:(?:may|might|could)\s(?:also\s|potentially\s)?(?:have\b|be\s(?:affected|at risk|"
    r"impacted|"
    r"exposed|in the))|potentially\s\w{3,12}ed\b|possibly\b)",
    re.IGNORECASE,
)
#: Words with a doubt of their own about who or what did it, and so no mere caution of a notice.
_BY_SOMEBODY = re.compile(
    r"\b(?:hackers?|thie(?:f|ves)|attackers?|intruders?|criminals?|they|he|she)\s(?:may|might|could)\b",
    re.IGNORECASE,
)
_DROP = re.compile(
    r"\b(?:if|unless|in case|should (?:you|your|we))\b"
    r"|\b(?:could|can|would|should|might|must)\s(?:not\s)?(?:be\s(?:used|able)|use|help|locate|lead|allow|"
    r"expect|type|change|have been worse)\b"
    r"|\b(?:you|customers|users|people|nobody|everyone) (?:should|can|may|must|could)\b|\bplease\b|"
    r"\bwe recommend\b|\badvise[sd]?\b|\b(?:plan(?:s|ned|ning)?|intend(?:s|ed)?|aim(?:s|ed)?|hop(?:e|es|"
    r"ed|ing)) to\b"
    r"|\bwould(?:\snot|n['’]t)?\s(?:be\b|have\b|never\b)"
    r"|\bto (?:avoid|prevent|protect against)\b|\b(?:did|has|have|does|would|do) not (?:yet )?(?:say|said|"
    r"disclose[d]?|specify|specified|reveal\w*|comment\w*|name[d]?|know|state)\b"
    r"|\bdeclined to\b|\bdid not respond\b|\bwhat to\b",
    re.IGNORECASE,
)
#: A word without which no pattern above can match; most sentences have none, and need no more reading.
_CUE = re.compile(
    r"\b(?:no|none|not|neither|nor|nobody|nothing|never|without|cannot|if|unless|in\scase|should|could|can|"
    r"would|will|going\sto|might|must|may|please|whether|fears?|feared|fake|false|untrue|unfounded|"
    r"unable)\b|n['’]t\b|nverified"
    r"|\b(?:deny|deni|reject|refut|disput|dismiss|ruled|free\sof|rather|un(?:confirm|clear|known|certain)|"
    r"doubt|possibl|potential|rumou?r|recommend|advise|suspect|speculat|wonder|plan|intend|aim|hop(?:e|"
    r"ing)|stop|"
    r"avoid|prevent|protect|declin|what\sto)",
    re.IGNORECASE,
)
_IMPERATIVE = re.compile(
    r"(?:[-•*–]\s|\d{1,2}[.)]\s|[^.;:,]{0,40}:\s)?(?:please\s)?(?:do not|don['’]t|never|always|change|"
    r"reset|monitor|review|watch|"
    r"check|beware|avoid|remain|consider|enable|install|visit|order|request|freeze|shred|contact|call us|"
    r"make sure|"
    r"keep an eye|update your|use (?:a|two|strong|unique)|be (?:wary|careful|alert|"
    r"vigilant))\b(?!\s(?:was|were|is|of)\b)",
    re.IGNORECASE,
)
#: A plan of what is still to do: "will reset every password".
_TO_DO = re.compile(r"\b(?:will|going to)\s(?:soon\s|now\s)?(?:reset|change|replace|delete)\b", re.IGNORECASE)
_YES_NO = re.compile(r"[\s“\"]{0,4}(?:A: )?(yes|no)\b", re.IGNORECASE)
_NOT_INSIDE = re.compile(r"^(?:none|neither|never|without)\b|\b(?:no|not|never)\b", re.IGNORECASE)
_NOT_JUST_BEFORE = re.compile(r"\b(?:not|never|no)\s(?:\w{3,20}ly\s)?\Z", re.IGNORECASE)
#: Characters either side in which a cue is looked for: a clause, and bounded on a text without any stop.
_REACH = 280


@dataclass(frozen=True, slots=True)
class Weighed:
    """How a passage stands to its words, and whether the only doubt is that it "may have" happened."""

    stance: Stance | None
    is_cautious: bool = False


_ASSERTED, _CLAIMS_NOTHING = Weighed(Stance.ASSERTS), Weighed(None)


def read_stance(text: str, sentence: Span, span: Span, after: str = "") -> Stance | None:
    """Return how the passage stands to the words at `span`; `None` when it makes no claim of them.

    `None` is for conditions, advice, plans, questions and things left unsaid ("if your data was …", "would
    not say how many …"). The scope of a cue is its clause; "denied that …" reaches over what it governs.
    A question is answered by what comes `after` the sentence, if that is a yes or a no.
    """
    return weigh_stance(text, sentence, span, after).stance


def weigh_stance(text: str, sentence: Span, span: Span, after: str = "") -> Weighed:
    """Return the stance as `read_stance` does, and whether it is only cautious."""
    whole = text[sentence.start : max(sentence.end, span.end)]
    if whole.endswith("?"):
        return _answer(after)
    if _IMPERATIVE.match(whole):
        return _CLAIMS_NOTHING
    if not _has_cue(whole):
        return _ASSERTED
    before = _unwrap(text[max(sentence.start, span.start - _REACH) : span.start])
    behind = _unwrap(text[span.end : max(span.end, min(sentence.end, span.end + _REACH))])
    inside = text[span.start : span.end]
    before = "" if _BREAK.search(inside) else before
    clause, tail = _clause_before(before), _clause_after(behind)
    if _DROP.search(clause) or _TO_DO.search(clause):
        return _CLAIMS_NOTHING
    if _is_denied(before, clause, tail, inside):
        return Weighed(Stance.DENIES)
    if _DOUBT.search(clause) or "nverified" in tail:
        return Weighed(Stance.DOUBTS)
    if _MAY.search(clause) or _MAY.search(inside) or _MAY_AFTER.match(tail):
        return Weighed(Stance.DOUBTS, is_cautious=not _BY_SOMEBODY.search(whole))
    return _ASSERTED


def _answer(after: str) -> Weighed:
    """Return what a question's answer makes of it: "Was my card affected? No."."""
    found = _YES_NO.match(after)
    if not found:
        return _CLAIMS_NOTHING
    return _ASSERTED if found[1].casefold() == "yes" else Weighed(Stance.DENIES)


@lru_cache(maxsize=256)
def _has_cue(sentence: str) -> bool:
    """Say whether a sentence can hold a denial, doubt or condition; asked again for each reading in it."""
    return _CUE.search(sentence) is not None


def _unwrap(words: str) -> str:
    """Join lines that were broken by hand, so that a cue may stand on both sides of the break."""
    return words.replace("\n", " ")


def _is_denied(before: str, clause: str, tail: str, inside: str) -> bool:
    if _NOT_INSIDE.search(inside) or _NOT_JUST_BEFORE.search(clause):
        return True
    if any(not _closed(clause, cue, tail) for cue in _DENIAL_BEFORE.finditer(clause)):
        return True
    if _DENIAL_AFTER.search(tail):
        return True
    governing = max((cue.end() for cue in _GOVERNS.finditer(before)), default=-1)
    return governing >= 0 and not _ends_speech(before[governing:])


def _closed(clause: str, cue: re.Match[str], tail: str) -> bool:
    """Say whether what a denial governs has ended before the words that `tail` follows.

    "No names, cards or passwords were taken" is one clause to its end; "it was not hacked, and names were
    taken" is two, and so is "it denied the attack, and names were taken".
    """
    since = clause[cue.end() :]
    is_passive = _PASSIVE.search(clause[: cue.start()]) and re.match(
        r"\s?(?:\w+ed|taken|stolen|lost|held)\b", since
    )
    governs_verb = not cue.group().strip().casefold().startswith(("no", "neither")) or "not" in cue.group()
    for soft in _SOFT.finditer(since):
        if is_passive or soft.group().strip() == "that" or since.startswith("that ", soft.end()):
            return not (soft.start() < 2 and _GOVERNS.fullmatch(cue.group()))
        if _FINITE.search(since, 0, soft.start()):
            return True
        if governs_verb and "," in soft.group() and since[soft.end() :].strip() in {"", "and"}:
            return bool(_FINITE.match(tail.lstrip()))
    return False


def _ends_speech(since: str) -> bool:
    return bool(
        _BREAK.search(since)
        or re.search(
            r"\band (?:said|says|that)\b|,\s(?:and|which|who)\b"
            r"|,\s(?:it|he|she|they|the \w{2,20}|[A-Z]\w{1,20})\s(?:has|have|had|is|was|were|now|later|"
            r"also|then|since)\b",
            since,
        )
    )


def _clause_before(before: str) -> str:
    start = 0
    for found in _BREAK.finditer(before):
        start = found.end()
    return before[start:]


def _clause_after(after: str) -> str:
    """Return what follows up to the clause's end: a verb, and then a comma or "and"."""
    hard = _BREAK.search(after)
    tail = after[: hard.start()] if hard else after
    for soft in _SOFT.finditer(tail):
        if _FINITE.search(tail, 0, soft.start()):
            return tail[: soft.start()]
    return tail
