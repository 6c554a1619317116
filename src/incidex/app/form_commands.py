"""`incidex form`: a regulator's form as a draft from a record."""

import json as json_text
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from incidex.model import InputError

if TYPE_CHECKING:
    from incidex.store import Log

OpenLog = Callable[[], AbstractContextManager["Log"]]


def add_form(app: typer.Typer, open_log: OpenLog) -> None:
    """Add the command to the program."""

    @app.command()
    def form(
        name: Annotated[
            str,
            typer.Argument(metavar="FORM", help="dbir, sec-8k, nis2-24h, nis2-72h, …, dora, fire."),
        ],
        record: Annotated[str, typer.Argument(metavar="ID|NAME", help="An incident's id, or its victim.")],
        json: Annotated[bool, typer.Option("--json", help="Print JSON instead of Markdown.")] = False,
        out: Annotated[Path | None, typer.Option(help="Write it to a file instead.")] = None,
        tier: Annotated[str, typer.Option(help="Whose view: clear, green, amber or red.")] = "red",
        as_of: Annotated[str, typer.Option(help="As it stood at a serial or a time.")] = "",
        force: Annotated[bool, typer.Option("--force", help="Overwrite a file that is there.")] = False,
    ) -> None:
        """Draft a regulator's form from a record: each answer with its claims, and what is missing."""
        with open_log() as log:
            draft = make_draft(log, name, record, tier=tier, as_of=as_of)
        from incidex.exchange.forms import write_form

        text = json_text.dumps(draft, ensure_ascii=False, indent=2) + "\n" if json else write_form(draft)
        if out is None:
            typer.echo(text, nl=False)
            return
        _write(out, text, force=force)
        typer.echo(f"A draft of {draft['title']} was written to {out}. It is no filing and no legal advice.")


def make_draft(log: "Log", name: str, record: str, *, tier: str, as_of: str) -> dict[str, Any]:
    """Return a draft as plain JSON values; raise `InputError` for a form or record that there is not."""
    from incidex.app.finding import get_incident
    from incidex.app.printing import parse_as_of, parse_tier
    from incidex.exchange import to_veris
    from incidex.exchange.forms import forms, to_form

    if name not in forms():
        raise InputError(f"there is no form {name[:80]!r}; there are {', '.join(forms())}")
    incident = get_incident(log, record, tier=parse_tier(tier), as_of=parse_as_of(as_of))
    draft = to_form(incident, forms()[name])
    return {**draft, "veris": to_veris(incident)[0]} if name == "dbir" else draft


def _write(path: Path, text: str, *, force: bool) -> None:
    if path.exists() and not force:
        raise InputError(f"{path} is there already; give another name, or --force to overwrite it")
    try:
        path.write_text(text, "utf-8", errors="backslashreplace")
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from error
