"""What the pages need from the rest of the house."""

from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Protocol

from incidex.model import AsOf, Change, Document, Incident, Past, Report, Tier
from incidex.search import Found, Similar, Wish


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A report that a program hands in."""

    data: bytes
    name: str  # of its file, when that was told
    media_type: str  # as it was declared, with its charset; what it is decides itself by its bytes
    tells: Mapping[str, str]  # what is said of it: "source", "role", "published", ...
    by: str  # whose program it is


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of it."""

    report: str  # its id
    incidents: Sequence[str]  # what it was coded to; nothing for one that was known
    is_known: bool
    notes: Sequence[str] = ()


#: Reads, codes and stores a report, and returns when it is safe; takes a while, and threads may share it.
HandIn = Callable[[Handed], Taken]


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What may have changed in a log since somebody looked."""

    head: object  # where it ends now
    records: Collection[str] = ()
    is_anew: bool = False  # everything may have: `records` says nothing
    taken: AbstractSet[str] = frozenset()  # if so, the records of which something may have been taken back


class Library(Protocol):
    """Incidents and reports, each as a tier may see them. Called from several threads at once."""

    def incidents(self, tier: Tier) -> Sequence[Incident]:
        """Return every incident the tier may see, newest first."""

    def withdrawn(self, tier: Tier) -> int:
        """Return how often something was taken back or removed since `incidents` was first asked."""

    def is_ready(self, tier: Tier) -> bool:
        """Say whether all incidents of a tier are at hand; if not, they are being read, which takes long."""

    def find_incident(self, id: str, tier: Tier, as_of: AsOf = None) -> Incident | None:  # noqa: A002
        """Return one incident, as it stood, or `None` when the tier sees nothing of it."""

    def corrected(self) -> Sequence[str]:
        """Return the records in which something was withdrawn, rejected, moved or removed, or ever was."""

    def find_report(self, id: str, tier: Tier) -> tuple[Report, Document] | None:  # noqa: A002
        """Return a report and its text; `None` when there is none, and also when it is above the tier."""

    def search(
        self, text: str, tier: Tier, wish: Wish, *, as_of: AsOf = None, most: int | None = None
    ) -> Found:
        """Answer a query as a tier may be answered, or could be at a moment.

        Raises `QueryError` when it makes no sense, `BusyError` when more than `most` changes would have to
        be read first, and `InputError` when there is too much of the past to look at.
        """

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
        """Return the incidents most like one, among those that a query finds; raises as `search` does."""

    def past(self, id: str, tier: Tier) -> Past:  # noqa: A002
        """Return what was taken back of a record, as a tier saw it, also of one that is no incident now."""

    def head(self) -> object:
        """Return where the log ends; it differs when anything has changed."""

    def news(self, since: object) -> News:
        """Say what has changed since a head, or everything when there is none or it is another log's."""

    def history(self, id: str, tier: Tier) -> Sequence[Change]:  # noqa: A002
        """Return what a tier may see of an incident's changes, oldest first, without how its review goes."""
