"""Which records an export is about: folded one after another, as one moment of the log had them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from incidex.codebook import policy
from incidex.model import AsOf, Change, Incident, Tier, Withheld, fold_records
from incidex.search import Condition, Read, make_entry, matches, parse, resolve
from incidex.store import Head, Log

#: Records read from the database at once.
_TOGETHER = 256


@dataclass(frozen=True, slots=True)
class Selection:
    """Records of one log, as a tier sees them at one moment."""

    log: Log
    tier: Tier
    as_of: AsOf
    head: Head  # where the log ended when they were chosen
    names_withheld: bool = False
    condition: Condition | None = None  # what the records must be like

    @property
    def most(self) -> int:
        """Return how many there are at most: some may have nothing for the tier to see."""
        return len(self.log.incidents())

    @property
    def moment(self) -> AsOf:
        """Return when they stood as they are told: what is written since is not in it."""
        return self.head.serial if self.as_of is None else self.as_of

    def __iter__(self) -> Iterator[Incident]:
        """Yield each record once, newest first. Only some are held at a time.

        What is written while this runs is not in it.
        """
        yield from self.of(self.log.incidents())

    def of(self, names: Sequence[str]) -> Iterator[Incident]:
        """Yield those of some records that are chosen, in the order of their ids here."""
        rules = policy()
        if not self.names_withheld:  # what is withheld would be worked out for nothing
            rules = {name: replace(rule, withheld=Withheld.SILENT) for name, rule in rules.items()}
        for first in range(0, len(names), _TOGETHER):
            wanted = names[first : first + _TOGETHER]
            find = _Histories(self.log, wanted)
            for incident in fold_records(find, wanted, as_of=self.moment, tier=self.tier, policy=rules):
                if self.condition is None or matches(self.condition, Read(make_entry(incident))):
                    yield incident


class _Histories:
    """Histories of records: some read at once, which is much quicker, others when they are asked for."""

    def __init__(self, log: Log, records: Sequence[str]) -> None:
        self._log, self._held = log, log.histories(records)

    def __call__(self, record: str) -> Sequence[Change]:
        held = self._held.get(record)
        return self._log.history(record) if held is None else held


def select(log: Log, tier: Tier, as_of: AsOf = None, *, query: str = "") -> Selection:
    """Choose every record that a tier may see something of, or those that a query finds; now, or as it stood.

    Raises `QueryError` when the query makes no sense.
    """
    condition = resolve(parse(query)) if query.strip() else None
    return Selection(log, tier, as_of, log.head(), condition=condition)
