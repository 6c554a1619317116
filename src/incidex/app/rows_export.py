"""Exports that are rows of one table: what some records add is made by any process, and written by one."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from io import StringIO
from pathlib import Path

from incidex.app.parts import in_parts
from incidex.app.selecting import Selection
from incidex.exchange import Choice, Loss, make_safe_cell
from incidex.exchange.arrow import ParquetRows
from incidex.exchange.columns import Cells, TableRows, tell_losses
from incidex.exchange.licences import Licences
from incidex.exchange.loss import choose
from incidex.model import Incident


@dataclass(frozen=True, slots=True)
class Part:
    """What some records add to an export."""

    records: int
    rows: list[Cells]
    losses: str  # lines of the loss report
    lost: Counter[str]  # how many of each kind these are
    licences: Licences


def write_parts(
    selection: Selection, path: Path, choice: Choice, *, table: str, workers: int
) -> Iterator[Part]:
    """Write a table as Parquet, the bytes that `write_parquet` writes; yield each part once it is there."""
    rows = TableRows(table, choice)
    with path.open("wb") as out, closing(ParquetRows(out, table)) as file:
        for part in in_parts(selection, partial(make_part, table=table, choice=choice), workers):
            file.write(rows.new(part.rows))
            yield part


def make_part(incidents: Iterable[Incident], *, table: str, choice: Choice) -> Part:
    """Return what some records add to a table."""
    maker, licences = TableRows(table, choice), Licences()
    rows: list[Cells] = []
    losses: list[Loss] = []
    records = 0
    for incident in incidents:
        chosen = choose(incident, choice)
        rows.extend(maker.of(incident, chosen))
        if table == "incidents":
            losses += tell_losses(incident, chosen)
        licences.count(incident)
        records += 1
    lines, lost = StringIO(), Counter[str]()
    csv.writer(lines, lineterminator="\n").writerows(to_lines(losses, lost))
    return Part(records, rows, lines.getvalue(), lost, licences)


def to_lines(losses: Iterable[Loss], lost: Counter[str]) -> Iterator[tuple[str, ...]]:
    """Yield the lines of a loss report, and count them by kind."""
    for record, field, value, kind, why in losses:
        lost[kind] += 1
        yield record, field, make_safe_cell(value), kind, make_safe_cell(why)
