"""Print which incidents may be one."""

import msgspec

from incidex.app.finding import get_incident
from incidex.app.judging import MACHINE, Batch, suggestions
from incidex.app.suggesting import suggest
from incidex.app.terminal import headline, make_safe
from incidex.model import Judgement, Tier, fold_record
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


def print_suggested(log: Log, name: str, *, save: bool, as_json: bool) -> None:
    """Compare incidents, print which may be one or have one cause, and queue them when asked to."""
    wanted = get_incident(log, name, tier=Tier.RED).id if name else ""
    found = [each for each in suggest(log) if not wanted or wanted in (each.one, each.other)]
    batch = Batch(log)
    for each in found:
        if as_json:
            print(msgspec.json.encode(each).decode())
        else:
            print(make_safe(f"{each.one}  {each.other}\n    {each.why}"))
        batch.judge(each.one, each.other, Judgement.UNSURE, why=each.why, by=MACHINE)
    if save and found:
        batch.append()
    if not as_json:
        print(f"{len(found)} pairs" + (", now in the queue of `incidex link`." if save and found else "."))
