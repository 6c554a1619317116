"""What changed in a record between two moments, in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from incidex.model.claims import Claim
from incidex.model.incident import Incident, Value
from incidex.model.words import Stance


class Happened(StrEnum):
    """What became of a value, a report or another incident."""

    GAINED = "gained"
    LOST = "lost"
    STATUS = "status"  # what its claims add up to changed
    REVIEWED = "reviewed"  # a person accepted it, or took that back
    VOICES = "voices"  # others have a word in it now


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it was."""

    happened: Happened
    field: str  # a codebook field, "reports" or "other incidents"
    value: str
    before: str = ""  # a status, or who had a word in it
    after: str = ""
    why: str = ""

    @property
    def sentence(self) -> str:
        """Say it in words."""
        why = f" ({self.why})" if self.why else ""
        match self.happened:
            case Happened.GAINED:
                return f"{self.field}: gained {self.value}{f', {self.after}' if self.after else ''}{why}"
            case Happened.LOST:
                return f"{self.field}: lost {self.value}{f', which was {self.before}' if self.before else ''}"
            case Happened.STATUS:
                return f"{self.field}: {self.value} was {self.before} and is {self.after}{why}"
            case Happened.REVIEWED:
                return f"{self.field}: {self.value} was {self.before} and is {self.after} by a person"
            case Happened.VOICES:
                now = f"now also {self.after}" if self.after else ""
                gone = f"no longer {self.before}" if self.before else ""
                return f"{self.field}: of {self.value}, {'; '.join(part for part in (now, gone) if part)}"


def compare(before: Incident | None, after: Incident | None) -> tuple[Difference, ...]:
    """Return what is different in the later of two views of one incident, each as the same tier sees it.

    `None` is an incident of which there was nothing to see then.
    """
    return (*_values(before, after), *_reports(before, after), *_ties(before, after))


_VERBS = {Stance.ASSERTS: "says so", Stance.DENIES: "denies it", Stance.DOUBTS: "could not say"}


def _values(before: Incident | None, after: Incident | None) -> Iterator[Difference]:
    old, new = _held(before), _held(after)
    for key in sorted({*old, *new}):
        yield from _compare_value(*key, old.get(key), new.get(key))


def _held(incident: Incident | None) -> Mapping[tuple[str, str], tuple[Value, str]]:
    """Return every value with what its claims add up to; one that is only denied is "said not to be so"."""
    if incident is None:
        return {}
    standing = {(v.field, v.value): (v, str(v.status)) for held in incident.values.values() for v in held}
    denied = {(v.field, v.value): (v, "said not to be so") for held in incident.denied.values() for v in held}
    return {**denied, **standing}


def _compare_value(
    field: str, value: str, old: tuple[Value, str] | None, new: tuple[Value, str] | None
) -> Iterator[Difference]:
    if new is None:
        if old is not None:
            yield Difference(Happened.LOST, field, value, before=old[1])
        return
    held, status = new
    why = " ".join(held.reasons)
    if old is None:
        yield Difference(Happened.GAINED, field, value, after=status, why=why)
        return
    if old[1] != status:
        yield Difference(Happened.STATUS, field, value, old[1], status, why)
    if old[0].reviewed != held.reviewed:
        words = (str(each.reviewed or "not decided on") for each in (old[0], held))
        yield Difference(Happened.REVIEWED, field, value, *words)
    gone, come = _voices(old[0]) - _voices(held), _voices(held) - _voices(old[0])
    if gone or come:
        yield Difference(Happened.VOICES, field, value, ", ".join(sorted(gone)), ", ".join(sorted(come)))


def _voices(value: Value) -> set[str]:
    return {_voice(claim) for claim in value.claims}


def _voice(claim: Claim) -> str:
    return f"{claim.speaker.name} ({claim.speaker.role}) {_VERBS[claim.stance]}"


def _reports(before: Incident | None, after: Incident | None) -> Iterator[Difference]:
    old = {report.id: report for report in (before.reports if before else ())}
    new = {report.id: report for report in (after.reports if after else ())}
    for name in sorted(new.keys() - old.keys()):
        yield Difference(Happened.GAINED, "reports", name, why=f"by {new[name].source.name}")
    for name in sorted(old.keys() - new.keys()):
        yield Difference(Happened.LOST, "reports", name)


def _ties(before: Incident | None, after: Incident | None) -> Iterator[Difference]:
    old = {(tie.other, tie.judgement): tie for tie in (before.ties if before else ())}
    new = {(tie.other, tie.judgement): tie for tie in (after.ties if after else ())}
    for key in sorted(new.keys() - old.keys()):
        tie = new[key]
        yield Difference(Happened.GAINED, "other incidents", tie.other, after=str(tie.judgement), why=tie.why)
    for key in sorted(old.keys() - new.keys()):
        yield Difference(Happened.LOST, "other incidents", key[0], before=str(key[1]))
