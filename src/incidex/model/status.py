"""What the claims on one value add up to: the rule of the design, with its reasons in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from incidex.model.circular import REGISTER
from incidex.model.claims import Claim, Speaker
from incidex.model.nouns import Report
from incidex.model.words import INTERESTED, PARTIES, Role, Stance, Status, Tier, Withheld


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldPolicy:
    """What the fold needs to know of a codebook field."""

    confirmed_by: frozenset[Role] = frozenset({Role.AUTHORITY})
    withheld: Withheld = Withheld.SILENT
    tier: Tier = Tier.CLEAR
    many: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """A status and the sentences that justify it."""

    status: Status
    reasons: tuple[str, ...]


def judge(claims: Sequence[Claim], policy: FieldPolicy, reports: Mapping[str, Report]) -> Verdict:
    """Return the status of one value from the claims that stand on it.

    In this order: disputed when one party asserts and a party with an interest denies; confirmed when a
    speaker who can confirm the field asserts it, or two independent origins do; claimed when only the
    actor or another interested party says it; reported otherwise.
    """
    if len(claims) == 1:
        (claim,) = claims
        return _judge_alone(claim.speaker.name, claim.speaker.role, claim.stance, policy.confirmed_by)
    asserting = [claim for claim in claims if claim.stance is Stance.ASSERTS]
    speakers = [claim.speaker for claim in asserting]
    denying = [claim.speaker for claim in claims if claim.stance is Stance.DENIES]
    return (
        _disputed(speakers, denying)
        or _known(speakers, policy.confirmed_by)
        or _independent(asserting, reports)
        or _heard(speakers)
    )


@lru_cache(maxsize=4096)
def _judge_alone(name: str, role: Role, stance: Stance, confirmed_by: frozenset[Role]) -> Verdict:
    """Judge a value on which one claim stands: most do, and then only who says it matters."""
    asserting = [Speaker(name, role)] if stance is Stance.ASSERTS else []
    return _known(asserting, confirmed_by) or _heard(asserting)


def _disputed(asserting: Sequence[Speaker], denying: Sequence[Speaker]) -> Verdict | None:
    asserters = {speaker.name for speaker in asserting}
    against = [speaker for speaker in denying if speaker.role in PARTIES and asserters - {speaker.name}]
    if not against:
        return None
    reasons = (f"{_names(asserting)} says so.", f"{_names(against)} denies it.")
    return Verdict(Status.DISPUTED, reasons)


def _known(asserting: Sequence[Speaker], confirmed_by: frozenset[Role]) -> Verdict | None:
    able = [speaker for speaker in asserting if speaker.role in confirmed_by]
    if not able:
        return None
    roles = " and ".join(sorted({speaker.role for speaker in able}))
    return Verdict(Status.CONFIRMED, (f"{_names(able)} says so and can know it ({roles}).",))


def _independent(asserting: Sequence[Claim], reports: Mapping[str, Report]) -> Verdict | None:
    origins = _origins(asserting, reports)
    if len(origins) < 2:
        return None
    names = ", ".join(sorted(origins.values()))
    return Verdict(Status.CONFIRMED, (f"{len(origins)} independent sources say so: {names}.",))


def _origins(asserting: Iterable[Claim], reports: Mapping[str, Report]) -> dict[str, str]:
    """Name the independent origins: copies of one story count once, and so does a speaker quoted twice.

    A database that speaks for itself is none: it collects what others have reported.
    """
    origins: dict[str, str] = {}
    for claim in asserting:
        if claim.speaker.role in INTERESTED:
            continue
        report = reports.get(claim.report)
        speaks_for_itself = report is not None and claim.speaker.name == report.source.name
        if report is not None and speaks_for_itself and report.register == REGISTER:
            continue
        key = report.independent_as if report and speaks_for_itself else claim.speaker.name.casefold()
        origins.setdefault(key, claim.speaker.name)
    return origins


def _heard(asserting: Sequence[Speaker]) -> Verdict:
    names = _names(asserting)
    if all(speaker.role in INTERESTED for speaker in asserting):
        return Verdict(Status.CLAIMED, (f"Only {names} says so, who has an interest in it.",))
    return Verdict(Status.REPORTED, (f"{names} says so; nobody who could confirm it has.",))


def _names(speakers: Iterable[Speaker]) -> str:
    return ", ".join(sorted({f"{speaker.name} ({speaker.role})" for speaker in speakers}))
