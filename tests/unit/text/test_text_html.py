import re
import time
from html import escape, unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidex.model import ReadError, Span
from incidex.text import READERS, Parsed
from incidex.text.html import keep_lists
from incidex.text.scan import scan

read = READERS["text/html"]
MENU = "<ul>" + "".join(f"<li><a href='/{n}'>Menu {n}</a></li>" for n in range(5)) + "</ul>"
PARAGRAPH = "The firm said on Monday that an unknown party had copied files, and that it had told everyone. "


def page(body: str, head: str = "") -> bytes:
    """Return a page with a menu and a footer around `body`."""
    around = f"<nav>{MENU}</nav><article>{body}</article><footer>Imprint</footer>"
    return f"<!doctype html><html><head>{head}</head><body>{around}</body></html>".encode()


@pytest.mark.parametrize(
    ("body", "text"),
    [
        pytest.param("<p>One</p><p>Two</p>", "One\n\nTwo", id="paragraphs"),
        pytest.param("<p>A <b>bold</b> w<i>or</i>d</p>", "A bold word", id="marks-within-words"),
        pytest.param("<p>R&amp;D &lt;b&gt; 5&nbsp;000 &#8217;x</p>", "R&D <b> 5\xa0000 ’x", id="entities"),
        pytest.param(
            "<p>Taken:</p><ul><li>Names<li>E-mail</ul>", "Taken:\n\n• Names\n• E-mail", id="list-unclosed"
        ),
        pytest.param(
            "<p>Taken:</p><ul><li>Names</li><li><p>E-mail</p></li></ul><p>End</p>",
            "Taken:\n\n• Names\n\n• E-mail\n\nEnd",
            id="list-of-paragraphs",
        ),
        pytest.param(f"<p>Text</p>{MENU}", "Text", id="menus-go"),
        pytest.param(
            "<script>var p = '<p>no</p>'</script><p>Text</p><style>p {}</style>", "Text", id="scripts-go"
        ),
        pytest.param(
            "<p>שלום <b>עולם</b> cafe\u0301 a\u200bb</p>", "שלום עולם cafe\u0301 a\u200bb", id="other-scripts"
        ),
        pytest.param("<p>a\x00b</p>", "ab", id="nul"),
    ],
)
def test_html_to_text(body: str, text: str) -> None:
    assert read(page(body), "utf-8").text == text


def shown_at(data: bytes, parsed: Parsed, span: Span) -> str:
    """Return the words that a page's source shows at a span of its text."""
    found = parsed.runs.to_map().find(span)
    assert found
    return unescape(re.sub(r"<[^<>]*>", "", data[slice(*found)].decode()))


@settings(deadline=None)
@given(st.lists(st.text(alphabet="abé<>&;\"'  של漢😀", min_size=1, max_size=12), min_size=1, max_size=12))
def test_the_source_holds_every_word(paragraphs: list[str]) -> None:
    body = "".join(f"<p class=x>{escape(PARAGRAPH + words)}</p>\n" for words in paragraphs)
    data = page(body, "<meta property='article:published_time' content='2017'>")
    parsed = read(data, "utf-8")
    assert len(parsed.text) >= len(PARAGRAPH.strip()) * len(paragraphs)
    for match in re.finditer(r"\S+", parsed.text):
        assert match[0] in shown_at(data, parsed, Span(*match.span()))


def test_words_in_marks_and_entities_are_found_exactly() -> None:
    data = page(f"<p>{PARAGRAPH}</p><p>It lost 5,000 <em>rec</em>ords &mdash; at once.</p>")
    parsed = read(data)
    for words in ("5,000", "records", "—", "once."):
        start = parsed.text.index(words)
        assert shown_at(data, parsed, Span(start, start + len(words))) == words


def test_a_second_reader_is_asked_when_the_first_finds_nearly_nothing() -> None:
    body = "".join(f"<li><h3>Part {n}</h3><p>{PARAGRAPH}</p></li>" for n in range(9))
    links = "".join(f"<a href=/{n}>Another page of ours, number {n}</a>" for n in range(99))
    parsed = read(f"<html><body><div id=menu class=menu><ul>{body}</ul>{links}</div></body></html>".encode())
    assert "unknown party" in parsed.text


@pytest.mark.parametrize(
    ("head", "title", "published"),
    [
        pytest.param("<title>Breach &amp; more</title>", "Breach & more", "", id="title"),
        pytest.param("<title>A | Site</title><meta property='og:title' content='A'>", "A", "", id="og-title"),
        pytest.param(
            "<meta property='article:published_time' content='2017-04-26T10:00:00Z'>",
            "",
            "2017-04-26",
            id="meta",
        ),
        pytest.param(
            '<script type="application/ld+json">{"datePublished": "2017-04"}</script>',
            "",
            "2017-04",
            id="ld-json",
        ),
        pytest.param("<meta name='date' content='2017-13-45'>", "", "", id="impossible-date"),
    ],
)
def test_title_and_date(head: str, title: str, published: str) -> None:
    parsed = read(page(f"<p>{PARAGRAPH}</p>", head))
    assert (parsed.title, parsed.published) == (title, published)


def test_a_page_of_scripts_is_refused() -> None:
    with pytest.raises(ReadError, match="has no words, only markup"):
        read(b"<!doctype html><title>App</title><div id=app></div><script>run('words')</script>")


def test_what_the_page_declares_is_believed() -> None:
    data = "<meta charset=windows-1251><p>Утечка данных клиентов подтверждена компанией.</p>".encode("cp1251")
    parsed = read(data)
    assert (parsed.text, parsed.notes) == ("Утечка данных клиентов подтверждена компанией.", ())


def test_all_text_is_kept_when_the_report_cannot_be_told_from_the_page() -> None:
    body = "".join(f"<li><a href=/{n}>Page {n}</a></li>" for n in range(60))
    parsed = read(f"<html><body><ul>{body}</ul></body></html>".encode())
    assert "Page 59" in parsed.text
    assert parsed.notes


@given(st.text(alphabet="<>/!-ab uli\"'=&;#x\n", max_size=80))
def test_scanning_never_fails_and_every_character_has_a_place(source: str) -> None:
    found = scan(source)
    assert found.runs.length == len(found.visible)
    keep_lists(source, found.lists)


@pytest.mark.parametrize(
    "bomb",
    [
        pytest.param("<div>" * 80_000 + "words" + "</div>" * 80_000, id="80000-nested"),
        pytest.param("<ul><li>" * 20_000 + "words", id="nested-lists"),
        pytest.param("words <" * 100_000, id="open-brackets"),
        pytest.param("words <!--" * 50_000, id="open-comments"),
        pytest.param("words <script>" * 30_000, id="open-scripts"),
        pytest.param("words <a href='" * 30_000, id="open-quotes"),
        pytest.param("words " + "&" * 400_000, id="ampersands"),
        pytest.param("<p>words</p>" * 30_000, id="many-paragraphs"),
    ],
)
def test_bombs_end_in_time(bomb: str) -> None:
    started = time.process_time()
    assert "words" in read(bomb.encode()).text
    assert time.process_time() - started < 9
