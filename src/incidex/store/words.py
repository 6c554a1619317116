"""The words of reports, kept apart from the lines of the log (law 10).

A line is hashed into a chain and can never change, but the law sometimes requires that words go. So titles,
addresses, texts, quotes, free-text values and messages of failures leave the line for blobs named by their
hash. Removing a blob leaves the chain whole; what it said then reads as full blocks (U+2588) where its length
matters to a span, and as nothing elsewhere. Lines of Incidex 0.1.0 hold titles and messages themselves.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from hashlib import sha256
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec

from incidex.model import REMOVED, Kind

#: Fields whose values are sentences that may have to go, not facts by which a record is found.
FREE_TEXT = frozenset({"title", "summary", "description"})

FindBlob = Callable[[str], bytes | None]
Plain = dict[str, Any]  # a body as JSON holds it; every use narrows it by the body's own type


class Part(StrEnum):
    """What a blob says."""

    RAW = "raw"  # the report as received
    TEXT = "text"
    ABOUT = "about"  # title and addresses, what a reader noted, or what failed and why
    QUOTE = "quote"  # with what stands either side, and why the coder took it
    VALUE = "value"  # a sentence that is a claim's value


class Held(NamedTuple):
    """One blob that a line names: its hash, what it says, and the report (or failure) whose words it has."""

    name: str
    part: Part
    report: str


class Apart:
    """Blobs taken out of a body while it is written."""

    def __init__(self) -> None:
        self.blobs: dict[str, bytes] = {}

    def put(self, content: bytes) -> str:
        """Keep the bytes and return their name."""
        name = sha256(content).hexdigest()
        self.blobs[name] = content
        return name

    def put_text(self, text: str) -> Plain:
        """Keep a text whose length stays in the line, because spans count on it."""
        return {"blob": self.put(text.encode("utf-8", "surrogatepass")), "length": len(text)}

    def put_words(self, *words: object) -> str:
        """Keep several words in one blob: a short one alone could be guessed from its hash."""
        return self.put(write(words).encode())


def write(value: object) -> str:
    """Return canonical JSON: the same value is always the same bytes."""
    # ASCII, because half a surrogate pair cannot be written as UTF-8 and hostile reports hold them.
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def strip(kind: Kind, body: Plain, apart: Apart) -> None:
    """Take the words out of a body."""
    if kind in _STRIP:
        _STRIP[kind](body, apart)


def fill(kind: Kind, body: Plain, find_blob: FindBlob) -> None:
    """Put the words back that are still there."""
    if kind in _FILL:
        _FILL[kind](body, find_blob)


def redact(kind: str, body: Plain) -> None:
    """Take the words out of a body that Incidex 0.1.0 wrote, for good."""
    if kind == Kind.RECEIVED and "words" not in body["document"]:
        body["document"] |= {"title": "", "notes": []}
    if kind in (Kind.RECEIVED, Kind.LINKED) and "words" not in body["report"]:
        body["report"] |= {"title": "", "url": "", "accounts": []}
    if kind == Kind.FAILED and "words" not in body:
        body |= {"name": REMOVED * 3, "message": REMOVED * 3}


def held(kind: str, record: str, body: Plain) -> Iterator[Held]:
    """Yield every blob that a line names."""
    if kind in _HELD:
        yield from _HELD[kind](record, body)


def _find_text(value: Plain, find_blob: FindBlob) -> str:
    found = find_blob(value["blob"])
    return REMOVED * value["length"] if found is None else found.decode("utf-8", "surrogatepass")


def _find_words(name: str, find_blob: FindBlob, *removed: object) -> list[Any]:
    found = find_blob(name)
    return list(removed) if found is None else list(read(found))


def read(content: bytes | str) -> Any:  # noqa: ANN401 - JSON is open; whoever reads narrows it
    """Return the value that canonical JSON says."""
    try:
        return msgspec.json.decode(content)
    except msgspec.DecodeError:
        return json.loads(content)  # halves of surrogate pairs, which only the slower reader takes


# ---------------------------------------------------------------------------- reports


def _strip_received(body: Plain, apart: Apart) -> None:
    _strip_report(body["report"], apart)
    document = body["document"]
    document["text"] = apart.put_text(document["text"])
    document["words"] = apart.put_words(
        *(document.pop(name) for name in ("title", "notes", "offsets")), body["report"]["sha256"]
    )


def _strip_report(report: Plain, apart: Apart) -> None:
    report["words"] = apart.put_words(*(report.pop(name) for name in ("title", "url", "accounts")))


def _fill_received(body: Plain, find_blob: FindBlob) -> None:
    _fill_report(body["report"], find_blob)
    document = body["document"]
    document["text"] = _find_text(document["text"], find_blob)
    if "words" in document:
        found = _find_words(document.pop("words"), find_blob, "", [], {}, "")
        document["title"], document["notes"], document["offsets"], _ = found
    else:
        offsets = find_blob(document["offsets"]["blob"])
        document["offsets"] = read(offsets) if offsets is not None else {}


def _fill_report(report: Plain, find_blob: FindBlob) -> None:
    if "words" in report:
        found = _find_words(report.pop("words"), find_blob, "", "", [])
        report["title"], report["url"], report["accounts"] = found


def _held_received(record: str, body: Plain) -> Iterator[Held]:
    document = body["document"]
    yield from _held_report(record, body["report"])
    yield Held(document["text"]["blob"], Part.TEXT, record)
    yield Held(document["words"] if "words" in document else document["offsets"]["blob"], Part.ABOUT, record)
    if "raw" in body:
        yield Held(body["raw"], Part.RAW, record)


def _held_report(report: str, words: Plain) -> Iterator[Held]:
    if "words" in words:
        yield Held(words["words"], Part.ABOUT, report)


def _strip_linked(body: Plain, apart: Apart) -> None:
    _strip_report(body["report"], apart)


def _fill_linked(body: Plain, find_blob: FindBlob) -> None:
    _fill_report(body["report"], find_blob)


def _held_linked(_: str, body: Plain) -> Iterator[Held]:
    yield from _held_report(f"rep-{body['report']['sha256'][:32]}", body["report"])


# ---------------------------------------------------------------------------- failures


def _strip_failed(body: Plain, apart: Apart) -> None:
    body["words"] = apart.put_words(body.pop("name"), body.pop("message"))


def _fill_failed(body: Plain, find_blob: FindBlob) -> None:
    if "words" in body:
        body["name"], body["message"] = _find_words(body.pop("words"), find_blob, REMOVED * 3, REMOVED * 3)


def _held_failed(record: str, body: Plain) -> Iterator[Held]:
    if "words" in body:
        yield Held(body["words"], Part.ABOUT, record)


# ---------------------------------------------------------------------------- claims


def _strip_claimed(body: Plain, apart: Apart) -> None:
    for claim in body["claims"]:
        if claim["field"] in FREE_TEXT:
            claim["value"] = apart.put_text(claim["value"])
        evidence = claim["evidence"]
        if evidence is not None:
            words = apart.put_words(evidence["quote"], evidence["prefix"], evidence["suffix"], claim["why"])
            claim["evidence"] = {"span": evidence["span"], "words": words}
            claim["why"] = ""
        elif claim["why"]:
            claim["why"] = {"blob": apart.put_words(claim["why"], claim["id"])}


def _fill_claimed(body: Plain, find_blob: FindBlob) -> None:
    for claim in body["claims"]:
        if isinstance(claim["value"], dict):
            claim["value"] = _find_text(claim["value"], find_blob)
        evidence = claim["evidence"]
        if evidence is not None:
            span = evidence["span"]
            blocks = REMOVED * (span["end"] - span["start"])
            found = _find_words(evidence["words"], find_blob, blocks, "", "", "")
            quote, prefix, suffix, claim["why"] = found
            claim["evidence"] = {"span": span, "quote": quote, "prefix": prefix, "suffix": suffix}
        elif isinstance(claim["why"], dict):
            claim["why"] = _find_words(claim["why"]["blob"], find_blob, "")[0]


def _held_claimed(_: str, body: Plain) -> Iterator[Held]:
    for claim in body["claims"]:
        report = claim["report"]
        if isinstance(claim["value"], dict):
            yield Held(claim["value"]["blob"], Part.VALUE, report)
        if claim["evidence"] is not None:
            yield Held(claim["evidence"]["words"], Part.QUOTE, report)
        elif isinstance(claim["why"], dict):
            yield Held(claim["why"]["blob"], Part.QUOTE, report)


_STRIP: Mapping[str, Callable[[Plain, Apart], None]] = MappingProxyType(
    {
        Kind.RECEIVED: _strip_received,
        Kind.LINKED: _strip_linked,
        Kind.FAILED: _strip_failed,
        Kind.CLAIMED: _strip_claimed,
    }
)
_FILL: Mapping[str, Callable[[Plain, FindBlob], None]] = MappingProxyType(
    {
        Kind.RECEIVED: _fill_received,
        Kind.LINKED: _fill_linked,
        Kind.FAILED: _fill_failed,
        Kind.CLAIMED: _fill_claimed,
    }
)
_HELD: Mapping[str, Callable[[str, Plain], Iterator[Held]]] = MappingProxyType(
    {
        Kind.RECEIVED: _held_received,
        Kind.LINKED: _held_linked,
        Kind.FAILED: _held_failed,
        Kind.CLAIMED: _held_claimed,
    }
)
