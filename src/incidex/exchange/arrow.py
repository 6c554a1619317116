"""Records as Apache Arrow tables, and as Parquet. Needs pyarrow, which comes with the extra `tables`."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, BinaryIO

from incidex.exchange.columns import Cell, Cells, TableRows, batches, get_tables, make_whole, tell_losses
from incidex.exchange.loss import Choice, Loss, choose
from incidex.model import Incident, InputError

if TYPE_CHECKING:
    import pyarrow as pa

#: Rows made and written at a time: as many as are worth compressing together, and no more are held.
BATCH_ROWS = 16_384


def import_pyarrow() -> None:
    """Raise `InputError` saying what to install when pyarrow is not there."""
    try:
        import pyarrow  # noqa: F401
    except ImportError as error:
        raise InputError(
            f"Parquet and Arrow tables need pyarrow: pip install 'incidex[tables]' ({error.name} is missing)"
        ) from error


def make_schema(name: str) -> "pa.Schema":
    """Return the Arrow schema of a table: its columns with their types, and what they mean as metadata."""
    import_pyarrow()
    import pyarrow as pa

    types = {
        Cell.TEXT: pa.string(),
        Cell.WHOLE: pa.int64(),
        Cell.NUMBER: pa.float64(),
        Cell.DAY: pa.date32(),
        Cell.TIME: pa.timestamp("us", tz="UTC"),
        Cell.LIST: pa.list_(pa.string()),
    }
    table = get_tables()[name]
    return pa.schema(
        [
            pa.field(each.name, types[each.cell], metadata={"description": each.words})
            for each in table.columns
        ]
    )


def make_batch(rows: Sequence[Cells], schema: "pa.Schema") -> "pa.RecordBatch":
    """Return rows as one batch of columns. Half a surrogate pair, which Arrow cannot hold, becomes U+FFFD."""
    import pyarrow as pa

    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    return pa.record_batch(
        [_make_array(column, field.type) for column, field in zip(columns, schema, strict=True)],
        schema=schema,
    )


def _make_array(column: Sequence[object], type_: "pa.DataType") -> "pa.Array":
    import pyarrow as pa

    try:
        return pa.array(column, type_)
    except UnicodeEncodeError:
        return pa.array([_whole_characters(cell) for cell in column], type_)


def _whole_characters(cell: object) -> object:
    if isinstance(cell, list):
        return [_whole_characters(each) for each in cell]
    if isinstance(cell, str):
        return make_whole(cell)
    return cell


def read_batches(
    incidents: Iterable[Incident], name: str, choice: Choice = Choice.ALL
) -> Iterator["pa.RecordBatch"]:
    """Yield a table of the records, some thousand rows at a time."""
    schema = make_schema(name)
    for rows in batches(incidents, TableRows(name, choice), BATCH_ROWS):
        yield make_batch(rows, schema)


def to_arrow(incidents: Iterable[Incident], name: str, choice: Choice = Choice.ALL) -> "pa.Table":
    """Return a table of the records in memory."""
    schema = make_schema(name)
    import pyarrow as pa

    return pa.Table.from_batches(read_batches(incidents, name, choice), schema=schema)


class ParquetRows:
    """Rows into an open Parquet file, as many at a time as are worth compressing together."""

    def __init__(self, out: BinaryIO, name: str) -> None:
        self._schema = make_schema(name)
        import pyarrow.parquet as pq

        self._file = pq.ParquetWriter(out, self._schema, compression="zstd")
        self._held: list[Cells] = []

    def write(self, rows: Iterable[Cells]) -> None:
        """Write rows, now or with those that follow: the same rows are the same bytes, however they come."""
        self._held.extend(rows)
        while len(self._held) >= BATCH_ROWS:
            self._flush()

    def close(self) -> None:
        """Write what is left, and the end of the file."""
        self._flush()
        self._file.close()

    def _flush(self) -> None:
        self._file.write_batch(make_batch(self._held[:BATCH_ROWS], self._schema))
        del self._held[:BATCH_ROWS]


def write_parquet(
    incidents: Iterable[Incident], out: BinaryIO, choice: Choice, *, name: str = "incidents"
) -> Iterator[Loss]:
    """Write one of the tables as Parquet; yield what it does not say of each record."""
    maker = TableRows(name, choice)
    with closing(ParquetRows(out, name)) as file:
        for incident in incidents:
            chosen = choose(incident, choice)
            file.write(maker.of(incident, chosen))
            if name == "incidents":
                yield from tell_losses(incident, chosen)
