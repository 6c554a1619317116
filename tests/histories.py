"""Histories of made-up incidents, written to a real log as the pipeline and its people would write them."""

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from hypothesis import strategies as st

from incidex.model import (
    Body,
    Change,
    Claim,
    Claimed,
    Decided,
    Decision,
    Document,
    Evidence,
    InputError,
    Judged,
    Judgement,
    Linked,
    Moved,
    Received,
    Report,
    Retracted,
    Role,
    Source,
    Span,
    Speaker,
    Stance,
    Tier,
    move,
)
from incidex.store import Log, plan_removal

START = datetime(2026, 11, 23, 12, tzinfo=UTC)

VALUES: dict[str, tuple[str, ...]] = {
    "title": ("Phones of Ciphr", "A breach at Acme", "Ransomware in Zürich"),
    "summary": ("Replacement phones were sent to customers.", "The hospital was breached by ransomware."),
    "victim.name": ("Ciphr", "Acme Corp", "Zürich Klinik", "Straße AG"),
    "victim.country": ("US", "CH", "GB"),
    "victim.industry": ("62", "6221", "51"),
    "actor.name": ("APT28", "Fancy Bear", "LockBit", "Nobody Known"),
    "actor.motive": ("Financial", "Grudge"),
    "action": ("malware", "hacking", "error"),
    "technique": ("T1566", "T1566.001"),
    "malware": ("LockBit", "Emotet", "half \ud800 a pair"),
    "data.class": ("Passwords", "Email addresses", "IMEI numbers"),
    "data.records": ("0", "1400", "1400000"),
    "date.occurred": ("2017", "2017-04", "2017-04-26", "2019-01/2019-03", "2021~", "201X", "2020-06/.."),
    "date.disclosed": ("2018-02-01", "2022"),
    "ransom.paid": ("USD 4400000", "EUR 12.50"),
    "outage.duration": ("PT72H", "P3D"),
    "victim.domain": ("ciphr.com", "acme.example"),
    "vulnerability": ("CVE-2021-44228",),
    "indicator": ("ip:192.0.2.1", "domain:evil.example"),
}
SOURCES = ("The Harbour Ledger", "Packet & Wire", 'The "Daily" Notice')
SPEAKERS = (
    Speaker("Ciphr", Role.VICTIM),
    Speaker("SkySecure", Role.NAMED_PARTY),
    Speaker("The Harbour Ledger"),
)


class Teller:
    """Writes what happens to a log, keeping count of versions and times."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.at = START
        self.reports: dict[str, Report] = {}
        self.claims: dict[str, list[Claim]] = defaultdict(list)

    def write(self, *changes: tuple[str, Body, str]) -> None:
        """Append bodies, each to a record by somebody, as one batch."""
        versions = dict(self.log.versions(record for record, _, _ in changes))
        batch: list[Change] = []
        self.at += timedelta(minutes=1)
        for record, body, by in changes:
            versions[record] += 1
            batch.append(Change(record=record, version=versions[record], body=body, by=by, at=self.at))
        self.log.append(batch)

    def tell(
        self,
        incident: str,
        report: str,
        said: Sequence[tuple[str, str, Stance, Tier]] = (),
        *,
        tier: Tier = Tier.CLEAR,
        source: str = SOURCES[0],
        speaker: Speaker = SPEAKERS[0],
    ) -> None:
        """Link a report to an incident, with what it says: field, value, stance and tier."""
        text = f"{report}. " + " ".join(f"It says {field}: {value}!" for field, value, _, _ in said)
        digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        filed = Report(
            sha256=digest, source=Source(name=source), title=f"On {report}", published="2018-01", tier=tier
        )
        claims: list[Claim] = []
        for field, value, stance, level in said:
            words = f"{field}: {value}!"
            start = text.index(words)
            claims.append(
                Claim(
                    report=filed.id,
                    field=field,
                    value=value,
                    speaker=speaker,
                    stance=stance,
                    tier=max(level, tier),
                    coder="rules@1",
                    confidence=0.8,
                    evidence=Evidence.of(text, Span(start, start + len(words))),
                )
            )
        changes: list[tuple[str, Body, str]] = []
        if filed.id not in self.reports:
            changes.append((filed.id, Received(filed, Document(report=filed.id, text=text)), "rules@1"))
        changes.append((incident, Linked(filed), "rules@1"))
        if claims:
            changes.append((incident, Claimed(tuple(claims)), "rules@1"))
        self.write(*changes)
        self.reports[filed.id] = filed
        self.claims[incident] += claims

    def retract(self, incident: str, claim: Claim) -> None:
        self.write((incident, Retracted(claim.id, "it was wrong"), "person:ana"))

    def decide(self, incident: str, claim: Claim, decision: Decision) -> None:
        self.write((incident, Decided(claim.id, decision, "read it"), "person:ana"))

    def judge(self, one: str, other: str, judgement: Judgement) -> None:
        self.write(
            (one, Judged(other, judgement, "read both"), "person:ana"),
            (other, Judged(one, judgement.mirrored, "read both"), "person:ana"),
        )

    def move(self, incident: str, to: str, report: str) -> None:
        here, there = move(self.log.history(incident), self.log.history(to), Moved(report, to, "another"))
        self.write(
            *((incident, body, by or "person:ana") for body, by in here),
            *((to, body, by or "person:ana") for body, by in there),
        )

    def remove(self, report: str) -> None:
        """Have a report's words removed, as the law may ask."""
        plan = plan_removal(self.log, report, reason="a court said so", by="person:ana", at=self.at)
        self.log.append(plan.changes)


#: What a history is made of: an action, and numbers that choose what it is done to.
steps = st.tuples(
    st.sampled_from(["tell", "tell", "tell", "retract", "reject", "same", "withdraw", "move", "remove"]),
    st.integers(0, 5),
    st.integers(0, 5),
    st.lists(
        st.tuples(
            st.sampled_from(list(VALUES)),
            st.integers(0, 6),
            st.sampled_from([Stance.ASSERTS, Stance.ASSERTS, Stance.DENIES]),
            st.sampled_from(Tier),
        ),
        max_size=6,
    ),
)
Step = tuple[str, int, int, list[tuple[str, int, Stance, Tier]]]


def act(teller: Teller, step: Step) -> None:
    """Do one step; one that makes no sense now, as to tell again what the law had removed, does nothing."""
    with suppress(InputError):
        _act(teller, step)


def _act(teller: Teller, step: Step) -> None:
    what, first, second, chosen = step
    one, other = f"inc-{first}", f"inc-{second}"
    held = teller.log.history(one)
    if what == "tell":
        values = {field: VALUES[field][at % len(VALUES[field])] for field, at, _, _ in chosen}
        said = {(field, values[field]): (stance, tier) for field, _, stance, tier in chosen}
        number = sum(isinstance(change.body, Linked) for change in held)
        teller.tell(
            one,
            f"report {number} of {one}",
            [(field, value, stance, tier) for (field, value), (stance, tier) in said.items()],
            tier=Tier(second % 4) if second > 3 else Tier.CLEAR,
            source=SOURCES[second % len(SOURCES)],
            speaker=SPEAKERS[first % len(SPEAKERS)],
        )
        return
    claims = teller.claims[one]
    if what in ("retract", "reject") and claims:
        claim = claims[second % len(claims)]
        if what == "retract":
            teller.retract(one, claim)
        else:
            teller.decide(one, claim, Decision.REJECTED)
    if what in ("same", "withdraw") and one != other and held and teller.log.history(other):
        teller.judge(one, other, Judgement.SAME if what == "same" else Judgement.WITHDRAWN)
    reports = [change.body.report.id for change in held if isinstance(change.body, Linked)]
    if what == "move" and one != other and reports:
        teller.move(one, other, reports[second % len(reports)])
    if what == "remove" and reports:
        teller.remove(reports[second % len(reports)])


def without_hidden(change: Change, tier: Tier) -> Change | None:
    """Return the change as it would be in a database that never had what a tier may not see."""
    body = change.body
    if isinstance(body, Claimed):
        left = tuple(claim for claim in body.claims if claim.tier <= tier)
        return replace(change, body=Claimed(left)) if left else None
    if isinstance(body, Linked | Received) and body.report.tier > tier:
        return None
    return change
