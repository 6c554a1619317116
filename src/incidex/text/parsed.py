"""What every reader returns, and what a reader is."""

from collections.abc import Callable
from dataclasses import dataclass

from incidex.text.runs import Runs


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """The text of a report and its map back, before anyone has said which report it is."""

    text: str
    runs: Runs
    title: str = ""
    published: str = ""  # EDTF
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reader:
    """One row of the table of readers: calling it turns a report's bytes into text.

    `parse` takes the bytes and the charset that the report came with ("" when nobody said), and raises
    `ReadError`. It runs in a process of its own, so it may be slow or die; it must not write or connect.
    """

    name: str  # and version, as "html@1": raise the number when the texts change
    called: str  # in messages, as "a PDF"
    suffixes: tuple[str, ...]  # of file names, with the dot
    parse: Callable[[bytes, str], Parsed]

    def __call__(self, data: bytes, charset: str = "") -> Parsed:
        """Read the bytes."""
        return self.parse(data, charset)
