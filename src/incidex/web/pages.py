"""Long lists in pages that do not drift: a cursor names the last line, and does not count lines."""

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Generic, TypeVar

from incidex.model import InputError

#: Lines on one page when nothing is asked, and at most.
LIMIT, MOST = 20, 100

#: A cursor is short; a longer one is not ours.
_MOST_CURSOR = 2_000

Held = TypeVar("Held")


@dataclass(frozen=True, slots=True)
class Page(Generic[Held]):
    """Some lines of a list, and the cursor of those after them, `None` at the end."""

    items: Sequence[Held]
    next: str | None


def cut_page(
    held: Sequence[Held], key: Callable[[Held], tuple[str, ...]], asked: Mapping[str, str], of: str
) -> Page[Held]:
    """Return the page that `limit` and `cursor` ask for of a list that is sorted by `key`.

    `of` says which list it is, with its filters: a cursor of another one is refused. A line that is gone is
    no hindrance, and lines that came meanwhile stand where they belong. Raises `InputError`.
    """
    limit = _parse_limit(asked.get("limit", ""))
    cursor = asked.get("cursor", "")
    first = bisect_right(held, _parse_cursor(cursor, of), key=key) if cursor else 0
    items = held[first : first + limit]
    has_more = first + limit < len(held)
    return Page(items, _make_cursor(of, key(items[-1])) if has_more and items else None)


def _make_cursor(of: str, after: tuple[str, ...]) -> str:
    return urlsafe_b64encode(json.dumps([_short(of), *after]).encode()).decode().rstrip("=")


def _parse_cursor(text: str, of: str) -> tuple[str, ...]:
    parts = _read_cursor(text)
    if len(parts) < 2:
        raise InputError("this cursor is not one of ours; begin without one")
    if parts[0] != _short(of):
        raise InputError("this cursor is of another list, or of other filters; begin without one")
    return parts[1:]


def _read_cursor(text: str) -> tuple[str, ...]:
    """Return the texts in a cursor, () when it is made up."""
    try:
        held = json.loads(urlsafe_b64decode(text[:_MOST_CURSOR] + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return ()
    is_ours = isinstance(held, list) and all(isinstance(each, str) for each in held)
    return tuple(held) if is_ours else ()


def _short(of: str) -> str:
    return sha256(of.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _parse_limit(text: str) -> int:
    if not text:
        return LIMIT
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= MOST):
        raise InputError(f"limit is a number from 1 to {MOST}, not {text[:40]!r}")
    return int(text)
