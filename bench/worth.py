"""Whether a claim at 0.8 is right four times in five: every field of every corpus, on the rows held back.

    python bench/worth.py

Needs `../shared/corpus` and the extra `train`. A claim is right as the shared scorer counts. Of HHS one
row in four is read. The table of `worth.tsv` and the model were learned from other rows.
"""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from incidex.coding import code
from incidex.evaluate.train_curves import calibration_error
from incidex.evaluate.train_worth import judge_parts

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"
#: Fewer claims than this say nothing of calibration.
LEAST = 40


def main() -> None:
    pairs: dict[tuple[str, str], list[tuple[float, bool]]] = defaultdict(list)
    for _, one in judge_parts(CORPUS, ("test",), code):
        for corpus in (one.corpus.partition("-")[0], "all"):
            pairs[one.field, corpus].append((one.confidence, one.is_right))
    print("| field | corpus | claims | mean confidence | share right | calibration error |")
    print("|---|---|---|---|---|---|")
    for (field, corpus), said in sorted(pairs.items()):
        if len(said) >= LEAST:
            print(f"| `{field}` | {corpus} | {len(said):,} | {figures(said)} |")


def figures(said: Sequence[tuple[float, bool]]) -> str:
    sure, right = [each for each, _ in said], [each for _, each in said]
    return (
        f"{sum(sure) / len(said):.3f} | {sum(right) / len(said):.3f} | {calibration_error(sure, right):.3f}"
    )


if __name__ == "__main__":
    main()
