"""Print how long `incidex --help` takes, in milliseconds: the median of twenty runs after a warm-up."""

import statistics
import subprocess
import sys
import time

RUNS = 20


def run() -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "incidex.app.cli", "--help"], stdout=subprocess.DEVNULL, check=True)
    return (time.perf_counter() - began) * 1000


def main() -> None:
    run()
    times = sorted(run() for _ in range(RUNS))
    print(f"incidex --help: median {statistics.median(times):.0f} ms ({times[0]:.0f} to {times[-1]:.0f})")


if __name__ == "__main__":
    main()
