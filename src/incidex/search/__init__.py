"""Query language, facets and ranking, over an index rebuilt from the log.

`parse` reads a query, `resolve` asks the codebook what it means, `matches` asks an entry whether it is so.
`Search` does it all over a log.
"""

from incidex.search.answering import answer
from incidex.search.conditions import Condition
from incidex.search.entry import FACETS, TITLED, Entry, make_entry, say_title
from incidex.search.following import Follower
from incidex.search.found import Count, Found, Hit, Match, Order, Wish
from incidex.search.keeping import BusyError, SearchIndex
from incidex.search.match import Read, matches
from incidex.search.memory import MemoryShelf
from incidex.search.parse import parse
from incidex.search.passages import say_part
from incidex.search.plain import plain_found, plain_similar
from incidex.search.resolve import known_names, resolve
from incidex.search.searching import Search
from incidex.search.similar import Shared, Similar, find_similar
from incidex.search.syntax import Query, QueryError
from incidex.search.writing import chosen, narrow, widen, write_value

__all__ = [
    "FACETS",
    "TITLED",
    "BusyError",
    "Condition",
    "Count",
    "Entry",
    "Follower",
    "Found",
    "Hit",
    "Match",
    "MemoryShelf",
    "Order",
    "Query",
    "QueryError",
    "Read",
    "Search",
    "SearchIndex",
    "Shared",
    "Similar",
    "Wish",
    "answer",
    "chosen",
    "find_similar",
    "known_names",
    "make_entry",
    "matches",
    "narrow",
    "parse",
    "plain_found",
    "plain_similar",
    "resolve",
    "say_part",
    "say_title",
    "widen",
    "write_value",
]
