"""`incidex search` and `incidex index`: find records, and look after the index that finds them."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Annotated

import typer

from incidex.app.settings import Settings

if TYPE_CHECKING:
    from incidex.store import SqlLog

OpenLog = Callable[..., AbstractContextManager["SqlLog"]]

TierOption = Annotated[str, typer.Option(help="Whose view: clear, green, amber or red.")]


def add_search(app: typer.Typer, open_log: OpenLog, read_settings: Callable[[], Settings]) -> None:
    """Add the commands, over whatever log the settings choose."""
    index_app = typer.Typer(help="The search index: make it anew.", rich_markup_mode=None)
    app.add_typer(index_app, name="index")

    @app.command()
    def search(
        query: Annotated[str, typer.Argument(metavar="QUERY", help="Words, names, fields.")] = "",
        sort: Annotated[str, typer.Option(help="relevance, new, old or added.")] = "relevance",
        limit: Annotated[int, typer.Option(help="Hits to print.", min=1, max=100)] = 20,
        after: Annotated[str, typer.Option(help="The cursor that the last page ended with.")] = "",
        facets: Annotated[bool, typer.Option("--facets", help="Count what was found, by facet.")] = False,
        as_of: Annotated[str, typer.Option(help="As it stood at a serial or a time.")] = "",
        similar: Annotated[
            str, typer.Option(help="Find incidents like this one, by its id or victim.", metavar="ID|NAME")
        ] = "",
        tier: TierOption = "red",
        json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a page.")] = False,
    ) -> None:
        """Find records: `ransomware victim.country:US date:2017..2019 -phishing`."""
        from incidex.app.searching import Asked, print_search

        asked = Asked(query, sort, limit, after, facets, as_of, tier, similar)
        settings = read_settings()
        with open_log(settings) as log:
            print_search(log, settings, asked, as_json=json)

    @index_app.command()
    def rebuild(
        tier: Annotated[str, typer.Option(help="Of one tier alone; of all that are kept unless given.")] = "",
    ) -> None:
        """Drop the search index and make it again from the history."""
        from incidex.app.searching import rebuild_index

        settings = read_settings()
        with open_log(settings) as log:
            for line in rebuild_index(log, settings, tier):
                typer.echo(line)
