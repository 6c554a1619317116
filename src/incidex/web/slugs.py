"""What organisations, actors and sources are called in an address: the same for every spelling of a name."""

import unicodedata
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from types import MappingProxyType
from urllib.parse import quote

from incidex.codebook import Term, find_terms, get_vocabulary
from incidex.linking import fold_name
from incidex.search import write_value

#: The lists of known actors. Those who run a ransomware go under its name.
LISTS = ("actor", "ransomware")

#: Longer names are cut, and told apart by their hash.
LONGEST = 80


def name_organisation(name: str) -> str:
    """Return the id of an organisation: "The Acme Co., Ltd." and "ACME" are both "acme"."""
    return _join(fold_name(name), name)


def name_source(name: str) -> str:
    """Return the id of a source, which is what its name is in small letters."""
    return _join(_plain(name), name)


def name_actor(name: str) -> str:
    """Return the id of an actor: an alias that means one known actor has that one's id."""
    known = find_actor(name)
    return _join(_plain(known.label if known else name), name)


def find_actor(name: str) -> Term | None:
    """Return the known actor that a name means; `None` when it means none, or may mean several."""
    for vocabulary in LISTS:
        found = find_terms(vocabulary, name)
        if found:
            return found[0] if len(found) == 1 else _actors().get(_plain(name))
    return _actors().get(_plain(name))


def find_actor_by_id(id: str) -> Term | None:  # noqa: A002
    """Return the known actor that an id or an alias written as one means."""
    wanted = id.replace("-", " ")
    return _actors().get(wanted) or _aliases().get(wanted)


def link(kind: str, id: str) -> str:  # noqa: A002
    """Return the address of a page: `link("actors", "fancy-bear")`."""
    return f"/{kind}/{quote(id, safe='', errors='replace')}"


def ask_for(field: str, value: str) -> str:
    """Return the query for all incidents with a value."""
    return f"{field}:{write_value(value)}"


def link_search(field: str, value: str) -> str:
    """Return the address of all incidents with a value."""
    return f"/search?q={quote(ask_for(field, value), safe='', errors='replace')}"


@cache
def _actors() -> Mapping[str, Term]:
    """Return known actors by their names; where both lists have one, it is the first list's."""
    listed = [term for vocabulary in LISTS for term in get_vocabulary(vocabulary).values()]
    return MappingProxyType({_plain(term.label): term for term in listed[::-1]})


@cache
def _aliases() -> Mapping[str, Term]:
    """Return known actors by aliases that mean one of them and are no other's name."""
    bearers: dict[str, dict[str, Term]] = {}
    for vocabulary in LISTS[::-1]:
        named: dict[str, dict[str, Term]] = {}
        for term in get_vocabulary(vocabulary).values():
            for alias in term.aliases:
                named.setdefault(_plain(alias), {})[term.id] = term
        bearers.update(named)
    return MappingProxyType(
        {
            name: next(iter(found.values()))
            for name, found in bearers.items()
            if len(found) == 1 and name not in _actors()
        }
    )


def _join(words: str, name: str) -> str:
    """Join words with hyphens. Two names of different words have different ids, also the very long ones."""
    joined = "-".join(words.split())
    if joined and len(joined) <= LONGEST:
        return joined
    mark = sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:10]
    return f"{joined[:LONGEST]}-{mark}" if joined else f"name-{mark}"


def _plain(name: str) -> str:
    """Return a name in small letters without accents and marks, every word of it."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    kept = (
        each if each.isalnum() else "" if unicodedata.combining(each) or each in ".'’" else " "
        for each in decomposed
    )
    return " ".join("".join(kept).split())
