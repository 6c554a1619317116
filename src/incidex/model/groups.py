"""Which records are one incident, for one tier, at one moment: judgements, and how they resolve (law 5).

Two incidents that were judged the same are folded as one. The one that a tier saw first gives the id, so any
order of merges resolves the same, the id that was cited longest stays, and no id is ever used for anything
else. Nothing is copied: taking the judgement back restores exactly what stood before.

A judgement counts for a tier when both incidents were there for it to see at the time. Otherwise a merge
with a hidden incident would tell that it exists (law 8).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from incidex.model.changes import (
    AsOf,
    Body,
    Change,
    Claimed,
    Decided,
    Judged,
    Linked,
    Moved,
    Removed,
    Retracted,
)
from incidex.model.fold import (
    NO_POLICY,
    Policy,
    add_up,
    as_it_stood,
    has_content,
    say_removed,
    shown,
    take_out_moved,
)
from incidex.model.incident import Incident, Tie
from incidex.model.words import Judgement, Tier

#: Returns everything that happened to one record, oldest first; nothing for an unknown one.
FindHistory = Callable[[str], Sequence[Change]]

Signed = tuple[Body, str]  # what is written, and by whom


def fold_record(
    find_history: FindHistory,
    record: str,
    *,
    as_of: AsOf = None,
    tier: Tier = Tier.CLEAR,
    policy: Policy = NO_POLICY,
) -> Incident | None:
    """Return the incident that an id means, with all that was judged to be the same incident.

    The incident's `id` differs from the one asked for when that was merged into an older one, or when all
    its reports were moved to another. `None` when the tier sees nothing of it.
    """
    histories = gather(find_history, record)
    then = {name: as_it_stood(history, as_of, tier) for name, history in histories.items()}
    if len(then) == 1:  # as almost always: nobody has judged anything
        history = then[record]
        incident = add_up(history, shown(history, tier), tier=tier, policy=policy)
    else:
        incident = _fold_group(_View(then, tier), record, policy)
    return say_removed(incident, chain.from_iterable(histories.values()))


def fold_records(
    find_history: FindHistory,
    records: Iterable[str],
    *,
    as_of: AsOf = None,
    tier: Tier = Tier.CLEAR,
    policy: Policy = NO_POLICY,
) -> Iterator[Incident]:
    """Fold many records, each incident once: where the id asked for is the incident's own."""
    for record in records:
        incident = fold_record(find_history, record, as_of=as_of, tier=tier, policy=policy)
        if incident is not None and incident.id == record:
            yield incident


def gather(find_history: FindHistory, record: str) -> dict[str, Sequence[Change]]:
    """Return the histories that a record's may have to be read with, its own among them.

    Those of all that was ever judged the same or moved to, directly or through others, and those of the
    incidents that these were ever judged against, with what those are one with: an incident is named by the
    oldest of its records.
    """
    found: dict[str, Sequence[Change]] = {}
    _gather_same(find_history, [record], found)
    bodies = [change.body for history in found.values() for change in history]
    _gather_same(find_history, [body.other for body in bodies if isinstance(body, Judged)], found)
    return found


def _gather_same(
    find_history: FindHistory, records: Iterable[str], found: dict[str, Sequence[Change]]
) -> None:
    """Add the histories of records, and of all that was ever judged the same as they or got their reports."""
    waiting = list(records)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found[name] = find_history(name)
        for body in (change.body for change in found[name]):
            match body:
                case Judged(other=other, judgement=Judgement.SAME) | Moved(to=other):
                    waiting.append(other)


def standing(history: Sequence[Change]) -> dict[str, Tie]:
    """Return the judgement that stands between a record and each other one, by the other's id."""
    stacks: dict[str, list[Tie]] = defaultdict(list)
    for change in history:
        if not isinstance(change.body, Judged):
            continue
        held = stacks[change.body.other]
        if change.body.judgement is Judgement.WITHDRAWN:
            del held[-1:]
        else:
            held.append(_tie(change, change.body))
    return {other: held[-1] for other, held in stacks.items() if held}


def _tie(change: Change, body: Judged) -> Tie:
    return Tie(other=body.other, judgement=body.judgement, by=change.by, at=change.at, why=body.why)


@dataclass
class _View:
    """Some histories as one tier sees them."""

    past: Mapping[str, Sequence[Change]]
    tier: Tier

    def __post_init__(self) -> None:
        self.seen = {name: shown(history, self.tier) for name, history in self.past.items()}
        self.appeared = {name: _first_serial(history, self.tier) for name, history in self.past.items()}
        self.judged = {name: list(self._judgements(name)) for name in self.past}
        self.ties = {name: standing(judged) for name, judged in self.judged.items()}

    def _judgements(self, name: str) -> Iterator[Change]:
        """Yield the judgements of a record that the tier may see: both sides were there at the time.

        Both sides must have it too: a serial can be asked for that lies between the two.
        """
        count: Counter[str] = Counter()
        for change in self.past[name]:
            if not isinstance(change.body, Judged):
                continue
            other = change.body.other
            count[other] += 1
            sides = [self.appeared.get(each) for each in (name, other)]
            seen = all(side is not None and side < change.serial for side in sides)
            if seen and count[other] <= self._said(other, name):
                yield change

    def _said(self, name: str, other: str) -> int:
        bodies = (change.body for change in self.past[name])
        return sum(isinstance(body, Judged) and body.other == other for body in bodies)

    def group(self, record: str) -> list[str]:
        """Return the records that are one incident with this one, the one seen first before the others."""
        found: set[str] = set()
        waiting = [record]
        while waiting:
            name = waiting.pop()
            if name in found or self.appeared.get(name) is None:
                continue
            found.add(name)
            waiting.extend(self._same(name))
        return sorted(found, key=lambda name: (self.appeared[name] or 0, name))

    def _same(self, name: str) -> list[str]:
        return [other for other, tie in self.ties[name].items() if tie.judgement is Judgement.SAME]

    def moved_to(self, members: Sequence[str]) -> list[str]:
        """Return where the reports of some records went, the latest first."""
        bodies = (change.body for name in members for change in self.seen[name])
        return [body.to for body in bodies if isinstance(body, Moved)][::-1]


def _fold_group(view: _View, record: str, policy: Policy) -> Incident | None:
    tried: set[str] = set()
    waiting = [record]
    while waiting:
        name = waiting.pop(0)
        members = [] if name in tried else view.group(name)
        if not members:
            continue
        tried.update(members)
        incident = _add_up_members(view, members, policy)
        if incident is not None:
            return incident
        waiting.extend(view.moved_to(members))
    return None


def _add_up_members(view: _View, members: Sequence[str], policy: Policy) -> Incident | None:
    seen = [change for name in members for change in (*view.seen[name], *view.judged[name])]
    if not has_content(seen):
        return None
    history = [change for name in members for change in view.past[name]]
    incident = add_up(_in_order(history), _in_order(seen), tier=view.tier, policy=policy)
    return replace(incident, id=members[0], ties=_ties(view, members)) if incident else None


def _in_order(changes: Sequence[Change]) -> list[Change]:
    return sorted(changes, key=lambda change: change.serial)


def _ties(view: _View, members: Sequence[str]) -> tuple[Tie, ...]:
    """Return what stands between these records, and between them and others; each other once."""
    found: dict[tuple[str, Judgement], Tie] = {}
    for name in members:
        for other, tie in view.ties[name].items():
            inside = other in members
            if inside and tie.judgement is not Judgement.SAME:
                continue
            target = (name if other == members[0] else other) if inside else view.group(other)[0]
            found.setdefault((target, tie.judgement), replace(tie, other=target))
    return tuple(sorted(found.values(), key=lambda tie: (tie.judgement, tie.at, tie.other)))


def _first_serial(history: Sequence[Change], tier: Tier) -> int | None:
    """Return when a tier first saw anything of a record, before reports were moved away."""
    for change in history:
        match change.body:
            case Linked(report=report) if report.tier <= tier:
                return change.serial
            case Claimed(claims=claims) if any(claim.tier <= tier for claim in claims):
                return change.serial
    return None


def move(
    history: Sequence[Change], target: Sequence[Change], moved: Moved
) -> tuple[tuple[Signed, ...], tuple[Signed, ...]]:
    """Return what to write to a record and to the target, in order, to move a report: a split, or its undo.

    The target gets all that the record holds of it, with the decisions of people and their names (law 4).
    What came from there goes back to where it stood, with what has happened to it since. An author of "" is
    whoever moves it.
    """
    taken = _part(history, moved)
    returned = _part([*target, replace(target[-1], body=moved)], moved) if target else []
    if returned == _part(target, moved):
        return ((moved, ""),), tuple(taken)
    same = next(
        (place for place, (one, two) in enumerate(zip(taken, returned, strict=False)) if one != two),
        min(len(taken), len(returned)),
    )
    return ((moved, ""),), ((moved, ""), *taken[same:])


def _part(history: Sequence[Change], moved: Moved) -> list[Signed]:
    taken: list[Signed] = []
    ids: set[str] = set()
    for change in take_out_moved(history):
        match change.body:
            case Linked(report=found) if found.id == moved.report:
                taken.append((change.body, change.by))
            case Claimed(claims=made):
                of_report = (each for each in made if each.report == moved.report)
                wanted = tuple(each for each in of_report if not moved.only or each.id in moved.only)
                ids.update(claim.id for claim in wanted)
                taken += [(Claimed(wanted), change.by)] if wanted else []
            case Decided(claim=claim) | Retracted(claim=claim) if claim in ids:
                taken.append((change.body, change.by))
            case Removed(report=found_id) if found_id == moved.report:
                taken.append((change.body, change.by))
    return taken
