"""A mapping: which column of a table says which field, in which words and by whom. A small data file.

Mappings of well-known sources stand in data/mappings; a user's own is a TOML file of the same shape (see
docs/how-to/import-records.md). Reading one checks every word of it.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as member
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any

from incidex.codebook import get_field
from incidex.model import IncidexError, InputError, Role, Source, Stance, Tier

#: Cells that say that nobody knows, in any case.
UNKNOWN = frozenset({"", "-", "n/a", "na", "none", "null", "unknown", "not available", "not specified"})

#: How a cell may be read, besides as it stands: the host of an address, or the words of a piece of HTML.
READINGS = ("text", "domain", "html")

Said = tuple[str, str]  # a field, and a value of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """What one column says. Without a field, its `values` say which fields they are of."""

    name: str  # as the header has it, or the dotted path of a JSON row
    field: str = ""
    values: Mapping[str, tuple[Said, ...]] = member(default_factory=dict)  # by the cell, case folded
    split: str = ""  # between several values in one cell
    date: str = ""  # how a date is written, as `strptime` has it: "%m/%d/%Y"
    write: str = "{}"  # around each value: "US-{}"
    reading: str = "text"
    prose: bool = False  # whether it is (also) part of the document's text
    speaker: str = ""  # who says it, if not the source: "{group}" is the cell of that column
    role: str = ""
    stance: Stance = Stance.ASSERTS
    confidence: float = 1.0
    tier: Tier = Tier.CLEAR

    @property
    def says_something(self) -> bool:
        """Say whether anything is taken of the column."""
        return bool(self.field or self.values or self.prose)


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """What every row says, because of what the table is."""

    field: str
    value: str
    why: str
    speaker: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip:
    """Rows that are of something else, by the value of a column, and why."""

    name: str
    value: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingFile:
    """All of a mapping."""

    name: str
    coder: str  # who signs the claims: the mapping's name and version, and for a user's own a hash
    source: Source
    licence: str = ""
    register: str = "database"
    title: str = ""  # "{Name}": cells by their columns
    url: str = ""
    key: Sequence[str] = ()  # the columns by which a row is known when it has changed
    published: str = ""  # the column that has the row's own date, and how it is written
    published_as: str = ""
    encoding: str = "utf-8-sig"
    delimiter: str = ""  # found out unless said
    columns: Sequence[Column] = ()
    constants: Sequence[Constant] = ()
    skips: Sequence[Skip] = ()
    ignored: frozenset[str] = frozenset()


def parse_mapping(text: str, name: str, *, is_ours: bool = False) -> MappingFile:
    """Return what a mapping's text says; raise `InputError` naming the entry that cannot be used."""
    try:
        held = tomllib.loads(text)
        made = _make(held, "" if is_ours else f"-{sha256(text.encode()).hexdigest()[:6]}")
    except tomllib.TOMLDecodeError as wrong:
        raise InputError(f"{name} is not TOML: {wrong}") from wrong
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise InputError(f"{name} is no mapping: {_explain(wrong)}") from wrong
    except IncidexError as wrong:
        raise InputError(f"{name}: {wrong}") from wrong
    return made


def _explain(wrong: Exception) -> str:
    return f"it needs {wrong.args[0]!r}" if isinstance(wrong, KeyError) else str(wrong)


@cache
def get_mapping(name: str) -> MappingFile:
    """Return one of the mappings that come with Incidex."""
    path = Path(__file__).parent / "data" / "mappings" / f"{name}.toml"
    return parse_mapping(path.read_text("utf-8"), path.name, is_ours=True)


def _make(held: Mapping[str, Any], suffix: str) -> MappingFile:
    _refuse_unknown(held, "the mapping", _TOP)
    source, row = held["source"], held.get("row", {})
    _refuse_unknown(source, "[source]", ("name", "role", "url", "reliability", "licence", "register"))
    _refuse_unknown(row, "[row]", ("title", "url", "key", "published", "published_as"))
    return MappingFile(
        name=held["name"],
        coder=f"{held['name']}{suffix}@{held.get('version', 1)}",
        source=Source(
            name=source["name"],
            role=Role(source.get("role", Role.RESEARCHER)),
            url=source.get("url", ""),
            reliability=source.get("reliability", "F"),
        ),
        licence=source.get("licence", ""),
        register=source.get("register", "database"),
        **{**row, "key": _make_key(row.get("key", ()), held.get("column", ()))},
        encoding=held.get("encoding", "utf-8-sig"),
        delimiter=held.get("delimiter", ""),
        columns=tuple(_make_column(each) for each in held.get("column", ())),
        constants=tuple(_make_constant(each) for each in held.get("constant", ())),
        skips=tuple(Skip(**each) for each in held.get("skip", ())),
        ignored=frozenset(held.get("ignore", ())),
    )


def _make_key(said: object, columns: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the columns that name a row: those that the mapping says, or else those of its identifiers."""
    if isinstance(said, str):
        return (said,)
    if not isinstance(said, list | tuple) or not all(isinstance(each, str) for each in said):
        raise ValueError('key is a column, or several: key = ["Number"]')
    return tuple(said) or tuple(each["name"] for each in columns if each.get("field") == "identifier")


_TOP = (
    "name",
    "version",
    "encoding",
    "delimiter",
    "source",
    "row",
    "column",
    "constant",
    "skip",
    "ignore",
)


def _refuse_unknown(held: Mapping[str, Any], where: str, known: Sequence[str]) -> None:
    for name in held:
        if name not in known:
            raise ValueError(f"{where} has no {name!r}; there are {', '.join(known)}")


def _make_column(entry: Mapping[str, Any]) -> Column:
    _refuse_unknown(entry, f"the column {entry.get('name')!r}", tuple(Column.__dataclass_fields__))
    name = entry.get("field", "")
    if name:
        get_field(name)
    if entry.get("reading", "text") not in READINGS:
        raise ValueError(f"the column {entry['name']!r} is read as {', '.join(READINGS)}, or not at all")
    if entry.get("role"):
        Role(entry["role"])
    return Column(
        **{
            **entry,
            "values": _make_values(entry),
            "stance": Stance(entry.get("stance", Stance.ASSERTS)),
            "tier": Tier[str(entry.get("tier", "clear")).upper()],
        }
    )


def _make_values(entry: Mapping[str, Any]) -> Mapping[str, tuple[Said, ...]]:
    """Return what cells say: a string is a value of the column's field, a list has "field=value"."""
    made: dict[str, tuple[Said, ...]] = {}
    for cell, said in entry.get("values", {}).items():
        if isinstance(said, list):
            pairs = [each.partition("=") for each in said]
            made[cell.casefold()] = tuple((get_field(name).name, value) for name, _, value in pairs)
        elif entry.get("field"):
            made[cell.casefold()] = ((entry["field"], str(said)),) if said else ()
        else:
            raise ValueError(f'the column {entry["name"]!r} has no field: write ["field=value"] for {cell!r}')
    return MappingProxyType(made)


def _make_constant(entry: Mapping[str, Any]) -> Constant:
    get_field(entry["field"])
    return Constant(**entry)
