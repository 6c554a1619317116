"""What a search answers: hits with the words found, counts by facet, and where the next page begins."""

from dataclasses import dataclass, field
from enum import StrEnum

from incidex.search.entry import Entry


class Order(StrEnum):
    """In which order hits come."""

    RELEVANCE = "relevance"  # where the words stand, then the newest first
    NEW = "new"  # by the record's date, the latest first, those without one last
    OLD = "old"
    ADDED = "added"  # the record that was opened last comes first


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is wanted of a search, besides the query."""

    order: Order = Order.RELEVANCE
    limit: int = 20
    cursor: str = ""  # where the last page ended, as that page said
    facets: bool = True


#: The first hits by relevance, with facets.
PLAIN = Wish()


@dataclass(frozen=True, slots=True)
class Match:
    """A passage in which something asked for was found: where, and which characters of it."""

    part: str  # a field, "quote", "report", "label" or "alias"
    text: str
    marks: tuple[tuple[int, int], ...]
    is_cut: tuple[bool, bool] = (False, False)  # whether more stands before and after it


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that was found, and why."""

    entry: Entry
    matches: tuple[Match, ...] = ()


@dataclass(frozen=True, slots=True)
class Count:
    """How many of the records found have a value of a facet."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The answer to a search."""

    query: str
    hits: tuple[Hit, ...]
    count: int  # of all records found, on whatever page
    facets: dict[str, tuple[Count, ...]] = field(default_factory=dict)
    cursor: str = ""  # of the next page, "" when this is the last
    serial: int = 0  # up to which change of the log this is so
    meant: str = ""  # the query that was answered instead, when nothing is spelled like the one asked
