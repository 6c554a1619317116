"""The commands that print what is stored, and the codebook."""

from collections import deque
from datetime import UTC, datetime

import msgspec

from incidex.app.finding import get_incident
from incidex.app.terminal import make_console, make_safe, show_codebook, show_field, show_incident, show_terms
from incidex.codebook import fields, get_field, get_vocabulary, policy, vocabularies
from incidex.exchange import to_record
from incidex.model import AsOf, Change, InputError, Tier, compare, fold_record, tell
from incidex.store import Log


def print_record(log: Log, name: str, *, tier: str, as_of: str, as_json: bool) -> None:
    """Print the one incident that a name means; list them when it can mean several."""
    incident = get_incident(log, name, tier=parse_tier(tier), as_of=parse_as_of(as_of))
    if as_json:
        print(msgspec.json.encode(to_record(incident)).decode())
    else:
        make_console().print(show_incident(incident))


def print_difference(log: Log, name: str, before: str, after: str, *, tier: str, as_json: bool) -> None:
    """Print what changed in a record between two moments."""
    level = parse_tier(tier)
    moments = parse_as_of(before), parse_as_of(after)
    if not before:
        raise InputError("name the earlier moment: a serial, or a time like 2026-11-23T10:00Z")
    found = get_incident(log, name, tier=level).id
    old, new = (
        fold_record(log.history, found, as_of=moment, tier=level, policy=policy()) for moment in moments
    )
    changed = compare(old, new)
    if as_json:
        plain = [{**msgspec.to_builtins(each), "sentence": each.sentence} for each in changed]
        print(msgspec.json.encode(plain).decode())
        return
    for each in changed:
        print(make_safe(each.sentence))
    if not changed:
        print("Nothing changed in between.")


def parse_tier(text: str) -> Tier:
    """Return the tier of that name."""
    try:
        return Tier[text.upper()]
    except KeyError as error:
        names = ", ".join(tier.name.lower() for tier in Tier)
        raise InputError(f"{text!r} is not a tier; there are {names}") from error


def parse_as_of(text: str) -> AsOf:
    """Return a serial or an aware time; a time without a zone is UTC."""
    if not text:
        return None
    if text.isdigit():
        return int(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"{text!r} is neither a serial nor a time like 2026-11-23T10:00Z") from error
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def print_changes(log: Log, last: int, *, as_json: bool) -> None:
    """Print the latest changes, oldest first."""
    for change in deque(log.since(max(0, log.last_serial() - last)), maxlen=last):
        if as_json:
            print(msgspec.json.encode(_plain(change)).decode())
        else:
            when = change.at.strftime("%Y-%m-%d %H:%M:%S")
            print(make_safe(f"{change.serial:>7}  {when}  {change.record}  {change.kind:<9}  {tell(change)}"))


def _plain(change: Change) -> dict[str, object]:
    return {
        "serial": change.serial,
        "at": change.at,
        "record": change.record,
        "version": change.version,
        "kind": change.kind,
        "by": change.by,
        "what": tell(change),
        "hash": change.hash,
    }


def print_codebook(name: str, *, as_json: bool) -> None:
    """Print all fields, one field, or one vocabulary."""
    console = make_console()
    if as_json:
        print(msgspec.json.encode(fields() if not name else get_field(name)).decode())
    elif not name:
        console.print(show_codebook(fields()))
    elif name in fields() or name not in vocabularies():
        field = get_field(name)
        console.print(show_field(field, get_vocabulary(field.vocabulary) if field.vocabulary else {}))
    else:
        console.print(show_terms(get_vocabulary(name)))
