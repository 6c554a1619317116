"""A bundle from elsewhere, taken apart: hostile until shown to be STIX 2.1, and never followed in circles."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import msgspec

from incidex.model import InputError, LimitError

Json = dict[str, Any]

#: Bytes of a bundle; it is held in memory, and takes three times as much there.
MOST_BUNDLE_BYTES = 128 * 2**20

#: Commas in a bundle: what is large and nothing but brackets takes a hundred times its size in memory.
MOST_PARTS = 5_000_000

#: Problems that are told one by one.
_MOST_PROBLEMS = 100

_VERSION, _NO_VERSION = "2.1", "2.0"

_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


class _Envelope(msgspec.Struct):
    """A bundle, or what a TAXII server sends."""

    objects: list[msgspec.Raw] = []
    type: str = "bundle"
    spec_version: str = ""


class Head(msgspec.Struct):
    """What has to be known of an object before it is looked at."""

    id: str
    type: str
    spec_version: str = ""
    created: str = ""
    modified: str = ""
    revoked: bool = False
    source_ref: str = ""
    target_ref: str = ""
    created_by_ref: str = ""
    object_refs: list[str] = []


@dataclass(slots=True)
class Bundle:
    """The objects of a bundle, the newest version of each, and what refers to what."""

    raw: dict[str, bytes] = field(default_factory=dict)
    heads: dict[str, Head] = field(default_factory=dict)
    relations: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # by either end
    about: dict[str, list[str]] = field(
        default_factory=lambda: defaultdict(list)
    )  # notes and opinions, by object
    problems: list[tuple[str, str]] = field(default_factory=list)  # id or place, what is wrong
    untold: int = 0  # problems that are one too many to be told
    revoked: list[str] = field(default_factory=list)  # incidents that their makers no longer stand by

    def note(self, place: str, problem: str) -> None:
        """Add a problem."""
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems.append((place, problem))
        else:
            self.untold += 1

    def get(self, name: str) -> Json:
        """Return an object that is there."""
        made: Json = msgspec.json.decode(self.raw[name])
        return made

    def find(self, name: str) -> Json | None:
        """Return an object, or `None` when the bundle does not have it."""
        return self.get(name) if name in self.raw else None

    def of_type(self, kind: str) -> Sequence[str]:
        """Return the names of all objects of a type, in the order of the bundle."""
        return [name for name, head in self.heads.items() if head.type == kind]

    def relations_of(self, name: str) -> Iterator[Json]:
        """Yield the relationships that an object is an end of."""
        for each in self.relations.get(name, ()):
            yield self.get(each)


def read_bundle(file: BinaryIO) -> Bundle:
    """Read a bundle of STIX 2.1; raise `InputError` or `LimitError` for what is none, in a sentence."""
    data = file.read(MOST_BUNDLE_BYTES + 1)
    if len(data) > MOST_BUNDLE_BYTES:
        most = MOST_BUNDLE_BYTES // 2**20
        raise LimitError(f"the bundle is larger than {most} MB; split it, or fetch it in pages over TAXII")
    if data.count(b",") > MOST_PARTS:
        raise LimitError(f"the bundle has more than {MOST_PARTS:,} parts; split it, or fetch it over TAXII")
    try:
        envelope = msgspec.json.decode(data, type=_Envelope)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as wrong:
        raise InputError(f"this is no STIX bundle: {wrong}") from wrong
    if envelope.type != "bundle" or not envelope.objects:
        raise InputError('a STIX bundle has "type": "bundle" and a list of "objects" with something in it')
    if envelope.spec_version == _NO_VERSION:
        raise _refuse_version(_NO_VERSION)
    bundle = Bundle()
    for place, raw in enumerate(envelope.objects):
        _take(bundle, place, bytes(raw))
    _relate(bundle)
    return bundle


def _take(bundle: Bundle, place: int, raw: bytes) -> None:
    try:
        head = msgspec.json.decode(raw, type=Head)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as wrong:
        bundle.note(f"objects.{place}", f"this is no STIX object: {wrong}")
        return
    if head.type == "incident" and head.spec_version != _VERSION:
        raise _refuse_version(head.spec_version)
    kind, _, number = head.id.partition("--")
    if kind != head.type or not _UUID.fullmatch(number):
        bundle.note(
            f"objects.{place}.id", f"{head.id[:80]!r} is no id of a STIX object of its type; left out"
        )
        return
    if head.spec_version not in ("", _VERSION):
        bundle.note(head.id, f"it is STIX {head.spec_version[:20]}, and was read as if it were {_VERSION}")
    if head.revoked:  # its author no longer stands by it
        bundle.revoked.extend([head.id] if head.type == "incident" else [])
        return
    before = bundle.heads.get(head.id)
    if before is not None and before.modified == head.modified and bundle.raw[head.id] != raw:
        bundle.note(head.id, "it stands here twice and says two things; the first was taken")
    if before is None or before.modified < head.modified:
        bundle.heads[head.id] = head
        bundle.raw[head.id] = raw


def _relate(bundle: Bundle) -> None:
    for name, head in bundle.heads.items():
        if head.type == "relationship":
            for end in {head.source_ref, head.target_ref}:
                bundle.relations[end].append(name)
        elif head.type in {"note", "opinion"}:
            for end in dict.fromkeys(head.object_refs):
                bundle.about[end].append(name)


def _refuse_version(version: str) -> InputError:
    if not version:
        return InputError(
            'an incident here has no "spec_version", as in STIX 2.0; only 2.1 is read, to which '
            "stix2-elevator takes older files"
        )
    is_older = version < _VERSION
    what = "to which stix2-elevator takes older files" if is_older else "so ask its maker for that"
    return InputError(f"this is STIX {version[:20]!s}; only 2.1 is read, {what}")


def text_of(made: Mapping[str, Any] | None, name: str) -> str:
    """Return a property that is a text, "" for anything else."""
    found = made.get(name, "") if made else ""
    return found if isinstance(found, str) else ""


def texts_of(made: Mapping[str, Any] | None, name: str) -> list[str]:
    """Return a property that is a list of texts, without anything else that is in it."""
    found = made.get(name, ()) if made else ()
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []


def objects_of(made: Mapping[str, Any] | None, name: str) -> list[Json]:
    """Return a property that is a list of objects, without anything else that is in it."""
    found = made.get(name, ()) if made else ()
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def part_of(made: Mapping[str, Any] | None, name: str) -> Json:
    """Return a property that is an object, an empty one for anything else."""
    found = made.get(name) if made else None
    return found if isinstance(found, dict) else {}
