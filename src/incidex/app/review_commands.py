"""`incidex review`: what waits for a person, and what somebody decides."""

import getpass
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from incidex.store import Log

OpenLog = Callable[[], AbstractContextManager["Log"]]

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a page.")]
WhyOption = Annotated[str, typer.Option("--why", help="The reason, in a few words; it stays in the history.")]
NameOption = Annotated[str, typer.Option("--as", help="Who decides (default: your login name).")]
ClaimArgument = Annotated[
    str, typer.Argument(metavar="ID", help="A claim's id or its start; a record's for all that waits in it.")
]


def make_review_app(open_log: OpenLog) -> typer.Typer:
    """Return the commands, over whatever log the settings choose."""
    app = typer.Typer(
        help="Print what waits for a reviewer, decide, sample.",
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )

    @app.callback(invoke_without_command=True)
    def review_(
        context: typer.Context,
        by: Annotated[
            str, typer.Option(help="What ranks it: uncertainty, impact, novelty or random.")
        ] = "uncertainty",
        seed: Annotated[int, typer.Option(help="For the order of random.")] = 0,
        origin: Annotated[
            str, typer.Option(help="Only what was read, or imported; or any. Else the first that waits.")
        ] = "",
        last: Annotated[int, typer.Option("--first", help="How many claims.", min=1)] = 20,
        json: JsonOption = False,
    ) -> None:
        """Print what waits for a reviewer, the first to look at first, each with why."""
        if context.invoked_subcommand is None:
            from incidex.app.reviewing import parse_origin, print_queue

            with open_log() as log:
                print_queue(log, by, seed=seed, last=last, as_json=json, origin=parse_origin(origin))

    _add_decisions(app, open_log)
    _add_sampling(app, open_log)
    return app


def _add_decisions(app: typer.Typer, open_log: OpenLog) -> None:
    def decide_on(name: str, decision: str, why: str, by: str) -> None:
        from incidex.app.reviewing import print_decision
        from incidex.model import Decision

        with open_log() as log:
            print_decision(log, name, Decision(decision), why, by=_sign(by))

    @app.command()
    def accept(name: ClaimArgument, why: WhyOption = "", by: NameOption = "") -> None:
        """Accept a claim, or all that waits in a record."""
        decide_on(name, "accepted", why, by)

    @app.command()
    def reject(name: ClaimArgument, why: WhyOption = "", by: NameOption = "") -> None:
        """Reject a claim, or all that waits in a record. It stays in the history, with the reason."""
        decide_on(name, "rejected", why, by)

    @app.command("second-look")
    def second_look(name: ClaimArgument, why: WhyOption = "", by: NameOption = "") -> None:
        """Ask the team to look at a claim or record again. What was decided before still holds."""
        decide_on(name, "needs a second look", why, by)

    @app.command("undo")
    def undo_(
        name: Annotated[str, typer.Argument(metavar="ID", help="A record's id, or a claim's in it.")],
        by: NameOption = "",
    ) -> None:
        """Take back your last step in a record."""
        from incidex.app.reviewing import print_undone

        with open_log() as log:
            print_undone(log, name, by=_sign(by))


def _add_sampling(app: typer.Typer, open_log: OpenLog) -> None:
    @app.command()
    def sample(
        count: Annotated[int, typer.Argument(metavar="N", help="How many reports.")] = 0,
        seed: Annotated[int, typer.Option(help="The same seed draws the same reports.")] = 0,
        reviewer: Annotated[
            list[str] | None, typer.Option(help="Who codes them blind; give it twice.")
        ] = None,
        close: Annotated[str, typer.Option(help="Give up the sample of that id instead.")] = "",
        why: WhyOption = "",
        by: NameOption = "",
    ) -> None:
        """Draw reports at random for two people to code blind. Neither sees the other's answers."""
        from incidex.app.reviewing import print_closed, print_sample

        with open_log() as log:
            if close:
                print_closed(log, close, why, by=_sign(by))
            else:
                print_sample(log, count, reviewer or [], seed=seed, by=_sign(by))


def _sign(name: str) -> str:
    from incidex.web.membership import check_name

    return check_name(name or getpass.getuser())
