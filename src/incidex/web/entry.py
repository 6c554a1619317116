"""The members' door: one key, sessions that the server knows only by their hash, and few wrong tries."""

import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import TypeVar
from urllib.parse import urlsplit

SESSION_SECONDS = 12 * 3600
TRY_SECONDS = 300
TRIES = 5  # wrong keys from one address in TRY_SECONDS before it has to wait

#: Sessions and addresses remembered at most; beyond that the oldest is forgotten.
_MOST = 10_000

Clock = Callable[[], float]
K = TypeVar("K")
V = TypeVar("V")


class Door:
    """Who is in. Kept in memory only: a restart sends everyone back to the form."""

    def __init__(self, key: str, clock: Clock = time.monotonic) -> None:
        self._key = _digest(key)
        self._is_open = bool(key)
        self._clock = clock
        self._until: OrderedDict[bytes, float] = OrderedDict()
        self._wrong: OrderedDict[str, tuple[int, float]] = OrderedDict()

    @property
    def is_open(self) -> bool:
        """Say whether there is a key at all."""
        return self._is_open

    def must_wait(self, address: str) -> bool:
        """Say whether an address has tried too many wrong keys of late."""
        count, since = self._wrong.get(address, (0, 0.0))
        return count >= TRIES and self._clock() - since < TRY_SECONDS

    def enter(self, key: str, address: str) -> str | None:
        """Return a new session token for the right key; `None`, and a try fewer, for a wrong one."""
        # Digests are compared, so that neither the key's length nor its beginning shows in the time taken.
        if not (hmac.compare_digest(_digest(key), self._key) and self._is_open):
            self._count_wrong(address)
            return None
        self._wrong.pop(address, None)
        token = secrets.token_urlsafe(32)
        _keep(self._until, _digest(token), self._clock() + SESSION_SECONDS)
        return token

    def admits(self, token: str) -> bool:
        """Say whether a token opens a session that has not run out."""
        return self._until.get(_digest(token), 0.0) > self._clock() if token else False

    def leave(self, token: str) -> None:
        """End a session, if it is one."""
        self._until.pop(_digest(token), None)

    def _count_wrong(self, address: str) -> None:
        count, since = self._wrong.get(address, (0, self._clock()))
        fresh = self._clock() - since >= TRY_SECONDS
        _keep(self._wrong, address, (1, self._clock()) if fresh else (count + 1, since))


def comes_from_here(headers: Mapping[str, str]) -> bool:
    """Say whether a form was sent by one of our own pages: by `Sec-Fetch-Site`, else by `Origin`.

    Source: OWASP, Cross-Site Request Forgery Prevention, "Fetch Metadata headers".
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    host = headers.get("host", "")
    return bool(host) and urlsplit(headers.get("origin", "")).netloc == host


def _digest(text: str) -> bytes:
    return sha256(text.encode("utf-8", "surrogatepass")).digest()


def _keep(table: OrderedDict[K, V], key: K, value: V) -> None:
    table[key] = value
    table.move_to_end(key)
    if len(table) > _MOST:
        table.popitem(last=False)
