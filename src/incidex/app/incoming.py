"""What is handed in: files and folders, with what is known of where they come from."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from incidex.codebook import check_value
from incidex.model import CodebookError, IncidexError, InputError, LimitError, Report, Role, Source, Tier
from incidex.text import LIMITS

MANIFEST = "manifest.toml"

#: Names that are never reports.
_IGNORED = {MANIFEST}


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What is known of a report besides its bytes."""

    source: Source
    title: str = ""
    url: str = ""
    published: str = ""
    media_type: str = ""
    register: str = ""
    tier: Tier = Tier.CLEAR
    origin: str = ""
    accounts: tuple[str, ...] = ()

    def report(self, data: bytes, media_type: str) -> Report:
        """Describe the report that these bytes are."""
        return Report(
            sha256=sha256(data).hexdigest(),
            source=self.source,
            title=self.title,
            url=self.url,
            published=self.published,
            media_type=media_type,
            register=self.register,
            tier=self.tier,
            origin=self.origin,
            accounts=self.accounts,
        )


@dataclass(frozen=True, slots=True)
class Incoming:
    """One file to read, and where it comes from."""

    path: Path
    origin: Origin
    group: str = ""  # the incident that a manifest lists it under; only for people and for tests
    expected: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The file's name, which is all of its path that is ever stored."""
        return self.path.name

    def read_bytes(self) -> bytes:
        """Return the file's bytes; refuse one that is too large without reading it."""
        try:
            size = self.path.stat().st_size
            if size > LIMITS.max_bytes:
                raise LimitError(f"{self.name} has {size:,} bytes and {LIMITS.max_bytes:,} are allowed")
            return self.path.read_bytes()
        except OSError as error:
            raise InputError(f"{self.name} cannot be read: {error.strerror or error}") from error


@dataclass(frozen=True, slots=True)
class Sent:
    """One report whose bytes came by themselves, and where it comes from."""

    name: str
    origin: Origin
    data: bytes

    def read_bytes(self) -> bytes:
        """Return the report's bytes."""
        return self.data


def parse_path(text: str) -> Path:
    """Return the path that was typed; raise `InputError` for an address, which cannot be fetched yet."""
    if "://" in text:
        raise InputError(f"{text} is an address; save the page and hand in the file, or pipe its text to `-`")
    return Path(text)


def find_incoming(path: Path, origin: Origin) -> Iterator[Incoming]:
    """Yield the reports in a file or folder, in a stable order.

    A folder with a `manifest.toml` says of each of its reports where it comes from; in any other folder
    every file is a report, and `origin` is what is known of all of them.
    """
    try:
        is_folder, is_listed = path.is_dir(), (path / MANIFEST).is_file()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}") from error
    if not path.exists():
        raise InputError(f"there is no file or folder {path}")
    if not is_folder:
        yield Incoming(path, origin)
    elif is_listed:
        yield from read_manifest(path)
    else:
        yield from (Incoming(found, origin) for found in _files(path))


def _files(folder: Path) -> list[Path]:
    try:
        found = sorted(path for path in folder.rglob("*") if path.is_file())
        next(folder.iterdir(), None)
    except OSError as error:
        raise InputError(f"the folder {folder} cannot be read: {error.strerror or error}") from error
    reports = [path for path in found if path.name not in _IGNORED and not path.name.startswith(".")]
    if not reports:
        raise InputError(f"the folder {folder} holds no reports")
    return reports


def read_manifest(folder: Path) -> Iterator[Incoming]:
    """Yield the reports that a folder's `manifest.toml` lists."""
    try:
        manifest = tomllib.loads((folder / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{folder / MANIFEST} cannot be used: {error}") from error
    for group in ("incident", "no_incident"):
        for entry in manifest.get(group, []):
            expected = entry.get("expected", {})
            for row in entry.get("report", [entry]):
                yield Incoming(folder / _text(row, "file"), make_origin(row), entry.get("key", ""), expected)


def make_origin(row: Mapping[str, Any]) -> Origin:
    """Make an origin from a row of a manifest or from command-line options; check every word of it."""
    published = str(row.get("published", ""))
    try:
        return Origin(
            source=Source(
                name=_text(row, "source"),
                role=Role(row.get("role", Role.PRESS)),
                url=str(row.get("source_url", "")),
                reliability=str(row.get("reliability", "F")).upper(),
            ),
            title=str(row.get("title", "")),
            url=str(row.get("url", "")),
            published=check_value("date.disclosed", published) if published else "",
            media_type=str(row.get("media_type", "")),
            register=str(row.get("register", "")),
            tier=Tier[str(row.get("tier", "clear")).upper()],
            origin=str(row.get("origin", "")),
            accounts=tuple(row.get("accounts", ())),
        )
    except KeyError as error:
        tiers = ", ".join(tier.name.lower() for tier in Tier)
        raise InputError(f"{error.args[0].lower()!r} is not a tier; there are {tiers}") from error
    except CodebookError as error:
        raise InputError(f"published: {error}") from error
    except (ValueError, IncidexError) as error:
        raise InputError(f"{row.get('file', 'the report')}: {error}") from error


def _text(row: Mapping[str, Any], name: str) -> str:
    if not isinstance(row.get(name), str) or not row[name].strip():
        raise InputError(f"a report needs {name!r}; this one has {dict(row)!r}")
    return str(row[name])
