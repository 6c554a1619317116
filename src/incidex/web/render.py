"""Templates, compiled once, every value escaped."""

from functools import cache
from importlib.resources import files

from minijinja import Environment

_FOLDER = files("incidex.web")


def render(name: str, **values: object) -> bytes:
    """Return a page as UTF-8; half of a surrogate pair, which no page can hold, is shown as "?"."""
    try:
        return _environment().render_template(name, **values).encode("utf-8")
    except UnicodeEncodeError:
        return (
            _environment()
            .render_template(name, **{key: _mend(value) for key, value in values.items()})
            .encode("utf-8")
        )


@cache
def read_static(name: str) -> bytes:
    """Return a file of `static/`."""
    return (_FOLDER / "static" / name).read_bytes()


@cache
def _environment() -> Environment:
    folder = _FOLDER / "templates"
    templates = {entry.name: entry.read_text("utf-8") for entry in folder.iterdir()}
    return Environment(
        templates=templates,
        debug=False,  # an error must not carry the values of a record into a log
        undefined_behavior="strict",
        auto_escape_callback=lambda _: "html",
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _mend(value: object) -> object:
    """Copy a tree of strings, sequences and frozen values with what cannot be encoded replaced."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {key: _mend(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [_mend(each) for each in value]
    names = getattr(value, "__dataclass_fields__", ())
    return {name: _mend(getattr(value, name)) for name in names} if names else value
