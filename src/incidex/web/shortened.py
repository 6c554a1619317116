"""A record page of bounded size: of what many say, a few are shown, and a page of its own has the rest."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from urllib.parse import quote, urlencode

from incidex.web.record import Page, Row, Shown

#: Claims on a page; each takes about 800 bytes, and all pages are to stay under 100 kB.
MOST_VOICES = 60

#: What is tried in turn, until the claims are few enough: values of a field, and claims for and against each.
_CUTS: Sequence[tuple[int, int]] = ((15, 20), (15, 8), (15, 4), (15, 2), (12, 1), (6, 1), (3, 1), (1, 1))


def shorten(page: Page, at: str = "") -> Page:
    """Return a page that shows no more than a page can hold; what is left out is counted and linked."""
    rows = [*page.prose, *page.head, *(row for each in page.sections for row in each.rows), *page.denied]
    cut = next((each for each in _CUTS if _count(rows, *each) <= MOST_VOICES), _CUTS[-1])

    def cut_all(held: Sequence[Row]) -> tuple[Row, ...]:
        return tuple(shorten_row(each, *cut, whole=link_values(page.link, each.name, at)) for each in held)

    return replace(
        page,
        prose=cut_all(page.prose),
        head=cut_all(page.head),
        sections=tuple(replace(each, rows=cut_all(each.rows)) for each in page.sections),
        denied=cut_all(page.denied),
    )


def shorten_row(row: Row, most_values: int, most_voices: int, *, whole: str) -> Row:
    """Return a row with so many values at most, and so many claims on each side of one."""
    shown = tuple(_shorten_value(each, most_voices, whole) for each in row.values[:most_values])
    return replace(row, values=shown, more=max(0, len(row.values) - most_values), whole=whole)


def link_values(record: str, field: str, at: str = "") -> str:
    """Return the address of all values of a field of a record, with all that is said of them."""
    then = f"?{urlencode({'as_of': at}, errors='replace')}" if at else ""
    return f"{record}/values/{quote(field, safe='')}{then}"


def _shorten_value(value: Shown, most: int, whole: str) -> Shown:
    sides = tuple((says, voices[:most]) for says, voices in value.sides)
    left = sum(max(0, len(voices) - most) for _, voices in value.sides)
    return replace(value, sides=sides, more=left, whole=whole)


def _count(rows: Sequence[Row], most_values: int, most_voices: int) -> int:
    return sum(_sizes(rows, most_values, most_voices))


def _sizes(rows: Sequence[Row], most_values: int, most_voices: int) -> Iterator[int]:
    for row in rows:
        for value in row.values[:most_values]:
            yield from (min(len(voices), most_voices) for _, voices in value.sides)
