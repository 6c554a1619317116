"""The coders, by name and version, and the one function that makes signed claims of what they read."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from types import MappingProxyType
from typing import NamedTuple

from incidex.codebook import check_value, get_field
from incidex.coding import (
    accusations,
    background,
    beside,
    counts,
    cues,
    data,
    dates,
    identifiers,
    incidents,
    industry,
    linear,
    location,
    money,
    names,
    parties,
    places,
    rebuttals,
    recalled,
    secondary,
    size,
    speech,
    stance,
    techniques,
    trades,
)
from incidex.coding.accusations import read_accusations
from incidex.coding.background import find_background, mask
from incidex.coding.base import Coder, Prepared, Reading
from incidex.coding.casing import restore
from incidex.coding.counts import read_counts
from incidex.coding.cues import (
    read_action,
    read_actor,
    read_asset,
    read_discovery,
    read_impact,
    read_kind,
    read_motive,
    read_response,
    read_security,
    read_subject,
)
from incidex.coding.data import read_data
from incidex.coding.dates import read_dates
from incidex.coding.encoder import read_encoder
from incidex.coding.identifiers import read_identifiers, read_vulnerabilities
from incidex.coding.incidents import tells_of_incident
from incidex.coding.indicators import read_indicators
from incidex.coding.industry import read_industry
from incidex.coding.known import read_known
from incidex.coding.languages import in_any_language, is_foreign
from incidex.coding.lexicon import Lexicon, Scanner
from incidex.coding.linear import beside_model, read_linear
from incidex.coding.money import read_money, read_outage
from incidex.coding.names import read_actor_names, read_crews, read_malware, read_tools
from incidex.coding.passages import Passages, read_passages
from incidex.coding.places import read_places
from incidex.coding.rebuttals import rebut
from incidex.coding.segments import Segment, split_report
from incidex.coding.size import read_size
from incidex.coding.techniques import read_techniques
from incidex.coding.victim import read_victims
from incidex.coding.worth import weigh
from incidex.model import (
    Claim,
    CodebookError,
    Document,
    Evidence,
    Report,
    Span,
    Speaker,
    Stance,
    Tier,
)

#: Every coder, by the name and version that its claims are signed with. A coder whose readings change gets a
#: new version.
CODERS: Mapping[str, Coder] = MappingProxyType(
    {
        "victim@4": read_victims,
        "size@1": read_size,
        "accusations@1": read_accusations,
        "action@2": beside_model(read_action),
        "impact@2": beside_model(read_impact),
        "motive@2": beside_model(read_motive),
        "actor@3": beside_model(read_actor),
        "asset@2": beside_model(read_asset),
        "discovery@2": beside_model(read_discovery),
        linear.NAME: read_linear,
        "known@2": read_known,
        "kind@1": beside_model(read_kind),
        "response@1": read_response,
        "security@1": read_security,
        "subject@2": beside_model(read_subject),
        "counts@4": read_counts,
        "dates@3": read_dates,
        "data@2": read_data,
        "vulnerabilities@1": read_vulnerabilities,
        "identifiers@1": read_identifiers,
        "techniques@2": read_techniques,
        "indicators@2": read_indicators,
        "money@2": read_money,
        "outage@2": read_outage,
        "actor-names@3": read_actor_names,
        "crews@2": read_crews,
        "malware@2": read_malware,
        "tools@2": read_tools,
        "places@3": read_places,
        "industry@2": beside_model(read_industry),
    }
)

#: The same, with the encoder weighing each text beside the linear model: better, and many times slower.
ENCODED: Mapping[str, Coder] = MappingProxyType(
    {
        **{name: read for name, read in CODERS.items() if name != linear.NAME},
        linear.ENCODER: read_encoder,
    }
)

#: What the coders wait for. All of it is searched together, in one pass over a text.
LEXICONS: tuple[Callable[[], tuple[Lexicon, ...]], ...] = (
    industry.lexicons,
    counts.lexicons,
    cues.lexicons,
    data.lexicons,
    dates.lexicons,
    identifiers.lexicons,
    names.lexicons,
    accusations.lexicons,
    background.lexicons,
    beside.lexicons,
    incidents.lexicons,
    money.lexicons,
    parties.lexicons,
    location.lexicons,
    places.lexicons,
    rebuttals.lexicons,
    recalled.lexicons,
    secondary.lexicons,
    size.lexicons,
    speech.lexicons,
    stance.lexicons,
    techniques.lexicons,
    trades.lexicons,
)

#: Signs a victim that only the head of its passage names.
SEGMENTS = "segments@1"

#: A reading less sure than this is left out: silence is better than a guess. The learned model knows what its
#: scores are worth, and falls silent field by field where saying less would be better.
LEAST = 0.4

#: What a denial in the same clause does not deny: "no customer's data was taken" leaves the customers be, and
#: "no ransom was paid" the wish for one.
_CIRCUMSTANCES = frozenset(
    {
        "actor.motive",
        "data.subject",
        "date.disclosed",
        "date.discovered",
        "date.ended",
        "date.occurred",
        "discovery.method",
        "victim.country",
        "victim.industry",
        "victim.region",
        "victim.size",
    }
)


_STANCES: Mapping[str, Stance] = {stance.value: stance for stance in Stance}


@dataclass(frozen=True)
class Coded:
    """What one report says of one incident."""

    claims: tuple[Claim, ...]


def code(
    document: Document, *, report: Report | None = None, coders: Mapping[str, Coder] = CODERS
) -> tuple[Coded, ...]:
    """Return what the report says, as the claims of each incident; nothing when it tells of none.

    The confidence of a claim is what its coder's own number has been worth.
    """
    return _weighed(code_unweighed(document, report=report, coders=coders))


def _weighed(found: Iterable[Coded]) -> tuple[Coded, ...]:
    return tuple(Coded(tuple(map(weigh, each.claims))) for each in found)


def code_unweighed(
    document: Document, *, report: Report | None = None, coders: Mapping[str, Coder] = CODERS
) -> tuple[Coded, ...]:
    """Return what the report says, each claim as sure as its coder says.

    Each claim is signed by its coder and carries the speaker and stance of the passage it was read in. What
    the codebook refuses, and what is only supposed, advised or left unsaid, makes no claim. The same document
    and report always give the same claims. Of a text in another language than English, only what is the same
    in every language is read, and whether it tells of an incident is left to a person.
    """
    return _code_planned(_plan(document, report, coders))


def code_together(
    reports: Iterable[tuple[Document, Report]], coders: Mapping[str, Coder] = CODERS
) -> list[tuple[Coded, ...]]:
    """Return what `code` does of each report; each coder reads all of them before the next coder does.

    A processor keeps what one coder needs at hand, and not what thirty need: that takes a sixth less time.
    """
    plans = [_plan(document, report, coders) for document, report in reports]
    parts = [(each.coders, part.prepared) for each in plans for part in each.parts]
    for name, coder in coders.items():
        for chosen, prepared in parts:
            if name in chosen:
                prepared.once(coder)
    return [_weighed(_code_planned(each)) for each in plans]


class _Part(NamedTuple):
    """A text that is read as one, and where it stands in the report if it is a passage of it."""

    prepared: Prepared
    segment: Segment | None = None


class _Plan(NamedTuple):
    """What of a report is to be read, by whom; and whether it is asked if that tells of an incident."""

    whole: Prepared
    parts: Sequence[_Part]
    coders: Mapping[str, Coder]
    is_asked: bool = False


def _plan(document: Document, report: Report | None, coders: Mapping[str, Coder]) -> _Plan:
    whole = prepare(document, report)
    if is_foreign(document):
        return _Plan(whole, [_Part(whole)], in_any_language(coders, CODERS))
    segments = split_report(whole)
    if segments:
        return _Plan(whole, [_take_out(whole, each) for each in segments], coders)
    return _Plan(whole, [_Part(_take_news(whole))], coders, is_asked=True)


def _take_news(whole: Prepared) -> Prepared:
    """Return the news itself: other incidents that it mentions are blanked out."""
    elsewhere = find_background(whole)
    if not elsewhere:
        return whole
    return prepare(replace(whole.document, text=mask(whole.document.text, elsewhere)), whole.report)


def _take_out(whole: Prepared, segment: Segment) -> _Part:
    """Return one passage of a report of several incidents, to be read as if it stood alone."""
    text = segment.span.within(whole.document.text)
    return _Part(prepare(replace(whole.document, text=text, title=""), whole.report), segment)


def _code_planned(plan: _Plan) -> tuple[Coded, ...]:
    found = [_code_part(plan, part) for part in plan.parts]
    if plan.is_asked:
        return tuple(Coded(claims) for claims in found if tells_of_incident(plan.whole, claims))
    return tuple(Coded(claims) for claims in found if claims)


def _code_part(plan: _Plan, part: _Part) -> tuple[Claim, ...]:
    claims = _code_text(part.prepared, plan.coders, part.segment)
    if part.prepared is plan.whole:
        return claims
    start = part.segment.span.start if part.segment else 0
    return tuple(_move(claim, plan.whole.document.text, start) for claim in claims)


def _move(claim: Claim, text: str, by: int) -> Claim:
    if claim.evidence is None:
        return claim
    span = claim.evidence.span
    return replace(claim, evidence=Evidence.of(text, Span(span.start + by, span.end + by)))


def _code_text(
    prepared: Prepared, coders: Mapping[str, Coder], segment: Segment | None = None
) -> tuple[Claim, ...]:
    """Return the claims of a text that is about one incident; a segment names whose, if no coder does."""
    readings = _read(prepared, coders)
    victim = _victim_of(readings)
    if not victim and segment is not None:
        victim = segment.victim
        at = Span(segment.at.start - segment.span.start, segment.at.end - segment.span.start)
        why = "the head of its passage in a report of several incidents"
        reading = Reading(
            field="victim.name", value=victim, span=at, confidence=0.7, why=why, stance="asserts"
        )
        readings.append((SEGMENTS, reading))
    passages = read_passages(prepared, victim)
    found = _distinct(_said(readings, passages))
    text = prepared.document.text
    # A sentence may carry a dozen labels, and is quoted once.
    quoted = {span: Evidence.of(text, span) for span in {said.reading.span for said in found}}
    claims = [_make_claim(said, passages, quoted[said.reading.span]) for said in found]
    return rebut(claims, passages)


def _victim_of(readings: Iterable[tuple[str, Reading]]) -> str:
    return next((reading.value for _, reading in readings if reading.field == "victim.name"), "")


def listen(document: Document, *, report: Report | None = None) -> Passages:
    """Return the passages of a report, to be asked who says what stands at a place, and in which stance."""
    prepared = prepare(document, report)
    return read_passages(prepared, _victim_of(_read(prepared, CODERS)))


def prepare(document: Document, report: Report | None = None) -> Prepared:
    """Return the document as the coders take it."""
    published = document.published or (report.published if report else "")
    return Prepared(document, published, report, scanner(), restore(document.text))


def _read(prepared: Prepared, coders: Mapping[str, Coder]) -> list[tuple[str, Reading]]:
    return [(name, reading) for name, coder in coders.items() for reading in prepared.once(coder)]


@cache
def scanner() -> Scanner:
    """Return the one that finds the words of all coders in one pass."""
    return Scanner([lexicon for lexicons in LEXICONS for lexicon in lexicons()])


class _Said(NamedTuple):
    """A reading with the canonical value, and who says it how."""

    reading: Reading
    coder: str
    value: str
    speaker: Speaker
    stance: Stance


def _said(readings: Iterable[tuple[str, Reading]], passages: Passages) -> Iterator[_Said]:
    for name, reading in readings:
        is_guess = reading.confidence < LEAST and name not in linear.MODELS
        if is_guess or _is_unheard(name, reading, passages):
            continue
        stance = _stance_of(reading, passages)
        value = _check(reading.field, reading.value)
        if stance is None or not value or _is_own_victim(reading, passages):
            continue
        yield _Said(reading, name, value, _speaker_of(reading, passages), stance)


def _is_unheard(coder: str, reading: Reading, passages: Passages) -> bool:
    """Say whether a value was read in words that say nothing; a sentence says more than a byline in it."""
    if coder in linear.MODELS or not passages.unheard:
        return False
    return any(span.overlaps(reading.span) for span in passages.unheard)


def _make_claim(said: _Said, passages: Passages, evidence: Evidence) -> Claim:
    reading, (prepared, document) = said.reading, (passages.prepared, passages.prepared.document)
    tier = _tier_of(reading.field)
    return Claim(
        report=document.report,
        field=reading.field,
        value=said.value,
        speaker=said.speaker,
        stance=said.stance,
        confidence=reading.confidence,
        coder=said.coder,
        tier=max(tier, prepared.report.tier) if prepared.report else tier,
        evidence=evidence,
        why=reading.why,
    )


@cache
def _tier_of(field: str) -> Tier:
    return get_field(field).tier


@lru_cache(maxsize=8192)
def _check(field: str, value: str) -> str:
    """Return the codebook's spelling, or "" for what it refuses; the same few values come again and again."""
    try:
        return check_value(field, value)
    except CodebookError:
        return ""


def _is_own_victim(reading: Reading, passages: Passages) -> bool:
    """Say whether the victim is read as its own attacker: its name stood beside the words of blame."""
    return reading.field == "actor.name" and passages.cast.is_victim(reading.value)


def _stance_of(reading: Reading, passages: Passages) -> Stance | None:
    if reading.stance:
        return _STANCES[reading.stance]
    stance = passages.stance_at(reading.focus or reading.span, reading.field)
    return None if stance is Stance.DENIES and reading.field in _CIRCUMSTANCES else stance


def _speaker_of(reading: Reading, passages: Passages) -> Speaker:
    if reading.speaker:
        return passages.cast.resolve(reading.speaker) or passages.cast.publisher
    return passages.speech.speaker_at(reading.focus or reading.span)


def _distinct(found: Iterable[_Said]) -> list[_Said]:
    """Keep, of readings that say the same, the surest, and of equally sure ones the first in the text."""
    best: dict[tuple[str, str, Speaker, Stance], _Said] = {}
    for said in found:
        key = (said.reading.field, said.value, said.speaker, said.stance)
        held = best.get(key)
        if held is None or _rank(said) < _rank(held):
            best[key] = said
    return sorted(
        best.values(),
        key=lambda said: (said.reading.span.start, said.reading.span.end, said.reading.field, said.value),
    )


def _rank(said: _Said) -> tuple[float, int, str]:
    return (-said.reading.confidence, said.reading.span.start, said.coder)
