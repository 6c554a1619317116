"""The index on disk: made, followed, made anew when it cannot be trusted, and rid of words that had to go."""

import multiprocessing
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from tantivy import Index

from incidex.model import Change, Stance, StoreError, Tier
from incidex.search import BusyError, Follower, Order, Search, SearchIndex, Wish
from incidex.search.keeping import TierIndex
from incidex.store import Log, MemoryLog, SqliteLog
from incidex.store.postgres import PostgresLog
from tests.histories import Teller

SAID = [
    ("victim.name", "Ciphr", Stance.ASSERTS, Tier.CLEAR),
    ("data.class", "Passwords", Stance.ASSERTS, Tier.CLEAR),
]


@pytest.fixture
def log() -> MemoryLog:
    made = MemoryLog()
    tell(made, "inc-1")
    return made


def tell(log: Log, incident: str, words: str = "a report") -> None:
    Teller(log).tell(incident, f"{words} of {incident}", SAID)


def ids(search: Search, query: str = "") -> list[str]:
    return sorted(hit.entry.id for hit in search.search(query, Tier.RED).hits)


def test_it_is_made_when_missing_and_follows_the_log(log: MemoryLog, tmp_path: Path) -> None:
    search = Search(log, tmp_path)
    assert ids(search) == ["inc-1"]
    tell(log, "inc-2")
    assert ids(search) == ["inc-1", "inc-2"]
    assert search.search("", Tier.RED).serial == log.last_serial()


class ReadLog(MemoryLog):
    """A log that remembers whose history was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []

    def history(self, record: str) -> tuple[Change, ...]:
        self.read.append(record)
        return super().history(record)


def test_only_what_changed_is_read_again(tmp_path: Path) -> None:
    log = ReadLog()
    tell(log, "inc-1")
    search = Search(log, tmp_path)
    assert ids(search) == ["inc-1"]
    tell(log, "inc-2")
    log.read.clear()
    assert ids(search) == ["inc-1", "inc-2"]
    assert set(log.read) == {"inc-2"}


def test_a_change_that_a_tier_cannot_see_writes_nothing_to_its_index(log: MemoryLog, tmp_path: Path) -> None:
    search = Search(log, tmp_path)
    search.search("", Tier.CLEAR)
    before = files(tmp_path / "clear")
    Teller(log).tell("inc-3", "a secret", SAID, tier=Tier.RED)
    search.search("", Tier.CLEAR)
    assert files(tmp_path / "clear") == before


def files(folder: Path) -> dict[str, bytes]:
    held = (each for each in folder.rglob("*") if each.is_file() and each.name != "state.json")
    return {str(each.relative_to(folder)): each.read_bytes() for each in held}


def damage_state(folder: Path) -> None:
    (folder / "red" / "state.json").write_text("{")


def damage_meta(folder: Path) -> None:
    (index_of(folder) / "meta.json").write_text("{}")


def damage_words(folder: Path) -> None:
    for each in index_of(folder).glob("*.store"):
        each.write_bytes(b"\0" * 200)


def cut_words(folder: Path) -> None:
    for each in index_of(folder).glob("*.idx"):
        each.write_bytes(b"")


def garble_words(folder: Path) -> None:
    """Change bytes in the middle of each file: their sizes and ends stay as they were."""
    for kind in ("store", "term", "fast"):
        for each in index_of(folder).glob(f"*.{kind}"):
            held = bytearray(each.read_bytes())
            held[8 : len(held) // 2] = bytes(255 - byte for byte in held[8 : len(held) // 2])
            each.write_bytes(bytes(held))


def lose_files(folder: Path) -> None:
    for each in index_of(folder).glob("*.*"):
        each.unlink()


def another_version(folder: Path) -> None:
    path = folder / "red" / "state.json"
    path.write_text(path.read_text().replace('"version":"', '"version":"0'))


def index_of(folder: Path) -> Path:
    return next(each for each in (folder / "red").iterdir() if each.is_dir())


@pytest.mark.parametrize(
    "harm", [damage_state, damage_meta, damage_words, cut_words, garble_words, lose_files, another_version]
)
def test_an_index_that_cannot_be_used_is_made_anew(log: MemoryLog, tmp_path: Path, harm: object) -> None:
    assert ids(Search(log, tmp_path)) == ["inc-1"]
    assert callable(harm)
    harm(tmp_path)
    assert ids(Search(log, tmp_path), "ciphr") == ["inc-1"]


def test_damage_while_it_is_open_is_mended_too(log: MemoryLog, tmp_path: Path) -> None:
    search = Search(log, tmp_path)
    assert ids(search) == ["inc-1"]
    damage_state(tmp_path)
    lose_files(tmp_path)
    tell(log, "inc-2")
    assert ids(search) == ["inc-1", "inc-2"]


def test_an_index_of_another_log_is_not_believed(log: MemoryLog, tmp_path: Path) -> None:
    assert ids(Search(log, tmp_path)) == ["inc-1"]
    other = MemoryLog()
    for name in ("inc-7", "inc-8"):
        tell(other, name)
    assert ids(Search(other, tmp_path)) == ["inc-7", "inc-8"]


def test_a_log_that_was_put_back_to_an_earlier_state_is_followed_back(tmp_path: Path) -> None:
    long, short = MemoryLog(), MemoryLog()
    for name in ("inc-1", "inc-2"):
        tell(long, name)
    tell(short, "inc-1")
    assert ids(Search(long, tmp_path)) == ["inc-1", "inc-2"]
    assert ids(Search(short, tmp_path)) == ["inc-1"]


@pytest.mark.parametrize("is_open", [True, False])
def test_removed_words_are_in_no_file_of_the_index(tmp_path: Path, *, is_open: bool) -> None:
    log = MemoryLog()
    teller = Teller(log)
    teller.tell("inc-1", "zanzibarian", [("summary", "Zanzibarian tea.", Stance.ASSERTS, Tier.CLEAR)])
    tell(log, "inc-2")
    search = Search(log, tmp_path)
    assert ids(search, "zanzibarian") == ["inc-1"]
    assert "zanzibarian" in words_of(tmp_path)
    teller.remove(next(iter(teller.reports)))
    search = search if is_open else Search(log, tmp_path)
    assert ids(search, "zanzibarian") == []
    assert ids(search) == ["inc-1", "inc-2"]
    assert "zanzibarian" not in words_of(tmp_path)
    assert b"anzibarian" not in b"".join(files(tmp_path).values())


def words_of(folder: Path) -> list[str]:
    """Return the words in the dictionaries of all files there, deleted records' words among them."""
    found: list[str] = []
    for place in (folder / "red").iterdir():
        if place.is_dir():
            searcher = Index.open(str(place)).searcher()
            found += [word for word, _ in searcher.terms_with_prefix("all", "")]
    return found


def test_who_cannot_wait_for_the_index_is_told_so(log: MemoryLog, tmp_path: Path) -> None:
    with pytest.raises(BusyError, match="is being made; try again"):
        Search(log, tmp_path).search("", Tier.RED, most=1)


def test_who_cannot_wait_for_the_newest_gets_what_is_there(log: MemoryLog, tmp_path: Path) -> None:
    search = Search(log, tmp_path)
    assert ids(search) == ["inc-1"]
    tell(log, "inc-2")
    assert search.search("", Tier.RED, most=1).count == 1
    assert search.search("", Tier.RED, most=100).count == 2


def test_a_folder_that_cannot_be_written_is_said_so(log: MemoryLog, tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_text("")
    with pytest.raises(StoreError, match="cannot be written"):
        Search(log, place).search("", Tier.RED)


def test_rebuild_makes_it_from_the_log(log: MemoryLog, tmp_path: Path) -> None:
    index = SearchIndex(tmp_path)
    assert index.made() == []
    assert index.tiers[Tier.GREEN].rebuild(log) == 1
    assert index.made() == [Tier.GREEN]


def test_a_follower_makes_and_follows_what_was_asked_for(log: MemoryLog, tmp_path: Path) -> None:
    search = Search(log, tmp_path)
    with pytest.raises(BusyError):
        search.search("", Tier.GREEN, most=1)
    with Follower(search, log, every_seconds=0.01):
        wait_for(lambda: search.search("", Tier.CLEAR, most=1).count == 1)
        wait_for(lambda: search.search("", Tier.GREEN, most=1).count == 1)
        tell(log, "inc-2")
        wait_for(lambda: search.search("", Tier.CLEAR, most=0).count == 2)
    assert search.index.made() == [Tier.CLEAR, Tier.GREEN]


def wait_for(is_so: Callable[[], bool]) -> None:
    give_up_at = time.monotonic() + 30
    while time.monotonic() < give_up_at:
        with suppress(BusyError):
            if is_so():
                return
        time.sleep(0.01)
    pytest.fail("it never was so")


# Two processes at once.


def write_and_search(path: Path, folder: Path, name: str, count: int) -> None:
    log = SqliteLog(path)
    search = Search(log, folder)
    for number in range(count):
        incident = f"inc-{name}{number}"
        tell(log, incident)
        assert incident in ids(search, f"id:{incident}")
    log.close()


def test_two_processes_write_and_search_at_once(tmp_path: Path) -> None:
    path, folder = tmp_path / "incidents.db", tmp_path / "index"
    SqliteLog(path).close()
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=write_and_search, args=(path, folder, name, 12)) for name in "ab"]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    assert [worker.exitcode for worker in workers] == [0, 0]
    log = SqliteLog(path)
    assert Search(log, folder).search("", Tier.RED, Wish(order=Order.ADDED)).count == 24
    log.close()


def test_only_one_process_writes(log: MemoryLog, tmp_path: Path) -> None:
    one, other = TierIndex(tmp_path, Tier.RED), TierIndex(tmp_path, Tier.RED)
    one.follow(log)
    with one._locked(1), pytest.raises(BusyError, match="another program is writing"):
        other.rebuild(log, wait_seconds=0)


# The log on a server.


@pytest.fixture
def server_log(postgres_url: str) -> Iterator[PostgresLog]:
    log = PostgresLog(postgres_url)
    yield log
    log.close()


def test_a_log_on_postgresql_is_followed_as_well(server_log: PostgresLog, tmp_path: Path) -> None:
    search = Search(server_log, tmp_path)
    for name in ("inc-1", "inc-2"):
        tell(server_log, name)
        assert name in ids(search, "ciphr data.class:Passwords")


def test_what_was_found_is_remembered_until_the_index_is_another(
    log: MemoryLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    search = Search(log, tmp_path)
    first = search.search("ciphr", Tier.RED)
    monkeypatch.setattr("incidex.search.searching.answer", lambda *_, **__: pytest.fail("found again"))
    assert search.search("ciphr", Tier.RED) == first
    monkeypatch.undo()
    assert search.search("ciphr", Tier.RED, Wish(limit=0)).hits == ()
    assert search.search("ciphr", Tier.CLEAR).count == 1
    tell(log, "inc-2")
    assert search.search("ciphr", Tier.RED).count == 2
    shelves = [held() for held, _ in search._answers._held.values()]
    assert len([each for each in shelves if each is not None]) <= 2, "an index that is no more is let go"
