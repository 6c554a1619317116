"""A static MISP feed: a folder that any web server can serve, and any MISP can pull from.

Format as PyMISP's feed generator has it: one file an event, `manifest.json` with what each event is
called and when it changed, and `hashes.csv`, by which a MISP knows a value without fetching it.
"""

from collections.abc import Iterable, Iterator
from hashlib import md5
from pathlib import Path
from typing import Any

from incidex.exchange import Choice, Loss
from incidex.exchange.misp import to_misp, write_json
from incidex.model import Incident

#: What the manifest repeats of an event.
_REPEATED = ("info", "date", "analysis", "threat_level_id", "timestamp", "Orgc", "Tag")


def write_misp_feed(
    incidents: Iterable[Incident], folder: Path, choice: Choice, *, publisher: str = ""
) -> Iterator[Loss]:
    """Write a new folder with a feed; yield what each event loses."""
    folder.mkdir(parents=True)
    manifest: dict[str, Any] = {}
    with (folder / "hashes.csv").open("w", encoding="utf-8", newline="") as hashes:
        for incident in incidents:
            held, losses = to_misp(incident, choice, publisher=publisher or "Incidex")
            event = held["Event"]
            (folder / f"{event['uuid']}.json").write_text(write_json(held), "utf-8")
            manifest[event["uuid"]] = {name: event[name] for name in _REPEATED}
            for value in _values(event):
                # MD5 is what the format demands; it names values here and protects nothing.
                digest = md5(value.encode(), usedforsecurity=False).hexdigest()
                hashes.write(f"{digest},{event['uuid']}\n")
            yield from losses
    (folder / "manifest.json").write_text(write_json(manifest), "utf-8")


def _values(event: dict[str, Any]) -> Iterator[str]:
    yield from (attribute["value"] for attribute in event["Attribute"])
    for holder in event["Object"]:
        yield from (attribute["value"] for attribute in holder["Attribute"])
