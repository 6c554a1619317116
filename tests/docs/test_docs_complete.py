"""Nothing public goes undocumented: every command, option, setting and field has its words."""

from pathlib import Path

import pytest
import typer.main

from incidex.app.cli import app
from incidex.app.settings import VARIABLES
from incidex.codebook import fields

DOCS = Path(__file__).parents[2] / "docs"
REFERENCE = "".join(path.read_text("utf-8") for path in sorted((DOCS / "reference").glob("*.md")))


def options() -> list[tuple[str, str]]:
    """Return each command's name with each of its options."""
    root = typer.main.get_command(app)
    commands = dict(getattr(root, "commands", {}))
    for group in [name for name in commands if hasattr(commands[name], "commands")]:
        commands |= {f"{group} {name}": each for name, each in commands[group].commands.items()}
    return [
        (name, option)
        for name, command in commands.items()
        for parameter in command.params
        for option in (*parameter.opts, *parameter.secondary_opts)
        if option.startswith("--") and option != "--help"
    ]


@pytest.mark.parametrize("name", sorted({name for name, _ in options()} | {"doctor", "log verify"}))
def test_every_command_is_in_the_reference(name: str) -> None:
    assert f"`incidex {name}" in REFERENCE


@pytest.mark.parametrize(("name", "option"), options())
def test_every_option_is_in_its_commands_row(name: str, option: str) -> None:
    row = next(line for line in REFERENCE.splitlines() if line.startswith(f"| `incidex {name}"))
    assert option in row or option == "--serve"  # documented by its opposite, because it is the default


@pytest.mark.parametrize("name", VARIABLES)
def test_every_setting_is_in_the_reference(name: str) -> None:
    assert f"`{name}`" in REFERENCE


@pytest.mark.parametrize("name", fields())
def test_every_field_says_what_counts(name: str) -> None:
    field = fields()[name]
    assert field.label
    assert len(field.definition.split()) >= 8
