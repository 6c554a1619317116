"""What programs that index the web are told: which pages there are, and which are none of theirs.

A map names what the public may see and nothing else, whoever asks for it.
"""

from collections.abc import Iterator, Sequence
from html import escape

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException
from litestar.params import FromPath

from incidex.model import Tier
from incidex.web.answers import Answer, AnyRequest, Site
from incidex.web.slugs import link
from incidex.web.views import View

#: Addresses in one map. The protocol allows 50,000; a page of 10,000 is about a megabyte.
MOST_ADDRESSES = 10_000

_SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"

#: Pages that stand by themselves.
_PAGES = ("/", "/incidents", "/organisations", "/techniques", "/sources", "/stats", "/corrections", "/about")

_ROBOTS = """\
User-agent: *
Disallow: /enter
Disallow: /review
Disallow: /search
Disallow: /*?as_of=
Disallow: /*?since=
Allow: /

Sitemap: {base}/sitemap.xml
"""

Entry = tuple[str, str]  # a path, and when it last changed as a day, "" when nothing says


@get("/robots.txt", sync_to_thread=False)
def robots(request: AnyRequest, site: NamedDependency[Site]) -> Answer:
    """Answer with what crawlers are asked to leave alone, and where the map of the site is."""
    body = _ROBOTS.format(base=site.home(request)).encode()
    return Response(body, media_type="text/plain; charset=utf-8")


@get("/sitemap.xml", sync_to_thread=True)
def sitemap(request: AnyRequest, site: NamedDependency[Site]) -> Answer:
    """Answer with the list of the maps."""
    base = site.home(request)
    count = len(_pages(site.view(Tier.CLEAR)))
    rows = "".join(
        f"<sitemap><loc>{escape(f'{base}/sitemaps/{number}.xml')}</loc></sitemap>"
        for number in range(1, -(-count // MOST_ADDRESSES) + 1)
    )
    return _xml(f'<sitemapindex xmlns="{_SPACE}">{rows}</sitemapindex>')


@get("/sitemaps/{name:str}", sync_to_thread=True)
def sitemap_part(request: AnyRequest, site: NamedDependency[Site], name: FromPath[str]) -> Answer:
    """Answer with one map: `1.xml` has the first addresses."""
    number = name.removesuffix(".xml")
    if not name.endswith(".xml") or not (number.isascii() and number.isdigit() and len(number) < 6):
        raise HTTPException(status_code=404)
    first = (int(number) - 1) * MOST_ADDRESSES
    part = _pages(site.view(Tier.CLEAR))[first : first + MOST_ADDRESSES] if first >= 0 else ()
    if not part:
        raise HTTPException(status_code=404)
    base = site.home(request)
    rows = "".join(
        f"<url><loc>{escape(base + path)}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</url>"
        for path, day in part
    )
    return _xml(f'<urlset xmlns="{_SPACE}">{rows}</urlset>')


HANDLERS = (robots, sitemap, sitemap_part)


def _xml(body: str) -> Answer:
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'
    return Response(text.encode(), media_type="application/xml; charset=utf-8")


def _pages(view: View) -> Sequence[Entry]:
    return view.keep("sitemap", lambda: tuple(_list_pages(view)))


def _list_pages(view: View) -> Iterator[Entry]:
    yield from ((path, "") for path in _PAGES)
    for incident in view.incidents:
        yield link("incidents", incident.id), incident.changed_at.date().isoformat()
    for kind, entries in (
        ("organisations", view.organisations),
        ("actors", view.actors),
        ("techniques", view.techniques),
        ("sources", view.sources),
    ):
        yield from ((link(kind, each), "") for each in entries)
