"""What each address answers: to the public, to members, and to those who try things."""

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from incidex.codebook import policy
from incidex.codebook.summary import make_description, make_summary
from incidex.model import (
    Body,
    Change,
    Claim,
    Claimed,
    Document,
    Evidence,
    Incident,
    Linked,
    Received,
    Report,
    Role,
    Source,
    Span,
    Speaker,
    Stance,
    Tier,
    fold,
)
from incidex.search import say_title
from incidex.web import MemoryLibrary, make_app
from incidex.web.front import MOST_LINES
from tests.members import OURS, PEOPLE, make_accounts, phrase_of

AT = datetime(2026, 1, 2, tzinfo=UTC)
TEXT = (
    "Acme {0} <b>lost</b> e-mail addresses. Mallory of {value} did it out of spite, says Acme. "
    "Mallory denies it."
)
Site = TestClient[Litestar]


def make_report(tier: Tier) -> Report:
    digest = hashlib.sha256(f"{TEXT}{tier}".encode()).hexdigest()
    source = Source(name="Acme & Sons", role=Role.VICTIM)
    return Report(sha256=digest, source=source, title="Notice", published="2017-04", tier=tier)


def make_claim(report: Report, field: str, value: str, words: str, stance: Stance = Stance.ASSERTS) -> Claim:
    start = TEXT.index(words)
    denies = stance is Stance.DENIES
    return Claim(
        report=report.id,
        field=field,
        value=value,
        speaker=Speaker("Mallory", Role.NAMED_PARTY) if denies else Speaker("Acme & Sons", Role.VICTIM),
        coder="rules@1",
        stance=stance,
        tier=policy()[field].tier,
        evidence=Evidence.of(TEXT, Span(start, start + len(words))),
    )


OPEN, CLOSED = make_report(Tier.CLEAR), make_report(Tier.GREEN)
CLAIMS = (
    make_claim(OPEN, "victim.name", "Acme {0}", "Acme {0}"),
    make_claim(OPEN, "data.class", "Email addresses", "e-mail addresses"),
    make_claim(OPEN, "actor.name", "Mallory", "Mallory of {value} did it"),
    make_claim(OPEN, "actor.motive", "Grudge", "out of spite"),
    make_claim(OPEN, "actor.name", "Mallory", "Mallory denies it", Stance.DENIES),
    make_claim(OPEN, "malware", "half \ud800 a pair", "lost"),
)


def at(minute: int) -> datetime:
    return AT + timedelta(minutes=minute)


def moment(minute: int) -> str:
    return f"{at(minute):%Y-%m-%dT%H:%M:%SZ}"


def make_library() -> MemoryLibrary:
    bodies: tuple[Body, ...] = (Linked(OPEN), Linked(CLOSED), Claimed(CLAIMS))
    changes = [
        Change(record="inc-1", version=place, serial=place, body=body, by="rules@1", at=at(place))
        for place, body in enumerate(bodies, start=1)
    ]
    received = [Received(each, Document(report=each.id, text=TEXT)) for each in (OPEN, CLOSED)]
    changes += [Change(record=body.report.id, version=1, body=body, by="x", at=AT) for body in received]
    return MemoryLibrary(changes, policy())


def find(tier: Tier) -> Incident:
    found = make_library().find_incident("inc-1", tier)
    assert found is not None
    return found


@pytest.fixture
def site() -> Iterator[Site]:
    with TestClient(
        make_app(make_library(), accounts=make_accounts(PEOPLE)), raise_server_exceptions=False
    ) as client:
        yield client


@pytest.fixture
def member(site: Site) -> Site:
    answer = site.post("/enter", data={"phrase": phrase_of("member")}, headers=OURS, follow_redirects=False)
    assert answer.status_code == 303
    return site


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/", "Acme {0}"),
        ("/incidents", "Acme {0}"),
        ("/organisations", "Acme {0}"),
        ("/sources", "Acme &amp; Sons"),
        ("/corrections", "Nothing has been corrected yet"),
        ("/incidents/inc-1", "Cyber Incident Victim: Acme {0}"),
        ("/api/v1/incidents/inc-1", '"Acme {0}"'),
        (f"/reports/{OPEN.id}", "e-mail addresses"),
        ("/enter", "Your phrase of twelve words"),
        ("/codebook", "actor.motive"),
        ("/codebook/actor.motive", "Grudge"),
        ("/static/incidex.css", "--paper"),
        ("/static/mark.svg", "<svg"),
        ("/healthz", "ok"),
    ],
)
def test_each_address_answers_with_strict_headers(site: Site, path: str, words: str) -> None:
    answer = site.get(path)
    assert answer.status_code == 200
    assert words in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nothing", 404),
        ("/incidents/nothing", 404),
        ("/reports/nothing", 404),
        (f"/reports/{CLOSED.id}", 404),
        ("/codebook/nothing", 404),
        ("/static/..%2fsite.py", 404),
        ("/static/site.py", 404),
        ("/incidents/inc-1?as_of=yesterday", 400),
        ("/incidents/inc-1?as_of=1", 400),  # a serial would count hidden changes
        ("/api/v1/incidents/inc-1/history?as_of=1", 400),
        ("/incidents/inc-1?as_of=2026-01-01T00:00:00", 400),
        ("/leave", 405),
    ],
)
def test_what_is_not_there_is_said_in_a_sentence(site: Site, path: str, status: int) -> None:
    answer = site.get(path)
    assert answer.status_code == status
    assert "Traceback" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_program_gets_errors_in_one_shape(site: Site) -> None:
    answer = site.get("/api/v1/incidents/nothing")
    assert answer.status_code == 404
    assert set(answer.json()) == {"error"}
    assert answer.json()["error"]["status"] == 404


def test_a_record_has_its_json_twin_by_asking_for_it(site: Site) -> None:
    twin = site.get("/incidents/inc-1", headers={"accept": "application/json"})
    assert twin.status_code == 200
    assert twin.json() == site.get("/api/v1/incidents/inc-1").json()


def test_an_empty_database_says_what_to_do() -> None:
    with TestClient(make_app(MemoryLibrary([], policy()))) as site:
        page = site.get("/").text
        assert "incidex add" in page
        assert "Members</a>" not in page


def test_the_public_gets_no_hidden_word_and_members_do(site: Site) -> None:
    hidden = ("Grudge", "says Mallory", "Mallory denies it")
    paths = ("/", "/incidents/inc-1", "/api/v1/incidents/inc-1")
    assert not [word for path in paths for word in hidden if word in site.get(path).text]
    assert "1 motive" in site.get("/incidents/inc-1").text
    site.post("/enter", data={"phrase": phrase_of("member")}, headers=OURS)
    assert "Grudge" in site.get("/incidents/inc-1").text
    assert site.get(f"/reports/{CLOSED.id}").status_code == 200


def test_the_public_reads_passages_of_a_report_and_members_all_of_it() -> None:
    text = f"Acme lost passwords. {'Nothing more. ' * 60}The end."
    report = Report(sha256=hashlib.sha256(text.encode()).hexdigest(), source=OPEN.source)
    claim = replace(
        CLAIMS[0],
        report=report.id,
        field="data.class",
        value="Passwords",
        evidence=Evidence.of(text, Span(10, 19)),
    )
    changes = [
        Change(
            record=report.id,
            version=1,
            body=Received(report, Document(report=report.id, text=text)),
            by="x",
            at=AT,
        ),
        Change(record="inc-9", version=1, body=Linked(report), by="x", at=AT),
        Change(record="inc-9", version=2, body=Claimed((claim,)), by="x", at=AT),
    ]
    app = make_app(MemoryLibrary(changes, policy()), accounts=make_accounts(PEOPLE))
    with TestClient(app) as site:
        public = site.get(f"/reports/{report.id}").text
        assert "<mark>passwords</mark>" in public
        assert "The end." not in public
        assert "whole text is available to members" in public
        site.post("/enter", data={"phrase": phrase_of("member")}, headers=OURS)
        assert "The end." in site.get(f"/reports/{report.id}").text


def test_a_hidden_claim_is_not_marked_for_the_public(site: Site) -> None:
    motive = CLAIMS[3]
    path = f"/reports/{OPEN.id}?incident=inc-1&claim={motive.id}"
    assert 'id="chosen"' not in site.get(path).text
    site.post("/enter", data={"phrase": phrase_of("member")}, headers=OURS)
    assert '<mark class="chosen" id="chosen">out of spite</mark>' in site.get(path).text


def test_the_cookie_is_for_this_site_and_no_script(site: Site) -> None:
    answer = site.post("/enter", data={"phrase": phrase_of("member")}, headers=OURS, follow_redirects=False)
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_leaving_closes_the_members_view(member: Site) -> None:
    assert "Grudge" in member.get("/incidents/inc-1").text
    member.post("/leave", headers=OURS)
    assert "Grudge" not in member.get("/incidents/inc-1").text


def test_a_form_from_elsewhere_is_refused(site: Site) -> None:
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://elsewhere.example"}, {}):
        assert site.post("/enter", data={"phrase": phrase_of("member")}, headers=headers).status_code == 403
    assert "Grudge" not in site.get("/incidents/inc-1").text


def test_an_oversized_form_is_refused(site: Site) -> None:
    assert site.post("/enter", content=b"phrase=" + b"x" * 20_000, headers=OURS).status_code == 413


def test_a_form_of_many_fields_is_refused(site: Site) -> None:
    assert site.post("/enter", content=b"a=1&" * 100, headers=OURS).status_code == 400


def test_a_long_list_is_shown_a_page_at_a_time() -> None:
    changes = [
        Change(record=f"inc-{each:03}", version=1, body=Claimed(CLAIMS[:1]), by="x", at=AT)
        for each in range(MOST_LINES + 1)
    ]
    with TestClient(make_app(MemoryLibrary(changes, policy()))) as site:
        first, second = site.get("/incidents").text, site.get(f"/incidents?first={MOST_LINES}").text
    assert first.count('<th scope="row">') == MOST_LINES
    assert f"?first={MOST_LINES}" in first
    assert second.count('<th scope="row">') == 1


def test_a_record_can_be_seen_as_it_stood(site: Site) -> None:
    before = site.get(f"/incidents/inc-1?as_of={moment(1)}")
    assert before.status_code == 200
    assert "Acme {0}" not in before.text
    assert site.get(f"/incidents/inc-1?as_of={moment(0)}").status_code == 404
    assert "Acme {0}" in site.get("/incidents/inc-1?as_of=2026-01-03T00:00:00Z").text


def test_a_record_tells_who_did_what_and_what_changed_since(site: Site) -> None:
    page = site.get("/incidents/inc-1").text
    assert "added the report" in page
    assert "as it stood then" in page
    since = site.get(f"/incidents/inc-1?since={moment(1)}").text
    assert "What changed since" in since
    assert "Data classes: gained Email addresses, confirmed" in since
    assert "Grudge" not in since
    assert "Nothing that is shown here" in site.get(f"/incidents/inc-1?since={moment(3)}").text
    assert site.get("/incidents/inc-1?since=yesterday").status_code == 400
    told = site.get("/api/v1/incidents/inc-1/history").json()["history"]
    assert [each["who"] for each in told] == ["rules@1", "rules@1"]


class _Broken(MemoryLibrary):
    def find_incident(self, *_: object, **__: object) -> Incident | None:
        raise RuntimeError("the secret word is swordfish")


def test_a_failure_of_ours_shows_nothing_of_how(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    with TestClient(make_app(_Broken([], policy())), raise_server_exceptions=False) as site:
        answer = site.get("/incidents/inc-1")
    assert answer.status_code == 500
    assert "swordfish" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_the_summary_names_the_speaker_of_everything_it_says() -> None:
    summary = make_summary(find(Tier.GREEN))
    assert "Acme & Sons said that Acme {0} was the victim, that email addresses were exposed" in summary
    assert "Acme & Sons said that Mallory was behind it; Mallory denied it." in summary
    assert all("said" in sentence or "denied" in sentence for sentence in summary.rstrip(".").split(". "))


def test_the_summary_knows_only_what_its_tier_sees() -> None:
    public = make_summary(find(Tier.CLEAR)) + "".join(make_description(find(Tier.CLEAR)))
    assert "Mallory" not in public
    assert "Email addresses".lower() in public


def test_the_description_goes_report_by_report() -> None:
    (told,) = make_description(find(Tier.GREEN))
    assert told.startswith("Acme & Sons, Apr 2017: Acme & Sons said that")


def test_a_record_without_a_victim_is_named_by_what_is_told_of_it() -> None:
    def fold_of(*claims: Claim) -> Incident:
        bodies: tuple[Body, ...] = (Linked(OPEN), Claimed(claims))
        changes = [
            Change(record="inc-1", version=version, body=body, by="rules@1", at=AT)
            for version, body in enumerate(bodies, start=1)
        ]
        found = fold(changes, policy=policy())
        assert found is not None
        return found

    assert say_title(fold_of(CLAIMS[1])) == "No victim named: “Notice”"
    assert say_title(fold_of(CLAIMS[0])) == "Cyber Incident Victim: Acme {0}"
