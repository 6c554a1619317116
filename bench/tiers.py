"""Law 8, byte by byte, over every address of the site: how many answers were compared, and what differed.

    python -m bench.tiers

The tests do the same and leave out the pages of techniques and fields that are only linked.
"""

import tempfile
from pathlib import Path

from tests.property.test_law_of_the_tiers import PAIRS, trial


def main() -> None:
    """Print a row for each pair of sites."""
    total = 0
    print("| the reader sees | hidden | against | answers compared | differ |")
    print("|---|---|---|---|---|")
    for seen, hidden, secret, is_counted in PAIRS:
        with tempfile.TemporaryDirectory() as folder:
            statuses, differed = trial(
                Path(folder), seen, hidden, secret, is_counted=is_counted, is_whole=True
            )
        count = sum(statuses.values())
        total += count
        against = "others, as many" if secret else "nothing"
        print(f"| {seen.name} | {hidden.name} | {against} | {count:,} | {len(differed)} |", flush=True)
        for each in differed[:5]:
            print(each)
    print(f"\n{total:,} answers compared.")


if __name__ == "__main__":
    main()
