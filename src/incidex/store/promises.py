"""The promises that hold for every database, as checks that raise: pure, and run inside the transaction."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from hashlib import sha256
from itertools import islice

from incidex.model import Change, Claimed, ConflictError, EvidenceError, InputError, Judged, Kind, StoreError
from incidex.store.base import Head
from incidex.store.codec import Line, digest, held_by, parse
from incidex.store.projection import rows

FindChange = Callable[[str, int], Change | None]  # what stands as a version of a record
FindTexts = Callable[[str], Sequence[str]]  # the stored texts of a report, latest first, by its id


def check_versions(
    changes: Sequence[Change], current: Mapping[str, int], find_change: FindChange = lambda *_: None
) -> None:
    """Raise `ConflictError`, with both sides, unless each change is the next version of its record."""
    known = dict(current)
    for change in changes:
        expected = known.get(change.record, 0) + 1
        if change.version != expected:
            what = "is taken" if change.version < expected else "leaves a gap"
            raise ConflictError(
                f"version {change.version} of {change.record} {what}: the next is {expected}. "
                "Someone else may have written first; reload and decide again",
                mine=change,
                theirs=find_change(change.record, change.version),
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


def check_evidence(
    changes: Iterable[Change], find_texts: FindTexts, is_removed: Callable[[str], bool]
) -> None:
    """Raise `EvidenceError` unless every quotation stands in a text of its report (law 1).

    A quotation whose words were removed by law has none to compare; it may still be moved to another record.
    """
    held: dict[str, Sequence[str]] = {}
    for change in changes:
        if not isinstance(change.body, Claimed):
            continue
        for claim in change.body.claims:
            if claim.evidence is None or (claim.evidence.is_removed and is_removed(claim.report)):
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


def check_return(blobs: Iterable[str], removed: Mapping[str, int]) -> None:
    """Raise `InputError` when words come in that a change had removed."""
    for name in blobs:
        if name in removed:
            raise InputError(
                f"these words were removed by change {removed[name]} and may not come back; see `incidex log`"
            )


def checked(lines: Iterable[Line], redacted: Mapping[int, str]) -> Iterator[Line]:
    """Yield the lines as they are; raise `StoreError` naming the first that is not what was written.

    `redacted` has what lines hash to that have lost words since, by their serials.
    """
    prev_hash = ""
    versions: dict[str, int] = {}
    for serial, line in enumerate(lines, start=1):
        versions[line.record] = versions.get(line.record, 0) + 1
        if line.serial != serial:
            raise StoreError(f"change {serial} is missing from the log: {line.serial} comes in its place")
        found = digest(line)
        if line.prev_hash != prev_hash or (line.hash != found and redacted.get(serial) != found):
            raise StoreError(
                f"change {serial} ({line.kind} of {line.record}) was altered after it was written"
            )
        if line.version != versions[line.record]:
            raise StoreError(f"change {serial} is not the next version of {line.record}")
        prev_hash = line.hash
        yield line


def check_head(head: Head, expected: Head | None) -> None:
    """Raise `StoreError` when the log does not end where its last append said that it does."""
    if expected is None:
        expected = Head(0, "")
    if head.serial < expected.serial:
        raise StoreError(
            f"the log ends at change {head.serial}, and it had {expected.serial}: "
            f"change {head.serial + 1} and all after it were cut off"
        )
    if head != expected:
        raise StoreError(f"the log ends at change {head.serial}, and not where its last append says")


def check_words(
    lines: Iterable[Line], find_stored: Callable[[Sequence[str]], AbstractSet[str]]
) -> Iterator[Line]:
    """Yield the lines; raise `StoreError` when words are gone that no change removed, or back that one did.

    `find_stored` says which of some names have their bytes here.
    """
    missing: dict[str, int] = {}
    removed: dict[str, int] = {}
    for page in _pages(lines):
        named = {each.name: line.serial for line in reversed(page) for each in held_by(line)}
        stored = find_stored(list(named)) if named else set()
        for name, serial in named.items():
            if name not in stored:
                missing.setdefault(name, serial)
        removed.update(find_removed(page))
        yield from page
    lost = [(serial, name) for name, serial in missing.items() if name not in removed]
    if lost:
        serial, name = min(lost)
        raise StoreError(f"words of change {serial} are missing (blob {name}), and no change removed them")
    for name in sorted(find_stored(list(removed)) if removed else ()):
        raise StoreError(f"words that change {removed[name]} removed are here again (blob {name})")


def find_removed(lines: Iterable[Line]) -> dict[str, int]:
    """Return the names of the words that these changes remove, with their serials."""
    return {
        str(row.values[0]): line.serial for line in lines if line.kind == Kind.REMOVED for row in rows(line)
    }


def check_redacted(line: Line, said: str) -> None:
    """Raise `InputError` when a line without its words is not what a removal says that it will be."""
    if digest(line) != said:
        raise InputError(f"change {line.serial} is not what this removal takes it for; plan the removal anew")


def find_redacted(removals: Iterable[Line]) -> dict[int, str]:
    """Return what lines hash to that lost words of their own, by their serials."""
    return {serial: said for line in removals for serial, said in parse(line).get("lines", ())}


def _pages(lines: Iterable[Line], size: int = 500) -> Iterator[list[Line]]:
    held = iter(lines)
    while page := list(islice(held, size)):
        yield page


def check_stored(blobs: Iterable[tuple[str, bytes]]) -> None:
    """Raise `StoreError` naming the first stored blob whose bytes are not what was written."""
    for name, content in blobs:
        if sha256(content).hexdigest() != name:
            raise StoreError(f"the blob {name} was altered after it was written")
