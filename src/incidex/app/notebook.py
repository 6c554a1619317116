"""Records for notebooks and scripts: `incidex.open("…").claims().to_polars()`."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from incidex.app.database import open_log
from incidex.app.parts import collecting_rarely
from incidex.app.printing import parse_as_of, parse_tier
from incidex.app.selecting import Selection, select
from incidex.app.settings import Settings, parse_database
from incidex.exchange.arrow import read_batches, to_arrow
from incidex.exchange.columns import get_tables
from incidex.model import AsOf, InputError, Tier
from incidex.store import SqlLog

if TYPE_CHECKING:
    import polars as pl


def open_records(database: str | PathLike[str] = "") -> "Records":
    """Open a database that is there; see `incidex.open`."""
    chosen = parse_database(os.fspath(database)) if database else Settings.read(os.environ).database
    if isinstance(chosen, Path) and not chosen.exists():
        raise InputError(f"there is no database {chosen}; name the one that `incidex add` made")
    if isinstance(chosen, Path) and chosen.is_file() and not chosen.stat().st_size:
        raise InputError(f"{chosen} is empty; name the database that `incidex add` made")
    return Records(open_log(chosen))


class Records:
    """The records of one database as four tables. Closed by `close`, or at the end of a `with` block.

    Each table can be asked for as of a serial or a time, for a tier (the public's unless told otherwise, so
    that what is published by accident is public anyway), and for the records that a search query finds.
    """

    def __init__(self, log: SqlLog) -> None:
        self._log = log

    def incidents(self, query: str = "", *, as_of: str | AsOf = None, tier: str | Tier = "clear") -> "Table":
        """Return one row an incident, with one column for each field of the codebook."""
        return self._table("incidents", query, as_of, tier)

    def claims(self, query: str = "", *, as_of: str | AsOf = None, tier: str | Tier = "clear") -> "Table":
        """Return one row a claim: who says what, in which report, in which words."""
        return self._table("claims", query, as_of, tier)

    def reports(self, query: str = "", *, as_of: str | AsOf = None, tier: str | Tier = "clear") -> "Table":
        """Return one row a report that the records rest on."""
        return self._table("reports", query, as_of, tier)

    def links(self, query: str = "", *, as_of: str | AsOf = None, tier: str | Tier = "clear") -> "Table":
        """Return one row for each report of an incident, and for each judgement of two incidents."""
        return self._table("links", query, as_of, tier)

    def close(self) -> None:
        """Let go of the database; closing twice is fine."""
        self._log.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _table(self, name: str, query: str, as_of: str | AsOf, tier: str | Tier) -> "Table":
        level = parse_tier(tier) if isinstance(tier, str) else tier
        moment = parse_as_of(as_of) if isinstance(as_of, str) else as_of
        if isinstance(moment, datetime) and moment.tzinfo is None:
            raise InputError("a time needs its zone, as in datetime(2026, 11, 23, tzinfo=UTC)")
        return Table(name, select(self._log, level, moment, query=query))


@dataclass(frozen=True, slots=True)
class Table:
    """A table that is read when it is asked for, as the database was when it was chosen."""

    name: str
    records: Selection

    @property
    def columns(self) -> dict[str, str]:
        """Return what each column means."""
        return {each.name: each.words for each in get_tables()[self.name].columns}

    def to_arrow(self) -> Any:  # noqa: ANN401 - a pyarrow.Table, which has no types
        """Return a `pyarrow.Table`."""
        with collecting_rarely():
            return to_arrow(self.records, self.name)

    def batches(self) -> Iterator[Any]:
        """Yield `pyarrow.RecordBatch`es of some thousand rows, for what does not fit into memory."""
        yield from read_batches(self.records, self.name)

    def to_polars(self) -> "pl.DataFrame":
        """Return a Polars frame. Numbers, days and times are not copied."""
        try:
            import polars as pl
        except ImportError as error:
            raise InputError(f"Polars is not here: pip install polars ({error.name} is missing)") from error
        frame = pl.from_arrow(self.to_arrow())
        if not isinstance(frame, pl.DataFrame):  # a table never becomes a single column
            raise TypeError(f"Polars made a {type(frame).__name__} of a table")
        return frame

    def to_pandas(self) -> Any:  # noqa: ANN401 - a pandas.DataFrame, which has no types here
        """Return a pandas frame over the Arrow table's own memory: nothing is copied, no type is lost."""
        try:
            import pandas as pd
        except ImportError as error:
            raise InputError(f"pandas is not here: pip install pandas ({error.name} is missing)") from error
        return self.to_arrow().to_pandas(types_mapper=pd.ArrowDtype)
