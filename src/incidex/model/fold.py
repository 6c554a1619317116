"""The fold: from the history of an incident to the record that a tier may see (section 2 of the design)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from types import MappingProxyType

from incidex.model.changes import (
    AsOf,
    Assigned,
    Change,
    Claimed,
    Decided,
    Linked,
    Moved,
    Removed,
    Retracted,
    past,
)
from incidex.model.claims import REMOVED, Claim
from incidex.model.incident import Incident, Removal, Value
from incidex.model.nouns import Report, sort_reports
from incidex.model.rulings import Rulings, each_claim, find_rulings
from incidex.model.status import FieldPolicy, Verdict, judge
from incidex.model.words import Decision, Stance, Status, Tier, Withheld

Policy = Mapping[str, FieldPolicy]

_DEFAULT = FieldPolicy()
NO_POLICY: Policy = MappingProxyType({})


def fold(
    changes: Iterable[Change],
    *,
    as_of: AsOf = None,
    tier: Tier = Tier.CLEAR,
    policy: Policy = NO_POLICY,
) -> Incident | None:
    """Return the incident that the changes of one record add up to, or `None` when the tier sees nothing.

    Changes above the tier are dropped before anything is computed, so that no status, order, count or
    version can depend on them (law 8). `as_of` is a serial or an aware time (law 7); words removed since are
    not there to be shown, and the record says so.
    """
    everything = list(changes)
    history = as_it_stood(everything, as_of, tier)
    incident = add_up(history, shown(history, tier), tier=tier, policy=policy)
    return say_removed(incident, everything)


def as_it_stood(history: Sequence[Change], as_of: AsOf, tier: Tier) -> list[Change]:
    """Return what had happened by a serial or a time, as `past` does, by what the tier sees of the dates.

    Where clocks went back, a change that the tier cannot see would otherwise say of one before it that it
    had happened by then (law 8).
    """
    if not isinstance(as_of, datetime):
        return past(history, as_of)
    seen = (change.version for change in _visible(history, tier, work=False) if change.at <= as_of)
    last = max(seen, default=0)
    return [change for change in history if change.version <= last or change.at <= as_of]


def add_up(
    history: Sequence[Change], seen: Sequence[Change], *, tier: Tier, policy: Policy
) -> Incident | None:
    """Return what the seen part of a history adds up to, or `None` when nothing of it can be seen.

    `history` is only asked for what policy allows to be known of what is withheld.
    """
    if not has_content(seen):
        return None
    reports = {body.report.id: body.report for body in (c.body for c in seen) if isinstance(body, Linked)}
    values, denied = _values(seen, policy, reports)
    return Incident(
        id=seen[0].record,
        tier=tier,
        version=len(seen),
        opened_at=seen[0].at,
        changed_at=seen[-1].at,
        values=values,
        denied=denied,
        withheld=_withheld(take_out_moved(history), values, tier, policy),
        reports=tuple(sort_reports(list(reports.values()))),
    )


def has_content(seen: Iterable[Change]) -> bool:
    """Say whether there is a report or a claim to see."""
    return any(isinstance(change.body, Linked | Claimed) for change in seen)


def folds(
    changes: Iterable[Change],
    *,
    as_of: AsOf = None,
    tier: Tier = Tier.CLEAR,
    policy: Policy = NO_POLICY,
) -> Iterator[Incident]:
    """Fold many records' changes, record by record in the order of their ids."""
    ordered = sorted(changes, key=lambda change: (change.record, change.version))
    for _, history in groupby(ordered, key=lambda change: change.record):
        incident = fold(history, as_of=as_of, tier=tier, policy=policy)
        if incident is not None:
            yield incident


def shown(history: Sequence[Change], tier: Tier, *, work: bool = False) -> list[Change]:
    """Return what the tier may see of each change of one record, without what was moved to another.

    Changes of which it may see nothing are left out. A decision shows only once its claim has: one on a
    claim that was hidden at the time says that something was there. How a review is going (whose it is, what
    needs a second look) is shown with `work` alone: no record depends on it. Judgements are about two
    records and are not shown here; see `groups`.
    """
    return take_out_moved(_visible(history, tier, work=work))


def take_out_moved(seen: Sequence[Change]) -> list[Change]:
    """Return the changes without what was moved to another record after them, and the decisions about it.

    A move to the record itself brings back what it had sent away, as it stood there. A report that was
    withdrawn is moved to nowhere.
    """
    moves = [(place, change) for place, change in enumerate(seen) if _takes_out(change)]
    if not moves:
        return list(seen)
    claims = {
        claim.id: claim for change in seen if isinstance(change.body, Claimed) for claim in change.body.claims
    }
    until: dict[str, int] = defaultdict(lambda: -1)  # where a report or claim last left, by its id
    for place, change in moves:
        _note_move(place, change, claims.values(), until)
    left = (_without(change, place, until) for place, change in enumerate(seen))
    return [change for change in left if change is not None]


def _takes_out(change: Change) -> bool:
    body = change.body
    return isinstance(body, Moved) or (isinstance(body, Retracted) and body.is_of_report)


def _note_move(place: int, change: Change, claims: Iterable[Claim], until: dict[str, int]) -> None:
    move = change.body
    if isinstance(move, Retracted):
        move = Moved(move.claim, "", move.reason)
    if not isinstance(move, Moved):
        return
    is_back = move.to == change.record
    gone = -1 if is_back else place
    if is_back or not move.only:  # some claims that left leave their report here
        until[move.report] = gone
    for claim in claims:
        if claim.report == move.report and (not move.only or claim.id in move.only):
            until[claim.id] = gone


def _without(change: Change, place: int, until: Mapping[str, int]) -> Change | None:
    match change.body:
        case Linked(report=report):
            return change if place > until[report.id] else None
        case Claimed(claims=claims):
            left = tuple(claim for claim in claims if place > until[claim.id])
            return replace(change, body=Claimed(left)) if left else None
        case Retracted() as body if body.is_of_report:
            return change
        case Retracted(claim=claim) | Decided(claim=claim):
            return change if place > until[claim] else None
        case _:
            return change


def _visible(history: Sequence[Change], tier: Tier, *, work: bool) -> list[Change]:
    seen: list[Change] = []
    ids: set[str] = set()
    names_matter = any(isinstance(change.body, Retracted | Decided | Moved | Removed) for change in history)
    for change in history:
        visible = _show(change, ids, tier, work=work)
        if visible is None:
            continue
        seen.append(visible)
        if names_matter:
            _note_names(visible, ids)
    return seen


def _note_names(change: Change, ids: set[str]) -> None:
    match change.body:
        case Linked(report=report):
            ids.add(report.id)
        case Claimed(claims=claims):
            ids.update(name for claim in claims for name in (claim.id, claim.report))


def _show(change: Change, ids: AbstractSet[str], tier: Tier, *, work: bool) -> Change | None:
    match change.body:
        case Linked(report=report):
            return change if report.tier <= tier else None
        case Claimed(claims=claims):
            visible = tuple([claim for claim in claims if claim.tier <= tier])
            if len(visible) == len(claims):
                return change if claims else None
            return replace(change, body=Claimed(visible)) if visible else None
        case Decided(claim=claim, decision=decision):
            return change if claim in ids and (work or decision is not Decision.SECOND_LOOK) else None
        case Retracted(claim=claim):
            return change if claim in ids else None
        case Removed(report=report):
            return change if report in ids else None
        case Assigned():
            return change if work else None
        case Moved(report=moved, only=()):
            return change if moved in ids else None
        case Moved(only=names) as body:
            left = tuple(name for name in names if name in ids)
            return replace(change, body=replace(body, only=left)) if left else None
        case _:
            return None


def say_removed(incident: Incident | None, changes: Iterable[Change]) -> Incident | None:
    """Return the incident, saying of each of its reports whether its words are gone and why."""
    removals = [change for change in changes if isinstance(change.body, Removed)]
    if incident is None or not removals:
        return incident
    known = {report.id for report in incident.reports} | {claim.report for claim in incident.claims}
    removed = {
        body.report: Removal(body.reason, change.by, change.at, body.quotes_only)
        for change in removals
        if isinstance(body := change.body, Removed) and body.report in known
    }
    return replace(incident, removed=removed)


def _values(
    seen: Sequence[Change], policy: Policy, reports: Mapping[str, Report]
) -> tuple[dict[str, tuple[Value, ...]], dict[str, tuple[Value, ...]]]:
    """Group the claims that stand by field and value: those that someone asserts, and those only denied."""
    made = each_claim(seen)
    withdrawn = {c.body.claim: c.body.reason for c in seen if isinstance(c.body, Retracted)}
    review = Rulings(find_rulings(seen, made), reports)
    groups: dict[tuple[str, str], list[Claim]] = defaultdict(list)
    gone: dict[tuple[str, str], list[Claim]] = defaultdict(list)
    for claim, place in made:
        if claim.value[0] == REMOVED and not claim.value.strip(REMOVED):
            continue  # a sentence that had to go says nothing; that it went stands with the report
        if withdrawn and claim.id in withdrawn:
            gone[claim.field, claim.value].append(claim)
        elif review.counts(claim, place):
            groups[claim.field, claim.value].append(claim)
    values: dict[str, list[Value]] = defaultdict(list)
    denied: dict[str, list[Value]] = defaultdict(list)
    for (field, value), claims in groups.items():
        asserted = any(claim.stance is Stance.ASSERTS for claim in claims)
        verdict = judge(claims, policy.get(field, _DEFAULT), reports)
        (values if asserted else denied)[field].append(_value(field, value, verdict, claims, review))
    for (field, value), claims in gone.items():
        if (field, value) not in groups:
            reasons = tuple(sorted({f"Withdrawn: {withdrawn[claim.id]}" for claim in claims}))
            verdict = Verdict(Status.RETRACTED, reasons)
            values[field].append(_value(field, value, verdict, claims, review))
    return _ordered(values), _ordered(denied)


def _value(field: str, value: str, verdict: Verdict, claims: Sequence[Claim], review: Rulings) -> Value:
    accepted = any(
        claim.stance is Stance.ASSERTS and (claim.is_by_person or review.decision(claim) is Decision.ACCEPTED)
        for claim in claims
    )
    if len(claims) > 1:
        claims = sorted(claims, key=lambda claim: (claim.stance, -claim.confidence, claim.id))
    return Value(
        field=field,
        value=value,
        status=verdict.status,
        reasons=verdict.reasons,
        claims=tuple(claims),
        reviewed=Decision.ACCEPTED if accepted else None,
    )


#: Where several values of a field stand side by side, the better founded comes first.
_RANK = {Status.CONFIRMED: 0, Status.DISPUTED: 1, Status.REPORTED: 2, Status.CLAIMED: 3, Status.RETRACTED: 4}


def _ordered(values: Mapping[str, list[Value]]) -> dict[str, tuple[Value, ...]]:
    def strength(value: Value) -> tuple[object, ...]:
        retracted = value.status is Status.RETRACTED
        return (retracted, value.reviewed is None, _RANK[value.status], -value.confidence, value.value)

    return {
        field: tuple(sorted(held, key=strength) if len(held) > 1 else held)
        for field, held in sorted(values.items())
    }


def _withheld(
    history: Sequence[Change], shown: Mapping[str, tuple[Value, ...]], tier: Tier, policy: Policy
) -> dict[str, int | None]:
    """Say what policy allows a tier to know of what it may not see."""
    withheld: dict[str, int | None] = {
        name: None for name, rule in policy.items() if rule.withheld is Withheld.NAMED and rule.tier > tier
    }
    counted = {name for name, rule in policy.items() if rule.withheld is Withheld.COUNT and rule.tier > tier}
    if not counted:  # most folds are for those who may see everything, and this is half of their cost
        return dict(sorted(withheld.items()))
    visible = {(field, value.value) for field, held in shown.items() for value in held}
    everything, _ = _values(history, policy, {})
    for name in counted:
        hidden = {value.value for value in everything.get(name, ()) if value.status is not Status.RETRACTED}
        withheld[name] = len({value for value in hidden if (name, value) not in visible})
    return dict(sorted(withheld.items()))
