"""Who else was harmed because the victim was: `victim.secondary`, a provider's customers by name."""

from collections.abc import Iterator
from functools import cache
from itertools import product

from incidex.coding.base import Prepared, Reading
from incidex.coding.capitals import Mention, find_mentions
from incidex.coding.kinds import kinds_of
from incidex.coding.lexicon import Lexicon
from incidex.model import Span

_LISTS = product(
    ("customers", "clients", "companies", "organisations", "organizations", "firms", "employers", "partners"),
    ("such as", "including", "include", "included", "like", ", among them", ", including"),
)
_PEOPLE = product(("employees", "staff", "workers", "customers", "patients", "members"), ("of", "at"))
_COVERED = ("covered entity (CE)", "covered entities (CEs)", "covered entities (CE)", "covered entities")
#: What may stand between a cue and the first name, and between two names of a list.
_LEADS = frozenset({" ", " the ", ", ", ": ", ", the "})
_GAPS = frozenset({", ", " and ", ", and ", ", the ", " and the ", ", and the ", " or "})
#: Characters after a cue in which a list of names may stand.
_REACH = 240
#: Characters before it that the reading of names may look back at.
_BACK = 80
#: Names in one list, at most.
_MOST = 12


@cache
def lexicons() -> tuple[Lexicon, ...]:
    """Return the words that a list of those harmed stands behind."""
    lists = [" ".join(words).replace(" ,", ",") for words in _LISTS]
    return (Lexicon([*lists, *(" ".join(words) for words in _PEOPLE), *_COVERED]),)


def read_secondary(prepared: Prepared, victim: str) -> Iterator[Reading]:
    """Yield the organisations listed as harmed, where the victim is another and is named.

    The staff "of A" is of A, and makes A no second victim; the staff "of A, B and C" has three employers
    whom something befell that they shared.
    """
    known = victim.casefold()
    for hit in prepared.find(lexicons()[0]):
        names = _list_after(prepared.text, hit.end)
        is_people = hit.term.endswith((" of", " at"))
        if len(names) < (3 if is_people else 1) or any(_is_same(each.name, known) for each in names):
            continue
        if hit.term.startswith("covered") and "business associate" not in prepared.text:
            continue
        for each in names:
            yield Reading(
                field="victim.secondary",
                value=each.name,
                span=Span(each.start, each.end),
                confidence=0.6 if len(names) > 1 else 0.5,
                why=f"listed behind '{hit.term}'",
                stance="asserts",
            )


def _is_same(name: str, known: str) -> bool:
    fold = name.casefold()
    return fold in known or known in fold


def _list_after(text: str, at: int) -> list[Mention]:
    """Return the names of the list that begins at a place: "A, B and C"."""
    found: list[Mention] = []
    first = max(0, at - _BACK)
    window = text[first : at + _REACH]
    end = at - first
    for mention in find_mentions(window, len(window), start=end):
        if " and " in mention.name or mention.start < end:
            continue
        if window[end : mention.start] not in (_GAPS if found else _LEADS) or len(found) == _MOST:
            break
        if ("kind", "never") in kinds_of(mention.name):
            break
        found.append(mention._replace(start=mention.start + first))
        end = mention.end
    return found
