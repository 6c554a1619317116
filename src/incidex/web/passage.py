"""A report's text cut where claims rest on it, so that a page can mark the words."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

from incidex.model import Span


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text: plain ("plain"), read by some claim ("read"), or the passage asked for ("chosen")."""

    text: str
    kind: str


def cut(text: str, spans: Iterable[Span], chosen: Span | None = None) -> Iterator[Piece]:
    """Yield the text in pieces; joined, they are the text, and the chosen piece is the quote and no more."""
    at = 0
    for start, end, kind in _marks(spans, chosen):
        if start > at:
            yield Piece(text[at:start], "plain")
        if end > max(at, start):
            yield Piece(text[max(at, start) : end], kind)
        at = max(at, end)
    if at < len(text):
        yield Piece(text[at:], "plain")


#: Characters shown either side of a quotation to those who may not read the whole.
AROUND = 140


def excerpt(
    text: str, spans: Iterable[Span], chosen: Span | None = None, around: int = AROUND
) -> Iterator[Piece]:
    """Yield the passages that spans stand in, cut as `cut` does, with a "gap" where text is left out.

    A passage reaches some characters either side of its spans, to the end of a word. Joined, the pieces that
    are no gaps are parts of the text in order; what no passage covers is not in them.
    """
    held = [*spans, *([] if chosen is None else [chosen])]
    at = 0
    for window in _windows(text, held, around):
        if window.start > at:
            yield Piece("", "gap")
        part = window.within(text)
        inside = [each for each in held if each.start < window.end and each.end > window.start]
        moved = [_shift(each, window) for each in inside]
        yield from cut(
            part, moved, _shift(chosen, window) if chosen is not None and chosen in inside else None
        )
        at = window.end
    if at < len(text):
        yield Piece("", "gap")


def lead(text: str, most: int = 2 * AROUND) -> Iterator[Piece]:
    """Yield how a text begins, to the end of a word, and a "gap" where there is more of it.

    For a text that no claim quotes: the row of another database, whose values are its own words.
    """
    end = _end_of_word(text, min(len(text), most), 0) or min(len(text), most)
    if text:
        yield Piece(text[:end], "plain")
    if end < len(text):
        yield Piece("", "gap")


def _windows(text: str, spans: Sequence[Span], around: int) -> list[Span]:
    """Return the passages around spans, those that touch joined, in order."""
    found: list[Span] = []
    for span in sorted(spans):
        start = _start_of_word(text, max(0, span.start - around), span.start)
        end = _end_of_word(text, min(len(text), span.end + around), span.end)
        if found and start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(end, found[-1].end))
        else:
            found.append(Span(start, end))
    return found


def _start_of_word(text: str, at: int, latest: int) -> int:
    """Return where the first word from `at` on begins, `latest` at most."""
    space = text.find(" ", at, latest) if at else -1
    return space + 1 if space >= 0 else at


def _end_of_word(text: str, at: int, earliest: int) -> int:
    """Return where the last word before `at` ends, `earliest` at least."""
    space = text.rfind(" ", earliest, at) if at < len(text) else -1
    return space if space >= 0 else at


def _shift(span: Span, window: Span) -> Span:
    return Span(span.start - window.start, min(span.end, window.end) - window.start)


def _marks(spans: Iterable[Span], chosen: Span | None) -> list[tuple[int, int, str]]:
    """Return marks in order; what the chosen one covers is cut out of the others, so that it stays whole."""
    marks: list[tuple[int, int, str]] = []
    for span in spans:
        if chosen is None or not span.overlaps(chosen):
            marks.append((span.start, span.end, "read"))
            continue
        if span.start < chosen.start:
            marks.append((span.start, chosen.start, "read"))
        if span.end > chosen.end:
            marks.append((chosen.end, span.end, "read"))
    if chosen is not None:
        marks.append((chosen.start, chosen.end, "chosen"))
    return sorted(marks)


#: Characters after which a long text is cut into another block, at the next line's end. A browser lays out
#: the blocks that are in sight and no others.
BLOCK = 4_000

#: Claims that are named on one run of text; a hostile report may have thousands of readings of one word.
MOST_NAMED = 12


@dataclass(frozen=True, slots=True)
class Run:
    """A run of text on which the same claims rest, by their numbers: none on most of it."""

    text: str
    start: int  # in the document, in code points
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """Some lines of the text."""

    start: int
    runs: tuple[Run, ...]


def lay_out(text: str, spans: Sequence[Span]) -> Iterator[Block]:
    """Yield the text in blocks of runs, each run with the places in `spans` of what rests on it.

    Joined, the runs are the text. Spans may overlap in any way and may end beyond the text.
    """
    edges = _find_edges(text, spans)
    for start, end in _cut_blocks(text):
        yield Block(start, tuple(_runs(text, start, end, edges)))


def _find_edges(text: str, spans: Sequence[Span]) -> list[tuple[int, tuple[int, ...]]]:
    """Return where runs begin and what rests on each, latest first, so that the end can be taken off."""
    starts = sorted(range(len(spans)), key=lambda number: spans[number].start)
    cuts = sorted({0, *(min(at, len(text)) for span in spans for at in (span.start, span.end))})
    edges: list[tuple[int, tuple[int, ...]]] = []
    open_until: list[tuple[int, int]] = []  # a heap of where spans end
    following = 0
    for cut_at in cuts:
        while following < len(starts) and spans[starts[following]].start <= cut_at:
            heappush(open_until, (spans[starts[following]].end, starts[following]))
            following += 1
        while open_until and open_until[0][0] <= cut_at:
            heappop(open_until)
        edges.append((cut_at, tuple(sorted(number for _, number in open_until[:MOST_NAMED]))))
    return edges[::-1]


def _cut_blocks(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    while start < len(text):
        line_end = text.find("\n", start + BLOCK) + 1
        # A text without line ends is cut anyway: one block of half a megabyte would be laid out whole.
        end = line_end if 0 < line_end <= start + 2 * BLOCK else min(start + 2 * BLOCK, len(text))
        yield start, end
        start = end


def _runs(text: str, start: int, end: int, edges: list[tuple[int, tuple[int, ...]]]) -> Iterator[Run]:
    at = start
    while at < end:
        numbers = edges[-1][1]
        following = edges[-2][0] if len(edges) > 1 else len(text)
        until = min(end, following)
        if until > at:
            yield Run(text[at:until], at, numbers)
            at = until
        if until == following and len(edges) > 1:
            edges.pop()
