"""What the pages need from the rest of the house."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from incidex.model import AsOf, Change, Document, Incident, Report, Tier
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


class Library(Protocol):
    """Incidents and reports, each as a tier may see them. Called from several threads at once."""

    def incidents(self, tier: Tier) -> Sequence[Incident]:
        """Return every incident the tier may see, newest first."""

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

    def history(self, id: str, tier: Tier) -> Sequence[Change]:  # noqa: A002
        """Return what a tier may see of an incident's changes, oldest first, without how its review goes."""
