"""The fold: from the history of an incident to the record that a tier may see (section 2 of the design)."""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime
from itertools import chain, groupby
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
from incidex.model.rulings import Made, Rulings, find_rulings, find_withdrawn, group_claims
from incidex.model.status import FieldPolicy, Verdict, judge
from incidex.model.words import Decision, Stance, Status, Tier, Withheld

Policy = Mapping[str, FieldPolicy]

_DEFAULT = FieldPolicy()

#: What a record is made of, and what names a claim or a report of it. Said here because a union that is
#: written where it is asked for is made anew each time.
_CONTENT = (Linked, Claimed)
_NAMING = (Retracted, Decided, Moved, Removed)

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
        withheld=_withheld(history, values, tier, policy),
        reports=tuple(sort_reports(list(reports.values()))),
    )


def has_content(seen: Iterable[Change]) -> bool:
    """Say whether there is a report or a claim to see."""
    return any(isinstance(change.body, _CONTENT) for change in seen)


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
    names_matter = any(isinstance(change.body, _NAMING) for change in history)
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


class _Standings:
    """What is left of claims, of some fields or of all, when decisions and retractions are counted."""

    def __init__(
        self, seen: Sequence[Change], reports: Mapping[str, Report], fields: Container[str] | None = None
    ) -> None:
        self._made = group_claims(seen, fields)
        self._reasons = {name: body.reason for name, body in find_withdrawn(seen).items()}
        self._rulings = Rulings(find_rulings(seen, chain.from_iterable(self._made.values())), reports)
        self._is_reviewed = bool(self._rulings or self._reasons)  # a report that was just coded is not

    def each(self) -> Iterator[tuple[str, str, list[Claim], list[Claim]]]:
        """Yield each value: with the claims that count, and those that were withdrawn."""
        for (field, value), made in self._made.items():
            if value[0] == REMOVED and not value.strip(REMOVED):
                continue  # a sentence that had to go says nothing; that it went stands with the report
            if self._is_reviewed:
                yield field, value, *self._divide(made)
            else:
                yield field, value, [claim for claim, _ in made], []

    def _divide(self, made: Sequence[Made]) -> tuple[list[Claim], list[Claim]]:
        withdrawn = [claim for claim, _ in made if claim.id in self._reasons]
        left = [each for each in made if each[0].id not in self._reasons] if withdrawn else made
        return [claim for claim, place in left if self._rulings.counts(claim, place)], withdrawn

    def why(self, withdrawn: Iterable[Claim]) -> Verdict:
        """Return the verdict on a value of which every claim was withdrawn."""
        reasons = {f"Withdrawn: {self._reasons[claim.id]}" for claim in withdrawn}
        return Verdict(Status.RETRACTED, tuple(sorted(reasons)))

    def is_accepted(self, asserting: Iterable[Claim]) -> bool:
        """Say whether a person stands behind one of the claims that assert a value."""
        for claim in asserting:
            if claim.is_by_person:
                return True
            if self._is_reviewed and self._rulings.decision(claim) is Decision.ACCEPTED:
                return True
        return False


def _values(
    seen: Sequence[Change], policy: Policy, reports: Mapping[str, Report]
) -> tuple[dict[str, tuple[Value, ...]], dict[str, tuple[Value, ...]]]:
    """Group the claims that stand by field and value: those that someone asserts, and those only denied."""
    standings = _Standings(seen, reports)
    values: dict[str, list[Value]] = defaultdict(list)
    denied: dict[str, list[Value]] = defaultdict(list)
    for field, value, counted, withdrawn in standings.each():
        claims = counted or withdrawn
        if not claims:
            continue
        rule = policy.get(field, _DEFAULT)
        verdict = judge(counted, rule, reports) if counted else standings.why(withdrawn)
        asserting = _asserting(claims)
        made = Value(
            field=field,
            value=value,
            status=verdict.status,
            reasons=verdict.reasons,
            claims=_strongest_first(claims),
            reviewed=Decision.ACCEPTED if standings.is_accepted(asserting) else None,
        )
        (values if asserting or not counted else denied)[field].append(made)
    return _ordered(values), _ordered(denied)


def _asserting(claims: Iterable[Claim]) -> list[Claim]:
    return [claim for claim in claims if claim.stance is Stance.ASSERTS]


def _strongest_first(claims: Sequence[Claim]) -> tuple[Claim, ...]:
    if len(claims) == 1:
        return tuple(claims)
    return tuple(sorted(claims, key=lambda claim: (claim.stance, -claim.confidence, claim.id)))


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
    above = {name: rule.withheld for name, rule in policy.items() if rule.tier > tier}
    counted = {name for name, withheld in above.items() if withheld is Withheld.COUNT}
    said: dict[str, int | None] = {
        name: None for name, withheld in above.items() if withheld is Withheld.NAMED
    }
    if counted:
        said |= _count_hidden(history, shown, counted)
    return dict(sorted(said.items()))


def _count_hidden(
    history: Sequence[Change], shown: Mapping[str, tuple[Value, ...]], fields: AbstractSet[str]
) -> dict[str, int]:
    """Return how many values of each field stand in the whole history and are not shown."""
    hidden: dict[str, set[str]] = {name: set() for name in fields}
    for field, value, counted, _ in _Standings(take_out_moved(history), {}, fields).each():
        if _asserting(counted):
            hidden[field].add(value)
    return {name: len(held - {each.value for each in shown.get(name, ())}) for name, held in hidden.items()}
