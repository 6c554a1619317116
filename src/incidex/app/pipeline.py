"""From a file to the log: read the report, code it, find its incident, write all of it at once."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from incidex.app.coders import Code, code_report
from incidex.app.incoming import Incoming, Sent
from incidex.app.judging import MACHINE, Batch
from incidex.app.placing import Place, new_id, place, with_origin
from incidex.coding import Coded
from incidex.model import (
    Claimed,
    ConflictError,
    Document,
    Failed,
    IncidexError,
    Judgement,
    Linked,
    Received,
    Report,
    name_by_content,
)
from incidex.store import Log
from incidex.text import ReaderProcess, media_type_of

#: How often a batch is linked anew when somebody else wrote first.
ATTEMPTS = 20


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


def read_incoming(incoming: Incoming | Sent, reader: ReaderProcess) -> tuple[Report, Document, bytes]:
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
            yield add_one(log, one, reader, code)
        except IncidexError as error:
            _record_failure(log, one, error)
            yield Added(one.name, error=str(error))


def add_one(
    log: Log, incoming: Incoming | Sent, reader: ReaderProcess, code: Code = code_report, *, by: str = MACHINE
) -> Added:
    """Add one report, whole or not at all; `by` is who handed it in. One that is known adds nothing.

    Raises `InputError` when there is no using it, and records nothing of that.
    """
    data = incoming.read_bytes()
    report_id = f"rep-{sha256(data).hexdigest()[:32]}"
    if log.versions([report_id])[report_id] > 0:
        return Added(incoming.name, report_id, known=True)
    report, document, data = read_incoming(incoming, reader)
    found = code(report, document)
    added = _write(log, incoming.name, report, found.document, data, found.incidents, by=by)
    return replace(added, notes=found.notes)


def _write(
    log: Log,
    name: str,
    report: Report,
    document: Document,
    data: bytes,
    coded: Sequence[Coded],
    *,
    by: str,
    attempts: int = ATTEMPTS,
) -> Added:
    """Link and append; when somebody else wrote first, look again at what is there now."""
    if log.versions([report.id])[report.id] > 0:
        return Added(name, report.id, known=True)
    batch = Batch(log)
    incidents = _link(log, batch, report, document, coded, by=by)
    try:
        log.append(batch.changes, {report.sha256: data})
    except ConflictError:
        if attempts <= 1:
            raise
        return _write(log, name, report, document, data, coded, by=by, attempts=attempts - 1)
    return Added(name, report.id, incidents)


def _link(
    log: Log, batch: Batch, report: Report, document: Document, coded: Sequence[Coded], *, by: str
) -> tuple[str, ...]:
    """Add to the batch the report, and what each coded incident adds to the incident it belongs to."""
    places: list[Place] = []
    for one in coded:
        taken = {each.incident for each in places}
        places.append(place(log, report, document, one.claims, taken=taken, is_whole=len(coded) == 1))
    filed = with_origin(report, next((each.origin for each in places), ""))
    batch.write(report.id, Received(filed, document), by)
    written: list[str] = []
    for index, (one, each) in enumerate(zip(coded, places, strict=True)):
        incident = each.incident or new_id(log, report, each.account, index)
        if incident in written:  # two passages of one report name the same victim
            incident = name_by_content("inc", report.id, str(index))
        batch.write(incident, Linked(filed, each.why, each.keys), MACHINE)
        batch.write(incident, Claimed(one.claims), MACHINE)
        for other, why in each.suggested:
            if other not in (incident, *written):
                batch.judge(incident, other, Judgement.UNSURE, why=why, by=MACHINE)
        written.append(incident)
    return tuple(written)


def _record_failure(log: Log, incoming: Incoming, error: IncidexError) -> None:
    """Keep the failure where it can be found; a report that fails the same way again adds nothing."""
    record = name_by_content("rep", "failed", incoming.name, str(error))
    if log.versions([record])[record] == 0:
        stage = type(error).__name__.removesuffix("Error").lower()
        try:
            batch = Batch(log)
            batch.write(record, Failed(incoming.name, stage, str(error)), MACHINE)
            batch.append()
        except ConflictError:
            return  # somebody else has just recorded the very same
