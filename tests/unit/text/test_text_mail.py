from email.message import EmailMessage

import pytest

from incidex.model import ReadError, Span
from incidex.text import READERS

read = READERS["message/rfc822"]
WORDS = "Notre société regrette : 1 200 dossiers volés.\nUne enquête est en cours.\n"


def message(words: str = WORDS, subtype: str = "plain", cte: str = "8bit") -> EmailMessage:
    """Return a message with one part."""
    mail = EmailMessage()
    mail["Subject"] = "Fuite de données"
    mail["From"] = "press@firm.example"
    mail["Date"] = "Wed, 26 Apr 2017 23:30:00 -0500"
    mail.set_content(words, subtype=subtype, cte=cte)
    return mail


def test_subject_and_date() -> None:
    parsed = read(message().as_bytes())
    assert (parsed.title, parsed.published, parsed.text) == ("Fuite de données", "2017-04-26", WORDS)


def test_a_part_that_stands_as_it_is_is_found_to_the_byte() -> None:
    raw = message().as_bytes()
    parsed = read(raw)
    start = parsed.text.index("enquête")
    found = parsed.runs.to_map().find(Span(start, start + 7))
    assert found
    assert raw[slice(*found)].decode() == "enquête"


@pytest.mark.parametrize("cte", ["base64", "quoted-printable"])
def test_an_encoded_part_is_found_as_a_whole(cte: str) -> None:
    raw = message(cte=cte).as_bytes()
    parsed = read(raw)
    found = parsed.runs.to_map().find(Span(0, 5))
    assert parsed.text == WORDS
    assert found
    assert raw[: found[0]].endswith(b"\n\n")
    assert found[1] >= len(raw.rstrip())


def test_plain_text_is_preferred_to_html() -> None:
    mail = message()
    mail.add_alternative("<p>Other</p>", subtype="html")
    assert read(mail.as_bytes()).text.startswith("Notre")


def test_html_is_read_where_there_is_no_plain_text() -> None:
    assert read(message("<p>Only <b>this</b></p>", "html").as_bytes()).text == "Only this"


def test_attachments_are_named() -> None:
    mail = message()
    mail.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="notice.pdf")
    assert read(mail.as_bytes()).notes == ("attachments, not read: notice.pdf",)


def test_a_message_of_attachments_alone_is_refused() -> None:
    mail = EmailMessage()
    mail.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="notice.pdf")
    with pytest.raises(ReadError, match="is an e-mail without a text part"):
        read(mail.as_bytes())


@pytest.mark.parametrize(
    ("header", "published"),
    [
        pytest.param("Date: not a date", "", id="nonsense"),
        pytest.param("Date: Wed, 99 Apr 2017 10:00:00 +0000", "", id="impossible"),
        pytest.param("Subject: =?bad?Q?=ff?=", "", id="bad-encoded-word"),
        pytest.param("Content-Type: text/plain; charset=made-up", "", id="made-up-charset"),
    ],
)
def test_bad_headers_lose_only_themselves(header: str, published: str) -> None:
    parsed = read(f"From: a@b.example\n{header}\n\nText.\n".encode())
    assert (parsed.text, parsed.published) == ("Text.\n", published)
