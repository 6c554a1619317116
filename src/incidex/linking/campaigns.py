"""Incidents that are not one but have one cause: a campaign, or the breach of a provider."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import product

from incidex.linking.account import Account, name_keys
from incidex.linking.names import likeness

#: Days that the victims of one campaign lie apart, at most.
NEAR_DAYS = 120

#: A means that more incidents share than this is a fashion, and no campaign.
MOST_VICTIMS = 500

_SAME_NAME = 0.87


def related(left: Account, right: Account) -> tuple[str, ...]:
    """Return why two incidents may have one cause, a sentence each; nothing when there is no reason.

    The reasons: the one's breach is said to have struck the other; or within `NEAR_DAYS` different victims
    suffer from the same actor, flaw or program; or the one's text names the other's victim besides.
    """
    if any(likeness(*sorted(pair)) >= _SAME_NAME for pair in product(left.names, right.names)):
        return ()
    struck = [
        f"The breach of {next(iter(sorted(one.names)), 'the one')} is said to have struck {name}."
        for one, other in ((left, right), (right, left))
        for name in sorted(one.secondary & other.names)
    ]
    shared = sorted(
        value
        for name in ("means", "actor")
        for value in left.sets.get(name, frozenset()) & right.sets.get(name, frozenset())
    )
    if struck or (shared and _are_near(left, right)):
        told = [f"Both name {', '.join(shared)}, within {NEAR_DAYS} days."] if shared else []
        return (*struck, *told, *_mentioned(left, right))
    return ()


def related_pairs(accounts: Sequence[Account]) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Yield the places of accounts that may have one cause, and why: each with the first of its campaign."""
    blocks: dict[str, list[int]] = defaultdict(list)
    for place, account in enumerate(accounts):
        for key in _causes(account):
            blocks[key].append(place)
    seen: set[tuple[int, int]] = set()
    for block in blocks.values():
        if not 1 < len(block) <= MOST_VICTIMS:
            continue
        starts = {place: min(_starts(accounts[place]), default=date.max) for place in block}
        ordered = sorted((start, place) for place, start in starts.items())
        first = ordered[0][1]
        for _, place in ordered[1:]:
            pair = (min(first, place), max(first, place))
            if pair not in seen and (why := related(accounts[pair[0]], accounts[pair[1]])):
                seen.add(pair)
                yield (*pair, why)


def _causes(account: Account) -> Iterator[str]:
    for name in ("means", "actor"):
        yield from (f"{name}:{value}" for value in account.sets.get(name, ()))
    yield from (f"struck:{name}" for name in account.secondary | account.names)


def _mentioned(left: Account, right: Account) -> Iterator[str]:
    for one, other in ((left, right), (right, left)):
        if one.names and not name_keys(one.names).isdisjoint(other.mentions):
            yield f"A report of the other mentions {min(one.names)}."


def _starts(account: Account) -> list[date]:
    return [first for first, _ in account.event_days or account.published]


def _are_near(left: Account, right: Account) -> bool:
    return any(abs((a - b).days) <= NEAR_DAYS for a, b in product(_starts(left), _starts(right)))
