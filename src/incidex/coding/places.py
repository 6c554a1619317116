"""Where victim and actor are and where it happened, as far as the text says so; the victim's region, too.

Every place or public body named in the text speaks for its country. How much depends on what it is and how it
is tied to the story ("an Oregon clinic", "based in Cork"); the weights, in `data/country.tsv`, are learned.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from incidex.coding.base import Prepared, Reading
from incidex.coding.cues import read_rows
from incidex.coding.gazetteer import Place, load_places, postal_codes
from incidex.coding.lexicon import Lexicon
from incidex.coding.location import find_locations
from incidex.coding.patterns import at_words, followed, to_small
from incidex.model import Span

#: What a weight is of.
Feature = tuple[str, ...]

_ORGANISATION = (
    r"(?:company|firm|group|maker|producer|retailer|bank|hospital|university|insurer|airline|operator|provider|"
    r"telecoms?|carrier|library|school|newspaper|manufacturer|website|site|service|clinic|"
    r"publisher|utility|regulator|exchange|startup|giant|chain|casino|hotel|charity|store|forum|platform|"
    r"government|ministry|agency|customers|citizens|residents|voters|patients|users|people|police|army|"
    r"department|state|council|health|city|county|authorities|man|woman|nurse|doctor|court|officials)"
)
_ACTOR = (
    r"(?:hackers?|hacking|hacktivists?|attackers?|gang|criminals?|cybercriminals?|spies|spy|intelligence|military|"
    r"threat actors?|group|crew|state-sponsored|state-backed|ransomware|collective|apt)"
)
#: From here on, what is said to be of an actor, an organisation or a seat is looked for in small letters.
_WORDS = r"(?:[ \n][\w'’-]{1,20}){0,3}?[ \n]"
_AFTER_IS_ACTOR = re.compile(
    rf"(?:-based|-linked|-backed|-sponsored)?(?:[ \n][\w'’-]{{1,20}}){{0,2}}?[ \n]{_ACTOR}\b"
)
_IS_GROUP = re.compile(rf"{_WORDS}group")
_OF_ORGANISATION = re.compile(rf"{_WORDS}{_ORGANISATION}\b")
#: What a language is told by, which says little of a country.
_LANGUAGES = ("-speaking", "-language")
#: "The Information Commissioner of Slovenia" is none of Britain's.
_OF_ANOTHER = re.compile(r" (?:of|for) (?:the )?(?:Republic of )?(?=[A-Z])")
_OF_SEAT = re.compile(r"-based\b|-headquartered\b|['’]s (?:largest|biggest|second|national|leading)")
_BEFORE_IS_ACTOR = at_words(
    *followed(
        "hackers?|attackers?|criminals|gang|group|ransomware",
        r"\b[^.;]{0,70}\b(?:based in|from|are in"
        r"|(?:operating|working) (?:from|out of)(?: an? \w+ in)?"
        r"|in the service of(?: the)?"
        r"|(?:works? for|working for|linked to|tied to|loyal to|backed by|on behalf of|aligned with)"
        r"(?: the)?)\s$",
    ),
    "pro-$",
)
_SEATED = at_words(
    *followed("based|headquartered|located|offices?", r" in (?:the )?(?:[a-z][\w.'-]{1,20},? ){0,3}$"),
    *followed("country|state", r":\s{1,30}$"),
    *followed("library|government", " of (?:the )?$"),
)
_AFTER_TOWN = re.compile(r"[A-Z][\w.'’-]{1,20}, $")
_POSTAL = re.compile(r", ([A-Z]{2})(?= [0-9]{5}|[.,;)\n]|-based| [a-z]|$)")
_DOMAIN = re.compile(
    r"\.(?<=[a-z0-9]\.)(?:(?:co|com|gov|govt|ac|org|nhs|edu|net|gob|go)\.)?(uk|fr|de|nl|ch|es|pt|se|dk|fi|pl|cz|hu|ro|"
    r"gr|tr|ru|ua|il|ir|pk|bd|lk|cn|hk|jp|kr|tw|sg|ph|vn|za|ng|ke|eg|br|ar|mx|cl|pe|ca|au|nz|ie|gov|mil|ee|lv|lt|si|"
    r"sk|hr|rs|ba|mk|al|bg|cy|mt|lu|by|kz|uz|ge|az|np|kh|mm|fj|gh|tz|ug|zm|zw|na|bw|mz|ao|sn|ma|tn|dz|sa|ae|qa|"
    r"kw|om|jo|uy|py|bo|ec|cr|gt|hn|do|jm|tt|"
    r"(?<=co\.)in|(?<=gov\.)in|(?<=gov\.)it|(?<=gov\.)my|(?<=co\.)th|(?<=co\.)id)\b(?![.\w-])"
)
#: What makes a domain the victim's: "the site larder.co.nz", and not an address to write to.
_OF_VICTIM = re.compile(
    r"(?:sites?|websites?|web sites?|domains?|portal|forum|shop|store|retailer|company|firm|service|provider|"
    r"agency|newspaper|bank|against|hacked|defaced|breached|customers|clients|users|members|guests)"
    r"(?: of| known as| called| at)?[ ,(]{1,2}[\"“']?"
    r"(?:https?://)?[a-z0-9][a-z0-9.-]{0,50}\Z",
    re.IGNORECASE,
)
_DOMAINS = {"uk": "GB", "gov": "US", "mil": "US"}
_IN = frozenset({"in", "at", "from", "near", "across", "of"})
_REACH = 90
#: Characters of a text that are read for places: what a long text names late is seldom the victim's.
_FAR = 20_000
#: Characters at the start of a text that show whether it is all in capitals.
_SHOUT = 200


@dataclass(slots=True)
class Country:
    """A country with all that speaks for it in a text."""

    code: str
    hits: list[tuple[Span, Place, str]] = field(default_factory=list)  # where, what, how it is tied
    features: set[Feature] = field(default_factory=set)
    score: float = 0.0  # log odds

    @property
    def confidence(self) -> float:
        """How likely this is the victim's country, from 0 to 1."""
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, self.score))))


def lexicons() -> tuple[Lexicon, ...]:
    """Return what this coder waits for."""
    return (load_places()[0],)


def read_places(prepared: Prepared) -> Iterator[Reading]:
    """Read the countries of victim, event and actor, and the victim's region, from the words that say so."""
    countries, actors = find_countries(prepared)
    for code, span, words in actors:
        yield Reading(
            field="actor.country", value=code, span=span, confidence=0.8, why=f"'{words}' said of the actor"
        )
    yield from find_locations(prepared, ((span, each.code) for each in countries for span, _, _ in each.hits))
    best = max(countries, key=lambda each: (each.score, each.code), default=None)
    if best is None:
        return
    weights = load_weights()
    strongest = sorted(best.hits, key=lambda hit: (-weights.get((hit[1].kind, hit[2]), 0.0), hit[0].start))
    for span, place, tie in strongest[:2]:
        why = f"{_KINDS[place.kind]} {_TIES[tie]}".strip()
        yield Reading(
            field="victim.country", value=best.code, span=span, confidence=round(best.confidence, 3), why=why
        )
    for span, place, tie in strongest:
        if place.region and tie != "named":
            confidence = round(0.8 * best.confidence, 3)
            why = f"{_KINDS[place.kind]} {_TIES[tie]}".strip()
            yield Reading(
                field="victim.region", value=place.region, span=span, confidence=confidence, why=why
            )
            break


_KINDS: Mapping[str, str] = {
    "country": "a country",
    "demonym": "a people",
    "state": "a state",
    "region": "a region",
    "city": "a city",
    "body": "a public body or law of one country",
    "number": "a number that one country gives its people",
    "veterans": "people whom one country's agency serves",
    "postal": "a postal address",
    "domain": "a domain of one country",
    "currency": "money of one country",
}
_TIES: Mapping[str, str] = {
    "seat": "where the victim has its seat",
    "organisation": "said of an organisation or people",
    "town": "behind the name of a town",
    "in": "where it happened",
    "owner": "whose it is",
    "in a name": "in the name of an organisation",
    "named": "named in the text",
}


def find_countries(prepared: Prepared) -> tuple[Sequence[Country], Sequence[tuple[str, Span, str]]]:
    """Return the countries that something speaks for, with their scores, and those said to be the actor's."""
    text = prepared.text
    found: dict[str, Country] = {}
    actors = []
    for span, place in _find(prepared):
        if place.kind in {"country", "demonym", "city"} and _is_actor(text, span):
            actors.append((place.country, span, text[span.start : span.end]))
            continue
        country = found.setdefault(place.country, Country(place.country))
        country.hits.append((span, place, _tie(text, span, place)))
    _describe(found, {code for code, _, _ in actors})
    weights = load_weights()
    for country in found.values():
        # Exact in whatever order: a set is walked in another one by every process.
        country.score = math.fsum(
            [weights[("bias",)], *(weights.get(each, 0.0) for each in country.features)]
        )
    return list(found.values()), actors


def _find(prepared: Prepared) -> Iterator[tuple[Span, Place]]:
    lexicon, places = load_places()
    text = prepared.text
    for hit in prepared.find(lexicon):
        if hit.start < _FAR:
            if hit.term == "US" and text[:_SHOUT].isupper():
                continue  # "TOLD US"
            if text.startswith(_LANGUAGES, hit.end):
                continue
            place = places[hit.term]
            if place.kind == "body" and _is_of_another(text, hit.end, place.country):
                continue
            yield Span(hit.start, hit.end), place
    states = postal_codes()
    for match in _POSTAL.finditer(text, 0, _FAR):
        if match[1] in states and text[match.start() - 1].isalpha():
            yield Span(*match.span(1)), Place("US", "postal", states[match[1]])
    for match in _DOMAIN.finditer(text, 0, _FAR):
        if not _OF_VICTIM.search(text, max(0, match.start() - 90), match.start()):
            continue  # a source's, a helper's or a mail's
        yield Span(match.start() + 1, match.end()), Place(_DOMAINS.get(match[1], match[1].upper()), "domain")


def _is_of_another(text: str, end: int, country: str) -> bool:
    """Say whether a body is of another country than the one that has it mostly."""
    found = _OF_ANOTHER.match(text, end)
    if not found:
        return False
    places = load_places()[1]
    words = text[found.end() : found.end() + 40].split()
    names = (" ".join(words[:count]).rstrip(".,;:)’'s") for count in (1, 2, 3))
    return any(name in places and places[name].country != country for name in names)


def _is_actor(text: str, span: Span) -> bool:
    after = to_small(text[span.end : span.end + _REACH])
    if _AFTER_IS_ACTOR.match(after):
        return not (_IS_GROUP.match(after) and not after.startswith((" group", "-")))
    return _BEFORE_IS_ACTOR.search(to_small(text[max(0, span.start - _REACH) : span.start])) is not None


def _tie(text: str, span: Span, place: Place) -> str:
    """Return how the words around a place tie it to somebody."""
    if place.kind in {"body", "number", "veterans", "postal", "domain", "currency"}:
        return "named"
    before = text[max(0, span.start - _REACH) : span.start]
    after = text[span.end : span.end + 60]
    if _OF_SEAT.match(after) or _SEATED.search(to_small(before)):
        return "seat"
    if _AFTER_TOWN.search(before):
        return "town"
    if after[:2] in {"'s", "’s"}:
        return "owner"
    if after[:1] == " " and after[1:2].isupper():
        return "in a name"
    if _OF_ORGANISATION.match(to_small(after)):
        return "organisation"
    words = before.rsplit(None, 2)
    if words and words[-1].lower() in _IN:
        return "in a name" if words[-1] == "of" and len(words) > 1 and words[-2][:1].isupper() else "in"
    return "named"


def _describe(found: Mapping[str, Country], actors: set[str]) -> None:
    """Add to each country what its places say, and how it compares with the others."""
    most = max((len(each.hits) for each in found.values()), default=0)
    first = min((each.hits[0][0].start for each in found.values()), default=0)
    for each in found.values():
        each.features.update((place.kind, tie) for _, place, tie in each.hits)
        each.features.update((place.kind,) for _, place, _ in each.hits)
        each.features.add(("hits", str(min(len(each.hits), 4))))
        each.features.add(("kinds", str(min(len({place.kind for _, place, _ in each.hits}), 3))))
        others = len(found) - 1
        each.features.add(("others", str(min(others, 3))))
        if len(each.hits) == most and others:
            each.features.add(("most",))
        if min(hit[0].start for hit in each.hits) == first and others:
            each.features.add(("first",))
        if min(hit[0].start for hit in each.hits) < 250:
            each.features.add(("early",))
        if each.code in actors:
            each.features.add(("actor's too",))


@cache
def load_weights() -> Mapping[Feature, float]:
    """Return what each feature adds to the log odds."""
    return {tuple(feature.split("|")): float(weight) for feature, weight in read_rows("country")}
