"""Batches as the pipeline writes them: a report comes in, is linked to an incident, and is coded."""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256

from incidex.model import (
    Change,
    Claim,
    Claimed,
    Document,
    Evidence,
    Linked,
    OffsetMap,
    Received,
    Report,
    Span,
    Speaker,
    Tier,
)
from tests.factories import make_change, make_report

TEXT = (
    "Ciphr says that passwords of “all users” were exposed in April 2017. \U0001f600 Nothing else is known."
)


def quote(text: str, words: str, *, field: str, value: str, tier: Tier = Tier.CLEAR) -> Claim:
    """Claim a value on the first place where the words stand."""
    start = text.index(words)
    return Claim(
        report=make_report(text).id,
        field=field,
        value=value,
        speaker=Speaker("Ciphr"),
        coder="rules@1",
        tier=tier,
        evidence=Evidence.of(text, Span(start, start + len(words))),
        why=f"it says {words!r}",
    )


def received(text: str = TEXT) -> tuple[Report, Received]:
    report = make_report(text)
    offsets = OffsetMap((0,), (0,), (len(text),), len(text))
    return report, Received(report, Document(report=report.id, text=text, offsets=offsets, notes=("short",)))


def batch(
    incident: str = "inc-1", text: str = TEXT, *, victim: str = "Ciphr", tier: Tier = Tier.CLEAR
) -> list[Change]:
    """Three changes and three claims: the report, its link, and what it says."""
    report, body = received(text)
    claims = (
        quote(text, text.split()[0], field="victim.name", value=victim, tier=tier),
        quote(text, text.split()[1], field="date.occurred", value="2017-04"),
        quote(text, text.split()[-1], field="summary", value="Passwords were exposed."),
    )
    return [
        make_change(body, 1, record=report.id),
        make_change(Linked(report, "first of it"), 1, record=incident),
        make_change(Claimed(claims), 2, record=incident),
    ]


def raw(text: str = TEXT) -> dict[str, bytes]:
    """Return the report's bytes by their hash."""
    return {sha256(text.encode()).hexdigest(): text.encode()}


def bare(changes: Sequence[Change]) -> list[Change]:
    """Return the changes as they were before a log took them in."""
    return [replace(change, serial=0, prev_hash="", hash="") for change in changes]
