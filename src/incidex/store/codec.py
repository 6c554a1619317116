"""Changes to lines of canonical JSON and back; the words of reports stay out of the lines (see words.py)."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple, TypeVar

import msgspec

from incidex.model import BODIES, Body, Change, Claimed, InputError, Kind, Received, StoreError
from incidex.store.claimed import StoredClaims, make_claimed, names_in, parse_claims
from incidex.store.words import Apart, Held, Plain, fill, held, read, redact, strip, write

Part = TypeVar("Part")

#: Bytes by their names, of those names that are here.
FindBlobs = Callable[[Collection[str]], Mapping[str, bytes]]


class Line(NamedTuple):
    """One line as the database holds it. `at` is ISO 8601, `body` canonical JSON without words."""

    serial: int
    record: str
    version: int
    kind: str
    body: str
    by: str
    at: str
    prev_hash: str
    hash: str


def encode(change: Change, arriving: Collection[str] = ()) -> tuple[Line, dict[str, bytes]]:
    """Return the change as a line without serial and hashes, and the blobs that hold its words.

    `arriving` names the blobs that come with it: when a report's own bytes do, the line says so, and their
    loss can be told from their never having been here.
    """
    _check_names(change)
    apart = Apart()
    body: Plain = msgspec.to_builtins(change.body)
    if isinstance(change.body, Claimed):
        for claim, made in zip(body["claims"], change.body.claims, strict=True):
            claim["id"] = made.id  # stays when the words that it is made of have gone
    strip(change.kind, body, apart)
    if isinstance(change.body, Received) and change.body.report.sha256 in arriving:
        body["raw"] = change.body.report.sha256
    line = Line(
        serial=0,
        record=change.record,
        version=change.version,
        kind=change.kind.value,
        body=write(body),
        by=change.by,
        at=change.at.isoformat(),
        prev_hash="",
        hash="",
    )
    return line, apart.blobs


def decode(lines: Sequence[Line], find_blobs: FindBlobs) -> list[Change]:
    """Return the changes that lines were made from, with their words put back from blobs."""
    bodies = [_parse_quickly(line) for line in lines]
    names: set[str] = set()
    for line, body in zip(lines, bodies, strict=True):
        if isinstance(body, StoredClaims):
            names.update(names_in(body))
        else:
            names.update(each.name for each in _held(line, body))
    blobs = find_blobs(names)
    return [_decode(line, body, blobs) for line, body in zip(lines, bodies, strict=True)]


def _parse_quickly(line: Line) -> StoredClaims | Plain:
    return (parse_claims(line.body) if line.kind == Kind.CLAIMED else None) or parse(line)


def parse(line: Line) -> Plain:
    """Return a line's body; raise `StoreError` when `encode` has not written it."""
    try:
        return dict(read(line.body))
    except (ValueError, TypeError) as error:
        raise _unreadable(line, error) from error


def redacted(line: Line) -> Line:
    """Return the line without the words that Incidex 0.1.0 wrote into it; it keeps its hash."""
    body = parse(line)
    redact(line.kind, body)
    return line._replace(body=write(body))


def parse_part(line: Line, wanted: type[Part]) -> Part:
    """Return as much of a line's body as a type asks for, which is quicker than all of it."""
    if wanted not in _DECODERS:
        _DECODERS[wanted] = msgspec.json.Decoder(wanted)
    decoder: msgspec.json.Decoder[Part] = _DECODERS[wanted]
    try:
        return decoder.decode(line.body)
    except msgspec.DecodeError:
        pass  # as in `read`
    try:
        return msgspec.convert(read(line.body), wanted)
    except (ValueError, TypeError) as error:
        raise _unreadable(line, error) from error


_DECODERS: dict[object, Any] = {}  # made once for each type, because making one takes longer than using it


def held_by(line: Line) -> list[Held]:
    """Return every blob that a line names."""
    return _held(line, parse(line))


def _held(line: Line, body: Plain) -> list[Held]:
    try:
        return list(held(line.kind, line.record, body))
    except (KeyError, TypeError) as error:
        raise _unreadable(line, error) from error


def _decode(line: Line, body: StoredClaims | Plain, blobs: Mapping[str, bytes]) -> Change:
    try:
        made = make_claimed(body, blobs) if isinstance(body, StoredClaims) else _fill(line, body, blobs)
        at = datetime.fromisoformat(line.at)
    except (ValueError, KeyError, TypeError) as error:
        raise _unreadable(line, error) from error
    return Change(
        record=line.record,
        version=line.version,
        body=made,
        by=line.by,
        at=at,
        serial=line.serial,
        prev_hash=line.prev_hash,
        hash=line.hash,
    )


def _fill(line: Line, body: Plain, blobs: Mapping[str, bytes]) -> Body:
    kind = Kind(line.kind)
    fill(kind, body, blobs.get)
    made: Body = msgspec.convert(body, BODIES[kind])
    if isinstance(made, Claimed):
        for claim, said in zip(made.claims, body["claims"], strict=True):
            claim.__dict__["id"] = said["id"]  # its words may have gone, and its name must not change
    return made


def _unreadable(line: Line, error: Exception) -> StoreError:
    return StoreError(f"change {line.serial} cannot be read: {error}; run `incidex log verify`")


def link(lines: Iterable[Line], serial: int, prev_hash: str) -> list[Line]:
    """Chain lines to the change before, given by its serial and hash: 0 and "" when there is none."""
    linked = []
    for number, line in enumerate(lines, start=serial + 1):
        numbered = line._replace(serial=number, prev_hash=prev_hash)
        prev_hash = digest(numbered)
        linked.append(numbered._replace(hash=prev_hash))
    return linked


def digest(line: Line) -> str:
    """Return the SHA-256 of all of a line except its own hash, each part preceded by its length."""
    parts = (line.prev_hash, str(line.serial), line.record, str(line.version), line.kind, line.body)
    said = "".join(f"{len(part)}:{part}" for part in (*parts, line.by, line.at))
    return sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def _check_names(change: Change) -> None:
    try:
        (change.record + change.by).encode()
    except UnicodeEncodeError as error:
        raise InputError(f"{change.record!r} by {change.by!r} cannot be written as UTF-8") from error
    if "\0" in change.record + change.by:
        raise InputError(f"{change.record!r} by {change.by!r} holds a NUL, which no database of text takes")
