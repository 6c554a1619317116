import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from incidex.model import Span
from incidex.text import READERS
from incidex.text.decode import decode, find_meta_charset

FRENCH = "Les données volées à l’été dernier : élèves, où et à qui la société les avait confiées."
CHARSETS = ["utf-8", "utf-16-le", "utf-16-be", "cp1252", "koi8-r", "shift_jis", "gb18030", "big5", "euc-jp"]


@pytest.mark.parametrize(
    ("data", "declared", "text", "notes"),
    [
        pytest.param(b"plain", "", "plain", (), id="ascii-needs-no-note"),
        pytest.param(FRENCH.encode(), "utf-8", FRENCH, (), id="declared-and-true"),
        pytest.param(FRENCH.encode(), "", FRENCH, ("no charset was declared: read as utf-8",), id="missing"),
        pytest.param(FRENCH.encode("cp1252"), "latin1", FRENCH, (), id="latin-1-means-windows-1252"),
        pytest.param(
            FRENCH.encode("cp1252"), "", FRENCH, ("no charset was declared: read as cp1252",), id="detected"
        ),
        pytest.param(
            FRENCH.encode(),
            "iso-8859-1",
            FRENCH,
            ("declared as iso-8859-1, but the bytes are not: read as utf-8",),
            id="wrong-single-byte",
        ),
        pytest.param(
            FRENCH.encode("cp1252"),
            "utf-8",
            FRENCH,
            ("declared as utf-8, but the bytes are not: read as cp1252",),
            id="wrong-utf-8",
        ),
        pytest.param(
            "é!".encode(),
            "zlib",
            "é!",
            ("declared as zlib, but no such charset is known: read as utf-8",),
            id="codec-that-is-no-charset",
        ),
        pytest.param(b"\xff\xfeh\x00i\x00", "utf-8", "hi", (), id="byte-order-mark-wins"),
        pytest.param(
            "hello you".encode("utf-16-be"),
            "",
            "hello you",
            ("no charset was declared: read as utf-16-be",),
            id="utf-16-without-mark",
        ),
        pytest.param("会社は発表した".encode("shift_jis"), "Shift_JIS", "会社は発表した", (), id="shift-jis"),
        pytest.param(b"a\r\nb\rc\n", "", "a\nb\nc\n", (), id="newlines"),
        pytest.param(b"a\x00b\x07\tc", "", "ab\tc", ("control characters dropped: 2",), id="controls"),
        pytest.param(
            "é".encode() * 30 + b"\xff",
            "",
            "é" * 30 + "\ufffd",
            ("no charset was declared: read as utf-8", "bytes that are not utf-8, standing as \ufffd: 1"),
            id="one-damaged-byte",
        ),
    ],
)
def test_decode(data: bytes, declared: str, text: str, notes: tuple[str, ...]) -> None:
    source = decode(data, declared)
    assert (source.text, source.notes) == (text, notes)


@pytest.mark.parametrize(
    ("page", "charset"),
    [
        (b'<meta charset="windows-1251">', "windows-1251"),
        (b'<meta http-equiv=Content-Type content="text/html; charset=gbk">', "gbk"),
        (b"<p>charset=gbk", ""),
    ],
)
def test_find_meta_charset(page: bytes, charset: str) -> None:
    assert find_meta_charset(page) == charset


@given(st.text(), st.sampled_from(CHARSETS), st.data())
def test_bytes_at_a_span_hold_its_words(text: str, charset: str, data: st.DataObject) -> None:
    raw = text.encode(charset, "ignore")
    source = decode(raw, charset)
    assume(source.text and not any("read as" in note for note in source.notes))
    start = data.draw(st.integers(0, len(source.text) - 1))
    end = data.draw(st.integers(start + 1, len(source.text)))
    found = source.runs.to_map().find(Span(start, end))
    assert found
    held = raw[slice(*found)].decode(charset, "replace")
    assert plain(source.text[start:end]) in plain(held)


def plain(text: str) -> str:
    """Return what of a text decoding does not change: no line ends, no control characters."""
    return "".join(letter for letter in text if letter == "\t" or (letter > "\x1f" and letter != "\x7f"))


@pytest.mark.parametrize("charset", ["utf-8-sig", "utf-16", "shift_jis", "euc-jp", "gb18030", "iso2022_jp"])
def test_long_texts_of_many_widths_keep_their_places(charset: str) -> None:
    text = "a会社は、bc発表した 1 。" * 20
    raw = text.encode(charset)
    escape = 3 if charset == "iso2022_jp" else 0  # bytes that switch its meaning belong to no character
    places = decode(raw, "iso-2022-jp" if charset == "iso2022_jp" else charset).runs.to_map()
    for at in range(len(text)):
        found = places.find(Span(at, at + 1))
        before, after = text[:at].encode(charset), text[: at + 1].encode(charset)
        assert found
        assert found[0] <= len(before) + escape
        assert found[1] >= len(after) - escape
        assert found[1] - found[0] <= 48


@given(
    st.binary(max_size=200),
    st.sampled_from(["", "utf-8", "shift_jis", "utf-16-le", "big5", "gbk", "nonsense"]),
)
def test_no_bytes_and_no_declaration_make_it_fail(raw: bytes, declared: str) -> None:
    source = decode(raw, declared)
    assert source.runs.length == len(source.text)
    assert not any(0xD800 <= ord(letter) <= 0xDFFF for letter in source.text)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        pytest.param("שלום", "The note read שלום עולם and no more.", id="right-to-left"),
        pytest.param("cafe\u0301", "at the cafe\u0301 they met", id="combining-stays-apart"),
        pytest.param("pass\u200bword", "the pass\u200bword leaked", id="zero-width-stays"),
        pytest.param("👩‍💻", "a 👩‍💻 said", id="joined-emoji"),
        pytest.param("ｗｉｄｅ", "in ｗｉｄｅ letters", id="not-normalised"),
    ],
)
def test_other_scripts_keep_their_places(words: str, text: str) -> None:
    raw = text.encode()
    parsed = READERS["text/plain"](raw)
    start = parsed.text.index(words)
    found = parsed.runs.to_map().find(Span(start, start + len(words)))
    assert parsed.text == text
    assert found
    assert raw[slice(*found)].decode() == words


def test_time_grows_with_the_bytes() -> None:
    started = time.process_time()
    decode("привет, мир \x00\r\n".encode() * 50_000)
    assert time.process_time() - started < 5
