"""`incidex watch`: queries that stand, and say when what they find is new or different."""

import secrets
import time
from base64 import b64encode
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from incidex.app.settings import Settings
from incidex.model import InputError

if TYPE_CHECKING:
    from incidex.app.watching import Outcome
    from incidex.store import SqlLog

OpenLog = Callable[..., AbstractContextManager["SqlLog"]]

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="What you call it.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a page.")]


def make_watch_app(open_log: OpenLog, read_settings: Callable[[], Settings]) -> typer.Typer:
    """Return the commands, over whatever log the settings choose."""
    app = typer.Typer(
        help="Standing queries: say what is new in what they find.",
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        no_args_is_help=True,
    )

    @app.command()
    def add(
        name: NameArgument,
        query: Annotated[str, typer.Argument(metavar="QUERY", help="As `incidex search` takes it.")],
        webhook: Annotated[str, typer.Option(help="Where a notice is posted: https://….")] = "",
        file: Annotated[Path | None, typer.Option(help="Or a file that gets a line for each.")] = None,
        tier: Annotated[str, typer.Option(help="Whose view: clear, green, amber or red.")] = "clear",
        allow_private: Annotated[
            bool, typer.Option("--allow-private", help="The webhook may be on a private network, or http.")
        ] = False,
    ) -> None:
        """Watch a query from now on. The secret that signs what a webhook gets is printed once."""
        with open_log(read_settings()) as log:
            typer.echo(_add(log, read_settings(), name, query, webhook, file, tier, is_private=allow_private))

    @app.command("list")
    def list_(json: JsonOption = False) -> None:
        """List the watches, where they speak, and what they have still to say."""
        for line in _list(read_settings(), as_json=json):
            typer.echo(line)

    @app.command()
    def remove(name: NameArgument) -> None:
        """Forget a watch, and what it had still to say."""
        from incidex.app.watch_store import opened

        with opened(read_settings().watches) as watches:
            watches.remove(name)
        typer.echo(f"{name} is forgotten.")

    @app.command()
    def run(
        every: Annotated[
            int, typer.Option(help="Look again after so many seconds; once unless given.", min=0)
        ] = 0,
        again: Annotated[bool, typer.Option("--again", help="Try what was given up once more.")] = False,
    ) -> None:
        """Look for what is new and different, and say it; what is not taken is tried again later."""
        with open_log(read_settings()) as log:
            raise typer.Exit(_run(log, read_settings(), every, again=again))

    return app


def _add(
    log: "SqlLog",
    settings: Settings,
    name: str,
    query: str,
    webhook: str,
    file: Path | None,
    tier: str,
    *,
    is_private: bool,
) -> str:
    from incidex.app.printing import parse_tier
    from incidex.app.watch_store import Watch, opened
    from incidex.app.webhook import SECRET_MARK, check_url
    from incidex.search import parse, resolve

    if not name.strip() or len(name) > 80 or not name.isprintable():
        raise InputError("a watch's name is a word or two, of at most 80 characters")
    if bool(webhook) == bool(file):
        raise InputError("say where it speaks: --webhook URL or --file PATH")
    resolve(parse(query))
    if webhook:
        check_url(webhook, is_private=is_private)
    if file is not None and (file.is_dir() or not file.absolute().parent.is_dir()):
        raise InputError(f"{file} is no file in a folder that is there")
    secret = f"{SECRET_MARK}{b64encode(secrets.token_bytes(32)).decode()}"
    watch = Watch(
        name=name,
        place=log.database.place,
        query=query,
        tier=parse_tier(tier),
        url=webhook,
        file=str(file.absolute()) if file else "",
        secret=secret,
        is_private=is_private,
        serial=log.last_serial(),
    )
    with opened(settings.watches) as watches:
        watches.add(watch)
    told = f"{name} watches from change {watch.serial:,} on; `incidex watch run` looks and says."
    return f"{told}\nIts notices are signed with this secret, shown once: {secret}" if webhook else told


def _run(log: "SqlLog", settings: Settings, every: int, *, again: bool) -> int:
    """Look once, or every so many seconds until stopped; return 1 when something could not be done."""
    from incidex.app.watch_store import opened
    from incidex.app.watching import run

    with opened(settings.watches) as watches:
        if again:
            watches.try_again()
        while True:
            outcome = run(log, watches, log.database.place)
            if not every or outcome.is_worth_saying:
                typer.echo(_say(outcome))
            for complaint in outcome.complaints:
                typer.echo(f"incidex: {complaint}", err=True)
            if not every:
                return 1 if outcome.put_off or outcome.given_up or outcome.complaints else 0
            time.sleep(every)


def _list(settings: Settings, *, as_json: bool) -> list[str]:
    import json

    from incidex.app.terminal import make_safe
    from incidex.app.watch_store import opened

    told = []
    with opened(settings.watches) as watches:
        for watch in watches.all():
            waiting = watches.waiting(watch.name)
            told.append(
                {
                    "name": watch.name,
                    "query": watch.query,
                    "tier": watch.tier.name.lower(),
                    "target": watch.target,
                    "database": watch.place,
                    "serial": watch.serial,
                    "waiting": sum(not each.is_given_up for each in waiting),
                    "given_up": sum(each.is_given_up for each in waiting),
                    "problem": next((f" ({each.problem})" for each in waiting if each.problem), ""),
                }
            )
    if as_json:
        return [json.dumps(told)]
    lines = [_LINE.format(**each).replace("\n", " ") for each in told]
    return [make_safe(line) for line in lines] or ["Nothing is watched; `incidex watch add` begins."]


_LINE = (
    "{name}: {query!r} for {tier} to {target}, up to change {serial:,}; {waiting} waiting, "
    "{given_up} given up{problem}"
)


def _say(outcome: "Outcome") -> str:
    parts = [f"{outcome.found} new notices", f"{outcome.taken} taken"]
    if outcome.put_off:
        parts.append(f"{outcome.put_off} not taken, to be tried again (`incidex watch list` says why)")
    if outcome.given_up:
        parts.append(f"{outcome.given_up} given up (`incidex watch run --again` tries once more)")
    return f"{', '.join(parts)}."
