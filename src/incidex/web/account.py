"""The addresses where members come in, and where they look after their own account."""

from dataclasses import dataclass
from datetime import UTC, datetime

from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency

from incidex.model import InputError, Right
from incidex.web.answers import (
    Answer,
    AnyRequest,
    Refused,
    Site,
    Visit,
    cookie_name,
    explain,
    make_page,
    parse_form,
    refuse_forged,
    require_host,
    require_token,
    send_to,
)
from incidex.web.entry import SCOPES, SESSION_SECONDS, Entered
from incidex.web.forms import Form, parse_number
from incidex.web.passkeys import Keyring
from incidex.web.words import say_date

#: A passkey's answer with everything that a device may say about itself.
MOST_KEY_BYTES = 64_000

_SCRIPTS = ("passkey.js",)


@get("/enter", sync_to_thread=False)
def entry(visit: NamedDependency[Visit]) -> Answer:
    """Answer with the form for the phrase."""
    return _show_entry(visit)


@post("/enter", status_code=200)
async def enter(request: AnyRequest, site: NamedDependency[Site], visit: NamedDependency[Visit]) -> Answer:
    """Open a session for the right phrase."""
    refuse_forged(request)
    phrase = parse_form(await request.body(), most_fields=4).get("phrase", "")
    try:
        token = site.door.enter(phrase)
    except InputError as error:
        return _refuse(request, site, visit, str(error))
    if token is None:
        return _refuse(request, site, visit, "it is no member’s phrase, or no longer")
    _leave_former(site, visit)
    return _send_in(request, token, "/")


@post("/enter/passkey/options", status_code=200)
async def ask_passkey(request: AnyRequest, site: NamedDependency[Site]) -> Answer:
    """Answer with a challenge for any passkey of this host."""
    refuse_forged(request)
    return _send_json(Keyring(site.door).ask(_host(request)))


@post("/enter/passkey", status_code=200, request_max_body_size=MOST_KEY_BYTES)
async def enter_passkey(
    request: AnyRequest, site: NamedDependency[Site], visit: NamedDependency[Visit]
) -> Answer:
    """Open a session for a passkey that answered the challenge."""
    refuse_forged(request)
    member = Keyring(site.door).enter(await request.body(), _host(request), _origin(request))
    if member is None:
        site.door.must_wait(_address(request))
        raise Refused(status_code=403, detail="This passkey opens nothing here.")
    _leave_former(site, visit)
    answer = _send_json(b'{"next":"/"}')
    answer.cookies.append(_make_cookie(request, site.door.open(member), SESSION_SECONDS))
    return answer


@post("/leave", status_code=303)
async def leave(request: AnyRequest, site: NamedDependency[Site], visit: NamedDependency[Visit]) -> Answer:
    """End the session."""
    refuse_forged(request)
    _leave_former(site, visit)
    return _send_in(request, "", "/")


@get("/account", sync_to_thread=True)
def account(site: NamedDependency[Site], visit: NamedDependency[Visit]) -> Answer:
    """Answer with what a member may do, and their sessions, passkeys and tokens."""
    return _show_account(site, visit, require_person(visit))


@post("/account/do", status_code=200, sync_to_thread=True)
def change_account(
    request: AnyRequest,
    site: NamedDependency[Site],
    visit: NamedDependency[Visit],
    form: NamedDependency[Form],
) -> Answer:
    """Do what a form says to the member's own account."""
    entered = require_person(visit)
    require_token(request, visit, form)
    act = _ACTS.get(form.get("do", ""))
    if act is None:
        raise Refused(status_code=400, detail="This form asks for nothing that can be done here.")
    try:
        shown = act(site, entered, form)
    except InputError as error:
        return _show_account(site, visit, entered, status=400, said=explain(error)[1])
    if form["do"] == "remove account":
        return _send_in(request, "", "/")
    return _show_account(site, visit, entered, token=shown) if shown else send_to("/account")


@post("/account/passkey/options", status_code=200)
async def ask_new_passkey(
    request: AnyRequest, site: NamedDependency[Site], visit: NamedDependency[Visit]
) -> Answer:
    """Answer with what the browser needs to make a passkey for this member."""
    refuse_forged(request)
    entered = require_person(visit)
    require_token(request, visit, {})
    return _send_json(Keyring(site.door).ask_new(entered.member, _host(request)))


@post("/account/passkey", status_code=200, request_max_body_size=MOST_KEY_BYTES)
async def add_passkey(
    request: AnyRequest, site: NamedDependency[Site], visit: NamedDependency[Visit]
) -> Answer:
    """Keep the passkey that the browser made."""
    refuse_forged(request)
    entered = require_person(visit)
    require_token(request, visit, {})
    Keyring(site.door).add(entered.member, await request.body(), _host(request), _origin(request))
    return _send_json(b'{"next":"/account"}')


HANDLERS = (
    entry,
    enter,
    ask_passkey,
    enter_passkey,
    leave,
    account,
    change_account,
    ask_new_passkey,
    add_passkey,
)


def require_person(visit: Visit) -> Entered:
    """Return who came in by phrase or passkey; a program's token does not open its member's account."""
    if visit.entered is None or visit.entered.scope:
        raise Refused(status_code=403, detail="This is for members who have entered. Enter under Members.")
    return visit.entered


@dataclass(frozen=True, slots=True)
class _Line:
    """A session, passkey or token, as the page lists it."""

    id: str
    said: str
    is_this: bool = False


def _end_session(site: Site, entered: Entered, form: Form) -> str:
    site.door.accounts.end_session(_parse_id(form), entered.member.id)
    return ""


def _end_other_sessions(site: Site, entered: Entered, _: Form) -> str:
    site.door.accounts.end_other_sessions(entered.member.id, entered.hash)
    return ""


def _end_token(site: Site, entered: Entered, form: Form) -> str:
    site.door.accounts.end_token(_parse_id(form), entered.member.id)
    return ""


def _end_passkey(site: Site, entered: Entered, form: Form) -> str:
    site.door.accounts.end_passkey(_parse_id(form), entered.member.id)
    return ""


def _make_token(site: Site, entered: Entered, form: Form) -> str:
    days = parse_number(form.get("days", ""), 0)
    return site.door.make_token(entered.member, form.get("label", ""), form.get("scope", ""), days)


def _remove_account(site: Site, entered: Entered, form: Form) -> str:
    if form.get("sure", "") != "yes":
        raise InputError("tick the box to say that this account shall go for good")
    site.door.accounts.remove(entered.member.id)
    return ""


#: What a member may do to their own account: each returns what is to be shown once, or "".
_ACTS = {
    "end session": _end_session,
    "end other sessions": _end_other_sessions,
    "end token": _end_token,
    "end passkey": _end_passkey,
    "make token": _make_token,
    "remove account": _remove_account,
}


def _show_entry(visit: Visit, status: int = 200, *, wrong: str = "") -> Answer:
    return make_page("enter.html", visit, status, scripts=_SCRIPTS, title="Members", wrong=wrong)


def _refuse(request: AnyRequest, site: Site, visit: Visit, why: str) -> Answer:
    """Say what is wrong with a phrase, until a network has sent too many."""
    if site.door.must_wait(_address(request)):
        raise Refused(
            status_code=429,
            detail="Too many wrong phrases from your network; wait five minutes. A right one still opens.",
        )
    return _show_entry(visit, 403, wrong=why)


def _show_account(
    site: Site, visit: Visit, entered: Entered, *, status: int = 200, said: str = "", token: str = ""
) -> Answer:
    member, accounts = entered.member, site.door.accounts
    return make_page(
        "account.html",
        visit,
        status,
        scripts=_SCRIPTS,
        title="Your account",
        sees=member.tier.name,
        rights=[right.value for right in Right if member.may(right)],
        sessions=[
            _Line(
                each.hash.hex(),
                f"opened {_say_time(each.opened_at)}, used {_say_time(each.seen_at)}",
                each.hash == entered.hash,
            )
            for each in accounts.sessions(member.id)
        ],
        passkeys=[
            _Line(each.id.hex(), f"for {each.site}, made {say_date(each.made_on)}")
            for each in accounts.passkeys(member.id)
        ],
        tokens=[
            _Line(each.hash.hex(), f"{each.label}: {each.scope}, until {say_date(each.ends_on)}")
            for each in accounts.tokens(member.id)
        ],
        scopes=[scope for scope, right in SCOPES.items() if right is None or member.may(right)],
        said=said,
        token=token,
    )


def _leave_former(site: Site, visit: Visit) -> None:
    """End the session that a browser came with, so that its number never outlives a change of who is in."""
    if visit.entered and not visit.entered.scope:
        site.door.leave(visit.entered)


def _parse_id(form: Form) -> bytes:
    try:
        return bytes.fromhex(form.get("id", ""))
    except ValueError as error:
        raise InputError("there is nothing of that number on this account") from error


def _say_time(at: int) -> str:
    moment = datetime.fromtimestamp(at, UTC)
    return f"{say_date(moment.date().isoformat())}, {moment:%H:%M} UTC"


def _address(request: AnyRequest) -> str:
    return request.client.host if request.client else ""


def _host(request: AnyRequest) -> str:
    require_host(request)
    return request.url.hostname or ""


def _origin(request: AnyRequest) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"


def _send_json(body: bytes) -> Answer:
    return Response(body, status_code=200, media_type="application/json")


def _send_in(request: AnyRequest, token: str, address: str) -> Answer:
    answer = send_to(address)
    answer.cookies.append(_make_cookie(request, token, SESSION_SECONDS if token else 0))
    return answer


def _make_cookie(request: AnyRequest, token: str, seconds: int) -> Cookie:
    return Cookie(
        key=cookie_name(request),
        value=token,
        max_age=seconds,
        path="/",
        httponly=True,
        samesite="strict",
        secure=request.scope["scheme"] == "https",
    )
