"""`incidex export`: records out, in a format of the field, with a report of what it loses."""

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from incidex.model import Incident, InputError

if TYPE_CHECKING:
    from incidex.store import Log

OpenLog = Callable[[], AbstractContextManager["Log"]]


def add_export(app: typer.Typer, open_log: OpenLog) -> None:
    """Add the command to the program."""

    @app.command()
    def export(
        format: Annotated[str, typer.Argument(metavar="FORMAT", help="veris, jsonl, csv or claims.")],  # noqa: A002
        out: Annotated[Path, typer.Option(help="The file to write; what is lost goes to FILE.losses.csv.")],
        tier: Annotated[str, typer.Option(help="Whose view: clear, green, amber or red.")] = "clear",
        values: Annotated[
            str,
            typer.Option(help="Which of several values: all, accepted, confirmed, strongest or newest."),
        ] = "all",
        as_of: Annotated[str, typer.Option(help="As it stood at a serial or a time.")] = "",
        force: Annotated[bool, typer.Option("--force", help="Overwrite a file that is there.")] = False,
    ) -> None:
        """Write records as VERIS, JSON lines or CSV. What the format could not hold is listed beside them."""
        with open_log() as log:
            typer.echo(write_export(log, format, out, tier=tier, choice=values, as_of=as_of, force=force))


def write_export(
    log: "Log", name: str, out: Path, *, tier: str, choice: str, as_of: str = "", force: bool
) -> str:
    """Write the file and its loss report, whole or not at all, and say in a sentence what was written."""
    from incidex.app.library import StoreLibrary
    from incidex.app.printing import parse_as_of, parse_tier
    from incidex.app.terminal import make_console, progress
    from incidex.exchange import FORMATS, Choice

    if name not in FORMATS:
        raise InputError(f"there is no format {name!r}; there are {', '.join(FORMATS)}")
    if choice not in list(Choice):
        raise InputError(f"{choice!r} chooses nothing; there are {', '.join(Choice)}")
    library, count = StoreLibrary(log), Counter[str]()
    incidents = library.incidents(parse_tier(tier), parse_as_of(as_of))
    report = out.with_name(f"{out.name}.losses.csv")
    with (
        _replacing(report, force=force) as losses,
        _replacing(out, force=force) as file,
        progress("writing", len(incidents), console=make_console(stderr=True)) as step,
    ):
        rows = csv.writer(losses, lineterminator="\n")
        rows.writerow(("record", "field", "value", "lost", "why"))

        def counted() -> Iterator[Incident]:
            for incident in incidents:
                yield incident
                step()

        for loss in FORMATS[name].write(counted(), file, Choice(choice)):
            count[loss.lost] += 1
            rows.writerow((loss.record, loss.field, loss.value, loss.lost, loss.why))
    lost = ", ".join(f"{number:,} {kind}" for kind, number in sorted(count.items())) or "nothing"
    records = "1 record" if len(incidents) == 1 else f"{len(incidents):,} records"
    return f"{records} written to {out}. Not in it: {lost} (see {report.name})."


@contextmanager
def _replacing(path: Path, *, force: bool) -> Iterator[TextIO]:
    """Open a file that takes the place of `path` once it is written to its end."""
    if path.exists() and not force:
        raise InputError(f"{path} is there already; give another name, or --force to overwrite it")
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            yield file
        part.replace(path)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)
