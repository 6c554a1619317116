"""PDF: the text layer, with lines joined to paragraphs."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from incidex.model import ReadError
from incidex.text.excerpt import Excerpt
from incidex.text.parsed import Parsed

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

#: A line this much of the usual length was broken because the next word did not fit.
FULL_LINE = 0.75
BULLET = re.compile(r"\s{0,20}(?:[•●▪◦·–—*-]|\(?\w{1,3}[.)])\s")
#: PDFium gives this, in one version or another, for a hyphen and the end of the line it stands at.
HYPHEN_AT_END = ("\ufffe", "\x02")
LINE = re.compile(r"[^\r\n\ufffe\x02]{1,100000}[\ufffe\x02]?")
HYPHENATED = re.compile(r"(\w{1,40})[-\ufffe\x02\xad]\Z")
FIRST_WORD = re.compile(r"[^\W\d_]\w{0,40}")
WORD = re.compile(r"\w{1,60}(?:-\w{1,60}){0,3}")
UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]{1,100}")


class Line(NamedTuple):
    """A line of a page: `raw[start:end]`."""

    page: int
    start: int
    end: int


def read_pdf(data: bytes, charset: str = "") -> Parsed:  # noqa: ARG001 (a PDF carries its own)
    """Read the text layer of a PDF. Pages are parted by a blank line.

    Offsets lead to characters, not bytes: places in the text of all pages, one after the other, as PDFium
    gives them. Raises `ReadError` when it is encrypted, damaged, or holds only pictures.
    """
    document = _open(data)
    try:
        has_marks = any(_has_marks(document, number) for number in range(len(document)))
        pages = [_text_of(document, number) for number in range(len(document))]
        title = document.get_metadata_value("Title").strip()
    finally:
        document.close()
    text = "".join(pages)
    excerpt = join_lines(text, _lines(pages))
    if not excerpt.text.strip():
        raise ReadError(
            "has no text, only pictures: run OCR on it first" if has_marks else "has only blank pages"
        )
    return Parsed(text=excerpt.text, runs=excerpt.runs, title=title, notes=_note_pictures(pages))


def _open(data: bytes) -> "PdfDocument":
    from pypdfium2 import PdfDocument, PdfiumError

    try:
        return PdfDocument(data)
    except PdfiumError as error:
        if "password" in str(error).lower():
            raise ReadError("is encrypted: save a copy without the password and add that") from error
        raise ReadError("is a damaged PDF: it cannot be opened; get it again or save it anew") from error


def _text_of(document: "PdfDocument", number: int) -> str:
    """Return a page's text; a page that cannot be read has none."""
    from pypdfium2 import PdfiumError

    try:
        page = document[number]
    except PdfiumError:
        return ""
    words = page.get_textpage()
    try:
        return str(words.get_text_range())
    finally:
        words.close()
        page.close()


def _has_marks(document: "PdfDocument", number: int) -> bool:
    """Say whether anything at all is drawn on a page."""
    from pypdfium2 import PdfiumError

    try:
        page = document[number]
    except PdfiumError:
        return False
    try:
        return any(True for _ in page.get_objects(max_depth=1))
    finally:
        page.close()


def _note_pictures(pages: Sequence[str]) -> tuple[str, ...]:
    empty = [str(number) for number, page in enumerate(pages, start=1) if not page.strip()]
    if not empty:
        return ()
    shown = ", ".join(empty[:20]) + (", …" if len(empty) > 20 else "")
    return (f"pages without text, perhaps pictures: {shown}",)


def _lines(pages: Sequence[str]) -> list[Line]:
    lines, at = [], 0
    for number, page in enumerate(pages):
        spans = (match.span() for match in LINE.finditer(page) if match[0].strip())
        lines += [Line(number, at + start, at + end) for start, end in spans]
        at += len(page)
    return lines


def join_lines(raw: str, lines: Sequence[Line]) -> Excerpt:
    """Return the lines as paragraphs: full lines run on, and words broken at a line's end become whole."""
    excerpt = Excerpt(raw)
    usual = sorted(line.end - line.start for line in lines)[len(lines) * 9 // 10] if lines else 0
    spelled = frozenset(match[0].lower() for match in WORD.finditer(raw))
    for line, following in pairwise([*lines, None]):
        if line is None:
            break
        gap = _gap(raw, line, following, usual)
        end, gap = _mend(raw, line, following, spelled) if following and gap == " " else (line.end, gap)
        _keep_clean(excerpt, raw, line.start, end)
        excerpt.put(gap, end, following.start if following else end)
    return excerpt


def _gap(raw: str, line: Line, following: Line | None, usual: int) -> str:
    """Return what stands between two lines: a space where the sentence may run on."""
    if following is None:
        return ""
    if following.page != line.page:
        return "\n\n"
    if raw[line.start : line.end].endswith(HYPHEN_AT_END):
        return " "
    if BULLET.match(raw, following.start, following.end):
        return "\n"
    return " " if line.end - line.start >= FULL_LINE * usual else "\n\n"


def _mend(raw: str, line: Line, following: Line, spelled: frozenset[str]) -> tuple[int, str]:
    """Return where the line's words end and what follows them, given that the text runs on.

    Whether a hyphen at a line's end belongs to the word, the rest of the document tells: a hyphenated
    word that it spells elsewhere stays so, any other becomes one word.
    """
    words = raw[line.start : line.end].rstrip()
    end = line.start + len(words)
    first = HYPHENATED.search(words[-50:])
    second = FIRST_WORD.match(raw, following.start, following.end)
    if not first or not second:
        return end, " "
    whole, hyphened = f"{first[1]}{second[0]}".lower(), f"{first[1]}-{second[0]}".lower()
    is_spelled_so = hyphened in spelled and whole not in spelled
    return end - 1, "-" if is_spelled_so or not second[0][0].islower() else ""


def _keep_clean(excerpt: Excerpt, raw: str, start: int, end: int) -> None:
    """Append a line without control characters and halves of characters."""
    at = start
    for match in UNWANTED.finditer(raw, start, end):
        excerpt.keep(at, match.start())
        at = match.end()
    excerpt.keep(at, end)
