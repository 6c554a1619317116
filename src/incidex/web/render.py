"""Templates, compiled once, every value escaped."""

from functools import cache
from importlib.resources import files

from minijinja import Environment

_FOLDER = files("incidex.web")


def render(name: str, **values: object) -> bytes:
    """Return a page as UTF-8; half of a surrogate pair, which no page can hold, comes out as U+FFFD."""
    return _environment().render_template(name, **values).encode("utf-8")


@cache
def read_static(name: str) -> bytes:
    """Return a file of `static/`."""
    return (_FOLDER / "static" / name).read_bytes()


@cache
def _environment() -> Environment:
    folder = _FOLDER / "templates"
    templates = {entry.name: entry.read_text("utf-8") for entry in folder.iterdir()}
    made = Environment(
        templates=templates,
        debug=False,  # an error must not carry the values of a record into a log
        undefined_behavior="strict",
        auto_escape_callback=lambda _: "html",
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.add_filter("grouped", lambda number: f"{number:,}")
    made.add_filter("percent", lambda share: f"{share:.0%}")
    return made
