"""Whether a passage asserts, denies or doubts what stands in it, or says nothing of the kind at all."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from incidex.coding.base import Prepared
from incidex.coding.lexicon import Lexicon
from incidex.coding.patterns import at_words, followed, to_small
from incidex.model import Span, Stance

# Patterns with `at_words`, and all below whose names say so, are for text in small letters.

#: Where a new clause begins whatever came before.
_BREAK = re.compile(
    r"[;:—,\s.!?](?:(?<=[;:—])"
    r"|(?<=[,\s])(?:(?<=,)\s)?(?:but|however|although|though|while|whereas|yet|because|since|instead|except|"
    r"even though)\b"
    r"|(?<=\s)[-–]\s|(?<=[.!?])[”\"]?\s)"
)
#: Where a clause may begin: it does when what stands before is already a whole clause.
_SOFT = re.compile(r"[,\s](?:(?<=,)\s|(?<=\s)(?:and|or|which|who|that|after|before|when|where|so)\s)")
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
#: "Not only" denies nothing, and neither does a verb that none of this could have befallen.
_NOT = rf"\s(?!only|just|merely|yet|long)(?:\w+ly\s)?(?={_NOT_VERB}\b)"
#: What was missing when something was done does not deny the deed: "read without permission".
_NOT_SO = (
    r"(?!\s(?:\w+\s)?(?:authori[sz]ation|permission|consent|approval|authority|pay|knowledge|notice|encryption|"
    r"protection|need|blocking|checking|asking|knowing|realizing|realising|telling|encrypting)\b)"
)
_DENYING = (
    r"den(?:y|ies|ied|ying)\b",
    r"reject(?:s|ed)?\b",
    r"refut(?:es?|ed)\b",
    r"disput(?:es?|ed)\b",
    r"dismiss(?:es|ed)?\b",
)
_DENIAL_BEFORE = at_words(
    r"not (?:one|a single)\b",
    r"not by (?:an?|the)\b",
    r"no(?!\s(?:longer|doubt|matter|one\b|less|more|authori[sz]ation|consent|permission|evidence|sign|"
    r"indication|trace|proof|reason|comment|later))\s",
    *followed("none of|neither|nor|nobody|no one", r"\b"),
    rf"without\b{_NOT_SO}",
    r"never\b",
    f"not{_NOT}",
    *_DENYING,
    *followed("ruled out|free of|rather than", r"\b"),
    elsewhere=f"n['’]t{_NOT}",
)
#: Denials that reach over "that": everything they govern is denied.
_GOVERNS = at_words(*_DENYING, *followed("do|does|did", r" not (?:believe|think)\b"))
_DENIAL_AFTER = at_words(
    *followed(
        "was|were|is|are|has|have|had|been|did|does|do",
        r"(?:\snot|n['’]t)\s(?!only|just|merely|yet)(?:\w+ly\s)?(?:been\s|be\s|believed to be\s)?"
        r"(?:affected|compromised|accessed|taken|stolen|exposed|involved|included|impacted|leaked|lost|touched|"
        r"breached|obtained|disclosed|viewed|acquired|at risk|part of|in the|among|stored|attacked|used|"
        r"shared|published|contained|hacked|held|behind|responsible|involve|true)",
    ),
    *followed("was|is|are|were", r"\s(?:false|untrue|fake|fake news|unfounded)\b"),
    *followed("as fake news|fake news|has nothing to do with|had no part", r"\b"),
    r"never\s(?:left|been|taken)\b",
)
#: The same where nothing else follows: "the names were, the cards were not."
_DENIAL_LAST = re.compile(r"\s?(?:was|were|is|are|did|do|does|has|had|have)(?:\snot|n['’]t)\s*[.,;!”\"]*$")
_DOUBT = at_words(
    r"no (?:evidence|sign|indication|trace|proof|reason to believe)\b",
    *followed(
        "could|can|cannot|can't|unable to|not been able to|not",
        r"\s(?:not\s)?(?:be\s)?(?:independently\s)?(?:verif|confirm)\w*",
    ),
    r"nothing (?:to (?:suggest|indicate)|suggests|indicates)\b",
    r"stop(?:s|ped)? short of\b",
    r"un(?:verified|confirmed|clear|certain)\b",
    *followed("whether|doubts?|doubted|rumou?rs?", r"\b"),
    *followed("is|are|was|remains?|remained", r"\s(?:still\s)?unknown\b"),
    *followed(
        r"fears?|feared|suspects?|speculat\w+|wonders?",
        r"\s(?:that|the|its|their|some|an?|more|members|customers)\b",
    ),
    *followed("may|might|could", r"\s(?:also\s)?be\s(?:behind|responsible|involved)\b"),
)
#: What may have happened: in a notice the exposure itself is what is notified, elsewhere it is a doubt.
_MAY = at_words(
    *followed(
        "may|might|could",
        r"\s(?:also\s|potentially\s)?(?:have\b|be\s(?:affected|at risk|impacted|exposed|in the))",
    ),
    r"possibl[ey]\b",
    r"potential(?:ly)?\b",
    *followed("could|can", r" ?not (?:be )?rule[d]? (?:it )?out\b"),
)
_MAY_AFTER = re.compile(
    r"[^,;:]{0,60}?\b(?:(?:may|might|could)\s(?:also\s|potentially\s)?(?:have\b|be\s(?:affected|at risk|"
    r"impacted|"
    r"exposed|in the))|potentially\s\w{3,12}ed\b|possibly\b)"
)
#: Words with a doubt of their own about who or what did it, and so no mere caution of a notice.
_BY_SOMEBODY = at_words(
    *followed(
        "hackers?|thief|thieves|attackers?|intruders?|criminals?|they|he|she", r"\s(?:may|might|could)\b"
    ),
    *followed(
        "may|might|could",
        r"\shave\sbeen\s(?:carried|committed|done|orchestrated|perpetrated|launched|motivated|driven|"
        r"the work|by\b|an?\s(?:inside\b|insider|former|disgruntled|employee|hacker|rival|competitor))",
    ),
    *followed(
        "possibl[ey]|potential|potentially",
        r"\s(?:by\b|the work|(?:an?\s)?(?:insider|motive|culprit|suspect))",
    ),
)
_DROP = at_words(
    *followed("if|unless|in case|should you|should your|should we|please|we recommend|advise[sd]?", r"\b"),
    *followed(
        "could|can|would|should|might|must",
        r"\s(?:not\s)?(?:be\s(?:used|able)|use|help|locate|lead|allow|expect|type|change|have been worse)\b",
    ),
    *followed("you|customers|users|people|nobody|everyone", " (?:should|can|may|must|could)\\b"),
    *followed(r"plan|plans|planned|planning|intend|intends|intended|aim|aims|aimed", r" to\b"),
    r"hop(?:e|es|ed|ing) to\b",
    r"would(?:\snot|n['’]t)?\s(?:be\b|have\b|never\b)",
    r"to (?:avoid|prevent|protect against)\b",
    *followed(
        "did|has|have|does|would|do",
        r" not (?:yet )?(?:say|said|disclose[d]?|specify|specified|reveal\w*|comment\w*|name[d]?|"
        r"know|state)\b",
    ),
    *followed("declined to|did not respond|what to", r"\b"),
)
#: Words without one of which no pattern here can match, by what they may do: "unsay" a claim, "deny" it,
#: "doubt" it, or be cautious about it ("may"). Most sentences have none, and assert.
_CUES: Mapping[str, str] = {
    "unsay deny doubt": """
        not ain't can't couldn't didn't doesn't don't hadn't hasn't haven't isn't mightn't mustn't shouldn't
        wasn't weren't won't wouldn't
    """,
    "unsay": """
        if unless in_case should would will going_to must please recommend* advise* plan plans planned
        planning intend* aim aims aimed aiming hope hopes hoped hoping prevent* protect* declin* what_to
    """,
    "unsay doubt may": "may might could can",
    "deny doubt": "no nothing",
    "deny doubt may": "cannot",
    "deny": """
        none neither nor nobody never without deny denies denied denying denial* reject* refut* disput*
        dismiss* ruled free_of rather fake false untrue unfounded
    """,
    "doubt": """
        whether unverified unconfirmed unclear unknown uncertain doubt* rumor* rumour* fear fears feared
        suspect* speculat* wonder* stop stops stopped unable
    """,
    "may": "possible possibl* potential*",
}
#: Words that order something, where a sentence begins with them.
_ORDER_WORDS = """
avoid* always change reset monitor review watch check beware remain consider
enable install visit order request freeze shred contact call_us make_sure keep_an_eye update_your use be_wary
be_careful be_alert be_vigilant
"""
_ORDERS = frozenset(word.replace("_", " ") for word in _ORDER_WORDS.split())
#: Characters from the start of a sentence in which an order is one: "What you can do: change …".
_ORDER_REACH = 50
_IMPERATIVE = re.compile(
    r"(?:[-•*–]\s|\d{1,2}[.)]\s|[^.;:,]{0,40}:\s)?(?:please\s)?(?:do not|don['’]t|never|always|change|"
    r"reset|monitor|review|watch|"
    r"check|beware|avoid|remain|consider|enable|install|visit|order|request|freeze|shred|contact|call us|"
    r"make sure|"
    r"keep an eye|update your|use (?:a|two|strong|unique)|be (?:wary|careful|alert|"
    r"vigilant))\b(?!\s(?:was|were|is|of)\b)"
)
#: A plan of what is still to do: "will reset every password".
_TO_DO = at_words(*followed("will|going to", r"\s(?:soon\s|now\s)?(?:reset|change|replace|delete)\b"))
_YES_NO = re.compile(r"[\s“\"]{0,4}(?:A: )?(yes|no)\b", re.IGNORECASE)
_NOT_INSIDE = re.compile(r"^(?:none|neither|never|without)\b|\b(?:no|not|never)\b")
_NOT_JUST_BEFORE = re.compile(r"\b(?:not|never|no)\s(?:\w{3,20}ly\s)?\Z")
_PARTICIPLE = re.compile(r"\s?(?:\w+ed|taken|stolen|lost|held)\b")
#: Where what a verb of denial governs has ended.
_NEW_CLAUSE = re.compile(
    r"\band (?:said|says|that)\b|,\s(?:and|which|who)\b"
    r"|,\s(?:it|he|she|they|the \w{2,20}|[A-Z]\w{1,20})\s(?:has|have|had|is|was|were|now|later|also|then|"
    r"since)\b"
)
#: Words without which nothing behind or inside the words asked about can deny or doubt them.
_HINT = at_words(
    *followed(
        "no|not|never|none|neither|without|may|might|could|fake|false|untrue|unfounded|nothing|had no", r"\b"
    ),
    elsewhere=r"n['’]t\b|potential|possibl|nverified",
)
#: Characters either side in which a cue is looked for: a clause, and bounded on a text without any stop.
_REACH = 280


@dataclass(frozen=True, slots=True)
class Weighed:
    """How a passage stands to its words, and whether the only doubt is that it "may have" happened."""

    stance: Stance | None
    is_cautious: bool = False


ASSERTED, _CLAIMS_NOTHING = Weighed(Stance.ASSERTS), Weighed(None)


@cache
def _kinds() -> Mapping[str, frozenset[str]]:
    """Return what each cue may do to a claim."""
    return {
        word.replace("_", " "): frozenset(kinds.split())
        for kinds, words in _CUES.items()
        for word in words.split()
    }


@cache
def lexicon() -> Lexicon:
    """Return the words that can make a passage anything but an assertion."""
    return Lexicon([*_ORDERS, *_kinds()])


def lexicons() -> tuple[Lexicon, ...]:
    """Return what the reading of stance waits for."""
    return (lexicon(),)


#: All that a cue may do.
_ANYTHING = frozenset({"unsay", "deny", "doubt", "may"})


def find_cued(prepared: Prepared) -> Mapping[int, frozenset[str]]:
    """Return what the cues of each sentence may do, by its number; a sentence without cues asserts."""
    text, places, kinds = prepared.text, prepared.places, _kinds()
    cued: dict[int, frozenset[str]] = {}
    for hit in prepared.find(lexicon()):
        number = places.at(hit.start)
        found = kinds.get(hit.term)
        if found is not None:
            cued[number] = cued.get(number, frozenset()) | found
        elif hit.start - prepared.sentences[number].start < _ORDER_REACH:
            cued.setdefault(number, frozenset())
    mark = text.find("?")
    while mark >= 0:
        cued.setdefault(places.at(mark), frozenset())
        mark = text.find("?", mark + 1)
    return cued


class Stances:
    """How the sentences of a text stand to their words: each is read once, and only if it has a cue."""

    def __init__(self, prepared: Prepared) -> None:
        """Find the cues of the text."""
        self._prepared = prepared
        self._cued = find_cued(prepared)
        self._clauses: dict[int, Clauses] = {}

    def weigh(self, span: Span) -> "Weighed":
        """Return how the passage stands to the words at a span."""
        prepared = self._prepared
        number = prepared.places.at(span.start)
        kinds = self._cued.get(number)
        if kinds is None:
            return ASSERTED
        if number not in self._clauses:
            sentence = prepared.sentences[number] if number >= 0 else span
            after = prepared.text[sentence.end : sentence.end + 16]
            self._clauses[number] = Clauses(prepared.text, sentence, after, kinds)
        return self._clauses[number].weigh(span)


def read_stance(text: str, sentence: Span, span: Span, after: str = "") -> Stance | None:
    """Return how the passage stands to the words at `span`; `None` when it makes no claim of them.

    `None` is for conditions, advice, plans, questions and things left unsaid ("if your data was …", "would
    not say how many …"). The scope of a cue is its clause; "denied that …" reaches over what it governs.
    A question is answered by what comes `after` the sentence, if that is a yes or a no.
    """
    return Clauses(text, sentence, after).weigh(span).stance


@dataclass(frozen=True, slots=True)
class _Clause:
    """Where the cues of one clause end; a place has a cue before it when the first one ends before it."""

    drop: int  # where the first word that unsays a claim ends
    doubt: int
    may: int
    denials: tuple[tuple[int, int], ...]


#: Further than any place of a text.
_NEVER = 1 << 60


class Clauses:
    """The clauses of one sentence, read once for all the words that are asked about in it."""

    def __init__(self, text: str, sentence: Span, after: str = "", kinds: frozenset[str] = _ANYTHING) -> None:
        """Take the sentence apart at its marks and conjunctions.

        `after` is what answers a question, and `kinds` what the sentence's cues may do.
        """
        self._kinds = kinds
        self._words = text[sentence.start : sentence.end].replace("\n", " ")
        self._small = to_small(self._words)
        self._offset = sentence.start
        self._whole: Weighed | None = None
        if self._words.endswith("?"):
            self._whole = _answer(after)
        elif _IMPERATIVE.match(self._small):
            self._whole = _CLAIMS_NOTHING
        breaks = [match.span() for match in _BREAK.finditer(self._words)]
        self._begins = [start for start, _ in breaks]
        self._ends = [end for _, end in breaks]
        self._hints = [match.start() for match in _HINT.finditer(self._small)] if kinds - {"unsay"} else []
        self._governing = [match.end() for match in _GOVERNS.finditer(self._small)] if "deny" in kinds else []
        self._known: dict[int, _Clause] = {}

    def weigh(self, span: Span) -> Weighed:
        """Return how the sentence stands to the words at a span of the text."""
        if self._whole is not None:
            return self._whole
        words, start = self._small, span.start - self._offset
        end = min(max(span.end - self._offset, start), len(words))
        index = bisect_right(self._ends, start)
        begin = self._ends[index - 1] if index else 0
        if index < len(self._ends) and self._begins[index] >= start and self._ends[index] <= end:
            begin = start  # the words are of two clauses: what stands before them is of neither
        clause = self._clause_at(begin)
        if clause.drop <= start:
            return _CLAIMS_NOTHING
        tail = self._tail(end)
        if self._is_denied(clause, start, end, begin, tail):
            return Weighed(Stance.DENIES)
        if clause.doubt <= start or "nverified" in tail:
            return Weighed(Stance.DOUBTS)
        if (
            clause.may <= start
            or (tail and _MAY_AFTER.match(to_small(tail)))
            or (self._has_hint(start, end) and (_MAY.search(words, start, end)))
        ):
            near = words[max(0, start - _REACH) : end + len(tail)]
            return Weighed(Stance.DOUBTS, is_cautious=not _BY_SOMEBODY.search(near))
        return ASSERTED

    def _clause_at(self, begin: int) -> _Clause:
        """Return the cues of the clause that begins at a place."""
        if begin not in self._known:
            stop = bisect_left(self._begins, begin)
            end = self._begins[stop] if stop < len(self._begins) else len(self._words)
            self._known[begin] = self._read_clause(begin, end)
        return self._known[begin]

    def _read_clause(self, begin: int, end: int) -> _Clause:
        words, kinds = self._small, self._kinds
        unsay = "unsay" in kinds
        return _Clause(
            drop=min(_first(_DROP, words, begin, end), _first(_TO_DO, words, begin, end))
            if unsay
            else _NEVER,
            doubt=_first(_DOUBT, words, begin, end) if "doubt" in kinds else _NEVER,
            may=_first(_MAY, words, begin, end) if "may" in kinds else _NEVER,
            denials=tuple(each.span() for each in _DENIAL_BEFORE.finditer(words, begin, end))
            if "deny" in kinds
            else (),
        )

    def _has_hint(self, start: int, end: int) -> bool:
        """Say whether a word that may deny or doubt stands between two places."""
        index = bisect_left(self._hints, start)
        return index < len(self._hints) and self._hints[index] < end

    def _tail(self, end: int) -> str:
        """Return what follows to the clause's end, or "" when nothing in it can deny or doubt."""
        stop = bisect_left(self._begins, end)
        limit = min(self._begins[stop] if stop < len(self._begins) else len(self._words), end + _REACH)
        return _clause_after(self._words[end:limit]) if self._has_hint(end, limit) else ""

    def _is_denied(self, clause: _Clause, start: int, end: int, begin: int, tail: str) -> bool:
        words = self._words
        if self._has_hint(max(begin, start - 24), end) and (
            _NOT_INSIDE.search(self._small[start:end])
            or _NOT_JUST_BEFORE.search(self._small[max(begin, start - 24) : start])
        ):
            return True
        for cue_start, cue_end in reversed(clause.denials):
            if cue_end < start - _REACH:
                break
            if cue_end <= start and not _closed(
                words[begin:start], cue_start - begin, cue_end - begin, tail or words[end:]
            ):
                return True
        if tail and _is_denied_after(to_small(tail)):
            return True
        governing = bisect_right(self._governing, start) - 1
        if governing < 0 or self._governing[governing] < start - _REACH:
            return False
        return begin != start and not _ends_speech(words[self._governing[governing] : start])


def _is_denied_after(tail: str) -> bool:
    return bool(_DENIAL_AFTER.search(tail) or _DENIAL_LAST.match(tail))


def _first(pattern: re.Pattern[str], words: str, begin: int, end: int) -> int:
    """Return where the first match ends, or a place that no text has."""
    found = pattern.search(words, begin, end)
    return found.end() if found else _NEVER


def _answer(after: str) -> Weighed:
    """Return what a question's answer makes of it: "Was my card affected? No."."""
    found = _YES_NO.match(after)
    if not found:
        return _CLAIMS_NOTHING
    return ASSERTED if found[1].casefold() == "yes" else Weighed(Stance.DENIES)


def _closed(clause: str, start: int, end: int, tail: str) -> bool:
    """Say whether what a denial at `start:end` governs has ended before the words that `tail` follows.

    "No names, cards or passwords were taken" is one clause to its end; "it was not hacked, and names were
    taken" is two, and so is "it denied the attack, and names were taken".
    """
    cue, since = clause[start:end], clause[end:]
    is_passive = _PASSIVE.search(clause, 0, start) and _PARTICIPLE.match(since)
    governs_verb = not cue.strip().casefold().startswith(("no", "neither")) or "not" in cue
    for soft in _SOFT.finditer(since):
        if is_passive or soft.group().strip() == "that" or since.startswith("that ", soft.end()):
            return not (soft.start() < 2 and _GOVERNS.fullmatch(to_small(cue)))
        if _FINITE.search(since, 0, soft.start()):
            return True
        if governs_verb and "," in soft.group() and since[soft.end() :].strip() in {"", "and"}:
            return bool(_FINITE.match(tail[:40].lstrip()))
    return False


def _ends_speech(since: str) -> bool:
    return bool(_BREAK.search(since) or _NEW_CLAUSE.search(since))


def _clause_after(after: str) -> str:
    """Return what follows up to the clause's end: a verb, and then a comma or "and"."""
    for soft in _SOFT.finditer(after):
        if _FINITE.search(after, 0, soft.start()):
            return after[: soft.start()]
    return after
