"""Records as an Excel workbook, a sheet a table. Needs xlsxwriter, which comes with the extra `tables`."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, BinaryIO

from incidex.exchange.columns import Cell, Cells, Content, TableRows, get_tables, make_whole
from incidex.exchange.loss import Choice, Loss, Lost
from incidex.exchange.tables import BETWEEN
from incidex.model import Incident, InputError

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format as Look
    from xlsxwriter.worksheet import Worksheet

#: What a sheet and a cell hold ("Excel specifications and limits", Microsoft).
MOST_ROWS = 1_048_576
MOST_CHARACTERS = 32_767

#: Excel counts days from 1900 and gets the first two months of it wrong.
_FIRST_DAY = date(1900, 3, 1)

_CUT = "an Excel cell ends at 32,767 characters"
_LOOKS = {Cell.DAY: "yyyy-mm-dd", Cell.TIME: "yyyy-mm-dd hh:mm:ss"}


def write_excel(
    incidents: Iterable[Incident], out: BinaryIO, choice: Choice, *, most_rows: int = MOST_ROWS
) -> Iterator[Loss]:
    """Write a workbook with a sheet for each table; yield what its cells had no room for.

    A table of more rows than a sheet holds goes on in further sheets. Rows are written as they come and not
    kept in memory. No text is ever a formula, a link or a number, whatever it looks like.
    """
    try:
        from xlsxwriter import Workbook
    except ImportError as error:
        raise InputError(
            f"Excel files need xlsxwriter: pip install 'incidex[tables]' ({error.name} is missing)"
        ) from error
    options = {"constant_memory": True, "remove_timezone": True, "strings_to_urls": False}
    with Workbook(out, options) as book:
        sheets = [_Sheets(book, name, TableRows(name, choice), most_rows) for name in get_tables()]
        for incident in incidents:
            for sheet in sheets:
                yield from sheet.add(incident)


class _Sheets:
    """The sheets of one table: one, and another when it is full."""

    def __init__(self, book: "Workbook", name: str, rows: TableRows, most_rows: int) -> None:
        self._book, self._name, self._rows, self._most = book, name, rows, most_rows
        self._looks = {cell: book.add_format({"num_format": look}) for cell, look in _LOOKS.items()}
        self._bold = book.add_format({"bold": True})
        self._count = 0
        self._sheet = self._begin()

    def _begin(self) -> "Worksheet":
        self._count, self._next = self._count + 1, 1
        sheet = self._book.add_worksheet(self._name if self._count == 1 else f"{self._name} {self._count}")
        sheet.freeze_panes(1, 1)
        for place, column in enumerate(self._rows.table.columns):
            sheet.write_string(0, place, column.name, self._bold)
        return sheet

    def add(self, incident: Incident) -> Iterator[Loss]:
        """Write the rows of one record."""
        for row in self._rows.of(incident):
            if self._next >= self._most:
                self._sheet = self._begin()
            yield from self._write(row, incident.id)
            self._next += 1

    def _write(self, row: Cells, record: str) -> Iterator[Loss]:
        for place, (column, content) in enumerate(zip(self._rows.table.columns, row, strict=True)):
            text = _write_cell(self._sheet, (self._next, place), content, self._looks.get(column.cell))
            if len(text) > MOST_CHARACTERS:
                yield Loss(
                    record, column.name, text[:80], Lost.VALUE, "an Excel cell ends at 32,767 characters"
                )


def _write_cell(sheet: "Worksheet", at: tuple[int, int], content: Content, look: "Look | None") -> str:
    """Write what there is to write, and return it when it is a text."""
    match content:
        case None:
            return ""
        case datetime():
            sheet.write_datetime(*at, content, look)
            return ""
        case date() if content >= _FIRST_DAY:
            sheet.write_datetime(*at, datetime(content.year, content.month, content.day), look)  # noqa: DTZ001
            return ""
        case int() | float():
            sheet.write_number(*at, content)
            return ""
        case _:
            text = BETWEEN.join(content) if isinstance(content, list) else str(content)
            sheet.write_string(*at, make_whole(text)[:MOST_CHARACTERS])
            return text
