"""The page of a record with its twins: what it says, how it came to be, and what changed since."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any, cast

from litestar import get
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException
from litestar.params import FromPath

from incidex.exchange import to_record
from incidex.model import AsOf, Difference, Incident, Tier, compare, past
from incidex.web.answers import (
    Answer,
    AnyRequest,
    Site,
    Visit,
    make_json,
    make_page,
    parse_as_of,
    prefers_json,
)
from incidex.web.api import choose, parse_fields
from incidex.web.asked import say_moment
from incidex.web.citing import make_linked_data
from incidex.web.history import Told, tell
from incidex.web.others import find_others
from incidex.web.record import Related, make_record
from incidex.web.render import render
from incidex.web.shortened import shorten
from incidex.web.slugs import link
from incidex.web.words import say_label, say_value


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a record somebody asks for."""

    tier: Tier
    name: str  # an id, perhaps of what was merged into another
    base: str = ""  # what absolute addresses begin with
    at: str = ""  # as it stood then
    since: str = ""  # and what changed since


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    """What a page says of a record and of nothing else, whoever of a tier reads it."""

    title: str
    article: str  # HTML
    history: str  # HTML
    linked_data: str
    canonical: str
    address: str
    related: tuple[Related, ...]


#: What a template is given.
_Page = dict[str, Any]


@get("/incidents/{name:str}")
async def incident(
    request: AnyRequest, site: NamedDependency[Site], visit: NamedDependency[Visit], name: FromPath[str]
) -> Answer:
    """Answer with a record page, or with its JSON twin for those who ask for JSON first."""
    if prefers_json(request):
        return await _answer_json(request, site, visit, name)
    given = (request.query_params.get(each, "") for each in ("as_of", "since"))
    asked = Asked(visit.tier, name, site.home(request), *given)
    page = cast("_Page | None", site.recent.find(asked))
    if page is None:  # else it is answered here: waking a thread would cost more than the answer
        page = await sync_to_thread(find_page, site, asked)
    return make_page("record.html", visit, **page)


@get("/api/v1/incidents/{name:str}")
async def incident_json(
    request: AnyRequest, site: NamedDependency[Site], visit: NamedDependency[Visit], name: FromPath[str]
) -> Answer:
    """Answer with the record as JSON."""
    return await _answer_json(request, site, visit, name)


@get("/api/v1/incidents/{name:str}/history", sync_to_thread=True)
def history_json(
    request: AnyRequest, site: NamedDependency[Site], visit: NamedDependency[Visit], name: FromPath[str]
) -> Answer:
    """Answer with who did what to a record, when and why."""
    found = _find_incident(site, Asked(visit.tier, name))
    as_of = parse_as_of(request.query_params.get("as_of", ""), visit.tier)
    told = [asdict(each) for each in _find_history(site, visit.tier, found.id, as_of)]
    return make_json({"id": found.id, "history": told})


HANDLERS = (incident, incident_json, history_json)


def _find_incident(site: Site, asked: Asked) -> Incident:
    found = site.library.find_incident(asked.name, asked.tier, parse_as_of(asked.at, asked.tier))
    if found is None:
        raise HTTPException(status_code=404)
    return found


def find_page(site: Site, asked: Asked) -> _Page:
    """Return what a page says; made once for the log as it is, and most of it for the record as it is."""
    return site.recent.keep(asked, lambda: _make_page(site, asked))


def _make_page(site: Site, asked: Asked) -> _Page:
    found = _find_incident(site, asked)

    def write() -> _Written:
        return write_record(site, found, asked)

    is_plain = not asked.at and not asked.since
    written = site.lasting.keep(asked, found, write) if is_plain else write()
    others = () if asked.at else find_others(site.library, found, asked.tier)
    return {**{part: getattr(written, part) for part in _Written.__slots__}, "others": others}


def write_record(site: Site, found: Incident, asked: Asked) -> _Written:
    """Write what a page says of a record: all of it but the frame and what it shares with others."""
    page = shorten(make_record(found), asked.at)
    as_of = parse_as_of(asked.at, asked.tier)
    history = _find_history(site, asked.tier, found.id, as_of)[::-1]
    article = render(
        "record_article.html",
        page=page,
        asked=asked.name,
        as_of=say_moment(as_of),
        since=say_moment(parse_as_of(asked.since, asked.tier)),
        changed=list(_find_changed(site, found, asked)) if asked.since else (),
    )
    return _Written(
        title=page.title,
        article=article.decode(),
        history=render("record_history.html", page=page, history=history, at=asked.at).decode(),
        linked_data=make_linked_data(found, asked.base),
        canonical=f"{asked.base}{link('incidents', found.id)}",
        address=page.link,
        related=page.related,
    )


async def _answer_json(request: AnyRequest, site: Site, visit: Visit, name: str) -> Answer:
    asked = Asked(visit.tier, name, at=request.query_params.get("as_of", ""))
    chosen = parse_fields(request.query_params.get("fields", ""))
    record = cast("dict[str, Any] | None", site.recent.find(asked))
    if record is None:
        record = await sync_to_thread(_find_record, site, asked)
    return make_json(choose(record, chosen))


def _find_record(site: Site, asked: Asked) -> dict[str, Any]:
    return site.recent.keep(asked, lambda: to_record(_find_incident(site, asked)))


def _find_history(site: Site, tier: Tier, incident_id: str, as_of: AsOf = None) -> list[Told]:
    changes = past(site.library.history(incident_id, tier), as_of)
    return list(tell(changes, links=tier >= Tier.AMBER))


def _find_changed(site: Site, now: Incident, asked: Asked) -> Iterator[tuple[str, str]]:
    """Yield what is different from an earlier moment: what happened, and the sentence."""
    before = site.library.find_incident(now.id, asked.tier, parse_as_of(asked.since, asked.tier))
    for each in compare(before, now):
        yield str(each.happened), _say_difference(each)


def _say_difference(each: Difference) -> str:
    """Say it as the page says fields and values, not as the codebook writes them."""
    told = replace(each, field=say_label(each.field), value=say_value(each.field, each.value))
    return told.sentence
