"""What the page of a large record costs: made from the log, from the folded record, and as it is served.

    python -m bench.record

The largest record of the demonstration; processor time, the mean of 100.
"""

import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from incidex.app.demonstration import make_demo
from incidex.app.library import StoreLibrary
from incidex.codebook import policy
from incidex.model import Incident, Tier, fold_record
from incidex.store import SqliteLog
from incidex.web.answers import Site, Visit, make_page
from incidex.web.entry import Door
from incidex.web.record import make_record
from incidex.web.record_page import Asked, find_page, write_record

TIMES = 100
VISIT = Visit(Tier.CLEAR, has_entry=True)


def main() -> None:
    """Print a line for each part."""
    with tempfile.TemporaryDirectory() as folder:
        with redirect_stdout(StringIO()):
            log = SqliteLog(make_demo(Path(folder)))
        library = StoreLibrary(log)
        site = Site(library, Door(None, time.time), None)
        largest = max(library.incidents(Tier.CLEAR), key=count_claims)
        asked = Asked(Tier.CLEAR, largest.id, "http://localhost")
        page = find_page(site, asked)
        parts: dict[str, Callable[[], object]] = {
            "fold it from the log": lambda: fold_record(
                log.history, largest.id, tier=Tier.CLEAR, policy=policy()
            ),
            "put together what its page says": lambda: make_record(largest),
            "that, its history, and HTML of both": lambda: write_record(site, largest, asked),
            "the page, the record's part at hand": lambda: make_page("record.html", VISIT, **page),
        }
        claims, size = count_claims(largest), len(make_page("record.html", VISIT, **page).content)
        print(f"{largest.id}: {claims} claims, {size:,} bytes")
        for name, make in parts.items():
            print(f"  {name:36} {_time(make):6.2f} ms")
        log.close()


def count_claims(incident: Incident) -> int:
    """Return how many claims an incident has."""
    return sum(1 for _ in incident.claims)


def _time(make: Callable[[], object]) -> float:
    make()
    began = time.process_time()
    for _ in range(TIMES):
        make()
    return (time.process_time() - began) / TIMES * 1000


if __name__ == "__main__":
    main()
