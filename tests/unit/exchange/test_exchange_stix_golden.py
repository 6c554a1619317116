"""The Ciphr record as STIX, whole: read it in `tests/golden/ciphr.stix.json` as a consumer would.

The claims are given here and not read by coders, so that the file changes only when the format does. After
a change that is meant, `REWRITE_GOLDEN=1 pytest` writes it anew.
"""

import os
from hashlib import sha256
from pathlib import Path

import msgspec

import incidex.app
from incidex.codebook import policy
from incidex.exchange.stix import to_bundle, to_stix
from incidex.model import (
    Body,
    Change,
    Claim,
    Claimed,
    Evidence,
    Incident,
    Linked,
    Report,
    Role,
    Source,
    Span,
    Speaker,
    Stance,
    Tier,
    fold,
)
from tests.unit.exchange.records import AT
from tests.unit.exchange.test_exchange_stix import errors_of

GOLDEN = Path(__file__).parents[2] / "golden" / "ciphr.stix.json"
REPORTS = Path(str(incidex.app.__file__)).parent / "demo"
PUBLIC = "https://www.vice.com/en/article/bme5w3/customer-data-from-encrypted-phone-company-ciphr"

SITE = ("ciphr-dump-site.txt", "Ciphr dump site (retold)", Role.ACTOR, "E", "2017-04-26")
CIPHR = ("ciphr-statement.html", "Ciphr (statement, retold)", Role.VICTIM, "C", "2017-04-26")
SKYSECURE = (
    "ciphr-skysecure-statement.eml",
    "SkySecure (statement, retold)",
    Role.NAMED_PARTY,
    "C",
    "2017-04-27",
)
PGPSURE = ("ciphr-pgpsure-statement.md", "PGPSure (statement, retold)", Role.NAMED_PARTY, "C", "2017-04-27")
LEDGER = ("ciphr-harbour-ledger.html", "The Harbour Ledger", Role.PRESS, "B", "2017-04-27")

Told = tuple[str, str, Role, str, str]

PRESS = Speaker("The Harbour Ledger", Role.PRESS)
VICTIM = Speaker("Ciphr", Role.VICTIM)
ACTOR = Speaker("the site", Role.ACTOR)
THIRD = Speaker("PGPSure", Role.NAMED_PARTY)
RIVAL = Speaker("SkySecure", Role.NAMED_PARTY)

#: Report, field, value, stance, speaker and the words, which stand once in the report.
SAID: tuple[tuple[Told, str, str, Stance, Speaker, str], ...] = (
    (LEDGER, "victim.name", "Ciphr", Stance.ASSERTS, PRESS, "customers of Ciphr"),
    (CIPHR, "victim.name", "Ciphr", Stance.ASSERTS, VICTIM, "details of Ciphr accounts"),
    (LEDGER, "date.occurred", "2017-04", Stance.ASSERTS, PRESS, "26 April 2017"),
    (SITE, "action", "hacking", Stance.ASSERTS, ACTOR, "Ciphr's servers are compromised"),
    (SITE, "security_incident", "Confirmed", Stance.ASSERTS, ACTOR, "All of Ciphr's servers"),
    (CIPHR, "security_incident", "Confirmed", Stance.DENIES, VICTIM, "not a security breach"),
    (PGPSURE, "security_incident", "Confirmed", Stance.DENIES, THIRD, "it is fake news"),
    (LEDGER, "data.class", "Email addresses", Stance.ASSERTS, PRESS, "E-mail addresses"),
    (LEDGER, "data.class", "IMEI numbers", Stance.ASSERTS, PRESS, "and IMEI numbers"),
    (LEDGER, "data.variety", "Personal", Stance.ASSERTS, PRESS, "belonging to customers"),
    (CIPHR, "actor.name", "SkySecure", Stance.ASSERTS, VICTIM, "SkySecure published this list"),
    (CIPHR, "actor.variety", "Competitor", Stance.ASSERTS, VICTIM, "Our rival"),
    (SKYSECURE, "actor.name", "SkySecure", Stance.DENIES, RIVAL, "SkySecure denies any involvement"),
    (CIPHR, "response", "devices replaced", Stance.ASSERTS, VICTIM, "a replacement phone"),
)


def make_report(told: Told) -> Report:
    file, name, role, reliability, published = told
    return Report(
        sha256=sha256((REPORTS / file).read_bytes()).hexdigest(),
        source=Source(name=name, role=role, reliability=reliability),
        published=published,
        title=file.partition(".")[0].replace("-", " ").capitalize(),
        url=PUBLIC if told is LEDGER else "",
        register="press" if role is Role.PRESS else "company statement",
    )


def make_claim(row: tuple[Told, str, str, Stance, Speaker, str]) -> Claim:
    told, field, value, stance, speaker, words = row
    text = (REPORTS / told[0]).read_text("utf-8")
    start = text.index(words)
    return Claim(
        report=make_report(told).id,
        field=field,
        value=value,
        stance=stance,
        speaker=speaker,
        coder="golden@1",
        confidence=0.8,
        evidence=Evidence.of(text, Span(start, start + len(words))),
    )


def make_record() -> Incident:
    bodies: list[Body] = [Linked(make_report(told)) for told in (SITE, CIPHR, SKYSECURE, PGPSURE, LEDGER)]
    bodies += [Claimed((make_claim(row),)) for row in SAID]
    changes = [
        Change(record="inc-ciphr", version=number, body=body, by="golden@1", at=AT, serial=number)
        for number, body in enumerate(bodies, start=1)
    ]
    found = fold(changes, tier=Tier.CLEAR, policy=policy())
    assert found is not None
    return found


def test_the_ciphr_record() -> None:
    bundle = to_bundle(to_stix(make_record())[0])
    text = msgspec.json.format(msgspec.json.encode(bundle), indent=1).decode() + "\n"
    if os.environ.get("REWRITE_GOLDEN"):
        GOLDEN.write_text(text, "utf-8")
    assert errors_of(bundle) == []
    assert text == GOLDEN.read_text("utf-8")
