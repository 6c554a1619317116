"""A data package: a folder with the four tables, what they mean, under which licence, and hashes."""

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import file_digest, sha256
from io import TextIOWrapper
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, Protocol

import msgspec

from incidex.exchange import Choice, Loss, Lost, make_safe_cell
from incidex.exchange.arrow import ParquetRows, import_pyarrow
from incidex.exchange.columns import Cells, Content, TableRows, get_tables, make_whole
from incidex.exchange.licences import Licences
from incidex.exchange.package import About, File, to_croissant, to_datacite, to_datapackage, to_readme
from incidex.model import AsOf, Incident, Tier
from incidex.store import Log

_SAFE = "an apostrophe stands before it, so that no spreadsheet runs it"


class RowFile(Protocol):
    """A file that rows are written to, some at a time."""

    def write(self, rows: Sequence[Cells]) -> None:
        """Write rows."""
        ...

    def close(self) -> None:
        """Write what is left."""
        ...


class CsvRows:
    """Rows as CSV: RFC 4180 with line feeds, and no cell that a spreadsheet would run."""

    def __init__(self, out: BinaryIO, name: str) -> None:
        self._text = TextIOWrapper(out, encoding="utf-8", newline="")
        self._csv = csv.writer(self._text, lineterminator="\n")
        self._csv.writerow(each.name for each in get_tables()[name].columns)

    def write(self, rows: Sequence[Cells]) -> None:
        """Write rows."""
        self._csv.writerows([to_csv_cell(cell) for cell in row] for row in rows)

    def close(self) -> None:
        """Write what is left, and let the file be closed by whoever opened it."""
        self._text.detach()


_KINDS: MappingProxyType[str, Callable[[BinaryIO, str], RowFile]] = MappingProxyType(
    {"csv": CsvRows, "parquet": ParquetRows}
)


def to_csv_cell(content: Content) -> str:
    """Return a cell as a data package has it in CSV; "" where there is nothing."""
    match content:
        case None:
            return ""
        case str():
            return make_safe_cell(make_whole(content))
        case list():
            return msgspec.json.encode([make_whole(each) for each in content]).decode()
        case datetime():
            return content.isoformat(timespec="seconds").replace("+00:00", "Z")
        case date():
            return content.isoformat()
        case _:
            return repr(content)


def find_about(
    log: Log, tier: Tier, as_of: AsOf, *, publisher: str = "", licence: str = "", query: str = ""
) -> About:
    """Return what a package of that moment says of itself.

    A serial counts all changes, hidden ones too: a lower tier gets a version that is made from what it sees.
    """
    if tier < Tier.RED:
        unknown = datetime(1970, 1, 1, tzinfo=UTC)  # until the records are read
        return About(
            serial=None,
            hash="",
            at=unknown,
            tier=tier.name,
            publisher=publisher,
            licence=licence,
            query=query,
        )
    serial = log.head().serial
    if isinstance(as_of, int):
        serial = max(0, min(serial, as_of))
    elif as_of is not None:
        then = (line.serial for line in log.lines() if datetime.fromisoformat(line.at) <= as_of)
        serial = max(then, default=0)
    last = next(log.since(serial - 1), None) if serial else None
    return About(
        serial=serial,
        hash=last.hash if last else "",
        at=last.at if last else datetime(1970, 1, 1, tzinfo=UTC),
        tier=tier.name,
        publisher=publisher,
        licence=licence,
        query=query,
    )


def write_package(
    incidents: Iterable[Incident], folder: Path, choice: Choice, *, kind: str, about: About
) -> Iterator[Loss]:
    """Write a new folder with the tables as CSV or Parquet, and all that is said about them.

    The same version of the same database makes the same bytes.
    """
    if kind == "parquet":
        import_pyarrow()
    folder.mkdir(parents=True)
    makers = {name: TableRows(name, choice) for name in get_tables()}
    paths = {name: folder / f"{name}.{kind}" for name in makers}
    counts, licences = Counter[str](), Licences()
    last = about.at
    with ExitStack() as stack:
        files = {
            name: stack.enter_context(closing(_KINDS[kind](stack.enter_context(path.open("wb")), name)))
            for name, path in paths.items()
        }
        for incident in incidents:
            licences.count(incident)
            last = max(last, incident.changed_at)
            for name, maker in makers.items():
                rows = list(maker.of(incident))
                files[name].write(rows)
                counts[name] += len(rows)
                if kind == "csv":
                    yield from _find_made_safe(incident, maker, rows)
    held = [_describe(name, path, kind, counts[name]) for name, path in paths.items()]
    if about.serial is None:
        tables = "".join(f"{file.sha256}  {file.path}\n" for file in held)
        about = replace(about, hash=sha256(tables.encode()).hexdigest(), at=last)
    _write_words(folder, about, held, licences.counts)


def _find_made_safe(incident: Incident, maker: TableRows, rows: Iterable[Cells]) -> Iterator[Loss]:
    for row in rows:
        for column, cell in zip(maker.table.columns, row, strict=True):
            if isinstance(cell, str) and make_safe_cell(cell) != cell:
                yield Loss(incident.id, column.name, cell[:80], Lost.PRECISION, _SAFE)


def _describe(name: str, path: Path, kind: str, rows: int) -> File:
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    return File(
        table=name, path=path.name, kind=kind, size_bytes=path.stat().st_size, sha256=digest, rows=rows
    )


def _write_words(folder: Path, about: About, files: Sequence[File], licences: Counter[str]) -> None:
    said = {
        "datapackage.json": to_datapackage(about, files, licences),
        "datacite.json": to_datacite(about, files),
        "croissant.json": to_croissant(about, files),
    }
    for name, value in said.items():
        (folder / name).write_bytes(msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n")
    (folder / "README.md").write_text(to_readme(about, files, licences), "utf-8")
    hashes = {file.path: file.sha256 for file in files}
    for name in (*said, "README.md"):
        with (folder / name).open("rb") as file:
            hashes[name] = file_digest(file, "sha256").hexdigest()
    lines = [f"{digest}  {name}\n" for name, digest in sorted(hashes.items())]
    (folder / "SHA256SUMS").write_text("".join(lines), "utf-8")
