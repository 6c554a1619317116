"""The victim: every name in the text is a candidate, and a table of learned weights says which it is.

What counts is the words beside a name ("at Acme", "Acme suffered"), what kind of name it is, where it first
stands and how often. The weights are in `data/victim.tsv`, one a line, so that a choice can be taken apart.
"""

import math
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from ahocorasick_rs import AhoCorasick

from incidex.coding.base import Prepared, Reading
from incidex.coding.beside import is_actors, is_beside, is_credited, stands_before
from incidex.coding.beside import lexicons as words_beside
from incidex.coding.capitals import Mention, find_mentions, recase
from incidex.coding.cues import read_rows
from incidex.coding.kinds import kinds_of, words_for
from incidex.coding.parties import party_name
from incidex.coding.phrases import LEGAL, clean, initials
from incidex.coding.recalled import find_recalled
from incidex.coding.secondary import read_secondary
from incidex.model import Role, Span

#: What a weight is of: a kind of feature, and the words or the name that it is about.
Feature = tuple[str, ...]

#: Characters of a text in which the victim is looked for: it is named early, and hostile texts are long.
_REACH = 20_000
#: Candidates weighed in one text, at most; a list of a thousand names has no victim among them.
_MOST = 60
#: Places of one candidate that are looked at.
_LOOKS = 8
#: Passages given for the victim, at most: each may have a speaker of its own.
_QUOTES = 3

#: Characters from a name to the word for an event that is said of it, at most.
_FAR, _NEAR = 110, 40

#: Characters at the start of a text that show whether it is all in capitals.
_SHOUT = 200

#: What the place of a text's publisher adds, which no corpus could teach: none of them has publishers.
_IS_PUBLISHER, _NAMED_BY_ACTOR, _IN_TITLE = 8.0, 1.0, 1.0
#: A candidate less likely than this is none; the whole text is read otherwise when it has a victim.
_LEAST = 0.4
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
    score: float = 0.0  # log odds

    @property
    def confidence(self) -> float:
        """How likely the candidate with the highest score is right; fitted to the development rows."""
        return 1 / (1 + math.exp(-0.7 * max(-30.0, min(30.0, self.score)) - 0.35))


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
    for each in found:
        each.score += weigh_features(each.features)
    ranked = sorted(found, key=lambda each: (-each.score, each.mentions[0].start))
    recalled = find_recalled(prepared)
    best = next((each for each in ranked[:3] if not _is_recalled(each, recalled)), None)
    if best is None and ranked:
        best = ranked[0]
        best.score -= _RECALLED
    return best


def weigh_features(features: Iterable[Feature]) -> float:
    """Return the log odds of a name with these features: exactly the same in whatever order they come.

    A set is walked in another order by every process, and a sum rounded on the way would decide ties by it.
    """
    weights = load_weights()
    return math.fsum([weights[("bias",)], *(weights.get(each, 0.0) for each in features)])


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
    learned = {tuple(feature.split("|")): float(weight) for feature, weight in read_rows("victim")}
    return {("defined as the party",): 4.0, **learned}


def find_candidates(prepared: Prepared) -> Sequence[Candidate]:
    """Return the names of a text with their features, the spellings of one party joined, in no order."""
    text = prepared.text[:_REACH]
    if text[:_SHOUT].isupper():
        text = recase(text)
    found = _gather(text, prepared)
    events = [start for _, start, _ in _events().find_matches_as_indexes(text.lower())]
    if not found:
        return ()
    for each in found:
        _keep_brand(each)
    merged = _merge(found)
    _describe(merged, text, events)
    flaws = [hit.start for hit in prepared.find(words_beside()[1])]
    for each in merged:
        if is_beside(each.mentions[:_LOOKS], text, flaws) or is_actors(each.mentions[:_LOOKS], text):
            each.score -= _BESIDE
    if not events:
        merged = [each for each in merged if not _is_any_word(each)]
    _weigh_publisher(merged, prepared)
    return merged


#: Where an article was written, before its first word: "SALTMARSH - Meridian Care said".
_DATELINE = re.compile(r"[A-Z][A-Z.]{2,20}(?: [A-Z]{2,20})? [-–] (?=[A-Z][a-z])")


def _gather(text: str, prepared: Prepared) -> Sequence[Candidate]:
    """Return every name of a text that something can happen to, with the places where it stands."""
    found: dict[str, Candidate] = {}
    credited = [hit.start for hit in prepared.find(words_beside()[0])]
    for mention in find_mentions(text, len(text)):
        if stands_before(credited, mention.start) and is_credited(text, mention.start):
            continue
        dateline = _DATELINE.match(mention.name)
        if dateline:
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
            continue
        kept.append(each)
        by_word.setdefault(first, []).append(each)
        if len(words) > 1:
            by_word.setdefault(last, []).append(each)
            by_word.setdefault(f"({initials(each.name)})", []).append(each)
    return kept


def _is_short_for(short: str, whole: str) -> bool:
    if len(short) > 2 and short == initials(whole):
        return True
    if whole.isupper() and not short.isupper():
        return False  # a heading in capitals holds more than the name
    parts, words = whole.casefold().split(), short.casefold().split()
    return words == parts or (len(short) > 2 and words in (parts[: len(words)], parts[-len(words) :]))


def _describe(merged: Sequence[Candidate], text: str, events: Sequence[int]) -> None:
    """Add to each candidate what its places say, and how it compares with the others."""
    for each in merged:
        each.mentions.sort(key=lambda mention: mention.start)
        for mention in each.mentions[:_LOOKS]:
            each.features.update(_place(mention, text, events))
        start = each.mentions[0].start
        each.features.add(("at", next((name for end, name in _PARTS if start < end), "late")))
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
        each.features.add(("events", str(min(len(events), 4))))


#: Parts of a text by the character at which they end.
_PARTS = ((40, "start"), (120, "first line"), (300, "first paragraph"), (800, "first page"))


@cache
def _events() -> AhoCorasick:
    return AhoCorasick(sorted(words_for("event")))


def _place(mention: Mention, text: str, events: Sequence[int]) -> list[Feature]:
    """Return what the words around one place of a name say."""
    before, further = mention.before
    after, then = mention.after
    if before[-1] in '.!?:”"' and len(before) > 2:
        before = "."
    said: list[Feature] = [
        ("before", before),
        ("before", further, before),
        ("after", after),
        ("after", after, then),
    ]
    start, end = mention.start, mention.end
    at = bisect_left(events, start)
    if at and start - events[at - 1] < _NEAR and text.find(". ", events[at - 1], start) < 0:
        said += (("event before",), ("event before", before))
    while at < len(events) and events[at] < end:
        at += 1
    if at < len(events) and events[at] - end < _FAR and text.find(". ", end, events[at]) < 0:
        said += (("event after",), ("event after", after))
    if after == "," and len(then) in {2, 3} and then[:2].isdigit():
        said.append(("kind", "aged"))
    if before in words_for("role"):
        said.append(("before", "a role"))
    if after == "(the" and then.strip("()“”\"',.") in _DEFINED:
        said.append(("defined as the party",))
    return said


#: What a filing calls the one it is about: "Acme Foods, Inc. (the “Company”)".
_DEFINED = frozenset(
    {"company", "bank", "hospital", "firm", "corporation", "registrant", "university", "school"}
)


def _weigh_publisher(merged: Sequence[Candidate], prepared: Prepared) -> None:
    """Add what the title and the publisher's role say, for which there are no learned weights."""
    report = prepared.report
    title = f"{prepared.document.title} {report.title if report else ''}"
    source = report.source if report else None
    for each in merged:
        if each.name in title:
            each.score += _IN_TITLE
        if source is not None and source.role is Role.ACTOR:
            each.score += _NAMED_BY_ACTOR
        if source is not None and source.role is Role.VICTIM:
            own = clean(party_name(source))
            if _is_short_for(each.name, own) or _is_short_for(own, each.name):
                each.score += _IS_PUBLISHER
                each.name = own if own.casefold() == each.name.casefold() else each.name


def _strongest(best: Candidate) -> list[tuple[Mention, str]]:
    """Return the places that say most for the candidate, in the order of the text, each with the reason."""
    weights = load_weights()

    def weigh(mention: Mention) -> float:
        return sum(weights.get(feature, 0.0) for feature in _place(mention, "", ()))

    chosen = sorted(best.mentions[:_LOOKS], key=lambda mention: (-weigh(mention), mention.start))[:_QUOTES]
    return [(mention, _explain(best, mention)) for mention in sorted(chosen, key=lambda each: each.start)]


def _explain(best: Candidate, mention: Mention) -> str:
    """Say in a few words what speaks most for this place and this name."""
    weights = load_weights()
    said = {*_place(mention, "", ()), *(each for each in best.features if each[0] not in {"before", "after"})}
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
