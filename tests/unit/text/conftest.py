"""PDFs and HTML pages made here, so that no third party's file stands in the repository."""

from collections.abc import Callable, Sequence

import pytest

FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
#: Standard security handler, revision 2 (ISO 32000-1, 7.6.3), with keys that no password opens.
ENCRYPTION = b"<< /Filter /Standard /V 1 /R 2 /P -44 /O <" + b"ab" * 32 + b"> /U <" + b"cd" * 32 + b"> >>"
PICTURE = b"q 200 0 0 200 50 500 cm BI /W 2 /H 2 /CS /G /BPC 8 ID \x00\xff\xff\x00 EI Q"

PdfMaker = Callable[..., bytes]


def _escape(line: str) -> bytes:
    return line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)").encode("cp1252")


def _content(lines: Sequence[str]) -> bytes:
    words = b" ".join(b"(" + _escape(line) + b") Tj T*" for line in lines)
    return b"BT /F1 11 Tf 14 TL 50 750 Td " + words + b" ET"


def _page(content: int) -> bytes:
    box = b"/MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >>"
    return b"<< /Type /Page /Parent 2 0 R %s /Contents %d 0 R >>" % (box, content)


def _file(objects: Sequence[bytes], trailer: bytes) -> bytes:
    """Return the objects, numbered from 1, as a PDF 1.4 with its cross-reference table."""
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n" % size
    tail = b"trailer << /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, len(out))
    return out + head + table + tail


def _make_pdf(
    *pages: Sequence[str], pictures: bool = False, encrypted: bool = False, title: str = ""
) -> bytes:
    numbers = [5 + 2 * number for number in range(len(pages))]
    kids = b" ".join(b"%d 0 R" % (number + 1) for number in numbers)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(pages), kids),
        FONT,
        b"<< /Title (" + _escape(title) + b") >>",
    ]
    for number, lines in zip(numbers, pages, strict=True):
        content = PICTURE if pictures else _content(lines)
        objects += [b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content), _page(number)]
    trailer = b"/Info 4 0 R"
    if encrypted:
        trailer += b" /ID [<00> <00>] /Encrypt %d 0 R" % (len(objects) + 1)
        objects.append(ENCRYPTION)
    return _file(objects, trailer)


@pytest.fixture(scope="session")
def make_pdf() -> PdfMaker:
    """Return a maker of PDFs: a sequence of lines for each page."""
    return _make_pdf
