import random
import time

import pytest

from incidex.model import ReadError
from incidex.text import media_type_of

JUNK = random.Random(1).randbytes(20_000)


@pytest.mark.parametrize(
    ("data", "name", "declared", "kind"),
    [
        pytest.param(b"<!DOCTYPE html><p>x", "a.txt", "", "text/html", id="content-before-name"),
        pytest.param(b"%PDF-1.7 ...", "a.html", "text/html", "application/pdf", id="pdf-by-content"),
        pytest.param(b"\xef\xbb\xbf <!-- c --><html>", "", "", "text/html", id="html-after-comment"),
        pytest.param("<html>x".encode("utf-16"), "", "", "text/html", id="html-in-utf-16"),
        pytest.param("some words here".encode("utf-16-le"), "", "", "text/plain", id="text-in-utf-16"),
        pytest.param(b"<h1>Readme</h1>", "readme.md", "", "text/markdown", id="name-before-fragment"),
        pytest.param(b"<div>x</div>", "", "", "text/html", id="fragment"),
        pytest.param(b"words", "a.HTM", "", "text/html", id="name"),
        pytest.param(b"words", "", "text/markdown; charset=utf-8", "text/markdown", id="declared"),
        pytest.param(b"words", "a.docx", "application/msword", "text/plain", id="text-whatever-it-is-called"),
        pytest.param(b"From: a\nTo: b\nSubject: c\n\nx", "", "", "message/rfc822", id="mail-by-headers"),
        pytest.param(b"From: a\nSubject: c\n\nx", "m.eml", "", "message/rfc822", id="mail-by-name"),
        pytest.param(b"From: the newsroom\nText", "", "", "text/plain", id="one-header-is-no-mail"),
        pytest.param(b"a\x00b \x01 words", "a.txt", "", "text/plain", id="stray-control-characters"),
    ],
)
def test_media_type_of(data: bytes, name: str, declared: str, kind: str) -> None:
    assert media_type_of(data, name, declared) == kind


@pytest.mark.parametrize(
    ("data", "name", "message"),
    [
        pytest.param(b"", "a.txt", "a.txt is empty: there is nothing to read", id="empty"),
        pytest.param(b" \r\n\t", "", "the report is empty", id="blank"),
        pytest.param(
            JUNK, "a.html", "a.html is named as an HTML page but is binary data", id="junk-named-html"
        ),
        pytest.param(b"<html>" + JUNK, "a.html", "is binary data", id="junk-that-begins-as-html"),
        pytest.param(
            b"PK\x03\x04" + JUNK,
            "/secret/a.pdf",
            "^a.pdf is named as a PDF but is a ZIP archive",
            id="zip-named-pdf",
        ),
        pytest.param(
            b"\x89PNG\r\n\x1a\n", "shot.png", "^shot.png is a PNG picture: save it as", id="picture"
        ),
    ],
)
def test_what_is_refused_is_called_by_what_it_is(data: bytes, name: str, message: str) -> None:
    with pytest.raises(ReadError, match=message):
        media_type_of(data, name)


@pytest.mark.parametrize(
    "bomb", [b" ", b"<!--", b"<!-- -->", b"<?xml>", b"\n", b"Subject: a\n", b"x-", b"\x00 "]
)
def test_time_does_not_grow_with_the_bytes(bomb: bytes) -> None:
    started = time.process_time()
    for _ in range(20):
        try:
            media_type_of(bomb * 100_000 + b"a")
        except ReadError:
            continue
    assert time.process_time() - started < 3
