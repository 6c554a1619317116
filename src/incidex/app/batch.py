"""Batch coding: a JSON line in, a coded line out, in the same order, on as many cores as asked for."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from itertools import islice

import msgspec

from incidex.app import helpers
from incidex.app.coders import Code, code_report
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
    return lambda chunk: [_code_line(number, raw, code) for number, raw in chunk]


def _code_line(number: int, raw: bytes, code: Code) -> Outcome:
    try:
        line = msgspec.json.decode(raw, type=Line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return _failed(number, f'line {number} is not {{"id", "text"}} as JSON: {error}')
    try:
        report, document = describe(line)
        found = code(report, document)
        incidents = [fold_coded(one, report) for one in found.incidents]
        return Outcome(msgspec.json.encode(to_coded_line(line.id, incidents, found.notes)))
    except IncidexError as error:
        return _failed(line.id, f"line {number} ({line.id}): {error}")


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
