"""From a file to the log: read the report, code it, find its incident, write all of it at once."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256

from incidex.app.coders import Code, code_report
from incidex.app.incoming import Incoming
from incidex.codebook import policy
from incidex.coding import Coded
from incidex.linking import THRESHOLD, Facts, facts, fold_name, keys, same_incident, short_names
from incidex.model import (
    Body,
    Change,
    Claimed,
    ConflictError,
    Document,
    Failed,
    IncidexError,
    Linked,
    Received,
    Report,
    Tier,
    fold,
    name_by_content,
)
from incidex.store import Log
from incidex.text import ReaderProcess, media_type_of

#: How often a batch is linked anew when somebody else wrote first.
ATTEMPTS = 20

#: Who signs the changes that the pipeline makes.
BY = "incidex"


@dataclass(frozen=True, slots=True)
class Added:
    """What became of one report."""

    name: str
    report: str = ""  # its id
    incidents: tuple[str, ...] = ()
    known: bool = False  # it was here already, and nothing was added
    error: str = ""  # why it could not be used
    notes: tuple[str, ...] = ()  # what a person should know of how it was read

    @property
    def complaint(self) -> str:
        """Return the error as a sentence that names the report once, or "" when there was none."""
        return self.error if not self.error or self.name in self.error else f"{self.name}: {self.error}"

    @property
    def outcome(self) -> str:
        """Say in a word what happened."""
        if self.error:
            return "failed"
        return "known" if self.known else "added"


def read_incoming(incoming: Incoming, reader: ReaderProcess) -> tuple[Report, Document, bytes]:
    """Return a report, its text and its bytes; raise `InputError` when there is no using it."""
    data = incoming.read_bytes()
    media_type = media_type_of(data, incoming.name, incoming.origin.media_type)
    report = incoming.origin.report(data, media_type)
    document = reader.read(data, name=incoming.name, media_type=incoming.origin.media_type, report=report.id)
    return report, document, data


def add(
    log: Log, incoming: Iterable[Incoming], reader: ReaderProcess, code: Code = code_report
) -> Iterator[Added]:
    """Add reports one by one, each whole or not at all; yield each once it is safe on disk.

    What fails is recorded in the log and yielded with its error, and the rest goes on.
    """
    for one in incoming:
        try:
            yield _add_one(log, one, reader, code)
        except IncidexError as error:
            _record_failure(log, one, error)
            yield Added(one.name, error=str(error))


def _add_one(log: Log, incoming: Incoming, reader: ReaderProcess, code: Code) -> Added:
    data = incoming.read_bytes()
    report_id = f"rep-{sha256(data).hexdigest()[:32]}"
    if log.versions([report_id])[report_id] > 0:
        return Added(incoming.name, report_id, known=True)
    report, document, data = read_incoming(incoming, reader)
    found = code(report, document)
    added = _write(log, incoming.name, report, found.document, data, found.incidents)
    return replace(added, notes=found.notes)


def _write(
    log: Log,
    name: str,
    report: Report,
    document: Document,
    data: bytes,
    coded: Sequence[Coded],
    *,
    attempts: int = ATTEMPTS,
) -> Added:
    """Link and append; when somebody else wrote first, look again at what is there now."""
    if log.versions([report.id])[report.id] > 0:
        return Added(name, report.id, known=True)
    changes = [_change(report.id, 1, Received(report, document))]
    incidents = _link(log, report, coded, changes)
    try:
        log.append(changes, {report.sha256: data})
    except ConflictError:
        if attempts <= 1:
            raise
        return _write(log, name, report, document, data, coded, attempts=attempts - 1)
    return Added(name, report.id, incidents)


def _link(log: Log, report: Report, coded: Sequence[Coded], changes: list[Change]) -> tuple[str, ...]:
    """Append to `changes` what each coded incident adds to the incident it belongs to."""
    versions: dict[str, int] = {}
    for index, one in enumerate(coded):
        incident, why = _find_incident(log, report, one, index)
        version = versions.get(incident) or log.versions([incident])[incident]
        changes.append(_change(incident, version + 1, Linked(report, why)))
        changes.append(_change(incident, version + 2, Claimed(one.claims)))
        versions[incident] = version + 2
    return tuple(versions)


def _find_incident(log: Log, report: Report, coded: Coded, index: int) -> tuple[str, str]:
    """Return the id of the incident that the claims are about, and why it is thought to be that one."""
    mine = facts(coded.claims, report.published)
    scored = [
        (same_incident(mine, theirs), incident)
        for incident in _candidates(log, coded)
        if (theirs := _facts_of(log, incident)) is not None
    ]
    best = max(scored, key=lambda pair: (pair[0].total, pair[1]), default=None)
    if best is not None and best[0].total >= THRESHOLD:
        parts = ", ".join(f"{name} {part:+.2f}" for name, part in best[0].parts.items() if part)
        return best[1], f"score {best[0].total:.2f}: {parts}"
    return _new_id(log, report, coded, index), "the first report of it"


def _candidates(log: Log, coded: Coded) -> list[str]:
    """Return the incidents that share a victim's name or domain, whatever form of it was written."""
    found: set[str] = set()
    for claim in coded.claims:
        if claim.field in ("victim.name", "victim.domain"):
            found.update(log.candidates(claim.field, claim.value))
        if claim.field == "victim.name":
            found.update(log.find_by_name(fold_name(claim.value)))
            for short in short_names(claim.value):
                found.update(log.candidates("victim.name", short))
    return sorted(found)


def _facts_of(log: Log, incident: str) -> Facts | None:
    folded = fold(log.history(incident), tier=Tier.RED, policy=policy())
    if folded is None:
        return None
    published = next((report.published for report in folded.reports if report.published), "")
    return facts(folded.claims, published)


def _new_id(log: Log, report: Report, coded: Coded, index: int) -> str:
    """Name a new incident by its victim and a number, so that two who add it at once are in conflict.

    The second of them is refused, looks again, and finds the incident that the first one made.
    """
    name = min(keys(coded.claims), default="")
    if not name:
        return name_by_content("inc", report.id, str(index))
    number = 0
    while True:
        incident = name_by_content("inc", name, str(number))
        if log.versions([incident])[incident] == 0:
            return incident
        number += 1


def _record_failure(log: Log, incoming: Incoming, error: IncidexError) -> None:
    """Keep the failure where it can be found; a report that fails the same way again adds nothing."""
    record = name_by_content("rep", "failed", incoming.name, str(error))
    if log.versions([record])[record] == 0:
        stage = type(error).__name__.removesuffix("Error").lower()
        try:
            log.append([_change(record, 1, Failed(incoming.name, stage, str(error)))])
        except ConflictError:
            return  # somebody else has just recorded the very same


def _change(record: str, version: int, body: Body) -> Change:
    return Change(record=record, version=version, body=body, by=BY, at=datetime.now(UTC))
