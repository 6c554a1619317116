"""A site over a real log in memory, with two reviewers."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from incidex.app.library import StoreLibrary
from incidex.codebook import policy
from incidex.model import (
    Body,
    Change,
    Claim,
    Claimed,
    Document,
    Evidence,
    Linked,
    Received,
    Report,
    Role,
    Source,
    Span,
    Speaker,
    Stance,
    Tier,
)
from incidex.store import MemoryLog
from incidex.web import Desk, make_app
from tests.members import OURS, PEOPLE, make_accounts, phrase_of

AT = datetime(2026, 1, 2, tzinfo=UTC)
TEXT = (
    "On 26 April 2017 Acme lost passwords and IMEI numbers.\n\nIt was done out of spite, says Acme. "
    "Mallory denies it. 1.4 million customers were affected."
)
SECRET = f"{TEXT} This is for the team only."

Site = TestClient[Litestar]
Enter = Callable[[str], Site]


def make_report(text: str, tier: Tier = Tier.CLEAR) -> Report:
    source = Source(name="Acme", role=Role.VICTIM)
    return Report(sha256=sha256(text.encode()).hexdigest(), source=source, title="Notice", tier=tier)


OPEN, CLOSED = make_report(TEXT), make_report(SECRET, Tier.RED)


def make_claim(
    field: str,
    value: str,
    words: str,
    *,
    report: Report = OPEN,
    stance: Stance = Stance.ASSERTS,
    coder: str = "rules@1",
) -> Claim:
    text = SECRET if report is CLOSED else TEXT
    start = text.index(words)
    return Claim(
        report=report.id,
        field=field,
        value=value,
        speaker=Speaker("Mallory", Role.NAMED_PARTY)
        if stance is Stance.DENIES
        else Speaker("Acme", Role.VICTIM),
        coder=coder,
        stance=stance,
        confidence=0.7,
        tier=max(policy()[field].tier, report.tier),
        evidence=Evidence.of(text, Span(start, start + len(words))),
        why="the word 'lost'",
    )


NAME = make_claim("victim.name", "Acme", "Acme")
CLASS = make_claim("data.class", "Passwords", "passwords")
MOTIVE = make_claim("actor.motive", "Grudge", "out of spite")
HIDDEN = make_claim("data.class", "Email addresses", "passwords", report=CLOSED)


@pytest.fixture
def log() -> Iterator[MemoryLog]:
    made = MemoryLog()
    bodies: list[tuple[str, Body]] = [
        (OPEN.id, Received(OPEN, Document(report=OPEN.id, text=TEXT))),
        (CLOSED.id, Received(CLOSED, Document(report=CLOSED.id, text=SECRET))),
        ("inc-1", Linked(OPEN)),
        ("inc-1", Claimed((NAME, CLASS, MOTIVE))),
        ("inc-1", Linked(CLOSED)),
        ("inc-1", Claimed((HIDDEN,))),
    ]
    versions: dict[str, int] = {}
    for record, body in bodies:
        versions[record] = versions.get(record, 0) + 1
        made.append([Change(record=record, version=versions[record], body=body, by="rules@1", at=AT)])
    yield made
    made.close()


def make_site(log: MemoryLog) -> Litestar:
    return make_app(StoreLibrary(log), accounts=make_accounts(PEOPLE), desk=Desk(log))


@pytest.fixture
def visitor(log: MemoryLog) -> Iterator[Site]:
    with TestClient(make_site(log), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def enter(log: MemoryLog) -> Iterator[Enter]:
    """Return who enters with the phrase of that name, each at a server of their own over the one log."""
    inside: list[Site] = []

    def give(name: str) -> Site:
        client = TestClient(make_site(log), raise_server_exceptions=False)
        client.__enter__()
        inside.append(client)
        data = {"phrase": phrase_of(name)}
        answer = client.post("/enter", data=data, headers=OURS, follow_redirects=False)
        assert answer.status_code == 303
        return client

    yield give
    for client in inside:
        client.__exit__()
