"""The door: who is in, by a phrase, a passkey or a token, each known by its hash alone."""

import hmac
import secrets
import time
from base64 import b64decode
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from incidex.model import InputError, Member, Right, Tier
from incidex.store import Accounts, Token
from incidex.web.phrase import hash_phrase

#: A session ends after this long without a request, and after this long in any case (ASVS 5.0, 7.3).
IDLE_SECONDS, SESSION_SECONDS = 30 * 60, 12 * 3600

#: How late a session may know that it was used; a write for every request would serve nobody.
SEEN_SECONDS = 60

#: Wrong phrases from one network in so many seconds before it is told to wait. A right one is always taken:
#: 128 bits cannot be guessed, so that waiting protects the server's time and never bars a member.
TRY_SECONDS, TRIES = 300, 10

#: Networks remembered at most; beyond that the oldest is forgotten.
_MOST = 10_000

#: How long a token may be valid, in days.
MOST_TOKEN_DAYS = 366

#: What a token may be for: reading what its member sees, adding reports too, reading the site's figures.
SCOPES: Mapping[str, Right | None] = {"read": None, "write": Right.ADD, "metrics": Right.EDIT}

#: What a token begins with, so that scanners for secrets can know one that got loose.
_MARK = "incidex_"

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Entered:
    """Somebody who is in: who, and by what."""

    member: Member
    csrf: str = ""  # what the forms of this session carry; "" for a program, which has no forms
    scope: str = ""  # of the token that let a program in; "" for a person
    hash: bytes = b""  # of the session

    @property
    def tier(self) -> Tier:
        """What is shown. A token for figures shows nothing that the public does not see."""
        return Tier.CLEAR if self.scope == "metrics" else self.member.tier

    def may(self, right: Right) -> bool:
        """Say whether the member has the right, and a program a token for it."""
        return self.member.may(right) and (not self.scope or SCOPES[self.scope] is right)


class Door:
    """Who may come in, and who is in."""

    def __init__(self, accounts: Accounts | None, clock: Clock = time.time) -> None:
        self._accounts = accounts
        self._clock = clock
        self._wrong: OrderedDict[bytes, tuple[int, float]] = OrderedDict()
        self._salt = secrets.token_bytes(32)  # of this process: what is remembered of a network dies with it
        self._is_open = False

    @property
    def accounts(self) -> Accounts:
        """The accounts; raise `InputError` where the site has none."""
        if self._accounts is None:
            raise InputError("this site has no members")
        return self._accounts

    @property
    def is_open(self) -> bool:
        """Say whether there is anybody who could come in."""
        self._is_open = self._is_open or (self._accounts is not None and bool(self._accounts.members()))
        return self._is_open

    def enter(self, phrase: str) -> str | None:
        """Return a new session's token for a phrase, `None` when it is nobody's.

        Raises `InputError` naming the words that cannot stand in any phrase.
        """
        member = self.accounts.find_by_phrase(hash_phrase(phrase)) if self._accounts else None
        return self.open(member) if member else None

    def open(self, member: Member) -> str:
        """Open a session for somebody who was recognised, and forget what has run out."""
        token, now = secrets.token_urlsafe(32), int(self._clock())
        self.accounts.forget(
            opened_before=now - SESSION_SECONDS,
            seen_before=now - IDLE_SECONDS,
            now=now,
            today=self.today,
        )
        self.accounts.open_session(_digest(token), member.id, now)
        return token

    def find_session(self, token: str) -> Entered | None:
        """Return who came in with that cookie, unless the session has run out or was ended."""
        if not token or self._accounts is None:
            return None
        found = self._accounts.find_session(_digest(token))
        if found is None:
            return None
        member, session = found
        now = int(self._clock())
        if now - session.opened_at >= SESSION_SECONDS or now - session.seen_at >= IDLE_SECONDS:
            self._accounts.end_session(session.hash, member.id)
            return None
        if now - session.seen_at >= SEEN_SECONDS:
            self._accounts.see_session(session.hash, now)
        return Entered(member, _derive(token, "form"), hash=session.hash)

    def find_bearer(self, authorization: str) -> Entered | None:
        """Return who the token of a program speaks for, `None` when it is made up, ended or run out."""
        token = _read_token(authorization)
        if self._accounts is None or not token:
            return None
        found = self._accounts.find_token(_digest(token), self.today)
        return Entered(found[0], scope=found[1].scope) if found else None

    def make_token(self, member: Member, label: str, scope: str, days: int) -> str:
        """Return a new token for a program, to be shown once."""
        if scope not in SCOPES:
            raise InputError(f"{scope[:40]!r} is no scope; there are {', '.join(SCOPES)}")
        right = SCOPES[scope]
        if right is not None and not member.may(right):
            raise InputError(f"a {member.role} may not {right}, and so no token of theirs")
        if not 1 <= days <= MOST_TOKEN_DAYS:
            raise InputError(f"a token is valid for 1 to {MOST_TOKEN_DAYS} days")
        if not 0 < len(label) <= 60 or not label.isprintable():
            raise InputError("a token needs a label of at most 60 characters, for you to know it by")
        token = _MARK + secrets.token_urlsafe(32)
        ends_on = self.today + timedelta(days=days)
        made = Token(_digest(token), label, scope, self.today.isoformat(), ends_on.isoformat())
        self.accounts.add_token(made, member.id)
        return token

    def leave(self, entered: Entered) -> None:
        """End a session."""
        self.accounts.end_session(entered.hash, entered.member.id)

    def must_wait(self, address: str) -> bool:
        """Count a wrong phrase from a network; say whether it had too many of late."""
        key = hmac.digest(self._salt, network_of(address).encode(), "sha256")
        count, since = self._wrong.get(key, (0, self._clock()))
        if self._clock() - since >= TRY_SECONDS:
            count, since = 0, self._clock()
        self._wrong[key] = (count + 1, since)
        self._wrong.move_to_end(key)
        if len(self._wrong) > _MOST:
            self._wrong.popitem(last=False)
        return count >= TRIES

    @property
    def today(self) -> date:
        """The day, in UTC."""
        return datetime.fromtimestamp(self._clock(), UTC).date()

    @property
    def now(self) -> int:
        """The time, in seconds since 1970."""
        return int(self._clock())


def comes_from_here(headers: Mapping[str, str]) -> bool:
    """Say whether a form was sent by one of our own pages: by `Sec-Fetch-Site`, else by `Origin`.

    Source: OWASP, Cross-Site Request Forgery Prevention, "Fetch Metadata headers".
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    host = headers.get("host", "")
    return bool(host) and urlsplit(headers.get("origin", "")).netloc == host


def network_of(address: str) -> str:
    """Return the network that an address is counted with: a household's, not a device's."""
    try:
        bits = 24 if ip_address(address).version == 4 else 48
    except ValueError:
        return ""
    return str(ip_network(f"{address.partition('%')[0]}/{bits}", strict=False))


def _derive(token: str, purpose: str) -> str:
    return hmac.new(token.encode("utf-8", "surrogatepass"), purpose.encode(), "sha256").hexdigest()


def _digest(text: str) -> bytes:
    return sha256(text.encode("utf-8", "surrogatepass")).digest()


def _read_token(authorization: str) -> str:
    """Return the token that a header carries, as a bearer or as the password of whatever user; "" for none.

    TAXII clients know no other way than HTTP Basic (TAXII 2.1, section 8.2).
    """
    kind, _, given = authorization.partition(" ")
    match kind.casefold():
        case "bearer":
            return given.strip()
        case "basic":
            try:
                return b64decode(given.strip(), validate=True).decode().partition(":")[2]
            except ValueError:
                return ""
        case _:
            return ""
