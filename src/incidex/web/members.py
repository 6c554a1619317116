"""Where editors look after the members: who there is, another role, keys ended, a new phrase.

An editor does nothing about somebody who sees more: a new phrase opens what its member sees. Nor about
themselves, so that no site is left without an editor. What they do is written down by the day.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException
from litestar.params import FromPath

from incidex.model import ConflictError, InputError, Member, MemberRole, Right, parse_role
from incidex.store import Accounts, Deed
from incidex.web.account import require_person
from incidex.web.answers import (
    Answer,
    AnyRequest,
    Refused,
    Site,
    Visit,
    explain,
    make_json,
    make_page,
    parse_first,
    prefers_json,
    require_token,
    send_to,
)
from incidex.web.forms import Form
from incidex.web.membership import add_member, change_role, renew_phrase
from incidex.web.words import say_date

#: Members on one page, and deeds that are shown.
MOST_LINES, MOST_DEEDS = 100, 30


@dataclass(frozen=True, slots=True)
class Done:
    """What was done about a member: how it is written down, and what is to be shown once."""

    what: str
    phrase: str = ""
    is_role: bool = False  # which can be taken back


@dataclass(frozen=True, slots=True)
class Line:
    """A deed as the page tells it, with what its form sends to take it back, where that can be done."""

    when: str
    by: str
    what: str
    who: str
    member: str
    undo: Mapping[str, str] | None


@get("/members", sync_to_thread=True)
def members(request: AnyRequest, site: NamedDependency[Site], visit: NamedDependency[Visit]) -> Answer:
    """Answer with who there is, by name and number alone."""
    _require_editor(visit)
    if prefers_json(request):
        return make_json({"members": [_plain(each) for each in site.door.accounts.members()]})
    first = parse_first(request.query_params.get("first", ""))
    return _show_all(site, visit, text=request.query_params.get("q", ""), first=first)


@get("/members/{name:str}", sync_to_thread=True)
def member(
    request: AnyRequest, site: NamedDependency[Site], visit: NamedDependency[Visit], name: FromPath[str]
) -> Answer:
    """Answer with one member, and what can be done about them."""
    _require_editor(visit)
    found = site.door.accounts.find_member(name)
    if found is None:
        raise HTTPException(status_code=404)
    return make_json(_plain(found)) if prefers_json(request) else _show_one(site, visit, found)


@post("/members/add", status_code=200, sync_to_thread=True)
def add(
    request: AnyRequest,
    site: NamedDependency[Site],
    visit: NamedDependency[Visit],
    form: NamedDependency[Form],
) -> Answer:
    """Open an account, and show its phrase once."""
    _require_editor(visit)
    require_token(request, visit, form)
    accounts = site.door.accounts
    try:
        made, phrase = add_member(accounts, parse_role(form.get("role", "")), form.get("name", "").strip())
    except InputError as error:
        return _show_all(site, visit, status=400, said=explain(error)[1], typed=form)
    _write_down(site, visit, made, Done(f"opened the account of a {made.role}"))
    return _show_one(site, visit, made, phrase=phrase)


@post("/members/do", status_code=200, sync_to_thread=True)
def change_member(
    request: AnyRequest,
    site: NamedDependency[Site],
    visit: NamedDependency[Visit],
    form: NamedDependency[Form],
) -> Answer:
    """Do what a form says about a member."""
    _require_editor(visit)
    require_token(request, visit, form)
    act = _ACTS.get(form.get("do", ""))
    if act is None:
        raise Refused(status_code=400, detail="This form asks for nothing that can be done here.")
    found = site.door.accounts.find_member(form.get("member", ""))
    if found is None:
        raise Refused(status_code=404, detail="There is no such member, or no longer.")
    if why := _say_barred(visit, found):
        raise Refused(status_code=403, detail=why)
    if form.get("was", "") != _stamp(found):
        raise ConflictError("somebody else changed this member meanwhile; look again")
    try:
        done = act(site.door.accounts, found, form)
    except InputError as error:
        return _show_one(site, visit, found, status=400, said=explain(error)[1])
    _write_down(site, visit, found, done)
    now = site.door.accounts.find_member(found.id)
    if now is None:
        return send_to("/members")
    return _show_one(site, visit, now, phrase=done.phrase) if done.phrase else send_to(f"/members/{now.id}")


HANDLERS = (members, member, add, change_member)


def _change_role(accounts: Accounts, found: Member, form: Form) -> Done:
    role = parse_role(form.get("role", ""))
    changed = change_role(accounts, found, role, form.get("name", "").strip(), is_named=False)
    lost = " who is no longer named for RED" if found.is_named else ""
    return Done(f"made a {changed.role} of a {found.role}{lost}", is_role=True)


def _end_sessions(accounts: Accounts, found: Member, _: Form) -> Done:
    accounts.end_other_sessions(found.id, b"")
    return Done("ended all sessions")


def _end_tokens(accounts: Accounts, found: Member, _: Form) -> Done:
    accounts.end_tokens(found.id)
    return Done("ended all tokens")


def _end_passkeys(accounts: Accounts, found: Member, _: Form) -> Done:
    accounts.end_passkeys(found.id)
    accounts.end_other_sessions(found.id, b"")
    return Done("removed all passkeys, and ended all sessions")


def _renew_phrase(accounts: Accounts, found: Member, _: Form) -> Done:
    return Done("made a new phrase, and ended all sessions", renew_phrase(accounts, found))


def _remove(accounts: Accounts, found: Member, form: Form) -> Done:
    if form.get("sure", "") != "yes":
        raise InputError("tick the box to say that this account shall go for good")
    accounts.remove(found.id)
    return Done(f"removed a {found.role}")


#: What an editor may do about a member, by what the button says.
_ACTS: Mapping[str, Callable[[Accounts, Member, Form], Done]] = MappingProxyType(
    {
        "role": _change_role,
        "end sessions": _end_sessions,
        "end tokens": _end_tokens,
        "end passkeys": _end_passkeys,
        "renew phrase": _renew_phrase,
        "remove": _remove,
    }
)


def _require_editor(visit: Visit) -> None:
    """Refuse whoever is not an editor, and programs: rights are given by people."""
    if not require_person(visit).may(Right.EDIT):
        raise Refused(status_code=403, detail="Members are looked after by editors.")


def _say_barred(visit: Visit, found: Member) -> str:
    """Say why an editor can do nothing about a member; "" when they can."""
    if visit.entered is not None and visit.entered.member.id == found.id:
        return "This is you. Your sessions and keys are under Account; another editor changes your role."
    if found.tier > visit.tier:
        return f"This member sees {found.tier.name} and you do not; `incidex members` does it."
    return ""


def _write_down(site: Site, visit: Visit, about: Member, done: Done) -> None:
    """Write a deed down; of one who was removed, nothing but that."""
    accounts = site.door.accounts
    whom = about.id if accounts.find_member(about.id) else ""
    before = (str(about.role), about.name) if done.is_role else ("", "")
    accounts.add_deed(Deed(site.door.today.isoformat(), visit.name, whom, done.what, *before))


def _stamp(found: Member) -> str:
    """Say what a member is, so that a form sent twice or late is known."""
    return f"{found.role}:{found.name}:{int(found.is_named)}"


def _plain(found: Member) -> dict[str, Any]:
    return {
        "id": found.id,
        "role": str(found.role),
        "name": found.name,
        "sees": found.tier.name,
        "made_on": found.made_on,
    }


def _choose(held: Sequence[Member], text: str) -> list[Member]:
    """Return the members whose name, number or role holds a text."""
    wanted = text.strip().casefold()
    return [each for each in held if wanted in f"{each.name} {each.id} {each.role}".casefold()]


def _say_deeds(accounts: Accounts, held: Iterable[Member], member_id: str = "") -> list[Line]:
    """Tell what editors did, the last first. A role can be taken back while its member has it still."""
    known = {each.id: each for each in held}
    lines: list[Line] = []
    undone: set[str] = set()
    for each in accounts.deeds(MOST_DEEDS):
        now = known.get(each.member)
        undo = None
        if now is not None and each.role and each.member not in undone:
            undo = {"member": now.id, "was": _stamp(now), "role": each.role, "name": each.name or now.name}
            undone.add(each.member)
        if not member_id or each.member == member_id:
            who = (now.name or now.id) if now else ""
            lines.append(Line(say_date(each.done_on), each.by, each.what, who, each.member, undo))
    return lines


def _show_all(
    site: Site,
    visit: Visit,
    *,
    text: str = "",
    first: int = 0,
    status: int = 200,
    said: str = "",
    typed: Form = MappingProxyType({}),
) -> Answer:
    held = site.door.accounts.members()
    chosen = _choose(held, text)
    return make_page(
        "members.html",
        visit,
        status,
        title="Members of this site",
        lines=[
            {**_plain(each), "since": say_date(each.made_on)} for each in chosen[first : first + MOST_LINES]
        ],
        count=len(chosen),
        text=text,
        first=first,
        following=first + MOST_LINES if len(chosen) > first + MOST_LINES else 0,
        deeds=_say_deeds(site.door.accounts, held),
        roles=[str(each) for each in MemberRole],
        said=said,
        typed={"role": typed.get("role", "reader"), "name": typed.get("name", "")},
    )


def _show_one(
    site: Site, visit: Visit, found: Member, *, status: int = 200, said: str = "", phrase: str = ""
) -> Answer:
    answer = make_page(
        "member.html",
        visit,
        status,
        title=found.name or f"Member {found.id}",
        found={**_plain(found), "since": say_date(found.made_on), "is_named": found.is_named},
        was=_stamp(found),
        barred=_say_barred(visit, found),
        roles=[str(each) for each in MemberRole],
        deeds=_say_deeds(site.door.accounts, [found], found.id),
        said=said,
        phrase=phrase,
    )
    if phrase:
        answer.headers["Cache-Control"] = "no-store"
    return answer
