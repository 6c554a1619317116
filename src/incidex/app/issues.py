"""The list of what was not understood in a file: a CSV beside it, and the first lines for the screen."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from incidex.exchange import Issue, make_safe_cell
from incidex.model import InputError

HEADER = ("row", "column", "value", "problem")

#: Issues that are kept for the screen.
SHOWN = 10


class Issues:
    """Issues as they come in: written to a file that is only made when there are any."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self.first: list[Issue] = []
        self._part = path.with_name(f".{path.name}.part")
        self._file: TextIO | None = None

    def add(self, issue: Issue) -> None:
        """Write one issue."""
        if self._file is None:
            self._file = self._part.open("w", encoding="utf-8", newline="", errors="backslashreplace")
            csv.writer(self._file, lineterminator="\n").writerow(HEADER)
        cells = (str(issue.row), issue.column, issue.value, issue.problem)
        csv.writer(self._file, lineterminator="\n").writerow(map(make_safe_cell, cells))
        self.count += 1
        if len(self.first) < SHOWN:
            self.first.append(issue)

    def close(self, *, whole: bool) -> None:
        """Put the list where it belongs, or leave nothing when the file was not read to its end."""
        if self._file is not None:
            self._file.close()
            if whole:
                self._part.replace(self.path)
        elif whole:
            self.path.unlink(missing_ok=True)  # a list of an earlier run would mislead
        self._part.unlink(missing_ok=True)


@contextmanager
def list_issues(path: Path) -> Iterator[Issues]:
    """List issues in the file `path`; refuse to overwrite what is no list of issues."""
    issues = Issues(path)
    try:
        if path.exists() and not path.read_bytes()[:64].startswith(",".join(HEADER).encode()):
            raise InputError(f"{path} is in the way: the list of issues goes there; move it")
        yield issues
        issues.close(whole=True)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        issues.close(whole=False)
