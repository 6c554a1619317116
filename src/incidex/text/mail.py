"""E-mail: the message that a person would read, its subject and its date."""

from collections.abc import Iterator
from email import message_from_bytes
from email.errors import MessageError
from email.message import EmailMessage, Message
from email.policy import default

from incidex.model import ReadError
from incidex.text.html import read_html
from incidex.text.parsed import Parsed
from incidex.text.plain import read_plain
from incidex.text.runs import Runs

#: Encodings under which a part stands in the message as it is (RFC 2045, 6.2).
VERBATIM = frozenset({"", "7bit", "8bit", "binary"})
#: Which part to prefer, and who reads it.
BODIES = (("plain", read_plain), ("html", read_html))


def read_mail(data: bytes, charset: str = "") -> Parsed:
    """Read an e-mail message (RFC 5322, MIME): its plain text, or else its HTML.

    Offsets lead to bytes of the message: exactly where the part stands in it as it is, to the whole part
    where that is encoded as base64 or quoted-printable. Raises `ReadError` when there is no text part.
    """
    message = message_from_bytes(data, policy=default)
    for kind, read in BODIES:
        part = message.get_body((kind,))
        if part is not None and (words := _words_of(part)):
            parsed = read(words, part.get_content_charset("") or charset)
            return Parsed(
                text=parsed.text,
                runs=parsed.runs.through(_place(part, words, data)),
                title=_header(message, "subject"),
                published=_find_published(message),
                notes=parsed.notes + _note_attachments(message),
            )
    raise ReadError("is an e-mail without a text part: open it and save what it attaches")


def _words_of(part: Message) -> bytes:
    """Return a part's content as bytes, without its transfer encoding."""
    words = part.get_payload(decode=True)
    return words if isinstance(words, bytes) and words.strip() else b""


def _place(part: Message, words: bytes, data: bytes) -> Runs:
    """Return where the part's bytes stand in the message."""
    runs, encoding = Runs(), str(part.get("content-transfer-encoding", "")).strip().lower()
    if encoding in VERBATIM and (at := data.find(words)) >= 0:
        runs.keep(len(words), at)
        return runs
    payload = part.get_payload()
    coded = payload.encode("ascii", "surrogateescape") if isinstance(payload, str) else b""
    at = max(0, data.find(coded))
    runs.stand(len(words), at, len(coded) or len(data))
    return runs


def _header(message: Message, name: str) -> str:
    """Return a header on one line; a header that cannot be parsed is none."""
    try:
        return " ".join(str(message.get(name, "")).split())
    except (ValueError, IndexError, AttributeError, MessageError):  # the parser gives up on some hostile ones
        return ""


def _find_published(message: Message) -> str:
    try:
        stated = getattr(message.get("date"), "datetime", None)
    except (ValueError, IndexError, AttributeError, TypeError, MessageError):
        return ""
    return stated.date().isoformat() if stated else ""


def _note_attachments(message: EmailMessage) -> tuple[str, ...]:
    names = [part.get_filename() or part.get_content_type() for part in _attachments(message)]
    return (f"attachments, not read: {', '.join(names)}",) if names else ()


def _attachments(message: EmailMessage) -> Iterator[Message]:
    return (part for part in message.walk() if part.get_content_disposition() == "attachment")
