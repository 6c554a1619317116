"""Tables of text in: comma, semicolon or tab separated, whatever is wrong with them told row by row."""

import csv
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from incidex.exchange.mapped import from_cells
from incidex.exchange.mapping import MappingFile
from incidex.exchange.rows import MOST_ROW_BYTES, Reader, Refused, Row, refuse
from incidex.model import InputError, LimitError

#: Columns of a table; more is no table that a mapping is written for.
MOST_COLUMNS = 2_000

_DELIMITERS = ",;\t|"

#: What a file that is no text begins with, what it is then, and what makes a table of text of it.
_FOREIGN = (
    (b"PAR1", "a Parquet file", 'write it as CSV first, as with pandas: read_parquet("x").to_csv("x.csv")'),
    (b"ARROW1", "an Arrow file", "write it as CSV first, as Polars and pandas do"),
    (b"PK", "a workbook or an archive", 'save the sheet as "CSV UTF-8" first'),
    (b"\xd0\xcf\x11\xe0", "an old workbook", 'save the sheet as "CSV UTF-8" first'),
    (b"SQLite format 3\0", "a SQLite database", "write the table as CSV first"),
    (b"\xff\xfe", "UTF-16", "save it as UTF-8 first, as with iconv -f utf-16 -t utf-8"),
    (b"\xfe\xff", "UTF-16", "save it as UTF-8 first, as with iconv -f utf-16 -t utf-8"),
    (b"%PDF", "a PDF", "`incidex add` reads it as a report"),
)


def make_csv_reader(mapping: MappingFile) -> Reader:
    """Return a reader of a table by a mapping."""

    def read(file: BinaryIO) -> Iterator[Row | Refused]:
        table = Table(file, mapping.encoding, mapping.delimiter)
        missing = [each.name for each in mapping.columns if each.name not in table.header]
        if len(missing) == len(mapping.columns):
            raise InputError(
                f"none of the mapping's columns is in the file, which has {', '.join(table.header)[:300]}"
            )
        lost = [name for name in mapping.key if name not in table.header]
        if lost:
            raise InputError(f"the mapping's key {', '.join(lost)[:200]} is no column of the file")
        for number, raw, cells in table.rows():
            found = _refuse_cells(number, cells, table)
            yield found or from_cells(
                number, raw, {name: [cell] for name, cell in zip(table.header, cells, strict=True)}, mapping
            )

    return read


def _refuse_cells(number: int, cells: Sequence[str], table: "Table") -> Refused | None:
    if len(cells) != len(table.header):
        problem = f"this row has {len(cells)} cells, and the header {len(table.header)}: "
        is_open = len(cells) < len(table.header) and any("\n" in cell for cell in cells)
        hint = "is a quotation mark left open in it?" if is_open else "quote the cells, or mend it"
        return refuse(number, problem + hint)
    for name, cell in zip(table.header, cells, strict=True):
        if "\0" in cell:
            return refuse(number, "there is a NUL in this cell; no text has one", column=name)
        if any("\udc80" <= letter <= "\udcff" for letter in cell):
            problem = f'this is not {table.encoding}; say encoding = "cp1252", or what it is, in the mapping'
            return refuse(number, problem, column=name, value=cell.encode("utf-8", "replace").decode())
    return None


def _check_encoding(encoding: str) -> None:
    """Raise `InputError` unless lines end there with the byte that ends them in ASCII, as rows are read."""
    try:
        if "\n".encode(encoding.removesuffix("-sig")) != b"\n":
            raise InputError(f"a table in {encoding} is not read; save it as UTF-8 first, as with iconv")
        b"\n".decode(encoding, "surrogateescape")
    except (LookupError, UnicodeError) as wrong:
        raise InputError(f"there is no encoding {encoding!r} of text; try utf-8 or cp1252") from wrong


def _refuse_foreign(line: bytes) -> None:
    for begin, what, how in _FOREIGN:
        if line.startswith(begin):
            raise InputError(f"this is {what} and no table of text; {how}")
    if b"\0" in line:
        raise InputError(
            'this is no plain text; a file of a spreadsheet has to be saved as "CSV UTF-8" first'
        )


class Table:
    """A table that is read row by row: its header first, then each row with the bytes that it stands in."""

    def __init__(self, file: BinaryIO, encoding: str = "utf-8-sig", delimiter: str = "") -> None:
        """Read the header; raise `InputError` when there is none, or no encoding of that name."""
        _check_encoding(encoding)
        self._file, self.encoding = file, encoding
        self._taken: list[bytes] = []
        self._taken_bytes = 0
        self._line = 0
        line = self._read_line()
        _refuse_foreign(line)
        first = line.decode(encoding, "surrogateescape")
        self._delimiter = delimiter or max(_DELIMITERS, key=first.count)
        self.header = tuple(name.strip() for name in self._split(first))
        self._check_header()

    def _split(self, first: str) -> list[str]:
        try:
            return next(csv.reader([first], delimiter=self._delimiter), [])
        except csv.Error as wrong:
            raise InputError(
                "the first line cannot be read as a table's header; do its lines end as on an old Mac, with "
                "CR alone? Save it with LF, as with tr '\\r' '\\n'"
            ) from wrong

    def rows(self) -> Iterator[tuple[int, bytes, list[str]]]:
        """Yield each row's number (the header is row 1), its bytes with the header's, and its cells."""
        head = self._take()
        reader = csv.reader(self._lines(), delimiter=self._delimiter)
        number = 1
        while True:
            number += 1
            try:
                cells = next(reader, None)
            except csv.Error as wrong:
                raise InputError(
                    f"row {number} cannot be read as a table: {wrong}; is a quotation mark left open?"
                ) from wrong
            if cells is None:
                return
            raw = head + self._take()
            if cells:
                yield number, raw, cells

    def _take(self) -> bytes:
        """Return the bytes that were read since this was last asked."""
        taken, self._taken, self._taken_bytes = b"".join(self._taken), [], 0
        return taken

    def _lines(self) -> Iterator[str]:
        encoding = self.encoding.removesuffix("-sig")
        while line := self._read_line():
            yield line.decode(encoding, "surrogateescape")

    def _read_line(self) -> bytes:
        self._line += 1
        line = self._file.readline(MOST_ROW_BYTES + 1)
        if len(line) > MOST_ROW_BYTES:
            raise LimitError(
                f"line {self._line} is longer than {MOST_ROW_BYTES:,} bytes; no row of a database is"
            )
        self._taken.append(line)
        self._taken_bytes += len(line)
        if self._taken_bytes > MOST_ROW_BYTES:
            raise LimitError(f"the row that ends in line {self._line} has more than {MOST_ROW_BYTES:,} bytes")
        return line

    def _check_header(self) -> None:
        if not any(self.header):
            raise InputError("the file has no header: its first line has to name the columns")
        if len(self.header) > MOST_COLUMNS:
            raise InputError(f"the file has {len(self.header):,} columns, and {MOST_COLUMNS:,} are allowed")
        twice = sorted({name for name in self.header if self.header.count(name) > 1})
        if twice:
            raise InputError(
                f"the header has {', '.join(twice)[:200]} twice; give each column a name of its own"
            )
