"""The queue: every claim of the log that waits for a person, kept up to date as the log grows."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from threading import Lock

from incidex.codebook import policy
from incidex.evaluate.ranking import Order, Ranked, Waiting, count_values, find_waiting, rank
from incidex.model import Incident, Review, State, Tier, fold_record, review
from incidex.store import Log
from incidex.web.record import say_title


@dataclass(frozen=True, slots=True)
class Entry:
    """One record in the queue."""

    sheet: Review
    record: Incident | None
    title: str
    waiting: tuple[Waiting, ...]


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
        without: Collection[tuple[str, str]] = (),
    ) -> list[Ranked]:
        """Return the claims that wait, in one state or in any, with the first to look at first.

        `without` names reports of incidents that nobody may decide on: those out for a blind sample.
        """
        entries = self.entries()
        known = count_values(each.record for each in entries if each.record is not None)
        waiting = [
            each
            for entry in entries
            for each in entry.waiting
            if state in {None, each.standing.state} and (each.record, each.claim.report) not in without
        ]
        return rank(waiting, order, known=known, seed=seed)

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
