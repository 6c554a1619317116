"""The one function that everything asks: a query over a log, for a tier, now or as it stood."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import TypeVar
from weakref import ref

from incidex.model import AsOf, InputError, Tier
from incidex.search.answering import answer
from incidex.search.found import PLAIN, Found, Wish
from incidex.search.index import UnsoundError
from incidex.search.keeping import SHORT_WAIT_SECONDS, WAIT_SECONDS, SearchIndex, Step, no_step
from incidex.search.parse import parse
from incidex.search.pasts import Pasts, refuse_long
from incidex.search.resolve import resolve
from incidex.search.shelf import Shelf
from incidex.search.similar import Similar, find_similar
from incidex.store import Log

Answer = TypeVar("Answer")

#: Answers that are remembered, each with the entries on its page; a large one takes about half a megabyte.
MOST_ANSWERS = 64


class _Answers:
    """What was found lately, each for as long as the index is the one that it was found in.

    It does not keep the index: an old one's files have to go when words in them had to.
    """

    def __init__(self) -> None:
        self._held: OrderedDict[object, tuple[ref[Shelf], Found]] = OrderedDict()
        self._lock = Lock()

    def keep(self, shelf: Shelf, key: object, make: Callable[[], Found]) -> Found:
        """Return what was found in that very index under a key, or find it."""
        with self._lock:
            held = self._held.get(key)
            if held is not None and held[0]() is shelf:
                self._held.move_to_end(key)
                return held[1]
        found = make()
        with self._lock:
            self._held[key] = ref(shelf), found
            if len(self._held) > MOST_ANSWERS:
                self._held.popitem(last=False)
        return found


class Search:
    """Search over one log, with an index of it in a folder."""

    def __init__(self, log: Log, folder: Path) -> None:
        self._log = log
        self._pasts = Pasts(log)
        self._answers = _Answers()
        self.index = SearchIndex(folder)

    def search(
        self,
        text: str,
        tier: Tier,
        wish: Wish = PLAIN,
        *,
        as_of: AsOf = None,
        most: int | None = None,
        step: Step = no_step,
    ) -> Found:
        """Answer a query as a tier may be answered.

        Raises `QueryError` when the query makes no sense, `InputError` when the cursor is another's, and
        `BusyError` when the index has first to be made and more than `most` changes would have to be read.
        Where `most` is given, the past of very many incidents is refused too, as `InputError`.
        """
        query = parse(text)
        resolve(query)  # nothing is opened for a query that makes no sense

        def ask(shelf: Shelf, serial: int) -> Found:
            if as_of is not None:
                return answer(shelf, query, wish, serial=serial)
            found = self._answers.keep(shelf, (tier, text, wish), lambda: answer(shelf, query, wish))
            return replace(found, serial=serial)

        return self._soundly(ask, tier, as_of=as_of, most=most, step=step)

    def similar(
        self,
        name: str,
        tier: Tier,
        limit: int = 10,
        *,
        among: str = "",
        as_of: AsOf = None,
        most: int | None = None,
        step: Step = no_step,
    ) -> list[Similar]:
        """Return the incidents most like one, with what they share, among those that a query finds.

        Raises `InputError` when the tier sees no incident of that id, and as `search` does.
        """
        condition = resolve(parse(among))

        def ask(shelf: Shelf, _: int) -> list[Similar]:
            entry = shelf.find(name)
            if entry is None:
                raise InputError(f"there is no incident {name[:80]!r} to compare with; give the id of one")
            return find_similar(shelf, entry, limit, condition)

        return self._soundly(ask, tier, as_of=as_of, most=most, step=step)

    def _soundly(
        self, ask: Callable[[Shelf, int], Answer], tier: Tier, *, as_of: AsOf, most: int | None, step: Step
    ) -> Answer:
        """Ask the index, or the entries of the past; an index that proves damaged is made anew."""
        index = self.index.tiers[tier]
        wait = WAIT_SECONDS if most is None else SHORT_WAIT_SECONDS
        if as_of is not None:
            if most is not None:
                refuse_long(index.shelf(self._log, most=most, wait_seconds=wait)[0].size)
            return ask(self._pasts.shelf(tier, as_of, wait_seconds=wait), 0)
        try:
            return ask(*index.shelf(self._log, most=most, wait_seconds=wait, step=step))
        except UnsoundError:
            index.forget()
            return ask(*index.shelf(self._log, most=most, wait_seconds=wait, step=step))
