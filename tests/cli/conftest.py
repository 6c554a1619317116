"""Every test here runs the installed command in a process of its own, on a database of its own."""

import ctypes
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]

COMMAND = (sys.executable, "-m", "incidex.app.cli")


def environment(home: Path, **extra: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("INCIDEX_")}
    return {**kept, "INCIDEX_HOME": str(home), "COLUMNS": "120", "NO_COLOR": "1", **extra}


def _drop_what_lets_root_read_everything() -> None:
    """Give up CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH, so that permissions hold for root as for anyone."""
    libc = ctypes.CDLL(None, use_errno=True)
    for capability in (1, 2):
        libc.prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP; refused, and needless, for anyone but root


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def run(home: Path) -> Run:
    def call(
        *arguments: str | Path, stdin: str = "", without_root: bool = False, **extra: str
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [*COMMAND, *map(str, arguments)],
            input=stdin.encode(),
            capture_output=True,
            timeout=120,
            env=environment(home, **extra),
            check=False,
            preexec_fn=_drop_what_lets_root_read_everything if without_root else None,
        )
        told, complained = (text.decode("utf-8", "replace") for text in (done.stdout, done.stderr))
        return subprocess.CompletedProcess(done.args, done.returncode, told, complained)

    return call
