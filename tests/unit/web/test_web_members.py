"""What editors do about members on the site, what they cannot, and what is written down of it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from incidex.app.library import StoreLibrary
from incidex.model import Member, MemberRole
from incidex.store import Accounts, MemoryLog
from incidex.web import make_app
from tests.members import OURS, make_accounts, phrase_of

Site = TestClient[Litestar]

PEOPLE = {
    "ed": MemberRole.EDITOR,
    "eve": MemberRole.EDITOR,
    "ro": MemberRole.REVIEWER,
    "member": MemberRole.READER,
}


@pytest.fixture
def accounts() -> Accounts:
    return make_accounts(PEOPLE)


@pytest.fixture
def site(log: MemoryLog, accounts: Accounts) -> Iterator[Site]:
    with TestClient(make_app(StoreLibrary(log), accounts=accounts), raise_server_exceptions=False) as client:
        come_in(client, "ed")
        yield client


@pytest.fixture
def other(log: MemoryLog, accounts: Accounts) -> Iterator[Site]:
    with TestClient(make_app(StoreLibrary(log), accounts=accounts), raise_server_exceptions=False) as client:
        yield client


def come_in(site: Site, name: str, phrase: str = "") -> int:
    data = {"phrase": phrase or phrase_of(name)}
    return site.post("/enter", data=data, headers=OURS, follow_redirects=False).status_code


def find(accounts: Accounts, name: str) -> Member:
    (found,) = (each for each in accounts.members() if name in (each.name, each.role))
    return found


def send(site: Site, address: str, **fields: str) -> tuple[int, str]:
    """Send a form with what the page of the member gives its forms to carry."""
    page = site.get("/members").text
    page += site.get(f"/members/{fields['member']}").text if "member" in fields else ""
    held = dict(re.findall(r'type="hidden" name="(csrf|was)" value="([^"]*)"', page))
    answer = site.post(address, data=held | fields, headers=OURS)
    return answer.status_code, unescape(answer.text)


def act(site: Site, member: Member, do: str, **fields: str) -> tuple[int, str]:
    return send(site, "/members/do", member=member.id, do=do, **fields)


def test_an_editor_sees_names_numbers_and_roles_and_no_more(site: Site, accounts: Accounts) -> None:
    page = site.get("/members").text
    for each in accounts.members():
        assert each.id in page
    plain = site.get("/members", headers={"accept": "application/json"}).json()["members"]
    assert {tuple(sorted(each)) for each in plain} == {("id", "made_on", "name", "role", "sees")}
    assert "Nobody is like that" in site.get("/members?q=nobody").text
    assert "1 member like" in unescape(site.get("/members?q=ro").text)
    assert 'href="/members"' in site.get("/account").text


@pytest.mark.parametrize("name", ["", "member", "ro"])
def test_nobody_else_gets_in(other: Site, accounts: Accounts, name: str) -> None:
    if name:
        come_in(other, name)
    target = find(accounts, "ro" if name == "member" else "reader")
    assert other.get("/members").status_code == 403
    assert other.get(f"/members/{target.id}").status_code == 403
    for address in ("/members/do", "/members/add"):
        data = {"do": "remove", "member": target.id, "sure": "yes", "was": "x", "role": "editor", "name": "x"}
        assert other.post(address, data=data, headers=OURS).status_code == 403
    assert len(accounts.members()) == len(PEOPLE)


def test_a_program_and_a_forged_form_do_nothing(site: Site, accounts: Accounts) -> None:
    target = find(accounts, "ro")
    data = {"do": "remove", "member": target.id, "sure": "yes", "was": "reviewer:ro:0"}
    assert site.post("/members/do", data=data, headers=OURS).status_code == 403  # without what forms carry
    found = re.search(r'name="csrf" value="([^"]*)"', site.get("/members").text)
    assert found is not None
    whole = data | {"csrf": found[1]}
    assert site.post("/members/do", data=whole, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert accounts.find_member(target.id) is not None


def test_another_role_is_given_and_taken_back(site: Site, other: Site, accounts: Accounts) -> None:
    ro = find(accounts, "ro")
    come_in(other, "ro")
    status, page = act(site, ro, "role", role="coder", name="ro")
    assert status == 200
    assert "made a coder of a reviewer" in page
    assert find(accounts, "ro").role is MemberRole.CODER
    assert other.get("/account").status_code == 403  # the session of the former role has ended
    (form,) = re.findall(r'<form class="inline".*?</form>', page)
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    assert site.post("/members/do", data=fields, headers=OURS).status_code == 200
    assert find(accounts, "ro") == ro
    assert [each.what for each in accounts.deeds(9)] == [
        "made a reviewer of a coder",
        "made a coder of a reviewer",
    ]


def test_a_form_that_comes_too_late_is_told_so(site: Site, accounts: Accounts) -> None:
    ro = find(accounts, "ro")
    assert act(site, ro, "role", role="reader", was="coder:ro:0")[0] == 409
    assert find(accounts, "ro") == ro


def test_keys_are_ended(site: Site, other: Site, accounts: Accounts) -> None:
    ro = find(accounts, "ro")
    come_in(other, "ro")
    assert act(site, ro, "end sessions")[0] == 200
    assert accounts.sessions(ro.id) == []
    assert other.get("/account").status_code == 403
    come_in(other, "ro")
    for do in ("end tokens", "end passkeys"):
        assert act(site, ro, do)[0] == 200
    assert accounts.sessions(ro.id) == []
    assert {each.what for each in accounts.deeds(9)} == {
        "ended all sessions",
        "ended all tokens",
        "removed all passkeys, and ended all sessions",
    }


def test_a_new_phrase_is_shown_once_and_opens(site: Site, other: Site, accounts: Accounts) -> None:
    ro = find(accounts, "ro")
    page = site.get(f"/members/{ro.id}").text
    held = dict(re.findall(r'type="hidden" name="(csrf|was)" value="([^"]*)"', page))
    answer = site.post("/members/do", data={**held, "member": ro.id, "do": "renew phrase"}, headers=OURS)
    assert answer.headers["cache-control"] == "no-store"
    found = re.search(r'<code id="phrase">([a-z ]+)</code>', answer.text)
    assert found is not None
    assert len(found[1].split()) == 12
    assert found[1] not in site.get(f"/members/{ro.id}").text
    assert come_in(other, "ro") == 403
    assert come_in(other, "ro", found[1]) == 303


def test_somebody_new_is_let_in(site: Site, other: Site, accounts: Accounts) -> None:
    status, page = send(site, "/members/add", role="coder", name="new.one")
    assert status == 200
    found = re.search(r'<code id="phrase">([a-z ]+)</code>', page)
    assert found is not None
    assert come_in(other, "", found[1]) == 303
    assert find(accounts, "new.one").role is MemberRole.CODER
    for role, name, said in (
        ("coder", "", "signs"),
        ("coder", "ro", "another name"),
        ("king", "x", "no role"),
    ):
        status, page = send(site, "/members/add", role=role, name=name)
        assert (status, said in page) == (400, True)


def test_a_member_is_removed_and_leaves_no_name_behind(site: Site, accounts: Accounts) -> None:
    ro = find(accounts, "ro")
    act(site, ro, "role", role="coder")
    assert act(site, ro, "remove")[0] == 400  # without the tick
    assert act(site, ro, "remove", sure="yes")[0] == 200
    assert accounts.find_member(ro.id) is None
    assert [(each.what, each.member, each.name) for each in accounts.deeds(9)] == [
        ("removed a coder", "", "")
    ]
    assert act(site, ro, "end tokens")[0] in (403, 404)


def test_an_editor_does_nothing_about_who_sees_more_nor_about_themselves(
    site: Site, accounts: Accounts
) -> None:
    eve = find(accounts, "eve")
    accounts.set_role(replace(eve, is_named=True))
    for who, said in (
        (find(accounts, "eve"), "sees RED and you do not"),
        (find(accounts, "ed"), "This is you"),
    ):
        assert said in unescape(site.get(f"/members/{who.id}").text)
        for do in ("role", "renew phrase", "remove", "end sessions"):
            status, page = act(site, who, do, role="reader", sure="yes", was=f"editor:{who.name}:1")
            assert status == 403
            assert said in page
    assert {each.name for each in accounts.members() if each.role is MemberRole.EDITOR} == {"ed", "eve"}


def test_naming_for_red_is_not_given_on_the_site(site: Site, accounts: Accounts) -> None:
    ro = find(accounts, "ro")
    act(site, ro, "role", role="editor", is_named="1", red="1")
    assert find(accounts, "ro").is_named is False


@pytest.mark.parametrize("asked", [{"do": "nothing"}, {"do": ""}, {"do": "role", "role": "king"}])
def test_what_cannot_be_done_is_said(site: Site, accounts: Accounts, asked: dict[str, str]) -> None:
    status, _ = send(site, "/members/do", member=find(accounts, "ro").id, **asked)
    assert status == 400
    assert site.get("/members/nobody").status_code == 404


def test_many_members_come_in_pages(log: MemoryLog) -> None:
    many = make_accounts(PEOPLE | {f"coder{n:04}": MemberRole.CODER for n in range(450)})
    with TestClient(make_app(StoreLibrary(log), accounts=many)) as client:
        come_in(client, "ed")
        seen: set[str] = set()
        address: str | None = "/members"
        while address:
            page = client.get(address)
            assert len(page.content) < 100_000
            seen |= set(re.findall(r'href="/members/([0-9a-f]{16})"', page.text))
            following = re.search(r'href="(/members\?[^"]*)" rel="next"', page.text)
            address = unescape(following[1]) if following else None
        assert seen == {each.id for each in many.members()}
