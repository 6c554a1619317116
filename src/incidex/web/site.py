"""The site: what each address answers, and to whom."""

import time
from typing import cast

from litestar import Litestar, Response, get
from litestar.di import NamedDependency, Provide
from litestar.exceptions import HTTPException
from litestar.params import FromPath
from litestar.types import ASGIApp

from incidex.codebook import GROUPS, fields, get_field, get_vocabulary
from incidex.model import CodebookError
from incidex.store import Accounts
from incidex.web.about import HANDLERS as ABOUT
from incidex.web.account import HANDLERS as ACCOUNT
from incidex.web.answers import (
    MOST_FORM_BYTES,
    Answer,
    Site,
    Visit,
    answer_error,
    find_visit,
    finish,
    make_page,
)
from incidex.web.api import HANDLERS as API
from incidex.web.base import HandIn, Library
from incidex.web.browsing import HANDLERS as BROWSING
from incidex.web.citing import HANDLERS as CITING
from incidex.web.corrections import HANDLERS as CORRECTIONS
from incidex.web.crawling import HANDLERS as CRAWLING
from incidex.web.desk import Desk
from incidex.web.entry import Clock, Door
from incidex.web.feeds import HANDLERS as FEEDS
from incidex.web.finding import HANDLERS as FINDING
from incidex.web.front import HANDLERS as FRONT
from incidex.web.intake import HANDLERS as INTAKE
from incidex.web.intake import Intake
from incidex.web.kept import AnswerNow, App, Kept, ReadHead
from incidex.web.manual import HANDLERS as MANUAL
from incidex.web.matrix import HANDLERS as MATRIX
from incidex.web.mcp import make_mcp
from incidex.web.members import HANDLERS as MEMBERS
from incidex.web.reading import HANDLERS as READING
from incidex.web.recent import Recent
from incidex.web.record_page import HANDLERS as RECORD
from incidex.web.record_values import HANDLERS as VALUES
from incidex.web.render import read_static
from incidex.web.reviewing import HANDLERS as REVIEWING
from incidex.web.reviewing import read_form
from incidex.web.sampled import HANDLERS as SAMPLED
from incidex.web.statistics import HANDLERS as STATISTICS
from incidex.web.taxii import make_taxii
from incidex.web.watching import Watching

#: The files that pages use, and what each is.
_STATIC = {
    "incidex.css": "text/css; charset=utf-8",
    "mark.svg": "image/svg+xml",
    "bench.js": "text/javascript; charset=utf-8",
    "review.css": "text/css; charset=utf-8",
    "search.css": "text/css; charset=utf-8",
    "passkey.js": "text/javascript; charset=utf-8",
    "words.js": "text/javascript; charset=utf-8",
}


def make_app(
    library: Library,
    *,
    accounts: Accounts | None = None,
    desk: Desk | None = None,
    clock: Clock = time.time,
    head: ReadHead | None = None,
    public_url: str = "",
    hand_in: HandIn | None = None,
) -> Litestar:
    """Return the site over a library; without `accounts` nobody can enter, without a `desk` nobody works.

    `hand_in` takes the reports that programs hand in; without it none are taken.

    `head` says where the log ends: with it, public answers are kept until it moves. `public_url` is what
    absolute addresses begin with, whatever host a request names.
    """
    site = Site(library, Door(accounts, clock), desk, recent=Recent(head), public_url=public_url)
    watching, intake = Watching(), Intake(hand_in)
    app = Litestar(
        route_handlers=(*_HANDLERS, *watching.handlers, make_taxii(library), make_mcp(site)),
        dependencies={
            "site": Provide(lambda: site, sync_to_thread=False, use_cache=True),
            "visit": Provide(find_visit, sync_to_thread=False),
            "form": Provide(read_form),
            "intake": Provide(lambda: intake, sync_to_thread=False, use_cache=True),
        },
        exception_handlers={Exception: answer_error},
        after_request=finish,
        openapi_config=None,
        logging_config=None,  # the program that runs the site decides where its log goes
        request_max_body_size=MOST_FORM_BYTES,
        debug=False,
    )
    kept = Kept(cast("App", app.asgi_handler), head)
    app.asgi_handler = cast("ASGIApp", watching.watch(kept))
    app.state.answer_now = watching.watch_now(kept.answer_now)
    return app


def find_answer_now(app: object) -> AnswerNow | None:
    """Return how a site answers at once what it keeps; `None` of what is no site made here."""
    return getattr(getattr(app, "state", None), "answer_now", None)


@get("/codebook", sync_to_thread=False)
def codebook(visit: NamedDependency[Visit]) -> Answer:
    """Answer with every field of the codebook."""
    groups = [(group, [each for each in fields().values() if each.group == group]) for group in GROUPS]
    return make_page("codebook.html", visit, title="Codebook", groups=groups)


@get("/codebook/{name:str}", sync_to_thread=False)
def field(visit: NamedDependency[Visit], name: FromPath[str]) -> Answer:
    """Answer with one field: what it means, what it may hold, who can confirm it."""
    try:
        scheme = get_field(name)
    except CodebookError as unknown:
        raise HTTPException(status_code=404) from unknown
    terms = list(get_vocabulary(scheme.vocabulary).values()) if scheme.vocabulary else []
    return make_page(
        "field.html",
        visit,
        title=scheme.label,
        field=scheme,
        kind=str(scheme.kind),
        tier=scheme.tier.name,
        roles=sorted(str(role) for role in scheme.confirmed_by),
        mapping=sorted(scheme.mapping.items()),
        terms=[(term.id, term.label) for term in terms],
    )


@get("/static/{name:str}", sync_to_thread=False)
def static(name: FromPath[str]) -> Answer:
    """Answer with a file that the pages use; the table of names is the whole folder."""
    kind = _STATIC.get(name)
    if kind is None:
        raise HTTPException(status_code=404)
    return Response(read_static(name), media_type=kind, headers={"Cache-Control": "public, max-age=300"})


_HANDLERS = (
    *ABOUT,
    codebook,
    field,
    static,
    *ACCOUNT,
    *API,
    *BROWSING,
    *CITING,
    *CORRECTIONS,
    *CRAWLING,
    *FRONT,
    *FEEDS,
    *FINDING,
    *INTAKE,
    *MANUAL,
    *MATRIX,
    *MEMBERS,
    *READING,
    *RECORD,
    *VALUES,
    *REVIEWING,
    *SAMPLED,
    *STATISTICS,
)
