"""A starter mapping for a table: which column may say which field, to be looked over by a person."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from incidex.codebook import check_value, get_field
from incidex.exchange.csv_in import Table
from incidex.exchange.mapping import UNKNOWN
from incidex.model import CodebookError

#: Rows that are looked at, and different cells of one column that are listed.
_ROWS, _CELLS = 500, 40


@cache
def column_names() -> Mapping[str, str]:
    """Return the field that a column of each name most likely says; names without spaces and signs."""
    rows = (Path(__file__).parent / "data" / "columns.tsv").read_text("utf-8").splitlines()[1:]
    pairs = (row.split("\t") for row in rows)
    return {name: field for field, names in pairs for name in names.split()}


_FORMS = ("%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y", "%Y/%m/%d", "%d %B %Y", "%B %d, %Y", "%d-%b-%y")


def suggest_mapping(file: BinaryIO, name: str) -> str:
    """Return a mapping for the table as TOML, with what has to be looked at said in its comments."""
    table = Table(file)
    seen: dict[str, dict[str, None]] = {column: {} for column in table.header}
    count = 0
    for count, (_, _, cells) in enumerate(islice(table.rows(), _ROWS), start=1):  # noqa: B007
        for column, cell in zip(table.header, cells, strict=False):
            if cell.strip().casefold() not in UNKNOWN:
                seen[column][cell.strip()] = None
    key = next((column for column, held in seen.items() if len(held) == count > 1), "")
    return "\n".join(_lines(name, seen, key)) + "\n"


def _lines(name: str, seen: Mapping[str, Mapping[str, None]], key: str) -> Iterator[str]:
    yield f"# A mapping for {_plain(name)}, to be looked over: fill in the source, then each column."
    yield "# A column that is taken out is left in the rows; `incidex codebook` lists the fields."
    yield f"name = {_quote(name)}"
    yield "version = 1"
    yield "\n[source]"
    yield 'name = "…"  # who publishes the table'
    yield 'role = "researcher"  # or victim, actor, named party, authority, press'
    yield 'licence = ""  # on what terms its rows may be passed on: CC-BY-4.0, public domain, …'
    yield "\n[row]"
    told = "no two rows say the same here" if key else "name the columns that tell rows apart"
    yield f"{'' if key else '# '}key = [{_quote(key or '…')}]  # {told}; so a newer version of a row is known"
    for column, cells in seen.items():
        yield "\n[[column]]"
        yield f"name = {_quote(column)}"
        yield from _column(column, list(cells))


def _column(column: str, cells: Sequence[str]) -> Iterator[str]:
    key = "".join(letter for letter in column.casefold() if letter.isalnum())
    field = column_names().get(key, "")
    if not field:
        shown = ", ".join(_plain(cell[:30]) for cell in cells[:5])
        yield f'# field = "…"  # nothing is taken of it until you name one. It has: {shown or "nothing"}'
        return
    yield f"field = {_quote(field)}"
    if field in ("summary", "description"):
        yield "prose = true"
        return
    if field.startswith("date."):
        form = _find_form(field, cells)
        if form:
            yield f"date = {_quote(form)}"
        return
    wrong = [cell for cell in cells if not _is_known(field, cell)][:_CELLS]
    if wrong and get_field(field).vocabulary:
        yield f"# {len(wrong)} of its values are not in the codebook; name the value of each, or none"
        yield "[column.values]"
        yield from (f'{_quote(cell)} = ""' for cell in wrong)


def _find_form(field: str, cells: Sequence[str]) -> str:
    from datetime import datetime

    if all(_is_known(field, cell[:10]) for cell in cells):
        return ""
    for form in _FORMS:
        try:
            for cell in cells:
                datetime.strptime(cell, form)  # noqa: DTZ007 - only whether it can be read is asked
        except ValueError:
            continue
        return form
    return ""


def _is_known(field: str, cell: str) -> bool:
    try:
        check_value(field, cell)
    except CodebookError:
        return False
    return True


def _quote(text: str) -> str:
    """Return a TOML string."""
    plain = _plain(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'


def _plain(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)
