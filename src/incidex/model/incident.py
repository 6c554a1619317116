"""An incident: what the claims about it add up to, for one tier, at one moment."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from incidex.model.circular import circular_sources
from incidex.model.claims import Claim
from incidex.model.nouns import Report
from incidex.model.words import Decision, Judgement, Stance, Status, Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One value of one field, with everyone who has a word in it."""

    field: str
    value: str
    status: Status
    reasons: tuple[str, ...]
    claims: tuple[Claim, ...]  # for, against and doubtful, strongest first
    reviewed: Decision | None = None  # accepted, when a person accepted a claim that asserts it

    @property
    def confidence(self) -> float:
        """Return the highest confidence of the claims that assert the value, 0.0 when none does."""
        return max([claim.confidence for claim in self.claims if claim.stance is Stance.ASSERTS], default=0.0)

    @property
    def asserting(self) -> tuple[Claim, ...]:
        """Claims by those who say it is so."""
        return tuple([claim for claim in self.claims if claim.stance is Stance.ASSERTS])

    @property
    def denying(self) -> tuple[Claim, ...]:
        """Claims by those who say it is not."""
        return tuple(claim for claim in self.claims if claim.stance is Stance.DENIES)

    @property
    def doubting(self) -> tuple[Claim, ...]:
        """Claims by those who could not say."""
        return tuple(claim for claim in self.claims if claim.stance is Stance.DOUBTS)


@dataclass(frozen=True, slots=True)
class Removal:
    """Why the words of a report are not here any more."""

    reason: str
    by: str
    at: datetime
    quotes_only: bool = False  # the report itself is still here


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """A judgement about this incident and another that stands: which, by whom, when and why."""

    other: str  # the other incident's id
    judgement: Judgement
    by: str
    at: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """The record of one event, as one tier may see it.

    Nothing here depends on what the tier may not see, except `withheld`, which the codebook's policy allows:
    the number of hidden values of a field, or `None` for "available to members", said whether or not
    anything is hidden.
    """

    id: str
    tier: Tier
    version: int  # counts the changes that this tier can see
    opened_at: datetime
    changed_at: datetime
    values: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    denied: Mapping[str, tuple[Value, ...]] = field(
        default_factory=dict
    )  # nobody asserts it, someone denies it
    withheld: Mapping[str, int | None] = field(default_factory=dict)
    reports: tuple[Report, ...] = ()
    ties: tuple[Tie, ...] = ()  # what people have made of this incident and others
    removed: Mapping[str, Removal] = field(
        default_factory=dict
    )  # by report; what is gone is gone at any as-of

    @property
    def merged(self) -> tuple[str, ...]:
        """Return the ids of the incidents that were found to be this one."""
        return tuple(tie.other for tie in self.ties if tie.judgement is Judgement.SAME)

    @property
    def circular(self) -> tuple[str, ...]:
        """Return why nobody that the tier can see stands behind the incident, or nothing."""
        return circular_sources(self.claims, self.reports)

    def find(self, name: str) -> Value | None:
        """Return the field's strongest value, or `None` where the record is silent."""
        held = self.values.get(name)
        return held[0] if held else None

    def best(self, name: str, default: str = "") -> str:
        """Return the text of the field's strongest value."""
        found = self.find(name)
        return found.value if found else default

    @property
    def claims(self) -> Iterator[Claim]:
        """Every claim that stands in the record."""
        for group in (self.values, self.denied):
            for held in group.values():
                for value in held:
                    yield from value.claims
