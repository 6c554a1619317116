"""Which of the known incidents may be one, or have one cause: for a person to judge."""

from collections.abc import Iterator
from datetime import UTC, datetime

from incidex.app.judging import Suggestion, is_judged
from incidex.app.placing import Known, read_known, read_text
from incidex.linking import candidate_pairs, frequencies, near_copies, related_pairs, same_incident
from incidex.store import Log


def suggest(log: Log) -> Iterator[Suggestion]:
    """Yield pairs of incidents: copies, then those that may be one, likeliest first, or have one cause.

    Pairs of which anything was decided, or that wait already, are left out.
    """
    known = _read_all(log)
    accounts = [each.account for each in known]
    sharing = frequencies(accounts)
    scored = [
        (same_incident(accounts[one], accounts[other], sharing), one, other)
        for one, other in candidate_pairs(accounts)
    ]
    likely = sorted((each for each in scored if each[0].is_likely), key=lambda each: -each[0].total)
    now = datetime.now(UTC)
    told = [*_with_copies(log, known), *((one, other, str(score)) for score, one, other in likely)]
    told = list({(one, other): (one, other, why) for one, other, why in reversed(told)}.values())[::-1]
    same = {(one, other) for one, other, _ in told}
    told += [
        (one, other, f"may have one cause. {' '.join(why)}")
        for one, other, why in related_pairs(accounts)
        if (one, other) not in same
    ]
    for one, other, why in told:
        left, right = known[one].incident, known[other].incident
        if not is_judged(log, (left.id, *left.merged), (right.id, *right.merged)):
            yield Suggestion(left.id, right.id, why, now)


def _with_copies(log: Log, known: list[Known]) -> Iterator[tuple[int, int, str]]:
    """Yield the places of two incidents with reports of nearly the same text, and which they are."""
    places = {report.id: at for at, each in enumerate(known) for report in each.incident.reports}
    for one, other in near_copies(sorted(places), lambda report: read_text(log, report)):
        first, second = sorted((places[one], places[other]))
        if first != second:
            yield first, second, f"nearly the same text in {one} and {other}"


def _read_all(log: Log) -> list[Known]:
    found = (read_known(log, name) for name in sorted(log.incidents()))
    return list({each.incident.id: each for each in found if each is not None}.values())
