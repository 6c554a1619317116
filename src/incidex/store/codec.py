"""Changes to lines of canonical JSON and back, with the words of reports kept apart (law 10).

A line of the log is hashed into a chain and can never change, but the law sometimes requires that words go.
So quotes, texts and free-text values leave the line for blobs named by their hash. Removing a blob leaves
the chain whole; what it said then reads as full blocks (U+2588), as many as there were characters.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec

from incidex.model import BODIES, Body, Change, Claimed, InputError, Kind, StoreError

#: Fields whose values are sentences that may have to go, not facts by which a record is found.
FREE_TEXT = frozenset({"summary", "description"})

#: Stands for a character that has been removed.
REMOVED = "█"

FindBlob = Callable[[str], bytes | None]
Plain = dict[str, Any]  # a body as JSON holds it; every use narrows it by the body's own type


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


@dataclass(slots=True)
class _Apart:
    """Blobs taken out of a body while it is written."""

    blobs: dict[str, bytes] = field(default_factory=dict)

    def put(self, content: bytes) -> str:
        name = sha256(content).hexdigest()
        self.blobs[name] = content
        return name


def encode(change: Change) -> tuple[Line, dict[str, bytes]]:
    """Return the change as a line without serial and hashes, and the blobs that hold its words."""
    _check_names(change)
    apart = _Apart()
    body: Plain = msgspec.to_builtins(change.body)
    if change.kind is Kind.RECEIVED:
        _strip_document(body["document"], apart)
    elif isinstance(change.body, Claimed):
        for claim, made in zip(body["claims"], change.body.claims, strict=True):
            claim["id"] = made.id  # stays when the words that it is made of have gone
            _strip_claim(claim, apart)
    line = Line(
        serial=0,
        record=change.record,
        version=change.version,
        kind=change.kind.value,
        body=_write(body),
        by=change.by,
        at=change.at.isoformat(),
        prev_hash="",
        hash="",
    )
    return line, apart.blobs


def decode(line: Line, find_blob: FindBlob) -> Change:
    """Return the change that a line was made from, with its words put back from blobs."""
    try:
        kind = Kind(line.kind)
        body: Plain = json.loads(line.body)
        if kind is Kind.RECEIVED:
            _fill_document(body["document"], find_blob)
        elif kind is Kind.CLAIMED:
            for claim in body["claims"]:
                _fill_claim(claim, find_blob)
        held: Body = msgspec.convert(body, BODIES[kind])
        at = datetime.fromisoformat(line.at)
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(f"change {line.serial} cannot be read: {error}; run `incidex log verify`") from error
    return Change(
        record=line.record,
        version=line.version,
        body=held,
        by=line.by,
        at=at,
        serial=line.serial,
        prev_hash=line.prev_hash,
        hash=line.hash,
    )


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


def _write(value: object) -> str:
    # ASCII, because half a surrogate pair cannot be written as UTF-8 and hostile reports hold them.
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def _write_text(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _read_text(found: bytes | None, length: int) -> str:
    return REMOVED * length if found is None else found.decode("utf-8", "surrogatepass")


def _strip_document(document: Plain, apart: _Apart) -> None:
    text = document["text"]
    document["text"] = {"blob": apart.put(_write_text(text)), "length": len(text)}
    document["offsets"] = {"blob": apart.put(_write(document["offsets"]).encode())}


def _fill_document(document: Plain, find_blob: FindBlob) -> None:
    text = document["text"]
    document["text"] = _read_text(find_blob(text["blob"]), text["length"])
    offsets = find_blob(document["offsets"]["blob"])
    document["offsets"] = json.loads(offsets) if offsets is not None else {}


def _strip_claim(claim: Plain, apart: _Apart) -> None:
    if claim["field"] in FREE_TEXT:
        value = claim["value"]
        claim["value"] = {"blob": apart.put(_write_text(value)), "length": len(value)}
    evidence = claim["evidence"]
    if evidence is not None:
        # One blob for all the words, because a short quote alone could be guessed from its hash.
        words = [evidence["quote"], evidence["prefix"], evidence["suffix"], claim["why"]]
        claim["evidence"] = {"span": evidence["span"], "words": apart.put(_write(words).encode())}
        claim["why"] = ""


def _fill_claim(claim: Plain, find_blob: FindBlob) -> None:
    if claim["field"] in FREE_TEXT:
        value = claim["value"]
        claim["value"] = _read_text(find_blob(value["blob"]), value["length"])
    evidence = claim["evidence"]
    if evidence is not None:
        span = evidence["span"]
        found = find_blob(evidence["words"])
        removed = [REMOVED * (span["end"] - span["start"]), "", "", ""]
        quote, prefix, suffix, claim["why"] = json.loads(found) if found is not None else removed
        claim["evidence"] = {"span": span, "quote": quote, "prefix": prefix, "suffix": suffix}
