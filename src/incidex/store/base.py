"""What every database of Incidex promises."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple, Protocol

from incidex.model import Change, Kind, Tier
from incidex.store.codec import Line

#: No blobs come with this batch.
NO_BLOBS: Mapping[str, bytes] = MappingProxyType({})


class Head(NamedTuple):
    """Where a log ends: its last serial, 0 when it is empty, and the hash of that change."""

    serial: int
    hash: str


class Log(Protocol):
    """The append-only history, and what is rebuilt from it.

    A log may be shared by threads, and a database by processes. Whoever reads while another writes sees
    whole batches or nothing of them.
    """

    def append(self, changes: Sequence[Change], blobs: Mapping[str, bytes] = NO_BLOBS) -> int:
        """Write all of it or nothing, and return the last serial once it is safe from a power cut.

        `blobs` are bytes by their SHA-256 in hexadecimal, kept beside the log: reports as received.

        The words that a `Removed` change names are gone from every table, index and page of the database when
        this returns (law 10).

        Raises `ConflictError` when a version is taken or leaves a gap, `EvidenceError` when a claim quotes
        what no stored text of its report says (law 1), `InputError` when a blob is not what its name says, or
        has words that were removed.
        """
        ...

    def since(self, serial: int = 0) -> Iterator[Change]:
        """Yield the changes after `serial` in order, with their hashes filled in and their words put back."""
        ...

    def lines(self, serial: int = 0) -> Iterator[Line]:
        """Yield the changes after `serial` as they are stored, with the names of their words."""
        ...

    def head(self) -> Head:
        """Return where the log ends. Whoever keeps this elsewhere can tell when changes were cut off."""
        ...

    def history(self, record: str) -> tuple[Change, ...]:
        """Return everything that happened to one record, oldest first; nothing for an unknown one."""
        ...

    def histories(self, records: Collection[str]) -> Mapping[str, tuple[Change, ...]]:
        """Return everything that happened to each of some records, at one moment; see `history`.

        Quicker than asking one by one. All of it is held in memory: ask for some dozens at a time.
        """
        ...

    def versions(self, records: Iterable[str]) -> Mapping[str, int]:
        """Return the current version of each record, 0 for one that is new."""
        ...

    def find_blob(self, sha256: str) -> bytes | None:
        """Return the bytes of that name, or `None` when they never were here or have been removed."""
        ...

    def last_serial(self) -> int:
        """Return the serial of the last change, 0 for an empty log."""
        ...

    def records(self, kind: Kind) -> tuple[str, ...]:
        """Return the records that a kind of change has happened to, the latest of it first."""
        ...

    def incidents(self) -> tuple[str, ...]:
        """Return the ids of all incidents, newest first."""
        ...

    def candidates(self, field: str, value: str) -> tuple[str, ...]:
        """Return the incidents of which someone asserted that value, case folded, in order of id.

        Kept for `KEYED` fields only. Withdrawn and rejected claims count: this finds what to compare.
        """
        ...

    def find_by_name(self, text: str, tier: Tier = Tier.RED) -> tuple[str, ...]:
        """Return the incidents that a person can mean by an id, the start of one, or a victim's name.

        An exact id or name wins over a part of one. Names claimed above `tier` find nothing (law 8).
        """
        ...

    def rebuild(self) -> None:
        """Drop everything that is made from the changes, and make it again (law 6)."""
        ...

    def verify(self) -> int:
        """Check every link of the chain, its end and all words; return how many changes that was.

        Raises `StoreError` naming the first line that does not hold. Whoever cuts changes off the end and
        knows to correct the head too leaves a shorter log that holds: compare `head` with one kept elsewhere.
        """
        ...

    def close(self) -> None:
        """Let go of the database; closing twice is fine."""
        ...
