"""The commands that look after a database: backup, restore, copy, removal, verifying and rebuilding."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from incidex.app.settings import Settings, parse_database

if TYPE_CHECKING:
    from incidex.store import SqlLog

OpenLog = Callable[..., AbstractContextManager["SqlLog"]]

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="The backup, one file.")]


def add_upkeep(
    app: typer.Typer, log_app: typer.Typer, open_log: OpenLog, read_settings: Callable[[], Settings]
) -> None:
    """Add the commands, over whatever log the settings choose."""

    @app.command()
    def backup(file: FileArgument) -> None:
        """Write the whole database to one file. Others may go on writing; the file is checked."""
        from incidex.app.upkeep import back_up

        with open_log() as log:
            typer.echo(back_up(log, file, read_settings().accounts))

    @app.command()
    def restore(
        file: FileArgument,
        force: Annotated[bool, typer.Option("--force", help="Replace what is there.")] = False,
    ) -> None:
        """Put a backup back. What is there is named, and replaced only with --force."""
        from incidex.app.upkeep import restore_from

        settings = read_settings()
        with open_log(settings, create=True) as log:
            typer.echo(restore_from(log, file, force=force, settings=settings))

    @app.command()
    def copy(
        source: Annotated[str, typer.Argument(metavar="SOURCE", help="A file, or postgresql://…")],
        target: Annotated[str, typer.Argument(metavar="TARGET", help="An empty one, or a new file.")],
    ) -> None:
        """Copy a database to another file or server, with its history."""
        from incidex.app.upkeep import copy_database

        typer.echo(copy_database(parse_database(source), parse_database(target)))

    @app.command()
    def remove(
        report: Annotated[str, typer.Argument(metavar="REPORT", help="The report's id, or a failure's.")],
        reason: Annotated[str, typer.Option(help="Why its words have to go; everyone may read this.")],
        quotes_only: Annotated[bool, typer.Option("--quotes-only", help="Keep the report itself.")] = False,
        by: Annotated[str, typer.Option(help="Who decided it; your user name unless given.")] = "",
    ) -> None:
        """Remove a report's words for good, and say so in its records."""
        from incidex.app.searching import follow_made
        from incidex.app.upkeep import remove_words

        settings = read_settings()
        with open_log(settings) as log:
            typer.echo(remove_words(log, report, reason=reason, by=by, quotes_only=quotes_only))
            follow_made(log, settings)  # which takes the words out of the search index too

    @log_app.command()
    def verify(
        expect: Annotated[str, typer.Option(help="A hash kept elsewhere, which must be in the log.")] = "",
    ) -> None:
        """Check the history; name the first link that does not hold."""
        from incidex.app.upkeep import verify_log

        settings = read_settings()
        with open_log(settings) as log:
            typer.echo(verify_log(log, expect, settings))

    @log_app.command()
    def rebuild() -> None:
        """Drop everything that is made from the history, and make it again."""
        with open_log() as log:
            log.rebuild()
            typer.echo(f"Rebuilt from {log.last_serial():,} changes.")
