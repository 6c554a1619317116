"""`incidex export`: records out, in a format of the field, with a report of what it loses."""

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer

from incidex.model import Incident, InputError

if TYPE_CHECKING:
    from incidex.exchange import Choice, Loss
    from incidex.store import Log

OpenLog = Callable[[], AbstractContextManager["Log"]]

#: Writes records to a path, and yields what is lost of each.
WritePath = Callable[[Iterable[Incident], Path, "Choice"], Iterator["Loss"]]


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
    ) -> None:
        """Write records in a format of the field. What it could not hold is listed beside them."""
        with open_log() as log:
            typer.echo(write_export(log, name, out, tier=tier, choice=values, as_of=as_of, force=force))


def write_export(
    log: "Log", name: str, out: Path, *, tier: str, choice: str, as_of: str = "", force: bool
) -> str:
    """Write the file and its loss report, whole or not at all, and say in a sentence what was written."""
    from incidex.app.printing import parse_as_of, parse_tier
    from incidex.app.selecting import select
    from incidex.app.terminal import make_console, progress
    from incidex.exchange import Choice, make_safe_cell

    write, names_withheld = _find_writer(name)
    if choice not in list(Choice):
        raise InputError(f"{choice!r} chooses nothing; there are {', '.join(Choice)}")
    chosen = select(log, parse_tier(tier), parse_as_of(as_of), names_withheld=names_withheld)
    count, lost = 0, Counter[str]()
    report = out.with_name(f"{out.name}.losses.csv")
    with (
        replacing(report, force=force) as unfinished_report,
        replacing(out, force=force) as unfinished,
        unfinished_report.open("w", encoding="utf-8", errors="replace", newline="") as losses,
        progress("writing", chosen.most, console=make_console(stderr=True)) as step,
    ):
        rows = csv.writer(losses, lineterminator="\n")
        rows.writerow(("record", "field", "value", "lost", "why"))

        def counted() -> Iterator[Incident]:
            nonlocal count
            for incident in chosen:
                yield incident
                step()
                count += 1

        for loss in write(counted(), unfinished, Choice(choice)):
            lost[loss.lost] += 1
            rows.writerow(
                (loss.record, loss.field, make_safe_cell(loss.value), loss.lost, make_safe_cell(loss.why))
            )
    left = ", ".join(f"{number:,} {kind}" for kind, number in sorted(lost.items())) or "nothing"
    records = "1 record" if count == 1 else f"{count:,} records"
    return f"{records} written to {out}. Not in it: {left} (see {report.name})."


def _find_writer(name: str) -> tuple[WritePath, bool]:
    """Return what writes a format, and whether the format says what is withheld."""
    from incidex.app.sqlite_file import write_sqlite
    from incidex.exchange import FORMATS

    apart: dict[str, WritePath] = {"sqlite": write_sqlite}
    if name in apart:
        return apart[name], False
    if name not in FORMATS:
        raise InputError(f"there is no format {name!r}; there are {', '.join((*FORMATS, *apart))}")
    format_ = FORMATS[name]

    def write(incidents: Iterable[Incident], path: Path, choice: "Choice") -> Iterator["Loss"]:
        with _open(path, is_binary=format_.is_binary) as file:
            yield from format_.write(incidents, file, choice)

    return write, format_.names_withheld


def _open(path: Path, *, is_binary: bool) -> IO[Any]:
    return path.open("wb") if is_binary else path.open("w", encoding="utf-8", errors="replace", newline="")


@contextmanager
def replacing(path: Path, *, force: bool) -> Iterator[Path]:
    """Give the path of a file to write, which takes the place of `path` once that is done."""
    if path.exists() and not force:
        raise InputError(f"{path} is there already; give another name, or --force to overwrite it")
    part = path.with_name(f".{path.name}.part")
    try:
        part.unlink(missing_ok=True)
        yield part
        part.replace(path)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)
