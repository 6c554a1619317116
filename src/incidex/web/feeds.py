"""A feed of every search: Atom (RFC 4287) and JSON Feed 1.1, the record that was opened last first."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode
from xml.sax.saxutils import escape, quoteattr

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from incidex.search import Entry, Found, Order, Wish
from incidex.web.answers import Answer, AnyRequest, Refused, Site, Visit, make_json
from incidex.web.finding import find
from incidex.web.words import say_date

#: Records in a feed; who reads it less often misses some.
MOST_RECORDS = 50

#: What a feed says of when it changed while nothing is in it.
_NEVER = "1970-01-01T00:00:00+00:00"

#: Characters that no XML may hold: https://www.w3.org/TR/xml/#charsets
_FORBIDDEN = dict.fromkeys(
    [*range(9), 11, 12, *range(14, 32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF], "\ufffd"
)


@get("/feeds/{name:str}", sync_to_thread=True)
def feed(
    request: AnyRequest, site: NamedDependency[Site], visit: NamedDependency[Visit], name: FromPath[str]
) -> Answer:
    """Answer with the records that a query finds, for a feed reader."""
    if name not in ("search.atom", "search.json"):
        raise Refused(status_code=404, detail="There are /feeds/search.atom and /feeds/search.json.")
    text = request.query_params.get("q", "")
    found = find(site, visit, text, Wish(order=Order.ADDED, limit=MOST_RECORDS, facets=False))
    home = site.home(request)
    if name == "search.json":
        answer = make_json(to_json_feed(found, home))
        answer.media_type = "application/feed+json"
        return answer
    return Response(to_atom(found, home).encode(), media_type="application/atom+xml; charset=utf-8")


HANDLERS = (feed,)


def to_json_feed(found: Found, home: str) -> dict[str, Any]:
    """Return what a query finds as a JSON Feed: <https://www.jsonfeed.org/version/1.1/>."""
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _title(found.query),
        "home_page_url": f"{home}/search?{_asked(found.query)}",
        "feed_url": f"{home}/feeds/search.json?{_asked(found.query)}",
        "language": "en",
        "items": [
            {
                "id": _name(hit.entry),
                "url": _link(hit.entry, home),
                "title": hit.entry.title,
                "content_text": " ".join(_told(hit.entry)),
                "date_modified": hit.entry.changed_at,
            }
            for hit in found.hits
        ],
    }


def to_atom(found: Found, home: str) -> str:
    """Return what a query finds as an Atom feed: <https://www.rfc-editor.org/rfc/rfc4287>."""
    own = f"{home}/feeds/search.atom?{_asked(found.query)}"
    changed = max((hit.entry.changed_at for hit in found.hits), default=_NEVER)
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">',
        f"<title>{_text(_title(found.query))}</title>",
        f"<id>{_text(own)}</id>",
        f'<link rel="self" type="application/atom+xml" href={_attribute(own)}/>',
        f'<link rel="alternate" type="text/html" href={_attribute(f"{home}/search?{_asked(found.query)}")}/>',
        f"<updated>{changed}</updated>",
        "<author><name>Incidex</name></author>",
        *(line for hit in found.hits for line in _entry(hit.entry, home)),
        "</feed>",
    ]
    return "\n".join(lines) + "\n"


def _entry(entry: Entry, home: str) -> Iterator[str]:
    yield "<entry>"
    yield f"<title>{_text(entry.title)}</title>"
    yield f"<id>{_text(_name(entry))}</id>"
    yield f'<link rel="alternate" type="text/html" href={_attribute(_link(entry, home))}/>'
    yield f"<updated>{entry.changed_at}</updated>"
    yield f"<summary>{_text(' '.join(_told(entry)))}</summary>"
    yield "</entry>"


def _told(entry: Entry) -> Iterator[str]:
    """Yield sentences on a record: when, whose, how many say so, and what its values are worth."""
    yield f"Date: {say_date(entry.date)}." if entry.date else "No date is given."
    if entry.victims:
        yield f"Victim: {', '.join(entry.victims)}."
    yield f"{entry.reports} report{'' if entry.reports == 1 else 's'}."
    yield f"Values: {', '.join(f'{count} {status}' for status, count in entry.statuses.items())}."


def _title(query: str) -> str:
    return f"Incidents: {query}" if query.strip() else "All incidents"


def _asked(query: str) -> str:
    return urlencode({"q": query}, errors="replace")


def _name(entry: Entry) -> str:
    return f"urn:incidex:{quote(entry.id, safe='-')}"


def _link(entry: Entry, home: str) -> str:
    return f"{home}/incidents/{quote(entry.id, safe='')}"


def _text(text: str) -> str:
    return escape(text.translate(_FORBIDDEN))


def _attribute(text: str) -> str:
    return quoteattr(text.translate(_FORBIDDEN))
