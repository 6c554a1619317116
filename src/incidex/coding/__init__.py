"""Claims out of text: rules and lexicons that read values, and who says them. Pure: no I/O, no clock."""

from incidex.coding.base import Coder, Prepared, Reading
from incidex.coding.languages import language_note
from incidex.coding.llm import Answered, Client, ask, to_coders
from incidex.coding.parties import party_name
from incidex.coding.passages import Passages
from incidex.coding.questions import Question
from incidex.coding.table import CODERS, ENCODED, Coded, code, code_together, listen

__all__ = [
    "CODERS",
    "ENCODED",
    "Answered",
    "Client",
    "Coded",
    "Coder",
    "Passages",
    "Prepared",
    "Question",
    "Reading",
    "ask",
    "code",
    "code_together",
    "language_note",
    "listen",
    "party_name",
    "to_coders",
]
