"""Coming in, and what members do to their own account."""

import re
from collections.abc import Iterator

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from incidex.app.library import StoreLibrary
from incidex.model import MemberRole
from incidex.store import Accounts, MemoryLog
from incidex.web import Desk, make_app
from incidex.web.entry import TRIES
from tests.members import OURS, PEOPLE, make_accounts, phrase_of

Site = TestClient[Litestar]


@pytest.fixture
def accounts() -> Accounts:
    return make_accounts(PEOPLE | {"cy": MemberRole.CODER})


@pytest.fixture
def app(log: MemoryLog, accounts: Accounts) -> Litestar:
    return make_app(StoreLibrary(log), accounts=accounts, desk=Desk(log))


@pytest.fixture
def other(log: MemoryLog, accounts: Accounts) -> Iterator[Site]:
    """Return another browser, at another process of the same site."""
    with TestClient(make_app(StoreLibrary(log), accounts=accounts, desk=Desk(log))) as client:
        yield client


@pytest.fixture
def site(app: Litestar) -> Iterator[Site]:
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def come_in(site: Site, name: str) -> None:
    answer = site.post("/enter", data={"phrase": phrase_of(name)}, headers=OURS, follow_redirects=False)
    assert answer.status_code == 303


def act(site: Site, do: str, **fields: str) -> tuple[int, str]:
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', site.get("/account").text)
    data = {"do": do, "csrf": found[1] if found else "", **fields}
    answer = site.post("/account/do", data=data, headers=OURS)
    return answer.status_code, answer.text


def test_a_mistyped_word_is_named_and_too_many_have_to_wait(site: Site) -> None:
    mistyped = " ".join(["zooo", *phrase_of("ana").split()[1:]])
    answers = [site.post("/enter", data={"phrase": mistyped}, headers=OURS) for _ in range(TRIES + 1)]
    assert [each.status_code for each in answers] == [403] * TRIES + [429]
    assert "word 1, &#x27;zooo&#x27;, is in no phrase; perhaps &#x27;zoo&#x27;" in answers[0].text
    come_in(site, "ana")  # guessing bars nobody who knows


def test_a_strangers_phrase_is_told_from_no_mistyped_one(site: Site) -> None:
    answer = site.post("/enter", data={"phrase": phrase_of("stranger")}, headers=OURS)
    assert answer.status_code == 403
    assert "no member’s phrase" in answer.text


def test_each_entry_has_a_session_of_its_own_and_ends_the_former(site: Site, accounts: Accounts) -> None:
    come_in(site, "ana")
    first = dict(site.cookies)
    come_in(site, "ana")
    assert dict(site.cookies) != first
    (ana,) = (each for each in accounts.members() if each.name == "ana")
    assert len(accounts.sessions(ana.id)) == 1


def test_over_https_the_cookie_belongs_to_this_host_alone(app: Litestar) -> None:
    with TestClient(app, base_url="https://incidex.example") as site:
        data = {"phrase": phrase_of("ana")}
        answer = site.post("/enter", data=data, headers=OURS, follow_redirects=False)
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-incidex=")
        assert {"Secure", "HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))
        assert "Domain" not in cookie
        assert site.get("/account").status_code == 200
        token = site.cookies.pop("__Host-incidex")
        site.cookies.set("incidex_session", token)  # a name that another host could have set
        assert site.get("/account").status_code == 403


def test_a_member_sees_and_ends_their_sessions(site: Site, other: Site) -> None:
    come_in(other, "ana")
    come_in(site, "ana")
    page = site.get("/account").text
    assert page.count("<b>(this one)</b>") == 1
    assert page.count('value="end session"') == 2
    act(site, "end other sessions")
    assert other.get("/account").status_code == 403
    session = re.findall(r'name="id" value="([0-9a-f]{64})"', site.get("/account").text)[0]
    assert act(site, "end session", id=session)[0] == 403  # the page that follows is no longer for them
    assert site.get("/account").status_code == 403


def test_nobody_ends_what_is_anothers(site: Site, other: Site, accounts: Accounts) -> None:
    come_in(other, "bo")
    (bo,) = (each for each in accounts.members() if each.name == "bo")
    session = accounts.sessions(bo.id)[0].hash.hex()
    come_in(site, "ana")
    for do in ("end session", "end token", "end passkey"):
        assert act(site, do, id=session)[0] == 200
    assert other.get("/account").status_code == 200


def test_a_token_is_shown_once_and_reads_for_its_member(site: Site, other: Site) -> None:
    come_in(site, "cy")
    status, page = act(site, "make token", label="my <script>", scope="read", days="30")
    assert status == 200
    (token,) = re.findall(r'<code id="token">(incidex_[\w-]+)</code>', page)
    assert token not in site.get("/account").text
    assert "my &lt;script&gt;: read" in site.get("/account").text
    bearer = {"authorization": f"Bearer {token}"}
    assert "Grudge" in other.get("/api/v1/incidents/inc-1", headers=bearer).text
    assert "Grudge" not in other.get("/api/v1/incidents/inc-1").text
    assert other.get("/account", headers=bearer).status_code == 403
    assert other.get("/incidents/new", headers=bearer).status_code == 403
    held = re.findall(
        r'value="([0-9a-f]{64})"><button class="plain" name="do" value="end token"', site.get("/account").text
    )
    act(site, "end token", id=held[0])
    ended = other.get("/", headers=bearer)
    assert (ended.status_code, ended.headers["www-authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize(
    ("do", "fields", "words"),
    [
        ("make token", {"label": "x", "scope": "metrics", "days": "3"}, "may not edit"),
        ("make token", {"label": "x", "scope": "read", "days": "never"}, "1 to 366 days"),
        ("make token", {}, "no scope"),
        ("end token", {"id": "zz"}, "nothing of that number"),
        ("remove account", {}, "Tick the box"),
        ("fly", {}, "asks for nothing"),
    ],
)
def test_what_cannot_be_done_is_said(site: Site, do: str, fields: dict[str, str], words: str) -> None:
    come_in(site, "cy")
    status, page = act(site, do, **fields)
    assert (status, words in page) == (400, True), page


def test_a_form_without_its_token_does_nothing(site: Site) -> None:
    come_in(site, "cy")
    data = {"do": "remove account", "sure": "yes", "csrf": "0" * 64}
    assert site.post("/account/do", data=data, headers=OURS).status_code == 403
    assert site.post("/account/do", data=data, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert site.get("/account").status_code == 200


def test_a_member_leaves_for_good(site: Site, accounts: Accounts) -> None:
    come_in(site, "cy")
    act(site, "remove account", sure="yes")
    assert site.get("/account").status_code == 403
    assert "cy" not in {each.name for each in accounts.members()}


@pytest.mark.parametrize(
    ("name", "review", "type_in"), [("member", 403, 403), ("cy", 403, 200), ("ana", 200, 200)]
)
def test_each_role_reaches_what_is_its_own(site: Site, name: str, review: int, type_in: int) -> None:
    come_in(site, name)
    assert site.get("/review").status_code == review
    assert site.get("/incidents/new").status_code == type_in
    assert site.get("/account").status_code == 200


@pytest.mark.parametrize("body", [b"", b"{}", b'{"response": {"clientDataJSON": "AAAA"}}', b"\xff" * 50])
def test_a_passkeys_answer_that_is_none_is_refused(site: Site, body: bytes) -> None:
    answer = site.post("/enter/passkey", content=body, headers={**OURS, "accept": "application/json"})
    assert answer.status_code == 400
    assert "error" in answer.json()


def test_a_passkey_needs_a_name_and_our_own_page(site: Site) -> None:
    named = {"host": "localhost", **OURS}
    options = site.post("/enter/passkey/options", headers=named)
    assert options.json()["userVerification"] == "required"
    assert site.post("/enter/passkey/options").status_code == 403
    assert site.post("/account/passkey/options", headers=named).status_code == 403
    numbered = site.post("/enter/passkey/options", headers={"host": "127.0.0.1", **OURS})
    assert "open this site as localhost" in numbered.text
