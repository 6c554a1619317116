"""Claims out of text: rules and lexicons that read values, and who says them. Pure: no I/O, no clock."""

from incidex.coding.base import Coder, Prepared, Reading
from incidex.coding.parties import party_name
from incidex.coding.passages import Passages
from incidex.coding.table import CODERS, Coded, code, listen

__all__ = ["CODERS", "Coded", "Coder", "Passages", "Prepared", "Reading", "code", "listen", "party_name"]
