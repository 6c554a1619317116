"""A real server over real folded changes, and a real browser in front of it."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from incidex.codebook import policy
from incidex.model import (
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
)
from incidex.web import MemoryLibrary, make_app
from tests.members import PEOPLE, make_accounts, phrase_of
from tests.running import running

HOSTILE = '"><script>document.title="owned"</script><img src=x onerror="document.title=\'owned\'">'
AT = datetime(2026, 1, 2, tzinfo=UTC)
ACCOUNT = "https://example.org/account"

SITE = "Ciphr dump site (retold)"

DUMP = """\
CIPHR CUSTOMER LOOKUP

Posted 26 April 2017

All of Ciphr's servers are compromised. We have the mail servers, the message servers and the
storage servers.

Below is a sample of what we hold: the e-mail address of the account, and the IMEI number of the
phone.
"""

CIPHR = """\
We are writing about a website that appeared today, 26 April 2017.

This was not a security breach. The content of your messages is not affected.

The list shows e-mail addresses and the IMEI numbers of phones. Our rival SkySecure published this
list in order to discredit us.

Customers whose active account appears on the list will be given a replacement phone.
"""

SKYSECURE = """\
SkySecure denies any involvement. We did not publish the list, and we had no part in the attack on
Ciphr. Whoever did this acted out of malice.
"""

TEXTS = {
    "Ciphr dump site (retold)": (Role.ACTOR, "leak-site post", "2017-04-26", "Ciphr customer lookup", DUMP),
    "Ciphr": (
        Role.VICTIM,
        "company statement",
        "2017-04-26",
        "Message to our customers about the publication of account details",
        CIPHR,
    ),
    "SkySecure": (
        Role.NAMED_PARTY,
        "company statement",
        "2017-04-27",
        "Our answer to Ciphr's accusation",
        SKYSECURE,
    ),
}

CLAIMS = (
    (SITE, "victim.name", "Ciphr", "Ciphr's", "asserts"),
    (SITE, "asset.variety", "S - Mail", "All of Ciphr's servers are compromised", "asserts"),
    (SITE, "impact", "confidentiality", "servers are compromised", "asserts"),
    (SITE, "data.class", "Email addresses", "e-mail address", "asserts"),
    (SITE, "action", "hacking", "compromised", "asserts"),
    (SITE, "date.occurred", "2017-04-26", "26 April 2017", "asserts"),
    ("Ciphr", "victim.name", "Ciphr", "us", "asserts"),
    ("Ciphr", "date.occurred", "2017-04-26", "26 April 2017", "asserts"),
    ("Ciphr", "security_incident", "Confirmed", "This was not a security breach", "denies"),
    ("Ciphr", "data.class", "Email addresses", "e-mail addresses", "asserts"),
    ("Ciphr", "data.class", "IMEI numbers", "IMEI numbers", "asserts"),
    ("Ciphr", "impact", "confidentiality", "content of your messages is not affected", "denies"),
    ("Ciphr", "actor.name", "SkySecure", "Our rival SkySecure published this list", "asserts"),
    ("Ciphr", "actor.motive", "Grudge", "in order to discredit us", "asserts"),
    ("Ciphr", "response", "devices replaced", "replacement phone", "asserts"),
    ("SkySecure", "actor.name", "SkySecure", "We did not publish the list", "denies"),
    ("SkySecure", "actor.motive", "Grudge", "acted out of malice", "asserts"),
    ("SkySecure", "malware", "Quill", "attack", "asserts"),
)  # fmt: skip


def make_report(name: str) -> tuple[Report, Document]:
    role, register, published, title, lines = TEXTS[name]
    text = "\n\n".join(" ".join(paragraph.split()) for paragraph in lines.split("\n\n"))
    source = Source(name=name, role=role, reliability="C")
    digest = hashlib.sha256(text.encode()).hexdigest()
    report = Report(
        sha256=digest,
        source=source,
        title=title,
        published=published,
        register=register,
        accounts=(ACCOUNT, "javascript:alert(1)"),
    )
    return report, Document(report=report.id, text=text)


def make_claim(name: str, field: str, value: str, words: str, stance: str) -> Claim:
    report, document = make_report(name)
    start = document.text.index(words)
    tier = policy()[field].tier
    return Claim(
        report=report.id,
        field=field,
        value=value,
        speaker=Speaker(name, report.source.role),
        coder="rules@1",
        stance=Stance(stance),
        confidence=0.85,
        tier=tier,
        evidence=Evidence.of(document.text, Span(start, start + len(words))),
        why="the speaker's own words",
    )


def make_ciphr() -> Iterator[Change]:
    version = 0
    for name in TEXTS:
        report, document = make_report(name)
        yield Change(record=report.id, version=1, body=Received(report, document), by="add@1", at=AT)
        claims = tuple(make_claim(*row) for row in CLAIMS if row[0] == name)
        for body in (Linked(report), Claimed(claims)):
            version += 1
            yield Change(record="inc-ciphr", version=version, body=body, by="rules@1", at=AT)


def make_hostile() -> Iterator[Change]:
    """An incident whose every word wants to be a script."""
    text = f"{HOSTILE} {HOSTILE}"
    digest = hashlib.sha256(text.encode()).hexdigest()
    source = Source(name=HOSTILE, url="javascript:document.title='owned'")
    report = Report(
        sha256=digest,
        source=source,
        title=HOSTILE,
        register=HOSTILE,
        published=HOSTILE,
        url="javascript:document.title='owned'",
        accounts=("javascript:document.title='owned'",),
    )
    yield Change(
        record=report.id,
        version=1,
        body=Received(report, Document(report=report.id, text=text)),
        by="x",
        at=AT,
    )
    claims = tuple(
        Claim(
            report=report.id,
            field=field,
            value=HOSTILE,
            speaker=Speaker(HOSTILE),
            coder=HOSTILE,
            stance=stance,
            evidence=Evidence.of(text, Span(0, len(HOSTILE))),
            why=HOSTILE,
        )
        for field in (*policy(), HOSTILE)
        for stance in (Stance.ASSERTS, Stance.DENIES)
    )
    yield Change(record="inc-hostile", version=1, body=Linked(report), by="x", at=AT)
    yield Change(record="inc-hostile", version=2, body=Claimed(claims), by="x", at=AT)


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The address of a running server."""
    library = MemoryLibrary([*make_ciphr(), *make_hostile()], policy())
    app = make_app(library, accounts=make_accounts(PEOPLE))
    with running(app) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    flags = (
        "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync"
    )
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=[*flags.split(), "--no-first-run"]
        )
        yield chromium
        chromium.close()


@pytest.fixture
def public(browser: Browser, site: str) -> Iterator[Page]:
    """A visitor whose browser runs no script."""
    with browser.new_context(java_script_enabled=False, base_url=site) as context:
        yield context.new_page()


@pytest.fixture
def member(browser: Browser, site: str) -> Iterator[Page]:
    """A visitor who has given a phrase."""
    with browser.new_context(java_script_enabled=False, base_url=site) as context:
        page = context.new_page()
        page.goto("/enter")
        page.locator("#phrase").fill(phrase_of("member"))
        page.get_by_role("button", name="Enter", exact=True).click()
        yield page


@pytest.fixture
def scripted(browser: Browser, site: str) -> Iterator[Page]:
    """A visitor whose browser would run a script if there were one."""
    with browser.new_context(base_url=site) as context:
        yield context.new_page()
