"""Search: a page and its JSON twin, by words or by likeness, now or as it could be found then."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from litestar import get
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException

from incidex.model import Status
from incidex.search import (
    FACETS,
    TITLED,
    BusyError,
    Entry,
    Found,
    Hit,
    Match,
    Order,
    Query,
    QueryError,
    Similar,
    Wish,
    chosen,
    narrow,
    parse,
    plain_found,
    plain_similar,
    say_part,
    say_title,
    widen,
)
from incidex.web.answers import (
    Answer,
    AnyRequest,
    Refused,
    Site,
    Visit,
    make_json,
    make_page,
    prefers_json,
    send_to,
)
from incidex.web.asked import NOW, Asked, read_asked
from incidex.web.record import SIGNS
from incidex.web.words import say_date, say_label, say_list, say_value

#: Changes of the log that a visitor waits for; a longer backlog is followed by whoever runs the site.
_SOON = 2_000

#: What the page calls each facet.
_HEADINGS: Mapping[str, str] = {
    "year": "Year",
    "country": "Victim’s country",
    "industry": "Victim’s industry",
    "action": "Action",
    "motive": "Motive",
    "actor": "Actor",
    "data": "Data exposed",
    "status": "Status of a value",
    "source": "Source",
}
_ORDERS: Mapping[Order, str] = {
    Order.RELEVANCE: "Best match",
    Order.NEW: "Newest incident",
    Order.OLD: "Oldest incident",
    Order.ADDED: "Last added",
}


#: What the page shows of the query language; all of it stands in docs/reference/query-language.md.
_EXAMPLES = (
    ('"replacement phones"', "these words side by side; without the marks, both anywhere and in any form"),
    ("ransom* OR extortion", "words that begin so, or another; without OR, all must be found"),
    ("ciphre~", "names spelled nearly so"),
    ("victim.country:US -action:malware", "a value of a field, by code or name, and another left out"),
    ("date:2017..2019", "the date may lie there; also date:>=2020, date:2017-04"),
    ("data.records:>1m", "counts and amounts, as ransom.paid:>=USD1m"),
    ("status:disputed", "a value has the status"),
    ("victim.name:none", "nobody says anything of the field that you may see"),
)

_FEEDS = (("Atom", "/feeds/search.atom"), ("JSON Feed", "/feeds/search.json"))


@get("/search", sync_to_thread=True)
def search(request: AnyRequest, site: NamedDependency[Site], visit: NamedDependency[Visit]) -> Answer:
    """Answer with what a query finds, or with what is wrong with it and where."""
    if prefers_json(request):
        return _find_json(request, site, visit)
    asked = read_asked(request, visit.tier)
    if asked.at == NOW:
        return send_to(replace(asked, at=_now(site)).link())
    try:
        query = parse(asked.text)
        if asked.like:
            page = _show_similar(query, asked, site, visit)
        else:
            page = _show_found(query, asked, find(site, visit, asked.text, asked.wish, asked))
    except QueryError as wrong:
        return make_page("search.html", visit, 400, **_empty(asked, wrong))
    return make_page("search.html", visit, **page)


@get("/api/v1/search", sync_to_thread=True)
def search_json(request: AnyRequest, site: NamedDependency[Site], visit: NamedDependency[Visit]) -> Answer:
    """Answer with what a query finds, or with the incidents most like one, now or as of then."""
    return _find_json(request, site, visit)


HANDLERS = (search, search_json)


def find(site: Site, visit: Visit, text: str, wish: Wish, asked: Asked | None = None) -> Found:
    """Answer a query as the visitor may be answered; refuse while the index is being made."""
    try:
        return site.library.search(text, visit.tier, wish, as_of=asked.as_of if asked else None, most=_SOON)
    except BusyError as busy:
        raise Refused(status_code=503, detail=f"{str(busy).capitalize()}.") from busy


def _find_similar(asked: Asked, site: Site, visit: Visit) -> tuple[Asked, str, Sequence[Similar]]:
    """Return the search by the record's own id, the record's title, and the incidents most like it."""
    found = site.library.find_incident(asked.like, visit.tier, asked.as_of)
    if found is None:
        raise HTTPException(status_code=404)
    try:
        like = site.library.similar(
            found.id, visit.tier, asked.wish.limit, among=asked.text, as_of=asked.as_of, most=_SOON
        )
    except BusyError as busy:
        raise Refused(status_code=503, detail=f"{str(busy).capitalize()}.") from busy
    return replace(asked, like=found.id), say_title(found), like


def _now(site: Site) -> str:
    return f"{datetime.fromtimestamp(site.door.now, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _find_json(request: AnyRequest, site: Site, visit: Visit) -> Answer:
    asked = read_asked(request, visit.tier)
    if asked.at == NOW:
        return send_to(replace(asked, at=_now(site)).link("/api/v1/search"))
    try:
        if asked.like:
            asked, _, like = _find_similar(asked, site, visit)
            return make_json(_plain_similar(asked, like))
        return make_json(_plain(asked, find(site, visit, asked.text, asked.wish, asked)))
    except QueryError as wrong:
        said = f"{wrong.message[:1].upper()}{wrong.message[1:]}"
        told = {"status": 400, "message": f"{said}.", "at": wrong.at, "length": wrong.length}
        return make_json({"error": told}, 400)


def _plain(asked: Asked, found: Found) -> dict[str, Any]:
    """Return an answer as JSON has it, with the addresses of its records and of the next page."""
    plain = plain_found(found)
    for hit in plain["hits"]:
        hit["link"] = asked.link_incident(hit["id"])
    text = found.meant or found.query
    following = asked.link("/api/v1/search", text, cursor=found.cursor) if found.cursor else None
    return plain | {"as_of": asked.at or None, "sort": str(asked.wish.order), "next": following}


def _plain_similar(asked: Asked, like: Sequence[Similar]) -> dict[str, Any]:
    hits = plain_similar(list(like))
    for hit in hits:
        hit["link"] = asked.link_incident(hit["id"])
    return {
        "query": asked.text,
        "similar": asked.like,
        "as_of": asked.at or None,
        "count": len(hits),
        "hits": hits,
        "next": None,
    }


def _empty(asked: Asked, wrong: QueryError | None = None) -> dict[str, Any]:
    """Return a page on which nothing is found."""
    feeds = [] if asked.at or asked.like else [(kind, Asked(text=asked.text).link(to)) for kind, to in _FEEDS]
    return {
        "title": "Search",
        "query": asked.text,
        "asked": {"at": asked.at, "moment": asked.moment, "like": asked.like, "liked": ""},
        "orders": [(str(order), label, order is asked.wish.order) for order, label in _ORDERS.items()],
        "examples": [(each, said, Asked(text=each).link()) for each, said in _EXAMPLES],
        "wrong": _say_wrong(wrong) if wrong else None,
        "chips": (),
        "count": 0,
        "lines": (),
        "facets": (),
        "following": "",
        "first": "",
        "meant": "",
        "feeds": feeds,
        "here": replace(asked, at="", as_of=None).link(),
        "lasting": replace(asked, at=NOW, wish=replace(asked.wish, cursor="")).link(),
    }


def _say_wrong(wrong: QueryError) -> dict[str, str]:
    said = wrong.message
    return {
        "said": f"{said[:1].upper()}{said[1:]}{'' if said.endswith(('.', '?', '!')) else '.'}",
        "before": wrong.before[-60:],
        "there": wrong.there[:200],
        "after": wrong.after[:60],
    }


def _show_found(query: Query, asked: Asked, found: Found) -> dict[str, Any]:
    return _empty(asked) | {
        "title": _title(query.text, asked),
        "chips": [(each.label, asked.link(text=each.without)) for each in chosen(query)],
        "count": found.count,
        "lines": [_line(hit, asked) for hit in found.hits],
        "facets": list(_facets(query, found, asked)),
        "following": asked.link(text=found.meant or query.text, cursor=found.cursor) if found.cursor else "",
        "first": asked.link() if asked.wish.cursor else "",
        "meant": found.meant,
        "meant_link": asked.link(text=found.meant),
    }


def _show_similar(query: Query, asked: Asked, site: Site, visit: Visit) -> dict[str, Any]:
    asked, title, like = _find_similar(asked, site, visit)
    page = _empty(asked)
    return page | {
        "title": f"Like {title}",
        "asked": page["asked"] | {"liked": title, "link": asked.link_incident(asked.like)},
        "chips": [(each.label, asked.link(text=each.without)) for each in chosen(query)],
        "count": len(like),
        "lines": [_line(Hit(each.entry), asked, _say_shared(each)) for each in like],
    }


def _title(text: str, asked: Asked) -> str:
    said = f"Search: {text}" if text.strip() else "Search"
    return f"{said}, as of {asked.moment}" if asked.at else said


def _say_shared(like: Similar) -> list[tuple[str, str]]:
    """Say what two incidents have in common, field by field, what few others have first."""
    found: dict[str, list[str]] = {}
    for each in like.shared:
        found.setdefault("Year" if each.field == "year" else say_label(each.field), []).append(each.label)
    return [(label, ", ".join(held)) for label, held in found.items()]


def _say_facet(entry: Entry, name: str) -> str:
    """Say the values of a facet that a record has, a few of them."""
    held = entry.facets.get(name, ())
    return say_list([say_value(FACETS[name], each) for each in held], most=3) if held else ""


def _line(hit: Hit, asked: Asked, shared: Sequence[tuple[str, str]] = ()) -> dict[str, Any]:
    entry = hit.entry
    return {
        "link": asked.link_incident(entry.id),
        "title": entry.title.removeprefix(TITLED),  # all on the page are
        "how": _say_facet(entry, "action"),
        "where": _say_facet(entry, "country"),
        "date": say_date(entry.date) if entry.date else "",
        "victims": [name for name in entry.victims if name not in entry.title],
        "reports": entry.reports,
        "statuses": [
            (str(status), SIGNS[status], entry.statuses[status])
            for status in Status
            if status in entry.statuses
        ],
        "matches": [(say_part(match.part), list(_pieces(match)), match.is_cut) for match in hit.matches],
        "shared": shared,
    }


def _pieces(match: Match) -> Iterator[tuple[str, bool]]:
    """Cut a passage at its marks: the words, and whether they are marked."""
    at = 0
    for start, end in match.marks:
        if start < at:
            continue
        yield match.text[at:start], False
        yield match.text[start:end], True
        at = end
    yield match.text[at:], False


def _facets(
    query: Query, found: Found, asked: Asked
) -> Iterator[tuple[str, list[tuple[str, int, str, bool]]]]:
    """Yield each facet's heading, and its values: label, count, where the link goes, whether it is chosen."""
    for name in FACETS:
        counts = found.facets.get(name, ())
        rows: list[tuple[str, int, str, bool]] = []
        for each in counts:
            back = widen(query, name, each.value)
            text = narrow(query, name, each.value) if back is None else back
            rows.append((each.label, each.count, asked.link(text=text), back is not None))
        if rows:
            yield _HEADINGS[name], rows
