"""Batch coding: a JSON line in, a coded line out, in the same order, on as many cores as asked for."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from itertools import islice
from typing import NamedTuple

import msgspec

from incidex.app import helpers
from incidex.app.coders import TOGETHER, Code, CodedReport, code_report, code_reports
from incidex.codebook import policy
from incidex.coding import Coded
from incidex.exchange import to_coded_line
from incidex.model import (
    Body,
    Change,
    Claim,
    Claimed,
    Document,
    Incident,
    IncidexError,
    Linked,
    Report,
    Role,
    Source,
    Tier,
    fold,
)
from incidex.text import language_of

#: Lines given to a worker at once: enough to hide what handing over costs, few enough to keep memory flat.
CHUNK = 32

#: Lines of more bytes than this are not coded together: all that is read of them is held at once.
_MOST_BYTES = 200_000

#: Who speaks where a line does not say who published it.
UNNAMED = "publisher"

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


class Line(msgspec.Struct, frozen=True):
    """What a line of the batch may say. `published` is a date in EDTF."""

    id: str | int
    text: str
    published: str = ""
    title: str = ""
    source: str = UNNAMED
    role: Role = Role.PRESS


@dataclass(frozen=True, slots=True)
class Outcome:
    """A coded line, and what was wrong with the line it came from."""

    line: bytes
    error: str = ""


def code_lines(lines: Iterable[bytes], *, workers: int = 1, code: Code = code_report) -> Iterator[Outcome]:
    """Code JSON lines; yield as many as came in, in their order. Memory does not grow with the input.

    `code` must be picklable where there are several workers.
    """
    numbered = enumerate(lines, start=1)
    chunks = iter(lambda: list(islice(numbered, CHUNK)), [])
    begun = helpers.begin_all(partial(_make_coder, code), workers) if workers > 1 else []
    for coded in helpers.in_turn(begun, chunks) if begun else map(_make_coder(code), chunks):
        yield from coded


def _make_coder(code: Code) -> Callable[[Sequence[tuple[int, bytes]]], list[Outcome]]:
    return lambda chunk: [each for together in _group(chunk) for each in _code_together(together, code)]


def _group(chunk: Iterable[tuple[int, bytes]]) -> Iterator[list[tuple[int, bytes]]]:
    """Part a chunk into lines that are coded together: few enough to keep memory flat."""
    held: list[tuple[int, bytes]] = []
    size = 0
    for each in chunk:
        if held and size + len(each[1]) > _MOST_BYTES:
            yield held
            held, size = [], 0
        held.append(each)
        size += len(each[1])
    yield held


def _code_together(chunk: Sequence[tuple[int, bytes]], code: Code) -> Iterator[Outcome]:
    """Yield what becomes of each line; where one of them cannot be coded, each is coded alone."""
    read = [_read_line(number, raw) for number, raw in chunk]
    coders = TOGETHER.get(code)
    found: Iterator[CodedReport] = iter(())
    if coders is not None:
        reports = [(each.report, each.document) for each in read if isinstance(each, _Read)]
        with suppress(IncidexError):
            found = iter(code_reports(reports, coders))
    for each in read:
        yield each if isinstance(each, Outcome) else _write_line(each, code, next(found, None))


class _Read(NamedTuple):
    """A line, and the report and document that it stands for."""

    number: int
    line: Line
    report: Report
    document: Document


def _read_line(number: int, raw: bytes) -> "_Read | Outcome":
    try:
        line = msgspec.json.decode(raw, type=Line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return _failed(number, f'line {number} is not {{"id", "text"}} as JSON: {error}')
    try:
        return _Read(number, line, *describe(line))
    except IncidexError as error:
        return _failed(line.id, f"line {number} ({line.id}): {error}")


def _write_line(read: _Read, code: Code, found: CodedReport | None) -> Outcome:
    line = read.line
    try:
        coded = found or code(read.report, read.document)
        incidents = [fold_coded(one, read.report) for one in coded.incidents]
        return Outcome(msgspec.json.encode(to_coded_line(line.id, incidents, coded.notes)))
    except IncidexError as error:
        return _failed(line.id, f"line {read.number} ({line.id}): {error}")


def _failed(name: str | int, message: str) -> Outcome:
    return Outcome(msgspec.json.encode({"id": name, "incidents": [], "error": message}), message)


def describe(line: Line) -> tuple[Report, Document]:
    """Return the report and document that a line stands for."""
    digest = sha256(line.text.encode("utf-8", "surrogatepass")).hexdigest()
    source = Source(name=line.source, role=line.role)
    report = Report(sha256=digest, source=source, title=line.title, published=line.published)
    document = Document(
        report=report.id,
        text=line.text,
        language=language_of(line.text),
        title=line.title,
        published=line.published,
    )
    return report, document


def fold_coded(coded: Coded, report: Report) -> tuple[Sequence[Claim], Incident]:
    """Fold one report's claims into the record that they alone would make, seen by whoever may see all."""
    bodies: tuple[Body, ...] = (Linked(report), Claimed(coded.claims))
    changes = [
        Change(record=f"inc-{report.id}", version=version, body=body, by="incidex", at=_EPOCH)
        for version, body in enumerate(bodies, start=1)
    ]
    incident = fold(changes, tier=Tier.RED, policy=policy())
    if incident is None:
        raise AssertionError("an incident that was coded can be folded")
    return coded.claims, incident
