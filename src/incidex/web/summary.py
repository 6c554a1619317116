"""A record in sentences, each with its speaker: what is said, and who denies it; never a claim as a fact."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from incidex.model import Claim, Incident, Stance, Status
from incidex.web.words import say_date, say_list, say_value

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

#: A summary is one paragraph; what else is said stands in the description and below it.
_LONGEST = 8

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


def make_summary(incident: Incident) -> str:
    """Return the record in a paragraph of attributed sentences, or "" when nobody has said anything."""
    return " ".join(list(_sentences(incident, lambda _: True))[:_LONGEST])


def make_description(incident: Incident) -> tuple[str, ...]:
    """Return what each report tells, report by report in the order of publication, each with its speakers."""
    told = ((report, " ".join(_sentences(incident, _in(report.id)))) for report in incident.reports)
    return tuple(
        f"{report.source.name}{f', {say_date(report.published)}' if report.published else ''}: {sentences}"
        for report, sentences in told
        if sentences
    )


def _in(report: str) -> Callable[[Claim], bool]:
    return lambda claim: claim.report == report


def _sentences(incident: Incident, wanted: Callable[[Claim], bool]) -> Iterator[str]:
    """Yield one sentence for everything that the same people say, and one for each dispute."""
    told: dict[tuple[_Voices, str], list[str]] = {}
    for field in _CLAUSES:
        for voices, values in _grouped(incident, field, wanted).items():
            key = (voices, field if voices.disagree else "")  # "denied it" must have one thing to mean
            told.setdefault(key, []).append(_clause(field, values))
    for (voices, _), clauses in told.items():
        yield _sentence(clauses, voices)


def _grouped(incident: Incident, field: str, wanted: Callable[[Claim], bool]) -> dict[_Voices, list[str]]:
    """Put values that the same people say the same of into one sentence."""
    groups: dict[_Voices, list[str]] = {}
    for value in (*incident.values.get(field, ()), *incident.denied.get(field, ())):
        claims = [claim for claim in value.claims if wanted(claim)]
        if claims and value.status is not Status.RETRACTED:
            groups.setdefault(_hear(claims), []).append(value.value)
    return groups


def _hear(claims: Iterable[Claim]) -> _Voices:
    names: dict[Stance, dict[str, None]] = {stance: {} for stance in Stance}
    for claim in claims:
        names[claim.stance][claim.speaker.name] = None
    return _Voices(
        *(tuple(sorted(names[stance])) for stance in (Stance.ASSERTS, Stance.DENIES, Stance.DOUBTS))
    )


def _sentence(clauses: list[str], voices: _Voices) -> str:
    told = (
        (voices.asserting, "said", "that", "said so"),
        (voices.denying, "denied", "that", "denied it"),
        (voices.doubting, "could not say", "whether", "could not say"),
    )
    parts: list[str] = []
    for names, verb, link, after in told:
        if names:
            listed = say_list([f"{link} {clause}" for clause in clauses], most=len(clauses))
            parts.append(f"{say_list(list(names))} {after if parts else f'{verb} {listed}'}")
    return "; ".join(parts) + "."


def _clause(field: str, values: list[str]) -> str:
    said = [say_value(field, each) for each in values]
    value = say_list(said)
    return _CLAUSES[field].format(
        value=value,
        lower=say_list([_lower(each) for each in said]),
        when=_say_when(values),
        was="were" if len(values) > 1 or field in _PLURAL else "was",
    )


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
