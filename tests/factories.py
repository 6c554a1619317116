"""Small real values for tests: every argument has a default, so that a test names only what it is about."""

from datetime import UTC, datetime
from hashlib import sha256

from incidex.model import (
    Body,
    Change,
    Claim,
    Claimed,
    Decided,
    Decision,
    Evidence,
    Linked,
    Report,
    Role,
    Source,
    Span,
    Speaker,
    Stance,
    Tier,
)

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def make_source(name: str = "The Harbour Ledger", role: Role = Role.PRESS) -> Source:
    return Source(name=name, role=role)


def make_report(text: str = "a report", *, source: Source | None = None, tier: Tier = Tier.CLEAR) -> Report:
    return Report(sha256=sha256(text.encode()).hexdigest(), source=source or make_source(), tier=tier)


def make_claim(
    value: str = "Passwords",
    *,
    field: str = "data.class",
    speaker: str = "The Harbour Ledger",
    role: Role = Role.PRESS,
    stance: Stance = Stance.ASSERTS,
    tier: Tier = Tier.CLEAR,
    coder: str = "rules@1",
    report: str = "",
    start: int = 0,
    quote: str = "passwords",
    confidence: float = 0.9,
) -> Claim:
    return Claim(
        report=report or make_report().id,
        field=field,
        value=value,
        speaker=Speaker(speaker, role),
        stance=stance,
        tier=tier,
        coder=coder,
        confidence=confidence,
        evidence=Evidence(Span(start, start + len(quote)), quote),
    )


def make_change(body: Body, version: int, *, record: str = "inc-1", by: str = "rules@1") -> Change:
    return Change(record=record, version=version, body=body, by=by, at=NOON, serial=version)


def make_history(*bodies: Body, record: str = "inc-1") -> list[Change]:
    """Number the bodies as one record's history; claims and reports may stand for their changes."""
    return [make_change(body, version, record=record) for version, body in enumerate(bodies, start=1)]


def claimed(*claims: Claim) -> Claimed:
    return Claimed(claims)


def linked(report: Report | None = None) -> Linked:
    return Linked(report or make_report())


def accepted(claim: Claim) -> Decided:
    return Decided(claim.id, Decision.ACCEPTED, "read it")


def rejected(claim: Claim) -> Decided:
    return Decided(claim.id, Decision.REJECTED, "it does not say that")
