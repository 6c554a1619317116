"""A record in sentences, each with its speaker: what is said, and who denies it; never a claim as a fact."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from incidex.codebook.saying import say_date, say_label, say_list, say_value
from incidex.model import Claim, Incident, Report, Stance, Status

#: What is said when a field has a value, after "said that", "denied that" or "could not say whether".
#: The order is the order of the sentences.
_CLAUSES: Mapping[str, str] = MappingProxyType(
    {
        "victim.name": "{value} {was} the victim",
        "security_incident": "this was a {lower} security incident",
        "date.occurred": "it happened {when}",
        "action": "it was a case of {lower}",
        "impact": "{lower} {was} harmed",
        "data.class": "{lower} {was} exposed",
        "actor.name": "{value} {was} behind it",
        "data.records": "{value} records were affected",
        "asset.variety": "{lower} {was} affected",
        "actor.motive": "the motive was {lower}",
        "malware": "{value} was used",
        "tool": "{value} was used",
        "vulnerability": "{value} was exploited",
        "technique": "{value} was used",
        "outage.duration": "the outage lasted {value}",
        "ransom.demanded": "a ransom of {value} was demanded",
        "ransom.paid": "a ransom of {value} was paid",
        "loss.amount": "the loss was {value}",
        "response": "the response included: {lower}",
        "victim.secondary": "{value} {was} affected as well",
    }
)

#: A summary is one paragraph; what else is said stands in the description and below it. Sentences in which
#: somebody denies or doubts are always there, however many these are.
LONGEST = 8

#: Values of one field in one sentence; where somebody denies or doubts, every one of them is named.
MOST_VALUES, _ALL = 4, 1_000_000

#: What is said of a field that has no words of its own above, where people disagree on it.
_OTHERWISE = "the {label} was {value}"

#: Fields of prose are too long to be said again.
_PROSE = frozenset({"title", "summary", "description"})
_LONGEST_PROSE = 60

#: Vocabularies whose members already stand in the plural: one of them still "were".
_PLURAL = frozenset({"data.class"})


@dataclass(frozen=True, slots=True)
class _Voices:
    """Who says so, who denies it and who could not say, as names."""

    asserting: tuple[str, ...]
    denying: tuple[str, ...]
    doubting: tuple[str, ...]

    @property
    def disagree(self) -> bool:
        """Say whether they do not all say the same."""
        return sum(map(bool, (self.asserting, self.denying, self.doubting))) > 1


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a sentence: what is said of one field, or the names and words around it."""

    text: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """What the same people say of some fields, and the claims that the sentence is made of."""

    parts: tuple[Part, ...]
    claims: tuple[Claim, ...]
    speakers: tuple[str, ...]  # all who have a word in it, those who assert first
    disagrees: bool  # whether somebody denies or doubts

    @property
    def text(self) -> str:
        """The sentence as it is read."""
        return "".join(part.text for part in self.parts)


def make_sentences(incident: Incident) -> tuple[Sentence, ...]:
    """Return attributed sentences: the first few, and all in which somebody denies or doubts."""
    told = list(_sentences(incident, lambda _: True))
    free = LONGEST - sum(each.disagrees for each in told)
    kept: list[Sentence] = []
    for each in told:
        if each.disagrees or free > 0:
            kept.append(each)
            free -= not each.disagrees
    return tuple(kept)


def make_summary(incident: Incident) -> str:
    """Return the record in a paragraph of attributed sentences, or "" when nobody has said anything."""
    return " ".join(each.text for each in make_sentences(incident))


def tell_reports(incident: Incident) -> Iterator[tuple[Report, tuple[Sentence, ...]]]:
    """Yield what each report tells, in the order of publication: who says what in it."""
    for report in incident.reports:
        if sentences := tuple(_sentences(incident, _in(report.id))):
            yield report, sentences


def make_description(incident: Incident) -> tuple[str, ...]:
    """Return what each report tells as a paragraph, report by report, each with its speakers."""
    return tuple(
        f"{report.source.name}{f', {say_date(report.published)}' if report.published else ''}: "
        f"{' '.join(each.text for each in sentences)}"
        for report, sentences in tell_reports(incident)
    )


def _in(report: str) -> Callable[[Claim], bool]:
    return lambda claim: claim.report == report


def _sentences(incident: Incident, wanted: Callable[[Claim], bool]) -> Iterator[Sentence]:
    """Yield one sentence for everything that the same people say, and one for each dispute."""
    told: dict[tuple[_Voices, str], list[_Said]] = {}
    for field in (*_CLAUSES, *_others(incident)):
        for voices, said in _grouped(incident, field, wanted).items():
            if field in _CLAUSES or voices.disagree or not voices.asserting:
                key = (voices, field if voices.disagree else "")  # "denied it" must have one thing to mean
                told.setdefault(key, []).append(said)
    for (voices, _), clauses in told.items():
        yield _sentence(clauses, voices)


def _others(incident: Incident) -> list[str]:
    return sorted({*incident.values, *incident.denied} - set(_CLAUSES))


@dataclass(slots=True)
class _Said:
    """Values of one field of which the same people say the same."""

    field: str
    values: list[str]
    claims: list[Claim]


def _grouped(incident: Incident, field: str, wanted: Callable[[Claim], bool]) -> dict[_Voices, _Said]:
    """Put values that the same people say the same of into one clause."""
    groups: dict[_Voices, _Said] = {}
    for value in (*incident.values.get(field, ()), *incident.denied.get(field, ())):
        claims = [claim for claim in value.claims if wanted(claim)]
        if claims and value.status is not Status.RETRACTED:
            said = groups.setdefault(_hear(claims), _Said(field, [], []))
            said.values.append(value.value)
            said.claims.extend(claims)
    return groups


def _hear(claims: Iterable[Claim]) -> _Voices:
    names: dict[Stance, dict[str, None]] = {stance: {} for stance in Stance}
    for claim in claims:
        names[claim.stance][claim.speaker.name] = None
    return _Voices(
        *(tuple(sorted(names[stance])) for stance in (Stance.ASSERTS, Stance.DENIES, Stance.DOUBTS))
    )


def _sentence(clauses: list[_Said], voices: _Voices) -> Sentence:
    told = (
        (voices.asserting, "said", "that", "said so"),
        (voices.denying, "denied", "that", "denied it"),
        (voices.doubting, "could not say", "whether", "could not say"),
    )
    only_assert = not voices.denying and not voices.doubting
    parts: list[Part] = []
    for names, verb, link, after in told:
        if names and parts:
            parts.append(Part(f"; {say_list(list(names))} {after}"))
        elif names:
            parts.append(Part(f"{_capital(say_list(list(names)))} {verb} "))
            parts.extend(_list_clauses(clauses, link, MOST_VALUES if only_assert else _ALL))
    return Sentence(
        parts=(*parts, Part(".")),
        claims=tuple(claim for said in clauses for claim in said.claims),
        speakers=(*voices.asserting, *voices.denying, *voices.doubting),
        disagrees=not only_assert,
    )


def _list_clauses(clauses: list[_Said], link: str, most: int) -> Iterator[Part]:
    """Yield "that one, that two and that three", each clause a part of its own."""
    for place, said in enumerate(clauses):
        between = "" if not place else " and " if place == len(clauses) - 1 else ", "
        yield Part(f"{between}{link} ")
        yield Part(_clause(said.field, said.values, most=most), said.field)


def _clause(field: str, values: list[str], most: int) -> str:
    said = [say_value(field, each) for each in values]
    if field == "victim.industry":  # a sentence says the sector, and the row below its number too
        said = [words.removeprefix(f"{code} ") for code, words in zip(values, said, strict=True)]
    if field in _PROSE:
        said = [f"“{_shorten(each)}”" for each in said]
    return _CLAUSES.get(field, _OTHERWISE).format(
        label=_lower(say_label(field)),
        value=say_list(said, most),
        lower=say_list([_lower(each) for each in said], most),
        when=_say_when(values),
        was="were" if len(values) > 1 or field in _PLURAL else "was",
    )


def _shorten(words: str) -> str:
    return words if len(words) <= _LONGEST_PROSE else f"{words[: _LONGEST_PROSE - 1]}…"


def _capital(words: str) -> str:
    """Begin a sentence: "the site" is "The site"."""
    return words[:1].upper() + words[1:]


def _lower(words: str) -> str:
    """Begin in lower case, as inside a sentence, unless it is an abbreviation: "IMEI numbers"."""
    return words if words[:2].isupper() else words[:1].lower() + words[1:]


def _say_when(values: list[str]) -> str:
    """Say when, with the preposition that the date's precision asks for."""
    said = [say_date(value) for value in values]
    exact = [
        f"{'on' if words[:1].isdigit() and words.count(' ') == 2 else 'in'} {words}"
        if words[:1].isdigit() or words[:3].istitle()
        else words
        for words in said
    ]
    return " or ".join(exact)
