"""Whether anyone stands behind an incident, or its sources only quote each other and databases."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from incidex.model.claims import Claim
from incidex.model.nouns import Report
from incidex.model.words import NoEvidence, Role

#: Databases of incidents, as they are called when they are quoted. They collect reports, and witness nothing.
DATABASES = frozenset(
    {
        "breachsense",
        "databreaches.net",
        "eurepoc",
        "european repository of cyber incidents",
        "hackmageddon",
        "have i been pwned",
        "privacy rights clearinghouse",
        "ransomfeed",
        "ransomlook",
        "ransomware.live",
        "ransomwatch",
        "vcdb",
        "veris community database",
        "wikipedia",
    }
)

#: What a report is filed as when it comes out of a database.
REGISTER = "database"

#: Those who can know for themselves.
_WITNESSES = frozenset({Role.VICTIM, Role.ACTOR, Role.NAMED_PARTY, Role.AUTHORITY, Role.RESEARCHER})


def circular_sources(claims: Iterable[Claim], reports: Sequence[Report]) -> tuple[str, ...]:
    """Return why nobody stands behind an incident, a sentence a report; nothing when somebody does.

    A report stands for itself when someone who can know speaks in it, or when its publisher says in its own
    words what it has from none of the other publishers and from no database.
    """
    said: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        said[claim.report].append(claim)
    publishers = {report.source.name.casefold(): report.source.name for report in reports}
    reasons = []
    for report in reports:
        found = _leaning(report, said[report.id], publishers)
        if not found:
            return ()
        reasons.append(found)
    return tuple(sorted(set(reasons)))


def _leaning(report: Report, claims: Sequence[Claim], publishers: Mapping[str, str]) -> str:
    """Say what a report rests on, or "" when it stands for itself."""
    name = report.source.name
    if report.register.casefold() == REGISTER or name.casefold() in DATABASES:
        return f"{name} is a database."
    if claims and all(claim.no_evidence is NoEvidence.IMPORTED for claim in claims):
        return f"What {name} has was imported from a database."
    quoted = sorted(set(_quoted(report, claims, publishers)))
    witnessed = any(_is_witness(claim, publishers) for claim in claims)
    return f"{name} quotes {' and '.join(quoted)}." if quoted and not witnessed else ""


def _quoted(report: Report, claims: Iterable[Claim], publishers: Mapping[str, str]) -> Iterator[str]:
    for claim in claims:
        key = claim.speaker.name.casefold()
        if key != report.source.name.casefold() and (key in publishers or key in DATABASES):
            yield publishers.get(key, claim.speaker.name)


def _is_witness(claim: Claim, publishers: Mapping[str, str]) -> bool:
    key = claim.speaker.name.casefold()
    return claim.speaker.role in _WITNESSES and key not in publishers and key not in DATABASES
