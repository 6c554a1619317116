"""A report's text cut where claims rest on it, so that a page can mark the words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

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
