"""The commands that read reports: `code`, its batch, and `add`."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from incidex.app.batch import code_lines, fold_coded
from incidex.app.coders import Code, code_report
from incidex.app.incoming import Incoming, Origin, find_incoming
from incidex.app.pipeline import Added, read_incoming
from incidex.app.pipeline import add as add_reports
from incidex.app.terminal import make_console, make_safe, progress, show_coded
from incidex.exchange import to_coded_line
from incidex.model import Document, IncidexError, InputError, Report
from incidex.store import Log
from incidex.text import LIMITS, ReaderProcess

STANDARD_INPUT = "-"


def print_coded(path: str, origin: Origin, *, as_json: bool, code: Code = code_report) -> list[str]:
    """Print what a file, a folder or standard input says; return what failed, a sentence each."""
    failures: list[str] = []
    with ReaderProcess() as reader:
        if path == STANDARD_INPUT:
            _print_one("standard input", *_read_standard_input(origin, reader), code, as_json=as_json)
            return failures
        for one in find_incoming(Path(path), origin):
            try:
                report, document, _ = read_incoming(one, reader)
                _print_one(one.name, report, document, code, as_json=as_json)
            except IncidexError as error:
                failures.append(Added(one.name, error=str(error)).complaint)
    return failures


def _read_standard_input(origin: Origin, reader: ReaderProcess) -> tuple[Report, Document]:
    data = sys.stdin.buffer.read(LIMITS.max_bytes + 1)
    report = origin.report(data, "text/plain")
    return report, reader.read(data, name="standard input", media_type="text/plain", report=report.id)


def _print_one(name: str, report: Report, document: Document, code: Code, *, as_json: bool) -> None:
    found = code(report, document)
    coded = [fold_coded(one, report) for one in found.incidents]
    if as_json:
        print(msgspec.json.encode(to_coded_line(name, coded, found.notes)).decode())
    else:
        make_console().print(
            show_coded(found.document, [incident for _, incident in coded], found.notes, name=name)
        )


def print_batch(workers: int, code: Code = code_report) -> list[str]:
    """Code the JSON lines of standard input to standard output; return what was wrong with which line."""
    failures: list[str] = []
    with progress("coding", None, console=make_console(stderr=True)) as step:
        for outcome in code_lines(sys.stdin.buffer, workers=workers, code=code):
            sys.stdout.buffer.write(outcome.line + b"\n")
            if outcome.error:
                failures.append(outcome.error)
            step()
    sys.stdout.buffer.flush()
    return failures


def add_paths(
    log: Log, paths: Sequence[Path], origin: Origin, *, as_json: bool, code: Code = code_report
) -> Iterator[Added]:
    """Add every report in the files and folders; print and yield each once it is safe on disk."""
    incoming, missing = _gather(paths, origin)
    for added in missing:
        _announce(added, as_json=as_json)
        yield added
    console = make_console(stderr=True)
    with ReaderProcess() as reader, progress("adding", len(incoming), console=console) as step:
        for added in add_reports(log, incoming, reader, code):
            _announce(added, as_json=as_json)
            step()
            yield added


def _gather(paths: Sequence[Path], origin: Origin) -> tuple[list[Incoming], list[Added]]:
    incoming: list[Incoming] = []
    missing: list[Added] = []
    for path in paths:
        try:
            incoming.extend(find_incoming(path, origin))
        except InputError as error:
            missing.append(Added(path.name or str(path), error=str(error)))
    return incoming, missing


def _announce(added: Added, *, as_json: bool) -> None:
    """Print one line a report, at once: whoever reads it may rely on what it says."""
    if as_json:
        print(msgspec.json.encode(added).decode(), flush=True)
    elif not added.error:
        where = ", ".join(added.incidents) or ("" if added.known else "no incident")
        print(f"{added.outcome}  {added.report}  {added.name}  {where}".rstrip(), flush=True)
        for note in added.notes:
            print(make_safe(f"  note: {note}"), file=sys.stderr)
