from collections.abc import Callable

import pytest

from incidex.model import ReadError, Span
from incidex.text import READERS

PdfMaker = Callable[..., bytes]
read = READERS["application/pdf"]
LINES = [
    "The company said on Monday that data of about 1.4 million customers was compro-",
    "mised in the attack, which it described to the regulator as one at a third-",
    "party supplier; its third-party vendor was told.",
    "What was taken:",
    "- Names",
    "- E-mail addresses of customers",
]


def test_lines_become_paragraphs_and_broken_words_whole(make_pdf: PdfMaker) -> None:
    assert read(make_pdf(LINES)).text == (
        "The company said on Monday that data of about 1.4 million customers was compromised in the attack, "
        "which it described to the regulator as one at a third-party supplier; its third-party vendor was "
        "told.\n\nWhat was taken:\n- Names\n- E-mail addresses of customers"
    )


def test_pages_are_parted_by_a_blank_line(make_pdf: PdfMaker) -> None:
    parsed = read(make_pdf(["Page one."], ["Page two."], []))
    assert parsed.text == "Page one.\n\nPage two."
    assert parsed.notes == ("pages without text, perhaps pictures: 3",)


def test_offsets_count_the_characters_of_all_pages(make_pdf: PdfMaker) -> None:
    parsed = read(make_pdf(["Page one."], ["Page two."]))
    start = parsed.text.index("two")
    assert parsed.runs.to_map().find(Span(start, start + 3)) == (14, 17)


def test_title(make_pdf: PdfMaker) -> None:
    assert read(make_pdf(["Text"], title="Notice (final)")).title == "Notice (final)"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        pytest.param({"encrypted": True}, "is encrypted: save a copy without the password", id="encrypted"),
        pytest.param({"pictures": True}, "has no text, only pictures: run OCR on it first", id="image-only"),
    ],
)
def test_refused(make_pdf: PdfMaker, options: dict[str, bool], message: str) -> None:
    with pytest.raises(ReadError, match=message):
        read(make_pdf(["Text"], **options))


def test_a_blank_pdf_is_not_said_to_hold_pictures(make_pdf: PdfMaker) -> None:
    with pytest.raises(ReadError, match="has only blank pages"):
        read(make_pdf([]))


@pytest.mark.parametrize("keep", [20, 200, 400])
def test_a_damaged_pdf_is_refused_or_read(make_pdf: PdfMaker, keep: int) -> None:
    with pytest.raises(ReadError):
        read(make_pdf(LINES)[:keep])
