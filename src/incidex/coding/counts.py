"""How many people or records: `data.records`."""

import re
from collections.abc import Iterator

from incidex.coding.base import Prepared, Reading
from incidex.coding.lexicon import Lexicon
from incidex.coding.numbers import Number, find_numbers, number_words
from incidex.coding.patterns import at_words
from incidex.model import Span

_PEOPLE = (
    "people persons individuals customers consumers patients users subscribers members students residents "
    "citizens clients victims cardholders taxpayers veterans voters passengers guests drivers donors "
    "policyholders applicants beneficiaries enrollees participants players travellers travelers shoppers "
    "recipients policy-holders households borrowers readers workers employees staffers teachers alumni "
    "patrons parents children men women adults buyers tenants families pupils officers soldiers "
    "pensioners investors claimants owners candidates graduates refugees prisoners inmates motorists "
    "commuters farmers migrants pilgrims sellers merchants attendees delegates depositors insureds staff "
    "doctors nurses clinicians homeowners landlords jobseekers freelancers contractors"
)
_RECORDS = (
    "records accounts profiles emails cards logins credentials ssns entries identities addresses numbers "
    "usernames names files policies applications passports contracts invoices statements bookings selfies "
    "photos images certificates prescriptions letters forms reports"
)
_UNITS = frozenset(f"{_PEOPLE} {_RECORDS}".split())
_PERSONS = frozenset(_PEOPLE.split())
#: What may follow "1,551 of" before the people: "of the clinic's patients".
_OWNERS = frozenset({"the", "its", "their", "our", "his", "her"})
_STAFF = frozenset({"employees", "workers", "staffers", "teachers", "staff", "officers", "doctors", "nurses"})

#: Things of which only the named kinds stand for a person or a record.
_ONLY_AFTER = {
    "addresses": frozenset({"email", "e-mail", "mail"}),
    "numbers": frozenset({"security", "card", "account", "phone"}),
    "files": frozenset(
        {"patient", "patients", "client", "medical", "personnel", "health", "customer", "claims"}
    ),
    "names": frozenset({"", "patient", "customer", "client", "user", "student", "employee"}),
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
_NEXT = re.compile(r"\)?(?:[ \u00a0]{1,2}|\r?\n[ ]{0,8})([^\W\d_][\w'’-]{0,24})")
_LOOK_AHEAD = 5
_IN_YEAR = re.compile(
    r"\b(?:in|since|by|of|until|during|from|before|after|early|late|mid|"
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?|[0-9]{1,2},)[ \n-]$",
    re.IGNORECASE,
)

#: Below this, a number of people is as often those who speak as those affected.
_FEW = 10

#: For text in small letters.
_AFFECT_WORDS = """
affect expos compromis stol steal leak breach impact access lost los[ei] disclos hack notif obtain publish
dump taken took contain cover concern involv inform claim contact warn post
"""
_AFFECT = at_words(*_AFFECT_WORDS.split())
#: Words right before a number that make it the number of those affected.
_DIRECTLY = re.compile(
    r"\b(?:affect(?:ed|s|ing)|impact(?:ed|s|ing)|expos(?:ed|es|ing)|compromis(?:ed|es|ing)|notif(?:ied|ying|ies)|"
    r"(?:information|data|records|phi|ephi|files|details|numbers|identities|names|accounts)\)? "
    r"(?:of|for|on|about|from|belonging to|pertaining to|relating to)|total(?:ling)? of|disclosure of|"
    r"letters to)\s(?:(?:as many as|up to|an? (?:estimated|additional|total of)|more than|about|over|some|"
    r"around|nearly|almost|approximately|at least|an?|the|roughly)\s){0,2}\Z",
    re.IGNORECASE,
)
#: Words right after a number that stands for people.
_WERE = re.compile(
    r"\s(?:were|was|have been|had been|may have been|are)\s(?:\w{1,12}ly\s)?"
    r"(?:affected|impacted|exposed|compromised)\b"
)
_SIZE = re.compile(
    r"\b(?:employ(?:s|ing)|serv(?:es|ing)|workforce of|operates|boasts|"
    r"(?:has|have|with)(?: about| some| over| more than| around| approximately)?)\s{0,2}$",
    re.IGNORECASE,
)
_LABEL = re.compile(r"(?:individuals|people|customers|patients|residents) affected:?\s{1,30}$", re.IGNORECASE)

#: Counts as near as this are one count.
_SAME = 0.05
#: A count as sure as this says itself that it is of records ("unique addresses"), and stands beside others.
_CLEAR = 0.93
#: What is left of a count's confidence, by how many differ and which it is: the surest, the next, the others.
#: Of 1,000 rows that were not held back, lone counts were right in 0.84, the surer of two in 0.59, and the
#: other in 0.35; of more, the surest in 0.56, and the others in 0.15.
_RIVALS = ((1.0,), (0.8, 0.55), (0.75, 0.45, 0.3))


def read_counts(prepared: Prepared) -> Iterator[Reading]:
    """Read counts of people and of records; never years, money, durations or the size of a company.

    Of several counts that differ most are parts, other cases or earlier guesses: each is less sure for it.
    """
    found = list(_read_all(prepared))
    ranked: list[Reading] = []
    for each in sorted(found, key=lambda reading: (-reading.confidence, reading.span.start)):
        if not any(_is_near(each, other) for other in ranked):
            ranked.append(each)
    shares = _RIVALS[min(len(ranked), len(_RIVALS)) - 1] if ranked else ()
    for each in found:
        rank = next(number for number, other in enumerate(ranked) if _is_near(each, other))
        if not rank and each.confidence >= _CLEAR:
            yield each
            continue
        yield each._replace(confidence=round(each.confidence * shares[min(rank, len(shares) - 1)], 3))


def _is_near(first: Reading, second: Reading) -> bool:
    """Say whether two counts are one, told more or less exactly."""
    low, high = sorted((int(first.value), int(second.value)))
    return high - low <= _SAME * high


def _read_all(prepared: Prepared) -> Iterator[Reading]:
    text, places = prepared.text, prepared.places
    for number in find_numbers(text, prepared.find(number_words())):
        if number.value < 2:
            continue
        if _is_labelled(text, number.span.start):
            yield _make(number, number.span, 0.9, "labelled as people affected")
        elif found := _find_unit(text, number):
            span, unit = found
            around = places.around(span)
            is_told = _AFFECT.search(prepared.small, around.start, around.end) is not None
            confidence = _weigh(text, number, unit, around, is_told=is_told)
            if confidence:
                yield _make(number, span, confidence, f"a number of {unit}")


def _is_labelled(text: str, start: int) -> bool:
    """Say whether "Individuals affected:" stands before a number."""
    before = text[max(0, start - 60) : start]
    return (
        before[-1:].isspace()
        and before.rstrip().lower().endswith(("affected", "affected:"))
        and (_LABEL.search(before) is not None)
    )


def _make(number: Number, span: Span, confidence: float, why: str) -> Reading:
    return Reading(field="data.records", value=str(number.value), span=span, confidence=confidence, why=why)


def _find_unit(text: str, number: Number) -> tuple[Span, str] | None:
    """Return the number with the noun that it counts, when that is people or records."""
    place, before, steps = number.span.end, "", _LOOK_AHEAD
    seen = {""}
    looks_like_year = number.is_bare and 1900 <= number.value <= 2100
    if looks_like_year:
        if _IN_YEAR.search(text, max(0, number.span.start - 14), number.span.start):
            return None
        steps = 2
    elif _WERE.match(text, place):
        return number.span, "those affected"
    for step in range(steps):
        match = _NEXT.match(text, place)
        if match is None or (looks_like_year and "\n" in match[0]):
            return None
        word, place = _plural(match[1].lower()), match.end()
        if word == "them" and before == "of":
            return Span(number.span.start, place), "them"
        if (word in _STOP and not (before == "of" and word in _OWNERS)) or (
            looks_like_year and step and word not in _UNITS
        ):
            return None
        if word in _UNITS and (word not in _ONLY_AFTER or not seen.isdisjoint(_ONLY_AFTER[word])):
            return Span(number.span.start, place), word
        before = word
        seen = {*seen, word} if step else {word}
    return None


def _plural(word: str) -> str:
    """Return a word without its apostrophe: "patients'" counts patients; so, by a slip, does "patient's"."""
    return word.replace("’", "").replace("'", "")


def _weigh(text: str, number: Number, unit: str, around: Span, *, is_told: bool) -> float:
    """Return how likely the number is to be of those affected; 0 when it is the size of something.

    `is_told` says whether its sentence tells of something that befell somebody.
    """
    start = max(around.start, number.span.start - 60)
    size = _SIZE.search(text, start, number.span.start)
    if size and (not size[0].lower().startswith("with") or unit in _PERSONS):
        return 0.0
    is_hit = unit == "those affected" or _DIRECTLY.search(text, start, number.span.start) is not None
    if unit in _STAFF:
        return (0.8 if is_hit else 0.7) if is_told else 0.0
    if number.value < _FEW:
        return 0.6 if is_hit else 0.3
    if unit == "addresses":  # an account is an address: records may hold several of one
        return 0.93
    if is_hit:
        return 0.92
    if not is_told:
        return 0.0 if unit == "them" else 0.5
    return 0.85


def lexicons() -> tuple[Lexicon, ...]:
    """Return what this coder waits for."""
    return (number_words(),)
