"""What a report is, whatever it is called."""

import re
from pathlib import PurePath

from incidex.model import ReadError
from incidex.text.decode import utf16_of
from incidex.text.table import READERS, all_readers

#: First bytes of what is not a report, and how to name it to a person.
FOREIGN = (
    (b"PK\x03\x04", "a ZIP archive or an Office document"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document"),
    (b"{\\rtf", "a rich text document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
    (b"RIFF", "a picture, sound or film"),
    (b"\x00\x00\x00\x18ftyp", "a film"),
    (b"\x00\x00\x00\x20ftyp", "a film"),
    (b"ID3", "a sound recording"),
    (b"OggS", "a sound recording"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\x00", "a program"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"%!PS", "a PostScript document"),
)
#: How a person is told to make a report of it.
REMEDY = "save it as HTML, PDF, text, Markdown or e-mail first"

SAMPLE_BYTES = 8192
#: Text holds next to no control characters, a few by accident; of random and compressed bytes one in ten is.
MAX_CONTROL_SHARE = 0.02
MAX_CONTROLS = 4
MAX_NUL_SHARE = 0.3
CONTROL = bytes(set(range(1, 32)) - set(b"\t\n\x0b\x0c\r\x1b") | {0x7F})

MARKUP = re.compile(
    rb"(?:\s{1,8192}+|<!--(?:[^-<]|-(?!->)|<(?!!--)){0,4000}-->|<\?xml[^>]{0,200}>){0,20}<(?:!doctype\s{1,20}html|html|head|body)\b",
    re.IGNORECASE,
)
ELEMENT = re.compile(
    rb"\s{0,200}<(?:!--|article|div|h[1-6]|meta|p|script|section|span|table|title|ul)\b", re.IGNORECASE
)
HEADER = re.compile(
    rb"(?:received|return-path|delivered-to|from|to|cc|subject|date|message-id|mime-version|reply-to|sender|"
    rb"content-type|dkim-signature|x-[a-z-]{1,40}|arc-[a-z-]{1,40}|authentication-results):[ \t]",
    re.IGNORECASE,
)
NEWLINE = re.compile(rb"\r\n?|\n")


def media_type_of(data: bytes, name: str = "", declared: str = "") -> str:
    """Return the media type of a report: by its content, then by its name, then as declared.

    Raises `ReadError`, naming both what it is called and what it is, when nothing here can read it.
    """
    if not data.strip():
        raise ReadError(f"{call(name)} is empty: there is nothing to read")
    claimed = _by_name(name) or _plain_type(declared)
    kind = _by_content(data, claimed)
    if kind in all_readers():
        return kind
    named = f"is named as {all_readers()[claimed].called} but " if claimed in all_readers() else ""
    raise ReadError(f"{call(name)} {named}is {kind}: {REMEDY}")


def call(name: str) -> str:
    """Return how to call a report in a message, without the folders of the machine it is on."""
    return PurePath(name).name or "the report"


def _by_content(data: bytes, claimed: str) -> str:
    """Return a media type, or in words what else it is."""
    if data[:1024].lstrip(b"\xef\xbb\xbf\x00\r\n\t ").startswith(b"%PDF-"):
        return "application/pdf"
    foreign = next((words for magic, words in FOREIGN if data.startswith(magic)), "")
    if foreign:
        return claimed if _is_plugins(claimed) else foreign
    if utf16_of(data) or data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _by_words(data[:SAMPLE_BYTES].replace(b"\x00", b"").lstrip(b"\xff\xfe"), claimed)
    if _is_binary(data):
        return claimed if _is_plugins(claimed) else "binary data"
    return _by_words(data[:SAMPLE_BYTES].removeprefix(b"\xef\xbb\xbf"), claimed)


def _by_words(head: bytes, claimed: str) -> str:
    """Return the media type of a text, by how it begins."""
    if MARKUP.match(head):
        return "text/html"
    if claimed in all_readers() and claimed not in {"application/pdf", "text/plain", "message/rfc822"}:
        return claimed
    if _has_headers(head, enough=2 if claimed == "message/rfc822" else 3):
        return "message/rfc822"
    return "text/html" if ELEMENT.match(head) else "text/plain"


def _has_headers(head: bytes, *, enough: int) -> bool:
    """Say whether a text begins as a message does: known headers, one after the other."""
    count = 0
    for line in NEWLINE.split(head)[:60]:
        if HEADER.match(line):
            count += 1
        elif not line.startswith((b" ", b"\t")):
            break
    return count >= enough


def _is_binary(data: bytes) -> bool:
    middle = len(data) // 2
    sample = data[:SAMPLE_BYTES] + data[max(SAMPLE_BYTES, middle) : middle + SAMPLE_BYTES]
    controls = len(sample) - len(sample.translate(None, CONTROL))
    return controls > max(MAX_CONTROLS, MAX_CONTROL_SHARE * len(sample)) or sample.count(
        0
    ) > MAX_NUL_SHARE * len(sample)


def _is_plugins(claimed: str) -> bool:
    """Say whether a plugin reads what this report says it is; the readers here know their own."""
    return claimed in all_readers() and claimed not in READERS


def _by_name(name: str) -> str:
    suffix = PurePath(name).suffix.lower()
    return next((kind for kind, reader in all_readers().items() if suffix in reader.suffixes), "")


def _plain_type(declared: str) -> str:
    """Return a media type without its parameters, as browsers would take it."""
    kind = declared.partition(";")[0].strip().lower()
    return {"application/xhtml+xml": "text/html", "text/x-markdown": "text/markdown"}.get(kind, kind)


def charset_of(declared: str) -> str:
    """Return the charset parameter of a declared media type, or ""."""
    match = re.search(r"charset\s{0,8}=\s{0,8}[\"']?([\w.:-]{1,40})", declared, re.IGNORECASE)
    return match[1] if match else ""
