"""STIX 2.1 out: a record as objects that any platform of the field reads, with who says what in each."""

from incidex.exchange.stix.fixed import MARKINGS, OURS, PRODUCER
from incidex.exchange.stix.lines import Line, encode
from incidex.exchange.stix.out import Telling, to_bundle, to_lines, to_stix, write_stix, write_told

__all__ = [
    "MARKINGS",
    "OURS",
    "PRODUCER",
    "Line",
    "Telling",
    "encode",
    "to_bundle",
    "to_lines",
    "to_stix",
    "write_stix",
    "write_told",
]
