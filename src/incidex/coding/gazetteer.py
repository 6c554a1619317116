"""Names of places and public bodies, and the country that each speaks for: `data/places.tsv` and ISO 3166."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

from incidex.codebook import get_vocabulary
from incidex.coding.cues import read_rows
from incidex.coding.lexicon import Lexicon

#: Names of countries that are also states, people or birds, and demonyms that are languages first.
_NEVER = frozenset(
    {"Georgia", "Georgian", "Jordan", "Chad", "Turkey", "Guinea", "English", "Niger", "Jersey", "the States"}
)


class Place(NamedTuple):
    """A term: the country that it speaks for, what kind of place it is, and the region, if it is one."""

    country: str
    kind: str  # country, demonym, state, region, city, body, number, postal, currency …
    region: str = ""


@cache
def postal_codes() -> Mapping[str, str]:
    """Return the states of the United States by their postal codes."""
    return {term.extra.get("postal", ""): term.id for term in get_vocabulary("us_state").values()}


def place_names() -> Iterable[str]:
    """Return the names of all places, as they are spelt."""
    return load_places()[1]


@cache
def load_places() -> tuple[Lexicon, Mapping[str, Place]]:
    """Return the names of places, as they are spelt, and what each stands for."""
    found: dict[str, Place] = {}
    for code, kind, terms in read_rows("places"):
        found.update((term, Place(code, kind)) for term in terms.split("|"))
    for term in get_vocabulary("us_state").values():
        for name in (*term.names, *term.each("demonyms")):
            found.setdefault(name, Place("US", "state", term.id))
    for term in get_vocabulary("country").values():
        for kind, names in (("country", term.names), ("demonym", term.each("demonyms"))):
            for name in names:
                if len(name) > 1 and name not in _NEVER:
                    found.setdefault(name, Place(term.id, kind))
    return Lexicon(found, lower=False), found
