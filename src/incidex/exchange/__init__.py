"""Records in the formats of the field, out and in, each with what it loses or does not understand."""

from incidex.exchange.csv_in import make_csv_reader
from incidex.exchange.formats import FORMATS, Format
from incidex.exchange.importers import IMPORTERS, Importer
from incidex.exchange.loss import Choice, Loss, Lost
from incidex.exchange.mapping import parse_mapping
from incidex.exchange.record import to_coded_line, to_record
from incidex.exchange.rows import Draft, Issue, Reader, Refused, Row
from incidex.exchange.suggesting import suggest_mapping
from incidex.exchange.tables import make_safe_cell
from incidex.exchange.veris import to_veris

__all__ = [
    "FORMATS",
    "IMPORTERS",
    "Choice",
    "Draft",
    "Format",
    "Importer",
    "Issue",
    "Loss",
    "Lost",
    "Reader",
    "Refused",
    "Row",
    "make_csv_reader",
    "make_safe_cell",
    "parse_mapping",
    "suggest_mapping",
    "to_coded_line",
    "to_record",
    "to_veris",
]
