"""What the log needs of a database: named queries, run inside one transaction."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

Values = Mapping[str, Any] | Sequence[Any]
Rows = list[tuple[Any, ...]]


class Session(Protocol):
    """One transaction. Queries are named; what they say stands in the database's file of `store/sql`."""

    def rows(self, query: str, values: Values = ()) -> Rows:
        """Run a query and return all of what it finds."""
        ...

    def among(self, query: str, names: Collection[str]) -> Rows:
        """Run a query that takes any number of names."""
        ...

    def each(self, query: str, values: Values = ()) -> Iterator[tuple[Any, ...]]:
        """Run a query and yield what it finds without holding all of it."""
        ...

    def many(self, query: str, values: Iterable[Sequence[Any]]) -> None:
        """Run a query once for each row of values."""
        ...


class Readable(Protocol):
    """A database that can be looked at."""

    def reading(self) -> AbstractContextManager[Session]:
        """Look at one moment of the database, whatever is written meanwhile."""
        ...

    def close(self) -> None:
        """Let go; closing twice is fine."""
        ...


class Database(Readable, Protocol):
    """An open database, shared by threads: one writer at a time, any number of readers."""

    @property
    def place(self) -> str:
        """Name the database among all others, without any password."""
        ...

    def writing(self) -> AbstractContextManager[Session]:
        """Hold the one write transaction: all of it is safe on disk when the block ends, or none is there."""
        ...

    def scrub(self) -> bool:
        """Overwrite what was deleted, wherever a copy of it may be left; say whether that could be done.

        It cannot while another program looks at the database as it was.
        """
        ...
