"""`incidex import`: records in, from the formats of the field, with a list of what was not understood."""

import getpass
import gzip
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, cast

import typer

from incidex.model import InputError, LimitError

if TYPE_CHECKING:
    from incidex.app.importing import Outcome
    from incidex.app.issues import Issues
    from incidex.exchange import Reader, Refused, Row
    from incidex.store import SqlLog

OpenLog = Callable[..., AbstractContextManager["SqlLog"]]
FindLog = Callable[[], AbstractContextManager["SqlLog | None"]]

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="The file, plain or gzipped.")]
DryOption = Annotated[bool, typer.Option("--dry-run", help="Read and place all of it; write nothing.")]
CheckOption = Annotated[bool, typer.Option("--check", help="Only check the file; no database is needed.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of sentences.")]
LicenceOption = Annotated[
    str, typer.Option(help="On what terms rows may be passed on that do not say so themselves: CC-BY-4.0, …")
]
ByOption = Annotated[str, typer.Option(help="Who decides; your user name unless told otherwise.")]
WhyOption = Annotated[str, typer.Option(help="Why; whoever sees the records can read it.")]

#: Bytes of a file once it is unpacked: a small archive may hold any number of zeros.
MOST_BYTES = 20_000_000_000

#: Columns without a field that are printed; `--json` has all of them.
_SHOWN = 12

#: What `--help` says of each format. A test holds it against `incidex.exchange.IMPORTERS`.
FORMATS = {
    "veris": "Import VERIS 1.3 to 1.4.1 records, as VCDB has them.",
    "misp": "Import MISP events: one, an array, or what a search there answers.",
    "stix": "Import the incidents of a STIX 2.1 bundle.",
    "hhs": "Import the breach portal of the US health department, its CSV.",
    "hibp": "Import breaches of Have I Been Pwned, the JSON of its API.",
    "ransomware": "Import posts of leak sites, JSON of ransomware.live or ransomwatch: what groups claim.",
}


def make_import_app(open_log: OpenLog, find_log: FindLog) -> typer.Typer:
    """Return the commands: one a format, and what was imported and how it is taken back.

    `find_log` yields the database if there is one, and else `None`.
    """
    app = typer.Typer(
        help="Bring records in from another database; list imports, take one back.",
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        no_args_is_help=True,
    )
    for name, words in FORMATS.items():
        _add_format(app, name, words, open_log, find_log)
    _add_csv(app, open_log, find_log)

    @app.command("list")
    def list_(json: JsonOption = False) -> None:
        """List the imports, with the names by which they can be taken back."""
        from incidex.app.imports import find_imports

        with open_log() as log:
            found = find_imports(log)
        if json:
            typer.echo(_to_json([{**asdict(each), "at": each.at.isoformat()} for each in found]))
            return
        for each in found:
            back = f"; {each.withdrawn:,} taken back" if each.withdrawn else ""
            counts = f"{_count(each.rows, 'row')}, {_count(each.claims, 'claim')}{back}"
            typer.echo(f"{each.name}  {each.at:%Y-%m-%d %H:%M}  {counts}")
        if not found:
            typer.echo("Nothing was imported yet.")

    @app.command()
    def row(
        report: Annotated[str, typer.Argument(metavar="REPORT", help="The row's report: rep-…")],
    ) -> None:
        """Print a row as it was received, byte for byte."""
        from incidex.app.imports import find_row

        with open_log() as log:
            typer.echo(find_row(log, report).rstrip(b"\r\n"))

    @app.command()
    def undo(
        name: Annotated[str, typer.Argument(metavar="IMPORT", help="Its name: imp-…")],
        why: WhyOption,
        by: ByOption = "",
    ) -> None:
        """Take an import back: withdraw its rows and their claims, with a reason. The history keeps them."""
        from incidex.app.imports import take_back

        with open_log() as log:
            count = take_back(log, name, why=why, by=f"person:{by or getpass.getuser()}")
        typer.echo(f"{_count(count, 'row')} of {name} {'was' if count == 1 else 'were'} withdrawn.")

    return app


def _add_format(app: typer.Typer, name: str, words: str, open_log: OpenLog, find_log: FindLog) -> None:
    @app.command(name, help=words)
    def command(
        file: FileArgument,
        dry_run: DryOption = False,
        check: CheckOption = False,
        licence: LicenceOption = "",
        json: JsonOption = False,
    ) -> None:
        from incidex.exchange import IMPORTERS

        importer = IMPORTERS[name]
        read = importer.check or importer.read if check else importer.read
        log_of = nullcontext if check else find_log if dry_run else lambda: open_log(create=True)
        run_import(read, file, log_of, writes=not (dry_run or check), licence=licence, as_json=json)


def _add_csv(app: typer.Typer, open_log: OpenLog, find_log: FindLog) -> None:
    @app.command()
    def csv(
        file: FileArgument,
        mapping: Annotated[Path | None, typer.Option(help="Which column says what: a TOML file.")] = None,
        suggest: Annotated[bool, typer.Option("--suggest", help="Print a mapping to begin with.")] = False,
        dry_run: DryOption = False,
        check: CheckOption = False,
        licence: LicenceOption = "",
        json: JsonOption = False,
    ) -> None:
        """Import any table of text by a mapping of your own."""
        from incidex.exchange import make_csv_reader, parse_mapping, suggest_mapping

        if suggest:
            with open_rows(file) as rows:
                typer.echo(suggest_mapping(rows, file.stem), nl=False)
            return
        if mapping is None:
            raise InputError(f"say which column is what: --mapping; `incidex import csv {file} --suggest`")
        reader = make_csv_reader(parse_mapping(_read_text(mapping), mapping.name))
        log_of = nullcontext if check else find_log if dry_run else lambda: open_log(create=True)
        run_import(reader, file, log_of, writes=not (dry_run or check), licence=licence, as_json=json)


def _read_text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from error


def run_import(
    read: "Reader", path: Path, log_of: FindLog, *, writes: bool, licence: str = "", as_json: bool
) -> None:
    """Import a file and say what became of it; exit with 2 when a row was refused."""
    from datetime import UTC, datetime

    from incidex.app.importing import Outcome, import_rows, make_name
    from incidex.app.issues import list_issues
    from incidex.app.terminal import make_console, progress

    outcome = Outcome(make_name(path, datetime.now(UTC)))
    with (
        open_rows(path) as file,  # before the database, so that a wrong name makes none
        log_of() as log,
        list_issues(path.with_name(f"{path.name}.issues.csv")) as issues,
        progress("importing" if writes else "checking", None, console=make_console(stderr=True)) as step,
    ):
        rows = (_licensed(row, licence) for row in _within(MOST_BYTES, read(file), file))
        for row in import_rows(log, rows, outcome, dry=not writes):
            for issue in row.issues:
                issues.add(issue)
            step()
    if as_json:
        typer.echo(_to_json(_plain(outcome, issues, writes=writes)))
    else:
        _say(outcome, issues, writes=writes)
    if outcome.refused:
        raise typer.Exit(2)


@contextmanager
def open_rows(path: Path) -> Iterator[BinaryIO]:
    """Open a file, unpacked when it is gzipped; whatever is wrong with it is an `InputError`."""
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            if packed:
                with gzip.open(file) as unpacked:
                    yield cast("BinaryIO", unpacked)
            else:
                yield file
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from error


def _licensed(row: "Row | Refused", licence: str) -> "Row | Refused":
    from incidex.exchange import Row

    if not licence or not isinstance(row, Row) or row.report.licence:
        return row
    return replace(row, report=replace(row.report, licence=licence))


def _within(most: int, rows: "Iterator[Row | Refused]", file: BinaryIO) -> "Iterator[Row | Refused]":
    """Yield the rows, and where the file can be read no further, that as the last of them."""
    from incidex.exchange import Issue, Refused

    number = 0
    try:
        for row in rows:
            number = row.number
            yield row
            if file.tell() > most:
                raise LimitError(f"the file is larger than {most:,} bytes; split it")
    except InputError as wrong:
        if not number:
            raise
        problem = f"nothing after row {number} was read: {wrong}"
        yield Refused(number=number + 1, issues=(Issue(number + 1, "", "", problem),))


def _say(outcome: "Outcome", issues: "Issues", *, writes: bool) -> None:
    from incidex.exchange.licences import say_licences

    told = f"{outcome.new:,} new, {outcome.changed:,} changed, {outcome.unchanged:,} unchanged"
    claims = _count(outcome.claims, "claim") + (
        f", {outcome.withdrawn:,} withdrawn" * bool(outcome.withdrawn)
    )
    typer.echo(f"{_count(outcome.read, 'row')} read: {told}, {outcome.refused:,} refused; {claims}.")
    if not writes:
        typer.echo("Nothing was written: this was a trial.")
    if told := say_licences(outcome.licences):
        typer.echo(f"Licences of the rows: {told}.")
    if outcome.left:
        held = ", ".join(f"{name} ({count:,})" for name, count in outcome.left.most_common(_SHOWN))
        more = f" and {len(outcome.left) - _SHOWN} more" if len(outcome.left) > _SHOWN else ""
        typer.echo(f"Left in the rows, for lack of a field (rows that have it): {held}{more}.")
    for issue in issues.first:
        where = f"row {issue.row}" + (f", {issue.column}" if issue.column else "")
        typer.echo(f"  {where}: {issue.problem}")
    if issues.count:
        rest = issues.count - len(issues.first)
        typer.echo(f"{f'And {rest:,} more; all' if rest else 'All'} issues are in {issues.path}.")
    if writes and outcome.written:
        typer.echo(
            f"This import is {outcome.name}; `incidex import undo {outcome.name} --why …` takes it back."
        )
        typer.echo("`incidex link suggest` shows which records may be of incidents that were here already.")


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _plain(outcome: "Outcome", issues: "Issues", *, writes: bool) -> dict[str, Any]:
    return {
        "import": outcome.name if writes and outcome.written else None,
        "read": outcome.read,
        "new": outcome.new,
        "changed": outcome.changed,
        "unchanged": outcome.unchanged,
        "refused": outcome.refused,
        "claims": outcome.claims,
        "withdrawn": outcome.withdrawn,
        "licences": dict(outcome.licences),
        "left": dict(outcome.left.most_common()),
        "issues": issues.count,
        "issues_file": str(issues.path) if issues.count else None,
    }


def _to_json(value: object) -> str:
    import json

    return json.dumps(value, ensure_ascii=False, indent=2)
