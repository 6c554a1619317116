"""What the claims on one value add up to: the rule of the design, with its reasons in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from incidex.model.circular import REGISTER
from incidex.model.claims import Claim, Speaker
from incidex.model.nouns import Report
from incidex.model.words import INTERESTED, PARTIES, NoEvidence, Role, Stance, Status, Tier, Withheld


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
        speaker = claims[0].speaker
        return _judge_alone(speaker, claims[0].stance, can_confirm=speaker.role in policy.confirmed_by)
    return _judge(claims, policy, reports)


@lru_cache(maxsize=4096)
def _judge_alone(speaker: Speaker, stance: Stance, *, can_confirm: bool) -> Verdict:
    """Judge a value on which one claim stands: most do, and then only who says it matters."""
    policy = FieldPolicy(confirmed_by=frozenset({speaker.role} if can_confirm else ()))
    alone = Claim(
        report="",
        field="-",
        value="-",
        speaker=speaker,
        stance=stance,
        coder="",
        no_evidence=NoEvidence.IMPORTED,
    )
    return _judge([alone], policy, {})


def _judge(claims: Sequence[Claim], policy: FieldPolicy, reports: Mapping[str, Report]) -> Verdict:
    asserting = [claim for claim in claims if claim.stance is Stance.ASSERTS]
    denying = [claim for claim in claims if claim.stance is Stance.DENIES]
    return (
        _disputed(asserting, denying)
        or _confirmed(asserting, policy, reports)
        or _claimed(asserting)
        or Verdict(Status.REPORTED, (f"{_names(asserting)} says so; nobody who could confirm it has.",))
    )


def _disputed(asserting: Sequence[Claim], denying: Sequence[Claim]) -> Verdict | None:
    deniers = [claim for claim in denying if claim.speaker.role in PARTIES]
    asserters = {claim.speaker.name for claim in asserting}
    against = [claim for claim in deniers if asserters - {claim.speaker.name}]
    if not against:
        return None
    reasons = (f"{_names(asserting)} says so.", f"{_names(against)} denies it.")
    return Verdict(Status.DISPUTED, reasons)


def _confirmed(
    asserting: Sequence[Claim], policy: FieldPolicy, reports: Mapping[str, Report]
) -> Verdict | None:
    able = [claim for claim in asserting if claim.speaker.role in policy.confirmed_by]
    if able:
        roles = " and ".join(sorted({claim.speaker.role for claim in able}))
        return Verdict(Status.CONFIRMED, (f"{_names(able)} says so and can know it ({roles}).",))
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


def _claimed(asserting: Sequence[Claim]) -> Verdict | None:
    if not all(claim.speaker.role in INTERESTED for claim in asserting):
        return None
    return Verdict(Status.CLAIMED, (f"Only {_names(asserting)} says so, who has an interest in it.",))


def _names(claims: Iterable[Claim]) -> str:
    return ", ".join(sorted({f"{claim.speaker.name} ({claim.speaker.role})" for claim in claims}))
