"""What has to go so that a report's words are gone, as changes that say so (law 10)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from incidex.model import Change, InputError, Kind, Removed
from incidex.store.base import Log
from incidex.store.codec import Line, digest, held_by, parse, redacted
from incidex.store.words import Held, Part

#: What goes when the report itself may stay.
_QUOTES = frozenset({Part.QUOTE, Part.VALUE})


@dataclass(frozen=True, slots=True)
class Plan:
    """The changes that remove a report's words, and what they leave because others say the same."""

    changes: tuple[Change, ...]
    pieces: int  # of words that go
    shared: Mapping[str, str]  # name of words to another report that has them


def plan_removal(
    log: Log, report: str, *, reason: str, by: str, at: datetime, quotes_only: bool = False
) -> Plan:
    """Return the changes to append; the log removes what they name.

    Goes through the whole log twice. Words that another report has as well stay, for it is named too.
    Raises `InputError` when there is no such report (or failure), or nothing of it is left to remove.
    """
    found = _Found(log, report, quotes_only=quotes_only)
    if not found.is_known:
        raise InputError(f"there is no report {report!r}; `incidex log` and each record list their ids")
    names = tuple(name for name in found.names if name not in found.shared)
    if not names and not found.lines:
        raise InputError(f"nothing of {report} is left to remove; `incidex log` says why and when it went")
    body = Removed(report, reason, names, quotes_only, found.lines)
    told = Removed(report, reason, quotes_only=quotes_only)
    records = [(report, body), *((incident, told) for incident in found.incidents)]
    versions = log.versions(record for record, _ in records)
    changes = tuple(
        Change(record=record, version=versions[record] + 1, body=held, by=by, at=at)
        for record, held in records
    )
    return Plan(changes, len(names) + len(found.lines), found.shared)


class _Found:
    """What the log holds of one report."""

    def __init__(self, log: Log, report: str, *, quotes_only: bool) -> None:
        self.is_known = False
        self.incidents: list[str] = []  # that speak of it
        self.lines: tuple[tuple[int, str], ...] = ()  # that hold words themselves, as they will be then
        self._removed: set[str] = set()
        self._gone: dict[tuple[str, Part], int] = {}  # up to which change the words of a report had to go
        names: dict[str, None] = {}
        for line in log.lines():
            mine = [each for each in _each_held(line, log) if each.report == report]
            if mine and line.kind in (Kind.LINKED, Kind.CLAIMED) and line.record not in self.incidents:
                self.incidents.append(line.record)
            self.is_known |= line.record == report or bool(mine)
            wanted = (each for each in mine if not quotes_only or each.part in _QUOTES)
            names.update((each.name, None) for each in wanted)
            if line.kind == Kind.REMOVED:
                self._note(line)
            if not quotes_only:
                self._redact(line, report)
        self.names = [name for name in names if name not in self._removed]
        self.shared = self._find_shared(log, report)

    def _note(self, line: Line) -> None:
        said = parse(line)
        self._removed.update(said["blobs"])
        parts = _QUOTES if said["quotes_only"] else Part
        self._gone.update({(said["report"], part): line.serial for part in parts})

    def _redact(self, line: Line, report: str) -> None:
        about = f"rep-{parse(line)['report']['sha256'][:32]}" if line.kind == Kind.LINKED else line.record
        if about == report:
            new = redacted(line)
            if new.body != line.body:
                self.lines += ((line.serial, digest(new)),)
                if line.kind == Kind.LINKED and line.record not in self.incidents:
                    self.incidents.append(line.record)

    def _find_shared(self, log: Log, report: str) -> dict[str, str]:
        """Return which words another report may keep: one whose own had to go only kept them for this one."""
        wanted = set(self.names)
        return {
            each.name: each.report
            for line in log.lines()
            for each in held_by(line)
            if each.name in wanted and each.report != report and not self._is_gone(each, line)
        }

    def _is_gone(self, each: Held, line: Line) -> bool:
        return line.serial <= self._gone.get((each.report, each.part), 0)


def _each_held(line: Line, log: Log) -> Iterator[Held]:
    yield from held_by(line)
    if line.kind == Kind.RECEIVED:
        # Incidex 0.1.0 kept the report's bytes without saying so in the line.
        raw = parse(line)["report"]["sha256"]
        if log.find_blob(raw) is not None:
            yield Held(raw, Part.RAW, line.record)
