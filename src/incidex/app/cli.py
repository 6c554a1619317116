"""The command line. Each command is a thin shell over one function; what is heavy is imported when used."""

import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from incidex.app.assistant_commands import add_mcp
from incidex.app.evaluation import evaluate_app
from incidex.app.exporting import add_export
from incidex.app.form_commands import add_form
from incidex.app.import_commands import make_import_app
from incidex.app.link_commands import make_link_app
from incidex.app.member_commands import make_members_app
from incidex.app.review_commands import make_review_app
from incidex.app.search_commands import add_search
from incidex.app.settings import Settings
from incidex.app.upkeep_commands import add_upkeep
from incidex.app.watch_commands import make_watch_app
from incidex.model import IncidexError, InputError

if TYPE_CHECKING:
    from incidex.app.coders import Code
    from incidex.app.incoming import Origin
    from incidex.app.pipeline import Added
    from incidex.store import SqlLog

app = typer.Typer(
    name="incidex",
    help="Cyber incidents in which every value is a claim that anyone can check.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
log_app = typer.Typer(help="Print, check or rebuild the history.", rich_markup_mode=None)
app.add_typer(log_app, name="log")
app.add_typer(evaluate_app, name="evaluate")

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a page.")]
TierOption = Annotated[str, typer.Option(help="Whose view: clear, green, amber or red.")]
SourceOption = Annotated[str, typer.Option(help="Who published the report.")]
RoleOption = Annotated[
    str, typer.Option(help="What the publisher is: press, victim, actor, named party, authority, researcher.")
]
PublishedOption = Annotated[str, typer.Option(help="When it was published: 2017-04-27, 2017-04 or 2017.")]


def main() -> None:
    """Run a command; whatever Incidex can explain becomes one sentence and exit code 2."""
    try:
        app()
    except IncidexError as error:
        _complain(str(error))
        for side in getattr(error, "sides", ()):  # of a conflict
            typer.echo(f"  {side}", err=True)
        sys.exit(2)
    except BrokenPipeError:
        # Whoever read our output has gone; say nothing more, as other commands do.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def _complain(message: str) -> None:
    typer.echo(f"incidex: {message}", err=True)


def _settings() -> Settings:
    return Settings.read(os.environ)


@contextmanager
def _open_log(settings: Settings | None = None, *, create: bool = False) -> Iterator["SqlLog"]:
    from incidex.app.database import open_log

    chosen = settings or _settings()
    database = chosen.database
    if isinstance(database, Path):
        if create:
            _make_folder(database.parent)
        elif not database.exists():
            database = _find_demo(chosen.home, database)
    log = open_log(database)
    try:
        yield log
    finally:
        log.close()


def _find_log() -> "AbstractContextManager[SqlLog | None]":
    database = _settings().database
    return nullcontext() if isinstance(database, Path) and not database.exists() else _open_log()


def _find_demo(home: Path, database: Path) -> Path:
    """Return the demonstration's database, for whoever has run `demo` and nothing else yet."""
    demo = home / "demo.db"
    if database.parent != home or not demo.exists():
        raise InputError(f"there is no database {database} yet; `incidex add FILE` makes it")
    typer.echo(f"(There is no database of yours yet: this is the demonstration's, {demo}.)", err=True)
    return demo


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"the folder {folder} cannot be made: {error.strerror}; set INCIDEX_HOME") from error


def _origin(source: str, role: str, published: str, path: Path) -> "Origin":
    from incidex.app.incoming import make_origin

    return make_origin({"file": path.name, "source": source, "role": role, "published": published})


CoderOption = Annotated[
    list[str] | None,
    typer.Option(
        "--coder",
        help="Add a coder: encoder weighs texts a second time, better and slower; llm asks INCIDEX_LLM_URL.",
    ),
]


@app.command()
def demo(
    serve: Annotated[bool, typer.Option(help="Open the site afterwards.")] = True,
    port: Annotated[int, typer.Option(help="Where the site is opened.")] = 8000,
) -> None:
    """Code the bundled reports, print one record, open the site."""
    from incidex.app.demonstration import make_demo, show_demo

    settings = _settings()
    _make_folder(settings.home)
    database = make_demo(settings.home)
    show_demo(database)
    if serve:
        from dataclasses import replace

        _serve(replace(settings, database=database), "127.0.0.1", port)


@app.command()
def code(
    path: Annotated[
        str, typer.Argument(metavar="FILE|DIR|-", help="A report, a folder, or - for text.")
    ] = "",
    json: JsonOption = False,
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help='Batch: {"id", "text"} lines in, coded lines out.')
    ] = False,
    save: Annotated[bool, typer.Option("--save", help="Add what was coded to the database.")] = False,
    workers: Annotated[int, typer.Option(help="Processes, for --jsonl.", min=1)] = 1,
    source: SourceOption = "publisher",
    role: RoleOption = "press",
    published: PublishedOption = "",
    coder: CoderOption = None,
) -> None:
    """Print what a report says, the words of each value underlined."""
    from incidex.app import reading
    from incidex.app.incoming import parse_path

    if jsonl:
        if "llm" in (coder or ()) and workers > 1:
            raise InputError("a language model is asked by one process; leave --workers out")
        with _coders(coder) as chosen:
            _finish(reading.print_batch(workers, chosen) + _close(chosen))
        return
    if not path:
        raise InputError("name a file or folder, or - to read text from standard input")
    origin = _origin(source, role, published, parse_path(path))
    with _coders(coder) as chosen:
        failures = reading.print_coded(path, origin, as_json=json, code=chosen)
        if save:
            with _open_log(create=True) as log:
                failures += _failures(
                    reading.add_paths(log, [parse_path(path)], origin, as_json=False, code=chosen)
                )
        _finish([*dict.fromkeys(failures), *_close(chosen)])


@contextmanager
def _coders(added: list[str] | None) -> "Iterator[Code]":
    from incidex.app.coders import chosen_coders

    with chosen_coders(added or (), _settings()) as chosen:
        yield chosen


def _close(chosen: "Code") -> list[str]:
    """Tell what the added coder did; return what it complains of."""
    from incidex.app.coders import closing_words

    summary, complaint = closing_words(chosen)
    if summary:
        typer.echo(summary, err=True)
    return [complaint] if complaint else []


@app.command()
def add(
    paths: Annotated[list[str], typer.Argument(metavar="FILE|DIR…", help="Reports, or folders of them.")],
    source: SourceOption = "publisher",
    role: RoleOption = "press",
    published: PublishedOption = "",
    json: JsonOption = False,
    coder: CoderOption = None,
) -> None:
    """Read, code and store reports. Known reports add nothing; what fails is listed, and the rest goes on."""
    from incidex.app.incoming import parse_path
    from incidex.app.reading import add_paths

    chosen = [parse_path(path) for path in paths]
    origin = _origin(source, role, published, chosen[0])
    with _coders(coder) as coders, _open_log(create=True) as log:
        _finish(_failures(add_paths(log, chosen, origin, as_json=json, code=coders)) + _close(coders))


def _failures(outcomes: "Iterator[Added]") -> list[str]:
    return [added.complaint for added in outcomes if added.complaint]


def _finish(failures: list[str]) -> None:
    """List what failed, and exit with 2 when anything did."""
    if not failures:
        return
    if len(failures) == 1:
        _complain(failures[0])
    else:
        _complain(f"{len(failures)} could not be used:")
        for failure in failures:
            typer.echo(f"  {failure}", err=True)
    raise typer.Exit(2)


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="ID|NAME", help="An incident's id, or its victim's name.")],
    json: JsonOption = False,
    as_of: Annotated[str, typer.Option(help="As it stood at a serial or a time.")] = "",
    tier: TierOption = "red",
) -> None:
    """Print a record: values, status, who says so in which words."""
    from incidex.app.printing import print_record

    with _open_log() as log:
        print_record(log, name, tier=tier, as_of=as_of, as_json=json)


@app.command()
def diff(
    name: Annotated[str, typer.Argument(metavar="ID|NAME", help="An incident's id, or its victim's name.")],
    before: Annotated[str, typer.Argument(metavar="A", help="A serial or a time.")],
    after: Annotated[str, typer.Argument(metavar="B", help="A later one; now unless given.")] = "",
    json: JsonOption = False,
    tier: TierOption = "red",
) -> None:
    """Say what changed in a record between two moments, in words."""
    from incidex.app.printing import print_difference

    with _open_log() as log:
        print_difference(log, name, before, after, tier=tier, as_json=json)


@log_app.callback(invoke_without_command=True)
def log_(
    context: typer.Context,
    last: Annotated[int, typer.Option(help="How many changes.", min=1)] = 20,
    json: JsonOption = False,
) -> None:
    """Print the latest changes."""
    if context.invoked_subcommand is None:
        from incidex.app.printing import print_changes

        with _open_log() as log:
            print_changes(log, last, as_json=json)


add_upkeep(app, log_app, _open_log, _settings)
app.add_typer(make_link_app(_open_log), name="link")
app.add_typer(make_review_app(_open_log), name="review")
app.add_typer(make_members_app(_settings), name="members")
add_export(app, _open_log)
add_mcp(app, _open_log, _settings)
app.add_typer(make_watch_app(_open_log, _settings), name="watch")
add_form(app, _open_log)
add_search(app, _open_log, _settings)
app.add_typer(make_import_app(_open_log, _find_log), name="import")


@app.command()
def codebook(
    name: Annotated[str, typer.Argument(metavar="[FIELD]", help="A field, or a vocabulary.")] = "",
    json: JsonOption = False,
) -> None:
    """Print the fields, or one field with its meaning and values."""
    from incidex.app.printing import print_codebook

    print_codebook(name, as_json=json)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=0, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(help="Processes that answer.", min=1, max=64)] = 1,
    watches: Annotated[bool, typer.Option(help="Run the watches, in a process beside.")] = True,
) -> None:
    """Open the site on this machine. On the first run it prints the first editor's phrase, once."""
    _serve(_settings(), host, port, workers, watches=watches)


def _serve(settings: Settings, host: str, port: int, workers: int = 1, *, watches: bool = True) -> None:
    from incidex.app.serving import run

    with _open_log(settings, create=True) as log:
        run(log, settings, host, port, workers, watches=watches)


@app.command()
def doctor() -> None:
    """Check that everything Incidex needs is here and works."""
    from incidex.app.doctor import examine

    _finish(examine(_settings()))


@app.callback(invoke_without_command=True)
def _version(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        from incidex import __version__

        typer.echo(f"incidex {__version__}")
        raise typer.Exit


if __name__ == "__main__":
    main()
