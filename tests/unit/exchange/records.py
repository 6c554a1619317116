"""Generated records with whatever a record can hold: every field, stance, speaker, tier, kind of report."""

from collections.abc import Sequence
from datetime import UTC, datetime

from hypothesis import strategies as st

from incidex.codebook import check_value, fields, get_vocabulary, policy
from incidex.model import (
    Body,
    Change,
    Claim,
    Claimed,
    Evidence,
    Incident,
    Linked,
    NoEvidence,
    Report,
    Role,
    Source,
    Span,
    Speaker,
    Stance,
    Tier,
    fold,
)

AT = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)

REPORTS = (
    Report(
        sha256="ab" * 32, source=Source(name="The Ledger"), published="2017-04-27", title="Breach at Acme"
    ),
    Report(sha256="cd" * 32, source=Source(name="cve"), url="https://example.org/a?b=c&d", published="2012~"),
    Report(sha256="ef" * 32, source=Source(name="Acme", role=Role.VICTIM), url="http://exa mple/\u202e<b>"),
    Report(
        sha256="01" * 32,
        source=Source(name='"; DROP TABLE', role=Role.ACTOR, reliability="E"),
        register="leak-site post",
        accounts=("https://example.com/x", "not an address"),
        tier=Tier.GREEN,
    ),
)
SPEAKERS = (
    Speaker("Acme", Role.VICTIM),
    Speaker("The Ledger", Role.PRESS),
    Speaker("the people behind the page", Role.ACTOR),
    Speaker("FBI", Role.AUTHORITY),
    Speaker("Zoë “Z” O'Hara\\", Role.NAMED_PARTY),
)

#: Values of the fields that are no vocabulary, and some that have to be escaped, cut or refused.
PLAIN = {
    "title": ["Breach at Acme", "=1+1"],
    "summary": ["Acme was breached."],
    "description": ["First.\n\nSecond.", "\U0001f525 <script>alert(1)</script>"],
    "victim.name": ["Acme", "Acme Labs", "O'Neil \\ Sons"],
    "victim.domain": ["acme.example", "bücher.example"],
    "victim.secondary": ["Bolt", "Crane"],
    "victim.region": ["US-TX", "Bavaria", "DE-BY"],
    "victim.industry": ["62", "923140", "51", "517"],
    "victim.country": ["US", "DE"],
    "actor.country": ["RU", "KP"],
    "actor.name": ["FIN7", "Clop", "SkySecure"],
    "malware": ["Emotet", "LockBit 3.0", "LockBit", "Our own"],
    "tool": ["Mimikatz", "A tool"],
    "vulnerability": ["CVE-2021-44228", "CVE-2021-00123"],
    "data.records": ["1200", "0", "9" * 17],
    "outage.duration": ["PT72H", "P1DT2H"],
    "ransom.demanded": ["USD 5000000", "BTC 75"],
    "ransom.paid": ["USD 0", "USD 1"],
    "loss.amount": ["USD 4400000", "EUR 12.5"],
    "identifier": [
        "vcdb:0001AA7F-C601-424A-B2B8-BE6C9F5164E7",
        "sec:0000950170-23-011111",
        "attack:C0001",
        "url:https://example.com/a|b",
        "url:https://example.com/é",
        "cve:CVE-2021-00123",
        "capec:12",
        "eurepoc:9",
    ],
    "indicator": [
        "ip:192.0.2.1",
        "ip:192.0.2.0/24",
        "ip:2001:db8::1",
        "domain:evil.example",
        "url:http://evil.example/it's\\here",
        "e-mail:a'b@evil.example",
        *(f"hash:{'a' * length}" for length in (32, 40, 56, 64, 96, 128)),
        "wallet:1BoatSLRHtKNngkdXEeobR76b53LETtpyT",
    ],
    **{
        f"date.{name}": ["2017-04-26", "2017-04", "2012~", "2017-01/2017-03", "2017-33", "201X", "../2017"]
        for name in ("occurred", "ended", "discovered", "disclosed")
    },
}
TEXT = (
    "They said “it was taken”, and\nthat nobody knew.\u2028 A longer text, so that every span has its words."
)


def _values_of(name: str) -> st.SearchStrategy[str]:
    return st.sampled_from(PLAIN.get(name) or list(get_vocabulary(fields()[name].vocabulary or name)))


def make_claim(
    field: str,
    value: str,
    *,
    stance: Stance = Stance.ASSERTS,
    speaker: Speaker = SPEAKERS[0],
    report: Report = REPORTS[0],
    tier: Tier = Tier.CLEAR,
    confidence: float = 0.8,
    start: int | None = None,
    coder: str = "rules@1",
) -> Claim:
    return Claim(
        report=report.id,
        field=field,
        value=check_value(field, value),
        speaker=speaker,
        coder=coder,
        stance=stance,
        confidence=confidence,
        tier=max(tier, report.tier),
        evidence=None if start is None else Evidence.of(TEXT, Span(start, start + 12)),
        no_evidence=NoEvidence.ANALYST_NOTE if start is None else None,
    )


def _claims_of(name: str) -> st.SearchStrategy[Claim]:
    return st.builds(
        make_claim,
        st.just(name),
        _values_of(name),
        stance=st.sampled_from([Stance.ASSERTS, Stance.ASSERTS, Stance.DENIES, Stance.DOUBTS]),
        speaker=st.sampled_from(SPEAKERS),
        report=st.sampled_from(REPORTS),
        tier=st.sampled_from([Tier.CLEAR, Tier.CLEAR, Tier.GREEN, Tier.RED]),
        confidence=st.sampled_from([0.0, 0.123456, 0.5, 1.0]),
        start=st.sampled_from([None, 0, 11, 30]),
        coder=st.sampled_from(["rules@1", "person:ann"]),
    )


claims = st.sampled_from(sorted(fields())).flatmap(_claims_of)


def histories(most: int = 14) -> st.SearchStrategy[list[Claim]]:
    """Claims of one record, each once."""
    return st.lists(claims, min_size=1, max_size=most, unique_by=lambda claim: claim.id)


def fold_claims(*held: Claim, tier: Tier = Tier.RED, record: str = "inc-1") -> Incident:
    """Return the record that claims add up to, with the reports that they stand in."""
    found = fold(make_history(held, record), tier=tier, policy=policy())
    assert found is not None
    return found


def make_history(held: Sequence[Claim], record: str = "inc-1") -> list[Change]:
    """Return the changes that link the reports and claim what is in them."""
    used = {claim.report for claim in held}
    bodies: list[Body] = [*(Linked(report) for report in REPORTS if report.id in used), Claimed(tuple(held))]
    return [
        Change(record=record, version=number, body=body, by="ann", at=AT, serial=number)
        for number, body in enumerate(bodies, start=1)
    ]
