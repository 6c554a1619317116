"""Standing queries: what became new or different since they last looked, and how it is said."""

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from incidex.app.watch_store import Notice, Watch, Watches
from incidex.app.webhook import send
from incidex.codebook import policy
from incidex.exchange.columns import make_whole
from incidex.model import (
    Difference,
    Incident,
    InputError,
    SourceError,
    compare,
    fold_record,
    name_by_content,
)
from incidex.search import Condition, Read, make_entry, matches, parse, resolve
from incidex.search.folding import touched
from incidex.store import Log

#: A notice that nobody takes is tried this often, at first after half a minute, at last every six hours: for
#: about two days.
ATTEMPTS = 15
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 30.0, 6 * 3600.0

#: What one notice tells; a record that was imported anew may have changed in thousands of places.
MOST_SENTENCES = 200
_LONGEST_SENTENCE = 1_000

#: How long one watch may send before it is the next one's turn; what it has left it sends next time.
TURN_SECONDS = 60.0

Send = Callable[[Watch, Notice, int], None]
Clock = Callable[[], float]


class AtWorkError(InputError):
    """Another program runs the watches of this home, and one is enough."""


@dataclass(slots=True)
class Outcome:
    """What a run did."""

    found: int = 0
    taken: int = 0
    put_off: int = 0
    given_up: int = 0
    complaints: list[str] = field(default_factory=list)  # of watches that could not look

    @property
    def is_worth_saying(self) -> bool:
        """Say whether anything was done or tried."""
        return bool(self.found or self.taken or self.put_off or self.given_up)


def look(log: Log, watches: Watches, watch: Watch) -> int:
    """Write down what a watch has to say of all that was written since it last looked; return how much.

    Raises `InputError` when the log ends before that: it is not the one that was watched.
    """
    head = log.head()
    if head.serial < watch.serial:
        raise InputError(
            f"the watch {watch.name} has looked at change {watch.serial:,}, and the log ends at "
            f"{head.serial:,}: it was restored from an older backup; remove the watch and add it again"
        )
    if head.serial == watch.serial:
        return 0
    changes = (change for change in log.since(watch.serial) if change.serial <= head.serial)
    records = sorted(touched(log, changes))
    return watches.move_on(watch, head.serial, _notices(log, watch, records, head.serial))


def _notices(log: Log, watch: Watch, records: list[str], serial: int) -> Iterator[Notice]:
    condition = resolve(parse(watch.query))
    for record in records:
        before, after = (
            fold_record(log.history, record, as_of=moment, tier=watch.tier, policy=policy())
            for moment in (watch.serial, serial)
        )
        merged = after.id if after is not None and after.id != record else ""
        own = [each if each is not None and each.id == record else None for each in (before, after)]
        happened = _what_happened(condition, *own)
        if happened:
            yield _make_notice(watch, happened, *own, merged=merged)


def _what_happened(condition: Condition, before: Incident | None, after: Incident | None) -> str:
    """Say in a word what became of a record for the query, "" for nothing that is to be said."""
    was = before is not None and _is_like(condition, before)
    now = after is not None and _is_like(condition, after)
    if now and not was:
        return "new"
    if was and not now:
        return "no longer found"
    return "changed" if was and now and compare(before, after) else ""


def _is_like(condition: Condition, incident: Incident) -> bool:
    return matches(condition, Read(make_entry(incident)))


def _make_notice(
    watch: Watch, happened: str, before: Incident | None, after: Incident | None, *, merged: str
) -> Notice:
    """Say what happened. Nothing in it depends on what the watch's tier may not see (law 8)."""
    shown = after or before
    if shown is None:
        raise ValueError("a record that was never there cannot be told of")
    changed = () if after is None else compare(before, after)
    versions = [str(each.version) if each else "0" for each in (before, after)]
    id_ = name_by_content(
        "ntc", watch.name, watch.secret, shown.id, happened, merged, *versions, *_say(changed)
    )
    body: dict[str, Any] = {
        "id": id_,
        "watch": watch.name,
        "query": watch.query,
        "happened": happened,
        "at": shown.changed_at.isoformat().replace("+00:00", "Z"),
        "incident": {
            "id": shown.id,
            "title": make_entry(shown).title,
            "tier": watch.tier.name,
            "version": shown.version,
            "merged_into": merged or None,
        },
        "changes": [
            {**asdict(each), "sentence": sentence}
            for each, sentence in zip(changed[:MOST_SENTENCES], _say(changed), strict=False)
        ],
        "changes_left_out": max(0, len(changed) - MOST_SENTENCES),
    }
    return Notice(id=id_, watch=watch.name, body=make_whole(json.dumps(body, ensure_ascii=False)))


def _say(changed: tuple[Difference, ...]) -> list[str]:
    return [each.sentence[:_LONGEST_SENTENCE] for each in changed[:MOST_SENTENCES]]


def deliver(
    watches: Watches, watch: Watch, outcome: Outcome, *, send: Send, clock: Clock = time.time
) -> None:
    """Send what a watch has to say, in order; stop at the first that is not taken, so that none overtakes.

    Also stop when its turn is over, so that a slow receiver keeps no other watch waiting.
    """
    waiting = [each for each in watches.waiting(watch.name) if not each.is_given_up]
    began = clock()
    for notice in waiting:
        now = clock()
        if notice.due > now or now - began > TURN_SECONDS:
            return
        try:
            send(watch, notice, int(now))
        except (SourceError, InputError) as error:
            attempts = notice.attempts + 1
            is_given_up = attempts >= ATTEMPTS
            wait = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** (attempts - 1))
            watches.put_off(notice, str(error), now + wait, is_given_up=is_given_up)
            outcome.put_off += not is_given_up
            outcome.given_up += is_given_up
            if not is_given_up:
                return
        else:
            watches.strike_out(notice)
            outcome.taken += 1


def say(watch: Watch, notice: Notice, timestamp: int) -> None:
    """Give a notice to a watch's webhook, or write it as a line at the end of its file."""
    if watch.url:
        send(
            watch.url,
            secret=watch.secret,
            id=notice.id,
            body=notice.body.encode(),
            timestamp=timestamp,
            is_private=watch.is_private,
        )
        return
    try:
        _write_line(Path(watch.file), notice.body.encode())
    except OSError as error:
        raise SourceError(f"{watch.file} cannot be written: {error.strerror}") from error


def _write_line(path: Path, line: bytes) -> None:
    """Add a line to a file, unless it is the last line already: whoever wrote it was killed before saying so.

    What somebody was killed in the middle of writing is left as it is, on a line of its own.
    """
    with path.open("ab+") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - len(line) - 2))
        end = file.read()
        if end.endswith(b"\n" + line + b"\n") or end == line + b"\n":
            return
        file.write((b"" if not end or end.endswith(b"\n") else b"\n") + line + b"\n")
        file.flush()
        os.fsync(file.fileno())


def run(log: Log, watches: Watches, place: str, *, send: Send = say, clock: Clock = time.time) -> Outcome:
    """Let every watch of a database look once, and send what is due."""
    outcome = Outcome()
    with _alone(watches.path):
        for watch in watches.all():
            if watch.place == place:
                try:
                    outcome.found += look(log, watches, watch)
                except InputError as error:  # the others look all the same
                    outcome.complaints.append(f"{watch.name}: {error}")
                deliver(watches, watch, outcome, send=send, clock=clock)
    return outcome


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold the lock that lets one program send at a time; the system frees it when a program dies."""
    with path.with_name(f"{path.name}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise AtWorkError(
                "another `incidex watch run`, or the site, is at work on the watches; one is enough"
            ) from error
        yield
