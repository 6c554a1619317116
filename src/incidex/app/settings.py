"""Settings: one frozen value, read once from the environment and passed down."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from incidex.model import InputError

PREFIX = "INCIDEX_"

#: Every variable there is, with what it means; `incidex doctor` prints it.
VARIABLES = {
    "INCIDEX_HOME": "folder for what Incidex keeps (default: ~/.local/share/incidex)",
    "INCIDEX_DATABASE": "path of the database file (default: incidex.db in INCIDEX_HOME)",
    "INCIDEX_MEMBER_KEY": "key that opens the members' view of the site (default: a new one at each start)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the operator chose."""

    home: Path
    database: Path
    member_key: str = ""

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "Settings":
        """Read the settings; raise `InputError` on a variable that means nothing here."""
        for name in environment:
            if name.startswith(PREFIX) and name not in VARIABLES:
                raise InputError(f"{name} is not a setting of Incidex{_suggest(name)}")
        default = Path(environment.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "incidex"
        home = Path(environment.get("INCIDEX_HOME") or default)
        chosen = environment.get("INCIDEX_DATABASE", "")
        if "://" in chosen:
            raise InputError(
                f"INCIDEX_DATABASE = {chosen.split('://')[0]}://…: only a file path is possible yet"
            )
        return cls(
            home=home,
            database=Path(chosen) if chosen else home / "incidex.db",
            member_key=environment.get("INCIDEX_MEMBER_KEY", ""),
        )


def _suggest(name: str) -> str:
    near = get_close_matches(name, VARIABLES, n=1)
    return f"; did you mean {near[0]}?" if near else f"; there are {', '.join(VARIABLES)}"
