"""Where a page of hits ended, as a word that the next question carries: bound to its query and order."""

import base64
import binascii
from dataclasses import dataclass
from hashlib import sha256

from incidex.model import InputError
from incidex.search.found import Order

_LONGEST = 400
_DIGEST_BYTES = 6
_KEY_BYTES = 8


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last hit of a page: its grade, the key it is ordered by, and its id."""

    grade: int
    key: int
    id: str


def make_cursor(cursor: Cursor, query: str, order: Order) -> str:
    """Return the word for a place in the answer to a query."""
    held = (
        _digest(query, order) + bytes([cursor.grade]) + cursor.key.to_bytes(_KEY_BYTES) + cursor.id.encode()
    )
    return base64.urlsafe_b64encode(held).rstrip(b"=").decode()


def parse_cursor(word: str, query: str, order: Order) -> Cursor | None:
    """Return the place, `None` for the beginning; raise `InputError` when the word is another query's."""
    if not word:
        return None
    begins = _DIGEST_BYTES + 1 + _KEY_BYTES
    try:
        held = base64.urlsafe_b64decode(word.encode("ascii") + b"=" * (-len(word) % 4))
        name = held[begins:].decode()
    except (ValueError, binascii.Error):
        held, name = b"", ""
    if len(word) > _LONGEST or held[:_DIGEST_BYTES] != _digest(query, order) or not name:
        raise InputError("this cursor belongs to another query or order; begin at the first page")
    key = int.from_bytes(held[_DIGEST_BYTES + 1 : begins])
    return Cursor(held[_DIGEST_BYTES], key, name)


def _digest(query: str, order: Order) -> bytes:
    words = f"{order} {' '.join(query.split())}"
    return sha256(words.encode("utf-8", "surrogatepass")).digest()[:_DIGEST_BYTES]
