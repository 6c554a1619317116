"""A Tantivy index of one tier's entries: the schema, writing, and a `Shelf` that reads it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType

import msgspec
from tantivy import DocAddress, Document, FieldType, Index, Occur, Order, Query, Schema, SchemaBuilder

from incidex.codebook import Kind, fields
from incidex.model import StoreError
from incidex.search.conditions import ALL, NAMES, Condition, Every
from incidex.search.entry import FACETS, QUOTE, REPORT, SCOPES, Entry, fold_fact
from incidex.search.lookup import Lookup, number_field, text_field
from incidex.search.memory import list_in_order, rank, rank_entries, weight_of
from incidex.search.words import analyzer

_TOKENIZER = "incidex"
_KEYS = ("new", "old", "added")

#: Records with one key beyond a page that are looked at, so that their ids can put them in order.
_SAME_KEY = 8

#: Values of a facet that are counted at first; all are when the last of these are equally frequent.
_COUNTED, _ALL_VALUES = 60, 65_000

#: Facets of which each entry has a set out of few values. It is counted whole, as one value: several values
#: in each entry take six times as long to count.
_SETS, _SET_SIGN = frozenset({"status"}), "+"

_DECODE = msgspec.json.Decoder(Entry)
_ENCODE = msgspec.json.Encoder()


def text_parts() -> tuple[str, ...]:
    """Return the parts of an entry's text that can be asked for alone."""
    named = (field.name for field in fields().values() if field.kind in (Kind.TEXT, Kind.NAME))
    return (*named, QUOTE, REPORT)


def number_parts() -> tuple[str, ...]:
    """Return the fields whose values are numbers."""
    kinds = (Kind.COUNT, Kind.MONEY, Kind.DURATION)
    return tuple(field.name for field in fields().values() if field.kind in kinds)


def make_schema() -> Schema:
    """Return what the index holds of an entry."""
    made = SchemaBuilder()
    made.add_text_field("id", tokenizer_name="raw", index_option="basic")
    made.add_text_field("facts", tokenizer_name="raw", index_option="basic")
    for name in (ALL, NAMES, *map(text_field, text_parts())):
        made.add_text_field(name, tokenizer_name=_TOKENIZER)
    for name in FACETS:
        made.add_text_field(f"facet_{name}", tokenizer_name="raw", index_option="basic", fast=True)
    for name in (*_KEYS, *map(number_field, number_parts())):
        made.add_unsigned_field(name, fast=True)
    made.add_bytes_field("entry", stored=True)
    return made.build()


def create_index(folder: Path) -> Index:
    """Make an empty index in an empty folder."""
    return _prepared(Index(make_schema(), path=str(folder), reuse=False))


def open_index(folder: Path) -> Index:
    """Open an index; raise `ValueError` when it is damaged."""
    return _prepared(Index.open(str(folder)))


def _prepared(index: Index) -> Index:
    index.register_tokenizer(_TOKENIZER, analyzer())
    index.config_reader("manual")
    return index


def _apart(counted: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return how often each value stands in sets of them."""
    found: Counter[str] = Counter()
    for values, number in counted:
        for value in values.split(_SET_SIGN):
            found[value] += number
    return list(found.items())


def make_document(entry: Entry) -> Document:
    """Return what is written to the index for an entry."""
    document = Document()
    document.add_text("id", entry.id)
    for fact in entry.facts:
        document.add_text("facts", fact)
    _add_texts(document, entry)
    for name, values in entry.facets.items():
        for value in [_SET_SIGN.join(values)] if name in _SETS else values:
            document.add_text(f"facet_{name}", value)
    if not entry.facets.get("year"):
        document.add_text("facet_year", "")  # counts of years add up to that of all: see `tally`
    for key in _KEYS:
        document.add_unsigned(key, getattr(entry, key))
    for name, numbers in entry.numbers.items():
        for number in numbers:
            document.add_unsigned(number_field(name), number)
    document.add_bytes("entry", _ENCODE.encode(entry))
    return document


def _add_texts(document: Document, entry: Entry) -> None:
    alone, named = frozenset(text_parts()), frozenset(SCOPES[NAMES])
    for part, texts in entry.texts.items():
        for text in texts:
            document.add_text(ALL, text)
            if part in named:
                document.add_text(NAMES, text)
            if part in alone:
                document.add_text(text_field(part), text)


class UnsoundError(StoreError):
    """The index holds what cannot be read."""


class _Sound:
    """Says of whatever goes wrong inside Tantivy that the index is damaged: all else was checked before."""

    def __enter__(self) -> None:
        return

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # A panic of Rust code is a BaseException of a class that cannot be imported.
        if kind is not None and (issubclass(kind, ValueError) or kind.__name__ == "PanicException"):
            raise UnsoundError(
                "the search index is damaged; `incidex index rebuild` makes it again"
            ) from error


_SOUND = _Sound()


class IndexShelf:
    """A `Shelf` over one moment of an index."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self._schema = index.schema
        self._searcher = index.searcher()
        self._lookup = Lookup(self._schema, self._searcher)
        self.labels: dict[tuple[str, str], str] = {}

    def entries(self) -> Iterator[Entry]:
        """Yield every entry."""
        if self.size:
            for _, address in self._hits(Query.all_query(), limit=self.size):
                yield self._entry(address)

    @property
    def size(self) -> int:
        """Return how many entries there are."""
        return self._searcher.num_docs

    def find(self, name: str) -> Entry | None:
        """Return the entry of an id, also of one that was merged into it."""
        query = Query.term_query(self._schema, "facts", fold_fact("id", name), "basic")
        return next(iter(self._list(query, 1)), None)

    def find_own(self, name: str) -> Entry | None:
        """Return the entry that has an id for its own."""
        return next(iter(self._list(Query.term_query(self._schema, "id", name, "basic"), 1)), None)

    def count(self, condition: Condition) -> int:
        """Return how many entries are like that."""
        if condition == Every(()):
            return self._searcher.num_docs
        query = self._query(condition)
        with _SOUND:
            found = self._searcher.search(query, limit=1, count=True)
        return int(found.count)  # type: ignore[attr-defined]  # missing in its types

    def tally(
        self, condition: Condition, names: Iterable[str], most: int
    ) -> tuple[int, Mapping[str, Sequence[tuple[str, int]]]]:
        """Return how many entries are like that, and each facet's most frequent values among them."""
        wanted = list(names)
        if not wanted:
            return self.count(condition), {}
        query = self._query(condition)
        # Each entry has one year, if only "", so that its counts add up to that of all.
        count, counted = self._tally(query, dict.fromkeys([*wanted, "year"]), _COUNTED)
        # Which of equally frequent values come first is for us to say, and takes all of them.
        tied = [name for name, held in counted.items() if len(held) == _COUNTED]
        unsure = [name for name in tied if counted[name][most - 1][1] == counted[name][-1][1]]
        if unsure:
            counted |= self._tally(query, unsure, _ALL_VALUES)[1]
        return count, {name: rank(counted[name], most) for name in wanted}

    def page(
        self, condition: Condition, key: str, *, descending: bool, after: tuple[int, str] | None, limit: int
    ) -> list[Entry]:
        """Return such entries in the order of a key, then of their ids, beginning after one."""
        if limit < 1:
            return []
        query = self._query(condition)
        if after is not None:
            query = Query.boolean_query(
                [(Occur.Must, query), (Occur.Must, self._after(key, after[0], descending=descending))]
            )
        wanted = limit + _SAME_KEY + (_SAME_KEY if after else 0)
        hits = self._hits(query, wanted, by=key, order=Order.Desc if descending else Order.Asc)
        return list_in_order(self._read(hits, limit, after), key, descending=descending, after=after)[:limit]

    def _read(
        self, hits: Sequence[tuple[int, DocAddress]], limit: int, after: tuple[int, str] | None
    ) -> list[Entry]:
        """Read the entries of a page, with all that have its last key, or that of the page before."""
        begin = sum(after is not None and key == after[0] for key, _ in hits)
        end = begin + limit
        last = hits[end - 1][0] if len(hits) > end else None
        wanted = [address for place, (key, address) in enumerate(hits) if place < end or key == last]
        return [self._entry(address) for address in wanted]

    def closest(
        self, condition: Condition, weights: Mapping[str, int], limit: int
    ) -> list[tuple[int, Entry]]:
        """Return such entries by the weight of the facts that they have, the most first, then the newest."""
        among = self._query(condition)
        terms = {fact: Query.term_query(self._schema, "facts", fact, "basic") for fact in weights}
        scored = Query.boolean_query(
            [(Occur.Should, Query.const_score_query(terms[fact], float(weights[fact]))) for fact in weights]
        )
        both = Query.boolean_query([(Occur.Must, Query.const_score_query(among, 0.0)), (Occur.Must, scored)])
        best = self._hits(both, limit)
        if len(best) < limit:
            return rank_entries((round(points), self._entry(address)) for points, address in best)
        return self._tied(among, weights, terms, round(best[-1][0]), limit)

    def _tied(
        self, among: Query, weights: Mapping[str, int], terms: Mapping[str, Query], least: int, limit: int
    ) -> list[tuple[int, Entry]]:
        """Rank what weighs no less than the last of a page: of those that weigh the same, the newest come."""
        repeated = [(Occur.Should, terms[fact]) for fact, times in weights.items() for _ in range(times)]

        def newest(points: int, most: int) -> list[Entry]:
            heavy = Query.boolean_query(repeated, minimum_number_should_match=points)
            query = Query.boolean_query([(Occur.Must, among), (Occur.Must, heavy)])
            return self._list(query, most)

        found = {each.id: each for each in (*newest(least + 1, limit), *newest(least, 2 * limit + _SAME_KEY))}
        return rank_entries((weight_of(each, weights), each) for each in found.values())[:limit]

    def _after(self, key: str, number: int, *, descending: bool) -> Query:
        """Find what comes with this key or after it."""
        low, high = (None, number) if descending else (number, None)
        return Query.range_query(self._schema, key, FieldType.Unsigned, low, high)

    def _tally(
        self, query: Query, names: Iterable[str], size: int
    ) -> tuple[int, dict[str, list[tuple[str, int]]]]:
        asked = {
            name: {"terms": {"field": f"facet_{name}", "size": size, "segment_size": _ALL_VALUES}}
            for name in names
        }
        with _SOUND:
            told = self._searcher.aggregate(query, asked)
        counted = {
            name: [(str(each["key"]), int(each["doc_count"])) for each in held["buckets"]]
            for name, held in told.items()
        }
        years = told.get("year", {"sum_other_doc_count": 0})
        count = sum(number for _, number in counted.get("year", ())) + int(years["sum_other_doc_count"])
        counted |= {name: _apart(counted[name]) for name in _SETS if name in counted}
        return count, {
            name: [(value, number) for value, number in held if value] for name, held in counted.items()
        }

    def _query(self, condition: Condition) -> Query:
        with _SOUND:
            return self._lookup.make(condition)

    def _list(self, query: Query, most: int) -> list[Entry]:
        """Return the newest entries that a query finds."""
        return [self._entry(address) for _, address in self._hits(query, most, by="new")]

    def _hits(
        self, query: Query, limit: int, *, by: str | None = None, order: Order = Order.Desc
    ) -> list[tuple[int, DocAddress]]:
        """Return what a query finds by a key, or by its score, each with the key or score."""
        with _SOUND:
            return self._searcher.search(query, limit, count=False, order_by_field=by, order=order).hits

    def _entry(self, address: DocAddress) -> Entry:
        with _SOUND:
            return _DECODE.decode(self._searcher.doc(address)["entry"][0])
