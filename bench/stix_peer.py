"""The peers of bench/stix.py, run by a Python of their own (bench/requirements.txt); never part of Incidex.

    python bench/stix_peer.py stix2 OBJECTS        # build and serialise the objects of a file, one a line
    python bench/stix_peer.py opentaxii OBJECTS DATABASE
        # fill a database of OpenTAXII with them, through its own persistence
    python bench/stix_peer.py misp-stix EVENTS OUT   # make STIX of MISP events, one a line

Prints one line of JSON.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import NAMESPACE_URL, uuid5


def build(path: str) -> dict[str, Any]:
    """Build each object with the class that stix2 has for it, and serialise it. Reading is not timed."""
    from stix2.v21 import OBJ_MAP, OBJ_MAP_OBSERVABLE

    classes = {**OBJ_MAP, **OBJ_MAP_OBSERVABLE}
    with open(path, encoding="utf-8") as file:  # noqa: PTH123
        objects = [json.loads(line) for line in file]
    known = [each for each in objects if each["type"] in classes]
    skipped = Counter(each["type"] for each in objects if each["type"] not in classes)
    failed: Counter[str] = Counter()
    seconds = []
    for _ in range(3):
        failed.clear()
        begun = time.process_time()
        for each in known:
            try:
                classes[each["type"]](allow_custom=True, **each).serialize()
            except Exception as error:  # noqa: BLE001  what a peer refuses is counted, not hidden
                failed[f"{each['type']}: {type(error).__name__}"] += 1
        seconds.append(time.process_time() - begun)
    return {
        "objects": len(known),
        "seconds": min(seconds),
        "skipped": dict(skipped),
        "failed": dict(failed),
    }


def fill(path: str, database: str) -> dict[str, Any]:
    """Fill a database through the persistence that OpenTAXII itself writes by."""
    from opentaxii.persistence.sqldb import Taxii2SQLDatabaseAPI
    from opentaxii.persistence.sqldb.taxii2models import STIXObject  # noqa: F401

    with open(path, encoding="utf-8") as file:  # noqa: PTH123
        objects = [json.loads(line) for line in file]
    api = Taxii2SQLDatabaseAPI(db_connection=f"sqlite:///{database}", create_tables=True)
    root = api.add_api_root(title="bench", description="", default=True, is_public=True)
    collection = api.add_collection(
        root.id, title="bench", description="", alias="bench", is_public=True, is_public_write=False
    )
    begun = time.process_time()
    # What has no `modified`, as a marking, is no object to OpenTAXII: it is given one here.
    for start in range(0, len(objects), 1000):
        chunk = [{**each, "modified": _modified(each)} for each in objects[start : start + 1000]]
        api.add_objects(root.id, collection.id, chunk)
    return {"root": str(root.id), "collection": str(collection.id), "seconds": time.process_time() - begun}


def convert(path: str, out: str) -> dict[str, Any]:
    """Make STIX 2.1 of MISP events and serialise it. Reading them and writing the file is not timed."""
    from misp_stix_converter import MISPtoSTIX21Parser

    with open(path, encoding="utf-8") as file:  # noqa: PTH123
        events = [json.loads(line) for line in file]
    for event in events:
        for galaxy in event["Event"].get("Galaxy", ()):
            for cluster in galaxy["GalaxyCluster"]:  # a MISP that takes an event in gives each its own
                cluster.setdefault("uuid", str(uuid5(NAMESPACE_URL, cluster["tag_name"])))
    written = []
    begun = time.process_time()
    for event in events:
        parser = MISPtoSTIX21Parser()
        parser.parse_misp_event(event)
        written.append(parser.bundle.serialize())
    seconds = time.process_time() - begun
    bundles = [json.loads(each)["objects"] for each in written]
    with open(out, "w", encoding="utf-8") as file:  # noqa: PTH123
        file.writelines(json.dumps(objects) + "\n" for objects in bundles)
    return {"objects": sum(map(len, bundles)), "seconds": seconds}


def _modified(made: dict[str, Any]) -> str:
    """Return a time in the one form that OpenTAXII reads."""
    text = str(made.get("modified") or made.get("created") or "2026-01-01T00:00:00.000Z")
    whole, _, part = text.rstrip("Z").partition(".")
    return f"{whole}.{part:0<6.6}Z"


def main() -> None:
    """Do what the arguments say."""
    command, *arguments = sys.argv[1:]
    commands: dict[str, Callable[..., dict[str, Any]]] = {
        "stix2": build,
        "opentaxii": fill,
        "misp-stix": convert,
    }
    print(json.dumps(commands[command](*arguments)))


if __name__ == "__main__":
    main()
