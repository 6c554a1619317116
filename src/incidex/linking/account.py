"""One account of an incident, made ready to be compared: what a report says, or what a record adds up to."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType

from incidex.linking.mentions import MOST_CHARACTERS, mention_key, mentions
from incidex.linking.names import fold_domain, fold_name, initials, short_names
from incidex.model import Claim, Stance

#: What is known of an incident: values by field. The date of the report may stand under "published".
Facts = Mapping[str, frozenset[str]]

Days = tuple[date, date]  # the first and last day that a date can mean

#: Dates of the event itself, best first.
EVENT_DATES = ("date.occurred", "date.discovered", "date.disclosed", "date.ended")

#: Sets of values that are compared as sets: what they are called in a score, and the fields they come from.
SETS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "actor": ("actor.name",),
        "actor_role": ("actor.role",),
        "action": ("action",),
        "impact": ("impact",),
        "data": ("data.class", "data.variety"),
        "country": ("victim.country",),
        "means": ("technique", "vulnerability", "malware", "tool"),
        "identifier": ("identifier",),
    }
)
#: Fields that a model judges from a whole report: reports are told apart by them where it is sure of both.
_JUDGED, _SURE = frozenset({"action", "actor.role"}), 0.9
_FOLDED = frozenset({"actor.name", "malware", "tool"})

_YEAR = re.compile(r"\b(?:199[0-9]|20[0-3][0-9])\b")
_EDTF_PREFIX = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What is compared of an account. Names are folded; mentions are keys, see `mention_key`."""

    names: frozenset[str] = frozenset()
    secondary: frozenset[str] = frozenset()  # names of others that its breach struck
    domains: frozenset[str] = frozenset()
    mentions: frozenset[str] = frozenset()
    event: Mapping[str, tuple[Days, ...]] = field(default_factory=dict)
    mentioned_years: frozenset[int] = frozenset()  # of a text that has no date of the event itself
    published: tuple[Days, ...] = ()
    counts: frozenset[int] = frozenset()
    industries: frozenset[str] = frozenset()  # two digits of NAICS
    sets: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def years(self) -> frozenset[int]:
        """Return the years that it may have been in: by its own dates, else by what is said beside them."""
        if not self.event and self.mentioned_years:
            return self.mentioned_years
        days = self.event_days or self.published
        return frozenset(year for one, two in days for year in (one.year, two.year))

    @property
    def event_days(self) -> tuple[Days, ...]:
        """Return the dates of the event itself, of every kind."""
        return tuple(days for held in self.event.values() for days in held)

    def joined(self, mentioned: Iterable[str], published: Iterable[str] = ()) -> "Account":
        """Return the account with the mention keys and the dates of its reports."""
        days = tuple(read for text in published if (read := read_days(text)) is not None)
        return replace(
            self, mentions=self.mentions | frozenset(mentioned), published=(*self.published, *days)
        )


def facts(claims: Iterable[Claim], published: str = "") -> Facts:
    """Return what the claims assert, by field, with the report's date of publication."""
    held: dict[str, set[str]] = {"published": {published}} if published else {}
    for claim in claims:
        if claim.stance is Stance.ASSERTS and not (claim.field in _JUDGED and claim.confidence < _SURE):
            held.setdefault(claim.field, set()).add(claim.value)
    return MappingProxyType({name: frozenset(values) for name, values in held.items()})


def make_account(held: Facts, text: str = "") -> Account:
    """Return facts, and the text that they were read in, made ready to be compared."""
    event = {name: days for name in EVENT_DATES if (days := _days(held, name))}
    years = () if event else _YEAR.findall(text[:MOST_CHARACTERS])
    return Account(
        names=frozenset(map(fold_name, held.get("victim.name", ()))) - {""},
        secondary=frozenset(map(fold_name, held.get("victim.secondary", ()))) - {""},
        domains=frozenset(map(fold_domain, held.get("victim.domain", ()))) - {""},
        mentions=frozenset(map(mention_key, mentions(text))) if text else frozenset(),
        event=event,
        mentioned_years=frozenset(map(int, years)),
        published=_days(held, "published"),
        counts=frozenset(int(value) for value in held.get("data.records", ()) if value.isdecimal()),
        industries=frozenset(value[:2] for value in held.get("victim.industry", ())),
        sets={name: values for name, fields in SETS.items() if (values := _values(held, fields))},
    )


def name_keys(names: Iterable[str]) -> frozenset[str]:
    """Return the mention keys of folded names, of what each may be called for short, and of its initials."""
    found: set[str] = set()
    for name in names:
        shorter = [short for short in short_names(name) if " " in short or len(short) > 4]
        found.update((name, *shorter, initials(name)))
    return frozenset(mention_key(each) for each in found - {""})


def read_days(text: str) -> Days | None:
    """Read the first and last day that the start of an EDTF date can mean, "2017" and "2017-04" too."""
    match = _EDTF_PREFIX.match(text)
    if match is None:
        return None
    year, month, day = (int(part) if part else 0 for part in match.groups())
    if not 1 <= month <= 12:  # none, or a season: the year is what is sure
        month = 0
    try:
        if month and day:
            return (date(year, month, day),) * 2
        return (date(year, month or 1, 1), date(year, month or 12, 28))
    except ValueError:
        return None


def _days(held: Facts, name: str) -> tuple[Days, ...]:
    return tuple(days for text in sorted(held.get(name, ())) if (days := read_days(text)) is not None)


def _values(held: Facts, fields: Iterable[str]) -> frozenset[str]:
    return frozenset(
        fold_name(value) if name in _FOLDED else value for name in fields for value in held.get(name, ())
    )
