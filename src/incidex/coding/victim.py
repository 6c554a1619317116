"""The victim: candidates by what is said of them, weighed by all the evidence in the text together."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from incidex.coding.base import Prepared, Reading
from incidex.coding.phrases import NAME, NOT_NAMES, actor_names, clean, initials, is_name
from incidex.model import Role, Span

EVENT = (
    r"(?:breach|attack|cyber-?attack|hack|incident|intrusion|theft|leak|ransomware|compromise|"
    r"cyber ?security issue|security issue|phishing|data loss|break-?in|outage)"
)
_SUFFERED = (
    r"(?:suffered|experienced|sustained|disclosed|confirmed|announced|reported|reports|discovered|detected|"
    r"acknowledged|revealed|admitted|was hit|were hit|was the victim|were the victim|has been the victim|"
    r"fell victim|is dealing with|was hacked|were hacked|was breached|were breached|was compromised|"
    r"was attacked|were attacked|was targeted|was struck|had been breached|has been hacked|has been breached|"
    r"had its|had their|had a|notified|is notifying|is warning|is alerting|warned|inadvertently|"
    r"accidentally|mistakenly|learned|lost access|lost|left)"
)
_THINGS = (
    r"(?:servers?|systems?|networks?|websites?|databases?|customers?|users?|patients?|employees?|data|"
    r"records|files|computers?|accounts?|staff|members|students|information)"
)
_AUX = r"(?:(?:has|have|had|today|also|recently|later|first|since)\s){0,2}"
_ASIDE = r"(?:\s?\([^()\n]{1,60}\))?(?:,\s[^,.;\n]{1,90},|\s?\([^()\n]{1,60}\))?"


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A way of naming the victim: its words, its weight, and what it is called for the reviewer."""

    words: re.Pattern[str]
    weight: float
    why: str


def _pattern(words: str, weight: float, why: str) -> _Pattern:
    return _Pattern(re.compile(words.replace("NAME", f"(?P<name>{NAME})")), weight, why)


_PATTERNS = (
    _pattern(
        rf"\bNAME{_ASIDE}\s{_AUX}(?:{_SUFFERED})\s[^.\n]{{0,90}}?\b{EVENT}", 3.0, "said to have suffered it"
    ),
    _pattern(
        rf"\b(?:\w+ )?{EVENT}e?s?\s(?:at|on|of|against|into|involving|affecting|targeting)\s(?:the\s)?"
        rf"(?:[a-z]+\s){{0,5}}NAME",
        2.5,
        "the place of the event",
    ),
    _pattern(
        r"\b[Cc]overed entity(?: \(CE\))?(?: \(“?\w+”?\))?,?:?\s{1,20}NAME",
        6.0,
        "named as the covered entity",
    ),
    _pattern(rf"\bNAME{_ASIDE},?\s(?:the|a)\scovered entity", 6.0, "named as the covered entity"),
    _pattern(
        r"\bNAME,? \((?:the )?[“\"](?:Company|Bank|Hospital|Firm|Corporation)[”\"]\)",
        6.0,
        "the company of a filing",
    ),
    _pattern(
        r"\b(?:hacked|breached|attacked|broke into|breaking into|infiltrated|penetrated|compromised|"
        r"targeted|broken into)\s(?:the\s)?(?:[a-z]+\s){0,3}NAME",
        2.0,
        "said to have been attacked",
    ),
    _pattern(
        rf"\b{_THINGS}\s(?:of|from|at|belonging to customers of|belonging to)\s(?:the\s)?NAME",
        1.2,
        "whose data or people it concerns",
    ),
    _pattern(rf"\bNAME['’]s?\s(?:[a-z]+\s){{0,2}}{_THINGS}", 1.5, "whose systems or people it concerns"),
    _pattern(
        rf"\bNAME\s(?:[a-z]+\s){{0,2}}(?:data\s)?(?:{EVENT}|{_THINGS})\b", 1.0, "named beside the event"
    ),
    _pattern(
        rf"\bNAME{_ASIDE}\s{_AUX}(?:said|says|confirmed|told|announced|shut|refused|paid|has been|was|"
        rf"is writing)\b",
        0.8,
        "speaks of it",
    ),
    _pattern(r"\bfrom NAME['’]s?\b", 0.6, "from where"),
    _pattern(
        r"(?m)^(?:[Tt]o\s)?NAME(?: has been added|\s?[-–:]\s|,? \(victim\))", 1.5, "the heading of a post"
    ),
)
_LOWER = re.compile(
    r"\b(?:service|website|site|forum|company|app|platform|store|network|provider|game|"
    r"community)\s(?:known as\s)?"
    r"(?P<name>[a-z0-9][\w.\-]{2,40})\s(?:suffered|was hacked|was breached|had)\b"
)
_AUTHORITY = re.compile(
    r"\b(?:FBI|Police|Department of|Ministry|Attorney General|HHS|OCR|ICO|Office for Civil Rights|CISA|NCSC|"
    r"Information Commissioner|Interpol|Europol|White House|Secret Service|Justice Department)\b"
)
#: Characters of a text in which the victim is looked for: it is named early, and hostile texts are long.
_REACH = 60_000


@dataclass(slots=True)
class _Candidate:
    name: str
    score: float = 0.0
    hits: list[tuple[float, Span, str]] = field(default_factory=list)


def read_victims(prepared: Prepared) -> Iterator[Reading]:
    """Yield the organisation that the incident happened to, once for each strong passage, at most three.

    Precision before recall: a text whose best candidate rests on one weak phrase yields nothing.
    """
    best = find_victim(prepared)
    if best is None:
        return
    confidence = _confidence(best)
    for weight, span, why in sorted(best.hits, key=lambda hit: (-hit[0], hit[1]))[:3]:
        yield Reading(
            field="victim.name",
            value=best.name,
            span=span,
            confidence=confidence if weight >= 1 else min(confidence, 0.6),
            why=why,
            stance="asserts",
        )


def find_victim(prepared: Prepared) -> _Candidate | None:
    """Return the candidate with the most evidence, or `None` when there is too little for any."""
    found = _merge(_collect(prepared))
    _weigh(found, prepared)
    best = max(found, key=lambda each: (each.score, -each.hits[0][1].start), default=None)
    return best if best and best.score >= 2.0 else None


def _confidence(best: _Candidate) -> float:
    return 0.9 if best.score >= 6 else 0.75 if best.score >= 3.5 else 0.6


def _collect(prepared: Prepared) -> dict[str, _Candidate]:
    found: dict[str, _Candidate] = {}
    for pattern in (*_PATTERNS, _Pattern(_LOWER, 4.0, "said to have suffered it")):
        for match in pattern.words.finditer(prepared.text, 0, _REACH):
            _add(found, prepared, match, pattern)
    for name, span in _own_name(prepared):
        candidate = found.setdefault(name, _Candidate(name))
        candidate.score += 8.0
        candidate.hits.append((8.0, span, "the publisher, which is the victim"))
    return found


def _add(found: dict[str, _Candidate], prepared: Prepared, match: re.Match[str], pattern: _Pattern) -> None:
    start, name = _trim(match.group("name"), match.start("name"))
    lower = pattern.words is _LOWER
    if not lower and not _can_be_victim(name, prepared):
        return
    candidate = found.setdefault(name, _Candidate(name))
    candidate.score += pattern.weight
    candidate.hits.append((pattern.weight, Span(start, start + len(name)), pattern.why))


def _trim(words: str, start: int) -> tuple[int, str]:
    """Drop words that begin a sentence, and the possessive and what follows it: "In May Ciphr's" is Ciphr."""
    while (head := re.match(r"([\w.&’'\-]+)[ \n]+(?=\S)", words)) and _is_lead(head[1]):
        start, words = start + head.end(), words[head.end() :]
    owner = re.search(r"['’]s[ \n]", words)
    if owner:
        words = words[: owner.start()]
    kept = re.sub(r"[.,;:'’]+$", "", re.sub(r"['’]s?$", "", words))
    kept = re.sub(r"(?:[ \n](?:of|and|&|for|the|at|-|–))+$", "", kept)
    return start, kept


def _is_lead(word: str) -> bool:
    return word.casefold().strip(".") in NOT_NAMES or word in {"of", "and", "the", "for", "&"}


def _can_be_victim(name: str, prepared: Prepared) -> bool:
    if not is_name(name) or name.casefold() in actor_names() or _AUTHORITY.search(name):
        return False
    publisher = prepared.report.source if prepared.report else None
    if publisher is None or publisher.role is Role.VICTIM:
        return True
    return name.casefold() not in publisher.name.casefold() or publisher.role is Role.AUTHORITY


def _own_name(prepared: Prepared) -> Iterator[tuple[str, Span]]:
    """Yield where a publisher that is itself the victim is named, by its whole name or by its beginning."""
    report = prepared.report
    if report is None or report.source.role is not Role.VICTIM:
        return
    words = re.sub(r"\s*\([^()]*\)$", "", report.source.name).split()
    for size in range(len(words), 0, -1):
        name = " ".join(words[:size])
        at = _find_name(prepared.text, name)
        if at >= 0:
            yield prepared.text[at : at + len(name)], Span(at, at + len(name))
            return


def _find_name(text: str, name: str) -> int:
    exact = re.search(rf"\b{re.escape(name)}\b", text)
    return exact.start() if exact else -1


def _merge(found: dict[str, _Candidate]) -> list[_Candidate]:
    """Join the spellings of one party: the fuller name stands, and gets the evidence of the shorter."""
    kept: list[_Candidate] = []
    for each in sorted(found.values(), key=lambda one: (-len(clean(one.name)), one.name)):
        each.name = clean(each.name)
        whole = next((other for other in kept if _is_short_for(each.name, other.name)), None)
        if whole is None:
            kept.append(each)
        else:
            whole.score += each.score
            whole.hits += each.hits
    return kept


def _is_short_for(short: str, whole: str) -> bool:
    parts = whole.split()
    if short.casefold() == whole.casefold() or (len(short) > 2 and short == initials(whole)):
        return True
    return len(short) > 2 and short.split() == parts[: len(short.split())]


def _weigh(found: list[_Candidate], prepared: Prepared) -> None:
    text = prepared.text[:_REACH]
    title = f"{prepared.document.title} {prepared.report.title if prepared.report else ''} {text[:150]}"
    for each in found:
        key = each.name.split()[0] if len(each.name) > 30 else each.name
        each.score += min(text.count(key), 6) * 0.25
        each.score += 1.5 if key in title else 0.0
        each.score += 0.5 if each.hits[0][1].start < 250 else 0.0
