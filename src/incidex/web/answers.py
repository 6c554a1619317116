"""What every address shares: who is asking, what an answer looks like, and how a refusal is said."""

import hmac
import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import msgspec
from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException

from incidex.model import (
    AsOf,
    CodebookError,
    ConflictError,
    EvidenceError,
    IncidexError,
    InputError,
    LimitError,
    ReadError,
    Right,
    Tier,
)
from incidex.web.base import Library
from incidex.web.desk import Desk
from incidex.web.entry import Door, Entered, comes_from_here
from incidex.web.recent import Lasting, Recent
from incidex.web.render import render
from incidex.web.views import View, Views

_LOG = logging.getLogger(__name__)

#: The cookie of a session. Over https its name has the browser refuse it from anywhere but this very host.
COOKIE, SECURE_COOKIE = "incidex_session", "__Host-incidex"

MOST_FORM_BYTES = 8_192

#: A host and its port, as a request names them.
_HOST = re.compile(
    r"([A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,4}|:[1-5][0-9]{4}|:6[0-4][0-9]{3})?"
)

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)

#: On every answer. Public pages have no script and no page has any inline, so nothing needs an exception.
HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "private, no-cache",
    "Vary": "Cookie, Accept, Authorization",
}

#: On the pages where people work: our own modules, which talk to this site alone.
SCRIPTED = {"Content-Security-Policy": f"{_POLICY}; script-src 'self'; connect-src 'self'"}

_SAID = {
    400: "That request makes no sense here.",
    403: "That form was not sent by a page of this site. Open the page again and send it from there.",
    404: "There is nothing here, or it is not for everyone to see.",
    405: "This address does not answer that kind of request.",
    413: "That was too much at once.",
    429: "Too much at once from where you are. Wait a few minutes and try again.",
}

#: What went wrong below, as an answer's status; the first that fits counts. Anything else is our fault.
_STATUS: tuple[tuple[type[IncidexError], int], ...] = (
    (ConflictError, 409),
    (LimitError, 413),
    (ReadError, 422),
    (CodebookError, 422),
    (EvidenceError, 422),
    (InputError, 400),
)

_GIVEN = "Whoever runs this site gives it with `incidex members add"

#: What somebody is told who lacks a right.
_NEEDS = {
    Right.ADD: f"Adding needs a coder’s right. {_GIVEN} --role coder --name NAME`; enter under Members.",
    Right.REVIEW: f"Reviewing needs a reviewer’s right. {_GIVEN} --role reviewer --name NAME`; "
    "enter under Members.",
    Right.EDIT: f"This needs an editor’s right. {_GIVEN} --role editor --name NAME`; enter under Members.",
}

_WHEN = (
    "Give a day, or a time with its zone, as 2026-11-25T12:00:00Z. Serials count what is not for everyone."
)

AnyRequest = Request[Any, Any, Any]
Answer = Response[bytes]


class Refused(HTTPException):
    """An answer that we word ourselves: its detail is shown to whoever asked."""


@dataclass(frozen=True, slots=True)
class Site:
    """What every handler needs."""

    library: Library
    door: Door
    desk: Desk | None = None  # where reviewers work; a site without one only shows
    views: Views = field(default_factory=Views)
    recent: Recent = field(default_factory=Recent)
    lasting: Lasting = field(default_factory=Lasting)
    public_url: str = ""  # what the operator says that the site is called, without a slash at its end

    def home(self, request: AnyRequest) -> str:
        """Return what absolute addresses begin with: what the operator says, else what the request names.

        A request can name anything. So where nothing is set, what it names is believed for the answer to
        this very request alone, and only when it is a host.
        """
        if self.public_url:
            return self.public_url
        require_host(request)
        return str(request.base_url).rstrip("/")

    def view(self, tier: Tier) -> View:
        """Return what all incidents that the tier may see add up to; refuse while they are being read."""
        if not self.library.is_ready(tier):
            raise Refused(
                status_code=503,
                detail="This page needs all incidents, and they are being read since the site was started. "
                "Try again in a minute; search answers already.",
            )
        return self.views.get(self.library, tier)


@dataclass(frozen=True, slots=True)
class Visit:
    """Who is asking."""

    tier: Tier
    has_entry: bool  # whether there is anybody who could come in
    entered: Entered | None = None

    @property
    def is_member(self) -> bool:
        """Say whether the visitor sees what members see."""
        return self.tier >= Tier.GREEN

    @property
    def name(self) -> str:
        """What the visitor signs with."""
        return self.entered.member.name if self.entered else ""

    @property
    def reviewer(self) -> str:
        """The visitor's name, when they may review."""
        return self.name if self.may(Right.REVIEW) else ""

    @property
    def csrf(self) -> str:
        """What the visitor's forms carry."""
        return self.entered.csrf if self.entered else ""

    def may(self, right: Right) -> bool:
        """Say whether the visitor has a right."""
        return self.entered is not None and self.entered.may(right)


PUBLIC = Visit(Tier.CLEAR, has_entry=False)


def require_host(request: AnyRequest) -> None:
    """Refuse a request that names no host that could be one."""
    if not _HOST.fullmatch(request.headers.get("host", "")):
        raise Refused(status_code=400, detail="Name the host of this site, as every browser does.")


def find_visit(request: AnyRequest, site: NamedDependency[Site]) -> Visit:
    """Say who is asking: by a program's token, which must be good when there is one, else by the cookie."""
    _refuse_repeated(request)
    authorization = request.headers.get("authorization", "")
    if authorization:
        entered = site.door.find_bearer(authorization)
        if entered is None:
            raise Refused(status_code=401, detail="This token is not valid, or no longer; make another one.")
    else:
        entered = site.door.find_session(request.cookies.get(cookie_name(request), ""))
    has_entry = site.door.is_open
    return Visit(entered.tier, has_entry, entered) if entered else Visit(Tier.CLEAR, has_entry)


def _refuse_repeated(request: AnyRequest) -> None:
    """Refuse an address that says something twice: nobody could tell which of the two was followed."""
    repeated = [name for name, held in request.query_params.dict().items() if len(held) > 1]
    if repeated:
        raise InputError(f"the address says {repeated[0][:40]!r} more than once; say it once")


def cookie_name(request: AnyRequest) -> str:
    """Return the name of the cookie that counts on this connection."""
    return SECURE_COOKIE if request.scope["scheme"] == "https" else COOKIE


def make_page(
    template: str, visit: Visit, status: int = 200, *, scripts: tuple[str, ...] = (), **values: object
) -> Answer:
    """Render a template for a visitor; a page with scripts may load these modules of ours and no other."""
    body = render(
        template,
        is_member=visit.is_member,
        has_entry=visit.has_entry,
        reviewer=visit.reviewer,
        member=visit.entered.member if visit.entered else None,
        may_add=visit.may(Right.ADD),
        csrf=visit.csrf,
        scripts=scripts,
        **values,
    )
    headers = SCRIPTED if scripts else {}
    return Response(body, status_code=status, media_type="text/html; charset=utf-8", headers=headers)


def make_json(body: Mapping[str, Any], status: int = 200) -> Answer:
    """Answer with JSON."""
    try:
        encoded = msgspec.json.encode(body)
    except UnicodeEncodeError:
        # Half of a surrogate pair has no UTF-8, but JSON can write it as an escape.
        encoded = json.dumps(body).encode("ascii")
    return Response(encoded, status_code=status, media_type="application/json")


def send_to(address: str) -> Answer:
    """Send the browser on, after a form."""
    return Response(b"", status_code=303, headers={"Location": address})


def prefers_json(request: AnyRequest) -> bool:
    """Say whether whoever asks would rather have JSON than a page."""
    first = request.headers.get("accept", "").split(",")[0].partition(";")[0].strip().lower()
    return first == "application/json"


def refuse_forged(request: AnyRequest) -> None:
    """Refuse a form that none of our own pages has sent."""
    if not comes_from_here(request.headers):
        raise HTTPException(status_code=403)


def require_desk(site: Site, visit: Visit, right: Right) -> Desk:
    """Return the desk, or refuse whoever has not the right to work at it."""
    if site.desk is None or not visit.may(right):
        raise Refused(status_code=403, detail=_NEEDS[right])
    return site.desk


def require_reviewer(site: Site, visit: Visit) -> Desk:
    """Return the desk, or refuse whoever has no reviewer's right."""
    return require_desk(site, visit, Right.REVIEW)


def require_token(request: AnyRequest, visit: Visit, form: Mapping[str, str]) -> None:
    """Refuse a form that does not carry what we gave this visitor's forms to carry."""
    carried = request.headers.get("x-csrf", "") or form.get("csrf", "")
    if not visit.csrf or not hmac.compare_digest(carried.encode(), visit.csrf.encode()):
        raise Refused(
            status_code=403,
            detail="This form is from another session or was not made by this site. "
            "Reload the page and send it again.",
        )


def parse_form(body: bytes, *, most_fields: int = 40) -> dict[str, str]:
    """Return a form's fields, each with its first value."""
    try:
        form = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=most_fields)
    except ValueError as wrong:
        raise HTTPException(status_code=400) from wrong
    return {name: held[0] for name, held in form.items()}


def parse_first(text: str) -> int:
    """Return where a page of a list begins; 0 for what is no number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def parse_as_of(text: str, tier: Tier) -> AsOf:
    """Read a day, which is where it begins in UTC, or an ISO 8601 time with its zone; "" is now.

    Whoever sees all may give a serial. Serials count changes that others may not see: the serial at which a
    record begins to be there would tell how many stand before it (law 8).
    """
    if not text:
        return None
    if tier is Tier.RED and text.isascii() and text.isdigit() and len(text) < 19:
        return int(text)
    try:
        at = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise Refused(status_code=400, detail=_WHEN) from wrong
    if len(text) == len("2026-11-25"):
        return at.replace(tzinfo=UTC)
    if at.tzinfo is None:
        raise Refused(status_code=400, detail=_WHEN)
    return at


def explain(error: Exception) -> tuple[int, str]:
    """Return the status of an error and one sentence for whoever asked, never how we came to it."""
    if isinstance(error, Refused):
        return error.status_code, error.detail
    if isinstance(error, HTTPException):
        return error.status_code, _SAID.get(error.status_code, "Something went wrong on our side.")
    for kind, status in _STATUS:
        if isinstance(error, kind):
            said = str(error)
            return status, f"{said[:1].upper()}{said[1:]}{'' if said.endswith(('.', '?', '!')) else '.'}"
    return 500, "Something went wrong on our side."


def answer_error(request: AnyRequest, error: Exception) -> Answer:
    """Say what is wrong, as a page or as JSON."""
    status, said = explain(error)
    if status >= 500 and not isinstance(error, Refused):
        _LOG.error("an answer to %s failed", request.scope["path"], exc_info=error)
    if prefers_json(request) or request.scope["path"].startswith("/api/"):
        answer = make_json({"error": {"status": status, "message": said}}, status)
    else:
        answer = make_page("error.html", PUBLIC, status, title=str(status), said=said)
    if status == 405:
        answer.headers["Allow"] = ", ".join(sorted(_find_verbs(request)))
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, Refused):
        answer.headers.update(error.headers or {})
    return add_headers(answer)


def _find_verbs(request: AnyRequest) -> set[str]:
    """Return what the address of a request does answer."""
    path = request.scope["path"]
    return {
        verb
        for route in request.app.routes
        if re.fullmatch(re.sub(r"\{[^/]+\}", "[^/]+", route.path), path)
        for verb in getattr(route, "methods", ())
    }


async def finish(response: Response[Any]) -> Response[Any]:
    """Put on an answer what every answer carries; a plain function would have a thread woken for it."""
    return add_headers(response)


def add_headers(response: Response[Any]) -> Response[Any]:
    """Put on an answer what every answer carries."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response
