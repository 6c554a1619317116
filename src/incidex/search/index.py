"""A Tantivy index of one tier's entries: the schema, writing, and a `Shelf` that reads it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
from tantivy import Document, FieldType, Index, Occur, Order, Query, Schema, SchemaBuilder, Searcher

from incidex.codebook import Kind, fields
from incidex.search.conditions import ALL, NAMES, Condition, Every
from incidex.search.entry import FACETS, QUOTE, REPORT, SCOPES, Entry, fold_fact
from incidex.search.lookup import make_query, number_field, text_field
from incidex.search.memory import list_in_order, rank, rank_entries, weight_of
from incidex.search.words import analyzer

_TOKENIZER = "incidex"
_KEYS = ("new", "old", "added")

#: Records with one key beyond a page that are looked at, so that their ids can put them in order.
_SAME_KEY = 8

#: Values of a facet that are counted at first; all are when the last of these are equally frequent.
_COUNTED, _ALL_VALUES = 60, 65_000

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


def make_document(entry: Entry) -> Document:
    """Return what is written to the index for an entry."""
    document = Document()
    document.add_text("id", entry.id)
    for fact in entry.facts:
        document.add_text("facts", fact)
    _add_texts(document, entry)
    for name, values in entry.facets.items():
        for value in values:
            document.add_text(f"facet_{name}", value)
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


def read_entries(searcher: Searcher) -> Iterator[Entry]:
    """Yield every entry that an index holds."""
    count = searcher.num_docs
    if count:
        for _, address in searcher.search(Query.all_query(), limit=count, count=False).hits:
            yield _DECODE.decode(searcher.doc(address)["entry"][0])


class IndexShelf:
    """A `Shelf` over one moment of an index."""

    def __init__(self, index: Index) -> None:
        self._schema = index.schema
        self._searcher = index.searcher()

    @property
    def size(self) -> int:
        """Return how many entries there are."""
        return self._searcher.num_docs

    def find(self, name: str) -> Entry | None:
        """Return the entry of an id, also of one that was merged into it."""
        query = Query.term_query(self._schema, "facts", fold_fact("id", name), "basic")
        found = self._searcher.search(query, limit=1, count=False).hits
        return self._entry(found[0][1]) if found else None

    def find_own(self, name: str) -> Entry | None:
        """Return the entry that has an id for its own."""
        query = Query.term_query(self._schema, "id", name, "basic")
        found = self._searcher.search(query, limit=1, count=False).hits
        return self._entry(found[0][1]) if found else None

    def count(self, condition: Condition) -> int:
        """Return how many entries are like that."""
        if condition == Every(()):
            return self._searcher.num_docs
        return int(self._searcher.search(self._query(condition), limit=1, count=True).count or 0)  # type: ignore[attr-defined]

    def facets(
        self, condition: Condition, names: Iterable[str], most: int
    ) -> Mapping[str, Sequence[tuple[str, int]]]:
        """Return each facet's most frequent values among such entries."""
        query, wanted = self._query(condition), list(names)
        counted = self._count(query, wanted, _COUNTED)
        # Which of equally frequent values come first is for us to say, and takes all of them.
        unsure = [
            name
            for name, held in counted.items()
            if len(held) == _COUNTED and held[most - 1][1] == held[-1][1]
        ]
        if unsure:
            counted |= self._count(query, unsure, _ALL_VALUES)
        return {name: rank(held, most) for name, held in counted.items()}

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
        found = self._searcher.search(
            query,
            limit=limit + _SAME_KEY,
            count=False,
            order_by_field=key,
            order=Order.Desc if descending else Order.Asc,
        )
        # Beyond the page only those are wanted that have the key of its last one.
        last = found.hits[limit - 1][0] if len(found.hits) > limit else None
        near = [
            address for place, (number, address) in enumerate(found.hits) if place < limit or number == last
        ]
        entries = [self._entry(address) for address in near]
        return list_in_order(entries, key, descending=descending, after=after)[:limit]

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
        best = self._searcher.search(both, limit=limit, count=False).hits
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
            hits = self._searcher.search(query, limit=most, count=False, order_by_field="new").hits
            return [self._entry(address) for _, address in hits]

        found = {each.id: each for each in (*newest(least + 1, limit), *newest(least, 2 * limit + _SAME_KEY))}
        return rank_entries((weight_of(each, weights), each) for each in found.values())[:limit]

    def _after(self, key: str, number: int, *, descending: bool) -> Query:
        """Find what comes with this key or after it."""
        low, high = (None, number) if descending else (number, None)
        return Query.range_query(self._schema, key, FieldType.Unsigned, low, high)

    def _count(self, query: Query, names: Iterable[str], size: int) -> dict[str, list[tuple[str, int]]]:
        asked = {
            name: {"terms": {"field": f"facet_{name}", "size": size, "segment_size": _ALL_VALUES}}
            for name in names
        }
        told = self._searcher.aggregate(query, asked)
        return {
            name: [(str(each["key"]), int(each["doc_count"])) for each in told[name]["buckets"]]
            for name in asked
        }

    def _query(self, condition: Condition) -> Query:
        return make_query(condition, self._schema, self._searcher)

    def _entry(self, address: object) -> Entry:
        return _DECODE.decode(self._searcher.doc(address)["entry"][0])  # type: ignore[arg-type]
