"""HTML: the words of the report without the page around them, its title and its date."""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from incidex.model import ReadError
from incidex.text.align import align
from incidex.text.decode import decode, find_meta_charset
from incidex.text.edtf import find_date
from incidex.text.parsed import Parsed
from incidex.text.scan import Page, Tag, scan

if TYPE_CHECKING:
    from resiliparse.parse.html import HTMLTree

#: Finding the main content climbs from every element to the root: 10,000 elements inside one another
#: (nesting 10^8) took 3.1 s, 80,000 would take minutes. A large honest page has a nesting around 10^6.
MAX_NESTING = 20_000_000

#: Main content shorter than this, from a page that is not small and has this many times more, was probably
#: not found.
THIN_CHARACTERS = 250
THIN_SHARE = 4
SMALL_PAGE_CHARACTERS = 1000

#: Pages that the slower libraries are asked about.
SECOND_OPINION_CHARACTERS = 2_000_000

BULLET = "•"
#: Blocks that an item may begin with: the bullet goes inside, or the library takes it for an empty block.
INNER = re.compile(r"(?:\s{0,80}<(?:p|div|section|h[1-6])\b[^<>]{0,400}>){1,4}", re.IGNORECASE)
BLANK_LINES = re.compile(r"[ \t]{0,200}\n(?:[ \t]{0,200}\n){2,200}")

TITLES = ('meta[property="og:title"]', 'meta[name="twitter:title"]')
#: Where pages say when they were published, most reliable first, and in which attribute.
DATES = (
    ('meta[property="article:published_time"]', "content"),
    ('[itemprop="datePublished"]', "content"),
    ('[itemprop="datePublished"]', "datetime"),
    ('meta[name="dcterms.issued"]', "content"),
    ('meta[name="dcterms.date"]', "content"),
    ('meta[name="DC.date.issued"]', "content"),
    ('meta[name="citation_publication_date"]', "content"),
    ('meta[name="pubdate"]', "content"),
    ('meta[name="publish-date"]', "content"),
    ('meta[name="date"]', "content"),
    ("article time[datetime]", "datetime"),
)
LINKED_DATA = re.compile(r'"datePublished"\s{0,8}:\s{0,8}"([^"\n]{4,40})"')


def read_html(data: bytes, charset: str = "") -> Parsed:
    """Read the main content of an HTML page.

    Offsets lead to bytes of the page: exactly for each word that stands in its source, by the ends of the
    gap for the rest. Raises `ReadError` when the page shows no words.
    """
    from resiliparse.parse.html import HTMLTree

    source = decode(data, charset or find_meta_charset(data))
    page = scan(source.text)
    tree = HTMLTree.parse(keep_lists(source.text, page.lists))
    text, notes = _extract(tree, page, source.text)
    if not text:
        raise ReadError(
            "has no words, only markup: it may be a page that scripts fill in; save it from a browser"
        )
    return Parsed(
        text=text,
        runs=align(text, page.visible).through(page.runs).through(source.runs),
        title=_find_title(tree),
        published=_find_published(tree, source.text),
        notes=source.notes + notes,
    )


def keep_lists(source: str, lists: Iterable[tuple[Tag, ...]]) -> str:
    """Return the source with lists of text written as blocks with bullets.

    The library takes every `ul` for a menu and drops it; what was stolen usually stands in one.
    """
    parts, at = [], 0
    for start, end, written in sorted(piece for tags in lists for piece in _as_blocks(source, tags)):
        parts += [source[at:start], written]
        at = end
    return "".join([*parts, source[at:]])


def _as_blocks(source: str, tags: Iterable[Tag]) -> Iterator[tuple[int, int, str]]:
    """Yield what to write from where to where for one list; items are closed where HTML leaves that out."""
    is_open = False
    for tag in tags:
        ends = "</div>" if is_open and (tag.name == "li" or tag.closes) else ""
        if tag.name == "ul":
            yield tag.start, tag.end, ends + ("</div>" if tag.closes else "<div>")
        elif tag.closes:
            yield tag.start, tag.end, ends
        else:
            inner = INNER.match(source, tag.end)
            yield (
                tag.start,
                inner.end() if inner else tag.end,
                f"{ends}<div>{inner[0] if inner else ''}{BULLET} ",
            )
        is_open = tag.name == "li" and not tag.closes


def _extract(tree: "HTMLTree", page: Page, source: str) -> tuple[str, tuple[str, ...]]:
    """Return the report's text, and how it was found where that matters."""
    if page.nesting > MAX_NESTING:
        return _words(tree, main=False), (
            "nested too deeply to tell the report from the page: all its text was kept",
        )
    main = _words(tree, main=True)
    if len(main) >= THIN_CHARACTERS:
        return main, ()
    everything = _words(tree, main=False)
    if main and len(everything) < max(SMALL_PAGE_CHARACTERS, THIN_SHARE * len(main)):
        return main, ()
    second = _second_opinion(source)
    if len(second) > 2 * len(main):
        return second, ("the main content was found by a second reader, trafilatura",)
    if main:
        return main, ()
    return everything, ("the main content could not be told from the page: all its text was kept",)


def _words(tree: "HTMLTree", *, main: bool) -> str:
    from resiliparse.extract.html2text import extract_plain_text

    # Readers' comments would be taken for the publisher's words, descriptions of pictures for the report's.
    text = extract_plain_text(
        tree, preserve_formatting=True, main_content=main, comments=False, alt_texts=False
    )
    return tidy(text)


def tidy(text: str) -> str:
    """Return the text with no more than one blank line in a row, and none at its ends."""
    return BLANK_LINES.sub("\n\n", text).strip()


def _second_opinion(source: str) -> str:
    if len(source) > SECOND_OPINION_CHARACTERS:
        return ""
    import trafilatura

    found = trafilatura.extract(source, include_comments=False, include_tables=True)
    return tidy(found or "")


def _find_title(tree: "HTMLTree") -> str:
    stated = (_find_attribute(tree, selector, "content") for selector in TITLES)
    return " ".join((next(filter(None, stated), "") or tree.title or "").split())


def _find_published(tree: "HTMLTree", source: str) -> str:
    stated = (find_date(_find_attribute(tree, selector, name)) for selector, name in DATES)
    return next(filter(None, stated), "") or _find_linked_date(source) or _find_written_date(source)


def _find_linked_date(source: str) -> str:
    match = LINKED_DATA.search(source)
    return find_date(match[1]) if match else ""


def _find_written_date(source: str) -> str:
    """Return the date that stands in the page in other ways, where those are hard to mistake."""
    if len(source) > SECOND_OPINION_CHARACTERS:
        return ""
    from htmldate import find_date as find_page_date

    return (
        find_page_date(source, extensive_search=False, original_date=True, deferred_url_extractor=True) or ""
    )


def _find_attribute(tree: "HTMLTree", selector: str, name: str) -> str:
    element = tree.document.query_selector(selector) if tree.document else None
    return (element.getattr(name) or "") if element else ""
