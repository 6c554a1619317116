"""Search on the command line: where the index is kept, and how what was found is printed."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
from rich.console import RenderableType
from rich.text import Text

from incidex.app.finding import get_incident
from incidex.app.printing import parse_as_of, parse_tier
from incidex.app.settings import Settings
from incidex.app.terminal import STYLES, make_console, make_safe, progress
from incidex.codebook import fields
from incidex.model import InputError, Status, Tier
from incidex.search import (
    Found,
    Hit,
    Match,
    Order,
    Search,
    Similar,
    Wish,
    plain_found,
    plain_similar,
    say_part,
)
from incidex.store import SqliteLog, SqlLog


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for on the command line."""

    query: str
    sort: str
    limit: int
    after: str
    facets: bool
    as_of: str
    tier: str
    similar: str = ""


def index_folder(log: SqlLog, settings: Settings) -> Path:
    """Return where the index of a database is kept: beside its file; of a server's, in INCIDEX_HOME."""
    if isinstance(log, SqliteLog):
        return log.path.with_name(f"{log.path.name}-search")
    return settings.home / "search" / sha256(log.database.place.encode()).hexdigest()[:16]


def open_search(log: SqlLog, settings: Settings) -> Search:
    """Return the search over a log."""
    return Search(log, index_folder(log, settings))


def print_search(log: SqlLog, settings: Settings, asked: Asked, *, as_json: bool) -> None:
    """Print what a query finds, or what is like an incident."""
    tier, as_of = parse_tier(asked.tier), parse_as_of(asked.as_of)
    wish = _wish(asked, facets=asked.facets or as_json)
    search, console = open_search(log, settings), make_console()
    with progress("making the search index", len(log.incidents()), console=make_console(stderr=True)) as step:
        if asked.similar:
            name = get_incident(log, asked.similar, tier=tier, as_of=as_of).id
            like = search.similar(name, tier, asked.limit, among=asked.query, as_of=as_of, step=step)
            plain: Any = plain_similar(like)
            shown = show_similar(like)
        else:
            found = search.search(asked.query, tier, wish, as_of=as_of, step=step)
            plain = plain_found(found)
            shown = show_found(found, facets=asked.facets)
    if as_json:
        print(msgspec.json.encode(plain).decode())
        return
    for part in shown:
        console.print(part)


def _wish(asked: Asked, *, facets: bool) -> Wish:
    if asked.sort not in set(Order):
        raise InputError(f"{asked.sort!r} is not an order; there are {', '.join(Order)}")
    return Wish(order=Order(asked.sort), limit=asked.limit, cursor=asked.after, facets=facets)


def follow_made(log: SqlLog, settings: Settings) -> None:
    """Bring every search index that is kept up to the log's end."""
    index = open_search(log, settings).index
    for tier in index.made():
        index.tiers[tier].follow(log)


def rebuild_index(log: SqlLog, settings: Settings, tier: str) -> Iterator[str]:
    """Make indexes anew, and say in a sentence each what they hold."""
    index = open_search(log, settings).index
    kept = [parse_tier(tier)] if tier else index.made() or [Tier.RED]
    for each in kept:
        with progress(
            f"index for {each.name.lower()}", len(log.incidents()), console=make_console(stderr=True)
        ) as step:
            count = index.tiers[each].rebuild(log, step=step)
        noun = "incident" if count == 1 else "incidents"
        yield f"The index for {each.name.lower()} holds {count:,} {noun}, up to change {log.last_serial():,}."


def show_found(found: Found, *, facets: bool) -> Iterator[RenderableType]:
    """Render what was found: each record with why, then the counts."""
    if found.meant:
        yield Text(
            f"No record has all of these words. Names spelled nearly so: {_flat(found.meant)}", style="bold"
        )
    more = f", the first {len(found.hits)} of them" if found.count > len(found.hits) and found.hits else ""
    yield Text(f"{found.count:,} incident{'' if found.count == 1 else 's'}{more}\n", style="dim")
    for hit in found.hits:
        yield _hit(hit)
    if facets:
        yield from _facets(found)
    if found.cursor:
        yield Text(f"The next page: --after {found.cursor}", style="dim")


def show_similar(found: list[Similar]) -> Iterator[RenderableType]:
    """Render incidents like another one, each with what they share."""
    if not found:
        yield Text("No incident shares with it what few others have.", style="dim")
    for each in found:
        text = _hit(Hit(each.entry))
        told = "; ".join(f"{_say_field(one.field)}: {_flat(one.label)}" for one in each.shared)
        text.append(f"  Shares {told}\n", style="dim")
        yield text


def _say_field(name: str) -> str:
    field = fields().get(name)
    return field.label if field else name.capitalize()


def _hit(hit: Hit) -> Text:
    entry = hit.entry
    text = Text()
    text.append(_flat(entry.title), style="bold")
    text.append(f"  {entry.date or 'no date'}  ")
    text.append(f"{entry.id}\n", style="dim")
    reports = f"{entry.reports} report{'' if entry.reports == 1 else 's'}"
    text.append(f"  {reports}")
    for status in Status:
        if count := entry.statuses.get(str(status)):
            text.append(f" · {count} ")
            text.append(str(status), style=STYLES[status])
    for match in hit.matches:
        text.append("\n")
        text.append_text(_match(match))
    return text.append("\n")


def _match(match: Match) -> Text:
    words = Text(_flat(match.text))
    for start, end in match.marks:
        words.stylize("bold underline", start, end)
    line = Text(f"  {say_part(match.part)}: {'…' if match.is_cut[0] else ''}", style="dim")
    return line.append_text(words).append("…" if match.is_cut[1] else "")


def _facets(found: Found) -> Iterator[Text]:
    for name, counts in found.facets.items():
        told = ", ".join(f"{_flat(each.label)} {each.count:,}" for each in counts)
        line = Text(f"{name}: ", style="bold")
        yield line.append(told, style="not bold")
    yield Text("")


def _flat(text: str) -> str:
    """Return a text of the same length on one line, with nothing that a terminal would obey."""
    return make_safe(text).replace("\n", " ").replace("\t", " ")
