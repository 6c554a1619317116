"""The site's watches: run beside it, by one process however many answer, and through any kill."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from incidex.app.watch_process import WatchKeeper
from incidex.app.watch_store import opened
from tests.cli.conftest import COMMAND, Run, environment

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")

#: How long the machine may take for what the site does every few seconds.
PATIENCE_SECONDS = 60.0


def wait_for(happened: Callable[[], bool]) -> None:
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        assert time.monotonic() < give_up_at, "it did not happen in time"
        time.sleep(0.1)


@contextmanager
def serving(home: Path, *options: str) -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen(
        [*COMMAND, "serve", "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment(home),
        start_new_session=True,
    ) as running:
        assert running.stdout is not None
        assert any("http://127" in line for line in running.stdout), "it did not start"
        try:
            yield running
        finally:
            if running.poll() is None:
                running.terminate()
                running.wait(timeout=PATIENCE_SECONDS)


def add(run: Run, folder: Path, name: str) -> None:
    path = folder / f"{name}.txt"
    path.write_text(f"{name} said on 3 April 2017 that hackers stole passwords of 1,200 customers.", "utf-8")
    done = run("add", path, "--source", "The Harbour Ledger", "--published", "2017-04-03")
    assert done.returncode == 0, done.stderr


def told(path: Path) -> list[dict[str, object]]:
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return [json.loads(line) for line in lines]


def watchers(home: Path) -> list[int]:
    """The processes that run this home's watches."""
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        try:
            command, known = (each / "cmdline").read_bytes(), (each / "environ").read_bytes()
        except OSError:
            continue
        if b"incidex.app.watch_process" in command and f"INCIDEX_HOME={home}\0".encode() in known:
            found.append(int(each.name))
    return found


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc")
def test_the_site_tells_what_is_new_once_through_kills_of_all_its_processes(
    run: Run, home: Path, tmp_path: Path
) -> None:
    notices = tmp_path / "notices.jsonl"
    add(run, tmp_path, "Ashdown Logistics")
    assert run("watch", "add", "all", "passwords", "--file", notices).returncode == 0
    with serving(home, "--workers", "2") as site:
        wait_for(lambda: len(watchers(home)) == 1)  # however many processes answer
        os.kill(watchers(home)[0], signal.SIGKILL)  # its keeper starts another
        add(run, tmp_path, "Brookfield Clinic")
        wait_for(lambda: len(told(notices)) == 1)
        os.killpg(site.pid, signal.SIGKILL)
    wait_for(lambda: not watchers(home))  # nobody runs them when the site is gone
    add(run, tmp_path, "Caldwell Harbour")
    with serving(home):
        wait_for(lambda: len(told(notices)) == 2)
    names = [each["incident"]["title"] for each in told(notices)]  # type: ignore[index]
    assert ["Brookfield" in str(names[0]), "Caldwell" in str(names[1])] == [True, True], names
    assert run("watch", "run").stdout == "0 new notices, 0 taken.\n"
    assert len({each["id"] for each in told(notices)}) == 2


def test_nothing_runs_where_nothing_is_watched_and_nothing_is_made(home: Path, run: Run) -> None:
    from incidex.app.settings import Settings

    settings = Settings.read({"INCIDEX_HOME": str(home)})
    with WatchKeeper(settings, "somewhere", check_seconds=0.05) as keeper:
        time.sleep(0.3)
        assert not settings.watches.exists()
        assert not keeper.is_running
        with opened(settings.watches):
            pass
        time.sleep(0.2)
        assert not keeper.is_running
    assert run("serve", "--help").stdout.count("--no-watches") == 1
