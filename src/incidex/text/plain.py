"""Plain text: every character stays where it is."""

from incidex.text.decode import decode
from incidex.text.parsed import Parsed


def read_plain(data: bytes, charset: str = "") -> Parsed:
    """Read plain text. Offsets lead to bytes."""
    source = decode(data, charset)
    return Parsed(text=source.text, runs=source.runs, notes=source.notes)
