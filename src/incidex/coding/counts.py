"""How many people or records: `data.records`."""

import re
from collections.abc import Iterator

from incidex.coding.base import Prepared, Reading
from incidex.coding.numbers import Number, find_numbers
from incidex.model import Span

_PEOPLE = (
    "people persons individuals customers consumers patients users subscribers members students residents "
    "citizens clients victims cardholders taxpayers veterans voters passengers guests drivers donors "
    "policyholders applicants beneficiaries enrollees participants players travellers travelers shoppers "
    "borrowers readers workers employees staffers teachers alumni patrons parents children men women adults"
)
_RECORDS = (
    "records accounts profiles emails cards logins credentials ssns entries identities addresses numbers"
)
_UNITS = frozenset(f"{_PEOPLE} {_RECORDS}".split())
_STAFF = frozenset({"employees", "workers", "staffers", "teachers"})

#: Things of which only the named kinds stand for a person or a record.
_ONLY_AFTER = {
    "addresses": frozenset({"email", "e-mail", "mail"}),
    "numbers": frozenset({"security", "card", "account", "phone"}),
}

#: Words that end the phrase a number belongs to.
_STOP_WORDS = (
    "to in on at from by with was were is are be been that which who when after before for than percent per "
    "cent day days week weeks month months hour hours year years minute minutes times and/or because but as "
    "dollars euros pounds bitcoins january february march april may june july august september october "
    "november december gb tb mb companies countries organizations organisations hospitals states servers "
    "computers it they we he she have has had said the what how share"
)
_STOP = frozenset(_STOP_WORDS.split())
_NEXT = re.compile(r"(?:[ \u00a0]{1,2}|\r?\n[ ]{0,8})([^\W\d_][\w'’-]{0,24})")
_LOOK_AHEAD = 5
_IN_YEAR = re.compile(
    r"\b(?:in|since|by|of|until|during|from|before|after|early|late|mid|"
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?|[0-9]{1,2},)[ \n-]$",
    re.IGNORECASE,
)

#: Below this, a number of people is as often those who speak as those affected.
_FEW = 10

_AFFECT = re.compile(
    r"\b(?:affect|expos|compromis|stol|steal|leak|breach|impact|access|lost|los[ei]|disclos|hack|notif|"
    r"obtain|publish|dump|taken|took|contain|cover|concern|involv|inform|claim|contact|warn|post)",
    re.IGNORECASE,
)
_SIZE = re.compile(
    r"\b(?:employ(?:s|ing)|serv(?:es|ing)|workforce of|operates|boasts|"
    r"(?:has|have|with)(?: about| some| over| more than| around| approximately)?)\s{0,2}$",
    re.IGNORECASE,
)
_LABEL = re.compile(r"(?:individuals|people|customers|patients|residents) affected:?\s{1,30}$", re.IGNORECASE)


def read_counts(prepared: Prepared) -> Iterator[Reading]:
    """Read counts of people and of records; never years, money, durations or the size of a company."""
    text, places = prepared.text, prepared.places
    for number in find_numbers(text):
        if number.value < 2:
            continue
        if _LABEL.search(text, max(0, number.span.start - 60), number.span.start):
            yield _make(number, number.span, 0.9, "labelled as people affected")
        elif found := _find_unit(text, number):
            span, unit = found
            confidence = _weigh(text, number, unit, places.around(span))
            if confidence:
                yield _make(number, span, confidence, f"a number of {unit}")


def _make(number: Number, span: Span, confidence: float, why: str) -> Reading:
    return Reading(field="data.records", value=str(number.value), span=span, confidence=confidence, why=why)


def _find_unit(text: str, number: Number) -> tuple[Span, str] | None:
    """Return the number with the noun that it counts, when that is people or records."""
    place, before = number.span.end, ""
    looks_like_year = number.is_bare and 1900 <= number.value <= 2100
    if looks_like_year and _IN_YEAR.search(text, max(0, number.span.start - 14), number.span.start):
        return None
    for step in range(2 if looks_like_year else _LOOK_AHEAD):
        match = _NEXT.match(text, place)
        if match is None:
            return None
        word, place = match[1].lower(), match.end()
        if looks_like_year and "\n" in match[0]:
            return None
        if word == "them" and before == "of":
            return Span(number.span.start, place), "them"
        if word in _STOP or (looks_like_year and step and word not in _UNITS):
            return None
        if word in _UNITS and before in _ONLY_AFTER.get(word, (before,)):
            return Span(number.span.start, place), word
        before = word
    return None


def _weigh(text: str, number: Number, unit: str, around: Span) -> float:
    """Return how likely the number is to be of those affected; 0 when it is the size of something."""
    if _SIZE.search(text, max(around.start, number.span.start - 40), number.span.start):
        return 0.0
    is_told = _AFFECT.search(text, around.start, around.end) is not None
    if unit in _STAFF:
        return 0.7 if is_told else 0.0
    if number.value < _FEW:
        return 0.3
    if not is_told:
        return 0.0 if unit == "them" else 0.5
    return 0.85
