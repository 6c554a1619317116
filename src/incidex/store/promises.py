"""The promises that hold for every database, as checks that raise: pure, and run inside the transaction."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256

from incidex.model import (
    Change,
    Claimed,
    ConflictError,
    EvidenceError,
    InputError,
    Judged,
    StoreError,
)
from incidex.store.codec import Line, digest

FindTexts = Callable[[str], Sequence[str]]  # the stored texts of a report, latest first, by its id


def check_versions(changes: Sequence[Change], current: Mapping[str, int]) -> None:
    """Raise `ConflictError` unless each change is the next version of its record."""
    known = dict(current)
    for change in changes:
        expected = known.get(change.record, 0) + 1
        if change.version != expected:
            what = "is taken" if change.version < expected else "leaves a gap"
            raise ConflictError(
                f"version {change.version} of {change.record} {what}: the next is {expected}. "
                "Someone else may have written first; reload and decide again"
            )
        known[change.record] = expected


def check_judgements(changes: Sequence[Change]) -> None:
    """Raise `InputError` unless every judgement is written to both incidents at once, mirrored (law 5)."""
    said = Counter(
        (change.record, change.body.other, change.body.judgement)
        for change in changes
        if isinstance(change.body, Judged)
    )
    for (record, other, judgement), count in said.items():
        if record == other:
            raise InputError(f"{record} cannot be judged against itself")
        if said[other, record, judgement.mirrored] != count:
            raise InputError(f"the judgement of {record} and {other} has to be written to both at once")


def check_evidence(changes: Iterable[Change], find_texts: FindTexts) -> None:
    """Raise `EvidenceError` unless every quotation stands in a text of its report (law 1)."""
    held: dict[str, Sequence[str]] = {}
    for change in changes:
        if not isinstance(change.body, Claimed):
            continue
        for claim in change.body.claims:
            if claim.evidence is None:
                continue
            if claim.report not in held:
                held[claim.report] = find_texts(claim.report)
            if not any(claim.evidence.is_verbatim_in(text) for text in held[claim.report]):
                raise EvidenceError(_unfounded(claim.field, claim.evidence.quote, claim.report, held))


def _unfounded(field: str, quote: str, report: str, held: Mapping[str, Sequence[str]]) -> str:
    shown = quote if len(quote) <= 80 else quote[:79] + "…"
    if not held[report]:
        return f"{field}: {shown!r} quotes {report}, whose text is not here; add the report first"
    return f"{field}: {shown!r} does not stand at that place in {report}"


def check_blobs(blobs: Mapping[str, bytes]) -> None:
    """Raise `InputError` unless every blob is named by the SHA-256 of its bytes."""
    for name, content in blobs.items():
        if sha256(content).hexdigest() != name:
            raise InputError(f"a blob called {name[:80]} holds other bytes; name it by its SHA-256")


def check_chain(lines: Iterable[Line]) -> int:
    """Return the number of lines; raise `StoreError` naming the first that is not what was written."""
    serial, prev_hash = 0, ""
    versions: dict[str, int] = {}
    for line in lines:
        serial += 1
        versions[line.record] = versions.get(line.record, 0) + 1
        if line.serial != serial:
            raise StoreError(f"change {serial} is missing from the log: {line.serial} comes in its place")
        if line.version != versions[line.record]:
            raise StoreError(f"change {serial} is not the next version of {line.record}")
        if line.prev_hash != prev_hash or line.hash != digest(line):
            raise StoreError(
                f"change {serial} ({line.kind} of {line.record}) was altered after it was written"
            )
        prev_hash = line.hash
    return serial


def check_stored(blobs: Iterable[tuple[str, bytes]]) -> None:
    """Raise `StoreError` naming the first stored blob whose bytes are not what was written."""
    for name, content in blobs:
        if sha256(content).hexdigest() != name:
            raise StoreError(f"the blob {name} was altered after it was written")
