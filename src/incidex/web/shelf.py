"""A library in memory: real changes, really folded, for tests and for trying the pages without a database."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from incidex.model import (
    AsOf,
    Change,
    Decided,
    Document,
    FieldPolicy,
    Incident,
    Moved,
    Past,
    Received,
    Removed,
    Report,
    Retracted,
    Tier,
    find_past,
    fold_record,
    fold_records,
    shown,
)
from incidex.search import (
    Found,
    MemoryShelf,
    Similar,
    Wish,
    answer,
    find_similar,
    make_entry,
    parse,
    resolve,
)
from incidex.web.base import News


class MemoryLibrary:
    """Folds what it is given on every question; made once, changed never, so that threads may share it."""

    def __init__(self, changes: Iterable[Change], policy: Mapping[str, FieldPolicy]) -> None:
        self._policy = policy
        self._reports: dict[str, tuple[Report, Document]] = {}
        self._histories: dict[str, list[Change]] = defaultdict(list)
        for change in changes:
            if isinstance(change.body, Received):
                self._reports[change.body.report.id] = (change.body.report, change.body.document)
            else:
                self._histories[change.record].append(change)

    def incidents(self, tier: Tier) -> Sequence[Incident]:
        """Return every incident the tier may see, the last opened first."""
        found = fold_records(self._history, self._histories, tier=tier, policy=self._policy)
        return sorted(found, key=lambda incident: (incident.opened_at, incident.id), reverse=True)

    def withdrawn(self, tier: Tier) -> int:  # noqa: ARG002
        """Say that nothing was: it never changes."""
        return 0

    def is_ready(self, tier: Tier) -> bool:  # noqa: ARG002
        """Say that all is at hand: it is in memory."""
        return True

    def find_incident(self, id: str, tier: Tier, as_of: AsOf = None) -> Incident | None:  # noqa: A002
        """Return one incident, as it stood, or `None` when the tier sees nothing of it."""
        return fold_record(self._history, id, as_of=as_of, tier=tier, policy=self._policy)

    def search(
        self,
        text: str,
        tier: Tier,
        wish: Wish,
        *,
        as_of: AsOf = None,
        most: int | None = None,  # noqa: ARG002
    ) -> Found:
        """Answer a query over all that is here."""
        return answer(self._shelf(tier, as_of), parse(text), wish)

    def similar(
        self,
        name: str,
        tier: Tier,
        limit: int,
        *,
        among: str = "",
        as_of: AsOf = None,
        most: int | None = None,  # noqa: ARG002
    ) -> Sequence[Similar]:
        """Return the incidents most like one."""
        shelf = self._shelf(tier, as_of)
        entry = shelf.find(name)
        return find_similar(shelf, entry, limit, resolve(parse(among))) if entry else ()

    def past(self, id: str, tier: Tier) -> Past:  # noqa: A002
        """Return what was taken back of a record, as a tier saw it."""
        return find_past(self._history, id, tier=tier, policy=self._policy)

    def head(self) -> object:
        """Say that nothing changes here."""
        return self

    def news(self, since: object) -> News:  # noqa: ARG002
        """Say that everything is to be looked at, once."""
        return News(head=self, is_anew=True, taken=self._histories.keys())

    def history(self, id: str, tier: Tier) -> Sequence[Change]:  # noqa: A002
        """Return what a tier may see of an incident's changes."""
        return shown(self._histories.get(id, ()), tier)

    def corrected(self) -> Sequence[str]:
        """Return the records in which something was withdrawn, rejected, moved or removed."""
        corrects = (Retracted, Decided, Moved, Removed)
        return [
            record
            for record, history in self._histories.items()
            if any(isinstance(change.body, corrects) for change in history)
        ]

    def find_report(self, id: str, tier: Tier) -> tuple[Report, Document] | None:  # noqa: A002
        """Return a report and its text; `None` when there is none, and also when it is above the tier."""
        found = self._reports.get(id)
        return found if found and found[0].tier <= tier else None

    def _shelf(self, tier: Tier, as_of: AsOf) -> MemoryShelf:
        found = fold_records(self._history, self._histories, as_of=as_of, tier=tier, policy=self._policy)
        return MemoryShelf(map(make_entry, found))

    def _history(self, record: str) -> Sequence[Change]:
        return self._histories.get(record, ())
