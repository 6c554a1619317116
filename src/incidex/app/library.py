"""What the pages read: incidents and reports, folded from the log for the tier that asks."""

from collections.abc import Sequence

from incidex.app.folded import Folded, has_grown, in_order
from incidex.app.remembered import Remembered
from incidex.app.told import find_taken, past_of
from incidex.codebook import policy
from incidex.model import (
    AsOf,
    Change,
    Document,
    Incident,
    Kind,
    Past,
    Received,
    Removed,
    Report,
    Tier,
    fold_record,
    fold_records,
    shown,
)
from incidex.search import (
    Found,
    MemoryShelf,
    Search,
    Similar,
    Wish,
    answer,
    find_similar,
    make_entry,
    parse,
    resolve,
)
from incidex.search.folding import touched
from incidex.store import Head, Log
from incidex.web.base import News


def _without_removed(document: Document, history: Sequence[Change]) -> Document:
    """Return the document; when its words had to go, nothing of it but the reason."""
    for change in reversed(history):
        body = change.body
        if isinstance(body, Removed) and not body.quotes_only:
            when = change.at.strftime("%Y-%m-%d")
            return Document(
                report=document.report, text="", notes=(f"The words were removed on {when}: {body.reason}",)
            )
    return document


class StoreLibrary:
    """The incidents and reports of one log. What is folded is kept, and follows the log."""

    def __init__(self, log: Log, search: Search | None = None) -> None:
        """Read a log; without a `search` over it, each search looks at every incident."""
        self._log = log
        self._search = search
        self._folded = Folded(log)
        self._remembered = Remembered(log)

    def incidents(self, tier: Tier, as_of: AsOf = None) -> Sequence[Incident]:
        """Return every incident of which the tier may see something, newest first; now, or as it stood."""
        if as_of is not None:
            records = self._log.incidents()
            return in_order(fold_records(self._log.history, records, as_of=as_of, tier=tier, policy=policy()))
        return self._folded.get(tier)

    def withdrawn(self, tier: Tier) -> int:
        """Return how often something was taken back or removed since the tier's incidents were first read."""
        return self._folded.withdrawn(tier)

    def is_ready(self, tier: Tier) -> bool:
        """Say whether all incidents of a tier are at hand; begin to read them when that takes long."""
        return self._folded.is_ready(tier)

    def find_incident(self, id: str, tier: Tier, as_of: AsOf = None) -> Incident | None:  # noqa: A002
        """Return one incident as the tier may see it, or `None`."""
        if as_of is None:
            return self._remembered.find(id, tier)
        return fold_record(self._log.history, id, as_of=as_of, tier=tier, policy=policy())

    def search(
        self, text: str, tier: Tier, wish: Wish, *, as_of: AsOf = None, most: int | None = None
    ) -> Found:
        """Answer a query as a tier may be answered; see `Library.search`."""
        if self._search is not None:
            return self._search.search(text, tier, wish, as_of=as_of, most=most)
        return answer(self._shelf(tier, as_of), parse(text), wish)

    def similar(
        self,
        name: str,
        tier: Tier,
        limit: int,
        *,
        among: str = "",
        as_of: AsOf = None,
        most: int | None = None,
    ) -> Sequence[Similar]:
        """Return the incidents most like one; see `Library.similar`."""
        if self._search is not None:
            return self._search.similar(name, tier, limit, among=among, as_of=as_of, most=most)
        shelf = self._shelf(tier, as_of)
        entry = shelf.find(name)
        return find_similar(shelf, entry, limit, resolve(parse(among))) if entry else ()

    def past(self, id: str, tier: Tier) -> Past:  # noqa: A002
        """Return what was taken back of a record, as a tier saw it."""
        return past_of(self._log, id, tier)

    def head(self) -> object:
        """Return where the log ends."""
        return self._log.head()

    def news(self, since: object) -> News:
        """Say what may have changed since a head of this log."""
        head = self._log.head()
        if isinstance(since, Head) and has_grown(self._log, since):
            changes = list(self._log.since(since.serial))
            if not any(change.kind is Kind.REMOVED for change in changes):  # those words may stand anywhere
                return News(head=head, records=touched(self._log, changes))
        return News(head=head, is_anew=True, taken=find_taken(self._log))

    def history(self, id: str, tier: Tier) -> Sequence[Change]:  # noqa: A002
        """Return what a tier may see of an incident's changes."""
        return shown(self._log.history(id), tier)

    def corrected(self) -> Sequence[str]:
        """Return the records in which something was withdrawn, rejected, moved or removed, or ever was."""
        kinds = (Kind.RETRACTED, Kind.DECIDED, Kind.MOVED, Kind.REMOVED)
        return tuple(dict.fromkeys(record for kind in kinds for record in self._log.records(kind)))

    def find_report(self, id: str, tier: Tier) -> tuple[Report, Document] | None:  # noqa: A002
        """Return a report with its text; `None` when there is none, or it is above the tier."""
        history = self._log.history(id)
        for change in history:
            body = change.body
            if isinstance(body, Received) and body.report.tier <= tier:
                return body.report, _without_removed(body.document, history)
        return None

    def _shelf(self, tier: Tier, as_of: AsOf) -> MemoryShelf:
        return MemoryShelf(map(make_entry, self.incidents(tier, as_of)))
