"""A change: one line of the history that everything else is made from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType

from incidex.model.claims import Claim, Span
from incidex.model.errors import InputError
from incidex.model.nouns import Document, Report
from incidex.model.words import Decision, Judgement, Stance, Tier


class Kind(StrEnum):
    """What happened, in a word."""

    RECEIVED = "received"
    FAILED = "failed"
    LINKED = "linked"
    CLAIMED = "claimed"
    RETRACTED = "retracted"
    DECIDED = "decided"
    ASSIGNED = "assigned"
    SAMPLED = "sampled"
    ANSWERED = "answered"
    JUDGED = "judged"
    MOVED = "moved"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Received:
    """A report came in and was read. Its record is the report's own id."""

    report: Report
    document: Document


@dataclass(frozen=True, slots=True)
class Failed:
    """A report could not be used: what it was called, at which stage, and why."""

    name: str
    stage: str
    message: str


@dataclass(frozen=True, slots=True)
class Linked:
    """A report speaks of an incident."""

    report: Report
    why: str = ""
    keys: tuple[str, ...] = ()  # what other accounts of the incident can be found by; never more than that


@dataclass(frozen=True, slots=True)
class Claimed:
    """Claims about an incident, read in one report."""

    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Retracted:
    """A claim is withdrawn, or a report with all that it says here. It stays in the history, with the reason.

    A claim that was withdrawn stays so, however often its report is read; a report that is linked again
    afterwards is back, with what it then says.
    """

    claim: str  # the claim's id, or the report's
    reason: str

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise InputError("a retraction needs a reason")

    @property
    def is_of_report(self) -> bool:
        """Say whether a whole report is withdrawn."""
        return self.claim.startswith("rep-")


@dataclass(frozen=True, slots=True)
class Decided:
    """A person decided on a claim. The last decision counts."""

    claim: str
    decision: Decision
    reason: str = ""
    undoes: int = 0  # the version of the change that this one takes back, 0 for none


@dataclass(frozen=True, slots=True)
class Assigned:
    """A record's review is somebody's work from now on, or nobody's when `to` is empty."""

    to: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Sampled:
    """Reports were drawn at random for two people to code without seeing each other's answers.

    The sample is a record of its own: this is its first change, and the answers follow.
    """

    seed: int
    reviewers: tuple[str, str]
    drawn: tuple[tuple[str, str], ...]  # incident, report
    serial: int  # where the log stood: what machines had read by then is what people are compared with

    def __post_init__(self) -> None:
        if self.reviewers[0] == self.reviewers[1]:
            raise InputError("a sample needs two different reviewers")


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing that a person says a report says. It holds a place and no words, so that words can go."""

    field: str
    value: str
    stance: Stance
    tier: Tier
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """All that one person found in one report of a sample, and nothing of what the other found."""

    incident: str
    report: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """What someone makes of this incident and another one (law 5). The last that was not withdrawn counts.

    Always written to both incidents at once, mirrored, so that either history tells of it and whoever
    decides about an incident that has changed meanwhile is refused.
    """

    other: str  # the other incident's id
    judgement: Judgement
    why: str

    def __post_init__(self) -> None:
        if not self.why.strip():
            raise InputError("a judgement needs a reason")


@dataclass(frozen=True, slots=True)
class Moved:
    """A report, or some claims of one, tells of another incident, and was taken there: a split."""

    report: str  # the report's id
    to: str  # the other incident's id
    why: str
    only: tuple[str, ...] = ()  # ids of the claims that went; empty for the whole report

    def __post_init__(self) -> None:
        if not self.why.strip():
            raise InputError("a split needs a reason")


@dataclass(frozen=True, slots=True)
class Removed:
    """Words of a report had to go, and whoever reads the record is told so (law 10).

    Stands once in the report's own history, where it names the words by their hashes, and once in that of
    each incident that the report speaks of. Lines that Incidex 0.1.0 wrote hold some words themselves; these
    lose them, and what they hash to then stands here, so that the loss can be told from a forgery.
    """

    report: str
    reason: str
    blobs: tuple[str, ...] = ()
    quotes_only: bool = False  # the report itself, its title and text are still here
    lines: tuple[tuple[int, str], ...] = ()  # serial, and the line's hash without the words

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise InputError("a removal needs a reason")


Body = (
    Received
    | Failed
    | Linked
    | Claimed
    | Retracted
    | Decided
    | Assigned
    | Sampled
    | Answered
    | Judged
    | Moved
    | Removed
)

#: The body that each kind of change carries.
BODIES: Mapping[Kind, type[Body]] = MappingProxyType(
    {
        Kind.RECEIVED: Received,
        Kind.FAILED: Failed,
        Kind.LINKED: Linked,
        Kind.CLAIMED: Claimed,
        Kind.RETRACTED: Retracted,
        Kind.DECIDED: Decided,
        Kind.ASSIGNED: Assigned,
        Kind.SAMPLED: Sampled,
        Kind.ANSWERED: Answered,
        Kind.JUDGED: Judged,
        Kind.MOVED: Moved,
        Kind.REMOVED: Removed,
    }
)
_KINDS = {body: kind for kind, body in BODIES.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One line of history about one record: an incident, or a report.

    `version` numbers the record's own changes from 1, without gaps; two people who both write version 7
    are in conflict, and the second is refused. `serial`, `prev_hash` and `hash` are given by the log.
    """

    record: str
    version: int
    body: Body
    by: str  # the coder's or the person's name
    at: datetime
    serial: int = 0
    prev_hash: str = ""
    hash: str = ""

    def __post_init__(self) -> None:
        if self.version < 1:
            raise InputError(f"versions start at 1, got {self.version}")
        if self.at.tzinfo is None or self.at.utcoffset() != UTC.utcoffset(None):
            raise InputError("a change's time is in UTC and says so")

    @property
    def kind(self) -> Kind:
        """Say what kind of change this is."""
        return _KINDS[type(self.body)]


AsOf = int | datetime | None


def past(history: Iterable[Change], as_of: AsOf) -> list[Change]:
    """Return what had happened to one record by a serial, or by a time; `None` is now.

    By a time means: up to the last change that is dated then or before. Clocks go back, and the log keeps
    what they said; whatever stands before a change had happened when it was made, whatever its date.
    """
    changes = list(history)
    if as_of is None:
        return changes
    if isinstance(as_of, int):
        return [change for change in changes if change.serial <= as_of]
    last = max((place for place, change in enumerate(changes) if change.at <= as_of), default=-1)
    return changes[: last + 1]
