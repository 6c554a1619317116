"""What a record was before something of it was taken back, for those who were told of it then."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import chain, pairwise

from incidex.model.changes import AsOf, Change, Claimed, Decided, Judged, Kind, Moved, Retracted
from incidex.model.claims import REMOVED, Claim
from incidex.model.fold import NO_POLICY, Policy, as_it_stood, shown
from incidex.model.groups import FindHistory, fold_record, gather
from incidex.model.incident import Incident, Removal
from incidex.model.words import Decision, Status, Tier

#: Kinds of change by which something can be taken back: what has seen none of these has no past to tell.
TAKING = (Kind.RETRACTED, Kind.DECIDED, Kind.MOVED, Kind.JUDGED, Kind.REMOVED)


@dataclass(frozen=True, slots=True)
class Stood:
    """A record right before something of it was taken back, and right after, if it still was an incident."""

    before: Incident
    after: Incident | None
    at: datetime  # when it was taken back


@dataclass(frozen=True, slots=True)
class Past:
    """All that was taken back of a record, as one tier saw it, oldest first; and what the law had removed."""

    stood: tuple[Stood, ...] = ()
    removed: tuple[tuple[Claim, Removal], ...] = ()  # claims that were nothing but words which are gone


NO_PAST = Past()


def find_past(
    find_history: FindHistory,
    record: str,
    *,
    as_of: AsOf = None,
    tier: Tier = Tier.CLEAR,
    policy: Policy = NO_POLICY,
) -> Past:
    """Return what was taken back of a record that a tier had seen: claims, reports, ties, or all of it.

    Each state is a fold for the tier, and one is told only where these states differ for it, so that what is
    hidden changes nothing here (law 8).
    """
    gathered = gather(find_history, record)
    if not any(_takes(change) or change.kind is Kind.REMOVED for change in chain(*gathered.values())):
        return NO_PAST
    then = {name: as_it_stood(history, as_of, tier) for name, history in gathered.items()}

    @lru_cache(maxsize=4)
    def fold_until(serial: int) -> Incident | None:
        found = fold_record(lambda name: then.get(name, ()), record, as_of=serial, tier=tier, policy=policy)
        return found if found is not None and found.id == record else None

    stood = []
    changes = sorted(chain(*then.values()), key=lambda change: change.serial)
    for last, change in pairwise(changes):
        if not _takes(change):
            continue
        before, after = fold_until(last.serial), fold_until(change.serial)
        if before is not None and _names(before) - (_names(after) if after else set()):
            stood.append(Stood(before, after, change.at))
    removed: tuple[tuple[Claim, Removal], ...] = ()
    if any(change.kind is Kind.REMOVED for change in chain(*gathered.values())):
        now = fold_record(find_history, record, as_of=as_of, tier=tier, policy=policy)
        removed = tuple(_find_removed(now, then.values(), tier)) if now and now.id == record else ()
    return Past(tuple(stood), removed) if stood or removed else NO_PAST


def _takes(change: Change) -> bool:
    body = change.body
    if isinstance(body, Decided):
        return body.decision not in {Decision.ACCEPTED, Decision.SECOND_LOOK}
    return isinstance(body, Retracted | Moved | Judged)


def _names(incident: Incident) -> set[object]:
    """Return all that stands in a record, by name."""
    claims = {
        claim.id
        for held in chain(incident.values.values(), incident.denied.values())
        for value in held
        if value.status is not Status.RETRACTED
        for claim in value.claims
    }
    ties = {(tie.other, tie.judgement) for tie in incident.ties}
    return {*claims, *ties, *(report.id for report in incident.reports)}


def _find_removed(
    now: Incident, histories: Iterable[Sequence[Change]], tier: Tier
) -> Iterator[tuple[Claim, Removal]]:
    """Yield the claims of a record whose value was a sentence that had to go."""
    bodies = [change.body for history in histories for change in shown(history, tier)]
    claims = [claim for body in bodies if isinstance(body, Claimed) for claim in body.claims]
    for claim in claims:
        if claim.report in now.removed and not claim.value.strip(REMOVED):
            yield claim, now.removed[claim.report]
