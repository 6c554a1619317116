"""`incidex export`: records out, in a format of the field, with a report of what it loses."""

import csv
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import IO, TYPE_CHECKING, Annotated, Any, TextIO

import typer

from incidex.model import Incident, InputError

if TYPE_CHECKING:
    from incidex.app.rows_export import Part
    from incidex.app.selecting import Selection
    from incidex.exchange import Choice, Loss
    from incidex.model import Past
    from incidex.store import Log

OpenLog = Callable[[], AbstractContextManager["Log"]]

#: What a format can lose of a claim, in words; see `exchange.Lost`, which also has what was added.
_LOST: Mapping[str, str] = MappingProxyType(
    {
        "value": "values without a place",
        "choice": "values beside the one chosen",
        "precision": "the precision of values",
        "speaker": "who says so",
        "stance": "who denies or doubts it",
        "status": "statuses",
        "evidence": "the words it rests on",
    }
)

#: Writes records to a path, and yields what is lost of each.
WritePath = Callable[[Iterable[Incident], Path, "Choice"], Iterator["Loss"]]

#: Writes what was selected to a path, and gives an account of it.
Write = Callable[["Selection", Path, "Choice", "Account"], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be exported, and how, in the words of the command line."""

    name: str
    out: Path
    tier: str = "clear"
    values: str = "all"
    as_of: str = ""
    force: bool = False
    query: str = ""
    publisher: str = ""
    licence: str = ""
    workers: int = 0  # processes that make rows of Parquet; 0 is as many as pay


def add_export(app: typer.Typer, open_log: OpenLog) -> None:
    """Add the command to the program."""

    @app.command()
    def export(
        name: Annotated[str, typer.Argument(metavar="FORMAT", help="csv, excel, sqlite, parquet, veris, …")],
        out: Annotated[Path, typer.Option(help="The file to write; what is lost goes to FILE.losses.csv.")],
        tier: Annotated[str, typer.Option(help="Whose view: clear, green, amber or red.")] = "clear",
        values: Annotated[
            str,
            typer.Option(help="Which of several values: all, accepted, confirmed, strongest or newest."),
        ] = "all",
        as_of: Annotated[str, typer.Option(help="As it stood at a serial or a time.")] = "",
        force: Annotated[bool, typer.Option("--force", help="Overwrite a file that is there.")] = False,
        query: Annotated[str, typer.Option(help="Only what a search finds: victim.country:US.")] = "",
        publisher: Annotated[str, typer.Option(help="Who passes a package or feed on.")] = "",
        licence: Annotated[str, typer.Option(help="Under which licence, as CC-BY-4.0.")] = "",
        workers: Annotated[
            int,
            typer.Option(min=0, max=64, help="Processes that make Parquet; 0: two where it pays."),
        ] = 0,
    ) -> None:
        """Write records in a format of the field. What it could not hold is listed beside them."""
        order = Order(
            name=name,
            out=out,
            tier=tier,
            values=values,
            as_of=as_of,
            force=force,
            query=query,
            publisher=publisher,
            licence=licence,
            workers=workers,
        )
        with open_log() as log:
            typer.echo(write_export(log, order))


def write_export(log: "Log", order: Order) -> str:
    """Write the file and its loss report, whole or not at all, and say in a sentence what was written."""
    from incidex.app.parts import collecting_rarely
    from incidex.app.printing import parse_as_of, parse_tier
    from incidex.app.selecting import select
    from incidex.app.terminal import make_console, progress
    from incidex.exchange import Choice

    if order.values not in list(Choice):
        raise InputError(f"{order.values!r} chooses nothing; there are {', '.join(Choice)}")
    chosen = select(log, parse_tier(order.tier), parse_as_of(order.as_of), query=order.query)
    write, chosen = _find_writer(order, chosen)
    report = order.out.with_name(f"{order.out.name}.losses.csv")
    with (
        replacing(report, force=order.force) as unfinished_report,
        replacing(order.out, force=order.force) as unfinished,
        unfinished_report.open("w", encoding="utf-8", errors="replace", newline="") as losses,
        progress("writing", chosen.most, console=make_console(stderr=True)) as step,
        collecting_rarely(),
    ):
        account = Account(losses, step)
        write(chosen, unfinished, Choice(order.values), account)
    return account.say(order.out, report)


class Account:
    """What an export has written so far, and what it could not say."""

    def __init__(self, losses: TextIO, step: Callable[[int], None]) -> None:
        from incidex.exchange.licences import Licences

        self._losses, self._step = losses, step
        self._lines = csv.writer(losses, lineterminator="\n")
        self._lines.writerow(("record", "field", "value", "lost", "why"))
        self._records, self._lost, self._licences = 0, Counter[str](), Licences()

    def count(self, incidents: Iterable[Incident]) -> Iterator[Incident]:
        """Yield records, and count each once it is written."""
        for incident in incidents:
            yield incident
            self._step(1)
            self._licences.count(incident)
            self._records += 1

    def tell(self, losses: Iterable["Loss"]) -> None:
        """Write lines of the loss report."""
        from incidex.app.rows_export import to_lines

        self._lines.writerows(to_lines(losses, self._lost))

    def add(self, part: "Part") -> None:
        """Count what was made elsewhere."""
        self._losses.write(part.losses)
        self._step(part.records)
        self._lost += part.lost
        self._licences.add(part.licences)
        self._records += part.records

    def say(self, out: Path, report: Path) -> str:
        """Say in a sentence what was written, and what was not."""
        records = "1 record" if self._records == 1 else f"{self._records:,} records"
        lost = [f"{name} ({self._lost[kind]:,})" for kind, name in _LOST.items() if self._lost[kind]]
        left = f"Not in it: {', '.join(lost)}." if lost else "Nothing of them is left out."
        said = [f"{records} written to {out}. {left}"]
        if added := self._lost["added"]:
            said.append(f"In it because the format demands it, and nobody said so: values ({added:,}).")
        if self._lost:
            said.append(f"{report.name} has a line for each.")
        return "\n".join([*said, *self._licences.say()])


def _find_writer(order: Order, chosen: "Selection") -> tuple[Write, "Selection"]:
    """Return what writes the format that was ordered, and the records as that format takes them."""
    from incidex.exchange import FORMATS

    if order.name in _APART:
        return _told(_APART[order.name](order, chosen)), chosen
    if order.name not in FORMATS:
        raise InputError(f"there is no format {order.name!r}; there are {', '.join({**FORMATS, **_APART})}")
    format_ = FORMATS[order.name]
    if format_.table:
        return partial(_write_rows, table=format_.table, workers=order.workers), chosen

    def write(incidents: Iterable[Incident], path: Path, choice: "Choice") -> Iterator["Loss"]:
        with _open(path, is_binary=format_.is_binary) as file:
            yield from format_.write(incidents, file, choice)

    return _told(write), replace(chosen, names_withheld=format_.names_withheld)


def _told(write_path: WritePath) -> Write:
    """Return what writes records one after another, and tells what is lost of them."""

    def write(selection: "Selection", path: Path, choice: "Choice", account: Account) -> None:
        account.tell(write_path(account.count(selection), path, choice))

    return write


def _write_rows(
    selection: "Selection", path: Path, choice: "Choice", account: Account, *, table: str, workers: int
) -> None:
    """Write rows of one table, which several processes can make."""
    from incidex.app.parts import choose_workers
    from incidex.app.rows_export import write_parts

    chosen = choose_workers(workers, selection.most)
    for part in write_parts(selection, path, choice, table=table, workers=chosen):
        account.add(part)


def _find_stix(_order: Order, chosen: "Selection") -> WritePath:
    from incidex.app.told import find_taken, past_of, tell
    from incidex.exchange.stix import write_told

    moment = chosen.moment

    def find(record: str) -> "Past":
        return past_of(chosen.log, record, chosen.tier, moment)

    def write(incidents: Iterable[Incident], path: Path, choice: "Choice") -> Iterator["Loss"]:
        told = tell(incidents, find_taken(chosen.log), find, is_whole=chosen.condition is None)
        with path.open("w", encoding="utf-8", newline="") as file:
            yield from write_told(told, file, choice)

    return write


def _find_sqlite(_order: Order, _chosen: "Selection") -> WritePath:
    from incidex.app.sqlite_file import write_sqlite

    return write_sqlite


def _find_feed(order: Order, _chosen: "Selection") -> WritePath:
    from incidex.app.misp_feed import write_misp_feed

    return partial(write_misp_feed, publisher=order.publisher)


def _find_package(order: Order, chosen: "Selection", *, kind: str) -> WritePath:
    from incidex.app.package_folder import find_about, write_package

    about = find_about(
        chosen.log,
        chosen.tier,
        chosen.as_of,
        publisher=order.publisher,
        licence=order.licence,
        query=order.query,
    )
    return partial(write_package, kind=kind, about=about)


#: Formats that are more than one open file, or need more than records as they stand.
_APART: Mapping[str, Callable[[Order, "Selection"], WritePath]] = MappingProxyType(
    {
        "stix": _find_stix,
        "sqlite": _find_sqlite,
        "misp-feed": _find_feed,
        "package": partial(_find_package, kind="csv"),
        "package-parquet": partial(_find_package, kind="parquet"),
    }
)


def _open(path: Path, *, is_binary: bool) -> IO[Any]:
    return path.open("wb") if is_binary else path.open("w", encoding="utf-8", errors="replace", newline="")


#: A folder that has one of these was made by an export, and may be replaced by another.
_OURS = ("SHA256SUMS", "manifest.json")


@contextmanager
def replacing(path: Path, *, force: bool) -> Iterator[Path]:
    """Give the path of a file or folder to write, which takes the place of `path` once that is done."""
    if path.exists() and not force:
        raise InputError(f"{path} is there already; give another name, or --force to overwrite it")
    if path.is_dir() and not any((path / name).exists() for name in _OURS):
        raise InputError(f"{path} is a folder that no export has made; give another name")
    part = path.with_name(f".{path.name}.part")
    try:
        _remove(part)
        yield part
        if path.is_dir() or part.is_dir():
            _remove(path)
        part.replace(path)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        _remove(part)


def _remove(path: Path) -> None:
    """Remove a file, or a folder that an export has made."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
