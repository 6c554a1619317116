"""Which claims a person should look at first, and why: every rank says so in words."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from types import MappingProxyType

from incidex.codebook import fields, get_vocabulary
from incidex.model import Claim, Incident, Review, Stance, Standing, State, Status

#: Where a claim is as likely wrong as right: the nearer to it, the more a person's word is worth.
THRESHOLD = 0.5

#: What a wrong value does to a record, by group of fields: a wrong victim spoils all of it.
_GROUP_WEIGHTS: Mapping[str, float] = MappingProxyType(
    {"victim": 1.0, "incident": 0.8, "attribute": 0.8, "loss": 0.8, "action": 0.7, "actor": 0.7, "after": 0.4}
)

#: Values that make an incident grave, and by how much; the gravest counts.
_GRAVE: Mapping[tuple[str, str], tuple[float, str]] = MappingProxyType(
    {
        ("action.variety", "Ransomware"): (0.8, "ransomware"),
        ("data.variety", "Medical"): (0.8, "medical data"),
        ("data.variety", "Credentials"): (0.6, "credentials"),
        ("data.variety", "Payment"): (0.7, "payment data"),
        ("data.variety", "Classified"): (0.9, "classified data"),
        ("impact", "availability"): (0.5, "something stopped working"),
    }
)
_GRAVE_FIELDS: Mapping[str, tuple[float, str]] = MappingProxyType(
    {"ransom.paid": (0.8, "a ransom was paid"), "ransom.demanded": (0.6, "a ransom was demanded")}
)
_MOST_RECORDS = 9  # powers of ten: a breach of everybody's data

#: Fields whose values are names or prose: most of them are new every time, and that says nothing.
_ALWAYS_NEW = frozenset({"title", "summary", "description", "indicator", "victim.domain", "data.records"})


class Order(StrEnum):
    """By what the queue ranks itself."""

    UNCERTAINTY = "uncertainty"
    IMPACT = "impact"
    NOVELTY = "novelty"
    RANDOM = "random"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A claim that waits for a person, and the record that it is of."""

    record: str
    title: str
    standing: Standing
    status: Status | None  # of its value in the record
    changed_at: datetime
    records: int  # how many records of people were affected, as far as anyone says; 0 when nobody does
    grave: tuple[float, str]  # what makes the incident grave, ("", 0) for nothing

    @property
    def claim(self) -> Claim:
        """The claim itself."""
        return self.standing.claim


@dataclass(frozen=True, slots=True)
class Ranked:
    """A waiting claim with its rank's reasons. Scores are of one order only, from 0 to 1."""

    waiting: Waiting
    score: float
    why: str


def find_waiting(sheet: Review, record: Incident | None, title: str) -> Iterator[Waiting]:
    """Yield the claims of one record that wait for a person."""
    statuses = _statuses(record)
    records, grave = _count_records(record), _find_gravest(record)
    changed_at = sheet.changes[-1].at
    for each in sheet.waiting:
        yield Waiting(
            record=sheet.record,
            title=title,
            standing=each,
            status=statuses.get((each.claim.field, each.claim.value)),
            changed_at=changed_at,
            records=records,
            grave=grave,
        )


def count_values(records: Iterable[Incident]) -> Counter[tuple[str, str]]:
    """Return in how many records each value of each field stands."""
    return Counter(key for record in records for key in _statuses(record))


def rank(
    waiting: Sequence[Waiting],
    order: Order = Order.UNCERTAINTY,
    *,
    known: Mapping[tuple[str, str], int] = MappingProxyType({}),
    seed: int = 0,
) -> list[Ranked]:
    """Return the claims with the first to look at first. Equal scores stand in an order that stays.

    `known` counts the records that hold each value, for `novelty`; `seed` decides the order of `random`.
    """
    score = _scorer(order, known, seed)
    ranked = [Ranked(each, *score(each)) for each in waiting]
    return sorted(ranked, key=lambda each: (-each.score, each.waiting.record, each.waiting.claim.id))


def _scorer(
    order: Order, known: Mapping[tuple[str, str], int], seed: int
) -> Callable[[Waiting], tuple[float, str]]:
    match order:
        case Order.UNCERTAINTY:
            return _score_uncertainty
        case Order.IMPACT:
            return _score_impact
        case Order.NOVELTY:
            return lambda waiting: _score_novelty(waiting, known)
        case Order.RANDOM:
            return lambda waiting: _score_random(waiting, seed)


def _score_uncertainty(waiting: Waiting) -> tuple[float, str]:
    claim = waiting.claim
    near = 1 - abs(claim.confidence - THRESHOLD) / max(THRESHOLD, 1 - THRESHOLD)
    said = [f"confidence {claim.confidence:.0%} ({THRESHOLD:.0%} is even odds)"]
    score = 0.6 * near
    if waiting.standing.state is State.SECOND_LOOK:
        score, said = max(score, 0.9), ["somebody asked for a second look", *said]
    if waiting.standing.set_aside:
        score, said = max(score, 0.8), ["a new reading of what a person had decided on", *said]
    if waiting.status is Status.DISPUTED:
        score, said = min(1.0, score + 0.3), ["the parties dispute it", *said]
    elif claim.stance is not Stance.ASSERTS:
        score, said = min(1.0, score + 0.1), [f"it {claim.stance}, which is easily misread", *said]
    return score, _join(said)


def _score_impact(waiting: Waiting) -> tuple[float, str]:
    field = fields().get(waiting.claim.field)
    weight = _GROUP_WEIGHTS.get(field.group, 0.5) if field else 0.5
    size = min(math.log10(waiting.records) / _MOST_RECORDS, 1.0) if waiting.records > 1 else 0.0
    grave, name = waiting.grave
    said = [f"{waiting.records:,} records affected"] if waiting.records else []
    said += [name] if name else []
    said.append(f"a claim about the {field.group}" if field and weight >= 0.7 else "a detail of the record")
    return weight * (0.1 + 0.9 * max(size, grave)), _join(said)


def _score_novelty(waiting: Waiting, known: Mapping[tuple[str, str], int]) -> tuple[float, str]:
    claim = waiting.claim
    field = fields().get(claim.field)
    others = known.get((claim.field, claim.value), 1) - 1
    closed = bool(field and field.vocabulary)
    if claim.field in _ALWAYS_NEW:
        return 0.1, "such values are new in every record"
    if closed and claim.value not in get_vocabulary(field.vocabulary or "" if field else ""):
        return 1.0, "a value that the codebook's list does not hold"
    if others == 0:
        return 0.8 if closed else 0.5, "no other record has this value"
    return 0.4 / (1 + others), f"{others} other record{' has' if others == 1 else 's have'} this value"


def _score_random(waiting: Waiting, seed: int) -> tuple[float, str]:
    digest = sha256(f"{seed}:{waiting.claim.id}".encode()).digest()
    return int.from_bytes(
        digest[:6]
    ) / 2**48, f"drawn at random with seed {seed}, so that figures are unbiased"


def _join(said: Sequence[str]) -> str:
    return "; ".join(said)


def _statuses(record: Incident | None) -> dict[tuple[str, str], Status]:
    if record is None:
        return {}
    return {(value.field, value.value): value.status for held in record.values.values() for value in held}


def _count_records(record: Incident | None) -> int:
    found = record.values.get("data.records", ()) if record else ()
    counts = [int(value.value) for value in found if value.value.isascii() and value.value.isdigit()]
    return max(counts, default=0)


def _find_gravest(record: Incident | None) -> tuple[float, str]:
    held = _statuses(record)
    found = [_GRAVE[key] for key in held if key in _GRAVE]
    found += [_GRAVE_FIELDS[field] for field, _ in held if field in _GRAVE_FIELDS]
    return max(found, default=(0.0, ""))
