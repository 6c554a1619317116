"""Whether a report tells of an incident at all: a score whose parts can be shown.

The model has learned it from texts of incidents and of none, as it learns any label. Beside that stand words
of what is no incident, chosen by hand, a victim that was read, and who publishes.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from incidex.coding import linear
from incidex.coding.base import Prepared
from incidex.coding.cues import read_rows
from incidex.coding.lexicon import Hit, Lexicon
from incidex.model import Claim, Role, Stance

#: Characters of a report's opening, which says what the story is; what stands there counts twice.
_OPENING = 320
#: A text longer than this has a cue of many kinds by chance: what counts is how thick they stand.
_PAGE = 700
#: A report that scores this or more tells of an incident; of a hundred that do, one scores less.
ENOUGH = -0.5
#: Kinds of claims of how an actor works; so many different ones make an account of a campaign, which is kept.
_CRAFT = frozenset({"technique", "malware", "tool", "actor.name", "indicator", "vulnerability"})
_CAMPAIGN = 6

#: What is no news by itself: whoever is named has a trade, and whatever is told somebody has found out.
_ASIDE = frozenset({linear.INDUSTRY, "discovery.method"})

#: What a victim adds, by how sure it is at least: an unsure one may be anyone whom the text names.
_VICTIM = ((0.9, 1.0), (0.7, 0.3))
#: What the words chosen by hand count beside the model's.
_CHOSEN = 0.7
#: What it adds who publishes: a victim's or an actor's own words are seldom about anything else.
_PUBLISHERS: Mapping[Role, float] = {Role.ACTOR: 3.0, Role.VICTIM: 1.0}


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
    """Return what speaks for and against an incident, by part: `{"model": 2.4, "survey": -1.2, …}`.

    The model's part is the log-odds that it gives the words; the rest is on the same scale.
    """
    parts = {name: _CHOSEN * weight for name, weight in _weigh_words(prepared).items() if weight < 0}
    parts["model"] = linear.weigh_story(prepared)
    names = [each for each in claims if each.field == "victim.name" and each.stance is not Stance.DENIES]
    sure = max((claim.confidence for claim in names), default=0.0)
    if weight := next((weight for least, weight in _VICTIM if sure >= least), 0.0):
        parts["victim"] = weight
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
    if all(claim.field in _ASIDE for claim in claims):
        return False
    craft = {(claim.field, claim.value) for claim in claims if claim.field in _CRAFT}
    return len(craft) >= _CAMPAIGN or sum(weigh_story(prepared, claims).values()) >= ENOUGH
