"""What a format cannot hold: said claim by claim, beside every export, instead of dropped in silence."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from incidex.model import Claim, Decision, Incident, Stance, Status, Value


class Lost(StrEnum):
    """What part of a claim is lost."""

    VALUE = "value"  # the format has no place for the field, or no word for the value
    CHOICE = "choice"  # it has place for one value, and another one went out
    SPEAKER = "speaker"  # it cannot say who says so
    STANCE = "stance"  # it cannot say that somebody denies or doubts it
    STATUS = "status"  # it cannot say that the value is disputed, claimed or reported only
    PRECISION = "precision"  # it holds a coarser or finer value than was said
    EVIDENCE = "evidence"  # it cannot quote
    ADDED = "added"  # it demands a value that nobody has said


class Loss(NamedTuple):
    """One thing of one record that did not go out."""

    record: str
    field: str
    value: str
    lost: Lost
    why: str


class Choice(StrEnum):
    """Which of several values of a field goes out."""

    ALL = "all"
    ACCEPTED = "accepted"  # those that a person accepted
    CONFIRMED = "confirmed"  # those whose status is confirmed
    STRONGEST = "strongest"  # the first of the record, of each field one
    NEWEST = "newest"  # the one that was last said, by the reports' dates


def choose(incident: Incident, choice: Choice = Choice.ALL) -> Mapping[str, Sequence[Value]]:
    """Return the values of each field that go out, strongest first; retracted ones never do."""
    held: dict[str, Sequence[Value]] = {}
    for field, values in incident.values.items():
        if standing := [value for value in values if value.status is not Status.RETRACTED]:
            held[field] = standing
    if choice is Choice.ALL:
        return held
    dates = _dates(incident)
    chosen = {field: _pick(values, choice, dates) for field, values in held.items()}
    return {field: values for field, values in chosen.items() if values}


def _pick(values: Sequence[Value], choice: Choice, dates: Mapping[str, str]) -> Sequence[Value]:
    match choice:
        case Choice.ACCEPTED:
            return [value for value in values if value.reviewed is Decision.ACCEPTED]
        case Choice.CONFIRMED:
            return [value for value in values if value.status is Status.CONFIRMED]
        case Choice.STRONGEST:
            return values[:1]
        case Choice.NEWEST:
            return [max(values, key=lambda value: _last_said(value, dates))] if values else []
        case _:
            return values


def _dates(incident: Incident) -> Mapping[str, str]:
    return {report.id: report.published for report in incident.reports}


def _last_said(value: Value, dates: Mapping[str, str]) -> tuple[str, float]:
    said = max((dates.get(claim.report, "") for claim in value.asserting), default="")
    return (said, value.confidence)


def left_out(incident: Incident, chosen: Mapping[str, Sequence[Value]]) -> Iterator[Loss]:
    """Yield the values that the choice left at home, and those that somebody denies and nobody asserts."""
    for field, values in incident.values.items():
        held = chosen.get(field, ())
        if len(held) == len(values):
            continue
        out = {value.value for value in held}
        for value in values:
            if value.value not in out and value.status is not Status.RETRACTED:
                yield Loss(incident.id, field, value.value, Lost.CHOICE, "another value was chosen to go out")
    for field, values in incident.denied.items():
        for value in values:
            for claim in value.denying:
                yield Loss(incident.id, field, value.value, Lost.STANCE, _denied(claim))


def unsaid(incident: Incident, field: str, value: Value) -> list[Loss]:
    """Return what a format that holds bare values loses of one: its speakers, denials, doubts and status."""
    record, said = incident.id, value.value
    names = {claim.speaker.name for claim in value.claims if claim.stance is Stance.ASSERTS}
    lost = [Loss(record, field, said, Lost.SPEAKER, f"that {name} says so") for name in sorted(names)]
    for claim in value.claims:
        if claim.stance is Stance.DENIES:
            lost.append(Loss(record, field, said, Lost.STANCE, _denied(claim)))
        elif claim.stance is Stance.DOUBTS:
            lost.append(Loss(record, field, said, Lost.STANCE, f"that {claim.speaker.name} doubts it"))
    if value.status is not Status.CONFIRMED:
        lost.append(Loss(record, field, said, Lost.STATUS, f"that it is {value.status} only"))
    return lost


def _denied(claim: Claim) -> str:
    return f"that {claim.speaker.name} denies it"
