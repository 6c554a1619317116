"""The site: what each address answers, and to whom."""

import time
from dataclasses import asdict, replace
from typing import Any, cast

from litestar import Litestar, Response, get
from litestar.di import NamedDependency, Provide
from litestar.exceptions import HTTPException
from litestar.params import FromPath
from litestar.types import ASGIApp

from incidex.codebook import GROUPS, fields, get_field, get_vocabulary
from incidex.exchange import to_record
from incidex.model import (
    AsOf,
    CodebookError,
    Difference,
    Incident,
    Tier,
    compare,
    past,
)
from incidex.store import Accounts
from incidex.web.about import HANDLERS as ABOUT
from incidex.web.account import HANDLERS as ACCOUNT
from incidex.web.answers import (
    MOST_FORM_BYTES,
    Answer,
    AnyRequest,
    Site,
    Visit,
    add_headers,
    answer_error,
    find_visit,
    make_json,
    make_page,
    parse_as_of,
    prefers_json,
)
from incidex.web.api import HANDLERS as API
from incidex.web.api import choose, parse_fields
from incidex.web.asked import say_moment
from incidex.web.base import HandIn, Library
from incidex.web.browsing import HANDLERS as BROWSING
from incidex.web.citing import HANDLERS as CITING
from incidex.web.citing import make_linked_data
from incidex.web.corrections import HANDLERS as CORRECTIONS
from incidex.web.crawling import HANDLERS as CRAWLING
from incidex.web.desk import Desk
from incidex.web.entry import Clock, Door
from incidex.web.feeds import HANDLERS as FEEDS
from incidex.web.finding import HANDLERS as FINDING
from incidex.web.front import HANDLERS as FRONT
from incidex.web.history import Told, tell
from incidex.web.intake import HANDLERS as INTAKE
from incidex.web.intake import Intake
from incidex.web.kept import AnswerNow, App, Kept, ReadHead
from incidex.web.manual import HANDLERS as MANUAL
from incidex.web.matrix import HANDLERS as MATRIX
from incidex.web.mcp import make_mcp
from incidex.web.others import find_others
from incidex.web.reading import HANDLERS as READING
from incidex.web.recent import Recent
from incidex.web.record import make_record
from incidex.web.render import read_static
from incidex.web.reviewing import HANDLERS as REVIEWING
from incidex.web.reviewing import read_form
from incidex.web.sampled import HANDLERS as SAMPLED
from incidex.web.slugs import link
from incidex.web.statistics import HANDLERS as STATISTICS
from incidex.web.taxii import make_taxii
from incidex.web.watching import Watching
from incidex.web.words import say_label, say_value

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
        after_request=add_headers,
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


@get("/incidents/{name:str}", sync_to_thread=True)
def incident(
    request: AnyRequest, site: NamedDependency[Site], visit: NamedDependency[Visit], name: FromPath[str]
) -> Answer:
    """Answer with a record page, or with its JSON twin for those who ask for JSON first."""
    if prefers_json(request):
        return _find_json(request, site, visit, name)
    asked = tuple(request.query_params.get(each, "") for each in ("as_of", "since"))
    base = site.home(request)
    key = (visit.tier, name, base, *asked)
    model = site.recent.keep(key, lambda: _make_model(site, visit, name, base, *asked))
    return make_page("record.html", visit, **model)


@get("/api/v1/incidents/{name:str}", sync_to_thread=True)
def incident_json(
    request: AnyRequest, site: NamedDependency[Site], visit: NamedDependency[Visit], name: FromPath[str]
) -> Answer:
    """Answer with the record as JSON."""
    return _find_json(request, site, visit, name)


@get("/api/v1/incidents/{name:str}/history", sync_to_thread=True)
def history_json(
    request: AnyRequest, site: NamedDependency[Site], visit: NamedDependency[Visit], name: FromPath[str]
) -> Answer:
    """Answer with who did what to a record, when and why."""
    found = site.library.find_incident(name, visit.tier)
    if found is None:
        raise HTTPException(status_code=404)
    as_of = parse_as_of(request.query_params.get("as_of", ""), visit.tier)
    told = [asdict(each) for each in _find_history(site, visit, found.id, as_of)]
    return make_json({"id": found.id, "history": told})


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
    incident,
    incident_json,
    history_json,
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
    *READING,
    *REVIEWING,
    *SAMPLED,
    *STATISTICS,
)


def _make_model(site: Site, visit: Visit, name: str, base: str, at: str, since: str) -> dict[str, Any]:
    """Return what the page of a record shows to a tier."""
    as_of = parse_as_of(at, visit.tier)
    found = site.library.find_incident(name, visit.tier, as_of)
    if found is None:
        raise HTTPException(status_code=404)
    page = make_record(found)
    return {
        "title": page.title,
        "page": page,
        "asked": name,
        "as_of": say_moment(as_of),
        "at": at,
        "since": say_moment(parse_as_of(since, visit.tier)),
        "changed": _find_changed(site, visit, found, since) if since else (),
        "history": _find_history(site, visit, found.id, as_of)[::-1],
        "others": find_others(site.library, found, visit.tier) if as_of is None else (),
        "linked_data": make_linked_data(found, base),
        "canonical": f"{base}{link('incidents', found.id)}",
    }


def _find_json(request: AnyRequest, site: Site, visit: Visit, name: str) -> Answer:
    at = request.query_params.get("as_of", "")
    chosen = parse_fields(request.query_params.get("fields", ""))
    record = site.recent.keep(("json", visit.tier, name, at), lambda: _make_json(site, visit, name, at))
    return make_json(choose(record, chosen))


def _make_json(site: Site, visit: Visit, name: str, at: str) -> dict[str, Any]:
    found = site.library.find_incident(name, visit.tier, parse_as_of(at, visit.tier))
    if found is None:
        raise HTTPException(status_code=404)
    return to_record(found)


def _find_history(site: Site, visit: Visit, incident_id: str, as_of: AsOf = None) -> list[Told]:
    changes = past(site.library.history(incident_id, visit.tier), as_of)
    return list(tell(changes, links=visit.tier >= Tier.AMBER))


def _find_changed(site: Site, visit: Visit, now: Incident, since: str) -> list[tuple[str, str]]:
    """Return what is different from an earlier moment: what happened, and the sentence."""
    before = site.library.find_incident(now.id, visit.tier, parse_as_of(since, visit.tier))
    return [(str(each.happened), _say_difference(each)) for each in compare(before, now)]


def _say_difference(each: Difference) -> str:
    """Say it as the page says fields and values, not as the codebook writes them."""
    told = replace(each, field=say_label(each.field), value=say_value(each.field, each.value))
    return told.sentence
