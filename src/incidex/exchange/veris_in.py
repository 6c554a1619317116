"""VERIS records in: every value of a row that the codebook has a field for becomes a claim of its source."""

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from incidex.exchange.objects import parse_object, read_objects
from incidex.exchange.rows import Draft, Refused, Row
from incidex.model import Report, Role, Source

CODER = "veris@1"


def read_veris(file: BinaryIO) -> Iterator[Row | Refused]:
    """Yield the incidents of a file, one after another."""
    for number, raw in read_objects(file):
        record = parse_object(number, raw)
        yield record if isinstance(record, Refused) else _read(number, raw, record)


def _read(number: int, raw: bytes, record: Mapping[str, Any]) -> Row | Refused:
    report = Report(
        sha256="", source=Source(name="VCDB", role=Role.RESEARCHER), media_type="application/json"
    )
    draft = Draft(number, raw, report, CODER)
    draft.say("victim.name", str(record.get("victim", {}).get("victim_id", "")), "victim.victim_id")
    draft.tell(str(record.get("summary", "")))
    return draft.row()
