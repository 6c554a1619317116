"""`incidex link`: what may be one incident, and what a person makes of it."""

import getpass
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Annotated

import typer

from incidex.model import InputError, Judgement

if TYPE_CHECKING:
    from incidex.store import Log

OpenLog = Callable[[], AbstractContextManager["Log"]]

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a page.")]
WhyOption = Annotated[str, typer.Option(help="The reason; whoever sees the incidents can read it.")]
ByOption = Annotated[str, typer.Option(help="Who decides; your user name unless told otherwise.")]
FirstOption = Annotated[int, typer.Option("--first", help="How many groups.", min=1)]
AllOption = Annotated[bool, typer.Option("--all", help="All of them.")]
LeastOption = Annotated[
    int, typer.Option("--least", help="Only pairs that are so likely, in percent.", min=0, max=100)
]
OneArgument = Annotated[str, typer.Argument(metavar="ID|NAME", help="An incident.")]
OtherArgument = Annotated[str, typer.Argument(metavar="ID|NAME", help="Another incident.")]


#: What a person may say of two incidents, as it is typed.
SAYINGS = {
    "same": Judgement.SAME,
    "different": Judgement.DIFFERENT,
    "unsure": Judgement.UNSURE,
    "part-of": Judgement.PART_OF,
    "caused-by": Judgement.CAUSED_BY,
}


def make_link_app(open_log: OpenLog) -> typer.Typer:
    """Return the commands, over whatever log the settings choose."""
    app = typer.Typer(
        help="List what may be one incident; judge, split, undo.",
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )

    @app.callback(invoke_without_command=True)
    def link(
        context: typer.Context,
        first: FirstOption = 20,
        all_: AllOption = False,
        least: LeastOption = 0,
        json: JsonOption = False,
    ) -> None:
        """List the pairs of incidents that wait for a person, with the reasons."""
        if context.invoked_subcommand is not None:
            return
        from incidex.app.link_printing import Wish, print_waiting

        with open_log() as log:
            print_waiting(log, Wish(0 if all_ else first, least, json))

    @app.command()
    def suggest(
        name: Annotated[str, typer.Argument(metavar="[ID|NAME]", help="An incident; else all.")] = "",
        first: FirstOption = 20,
        all_: AllOption = False,
        least: LeastOption = 0,
        save: Annotated[bool, typer.Option("--save", help="Put what is shown in the queue.")] = False,
        json: JsonOption = False,
    ) -> None:
        """Print which incidents may be one or have one cause, in groups, and why."""
        from incidex.app.link_printing import Wish, print_suggested

        with open_log() as log:
            print_suggested(log, name, Wish(0 if all_ else first, least, json), save=save)

    @app.command()
    def decide(
        one: OneArgument,
        other: OtherArgument,
        said: Annotated[
            str, typer.Argument(metavar="WHAT", help="same, different, unsure, part-of or caused-by.")
        ],
        why: WhyOption,
        by: ByOption = "",
    ) -> None:
        """Judge two incidents. The same merges them; different, part of one campaign and caused by do not."""
        from incidex.app.judging import decide as decide_

        if said not in SAYINGS:
            raise InputError(f"{said!r} is not a judgement; there are {', '.join(SAYINGS)}")
        with open_log() as log:
            pair = decide_(log, one, other, SAYINGS[said], why=_reason(why), by=_person(by))
            typer.echo(f"{pair[0]} and {pair[1]}: {SAYINGS[said]}. `incidex link undo` takes it back.")

    @app.command()
    def split(
        name: OneArgument,
        why: WhyOption,
        report: Annotated[list[str] | None, typer.Option(help="A report of something else.")] = None,
        claim: Annotated[list[str] | None, typer.Option(help="A claim about something else.")] = None,
        to: Annotated[str, typer.Option(help="The incident it is of; a new one when left out.")] = "",
        by: ByOption = "",
    ) -> None:
        """Take reports or claims out of an incident, into another."""
        from incidex.app.judging import split as split_

        with open_log() as log:
            target = split_(
                log, name, reports=report or (), claims=claim or (), to=to, why=_reason(why), by=_person(by)
            )
            typer.echo(f"Moved to {target}. `incidex link undo {name} {target}` moves it back.")

    @app.command()
    def undo(
        one: OneArgument,
        other: Annotated[str, typer.Argument(metavar="[ID|NAME]", help="The other incident.")] = "",
        why: WhyOption = "a mistake",
        by: ByOption = "",
    ) -> None:
        """Take back the last judgement or split of an incident, or of two."""
        from incidex.app.judging import undo as undo_

        with open_log() as log:
            said = undo_(log, one, other, why=_reason(why), by=_person(by))
            typer.echo(f"Undone: {said}.")

    return app


def _reason(why: str) -> str:
    if not why.strip():
        raise InputError('a judgement needs a reason: --why "both name the same server"')
    return why.strip()


def _person(by: str) -> str:
    try:
        name = by.strip() or getpass.getuser()
    except (KeyError, OSError):
        name = ""
    if not name:
        raise InputError("say who decides: --by NAME")
    return f"person:{name.removeprefix('person:')}"
