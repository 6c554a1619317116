"""Where a record's review stands: claim by claim, who decided what and why, and what still waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from incidex.model.changes import Assigned, Change, Decided, Linked
from incidex.model.claims import Claim
from incidex.model.fold import shown
from incidex.model.nouns import Report, sort_reports
from incidex.model.rulings import Ruling, Rulings, each_claim, find_rulings, find_withdrawn
from incidex.model.words import Decision, Tier


class State(StrEnum):
    """Where a claim stands in the review."""

    NEW = "new"
    IN_REVIEW = "in review"  # nobody has decided, and the record is somebody's work
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    SECOND_LOOK = "needs a second look"


#: States in which a claim waits for a person.
WAITING = frozenset({State.NEW, State.IN_REVIEW, State.SECOND_LOOK})

_FINAL = {
    Decision.ACCEPTED: State.ACCEPTED,
    Decision.REJECTED: State.REJECTED,
    Decision.TAKEN_BACK: State.REJECTED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One claim, and where it stands."""

    claim: Claim
    state: State
    counts: bool  # in the record as it is now
    by: str = ""  # who decided, or asked for a second look
    reason: str = ""
    at: datetime | None = None
    inherited: bool = False  # decided on another claim that says the same
    set_aside: bool = False  # a machine's new reading of what a person has decided on


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """The review of one incident's claims, as one tier may see it. Withdrawn claims are not in it."""

    record: str
    tier: Tier
    version: int  # counts the changes that this tier can see, those of the review among them
    assigned_to: str
    standings: tuple[Standing, ...]
    reports: tuple[Report, ...]
    changes: tuple[Change, ...]  # what this tier may see of the history

    def find(self, claim: str) -> Standing | None:
        """Return where a claim stands, or `None` when there is none of that id."""
        return next((each for each in self.standings if each.claim.id == claim), None)

    def of(self, report: str) -> tuple[Standing, ...]:
        """Return where the claims stand that rest on one report, in the order of their words."""
        return tuple(each for each in self.standings if each.claim.report == report)

    @property
    def waiting(self) -> tuple[Standing, ...]:
        """The claims that wait for a person."""
        return tuple(each for each in self.standings if each.state in WAITING)

    @property
    def state(self) -> State:
        """Where the record as a whole stands: where the claim stands that is furthest behind."""
        held = {each.state for each in self.standings}
        behind = (State.SECOND_LOOK, State.IN_REVIEW, State.NEW, State.ACCEPTED, State.REJECTED)
        return next((state for state in behind if state in held), State.ACCEPTED)


def review(history: Sequence[Change], *, tier: Tier) -> Review | None:
    """Return where the review of one incident stands, or `None` when the tier sees nothing of it."""
    seen = shown(history, tier, work=True)
    reports = {body.report.id: body.report for body in (c.body for c in seen) if isinstance(body, Linked)}
    made = each_claim(seen)
    if not reports and not made:
        return None
    rulings = Rulings(find_rulings(seen, made), reports)
    assigned_to = next((c.body.to for c in reversed(seen) if isinstance(c.body, Assigned)), "")
    withdrawn = find_withdrawn(seen)
    flags = _flags(seen)
    standings = [
        _stand(claim, place, rulings, flags.get(claim.id), is_taken=bool(assigned_to))
        for claim, place in made
        if claim.id not in withdrawn
    ]
    return Review(
        record=history[0].record,
        tier=tier,
        version=len(seen),
        assigned_to=assigned_to,
        standings=tuple(sorted(standings, key=lambda each: _in_text(each.claim))),
        reports=tuple(sort_reports(list(reports.values()))),
        changes=tuple(seen),
    )


def _flags(seen: Sequence[Change]) -> dict[str, tuple[int, Change, str]]:
    """Return, by claim, the last request for a second look and its place, unless a decision came after it."""
    last: dict[str, tuple[int, Change, Decided]] = {}
    for place, change in enumerate(seen):
        if isinstance(change.body, Decided):
            last[change.body.claim] = (place, change, change.body)
    return {
        claim: (place, change, body.reason)
        for claim, (place, change, body) in last.items()
        if body.decision is Decision.SECOND_LOOK
    }


def _stand(
    claim: Claim, place: int, rulings: Rulings, flag: tuple[int, Change, str] | None, *, is_taken: bool
) -> Standing:
    counts = rulings.counts(claim, place)
    ruling = rulings.find(claim)
    if flag is not None and (ruling is None or ruling.place < flag[0]):
        _, change, reason = flag
        return Standing(
            claim=claim, state=State.SECOND_LOOK, counts=counts, by=change.by, reason=reason, at=change.at
        )
    if ruling is not None:
        return _decided(claim, ruling, counts=counts)
    if claim.is_by_person:
        return Standing(claim=claim, state=State.ACCEPTED, counts=counts, by=claim.coder, reason=claim.why)
    state = State.IN_REVIEW if is_taken else State.NEW
    return Standing(claim=claim, state=state, counts=counts, set_aside=not counts)


def _decided(claim: Claim, ruling: Ruling, *, counts: bool) -> Standing:
    return Standing(
        claim=claim,
        state=_FINAL[ruling.decision],
        counts=counts,
        by=ruling.by,
        reason=ruling.reason,
        at=ruling.at,
        inherited=ruling.claim.id != claim.id,
    )


def _in_text(claim: Claim) -> tuple[object, ...]:
    span = claim.evidence.span if claim.evidence else None
    return (claim.report, span is None, span.start if span else 0, span.end if span else 0, claim.id)
