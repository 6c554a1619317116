"""Whether a report tells of an incident at all: a score whose parts can be shown."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from incidex.coding import linear
from incidex.coding.base import Prepared
from incidex.coding.cues import read_rows
from incidex.coding.lexicon import Hit, Lexicon
from incidex.coding.linear_words import read_cues
from incidex.model import Claim, Role, Stance

#: Characters of a report's opening, which says what the story is; what stands there counts twice.
_OPENING = 320
#: A text longer than this has a cue of many kinds by chance: what counts is how thick they stand.
_PAGE = 700
#: A report that scores this or more tells of an incident; a long one has values of every kind by chance.
ENOUGH, ENOUGH_IF_LONG = -0.1, 0.4
#: Kinds of claims of how an actor works; so many different ones make an account of a campaign, which is kept.
_CRAFT = frozenset({"technique", "malware", "tool", "actor.name", "indicator", "vulnerability"})
_CAMPAIGN = 6

#: What it adds that a field is asserted, at least once.
_FIELDS: Mapping[str, float] = {
    "data.records": 1.0,
    "impact": 0.5,
    "data.class": 0.3,
    "data.variety": 0.2,
    "action": 0.3,
    "asset.variety": 0.2,
    "date.occurred": 0.4,
    "date.discovered": 0.5,
    "actor.name": 0.3,
    "actor.role": 0.2,
    "response": 0.5,
    "ransom.demanded": 0.6,
    "ransom.paid": 0.6,
    "outage.duration": 0.5,
    "discovery.method": 0.4,
    "victim.secondary": 0.5,
}
#: What a victim adds, by how sure it is at least: an unsure one may be anyone whom the text names.
_VICTIM = ((0.961, 2.0), (0.901, 1.0), (0.841, 0.5), (0.675, 0.2))
#: What it adds who publishes: a victim's or an actor's own words are seldom about anything else.
_PUBLISHERS: Mapping[Role, float] = {Role.ACTOR: 2.0, Role.VICTIM: 0.5}


@dataclass(frozen=True, slots=True)
class _Kind:
    weight: float
    most: int


@cache
def _kinds() -> tuple[Mapping[str, _Kind], Mapping[str, str]]:
    """Return the kinds of story by name, and the kind of each cue."""
    kinds: dict[str, _Kind] = {}
    cues: dict[str, str] = {}
    for name, weight, most, words in read_rows("story"):
        kinds[name] = _Kind(float(weight), int(most))
        cues |= dict.fromkeys(words.split("|"), name)
    return kinds, cues


@cache
def lexicon() -> Lexicon:
    """Return the words that tell what kind of story a text is."""
    return Lexicon(_kinds()[1])


def lexicons() -> tuple[Lexicon, ...]:
    """Return what the decision waits for."""
    return (lexicon(),)


def weigh_story(prepared: Prepared, claims: Iterable[Claim]) -> Mapping[str, float]:
    """Return what speaks for and against an incident, by part: `{"befell": 2.4, "survey": -1.2, …}`."""
    parts = _weigh_words(prepared)
    sure: dict[str, float] = {}
    # The model takes it that there is an incident, and says which: it counts only where a cue says so too.
    cued = {(field, value) for field, value, _ in prepared.made(read_cues)}
    for claim in claims:
        if claim.coder in linear.MODELS and (claim.field, claim.value) not in cued:
            continue
        if claim.stance is not Stance.DENIES:
            sure[claim.field] = max(sure.get(claim.field, 0.0), claim.confidence)
    victim = sure.get("victim.name", 0.0)
    if weight := next((weight for least, weight in _VICTIM if victim >= least), 0.0):
        parts["victim"] = weight
    # What is said of attacks in general has values too: they weigh full where somebody is said to be hit.
    full = 1.0 if "befell" in parts or "victim" in parts else 0.5
    if fields := sum(weight for field, weight in _FIELDS.items() if field in sure):
        parts["fields"] = full * fields
    role = prepared.report.source.role if prepared.report else Role.PRESS
    if role in _PUBLISHERS:
        parts["publisher"] = _PUBLISHERS[role]
    return parts


def _weigh_words(prepared: Prepared) -> dict[str, float]:
    """Return what the words of a text weigh, or of its lead: an article may end in advice and markets."""
    hits, length = prepared.find(lexicon()), len(prepared.text)
    whole = _weigh_hits(hits, length)
    if length <= _PAGE:
        return whole
    lead = _weigh_hits([hit for hit in hits if hit.start < _PAGE], _PAGE)
    return max(whole, lead, key=lambda parts: sum(parts.values()))


def _weigh_hits(hits: Iterable[Hit], length: int) -> dict[str, float]:
    kinds, cues = _kinds()
    seen: dict[str, Counter[str]] = {}
    for hit in hits:
        seen.setdefault(cues[hit.term], Counter())[hit.term] += 2 if hit.start < _OPENING else 1
    parts: dict[str, float] = {}
    pages = max(1.0, length / _PAGE)
    for name, terms in seen.items():
        kind = kinds[name]
        # The same word again says little more, a long text has some of every kind, and one word against an
        # incident may stand in any story.
        if not kind.weight:
            continue
        count = sum(min(count, 2) for count in terms.values()) / pages - (kind.weight < 0)
        if count > 0:
            parts[name] = kind.weight * min(kind.most, count)
    return parts


def cue_places(prepared: Prepared) -> list[int]:
    """Return where words stand that tell of something that befell somebody."""
    kinds, cues = _kinds()
    return [hit.start for hit in prepared.find(lexicon()) if kinds[cues[hit.term]].weight >= 0]


def weigh_craft(prepared: Prepared) -> float:
    """Return what the words of malware, campaigns and flaws speak against an incident: 0 or less."""
    parts = _weigh_words(prepared)
    return parts.get("craft", 0.0) + parts.get("flaw", 0.0)


def tells_of_incident(prepared: Prepared, claims: Sequence[Claim]) -> bool:
    """Say whether something befell somebody, and not a survey, a product, a flaw, advice or a film.

    An account of how actors work that names many techniques, tools or actors is kept without a victim.
    """
    if not any(claim.field != linear.INDUSTRY for claim in claims):
        return False  # whoever is named has a trade, and so a trade by itself tells of nothing
    craft = {(claim.field, claim.value) for claim in claims if claim.field in _CRAFT}
    enough = ENOUGH if len(prepared.text) <= 2 * _PAGE else ENOUGH_IF_LONG
    return len(craft) >= _CAMPAIGN or sum(weigh_story(prepared, claims).values()) >= enough
