"""The victim: candidates by what is said of them, weighed by all the evidence in the text together."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from incidex.coding.base import Prepared, Reading
from incidex.coding.parties import party_name
from incidex.coding.phrases import NAME, NOT_NAMES, actor_names, clean, initials, is_name, malware_names
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
    r"(?i:servers?|systems?|networks?|websites?|databases?|customers?|users?|patients?|employees?|data|"
    r"records|files|computers?|accounts?|guests|staff|members|students|information)"
)
_AUX = r"(?:(?:has|have|had|today|also|recently|later|first|since)\s){0,2}"
_ASIDE = r"(?:\s?\([^()\n]{1,60}\))?(?:,\s[^,.;\n]{1,90},|\s?\([^()\n]{1,60}\))?"


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A way of naming the victim: its words, its weight, and what it is called for the reviewer."""

    words: re.Pattern[str]
    weight: float
    why: str
    follows: bool = False  # the words stand behind a name, and are matched where it ends


def _pattern(words: str, weight: float, why: str) -> _Pattern:
    if words.startswith("NAME"):
        return _Pattern(re.compile(words.removeprefix("NAME")), weight, why, follows=True)
    return _Pattern(re.compile(words.replace("NAME", f"(?P<name>{NAME})")), weight, why)


_PATTERNS = (
    _pattern(
        rf"NAME{_ASIDE}\s{_AUX}(?:{_SUFFERED})\s[^.\n]{{0,90}}?\b{EVENT}", 4.0, "said to have suffered it"
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
    _pattern(rf"NAME{_ASIDE},?\s(?:the|a)\scovered entity", 6.0, "named as the covered entity"),
    _pattern(
        r"NAME,? \((?:the )?[“\"](?:Company|Bank|Hospital|Firm|Corporation)[”\"]\)",
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
    _pattern(rf"NAME\s(?:[a-z]+\s){{0,2}}(?:data\s)?(?:{EVENT}|{_THINGS})\b", 1.3, "named beside the event"),
    _pattern(
        rf"NAME{_ASIDE}\s{_AUX}(?:said|says|confirmed|told|announced|shut|refused|paid|has been|was|"
        rf"is writing)\b",
        0.8,
        "speaks of it",
    ),
    _pattern(
        rf"NAME{_ASIDE}\s{_AUX}(?:lost access|suffered|fell victim|(?:was|were|had been|"
        rf"has been) (?:hacked|breached|"
        r"compromised|attacked)|left|exposed|is dealing with)\b",
        2.0,
        "said to have suffered it",
    ),
    _pattern(
        r"NAME\s(?:being|is|was|are|were)\s(?:one of|among)\s(?:them|those|the)\b",
        2.5,
        "one of those affected",
    ),
    _pattern(
        rf"NAME{_ASIDE}\s{_AUX}(?:fights|battles|investigates|puts?\s(?:the|its)\s(?:cost|effect|damage))\b",
        2.0,
        "deals with it",
    ),
    _pattern(r"NAME\sholds\b", 1.0, "who holds the data"),
    _pattern(r"\b(?:ransom|data|secrets)\s(?:of|from|paid by)\s(?:the\s)?NAME", 1.0, "who paid"),
    _pattern(r"NAME,\s(?:the|an?|which)\s", 0.6, "introduced by name"),
    _pattern(r"\bfrom NAME['’]s?\b", 0.6, "from where"),
    _pattern(
        r"(?m)^(?:[Tt]o\s)?NAME(?: has been added|\s?[-–:]\s|,? \(victim\))", 1.5, "the heading of a post"
    ),
)
_FOLLOWING = tuple(each for each in _PATTERNS if each.follows)
_LEADING = tuple(each for each in _PATTERNS if not each.follows)
_MENTION = _Pattern(re.compile(""), 0.5, "named by the actor", follows=True)
_LOWER = re.compile(
    r"\b(?:service|website|site|forum|company|app|platform|game|"
    r"community)\s(?:known as\s)?"
    r"(?P<name>(?![0-9]+[kmKMB]?\s)[a-z0-9][\w.\-]{2,40})\s(?:suffered|was hacked|was breached)\b"
)
_AUTHORITY = re.compile(
    r"\b(?:FBI|Police|Department of|Ministry|Attorney General|HHS|OCR|ICO|Office for Civil Rights|CISA|NCSC|"
    r"Information Commissioner|Interpol|Europol|White House|Secret Service|Justice Department)\b"
)
_NAMES = re.compile(rf"\b{NAME}")
_EVENT_WORDS = re.compile(
    r"(?:\s(?:Data|Breach|Hack|Hacked|Attack|Incident|Leak|Ransomware|Cyberattack|Cyber|Security|Suffers|"
    r"Says))+$"
)
_DOMAIN = re.compile(r"[A-Za-z0-9-]{1,60}(?:\.[a-z0-9-]{1,20}){0,2}\.[a-z]{2,12}")
_SERIAL = re.compile(r"\b[A-Z]{1,4}-[0-9]")  # the number of an advisory
#: Less evidence than this names nobody: on summaries without a title it was wrong twice in three times.
_ENOUGH = 2.5
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
            confidence=confidence if weight >= 1 else min(confidence, 0.5),
            why=why,
            stance="asserts",
        )
    if _DOMAIN.fullmatch(best.name):
        span = best.hits[0][1]
        yield Reading(field="victim.domain", value=best.name, span=span, confidence=0.8, stance="asserts")


def find_victim(prepared: Prepared) -> _Candidate | None:
    """Return the candidate with the most evidence, or `None` when there is too little for any."""
    found = _merge(_collect(prepared))
    _weigh(found, prepared)
    best = max(filter(_has_event, found), key=lambda each: (each.score, -each.hits[0][1].start), default=None)
    if best is None or best.score < _ENOUGH:
        return None
    best.name = _spell_out(best.name, prepared.text)
    return best


def _spell_out(name: str, text: str) -> str:
    """Return the name that capitals are short for, where the text explains them: "Midwest Medical (MM)"."""
    if not name.isupper() or len(name) > 8:
        return name
    at = text.find(f"({name})", 0, _REACH)
    found = [match for match in _NAMES.finditer(text, max(0, at - 120), max(0, at)) if match.end() >= at - 2]
    return clean(found[-1].group()) if found else name


def _has_event(each: _Candidate) -> bool:
    """Say whether something is said to have happened to it: many weak mentions are only a topic."""
    return max(weight for weight, _, _ in each.hits) >= 1.5 or each.score >= 3.0


def _confidence(best: _Candidate) -> float:
    return 0.9 if best.score >= 6 else 0.7 if best.score >= 4 else 0.5


def _collect(prepared: Prepared) -> dict[str, _Candidate]:
    found: dict[str, _Candidate] = {}
    for pattern in (*_LEADING, _Pattern(_LOWER, 4.0, "said to have suffered it")):
        for match in pattern.words.finditer(prepared.text, 0, _REACH):
            _add(found, prepared, match["name"], match.start("name"), pattern)
    for match in _NAMES.finditer(prepared.text, 0, _REACH):
        for pattern in _following(prepared.text, match.end(), prepared):
            _add(found, prepared, match.group(), match.start(), pattern)
    for name, span in _own_name(prepared):
        candidate = found.setdefault(name, _Candidate(name))
        candidate.score += 8.0
        candidate.hits.append((8.0, span, "the publisher, which is the victim"))
    return found


def _following(text: str, at: int, prepared: Prepared) -> Iterator[_Pattern]:
    yield from (each for each in _FOLLOWING if each.words.match(text, at, at + 220))
    if prepared.report is not None and prepared.report.source.role is Role.ACTOR:
        yield _MENTION


def _add(found: dict[str, _Candidate], prepared: Prepared, words: str, at: int, pattern: _Pattern) -> None:
    start, name = _trim(words, at)
    lower = pattern.words is _LOWER
    if not name or (not lower and not _can_be_victim(name, prepared)):
        return
    if _is_listed(name, start, prepared.text):
        return
    candidate = found.setdefault(name, _Candidate(name))
    candidate.score += pattern.weight
    candidate.hits.append((pattern.weight, Span(start, start + len(name)), pattern.why))


def _is_listed(name: str, start: int, text: str) -> bool:
    """Say whether the name is the end of "A, B and C": three parties, and no name."""
    return " and " in name and text[max(0, start - 2) : start] == ", "


def _trim(words: str, start: int) -> tuple[int, str]:
    """Drop words that begin a sentence, and the possessive and what follows it: "In May Ciphr's" is Ciphr."""
    while (head := re.match(r"([\w.&’'\-]+)[ \n]+(?=\S)", words)) and _is_lead(head[1]):
        start, words = start + head.end(), words[head.end() :]
    owner = re.search(r"['’]s[ \n]", words)
    if owner:
        words = words[: owner.start()]
    kept = re.sub(r"[.,;:'’]+$", "", re.sub(r"['’]s?$", "", words))
    kept = re.sub(r"(?:[ \n](?:of|and|&|for|the|at|-|–))+$", "", kept)
    return start, _EVENT_WORDS.sub("", kept)


def _is_lead(word: str) -> bool:
    return word.casefold().strip(".") in NOT_NAMES or word in {"of", "and", "the", "for", "&"}


def _can_be_victim(name: str, prepared: Prepared) -> bool:
    if not is_name(name) or name.casefold() in actor_names() or name in malware_names():
        return False
    if _AUTHORITY.search(name) or _SERIAL.search(name):
        return False
    publisher = prepared.report.source if prepared.report else None
    if publisher is None or publisher.role not in {Role.PRESS, Role.RESEARCHER}:
        return publisher is None or publisher.role is Role.VICTIM or name != party_name(publisher)
    return name.casefold() not in publisher.name.casefold()


def _own_name(prepared: Prepared) -> Iterator[tuple[str, Span]]:
    """Yield where a publisher that is itself the victim is named, by its whole name or by its beginning."""
    report = prepared.report
    if report is None or report.source.role is not Role.VICTIM:
        return
    words = party_name(report.source).split()
    for size in range(len(words), 0, -1):
        name = " ".join(words[:size])
        found = re.search(rf"\b{re.escape(name)}\b", prepared.text[:_REACH], re.IGNORECASE)
        if found:
            yield name, Span(*found.span())
            return


def _merge(found: dict[str, _Candidate]) -> list[_Candidate]:
    """Join the spellings of one party: the fuller name stands, and gets the evidence of the shorter."""
    kept: list[_Candidate] = []
    for each in sorted(found.values(), key=lambda one: (-len(clean(one.name)), one.name.isupper(), one.name)):
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
    words = short.split()
    return len(short) > 2 and words in (parts[: len(words)], parts[-len(words) :])


def _weigh(found: list[_Candidate], prepared: Prepared) -> None:
    text = prepared.text[:_REACH]
    heading = text[:120].partition("\n")[0] if "\n" in text[:120] else ""
    title = f"{prepared.document.title} {prepared.report.title if prepared.report else ''} {heading}"
    for each in found:
        key = each.name.split()[0] if len(each.name) > 30 else each.name
        each.score += min(text.count(key), 6) * 0.25
        each.score += 1.5 if key in title else 0.0
        each.score += 0.5 if each.hits[0][1].start < 250 else 0.0
