"""One pass over an HTML page's source: what it shows, where each character stands, and how it is built.

The library that extracts the main content gives no offsets. This pass gives them: it makes the page's
visible text with a way back to the source, in which the extracted words are then looked up.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import NamedTuple

from incidex.text.excerpt import Excerpt
from incidex.text.runs import Runs

TAG = re.compile(r"<(?:(?P<comment>!--)|(?P<close>/?)(?P<name>[a-zA-Z][a-zA-Z0-9:-]{0,40})|(?P<other>[!?/]))")
ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});?")


def _words(line: str) -> frozenset[str]:
    return frozenset(line.split())


#: Elements whose content is not text (script, style) or not shown in the page (title).
OPAQUE = frozenset({"script", "style", "title", "textarea", "noscript", "template", "iframe", "xmp"})

CLOSERS = {name: re.compile(f"</{name}", re.IGNORECASE) for name in OPAQUE}

#: Elements inside a line: their tags end no word. All others do.
INLINE = _words(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q s samp small "
    "span strike strong sub sup time tt u var wbr"
)

#: Elements that HTML closes by itself, or that hold nothing: an unclosed one nests nothing.
SELF_CLOSING = _words(
    "area base br col dd dt embed hr img input li link meta option p param source tbody td tfoot th thead "
    "tr track wbr html head body"
)


class Tag(NamedTuple):
    """A tag in the source: `text[start:end]`."""

    name: str  # in lower case
    closes: bool
    start: int
    end: int


@dataclass(slots=True)
class _Listing:
    """A list being read: how many of its characters are links, and where its tags begin."""

    shown: int
    linked: int
    tags: list[Tag] = field(default_factory=list)


@dataclass(slots=True)
class Page:
    """What one pass over the source found."""

    visible: str  # tags dropped, entities decoded; a tag that ends a word stands as a newline
    runs: Runs  # from `visible` to the source
    nesting: int  # the sum, over all tags, of how many elements they stand inside
    lists: tuple[tuple[Tag, ...], ...]  # of the lists that hold text rather than links: their tags


def scan(source: str) -> Page:
    """Read an HTML page's source once, in linear time. Never fails."""
    return _Scan(source).run()


class _Scan:
    """The state of one pass."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.shown = Excerpt(source)
        self.depth = self.nesting = 0
        self.linked = 0  # characters of links so far
        self.link_from = -1  # where in the visible text the open link began
        self.open: list[_Listing] = []
        self.lists: list[tuple[Tag, ...]] = []

    def run(self) -> Page:
        at = 0
        for tag in tags_of(self.source):
            self._show(at, tag.start)
            self._step(tag)
            at = tag.end
        self._show(at, len(self.source))
        return Page(self.shown.text, self.shown.runs, self.nesting, tuple(self.lists))

    def _show(self, start: int, end: int) -> None:
        """Append the text between two tags."""
        at = start
        for match in ENTITY.finditer(self.source, start, end):
            self.shown.keep(at, match.start())
            self.shown.put(unescape(match[0]), match.start(), match.end())
            at = match.end()
        self.shown.keep(at, end)

    def _step(self, tag: Tag) -> None:
        """Take one tag into account."""
        if tag.name not in INLINE:
            self.shown.put("\n", tag.start, tag.end)
        self._nest(tag)
        if tag.name == "a":
            self._link(tag)
        elif tag.name in {"ul", "li"}:
            self._list(tag)

    def _nest(self, tag: Tag) -> None:
        if tag.name not in SELF_CLOSING:
            self.depth = max(0, self.depth + (-1 if tag.closes else 1))
        self.nesting += self.depth

    def _link(self, tag: Tag) -> None:
        if self.link_from >= 0:
            self.linked += self.shown.length - self.link_from
        self.link_from = -1 if tag.closes else self.shown.length

    def _list(self, tag: Tag) -> None:
        if tag.name == "ul" and not tag.closes:
            self.open.append(_Listing(self.shown.length, self.linked))
        if self.open:
            self.open[-1].tags.append(tag)
        if tag.name == "ul" and tag.closes and self.open:
            self._finish(self.open.pop())

    def _finish(self, listing: _Listing) -> None:
        """Remember the list when less than half of it is links: otherwise it is a menu."""
        shown = self.shown.length - listing.shown
        if 2 * (self.linked - listing.linked) < shown:
            self.lists.append(tuple(listing.tags))


def tags_of(source: str) -> Iterator[Tag]:
    """Yield the tags in order; comments and what no reader sees are one tag with no name."""
    at = 0
    while match := TAG.search(source, at):
        tag = _tag(source, match)
        yield tag
        at = tag.end


def _tag(source: str, match: re.Match[str]) -> Tag:
    name = (match["name"] or "").lower()
    end = _after(source, "-->" if match["comment"] else ">", match.end())
    if name in OPAQUE and not match["close"]:
        return Tag("", False, match.start(), _closing(source, name, end))
    return Tag(name, bool(match["close"]), match.start(), end)


def _after(source: str, mark: str, start: int) -> int:
    """Return where `mark` ends, or the end of the source: nothing is searched for twice."""
    found = source.find(mark, start)
    return len(source) if found < 0 else found + len(mark)


def _closing(source: str, name: str, start: int) -> int:
    found = CLOSERS[name].search(source, start)
    return _after(source, ">", found.end()) if found else len(source)
