"""What the commands that look after a database do."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from getpass import getuser
from pathlib import Path

from incidex.app.database import open_log
from incidex.app.heads import check_kept, keep
from incidex.app.settings import ServerUrl, Settings
from incidex.app.terminal import Step, make_console, progress
from incidex.model import ConflictError, InputError, StoreError
from incidex.store import (
    Head,
    Log,
    Plan,
    Snapshot,
    SqlLog,
    fill,
    opened,
    plan_removal,
    snapshot,
    write_backup,
)

#: How often a removal is planned anew when somebody else wrote first.
ATTEMPTS = 20


def verify_log(log: SqlLog, expect: str, settings: Settings) -> str:
    """Check the history, and that it still holds what was kept of it elsewhere; keep where it ends now."""
    count = log.verify()
    head = log.head()
    check_kept(log, settings.home)
    if expect and log.find_serial(_parse_hash(expect)) is None:
        raise StoreError(
            f"no change has the hash {expect}: the log was rewritten, or cut off before that change"
        )
    said = [f"{count:,} changes, and every one is as it was written."]
    if head.serial:
        said += [f"The last is {head.hash}", "Kept elsewhere, --expect shows later that nothing was cut off."]
    return "\n".join(filter(None, (*said, keep(head, log, settings.home))))


def _parse_hash(text: str) -> str:
    found = text.strip().lower()
    if len(found) != 64 or set(found) - set("0123456789abcdef"):
        raise InputError(f"{text!r} is not a hash: `incidex log verify` prints one, of 64 letters and digits")
    return found


def back_up(log: SqlLog, file: Path, accounts: Path) -> str:
    """Write the log to one file, and say what is in it, and that the members' accounts are not."""
    with snapshot(log.database) as source, _progress("backing up", source) as step:
        head = write_backup(source, file, step=step)
    said = f"{file} holds {_say(head)}. It was read back and verified."
    if not accounts.exists():
        return said
    return f"{said}\nMembers' accounts are not in it; they stand in {accounts}."


def restore_from(log: SqlLog, file: Path, *, force: bool, settings: Settings) -> str:
    """Replace the log by a backup; raise `InputError`, saying what would be lost, unless that is wanted."""
    with opened(file) as backup, snapshot(backup) as source:
        there = log.head()
        if there.serial and not force:
            raise InputError(
                f"{settings.database} holds {there.serial:,} changes, {_say_lost(log, there, source)}; "
                "--force replaces them, `incidex backup` keeps them first"
            )
        with _progress("restoring", source) as step:
            head = fill(log, source, replace=force, step=step)
    return "\n".join(
        filter(None, (f"{settings.database} holds {_say(head)}.", keep(head, log, settings.home)))
    )


def _say_lost(log: SqlLog, there: Head, source: Snapshot) -> str:
    """Say how much of what is there the backup does not have."""
    hashes = {line.serial: line.hash for line in log.lines()}
    common = max((line.serial for line in source.lines() if hashes.get(line.serial) == line.hash), default=0)
    if common == there.serial:
        return "all of which the backup has too"
    return f"of which the backup lacks {there.serial - common:,}"


def copy_database(source: Path | ServerUrl, target: Path | ServerUrl) -> str:
    """Copy a log to an empty database, and compare both; say where both end."""
    if isinstance(target, Path) and isinstance(source, Path) and target.absolute() == source.absolute():
        raise InputError(f"{source} is both; name another target")
    with _reading(source) as found:
        with closing(open_log(target)) as log, _progress("copying", found) as step:
            if there := log.last_serial():
                raise InputError(f"{target} holds {there:,} changes; name an empty database")
            head = fill(log, found, step=step)
        if head != found.head:
            raise StoreError(f"{target} ends at {head.hash} and {source} at {found.head.hash}")
    return f"Copied {_say(head)}; both end in {head.hash or 'nothing'}."


@contextmanager
def _reading(source: Path | ServerUrl) -> Iterator[Snapshot]:
    if isinstance(source, Path):
        with opened(source) as file, snapshot(file) as held:
            yield held
    else:
        with closing(open_log(source)) as log, snapshot(log.database) as held:
            yield held


@contextmanager
def _progress(what: str, source: Snapshot) -> Iterator[Step]:
    with progress(what, source.size, console=make_console(stderr=True)) as step:
        yield step


def _say(head: Head) -> str:
    return f"{head.serial:,} changes" if head.serial else "no change yet"


def remove_words(log: Log, report: str, *, reason: str, by: str, quotes_only: bool) -> str:
    """Remove a report's words, and return the sentences that say what became of them."""
    if not reason.strip():
        raise InputError("a removal needs a reason; everyone who reads the record will see it")
    plan = _remove(log, report, reason.strip(), by.strip() or getuser(), quotes_only=quotes_only)
    what = "the quotes from" if quotes_only else "the words of"
    records = len(plan.changes) - 1
    told = "one record says so" if records == 1 else f"{records:,} records say so"
    said = f"Removed {what} {report}: {plan.pieces:,} pieces; {told}."
    kept = [
        f"Some of its words stand in {other} too, and stay there; remove that as well if they must go."
        for other in sorted(set(plan.shared.values()))
    ]
    return "\n".join([said, *kept, "Backups made before this still have them."])


def _remove(log: Log, report: str, reason: str, by: str, *, quotes_only: bool) -> Plan:
    for _ in range(ATTEMPTS):
        plan = plan_removal(log, report, reason=reason, by=by, at=datetime.now(UTC), quotes_only=quotes_only)
        try:
            log.append(plan.changes)
        except ConflictError:
            continue
        return plan
    raise ConflictError(f"others keep writing about {report}; try again when they are done")
