"""The readers: one row for each kind of report. Plugins add rows by the entry points `incidex.readers`."""

from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points

from incidex.text.html import read_html
from incidex.text.mail import read_mail
from incidex.text.markdown import read_markdown
from incidex.text.parsed import Reader
from incidex.text.pdf import read_pdf
from incidex.text.plain import read_plain

#: Raise a reader's number when its texts change, so that evidence is looked up again.
READERS: Mapping[str, Reader] = {
    "text/html": Reader("html@1", "an HTML page", (".html", ".htm", ".xhtml", ".xht"), read_html),
    "application/pdf": Reader("pdf@1", "a PDF", (".pdf",), read_pdf),
    "text/markdown": Reader("markdown@1", "Markdown", (".md", ".markdown"), read_markdown),
    "message/rfc822": Reader("mail@1", "an e-mail", (".eml",), read_mail),
    "text/plain": Reader("text@1", "plain text", (".txt", ".text", ".log", ".asc"), read_plain),
}


@cache
def all_readers() -> Mapping[str, Reader]:
    """Return the readers, those of plugins included: an entry point's name is the media type it reads."""
    found = {point.name: point.load() for point in entry_points(group="incidex.readers")}
    return {**found, **READERS}
