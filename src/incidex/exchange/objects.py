"""JSON objects out of a file one by one, whether it is an array, lines, or one object after another."""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import msgspec

from incidex.exchange.rows import MOST_ROW_BYTES, Refused, refuse
from incidex.model import InputError, LimitError

_CHUNK = 1 << 16

#: How deep a row may be nested.
MOST_LEVELS = 100

#: A whole string, or a sign that opens or closes; a quotation mark alone opens a string that is not whole.
_SIGN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|["{}\[\]]', re.DOTALL)

_BETWEEN = b" \t\r\n,[]\x1e\xef\xbb\xbf"


def read_objects(file: BinaryIO, most_bytes: int = MOST_ROW_BYTES) -> Iterator[tuple[int, bytes]]:
    """Yield each top-level object with its number from 1, as the bytes that it is in the file.

    Objects of one array at the top are rows, and so is every object that stands at the top itself.
    Raises `LimitError` for an object above `most_bytes`, and `InputError` for what is not JSON or ends early.
    """
    held, number = bytearray(), 0
    depth, place = 0, 0
    # As much again as is held, because a string that is not whole yet is looked through from its beginning.
    while chunk := file.read(max(_CHUNK, len(held))):
        held += chunk
        start = 0
        depth, place, ends = _scan(held, depth, place)
        for begin, end in ends:
            _check_between(bytes(held[start:begin]), number)
            number += 1
            yield number, bytes(held[begin:end])
            start = end
        del held[:start]
        place -= start
        if depth == 0 and not ends:
            _check_between(bytes(held[:place]), number)
        if len(held) > most_bytes + _CHUNK:
            raise LimitError(
                f"object {number + 1} is larger than {most_bytes:,} bytes; no row of a database is"
            )
    if depth > 0 or held.strip(_BETWEEN):
        raise InputError(f"the file ends in the middle of object {number + 1}, or holds what is not JSON")


def _scan(held: bytearray, depth: int, place: int) -> tuple[int, int, list[tuple[int, int]]]:
    """Return the depth and place at which the bytes end, and where whole objects stand in them."""
    found: list[tuple[int, int]] = []
    begin = held.find(b"{") if depth else -1
    for match in _SIGN.finditer(held, place):
        sign = held[match.start()]
        if sign == 0x22:
            if match.end() - match.start() == 1:  # the string goes on in the next chunk
                return depth, match.start(), found
        elif sign == 0x7B:
            if depth == 0:
                begin = match.start()
            depth += 1
        elif sign == 0x7D and depth:
            depth -= 1
            if depth == 0:
                found.append((begin, match.end()))
        place = match.end()
    return depth, len(held), found


def _check_between(between: bytes, number: int) -> None:
    if between.strip(_BETWEEN):
        shown = between.strip(_BETWEEN)[:40].decode("utf-8", "replace")
        raise InputError(
            f"after object {number} stands {shown!r}, which is no JSON object; is this a JSON file?"
        )


def parse_object(number: int, raw: bytes) -> dict[str, Any] | Refused:
    """Return the object that the bytes are, or why they are none."""
    try:
        value = msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as wrong:
        return refuse(number, f"this is not JSON: {wrong}")
    if not isinstance(value, dict):
        return refuse(number, "a row is a JSON object")
    if raw.count(b"{") + raw.count(b"[") > MOST_LEVELS and _is_deep(value):
        return refuse(number, f"this is nested deeper than {MOST_LEVELS} levels; no row of a database is")
    return value


def _is_deep(value: object) -> bool:
    """Say whether an object is nested deeper than a row can be; what follows it down is recursive."""
    level = [value]
    for _ in range(MOST_LEVELS):
        level = [
            held
            for each in level
            if isinstance(each, dict | list)
            for held in (each.values() if isinstance(each, dict) else each)
        ]
    return bool(level)
