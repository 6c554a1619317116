"""What people have decided, and how far each decision reaches (law 4, and docs/decisions/0003)."""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from incidex.model.changes import Change, Claimed, Decided, Linked, Retracted
from incidex.model.claims import Claim
from incidex.model.nouns import Report
from incidex.model.words import Decision

#: A claim, and the place in the history where it was first made.
Made = tuple[Claim, int]

#: What is said: a field and its value.
Said = tuple[str, str]

#: Decisions on what a text says: they reach further than the one claim, and settle its passage.
SETTLING = frozenset({Decision.ACCEPTED, Decision.REJECTED})

#: Decisions that say whether a claim counts.
FINAL = SETTLING | {Decision.TAKEN_BACK}


@dataclass(frozen=True, slots=True)
class Ruling:
    """A person's decision, with the claim it was about and its place in the history."""

    claim: Claim
    decision: Decision
    place: int
    by: str
    reason: str
    at: datetime


def group_claims(seen: Iterable[Change], fields: Container[str] | None = None) -> dict[Said, list[Made]]:
    """Return each claim once, by field and value, with the place in the history where it was first made.

    Those of some fields, or of all.
    """
    groups: dict[Said, list[Made]] = defaultdict(list)
    for place, change in enumerate(seen):
        if isinstance(change.body, Claimed):
            for claim in change.body.claims:
                if fields is None or claim.field in fields:
                    groups[claim.field, claim.value].append((claim, place))
    for said, made in groups.items():
        if len(made) > 1:  # most values are claimed once, and then no claim needs its name
            first: dict[str, Made] = {}
            for each in made:
                first.setdefault(each[0].id, each)
            groups[said] = list(first.values())
    return groups


def each_claim(seen: Iterable[Change]) -> list[Made]:
    """Return each claim once, with the place in the history where it was first made."""
    return [each for made in group_claims(seen).values() for each in made]


def find_withdrawn(seen: Sequence[Change]) -> dict[str, Retracted]:
    """Return what was withdrawn and still is, by its id: claims, and reports.

    Reading a report again brings nothing back; what it says when it was linked again afterwards does count.
    """
    if not any(isinstance(change.body, Retracted) for change in seen):
        return {}
    gone: dict[str, tuple[int, Retracted]] = {}
    linked: dict[str, int] = {}
    for place, change in enumerate(seen):
        match change.body:
            case Linked(report=report):
                linked[report.id] = place
            case Retracted(claim=claim) as body:
                gone[claim] = (place, body)
            case Claimed(claims=claims):
                for made in claims if gone else ():
                    if made.id in gone and linked.get(made.report, -1) > gone[made.id][0]:
                        del gone[made.id]
    return {name: body for name, (_, body) in gone.items()}


def find_rulings(seen: Sequence[Change], made: Iterable[Made]) -> list[Ruling]:
    """Return the decisions on these claims, in the order in which they fell.

    A request for a second look is none: it asks the team for one, and what was decided before still holds.
    """
    if not any(isinstance(change.body, Decided) for change in seen):
        return []  # and no claim needs its name
    claims = {claim.id: claim for claim, _ in made}
    return [
        Ruling(claims[body.claim], body.decision, place, change.by, body.reason, change.at)
        for place, change in enumerate(seen)
        if isinstance(body := change.body, Decided)
        and body.claim in claims
        and body.decision is not Decision.SECOND_LOOK
    ]


class Rulings:
    """What people have decided, and what that means for claims they have not seen."""

    def __init__(self, rulings: Sequence[Ruling], reports: Mapping[str, Report]) -> None:
        self._reports = reports
        self._by_id: dict[str, Ruling] = {}
        self._by_source: dict[tuple[object, ...], Ruling] = {}
        self._by_passage: dict[tuple[str, str], list[Ruling]] = defaultdict(list)
        for ruling in rulings:  # later rulings overwrite earlier ones
            self._by_id[ruling.claim.id] = ruling
        for ruling in rulings:
            claim = ruling.claim
            if self._by_id[claim.id].decision not in SETTLING:
                continue  # what was taken back reaches nothing
            self._by_source[claim.report, claim.speaker, *claim.reading] = ruling
            self._by_source[self._words(claim)] = ruling
            self._by_passage[claim.report, claim.field].append(ruling)

    def __bool__(self) -> bool:
        """Say whether anybody has decided anything."""
        return bool(self._by_id)

    def find(self, claim: Claim) -> Ruling | None:
        """Return the ruling that holds for a claim: its own, or the one it inherits.

        A decision is inherited while the source is the same (another coder, or a new version of it, reads
        the same in the same report) or while the reading is (the same words in another text of the source).
        What a person has read is decided on by its own name only: a correction says the same as what it
        corrects, but for one thing, and must not go with it.
        """
        if not self._by_id:  # nobody has decided anything, as in every report that was only just coded
            return None
        found = self._by_id.get(claim.id)
        if found is None and not claim.is_by_person:
            found = self._by_source.get((claim.report, claim.speaker, *claim.reading))
            found = found or self._by_source.get(self._words(claim))
        return found if found is not None and found.decision in FINAL else None

    def decision(self, claim: Claim) -> Decision | None:
        """Return what was decided on a claim, `None` when nothing was or it was taken back."""
        ruling = self.find(claim)
        return ruling.decision if ruling else None

    def counts(self, claim: Claim, place: int) -> bool:
        """Say whether a claim counts in the record.

        A rejected one does not, and neither does a new machine reading of a passage that a person has
        already decided on: it waits for a person.
        """
        if not self._by_id:
            return True
        decision = self.decision(claim)
        if decision is not None:
            return decision is Decision.ACCEPTED
        return claim.is_by_person or not self._is_settled(claim, place)

    def _words(self, claim: Claim) -> tuple[object, ...]:
        report = self._reports.get(claim.report)
        quote = claim.evidence.quote if claim.evidence else ""
        if claim.evidence and claim.evidence.is_removed:
            quote = claim.id  # words that are gone are not the same as others that are gone
        return ("words", report.source.id if report else claim.report, claim.speaker, quote, *claim.reading)

    def _is_settled(self, claim: Claim, place: int) -> bool:
        if claim.evidence is None:
            return False
        return any(
            ruling.place < place
            and ruling.claim.evidence is not None
            and ruling.claim.evidence.span.overlaps(claim.evidence.span)
            for ruling in self._by_passage.get((claim.report, claim.field), ())
        )
