"""Search: a page and its JSON twin."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from litestar import get
from litestar.di import NamedDependency

from incidex.model import InputError, Status
from incidex.search import (
    FACETS,
    BusyError,
    Found,
    Hit,
    Match,
    Order,
    Query,
    QueryError,
    Wish,
    chosen,
    narrow,
    parse,
    plain_found,
    say_part,
    widen,
)
from incidex.web.answers import Answer, AnyRequest, Refused, Site, Visit, make_json, make_page, prefers_json
from incidex.web.record import SIGNS
from incidex.web.words import say_date

#: Hits on one page unless fewer or more are asked for.
PAGE_HITS = 20
_MOST_HITS = 100

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
    text, wish = _read(request)
    try:
        query = parse(text)
        found = find(site, visit, text, wish)
    except QueryError as wrong:
        return make_page("search.html", visit, 400, **_empty(text, wish, wrong))
    return make_page("search.html", visit, **_shown(query, found, wish))


@get("/api/v1/search", sync_to_thread=True)
def search_json(request: AnyRequest, site: NamedDependency[Site], visit: NamedDependency[Visit]) -> Answer:
    """Answer with what a query finds as JSON."""
    return _find_json(request, site, visit)


HANDLERS = (search, search_json)


def _read(request: AnyRequest) -> tuple[str, Wish]:
    """Read the query and what else is wanted."""
    asked = request.query_params
    order = asked.get("sort", "") or Order.RELEVANCE
    if order not in set(Order):
        raise InputError(f"{order[:40]!r} is not an order; there are {', '.join(Order)}")
    limit = asked.get("limit", "") or str(PAGE_HITS)
    if not (limit.isascii() and limit.isdigit() and 1 <= int(limit[:6]) <= _MOST_HITS):
        raise InputError(f"limit is a number from 1 to {_MOST_HITS}")
    return asked.get("q", ""), Wish(order=Order(order), limit=int(limit), cursor=asked.get("after", ""))


def find(site: Site, visit: Visit, text: str, wish: Wish) -> Found:
    """Answer a query as the visitor may be answered; refuse while the index is being made."""
    try:
        return site.library.search(text, visit.tier, wish, most=_SOON)
    except BusyError as busy:
        raise Refused(status_code=503, detail=f"{str(busy).capitalize()}.") from busy


def _find_json(request: AnyRequest, site: Site, visit: Visit) -> Answer:
    text, wish = _read(request)
    try:
        found = find(site, visit, text, wish)
    except QueryError as wrong:
        said = f"{wrong.message[:1].upper()}{wrong.message[1:]}"
        told = {"status": 400, "message": f"{said}.", "at": wrong.at, "length": wrong.length}
        return make_json({"error": told}, 400)
    return make_json(_plain(found, wish))


def _plain(found: Found, wish: Wish) -> dict[str, Any]:
    """Return an answer as JSON has it, with the addresses of its records and of the next page."""
    plain = plain_found(found)
    for hit in plain["hits"]:
        hit["link"] = f"/incidents/{quote(hit['id'], safe='')}"
    asked = found.meant or found.query
    following = _link("/api/v1/search", asked, wish, found.cursor) if found.cursor else None
    return plain | {"sort": str(wish.order), "next": following}


def _link(address: str, text: str, wish: Wish, cursor: str = "") -> str:
    """Return the address that shows this view again."""
    asked = {"q": text}
    if wish.order is not Order.RELEVANCE:
        asked["sort"] = str(wish.order)
    if wish.limit != PAGE_HITS:
        asked["limit"] = str(wish.limit)
    if cursor:
        asked["after"] = cursor
    return f"{address}?{urlencode(asked, errors='replace')}"


def _empty(text: str, wish: Wish, wrong: QueryError | None = None) -> dict[str, Any]:
    return {
        "title": "Search",
        "query": text,
        "orders": [(str(order), label, order is wish.order) for order, label in _ORDERS.items()],
        "examples": [(each, said, _link("/search", each, Wish())) for each, said in _EXAMPLES],
        "wrong": _say_wrong(wrong) if wrong else None,
        "chips": (),
        "count": 0,
        "lines": (),
        "facets": (),
        "following": "",
        "first": "",
        "meant": "",
        "feeds": [(kind, _link(address, text, Wish())) for kind, address in _FEEDS],
    }


def _say_wrong(wrong: QueryError) -> dict[str, str]:
    said = wrong.message
    return {
        "said": f"{said[:1].upper()}{said[1:]}{'' if said.endswith(('.', '?', '!')) else '.'}",
        "before": wrong.before[-60:],
        "there": wrong.there[:200],
        "after": wrong.after[:60],
    }


def _shown(query: Query, found: Found, wish: Wish) -> dict[str, Any]:
    page = _empty(query.text, wish)
    return page | {
        "title": f"Search: {query.text}" if query.text.strip() else "Search",
        "chips": [(each.label, _link("/search", each.without, wish)) for each in chosen(query)],
        "count": found.count,
        "lines": [_line(hit) for hit in found.hits],
        "facets": list(_facets(query, found, wish)),
        "following": _link("/search", found.meant or query.text, wish, found.cursor) if found.cursor else "",
        "first": _link("/search", query.text, wish) if wish.cursor else "",
        "meant": found.meant,
    }


def _line(hit: Hit) -> dict[str, Any]:
    entry = hit.entry
    return {
        "link": f"/incidents/{quote(entry.id, safe='')}",
        "title": entry.title,
        "date": say_date(entry.date) if entry.date else "",
        "victims": [name for name in entry.victims if name not in entry.title],
        "reports": entry.reports,
        "statuses": [
            (str(status), SIGNS[status], entry.statuses[status])
            for status in Status
            if status in entry.statuses
        ],
        "matches": [(say_part(match.part), list(_pieces(match)), match.is_cut) for match in hit.matches],
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


def _facets(query: Query, found: Found, wish: Wish) -> Iterator[tuple[str, list[tuple[str, int, str, bool]]]]:
    """Yield each facet's heading, and its values: label, count, where the link goes, whether it is chosen."""
    for name in FACETS:
        counts = found.facets.get(name, ())
        rows: list[tuple[str, int, str, bool]] = []
        for each in counts:
            back = widen(query, name, each.value)
            text = narrow(query, name, each.value) if back is None else back
            rows.append((each.label, each.count, _link("/search", text, wish), back is not None))
        if rows:
            yield _HEADINGS[name], rows
