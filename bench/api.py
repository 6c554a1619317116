"""The whole API against its own description, unbounded: schemathesis in all its phases, at a site that runs.

    python -m bench.api [--examples 300]

Asked three times: as nobody, with a coder's token that may hand reports in, and with that and names that the
site knows in place of made-up ones. What a description cannot say (which texts are cursors) is refused with
400, so that `positive_data_acceptance` is left out. The site counts for itself how it answered. The tests do
the same with 12 examples each.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

import incidex

DEMO = Path(incidex.__file__).parent / "app" / "demo"
COMMAND = (sys.executable, "-m", "incidex.app.cli")

#: How the site counts its answers for Prometheus, and how schemathesis sums up.
_COUNTED = re.compile(r'incidex_answers_total\{[^}]*status="(\d+)"[^}]*\} ([\d.e+]+)')
_SUMMED = re.compile(r"(\d+) generated, (\d+) passed")

#: Addresses with a name in them, and the query that finds one.
_NAMED: Mapping[str, str] = {
    "/api/v1/incidents/{name}": "ciphr",
    "/api/v1/incidents/{name}/history": "ciphr",
    "/api/v1/organisations/{name}": "ciphr",
    "/api/v1/actors/{name}": "skysecure",
    "/api/v1/techniques/{name}": "T1566",
    "/api/v1/sources/{name}": "packet-wire",
}


def main() -> None:
    """Print a row for each who asks."""
    options = argparse.ArgumentParser()
    options.add_argument("--examples", type=int, default=300, help="examples of each operation and phase")
    asked = options.parse_args()
    is_whole = True
    print("| who asks | cases | passed | answers by status | 5xx |")
    print("|---|---|---|---|---|")
    for who in ("nobody", "a coder’s program", "the same, by known names"):
        with tempfile.TemporaryDirectory() as home, serving(Path(home)) as (address, token):
            names = find_names(address) if "names" in who else {}
            said = run(Path(home), address, token if who != "nobody" else "", names, asked.examples)
            statuses = count(address)
        summed = _SUMMED.search(said)
        cases, passed = (int(each) for each in summed.groups()) if summed else (0, 0)
        told = ", ".join(f"{status}: {number:,}" for status, number in sorted(statuses.items()))
        bad = sum(number for status, number in statuses.items() if status >= 500)
        print(f"| {who} | {cases:,} | {passed:,} | {told} | {bad} |", flush=True)
        if cases != passed or bad or not cases:
            is_whole = False
            print(said[-8_000:])
    sys.exit(not is_whole)


@contextmanager
def serving(home: Path) -> Iterator[tuple[str, str]]:
    """Yield the address of a site over the demonstration, and a token that may hand reports in."""
    environment = {name: held for name, held in os.environ.items() if not name.startswith("INCIDEX_")}
    environment["INCIDEX_HOME"] = str(home)

    def call(*arguments: str) -> str:
        done = subprocess.run([*COMMAND, *arguments], env=environment, capture_output=True, text=True)
        return done.stdout

    call("add", str(DEMO))
    call("members", "add", "--role", "coder", "--name", "cy")
    (token,) = re.findall(r"incidex_[\w-]+", call("members", "token", "cy", "--scope", "write"))
    with subprocess.Popen(
        [*COMMAND, "serve", "--port", "0"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as site:
        try:
            found = None
            while found is None and site.stdout is not None:
                found = re.search(r"http://127[.\d]+:\d+", site.stdout.readline())
            if found is not None:
                yield found[0], token
        finally:
            site.terminate()
            site.wait(timeout=30)


def find_names(address: str) -> dict[str, str]:
    """Return a name that the site knows for each address that has one in it."""
    hits = httpx.get(f"{address}/api/v1/search", params={"q": "victim.name:ciphr"}).json()["hits"]
    return {path: hits[0]["id"] if "incidents" in path else name for path, name in _NAMED.items()}


def run(home: Path, address: str, token: str, names: Mapping[str, str], examples: int) -> str:
    """Have schemathesis ask everything; return what it printed."""
    config = home / "schemathesis.toml"
    config.write_text(
        "".join(
            f'[[operations]]\ninclude-path = "{path}"\nparameters = {{ name = "{name}" }}\n'
            for path, name in names.items()
        )
    )
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        *("--config-file", str(config), "run", f"{address}/api/v1/openapi.json"),
        *("--checks", "all", "--exclude-checks", "positive_data_acceptance"),
        *("--max-examples", str(examples), "--continue-on-failure", "--seed", "1", "--no-color"),
        *(("--header", f"Authorization: Bearer {token}") if token else ()),
    ]
    done = subprocess.run(command, capture_output=True, text=True, cwd=home)
    return done.stdout + done.stderr


def count(address: str) -> Counter[int]:
    """Return how many answers of each status the site says that it gave."""
    found: Counter[int] = Counter()
    for status, number in _COUNTED.findall(httpx.get(f"{address}/metrics").text):
        found[int(status)] += round(float(number))
    return found


if __name__ == "__main__":
    main()
