"""The coding scheme: every field that a claim may be about, read once from the codebook's data file."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as member
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Any

from incidex.codebook.files import VERSION, read_data, suggest
from incidex.codebook.terms import vocabularies
from incidex.model import CodebookError, FieldPolicy, Role, Tier, Withheld

#: The groups of fields, in the order in which a record shows them.
GROUPS = ("incident", "victim", "actor", "action", "attribute", "loss", "after")


class Kind(StrEnum):
    """What a field's values are, and so how they are checked and written."""

    TEXT = "text"  # paragraphs
    NAME = "name"  # a name as it is written; a vocabulary, if any, suggests and does not limit
    VOCABULARY = "vocabulary"  # one of the vocabulary's ids, and nothing else
    DATE = "date"  # EDTF, ISO 8601-2:2019, levels 0 and 1 and the level 2 seasons: "2017-04"
    COUNT = "count"  # whole and not negative: "1400000"
    MONEY = "money"  # an ISO 4217 code and an amount: "USD 4400000"
    DURATION = "duration"  # ISO 8601: "PT72H"
    COUNTRY = "country"  # ISO 3166-1 alpha-2: "US"
    REGION = "region"  # ISO 3166-2, or a name where the code is not known: "US-TX"
    INDUSTRY = "industry"  # NAICS, two to six digits: "62"
    DOMAIN = "domain"  # lower case: "example.com"
    IDENTIFIER = "identifier"  # a CVE number: "CVE-2021-44228"
    REFERENCE = "reference"  # a system and the name the incident has there: "vcdb:0001AA7F-…", "sec:…"
    INDICATOR = "indicator"  # a type and a value: "ip:192.0.2.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of the codebook: what it means, what it may hold, who may see it and who can confirm it."""

    name: str
    label: str
    group: str
    definition: str  # the coding instruction: what counts, what does not, an example
    kind: Kind
    vocabulary: str | None = (
        None  # where values are drawn from; it limits the kinds vocabulary, country and money
    )
    many: bool = False  # whether an incident may have several values at once
    tier: Tier = Tier.CLEAR
    withheld: Withheld = Withheld.SILENT
    confirmed_by: frozenset[Role] = frozenset({Role.AUTHORITY})
    mapping: Mapping[str, str] = member(default_factory=dict, hash=False)
    """Where the field stands in "veris", "stix" and "misp": a dotted path, `*` for any name in one place.
    A standard that is not named has no place for the field, and an export there must report the loss."""


@cache
def may_read_whole() -> Tier:
    """Return the lowest tier that may read a report's text whole; others read the passages quoted."""
    return Tier[_read_book().get("whole_reports", "GREEN")]


@cache
def fields() -> Mapping[str, Field]:
    """Return every field by name, in codebook order; raise `CodebookError` when the data file is damaged."""
    found = [_make_field(entry) for entry in _read_book()["field"]]
    if len({each.name for each in found}) != len(found):
        raise CodebookError("the codebook has a field twice; install Incidex again")
    return MappingProxyType({each.name: each for each in found})


def get_field(name: str) -> Field:
    """Return the field, or raise `CodebookError` naming the fields that are spelled like it."""
    try:
        return fields()[name]
    except KeyError:
        raise CodebookError(f"there is no field {name[:80]!r}{suggest(name, fields())}") from None


@cache
def policy() -> Mapping[str, FieldPolicy]:
    """Return, by field, what the fold needs to know: who confirms, who sees, what is said to the others."""
    return MappingProxyType(
        {
            each.name: FieldPolicy(
                confirmed_by=each.confirmed_by, withheld=each.withheld, tier=each.tier, many=each.many
            )
            for each in fields().values()
        }
    )


@cache
def _read_book() -> Mapping[str, Any]:
    import tomllib  # slow to import, and a command that prints its help needs no codebook

    book = tomllib.loads(read_data("codebook.toml"))
    if book.get("version") != VERSION:
        raise CodebookError(f"the codebook is version {book.get('version')}, this program reads {VERSION}")
    return book


def _make_field(entry: Mapping[str, Any]) -> Field:
    """Check one entry of the data file; the parser's open types end here."""
    try:
        made = Field(
            name=entry["name"],
            label=entry["label"],
            group=entry["group"],
            definition=" ".join(entry["definition"].split()),
            kind=Kind(entry["kind"]),
            vocabulary=entry.get("vocabulary"),
            many=entry.get("many", False),
            tier=Tier[entry.get("tier", "CLEAR")],
            withheld=Withheld(entry.get("withheld", "silent")),
            confirmed_by=frozenset(Role(role) for role in entry["confirmed_by"]),
            mapping=MappingProxyType(dict(entry.get("mapping", {}))),
        )
    except (KeyError, ValueError) as wrong:
        raise CodebookError(f"the codebook's field {entry.get('name')!r} is damaged: {wrong}") from wrong
    if made.group not in GROUPS or (made.vocabulary is not None and made.vocabulary not in vocabularies()):
        raise CodebookError(f"the codebook's field {made.name} names a group or vocabulary that there is not")
    return made
