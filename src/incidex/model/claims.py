"""A claim: who says that a field has a value, in which words, and who read it there."""

from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256

from incidex.model.errors import EvidenceError
from incidex.model.words import NoEvidence, Role, Stance, Tier

#: Characters kept either side of a quotation, so that it can be found again in a changed text.
CONTEXT = 32

#: Stands for a character of a quotation or text that the law had removed.
REMOVED = "█"


def name_by_content(prefix: str, *parts: str) -> str:
    """Return an id made of what a thing says, so that saying it twice makes one thing.

    Each part is preceded by its length: ("ab", "c") and ("a", "bc") are different things.
    """
    digest = sha256("".join(f"{len(part)}:{part}" for part in parts).encode("utf-8", "surrogatepass"))
    return f"{prefix}-{digest.hexdigest()[:32]}"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open range of Unicode code points: the words are `text[start:end]`."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise EvidenceError(f"a span needs 0 <= start < end, got {self.start}:{self.end}")

    def within(self, text: str) -> str:
        """Return the words this span covers; raise `EvidenceError` when it runs past the text."""
        if self.end > len(text):
            raise EvidenceError(f"span {self.start}:{self.end} runs past the text's {len(text)} characters")
        return text[self.start : self.end]

    def overlaps(self, other: "Span") -> bool:
        """Say whether the two share a character."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words a claim rests on: a span of a document, the quote, and what stands either side."""

    span: Span
    quote: str
    prefix: str = ""
    suffix: str = ""

    def __post_init__(self) -> None:
        if len(self.quote) != self.span.end - self.span.start:
            raise EvidenceError(f"the quote {self.quote!r} is not as long as its span")
        if not self.quote.strip():
            raise EvidenceError("a quote needs at least one visible character")

    @classmethod
    def of(cls, text: str, span: Span) -> "Evidence":
        """Quote `text` at `span`."""
        start, end = span.start, span.end
        return cls(
            span=span,
            quote=span.within(text),
            prefix=text[max(0, start - CONTEXT) : start],
            suffix=text[end : end + CONTEXT],
        )

    @property
    def is_removed(self) -> bool:
        """Say whether the words are gone: what is left says how many there were."""
        return not self.quote.strip(REMOVED)

    def is_verbatim_in(self, text: str) -> bool:
        """Say whether the text holds these very words at this very place (law 1)."""
        return text[self.span.start : self.span.end] == self.quote


@dataclass(frozen=True, slots=True, order=True)
class Speaker:
    """Who says it, in the world: not who read it there."""

    name: str
    role: Role = Role.PRESS


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What one speaker says of one field, as one coder read it in one passage of one report.

    Claims are never edited (law 3). A better reading is a new claim, a wrong one is retracted, and the
    incident is whatever the claims that stand add up to. A claim either quotes its report or says why it
    has nothing to quote (law 2).
    """

    report: str  # the report's id
    field: str  # a codebook field, as "data.records"
    value: str  # in the field's canonical form, as "1400000"
    speaker: Speaker
    coder: str  # name and version, as "counts@1", or "person:" and a name
    stance: Stance = Stance.ASSERTS
    confidence: float = 1.0  # calibrated: of the claims at 0.8, four in five are right
    tier: Tier = Tier.CLEAR
    evidence: Evidence | None = None
    no_evidence: NoEvidence | None = None
    why: str = ""  # how the coder came to it, in words, for the reviewer

    def __post_init__(self) -> None:
        if (self.evidence is None) == (self.no_evidence is None):
            raise EvidenceError(
                f"the claim {self.field} = {self.value!r} needs either a quotation or the reason it has none"
            )
        if not self.field or not self.value.strip():
            raise EvidenceError("a claim needs a field and a value; where the text is silent, say nothing")
        if not 0.0 <= self.confidence <= 1.0:
            raise EvidenceError(f"confidence is a probability, got {self.confidence}")

    @cached_property
    def id(self) -> str:
        """Name the claim by its content, so that coding a report twice adds nothing."""
        return name_by_content("clm", *self.content)

    @property
    def content(self) -> tuple[str, str, str, str, Role, Stance, str, str]:
        """What the id names; as good to tell two claims apart as the id, and cheaper to make."""
        held = self.evidence
        place = f"{held.span.start}:{held.span.end}" if held else str(self.no_evidence)
        speaker = self.speaker
        return (
            self.report,
            self.field,
            self.value,
            speaker.name,
            speaker.role,
            self.stance,
            place,
            self.coder,
        )

    @property
    def reading(self) -> tuple[str, str, Stance]:
        """What was read, whoever read it and wherever it stood: field, value and stance."""
        return (self.field, self.value, self.stance)

    @property
    def is_by_person(self) -> bool:
        """Say whether a person, not a program, read this."""
        return self.coder.startswith("person:")

    def at_least(self, tier: Tier) -> "Claim":
        """Return the claim, hidden from everyone below `tier`."""
        return self if self.tier >= tier else replace(self, tier=tier)
