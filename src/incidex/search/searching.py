"""The one function that everything asks: a query over a log, for a tier, now or as it stood."""

from pathlib import Path

from incidex.model import AsOf, InputError, Tier
from incidex.search.answering import answer
from incidex.search.folding import entries_of
from incidex.search.found import PLAIN, Found, Wish
from incidex.search.keeping import SearchIndex, Step, no_step
from incidex.search.memory import MemoryShelf
from incidex.search.parse import parse
from incidex.search.resolve import resolve
from incidex.search.shelf import Shelf
from incidex.search.similar import Similar, find_similar
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
        shelf, serial = self.shelf(tier, as_of=as_of, most=most, step=step)
        return answer(shelf, query, wish, serial=serial)

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
        shelf, _ = self.shelf(tier, as_of=as_of, most=most, step=step)
        entry = shelf.find(name)
        if entry is None:
            raise InputError(f"there is no incident {name[:80]!r} to compare with; give the id of one")
        return find_similar(shelf, entry, limit, condition)

    def shelf(
        self, tier: Tier, *, as_of: AsOf = None, most: int | None = None, step: Step = no_step
    ) -> tuple[Shelf, int]:
        """Return what a tier may search, and up to which change of the log it is; 0 for the past."""
        if as_of is not None:
            return MemoryShelf(entries_of(self._log, tier, as_of)), 0
        return self.index.tiers[tier].shelf(self._log, most=most, step=step)
