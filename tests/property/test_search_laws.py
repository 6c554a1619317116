"""Search by its laws: index as memory, rebuilt as incremental, and no tier learns of another."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from incidex.codebook import policy
from incidex.model import Change, InputError, Stance, Tier, fold_records
from incidex.search import (
    FACETS,
    Entry,
    Found,
    MemoryShelf,
    Order,
    Search,
    Wish,
    answer,
    find_similar,
    make_entry,
    narrow,
    parse,
)
from incidex.search.folding import entries_of
from incidex.store import MemoryLog
from tests.histories import VALUES, Step, Teller, act, steps, without_hidden

QUERIES = (
    "",
    "phones",
    "phone",
    "ransomware hospital",
    '"replacement phones"',
    "-phones",
    "ransom*",
    "ciphre~",
    "zurich OR acme",
    "victim.country:US",
    'victim.country:"United Kingdom" OR victim.country:CH',
    "industry:62 -action:malware",
    "technique:T1566",
    "actor:apt28",
    'actor.name:="Fancy Bear"',
    "sofacy",
    "victim.name:none",
    "victim.name:any date:none",
    "date:2017..2019",
    "date.occurred:2017-04",
    "date:>2020",
    "date.occurred:<=2017-04-26",
    "data.records:>1m",
    "data.records:0",
    "ransom.paid:>=USD1m",
    "outage.duration:P3D",
    "status:disputed",
    "data.class.status:retracted",
    'source:="the harbour ledger"',
    "speaker:SkySecure",
    "indicator:192.0.2.1",
    "domain:CIPHR.com",
    "quote:passwords",
    "report:daily",
    "(phones OR breach) (action:(malware OR hacking) OR year:2018)",
)

#: Each example builds an index on disk; finding a smaller one that fails takes minutes.
LAWS = settings(max_examples=25, phases=(Phase.explicit, Phase.reuse, Phase.generate))

histories = st.lists(steps, min_size=1, max_size=12)


@contextmanager
def searching(log: MemoryLog) -> Iterator[Search]:
    with TemporaryDirectory() as folder:
        yield Search(log, Path(folder))


def said(found: Found) -> tuple[object, ...]:
    """Return all that an answer says, without where in the log it is."""
    return found.hits, found.count, found.facets, found.cursor, found.meant


def ask(search: Search, tier: Tier, queries: Sequence[str] = QUERIES) -> list[tuple[object, ...]]:
    wishes = [Wish(order=order, limit=3) for order in Order]
    return [said(search.search(query, tier, wish)) for query in queries for wish in wishes]


@LAWS
@given(histories, st.sampled_from(Tier), st.lists(st.sampled_from(QUERIES), max_size=8))
def test_the_index_answers_as_entries_in_memory_do(told: list[Step], tier: Tier, queries: list[str]) -> None:
    log = MemoryLog()
    with searching(log) as search:
        teller = Teller(log)
        for step in told:
            act(teller, step)
        shelf = MemoryShelf(entries_of(log, tier))
        for query in queries:
            for order in Order:
                wish = Wish(order=order, limit=2)
                assert said(search.search(query, tier, wish)) == said(answer(shelf, parse(query), wish))


@LAWS
@given(histories, st.sampled_from(Tier), st.integers(1, 3))
def test_the_index_finds_alike_what_memory_finds_alike(told: list[Step], tier: Tier, limit: int) -> None:
    log = MemoryLog()
    teller = Teller(log)
    with searching(log) as search:
        for step in told:
            act(teller, step)
        shelf = MemoryShelf(entries_of(log, tier))
        for entry in list(entries_of(log, tier)):
            assert search.similar(entry.id, tier, limit) == find_similar(shelf, entry, limit)


@LAWS
@given(histories, histories, st.sampled_from(Tier))
def test_a_rebuilt_index_answers_as_one_that_followed(
    before: list[Step], after: list[Step], tier: Tier
) -> None:
    log = MemoryLog()
    teller = Teller(log)
    with searching(log) as followed, searching(log) as made:
        for step in before:
            act(teller, step)
        followed.search("", tier)
        for step in after:
            act(teller, step)
            followed.search("", tier)
        assert entries(followed, tier) == entries(made, tier)
        assert ask(followed, tier, QUERIES[:9]) == ask(made, tier, QUERIES[:9])


def entries(search: Search, tier: Tier) -> list[Entry]:
    found = search.search("", tier, Wish(order=Order.ADDED, limit=100))
    return [hit.entry for hit in found.hits]


@LAWS
@given(histories, st.sampled_from([Tier.CLEAR, Tier.GREEN, Tier.AMBER]))
def test_databases_that_differ_in_what_is_hidden_answer_alike(told: list[Step], tier: Tier) -> None:
    """Law 8: the rich one is followed step by step, so that its index is laid out otherwise too."""
    rich = MemoryLog()
    teller = Teller(rich)
    with searching(rich) as followed:
        for step in told:
            act(teller, step)
            followed.search("", tier)
        entries_rich = list(entries_of(rich, tier))
        poor = Poor([kept for change in rich.since() if (kept := without_hidden(change, tier)) is not None])
        shelf = MemoryShelf(poor.entries(tier))
        for query in QUERIES:
            wish = Wish(limit=3)
            assert said(followed.search(query, tier, wish)) == said(answer(shelf, parse(query), wish))
        assert len(entries_rich) == followed.search("", tier).count


class Poor:
    """A log without what a tier may not see, in which the other changes keep their places."""

    def __init__(self, changes: Sequence[Change]) -> None:
        self._changes = changes

    def entries(self, tier: Tier) -> Iterator[Entry]:
        records = dict.fromkeys(change.record for change in self._changes)
        for incident in fold_records(self._history, records, tier=tier, policy=policy()):
            yield make_entry(incident)

    def _history(self, record: str) -> list[Change]:
        return [change for change in self._changes if change.record == record]


@LAWS
@given(histories, st.sampled_from(QUERIES), st.sampled_from(Order), st.integers(1, 4))
def test_pages_follow_each_other_without_gap_or_repetition(
    told: list[Step], query: str, order: Order, limit: int
) -> None:
    log = MemoryLog()
    teller = Teller(log)
    with searching(log) as search:
        for step in told:
            act(teller, step)
        whole = search.search(query, Tier.RED, Wish(order=order, limit=100))
        assert whole.count == len(whole.hits)
        assert not whole.cursor
        paged: list[str] = []
        cursor = ""
        while True:
            page = search.search(query, Tier.RED, Wish(order=order, limit=limit, cursor=cursor))
            paged += [hit.entry.id for hit in page.hits]
            cursor = page.cursor
            if not cursor:
                break
        assert paged == [hit.entry.id for hit in whole.hits]


@LAWS
@given(histories, st.sampled_from(QUERIES), st.sampled_from(Tier))
def test_a_facet_counts_what_its_link_finds(told: list[Step], query: str, tier: Tier) -> None:
    log = MemoryLog()
    teller = Teller(log)
    with searching(log) as search:
        for step in told:
            act(teller, step)
        found = search.search(query, tier)
        for name, counts in found.facets.items():
            assert name in FACETS
            for each in counts:
                narrowed = narrow(parse(query), name, each.value)
                assert search.search(narrowed, tier).count == each.count, narrowed


@LAWS
@given(histories, st.data())
def test_as_of_is_what_was_found_then(told: list[Step], data: st.DataObject) -> None:
    log = MemoryLog()
    teller = Teller(log)
    with searching(log) as search:
        then: list[tuple[int, list[str]]] = []
        for step in told:
            if step[0] != "remove":  # what is gone is gone at any as-of
                act(teller, step)
            hits = search.search("", Tier.RED, Wish(limit=100)).hits
            then.append((log.last_serial(), [hit.entry.id for hit in hits]))
        serial, ids = data.draw(st.sampled_from(then))
        found = search.search("", Tier.RED, Wish(limit=100), as_of=serial)
        assert [hit.entry.id for hit in found.hits] == ids


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Search, MemoryShelf]:
    log = MemoryLog()
    teller = Teller(log)
    for number in range(12):
        chosen = {field: values[number % len(values)] for field, values in VALUES.items()}
        told = [(field, value, Stance.ASSERTS, Tier.CLEAR) for field, value in chosen.items()]
        teller.tell(f"inc-{number}", f"report {number}", told)
    return Search(log, tmp_path_factory.mktemp("index")), MemoryShelf(entries_of(log, Tier.RED))


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("limit", [1, 2, 5])
def test_pages_of_many_hits_follow_each_other(
    filled: tuple[Search, MemoryShelf], query: str, order: Order, limit: int
) -> None:
    search, shelf = filled
    whole = answer(shelf, parse(query), Wish(order=order, limit=100))
    paged: list[str] = []
    cursor = ""
    while cursor or not paged:
        page = search.search(query, Tier.RED, Wish(order=order, limit=limit, cursor=cursor, facets=False))
        paged += [hit.entry.id for hit in page.hits]
        if not (cursor := page.cursor):
            break
    assert paged == [hit.entry.id for hit in whole.hits]


words = st.text('abcdefgh :"()-*~<>=.,19/\\\x00é\ud800“”', max_size=40)
SIGNS = ("OR", "AND", "NOT", "(", ")", "-", '"', ":", "..", ">", "*", "victim.country:", "<b>", "' OR 1=1 --")
pieces = st.sampled_from([*QUERIES, *VALUES, *SIGNS])


@settings(max_examples=300)
@given(st.one_of(words, st.lists(pieces, max_size=6).map(" ".join)))
def test_whatever_is_typed_is_answered_or_refused_in_a_sentence(
    filled: tuple[Search, MemoryShelf], query: str
) -> None:
    search, shelf = filled
    try:
        found = search.search(query, Tier.RED)
    except InputError:
        return
    assert said(found) == said(answer(shelf, parse(query), Wish()))
