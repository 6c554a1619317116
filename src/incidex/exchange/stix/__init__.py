"""STIX 2.1 out: a record as objects that any platform of the field reads, with who says what in each."""

from incidex.exchange.stix.fixed import MARKINGS, OURS, PRODUCER
from incidex.exchange.stix.out import encode, to_bundle, to_stix, write_stix

__all__ = ["MARKINGS", "OURS", "PRODUCER", "encode", "to_bundle", "to_stix", "write_stix"]
