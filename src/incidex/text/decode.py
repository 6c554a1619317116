"""Bytes to characters, with the way back, whatever the charset is, is said to be, or fails to be."""

import re
from codecs import getincrementaldecoder
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from incidex.text.excerpt import Excerpt
from incidex.text.runs import Runs

BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))

#: The meta element that declares an HTML page's charset must stand in its first 1024 bytes (WHATWG HTML,
#: 4.2.5.4); pages that put a script before it are common enough to look a little further.
META_WINDOW_BYTES = 4096
META_CHARSET = re.compile(
    rb"<meta[^>]{0,300}?charset\s{0,8}=\s{0,8}[\"']?\s{0,8}([\w.:-]{1,40})", re.IGNORECASE
)

#: Enough of a stateful encoding's bytes to be quick, few enough to find a quotation by.
BLOCK_BYTES = 32

#: Fewer pairs of bytes than this tell nothing about where the zero bytes stand.
MIN_PAIRS = 4

#: Characters that take the same number of bytes in UTF-8. Bytes that are not UTF-8 have been decoded to
#: one lone surrogate each (PEP 383), so they too are one for one. Sixteen of the others make a run: it is
#: only known by its ends, and a longer one would blur where a quotation stands.
WIDTHS = re.compile(
    r"([\x00-\x7f\udc80-\udcff]+)|([\x80-\u07ff]{1,16})|([\u0800-\ud7ff\ue000-\uffff]{1,16})|([\U00010000-\U0010ffff]{1,16})"
)
UNDECODED = re.compile("[\udc80-\udcff]")
NEWLINES = frozenset({"\r\n", "\r", "\x0b", "\x0c"})
UNWANTED = re.compile(r"\r\n?|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Source:
    """Decoded characters, every line ending alike and without control characters, and their bytes."""

    text: str
    runs: Runs
    notes: tuple[str, ...] = ()


def decode(data: bytes, declared: str = "") -> Source:
    """Decode `data`, by its byte order mark, the `declared` charset, UTF-8 or a guess, in that order.

    Never fails: what cannot be decoded becomes U+FFFD, and the notes say what was assumed.
    """
    charset, skip, notes = _choose(data, declared)
    text, runs = _decoder(charset)(data[skip:], charset)
    bad = text.count("\ufffd") - data.count(b"\xef\xbf\xbd") if charset == "utf-8" else text.count("\ufffd")
    if bad > 0:
        notes += (f"bytes that are not {charset}, standing as \ufffd: {bad}",)
    return _clean(text, runs.shifted(skip), notes)


def find_meta_charset(data: bytes) -> str:
    """Return the charset that an HTML page declares for itself, or ""."""
    match = META_CHARSET.search(data[:META_WINDOW_BYTES])
    return match[1].decode("ascii", "ignore") if match else ""


def _choose(data: bytes, declared: str) -> tuple[str, int, tuple[str, ...]]:
    """Return the charset, the length of the byte order mark, and what a person should know."""
    for mark, charset in BOMS:
        if data.startswith(mark):
            return charset, len(mark), ()
    asked = _codec_for(declared)
    found = _trust(data, asked) or _utf8(data) or utf16_of(data) or _detect(data)
    return found, 0, _explain(declared, asked, found, is_ascii=data.isascii())


def _explain(declared: str, asked: str, found: str, *, is_ascii: bool) -> tuple[str, ...]:
    if found == asked or (is_ascii and found == "utf-8"):
        return ()
    if not declared:
        return (f"no charset was declared: read as {found}",)
    why = "the bytes are not" if asked else "no such charset is known"
    return (f"declared as {declared}, but {why}: read as {found}",)


def _trust(data: bytes, asked: str) -> str:
    """Return the declared charset unless the bytes speak against it."""
    if not asked or asked == "utf-8":
        return ""
    if _is_single_byte(asked):
        # Every byte means something in most of these, so they never fail; UTF-8 by accident is rare.
        return "" if not data.isascii() and _decodes(data, "utf-8") else asked
    return asked if _decodes(data, asked) else ""


def _utf8(data: bytes) -> str:
    """Return "utf-8" when the bytes are, give or take a few that were damaged."""
    if _decodes(data, "utf-8"):
        return "" if utf16_of(data) else "utf-8"
    text = data.decode("utf-8", "surrogateescape")
    bad = len(UNDECODED.findall(text))
    good = len(re.findall("[\x80-\ud7ff\ue000-\U0010ffff]", text))
    return "utf-8" if good > 10 * bad else ""


def utf16_of(data: bytes) -> str:
    """Return the byte order of UTF-16 without a mark, seen by where its zero bytes stand, or ""."""
    sample = data[:4096]
    pairs = len(sample) // 2
    if pairs < MIN_PAIRS or len(data) % 2:
        return ""
    high_first = sample[0::2].count(0) / pairs
    low_first = sample[1::2].count(0) / pairs
    if high_first < 0.05 and low_first > 0.3:
        return "utf-16-le"
    return "utf-16-be" if low_first < 0.05 and high_first > 0.3 else ""


def _detect(data: bytes) -> str:
    from resiliparse.parse.encoding import detect_encoding

    found = detect_encoding(data) or ""
    # The detector says UTF-8 when it does not know; by now we know that UTF-8 it is not.
    return "cp1252" if found in {"", "utf-8", "ascii"} else found


@cache
def _codec_for(label: str) -> str:
    """Return Python's codec for a label of the WHATWG Encoding Standard, or "".

    Only those labels count: Python's own list holds codecs that unpack archives or take quadratic time.
    """
    from resiliparse.parse.encoding import map_encoding_to_html5

    return map_encoding_to_html5(label.strip()[:40], fallback_utf8=False) or ""


def _decodes(data: bytes, charset: str) -> bool:
    try:
        data.decode(charset)
    except UnicodeError:
        return False
    return True


@cache
def _is_single_byte(charset: str) -> bool:
    if charset == "utf-8" or charset.startswith(("iso2022", "hz")):  # these switch meaning as they go
        return False
    return len(bytes(range(256)).decode(charset, "replace")) == 256


def _decoder(charset: str) -> Callable[[bytes, str], tuple[str, Runs]]:
    if charset == "utf-8":
        return _decode_utf8
    return _decode_bytewise if _is_single_byte(charset) else _decode_in_blocks


def _decode_utf8(data: bytes, charset: str) -> tuple[str, Runs]:
    text = data.decode(charset, "surrogateescape")
    runs, at = Runs(), 0
    for match in WIDTHS.finditer(text):
        size, each = match.end() - match.start(), match.lastindex or 1
        if each == 1:
            runs.keep(size, at)
        else:
            runs.stand(size, at, size * each)
        at += size * each
    return UNDECODED.sub("\ufffd", text), runs


def _decode_bytewise(data: bytes, charset: str) -> tuple[str, Runs]:
    runs = Runs()
    runs.keep(len(data), 0)
    return data.decode(charset, "replace"), runs


def _decode_in_blocks(data: bytes, charset: str) -> tuple[str, Runs]:
    """Decode what has no fixed width block by block: within a block, only its ends are known."""
    decoder = getincrementaldecoder(charset)("replace")
    parts, runs, waiting = [], Runs(), 0
    for at in range(0, max(1, len(data)), BLOCK_BYTES):
        end = min(at + BLOCK_BYTES, len(data))
        part = decoder.decode(data[at:end], final=end == len(data))
        left = len(decoder.getstate()[0])
        parts.append(part)
        begin, width = at - waiting, end - left - at + waiting
        if part.isascii() and len(part) == width:
            runs.keep(width, begin)
        else:
            runs.stand(len(part), begin, width)
        waiting = left
    return "".join(parts), runs


def _clean(text: str, runs: Runs, notes: tuple[str, ...]) -> Source:
    """Make every line end in a newline alone and drop control characters."""
    excerpt, at, dropped = Excerpt(text), 0, 0
    for match in UNWANTED.finditer(text):
        excerpt.keep(at, match.start())
        if match[0] in NEWLINES:
            excerpt.put("\n", match.start(), match.end())
        else:
            dropped += 1
        at = match.end()
    if not at:
        return Source(text, runs, notes)
    excerpt.keep(at, len(text))
    if dropped:
        notes += (f"control characters dropped: {dropped}",)
    return Source(excerpt.text, excerpt.runs.through(runs), notes)
