"""Print which incidents may be one."""

import msgspec

from incidex.app.judging import suggestions
from incidex.app.terminal import headline, make_safe
from incidex.model import Tier, fold_record
from incidex.store import Log


def print_waiting(log: Log, *, as_json: bool) -> None:
    """Print the pairs that wait for a person, with the reasons."""
    count = 0
    for count, each in enumerate(suggestions(log), start=1):  # noqa: B007
        if as_json:
            print(msgspec.json.encode(each).decode())
            continue
        for name in (each.one, each.other):
            incident = fold_record(log.history, name, tier=Tier.RED)
            print(make_safe(f"{name}  {headline(incident) if incident else ''}".rstrip()))
        print(make_safe(f"    {each.why}\n"))
    if not as_json:
        print(
            f"{count} pairs wait for a person: `incidex link decide ONE OTHER same --why …`"
            if count
            else "No pair waits for a person."
        )
