"""What a TAXII client asks for: filters, a limit and where to go on, each checked before anything is done."""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from incidex.model import InputError
from incidex.web.taxii_shelf import Entry, Place, Shelf

#: Objects on a page when nobody says how many, and at most.
USUAL_PAGE = 100
LARGEST_PAGE = 1000

#: Values in one filter, and entries that one request looks at: whoever asks for more pages on from there.
_MOST_VALUES = 100
_MOST_LOOKED_AT = 100_000

_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:Z|\+00:00)")
_PLACE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)\|(\d{1,9})\|(.{1,200})", re.DOTALL)
_VERSIONS = frozenset({"last", "first", "all"})


@dataclass(frozen=True, slots=True)
class Ask:
    """A request for objects (TAXII 2.1, section 3.4 and 5.4)."""

    added_after: str = ""
    ids: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    spec_versions: tuple[str, ...] = ()
    limit: int = USUAL_PAGE
    since: Place | None = None


class Page(NamedTuple):
    """A part of a collection; `following` is where the next one begins, "" when there is none."""

    entries: tuple[Entry, ...]
    following: str


def parse_ask(query: Mapping[str, str]) -> Ask:
    """Read a query; raise `InputError` for what makes no sense. Unknown filters are ignored (3.4)."""
    return Ask(
        added_after=_parse_time(query.get("added_after", "")),
        ids=_parse_list(query, "id"),
        types=_parse_list(query, "type"),
        versions=tuple(_parse_version(each) for each in _parse_list(query, "version")),
        spec_versions=_parse_list(query, "spec_version"),
        limit=_parse_limit(query.get("limit", "")),
        since=_parse_place(query.get("next", "")),
    )


def find_page(shelf: Shelf, ask: Ask) -> Page:
    """Return the entries that were asked for, after a bounded look; what is not reached is next."""
    found: list[Entry] = []
    last: Entry | None = None
    for looked_at, entry in enumerate(_walk(shelf, ask)):
        if last and (len(found) == ask.limit or looked_at == _MOST_LOOKED_AT):
            return Page(tuple(found), make_next(last.place))
        last = entry
        if _fits(entry, ask):
            found.append(entry)
    return Page(tuple(found), "")


def make_next(place: Place) -> str:
    """Return a place as a client hands it back. It is no secret: a forged one is a place like any other."""
    text = f"{place.added}|{place.number}|{place.record}"
    return base64.urlsafe_b64encode(text.encode("utf-8", "surrogatepass")).decode().rstrip("=")


def _walk(shelf: Shelf, ask: Ask) -> Iterator[Entry]:
    """Yield what may be meant, in order, from where the client goes on."""
    if ask.ids:
        found = sorted(entry for entry in map(shelf.find, set(ask.ids)) if entry)
        for entry in found:
            if entry.place.added > ask.added_after and (ask.since is None or entry.place > ask.since):
                yield entry
    elif ask.types:
        yield from shelf.walk_types(ask.types, added_after=ask.added_after, since=ask.since)
    else:
        yield from shelf.walk(added_after=ask.added_after, since=ask.since)


def _fits(entry: Entry, ask: Ask) -> bool:
    if ask.types and entry.type not in ask.types:
        return False
    if ask.spec_versions and "2.1" not in ask.spec_versions:
        return False
    # Only the newest version of an object is kept here: it is the first and the last and all there are.
    return (
        not ask.versions or bool(_VERSIONS & set(ask.versions)) or _parse_time(entry.version) in ask.versions
    )


def _parse_list(query: Mapping[str, str], name: str) -> tuple[str, ...]:
    text = query.get(f"match[{name}]", "")
    values = tuple(each.strip() for each in text.split(",") if each.strip())
    if len(values) > _MOST_VALUES:
        raise InputError(f"match[{name}] takes at most {_MOST_VALUES} values, got {len(values)}")
    return values


def _parse_time(text: str) -> str:
    """Return a timestamp with six digits after the point, so that times compare as texts."""
    if not text:
        return ""
    match = _TIME.fullmatch(text.replace(" ", "+"))
    if match is None:
        raise InputError(f'a time is written as "2026-01-02T03:04:05.000000Z", got {text[:40]!r}')
    return f"{match[1]}.{(match[2] or '')[:6]:0<6}Z"


def _parse_version(text: str) -> str:
    return text if text in _VERSIONS else _parse_time(text)


def _parse_limit(text: str) -> int:
    if not text:
        return USUAL_PAGE
    if not text.isascii() or not text.isdigit() or not 0 < len(text) < 10 or int(text) == 0:
        raise InputError(f"limit is a whole number above zero, got {text[:40]!r}")
    return min(int(text), LARGEST_PAGE)


def _parse_place(text: str) -> Place | None:
    if not text:
        return None
    wrong = InputError("next is not one that this server gave out; begin again without it")
    if len(text) > 400:
        raise wrong
    try:
        read = base64.b64decode(
            f"{text}{'=' * (-len(text) % 4)}".encode("ascii"), altchars=b"-_", validate=True
        )
        match = _PLACE.fullmatch(read.decode("utf-8", "surrogatepass"))
    except (binascii.Error, UnicodeError) as error:
        raise wrong from error
    if match is None:
        raise wrong
    return Place(match[1], match[3], int(match[2]))


def say_dates(entries: Iterable[Entry]) -> dict[str, str]:
    """Return the headers that say from when to when the entries of an answer were added."""
    added = [entry.place.added for entry in entries]
    return {"X-TAXII-Date-Added-First": added[0], "X-TAXII-Date-Added-Last": added[-1]} if added else {}
