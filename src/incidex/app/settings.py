"""Settings: one frozen value, read once from the environment and passed down."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import urlsplit

from incidex.model import InputError

PREFIX = "INCIDEX_"

#: A host as it stands in an address, with its port: a name, or an IPv6 address in brackets.
_HOST = re.compile(r"([A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")

#: Every variable there is, with what it means; `incidex doctor` prints it.
VARIABLES = {
    "INCIDEX_HOME": "folder for what Incidex keeps (default: ~/.local/share/incidex)",
    "INCIDEX_DATABASE": "path of the database file, or postgresql://… (default: incidex.db in INCIDEX_HOME)",
    "INCIDEX_PUBLIC_URL": "the address that others know the site by, as https://incidents.example.org",
    "INCIDEX_LLM_URL": "endpoint of a language model, as http://localhost:11434/v1 (default: none)",
    "INCIDEX_LLM_MODEL": "the model that --coder llm asks there (default: none)",
    "INCIDEX_LLM_KEY": "the key that the endpoint asks for (default: none)",
}


@dataclass(frozen=True, slots=True)
class ServerUrl:
    """The address of a database on a server. Only `url` has the password; nothing printed does."""

    url: str = field(repr=False)

    def __str__(self) -> str:
        try:
            parts = urlsplit(self.url)
            return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
        except ValueError:
            return "postgresql://…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the operator chose."""

    home: Path
    database: Path | ServerUrl
    public_url: str = ""  # without a slash at its end; "": the address that each request names
    llm_url: str = ""
    llm_model: str = ""
    llm_key: str = field(default="", repr=False)

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "Settings":
        """Read the settings; raise `InputError` on a variable that means nothing here."""
        for name in environment:
            if name.startswith(PREFIX) and name not in VARIABLES:
                raise InputError(f"{name} is not a setting of Incidex{_suggest(name)}")
        default = Path(environment.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "incidex"
        home = Path(environment.get("INCIDEX_HOME") or default)
        chosen = environment.get("INCIDEX_DATABASE", "")
        return cls(
            home=home,
            database=parse_database(chosen) if chosen else home / "incidex.db",
            public_url=parse_public_url(environment.get("INCIDEX_PUBLIC_URL", "")),
            llm_url=environment.get("INCIDEX_LLM_URL", ""),
            llm_model=environment.get("INCIDEX_LLM_MODEL", ""),
            llm_key=environment.get("INCIDEX_LLM_KEY", ""),
        )

    @property
    def watches(self) -> Path:
        """Where standing queries stand, with the secrets that sign what they say."""
        return self.home / "watches.db"

    @property
    def accounts(self) -> Path:
        """Where the members' accounts stand: apart from the log, which is copied and handed on."""
        return self.home / "accounts.db"


def parse_database(text: str) -> Path | ServerUrl:
    """Return the file or server that was named; raise `InputError` for an address of another kind."""
    scheme, found, _ = text.partition("://")
    if not found:
        return Path(text)
    if scheme not in ("postgresql", "postgres"):
        raise InputError(f"{scheme}://…: a database is a path, or an address that begins with postgresql://")
    return ServerUrl(text)


def parse_public_url(text: str) -> str:
    """Return the address of a site, without a slash at its end; raise `InputError` for what is none."""
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        is_host = parts.scheme in ("https", "http") and _HOST.fullmatch(parts.netloc) and parts.port != 0
    except ValueError:
        is_host = None
    if not is_host or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise InputError(
            f"INCIDEX_PUBLIC_URL is {text[:80]!r}; give the site's scheme and host and no more, "
            "as https://incidents.example.org"
        )
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _suggest(name: str) -> str:
    near = get_close_matches(name, VARIABLES, n=1)
    return f"; did you mean {near[0]}?" if near else f"; there are {', '.join(VARIABLES)}"
