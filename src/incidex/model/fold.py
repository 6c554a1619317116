"""The fold: from the history of an incident to the record that a tier may see (section 2 of the design)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import groupby
from types import MappingProxyType

from incidex.model.changes import AsOf, Change, Claimed, Decided, Linked, Retracted, happened_by
from incidex.model.claims import Claim
from incidex.model.incident import Incident, Value
from incidex.model.nouns import Report, sort_reports
from incidex.model.status import FieldPolicy, Verdict, judge
from incidex.model.words import Decision, Stance, Status, Tier, Withheld

Policy = Mapping[str, FieldPolicy]

_DEFAULT = FieldPolicy()
_NO_POLICY: Policy = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class _Ruling:
    """A person's decision, with the claim it was about and its place in the history."""

    claim: Claim
    decision: Decision
    place: int


def fold(
    changes: Iterable[Change],
    *,
    as_of: AsOf = None,
    tier: Tier = Tier.CLEAR,
    policy: Policy = _NO_POLICY,
) -> Incident | None:
    """Return the incident that the changes of one record add up to, or `None` when the tier sees nothing.

    Changes above the tier are dropped before anything is computed, so that no status, order, count or
    version can depend on them (law 8). `as_of` is a serial or an aware time (law 7).
    """
    history = [change for change in changes if happened_by(change, as_of)]
    seen = _shown(history, tier)
    if not any(isinstance(change.body, Linked | Claimed) for change in seen):
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


def folds(
    changes: Iterable[Change],
    *,
    as_of: AsOf = None,
    tier: Tier = Tier.CLEAR,
    policy: Policy = _NO_POLICY,
) -> Iterator[Incident]:
    """Fold many records' changes, record by record in the order of their ids."""
    ordered = sorted(changes, key=lambda change: (change.record, change.version))
    for _, history in groupby(ordered, key=lambda change: change.record):
        incident = fold(history, as_of=as_of, tier=tier, policy=policy)
        if incident is not None:
            yield incident


def _shown(history: Sequence[Change], tier: Tier) -> list[Change]:
    """Return what the tier may see of each change, leaving out those of which it may see nothing.

    A decision shows only once its claim has: one on a claim that was hidden at the time says that something
    was there.
    """
    shown: list[Change] = []
    ids: set[str] = set()
    for change in history:
        visible = _show(change, ids, tier)
        if visible is None:
            continue
        shown.append(visible)
        if isinstance(visible.body, Claimed):
            ids.update(claim.id for claim in visible.body.claims)
    return shown


def _show(change: Change, ids: AbstractSet[str], tier: Tier) -> Change | None:
    match change.body:
        case Linked(report=report):
            return change if report.tier <= tier else None
        case Claimed(claims=claims):
            visible = tuple(claim for claim in claims if claim.tier <= tier)
            return replace(change, body=Claimed(visible)) if visible else None
        case Retracted(claim=claim) | Decided(claim=claim):
            return change if claim in ids else None
        case _:
            return None


def _values(
    seen: Sequence[Change], policy: Policy, reports: Mapping[str, Report]
) -> tuple[dict[str, tuple[Value, ...]], dict[str, tuple[Value, ...]]]:
    """Group the claims that stand by field and value: those that someone asserts, and those only denied."""
    made = _made(seen)
    withdrawn = {c.body.claim: c.body.reason for c in seen if isinstance(c.body, Retracted)}
    rulings = _rulings(seen, made)
    review = _Review(rulings, reports)
    groups: dict[tuple[str, str], list[Claim]] = defaultdict(list)
    gone: dict[tuple[str, str], list[Claim]] = defaultdict(list)
    for claim, place in made.values():
        if claim.id in withdrawn:
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


def _made(seen: Sequence[Change]) -> dict[str, tuple[Claim, int]]:
    """Return each claim once, with the place in the history where it was first made."""
    made: dict[str, tuple[Claim, int]] = {}
    for place, change in enumerate(seen):
        if isinstance(change.body, Claimed):
            for claim in change.body.claims:
                made.setdefault(claim.id, (claim, place))
    return made


def _rulings(seen: Sequence[Change], made: Mapping[str, tuple[Claim, int]]) -> list[_Ruling]:
    return [
        _Ruling(made[change.body.claim][0], change.body.decision, place)
        for place, change in enumerate(seen)
        if isinstance(change.body, Decided) and change.body.claim in made
    ]


class _Review:
    """What people have decided, and what that means for claims they have not seen (law 4)."""

    def __init__(self, rulings: Sequence[_Ruling], reports: Mapping[str, Report]) -> None:
        self._reports = reports
        self._by_id: dict[str, _Ruling] = {}
        self._by_source: dict[tuple[object, ...], _Ruling] = {}
        self._by_passage: dict[tuple[str, str], list[_Ruling]] = defaultdict(list)
        for ruling in rulings:  # later rulings overwrite earlier ones
            claim = ruling.claim
            self._by_id[claim.id] = ruling
            self._by_source[claim.report, claim.speaker, *claim.reading] = ruling
            self._by_source[self._words(claim)] = ruling
            self._by_passage[claim.report, claim.field].append(ruling)

    def _words(self, claim: Claim) -> tuple[object, ...]:
        report = self._reports.get(claim.report)
        quote = claim.evidence.quote if claim.evidence else ""
        return ("words", report.source.id if report else claim.report, claim.speaker, quote, *claim.reading)

    def decision(self, claim: Claim) -> Decision | None:
        """Return the person's word on a claim: its own, or the one it inherits.

        A decision is inherited while the source is the same (another coder, or a new version of it, reads
        the same in the same report) or while the reading is (the same words in another text of the source).
        """
        if not self._by_id:  # nobody has decided anything, as in every report that was only just coded
            return None
        candidates = (
            self._by_id.get(claim.id),
            self._by_source.get((claim.report, claim.speaker, *claim.reading)),
            self._by_source.get(self._words(claim)),
        )
        ruling = next((found for found in candidates if found), None)
        return ruling.decision if ruling else None

    def counts(self, claim: Claim, place: int) -> bool:
        """Say whether a claim counts in the record.

        A rejected one does not, and neither does a new machine reading of a passage that a person has
        already decided on: it waits for a person.
        """
        decision = self.decision(claim)
        if decision is not None:
            return decision is Decision.ACCEPTED
        return claim.is_by_person or not self._is_settled(claim, place)

    def _is_settled(self, claim: Claim, place: int) -> bool:
        if claim.evidence is None:
            return False
        return any(
            ruling.place < place
            and ruling.claim.evidence is not None
            and ruling.claim.evidence.span.overlaps(claim.evidence.span)
            for ruling in self._by_passage.get((claim.report, claim.field), ())
        )


def _value(field: str, value: str, verdict: Verdict, claims: Sequence[Claim], review: _Review) -> Value:
    accepted = any(
        review.decision(claim) is Decision.ACCEPTED or claim.is_by_person
        for claim in claims
        if claim.stance is Stance.ASSERTS
    )
    return Value(
        field=field,
        value=value,
        status=verdict.status,
        reasons=verdict.reasons,
        claims=tuple(sorted(claims, key=lambda claim: (claim.stance, -claim.confidence, claim.id))),
        reviewed=Decision.ACCEPTED if accepted else None,
    )


#: Where several values of a field stand side by side, the better founded comes first.
_RANK = {Status.CONFIRMED: 0, Status.DISPUTED: 1, Status.REPORTED: 2, Status.CLAIMED: 3, Status.RETRACTED: 4}


def _ordered(values: Mapping[str, list[Value]]) -> dict[str, tuple[Value, ...]]:
    def strength(value: Value) -> tuple[object, ...]:
        retracted = value.status is Status.RETRACTED
        return (retracted, value.reviewed is None, _RANK[value.status], -value.confidence, value.value)

    return {field: tuple(sorted(held, key=strength)) for field, held in sorted(values.items())}


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
