"""The one function that everything asks: a query over a log, for a tier, now or as it stood."""

from pathlib import Path

from incidex.model import AsOf, Tier
from incidex.search.answering import answer
from incidex.search.folding import entries_of
from incidex.search.found import PLAIN, Found, Wish
from incidex.search.keeping import SearchIndex, Step, no_step
from incidex.search.memory import MemoryShelf
from incidex.search.parse import parse
from incidex.search.resolve import resolve
from incidex.store import Log


class Search:
    """Search over one log, with an index of it in a folder."""

    def __init__(self, log: Log, folder: Path) -> None:
        self._log = log
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
        """
        query = parse(text)
        resolve(query)  # nothing is opened for a query that makes no sense
        if as_of is not None:
            shelf = MemoryShelf(entries_of(self._log, tier, as_of))
            return answer(shelf, query, wish)
        held, serial = self.index.tiers[tier].shelf(self._log, most=most, step=step)
        return answer(held, query, wish, serial=serial)
