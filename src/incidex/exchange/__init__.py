"""Records in the formats of the field, with what each format loses: today JSON, out."""

from incidex.exchange.record import to_coded_line, to_record

__all__ = ["to_coded_line", "to_record"]
