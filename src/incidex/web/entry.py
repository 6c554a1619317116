"""The door: a key for members, one for each reviewer, sessions known by their hash alone, few wrong tries."""

import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeVar
from urllib.parse import urlsplit

from incidex.model import Tier

SESSION_SECONDS = 12 * 3600
TRY_SECONDS = 300
TRIES = 5  # wrong keys from one address in TRY_SECONDS before it has to wait

#: Sessions and addresses remembered at most; beyond that the oldest is forgotten.
_MOST = 10_000

#: What members see, and what reviewers do: nobody can judge a claim without the team's view of it.
MEMBER, REVIEWER = Tier.GREEN, Tier.AMBER

Clock = Callable[[], float]
#: Reviewers' names with the SHA-256 of their keys in hexadecimal; asked anew each time, so that a right
#: can be given and taken away while the site runs.
Reviewers = Callable[[], Mapping[str, str]]
K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who has given a key: what they may see, and who they are when they review."""

    tier: Tier
    reviewer: str = ""
    key: str = ""  # the hash of the reviewer's key, which ends the session when it is no longer valid
    csrf: str = ""  # what a reviewer's forms carry


def nobody() -> Mapping[str, str]:
    """Return no reviewers."""
    return {}


class Door:
    """Who is in. Kept in memory only: a restart sends everyone back to the form."""

    def __init__(self, key: str, reviewers: Reviewers = nobody, clock: Clock = time.monotonic) -> None:
        self._key = _digest(key)
        self._has_key = bool(key)
        self._reviewers = reviewers
        self._clock = clock
        self._sessions: OrderedDict[bytes, tuple[float, Session]] = OrderedDict()
        self._wrong: OrderedDict[str, tuple[int, float]] = OrderedDict()

    @property
    def is_open(self) -> bool:
        """Say whether there is a key at all."""
        return self._has_key or bool(self._reviewers())

    def must_wait(self, address: str) -> bool:
        """Say whether an address has tried too many wrong keys of late."""
        count, since = self._wrong.get(address, (0, 0.0))
        return count >= TRIES and self._clock() - since < TRY_SECONDS

    def enter(self, key: str, address: str) -> str | None:
        """Return a new session token for the right key; `None`, and a try fewer, for a wrong one."""
        session = self._recognise(key)
        if session is None:
            self._count_wrong(address)
            return None
        self._wrong.pop(address, None)
        token = secrets.token_urlsafe(32)
        _keep(self._sessions, _digest(token), (self._clock() + SESSION_SECONDS, session))
        return token

    def find_session(self, token: str) -> Session | None:
        """Return the session that a token opens, unless it has run out or the reviewer's right has ended."""
        until, session = self._sessions.get(_digest(token), (0.0, None))
        if session is None or until <= self._clock():
            return None
        if session.reviewer and self._reviewers().get(session.reviewer) != session.key:
            return None
        return session

    def admits(self, token: str) -> bool:
        """Say whether a token opens a session."""
        return self.find_session(token) is not None

    def leave(self, token: str) -> None:
        """End a session, if it is one."""
        self._sessions.pop(_digest(token), None)

    def _recognise(self, key: str) -> Session | None:
        # Digests are compared, and all of them, so that neither the length of a key nor its beginning nor
        # whose it is shows in the time taken.
        given = _digest(key)
        found: Session | None = None
        for name, digest in self._reviewers().items():
            if hmac.compare_digest(given.hex().encode(), digest.encode()):
                found = Session(REVIEWER, name, digest, secrets.token_urlsafe(32))
        if hmac.compare_digest(given, self._key) and self._has_key:
            found = found or Session(MEMBER)
        return found

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
