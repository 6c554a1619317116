"""The formats that records leave in, by name: adding one is adding a row."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple, TextIO

import msgspec

from incidex.exchange.loss import Choice, Loss
from incidex.exchange.record import to_record
from incidex.exchange.tables import write_claims, write_incidents
from incidex.exchange.veris import to_veris
from incidex.model import Incident

#: Writes records to an open file one after another, and yields what the format loses of each.
Writer = Callable[[Iterable[Incident], TextIO, Choice], Iterator[Loss]]


class Format(NamedTuple):
    """A format: how it is written, how its files end, and what it is in words."""

    write: Writer
    suffix: str
    words: str


def write_veris(incidents: Iterable[Incident], out: TextIO, choice: Choice) -> Iterator[Loss]:
    """Write a JSON array of VERIS incidents, one a line."""
    between = "["
    for incident in incidents:
        record, losses = to_veris(incident, choice)
        out.write(f"{between}\n{msgspec.json.encode(record).decode()}")
        between = ","
        yield from losses
    out.write("[]\n" if between == "[" else "\n]\n")


def write_jsonl(incidents: Iterable[Incident], out: TextIO, _choice: Choice) -> Iterator[Loss]:
    """Write one whole record a line: every claim, with its evidence. Nothing is lost."""
    out.writelines(msgspec.json.encode(to_record(incident)).decode() + "\n" for incident in incidents)
    yield from ()


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "veris": Format(write_veris, ".json", "VERIS 1.4.1 incidents, a JSON array"),
        "jsonl": Format(write_jsonl, ".jsonl", "whole records with all their claims, one a line"),
        "csv": Format(write_incidents, ".csv", "one row an incident, one column a field"),
        "claims": Format(
            lambda incidents, out, _: write_claims(incidents, out),
            ".csv",
            "one row a claim, with speaker, status and quotation",
        ),
    }
)
