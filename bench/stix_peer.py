"""The peers of bench/stix.py, run by a Python of their own (bench/requirements.txt); never part of Incidex.

    python bench/stix_peer.py stix2 OBJECTS        # build and serialise the objects of a file, one a line
    python bench/stix_peer.py opentaxii OBJECTS DATABASE
        # fill a database of OpenTAXII with them, through its own persistence

Prints one line of JSON.
"""

import json
import sys
import time
from collections import Counter
from typing import Any


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


def _modified(made: dict[str, Any]) -> str:
    """Return a time in the one form that OpenTAXII reads."""
    text = str(made.get("modified") or made.get("created") or "2026-01-01T00:00:00.000Z")
    whole, _, part = text.rstrip("Z").partition(".")
    return f"{whole}.{part:0<6.6}Z"


def main() -> None:
    """Do what the arguments say."""
    command, *arguments = sys.argv[1:]
    print(json.dumps(build(*arguments) if command == "stix2" else fill(*arguments)))


if __name__ == "__main__":
    main()
