"""The queue: every claim of the log that waits for a person, kept up to date as the log grows."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock

from incidex.codebook import policy
from incidex.evaluate.ranking import Order, Ranked, Waiting, count_values, find_waiting, rank
from incidex.model import Incident, NoEvidence, Review, State, Tier, fold_record, review
from incidex.search import say_title
from incidex.store import Log


@dataclass(frozen=True, slots=True)
class Entry:
    """One record in the queue."""

    sheet: Review
    record: Incident | None
    title: str
    waiting: tuple[Waiting, ...]


class Origin(StrEnum):
    """Where claims come from that wait: out of the words of reports, or out of another database."""

    READ = "read"
    IMPORTED = "imported"
    ANY = "any"


def _origin(waiting: Waiting) -> Origin:
    return Origin.IMPORTED if waiting.claim.no_evidence is NoEvidence.IMPORTED else Origin.READ


def _of_origin(waiting: list[Waiting], origin: Origin | None) -> list[Waiting]:
    if origin is Origin.ANY:
        return waiting
    wanted = origin or Origin.READ
    return [each for each in waiting if _origin(each) is wanted] or ([] if origin else waiting)


class Queue:
    """What waits, as one tier may see it. It follows the log by serial and folds only what has changed."""

    def __init__(self, log: Log, tier: Tier) -> None:
        self._log = log
        self._tier = tier
        self._serial = 0
        self._entries: dict[str, Entry] = {}
        self._lock = Lock()

    def entries(self) -> Sequence[Entry]:
        """Return every record that this tier may see."""
        with self._lock:
            self._follow()
            return tuple(self._entries.values())

    def ranked(
        self,
        order: Order = Order.UNCERTAINTY,
        *,
        seed: int = 0,
        state: State | None = None,
        origin: Origin | None = None,
        without: Collection[tuple[str, str]] = (),
    ) -> list[Ranked]:
        """Return the claims that wait, in one state or in any, with the first to look at first.

        `without` names reports of incidents that nobody may decide on: those out for a blind sample.
        Without an origin, what was read from reports is returned while any of it waits, and else what was
        imported: one import brings more claims than anybody ever checks.
        """
        entries = self.entries()
        known = count_values(each.record for each in entries if each.record is not None)
        waiting = [
            each
            for entry in entries
            for each in entry.waiting
            if state in {None, each.standing.state} and (each.record, each.claim.report) not in without
        ]
        return rank(_of_origin(waiting, origin), order, known=known, seed=seed)

    def origins(self) -> dict[Origin, int]:
        """Return how many claims of each origin wait."""
        held = Counter(_origin(each) for entry in self.entries() for each in entry.waiting)
        return {Origin.READ: held[Origin.READ], Origin.IMPORTED: held[Origin.IMPORTED]}

    def counts(self) -> dict[State, int]:
        """Return how many claims stand in each state."""
        held = Counter(each.state for entry in self.entries() for each in entry.sheet.standings)
        return {state: held[state] for state in State}

    def _follow(self) -> None:
        last = self._log.last_serial()
        if last == self._serial:
            return
        for record in dict.fromkeys(change.record for change in self._log.since(self._serial)):
            self._read(record)
        self._serial = last

    def _read(self, record: str) -> None:
        history = self._log.history(record)
        sheet = review(history, tier=self._tier)
        if sheet is None:  # a report, a sample, nothing that this tier may see, or all of it was moved away
            self._entries.pop(record, None)
            return
        folded = fold_record(self._log.history, record, tier=self._tier, policy=policy())
        title = say_title(folded) if folded else record
        waiting = tuple(find_waiting(sheet, folded, title))
        self._entries[record] = Entry(sheet, folded, title, waiting)
