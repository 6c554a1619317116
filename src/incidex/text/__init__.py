"""Bytes to clean text and back: readers, charsets, offset maps, sentences, language, anchoring of quotations.

Reports are hostile until read. `read` does that in a process that cannot write or connect and is killed
when it takes too long; everything else here is a pure function of a text.
"""

from incidex.model import Document, Evidence, OffsetMap, Span
from incidex.text.anchor import anchor, reanchor
from incidex.text.language import is_english, language_of
from incidex.text.limits import LIMITS, Limits
from incidex.text.media import media_type_of
from incidex.text.parsed import Parsed, Reader
from incidex.text.process import ReaderProcess, read
from incidex.text.runs import Runs
from incidex.text.sentences import sentences
from incidex.text.table import READERS, all_readers

__all__ = [
    "LIMITS",
    "READERS",
    "Document",
    "Evidence",
    "Limits",
    "OffsetMap",
    "Parsed",
    "Reader",
    "ReaderProcess",
    "Runs",
    "Span",
    "all_readers",
    "anchor",
    "is_english",
    "language_of",
    "media_type_of",
    "read",
    "reanchor",
    "sentences",
]
