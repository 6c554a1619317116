"""What a record without a title or a victim is called."""

from datetime import UTC, datetime

import pytest

from incidex.codebook import policy
from incidex.model import (
    Body,
    Change,
    Claim,
    Claimed,
    Linked,
    NoEvidence,
    Report,
    Role,
    Source,
    Speaker,
    fold,
)
from incidex.search import say_title

AT = datetime(2026, 1, 2, tzinfo=UTC)
FACTS = (("action", "hacking"), ("victim.country", "RU"))


@pytest.mark.parametrize(
    ("title", "facts", "named"),
    [
        ("Phones of a shop", FACTS, "No victim named: “Phones of a shop”"),
        ("Community Database on it", FACTS, "No victim named: “Community Database on it”"),
        ("Community Database 46B3-00AF", FACTS, "No victim named: Hacking, Russia"),
        ("Community Database", FACTS, "No victim named: Hacking, Russia"),
        ("", FACTS, "No victim named: Hacking, Russia"),
        ("", (), "Cyber incident, no victim named"),
    ],
)
def test_it_is_called_by_what_tells_something(
    title: str, facts: tuple[tuple[str, str], ...], named: str
) -> None:
    report = Report(
        sha256="0" * 64, source=Source(name="Community Database", role=Role.RESEARCHER), title=title
    )
    claims = [
        Claim(
            report=report.id,
            field=field,
            value=value,
            speaker=Speaker("Community Database", Role.RESEARCHER),
            coder="veris@1",
            no_evidence=NoEvidence.IMPORTED,
        )
        for field, value in facts
    ]
    bodies: list[Body] = [Linked(report), *([Claimed(tuple(claims))] if claims else [])]
    changes = [
        Change(record="inc-1", version=version, body=body, by="x", at=AT)
        for version, body in enumerate(bodies, start=1)
    ]
    incident = fold(changes, policy=policy())
    assert incident is not None
    assert say_title(incident) == named
