"""The victim: every name in the text is a candidate, and a table of learned weights says which it is.

What counts is the words beside a name ("at Acme", "Acme suffered"), what kind of name it is, where it first
stands and how often. The weights are in `data/victim.tsv`, one a line, so that a choice can be taken apart.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from operator import attrgetter

from incidex.coding.base import Prepared, Reading
from incidex.coding.beside import is_actors, is_beside, is_credited, stands_before
from incidex.coding.beside import lexicons as words_beside
from incidex.coding.capitals import Mention, find_mentions, recase
from incidex.coding.cues import read_rows
from incidex.coding.described import find_described
from incidex.coding.gazetteer import load_places
from incidex.coding.kinds import kinds_of, words_for
from incidex.coding.parties import party_name
from incidex.coding.phrases import LEGAL, clean, initials
from incidex.coding.recalled import find_recalled
from incidex.coding.secondary import read_secondary
from incidex.coding.surroundings import Feature, Scene, find_part, read_place, read_words, set_scene
from incidex.model import Role, Span

#: Characters of a text in which the victim is looked for: it is named early, and hostile texts are long.
_REACH = 20_000
#: Candidates weighed in one text, at most; a list of a thousand names has no victim among them.
_MOST = 60
#: Places of one candidate that are looked at.
_LOOKS = 8
#: Passages given for the victim, at most: each may have a speaker of its own.
_QUOTES = 3

#: Words in capitals that may be no more than a name.
_HEADING = 3
#: Characters at the start of a text that show whether it is all in capitals.
_SHOUT = 200

#: What the place of a text's publisher adds, which no corpus could teach: none of them has publishers.
_IS_PUBLISHER, _NAMED_BY_ACTOR, _NAMED_FIRST_BY_ACTOR, _IN_TITLE = 8.0, 1.0, 4.0, 1.0
#: A candidate less sure than this is none; the whole text is read otherwise when it has a victim.
_LEAST = 0.4
#: The power of a candidate's share that tells how often it is right: in registers that the corpora lack, a
#: share of 0.35 is right for a half. Fitted to texts that were not learned from.
_EVENNESS = 0.66
#: What a name loses that only stands where another event is recalled.
_RECALLED = 3.0
#: What a name loses that is only the software with the flaw, or an authority at its work.
_BESIDE = 3.0


@dataclass(slots=True)
class Candidate:
    """A name with all that is said of it: where it stands, and its features, each once."""

    name: str
    mentions: list[Mention] = field(default_factory=list)
    features: set[Feature] = field(default_factory=set)
    score: float = 0.0  # log odds against nobody
    confidence: float = 0.0  # how likely it is the victim, of all candidates and nobody


def read_victims(prepared: Prepared) -> Iterator[Reading]:
    """Yield the organisation that the incident happened to, once for each strong passage, at most three."""
    best = find_victim(prepared)
    if best is None:
        return
    confidence = round(best.confidence, 3)
    if confidence < _LEAST:
        return
    value = bodies().get(best.name, best.name)
    for mention, why in _strongest(best):
        span = Span(mention.start, mention.end)
        yield Reading(
            field="victim.name", value=value, span=span, confidence=confidence, why=why, stance="asserts"
        )
    yield from read_secondary(prepared, best.name)
    if ("kind", "domain") in best.features:
        span = Span(best.mentions[0].start, best.mentions[0].end)
        yield Reading(
            field="victim.domain",
            value=best.name.lower(),
            span=span,
            confidence=confidence,
            why="named by its domain",
            stance="asserts",
        )


def find_victim(prepared: Prepared) -> Candidate | None:
    """Return the likeliest candidate, or `None` for a text without names."""
    found = find_candidates(prepared)
    if not found:
        return None
    recalled = find_recalled(prepared)
    for each in found:
        each.score += weigh_features(each.features) - (_RECALLED if _is_recalled(each, recalled) else 0.0)
    best = min(found, key=lambda each: (-each.score, each.mentions[0].start))
    most = max(best.score, 0.0)
    shares = math.fsum([math.exp(-most), *(math.exp(each.score - most) for each in found)])
    best.confidence = (math.exp(best.score - most) / shares) ** _EVENNESS
    return best


def weigh_features(features: Iterable[Feature]) -> float:
    """Return the log odds of a name with these features: exactly the same in whatever order they come.

    A set is walked in another order by every process, and a sum rounded on the way would decide ties by it.
    """
    weights = load_weights()
    return math.fsum([weights[("bias",)], *[weights.get(each, 0.0) for each in features]])


def _is_recalled(each: Candidate, recalled: Sequence[Span]) -> bool:
    """Say whether the name stands only where another event is recalled."""
    return bool(recalled) and all(
        any(span.start < mention.start < span.end for span in recalled) for mention in each.mentions
    )


@cache
def bodies() -> Mapping[str, str]:
    """Return public bodies by the initials they go by: "NSA" is the National Security Agency."""
    return {short: name for name, spellings, _ in read_rows("bodies") for short in spellings.split("|")}


@cache
def load_weights() -> Mapping[Feature, float]:
    """Return what each feature adds to the log odds."""
    return {tuple(feature.split("|")): float(weight) for feature, weight in read_rows("victim")}


def find_candidates(prepared: Prepared) -> Sequence[Candidate]:
    """Return the names of a text with their features, the spellings of one party joined, in no order."""
    text = prepared.text[:_REACH]
    if text[:_SHOUT].isupper():
        text = recase(text)
    found = _gather(text, prepared)
    if not found:
        return ()
    scene = set_scene(text)
    for each in found:
        _keep_brand(each)
    merged = _merge(found)
    _describe(merged, scene)
    flaws = [hit.start for hit in prepared.find(words_beside()[1])]
    for each in merged:
        if is_beside(each.mentions[:_LOOKS], text, flaws) or is_actors(each.mentions[:_LOOKS], text):
            each.score -= _BESIDE
    if not scene.events:
        merged = [each for each in merged if not _is_any_word(each)]
    _weigh_publisher(merged, prepared)
    return merged


#: Where an article was written, before its first word: "SALTMARSH - Meridian Care said".
_DATELINE = re.compile(r"[A-Z][A-Z.]{2,20}(?: [A-Z]{2,20})? [-–] (?=[A-Z][a-z])")


def _gather(text: str, prepared: Prepared) -> Sequence[Candidate]:
    """Return every name of a text that something can happen to, with the places where it stands."""
    found: dict[str, Candidate] = {}
    credited = [hit.start for hit in prepared.find(words_beside()[0])]
    described = find_described(text, prepared.find(load_places()[0]))
    for mention in sorted(chain(find_mentions(text, len(text)), described), key=attrgetter("start")):
        if stands_before(credited, mention.start) and is_credited(text, mention.start):
            continue
        is_parted = " - " in mention.name or " – " in mention.name
        if is_parted and (dateline := _DATELINE.match(mention.name)):
            mention = mention._replace(
                name=mention.name[dateline.end() :], start=mention.start + dateline.end()
            )
        name = _clean(mention.name)
        candidate = found.get(name)
        if candidate is None:
            if len(found) >= _MOST:
                break
            kinds = kinds_of(name)
            if ("kind", "never") in kinds or _is_bystander(name, prepared):
                continue
            candidate = found[name] = Candidate(name, features=set(kinds))
            if name != mention.name:
                candidate.features.add(("kind", "legal form"))
        candidate.mentions.append(mention)
    return tuple(found.values())


def _is_any_word(each: Candidate) -> bool:
    """Say whether the name may be just the word that begins a sentence: "Choose a strong password"."""
    return ("only where sentences begin",) in each.features and ("kind", "plain") in each.features


def _clean(name: str) -> str:
    """Return a name without its legal form, unless that is the whole of it."""
    last = name[name.rfind(" ") + 1 :].strip(".")
    return LEGAL.sub("", name) or name if last in _LEGAL_FORMS else name


_FORMS = "Inc Incorporated LLC L.L.C Ltd Limited Corp Corporation PLC plc GmbH S.A N.V AG LLP P.C PC Co"
_LEGAL_FORMS = frozenset(_FORMS.split())


def _keep_brand(each: Candidate) -> None:
    """Give a name its "'s" back where it is no possessive: "Macy's said", or never without it."""
    owners = [mention.after[0] for mention in each.mentions]
    if not all(owner[:2] in {"'s", "’s"} and owner[2:].strip(".,;:!?") == "" for owner in owners):
        return
    if len(owners) > 1 or len(owners[0]) > 2 or each.mentions[0].after[1] in words_for("after a brand"):
        each.name += owners[0][:2]
        each.mentions = [
            mention._replace(name=mention.name + mention.after[0][:2]) for mention in each.mentions
        ]


def _is_bystander(name: str, prepared: Prepared) -> bool:
    """Say whether the name is that of the newspaper or the researcher who publishes the report."""
    source = prepared.report.source if prepared.report else None
    if source is None or source.role is Role.VICTIM:
        return False
    if source.role in {Role.PRESS, Role.RESEARCHER}:
        return name.casefold() in source.name.casefold()
    return name == party_name(source)


def _merge(found: Iterable[Candidate]) -> list[Candidate]:
    """Join the spellings of one party: the fuller name stands, and gets the mentions of the shorter."""
    kept: list[Candidate] = []
    by_word: dict[str, list[Candidate]] = {}
    for each in sorted(found, key=lambda one: (-len(one.name), one.name.isupper(), one.name)):
        words = each.name.split()
        first, last = words[0].casefold(), words[-1].casefold()
        near = by_word.get(first, []) + by_word.get(last, []) + by_word.get(f"({each.name})", [])
        whole = next((other for other in near if _is_short_for(each.name, other.name)), None)
        if whole is not None:
            whole.mentions += each.mentions
            whole.features.add(("shortened", _shortens(each.name, whole.name)))
            continue
        kept.append(each)
        by_word.setdefault(first, []).append(each)
        if len(words) > 1:
            by_word.setdefault(last, []).append(each)
            by_word.setdefault(f"({initials(each.name)})", []).append(each)
    return kept


def _shortens(short: str, whole: str) -> str:
    """Say how a name is shortened: a person's to its end, mostly, and a firm's to its start."""
    if whole.casefold().startswith(short.casefold()):
        return "to its start"
    return "to its end" if whole.casefold().endswith(short.casefold()) else "to its capitals"


def _is_short_for(short: str, whole: str) -> bool:
    if len(short) > 2 and short == initials(whole):
        return True
    parts, words = whole.casefold().split(), short.casefold().split()
    if whole.isupper() and not short.isupper() and len(parts) > _HEADING:
        return False  # a heading in capitals holds more than the name
    return words == parts or (len(short) > 2 and words in (parts[: len(words)], parts[-len(words) :]))


def _describe(merged: Sequence[Candidate], scene: Scene) -> None:
    """Add to each candidate what its places say, and how it compares with the others."""
    for each in merged:
        each.mentions.sort(key=lambda mention: mention.start)
        for mention in each.mentions[:_LOOKS]:
            each.features.update(read_words(mention))
            each.features.update(read_place(mention, scene))
        start, last = each.mentions[0].start, each.mentions[-1].start
        part = find_part(start)
        if last - start > len(scene.text) / 2:
            each.features.add(("spread",))
        each.features.add(("at", part))
        if scene.is_own:
            each.features.add(("at", part, "we"))
        each.features.add(("mentions", str(min(len(each.mentions), 5))))
        if all(mention.before[0][-1] in ".!?^:" for mention in each.mentions):
            each.features.add(("only where sentences begin",))
    most = max(len(each.mentions) for each in merged)
    first = min(each.mentions[0].start for each in merged)
    for each in merged:
        if len(each.mentions) == most > 1:
            each.features.add(("mentioned most",))
        if each.mentions[0].start == first:
            each.features.add(("named first",))
        if len(merged) == 1:
            each.features.add(("the only name",))
        each.features.add(("events", str(min(len(scene.events), 4))))


def _weigh_publisher(merged: Sequence[Candidate], prepared: Prepared) -> None:
    """Add what the title and the publisher's role say, for which there are no learned weights."""
    report = prepared.report
    title = f"{prepared.document.title} {report.title if report else ''}"
    source = report.source if report else None
    for each in merged:
        if each.name in title:
            each.score += _IN_TITLE
        if source is not None and source.role is Role.ACTOR:
            is_first = ("named first",) in each.features
            each.score += _NAMED_FIRST_BY_ACTOR if is_first else _NAMED_BY_ACTOR
        if source is not None and source.role is Role.VICTIM:
            own = clean(party_name(source))
            if _is_short_for(each.name, own) or _is_short_for(own, each.name):
                each.score += _IS_PUBLISHER
                each.name = own if own.casefold() == each.name.casefold() else each.name


def _strongest(best: Candidate) -> list[tuple[Mention, str]]:
    """Return the places that say most for the candidate, in the order of the text, each with the reason."""
    weights = load_weights()

    def weigh(mention: Mention) -> float:
        return sum(weights.get(feature, 0.0) for feature in read_words(mention))

    chosen = sorted(best.mentions[:_LOOKS], key=lambda mention: (-weigh(mention), mention.start))[:_QUOTES]
    return [(mention, _explain(best, mention)) for mention in sorted(chosen, key=lambda each: each.start)]


def _explain(best: Candidate, mention: Mention) -> str:
    """Say in a few words what speaks most for this place and this name."""
    weights = load_weights()
    said = {*read_words(mention), *(each for each in best.features if each[0] not in {"before", "after"})}
    reasons = sorted(said, key=lambda each: (-weights.get(each, 0.0), each))[:2]
    return "; ".join(_tell(reason) for reason in reasons)


def _tell(reason: Feature) -> str:
    """Say a feature in words: ("before", "at") is "'at' before it"."""
    kind, *words = reason
    if kind in {"before", "after"}:
        return f"'{' '.join(words)}' {kind} it"
    if kind.startswith("event"):
        return " ".join([kind.replace("event ", "an event "), *words])
    return " ".join(reason)
