"""`incidex mcp`: answer an assistant that runs on this machine."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Annotated

import typer

from incidex.app.settings import Settings

if TYPE_CHECKING:
    from incidex.store import SqlLog


def add_mcp(
    app: typer.Typer,
    open_log: Callable[..., AbstractContextManager["SqlLog"]],
    read_settings: Callable[[], Settings],
) -> None:
    """Add the command to the program."""

    @app.command()
    def mcp(
        tier: Annotated[str, typer.Option(help="Whose view: clear, green, amber or red.")] = "clear",
    ) -> None:
        """Answer an assistant over its MCP connection.

        Model Context Protocol, on standard input and output.
        """
        import anyio

        from incidex.app.library import StoreLibrary
        from incidex.app.printing import parse_tier
        from incidex.app.searching import open_search
        from incidex.app.terminal import make_console, progress
        from incidex.web.mcp import check_sdk, serve_stdio

        check_sdk()
        level, settings = parse_tier(tier), read_settings()
        with open_log(settings) as log:
            search = open_search(log, settings)
            # Brought up to date before anyone asks: an assistant does not wait for minutes.
            with progress(
                "making the search index", len(log.incidents()), console=make_console(stderr=True)
            ) as step:
                search.search("", level, step=step)
            anyio.run(serve_stdio, StoreLibrary(log, search), level)
