"""The formats that records leave in, by name: adding one is adding a row."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple, TextIO

import msgspec

from incidex.exchange.arrow import write_parquet
from incidex.exchange.excel import write_excel
from incidex.exchange.loss import Choice, Loss
from incidex.exchange.misp import write_misp
from incidex.exchange.record import to_record
from incidex.exchange.stix import write_stix
from incidex.exchange.tables import write_claims, write_incidents
from incidex.exchange.veris import to_veris
from incidex.model import Incident

#: Writes records to an open file one after another, and yields what the format loses of each. The file takes
#: text, or bytes where the format `is_binary`.
Writer = Callable[[Iterable[Incident], Any, Choice], Iterator[Loss]]


class Format(NamedTuple):
    """A format: how it is written, how its files end, and what it is in words."""

    write: Writer
    suffix: str
    words: str
    is_binary: bool = False
    table: str = ""  # the table whose rows it is, as Parquet
    names_withheld: bool = False  # whether it says what policy lets a tier know of what it may not see


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
    out.writelines(_write_json(to_record(incident)) + "\n" for incident in incidents)
    yield from ()


def _write_json(record: Mapping[str, Any]) -> str:
    try:
        return msgspec.json.encode(record).decode()
    except UnicodeEncodeError:
        return json.dumps(record)  # half of a surrogate pair has no UTF-8, but JSON can write it as an escape


def _parquet(table: str, words: str) -> Format:
    return Format(partial(write_parquet, name=table), ".parquet", words, is_binary=True, table=table)


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "veris": Format(write_veris, ".json", "VERIS 1.4.1 incidents, a JSON array"),
        "stix": Format(write_stix, ".json", "a STIX 2.1 bundle with the Incident Core Extension 2.0"),
        "jsonl": Format(
            write_jsonl, ".jsonl", "whole records with all their claims, one a line", names_withheld=True
        ),
        "csv": Format(write_incidents, ".csv", "one row an incident, one column a field"),
        "claims": Format(
            lambda incidents, out, _: write_claims(incidents, out),
            ".csv",
            "one row a claim, with speaker, status and quotation",
        ),
        "misp": Format(write_misp, ".json", "MISP events, as a search there answers them"),
        "excel": Format(write_excel, ".xlsx", "a workbook with a sheet for each of four tables", True),
        "parquet": _parquet("incidents", "one row an incident, typed columns"),
        "parquet-claims": _parquet("claims", "one row a claim, typed columns"),
        "parquet-reports": _parquet("reports", "one row a report, typed columns"),
        "parquet-links": _parquet("links", "one row a report or judgement of an incident"),
    }
)
