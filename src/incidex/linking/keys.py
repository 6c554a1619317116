"""Keys that two accounts of one incident are likely to share, so that few others have to be compared."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from incidex.linking.account import Account, name_keys
from incidex.linking.names import initials

#: A key that more accounts share than this finds only those nearest in time.
MOST_SHARING = 40

#: Of such a key, each account is compared with so many before and after it.
NEAREST = 6

#: Candidates of one account at most, those that share the most and the rarest keys.
MOST_CANDIDATES = 50

#: Counts below this are too common to find by.
_LEAST_COUNT = 100

_START = 5  # letters: a misspelling seldom hits both ends of a name
_LETTERS = 3

Id = TypeVar("Id", bound=str | int)


def keys(account: Account) -> frozenset[str]:
    """Return what an account can be found by, such as "name:acme" and "domain:acme.com"."""
    return frozenset(_keys(account))


def _keys(account: Account) -> Iterator[str]:
    for name in account.names:
        yield f"name:{name}"
        compact = name.replace(" ", "")
        if len(compact) >= _LETTERS:
            yield f"letters:{compact}"
        if letters := initials(name):
            yield f"letters:{letters}"
        for year in account.years:
            yield f"start:{compact[:_START]} {year}"
            yield f"end:{compact[-_START:]} {year}"
    for domain in account.domains:
        yield f"domain:{domain}"
        stem = domain.split(".", maxsplit=1)[0].replace("-", "")
        if len(stem) >= _LETTERS:
            yield f"letters:{stem}"
    yield from account.mentions
    yield from name_keys(account.names)
    yield from (f"id:{each}" for each in account.sets.get("identifier", ()))
    for count in account.counts:
        if count >= _LEAST_COUNT and len(str(count).rstrip("0")) >= _LETTERS:
            yield f"count:{count}"


def rank(shared: Iterable[tuple[Id, int]]) -> list[Id]:
    """Return candidates, best first, from pairs of a candidate and how many share the key that found it."""
    weights: Counter[Id] = Counter()
    for name, sharing in shared:
        weights[name] += 1.0 / max(1, sharing)  # type: ignore[assignment]  # a Counter of fractions
    best = sorted(weights.items(), key=lambda pair: (-pair[1], pair[0]))
    return [name for name, _ in best[:MOST_CANDIDATES]]


def candidate_pairs(accounts: Sequence[Account]) -> Iterator[tuple[int, int]]:
    """Yield the pairs of places that are worth comparing, the lower first, each once.

    Every account shares in at most `MOST_CANDIDATES` pairs that it chose itself; their number grows with
    that of the accounts, not with its square.
    """
    blocks: dict[str, list[int]] = defaultdict(list)
    for place, account in enumerate(accounts):
        for key in keys(account):
            blocks[key].append(place)
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for block in blocks.values():
        for one, other in _neighbours(block, accounts):
            found[one].append((other, len(block)))
    del blocks
    for place in range(len(accounts)):
        yield from ((place, other) for other in rank(found.pop(place, ())))


def frequencies(accounts: Iterable[Account]) -> Mapping[str, int]:
    """Return how many accounts mention each name."""
    return Counter(key for account in accounts for key in account.mentions | name_keys(account.names))


def _neighbours(block: list[int], accounts: Sequence[Account]) -> Iterator[tuple[int, int]]:
    if len(block) <= MOST_SHARING:
        yield from ((one, other) for place, one in enumerate(block) for other in block[place + 1 :])
        return
    ordered = sorted(block, key=lambda place: (_when(accounts[place]), place))
    for place, one in enumerate(ordered):
        for other in ordered[place + 1 : place + 1 + NEAREST]:
            yield min(one, other), max(one, other)


def _when(account: Account) -> tuple[bool, str]:
    days = [first for first, _ in account.event_days or account.published]
    return (not days, min(days).isoformat() if days else "")
