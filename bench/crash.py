"""What a log has after kills and power cuts, and whether tampering is found.

    python bench/crash.py [--times 200] [--edits 500]

SQLite: the writer is killed (SIGKILL) at random moments; and the power is cut on a simulated disk that keeps,
loses or tears whatever was not synced, with `synchronous` FULL as Incidex has it, and NORMAL and OFF, which
must lose something or the simulation proves nothing. PostgreSQL: server and writer are killed in turn and at
once. Tampering: single random edits of a stored log, each of which `verify` has to find.
"""

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.kill import kill_postgres, kill_sqlite
from tests.powercut import cut_many
from tests.tamper import tamper_many

SEED = 20261124


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--edits", type=int, default=500)
    options = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for synchronous in ("FULL", "NORMAL", "OFF"):
            wrong = cut_many(folder, options.times, SEED, synchronous=synchronous)
            is_control = synchronous != "FULL"
            failed += bool(wrong) != is_control
            report(f"power cuts, SQLite {synchronous}", options.times, wrong, control=is_control)
        wrong = kill_sqlite(folder / "killed.db", options.times, SEED)
        failed += bool(wrong)
        report("kills, SQLite", options.times, wrong)
        wrong = kill_postgres(options.times, SEED)
        failed += bool(wrong)
        report("kills, PostgreSQL", options.times, wrong)
        missed = tamper_many(folder, options.edits, SEED)
        failed += bool(missed)
        report("edits of a stored log", options.edits, missed)
    return int(bool(failed))


def report(what: str, times: int, wrong: Sequence[str], *, control: bool = False) -> None:
    kinds = Counter(each.partition(":")[0] for each in wrong)
    told = ", ".join(f"{count} {kind}" for kind, count in kinds.items()) or "nothing wrong"
    print(f"{what:24} {times:4} times: {told}{' (a control: must fail)' if control else ''}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
