"""Records in the formats of the field, each with what it loses: VERIS, JSON lines and CSV, out."""

from incidex.exchange.formats import FORMATS, Format
from incidex.exchange.loss import Choice, Loss, Lost
from incidex.exchange.record import to_coded_line, to_record
from incidex.exchange.veris import to_veris

__all__ = ["FORMATS", "Choice", "Format", "Loss", "Lost", "to_coded_line", "to_record", "to_veris"]
