"""Rows by a mapping: a table's cells, or a JSON object's members, made claims. Pure.

A cell that the mapping and the codebook do not know is an issue with its row and column. A cell that says
that nobody knows ("", "Unknown", "n/a") says nothing.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from html import unescape
from typing import Any, BinaryIO

from incidex.exchange.mapping import UNKNOWN, Column, MappingFile
from incidex.exchange.objects import parse_object, read_objects
from incidex.exchange.rows import Draft, Reader, Refused, Row, make_speaker, refuse
from incidex.model import Report

_NAMED = re.compile(r"\{([^{}]*)\}")
_TAG = re.compile(r"<[^<>]{0,2000}>")
_HOST = re.compile(r"(?i)(?:[a-z][a-z0-9+.-]*:)?/{0,2}(?:www\.)?([^/?#:\s@]+)")

#: Cells of one row, each a list of texts.
Cells = Mapping[str, list[str]]


def make_json_reader(mapping: MappingFile) -> Reader:
    """Return a reader of JSON objects by a mapping."""

    def read(file: BinaryIO) -> Iterator[Row | Refused]:
        for number, raw in read_objects(file):
            record = parse_object(number, raw)
            yield (
                record if isinstance(record, Refused) else from_cells(number, raw, to_cells(record), mapping)
            )

    return read


def to_cells(record: Mapping[str, Any]) -> Cells:
    """Return a JSON object's members by their dotted paths, each as texts; lists are several texts."""
    cells: dict[str, list[str]] = {}

    def walk(value: object, path: str) -> None:
        if isinstance(value, dict):
            for name, held in value.items():
                walk(held, f"{path}.{name}" if path else str(name))
        elif isinstance(value, list):
            for held in value:
                walk(held, path)
        elif value is not None:
            text = str(value).lower() if isinstance(value, bool) else str(value)
            cells.setdefault(path, []).append(text)
        elif path not in cells:
            cells[path] = []

    walk(record, "")
    return cells


def from_cells(number: int, raw: bytes, cells: Cells, mapping: MappingFile) -> Row | Refused:
    """Return the row that these cells make."""
    for skip in mapping.skips:
        if skip.value.casefold() in map(str.casefold, cells.get(skip.name, ())):
            return refuse(number, skip.why, column=skip.name, value=skip.value)
    draft = Draft(number, raw, _make_report(cells, mapping), mapping.coder)
    draft.call(mapping.name, *(", ".join(cells.get(name, ())) for name in mapping.key))
    if mapping.published:
        published = "".join(cells.get(mapping.published, ())[:1])
        draft.publish(_to_date(published, mapping.published_as), mapping.published)
    for column in mapping.columns:
        for cell in cells.get(column.name, ()):
            _read_cell(draft, column, cell, cells)
    for constant in mapping.constants if draft.claims else ():  # they say nothing of an empty row
        speaker = _find_speaker(draft, constant.speaker, constant.role, cells)
        draft.say(constant.field, constant.value, "", speaker=speaker, why=constant.why)
    known = {column.name for column in mapping.columns if column.says_something}
    known |= mapping.ignored | {mapping.published}
    for name, held in cells.items():
        if name not in known and any(cell.strip().casefold() not in UNKNOWN for cell in held):
            draft.leave(name)
    return draft.row()


def _make_report(cells: Cells, mapping: MappingFile) -> Report:
    return Report(
        sha256="",
        source=mapping.source,
        title=_fill(mapping.title, cells)[:200],
        url=_fill(mapping.url, cells)[:2000],
        media_type="text/plain",
        register=mapping.register,
        licence=mapping.licence,
    )


def _fill(template: str, cells: Cells) -> str:
    """Return a template with the cells that it names in their places, made one line."""
    filled = _NAMED.sub(lambda found: ", ".join(cells.get(found[1], ())), template)
    return " ".join(filled.split())


def _read_cell(draft: Draft, column: Column, cell: str, cells: Cells) -> None:
    text = _to_text(cell) if column.reading == "html" else cell
    if column.prose:
        draft.tell(text)
    speaker = _find_speaker(draft, column.speaker, column.role, cells)
    for part in text.split(column.split) if column.split else [text]:
        plain = part.strip()
        if plain.casefold() in UNKNOWN and plain.casefold() not in column.values:
            continue
        for field, value in _said(draft, column, plain):
            draft.say(
                field,
                value,
                column.name,
                speaker=speaker,
                stance=column.stance,
                confidence=column.confidence,
                tier=column.tier,
                why="" if value == plain else f"{plain[:200]} in the row",
            )


def _said(draft: Draft, column: Column, plain: str) -> Iterator[tuple[str, str]]:
    if plain.casefold() in column.values:
        yield from column.values[plain.casefold()]
    elif column.field:
        yield column.field, column.write.replace("{}", _read(column, plain))
    elif column.values:
        draft.note(column.name, plain, f"the mapping has no such value of {column.name}; add it there")


def _read(column: Column, plain: str) -> str:
    if column.reading == "domain":
        host = _HOST.match(plain)
        return host[1] if host else plain
    return _to_date(plain, column.date) if column.date or column.field.startswith("date.") else plain


def _to_date(text: str, form: str) -> str:
    """Return a date as EDTF; one that is not written as the mapping says is handed on, to become an issue."""
    if not form:
        return text[:10] if re.match(r"\d{4}-\d\d-\d\d[ T]", text) else text
    try:
        return datetime.strptime(text, form).strftime("%Y-%m-%d")  # noqa: DTZ007 - only the day is taken
    except ValueError:
        return text


def _to_text(html: str) -> str:
    """Return the words of a short piece of HTML, as descriptions have them."""
    return unescape(_TAG.sub("", html)).replace("\xa0", " ")


def _find_speaker(draft: Draft, template: str, role: str, cells: Cells) -> Any:  # noqa: ANN401
    return make_speaker(_fill(template, cells), draft.speaker, role)
