"""Members' accounts, in a SQLite file of their own: never in the log, which is copied and handed on.

Of what opens the door only hashes are kept. Numbers are random, dates are days, and what is removed is
overwritten in the file and in its write-ahead log.
"""

import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from os import PathLike
from pathlib import Path
from threading import Lock
from typing import Any

from incidex.model import InputError, Member, MemberRole, StoreError
from incidex.store.opening import BUSY_SECONDS, explained, writing
from incidex.store.queries import get_migrations, get_queries, statements

#: "InMe", so that nobody takes this file for a log.
_APPLICATION_ID = 0x496E4D65

#: How long it is known what editors did.
DEEDS_KEPT = timedelta(days=366)

_SQL = get_queries("accounts.sql")


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One that a member has open. Times are seconds since 1970."""

    hash: bytes
    opened_at: int
    seen_at: int


@dataclass(frozen=True, slots=True)
class Token:
    """A key for a program, known by its hash. Valid through its last day."""

    hash: bytes
    label: str
    scope: str
    made_on: str
    ends_on: str


@dataclass(frozen=True, slots=True)
class Passkey:
    """A key in somebody's device, made for one host."""

    id: bytes
    site: str
    made_on: str = ""
    public_key: bytes = b""
    uses: int = 0


@dataclass(frozen=True, slots=True)
class Deed:
    """What an editor did about a member, and what the member was before."""

    done_on: str
    by: str  # what the editor signs with
    member: str  # the number; "" where the account was removed
    what: str
    role: str = ""  # before it, where the deed was another role
    name: str = ""  # what the member signed with before that


class Accounts:
    """The members of one site. Shared by threads, and its file by processes."""

    def __init__(self, path: str | PathLike[str]) -> None:
        """Open the file, or make it, for its owner's eyes alone; ":memory:" is kept nowhere."""
        self._path = Path(path)
        self._lock = Lock()
        with explained(self._path):
            self._connection = _open(self._path)

    def members(self) -> list[Member]:
        """Return everyone."""
        return [_member(row) for row in self._rows("members")]

    def find_member(self, id: str) -> Member | None:  # noqa: A002
        """Return one member, or `None`."""
        return next((_member(row) for row in self._rows("member", id)), None)

    def find_by_phrase(self, phrase: bytes) -> Member | None:
        """Return whose phrase has that hash."""
        return next((_member(row) for row in self._rows("member_of_phrase", phrase)), None)

    def add(self, role: MemberRole, name: str, phrase: bytes, today: date) -> Member:
        """Open an account; raise `InputError` when the name is taken."""
        made = Member(id=secrets.token_hex(8), role=role, name=name, made_on=today.isoformat())
        values = (made.id, role, name, 0, made.made_on, phrase, secrets.token_bytes(32))
        with self._naming(name), self._writing() as connection:
            connection.execute(_SQL["add_member"], values)
        return made

    def set_role(self, member: Member) -> None:
        """Give a member the role and name in `member`; sessions and tokens of the former role end."""
        with self._naming(member.name), self._writing() as connection:
            values = (member.role, member.name, int(member.is_named), member.id)
            connection.execute(_SQL["set_role"], values)
            connection.execute(_SQL["end_sessions"], (member.id, b""))
            connection.execute(_SQL["end_tokens"], (member.id,))

    def end_tokens(self, member: str) -> None:
        """End all of a member's tokens."""
        self._change("end_tokens", member)

    def end_passkeys(self, member: str) -> None:
        """Remove all of a member's passkeys."""
        self._change("end_passkeys", member)

    def add_deed(self, deed: Deed) -> None:
        """Write down what an editor did; nothing when the member has just been removed."""
        who = deed.member or None
        values = (secrets.token_hex(8), deed.done_on, deed.by, who, deed.what, deed.role, deed.name)
        try:
            self._change("add_deed", *values)
        except StoreError as error:
            if not isinstance(error.__cause__, sqlite3.IntegrityError):
                raise

    def deeds(self, most: int) -> list[Deed]:
        """Return what editors did, the last day first, and on it the last about each member."""
        return [
            Deed(done_on, by, member or "", what, role, name)
            for done_on, by, member, what, role, name in self._rows("deeds", most)
        ]

    def set_phrase(self, member: str, phrase: bytes) -> None:
        """Give a member another phrase; all sessions end."""
        with self._writing() as connection:
            connection.execute(_SQL["set_phrase"], (phrase, member))
            connection.execute(_SQL["end_sessions"], (member, b""))

    def remove(self, member: str) -> bool:
        """Remove an account and all that hangs on it; say whether it was there."""
        return self._change("remove_member", member)

    def open_session(self, hash: bytes, member: str, now: int) -> None:  # noqa: A002
        """Remember a session by its hash; nothing when the member has just been removed."""
        try:
            self._change("open_session", hash, member, now, now)
        except StoreError as error:
            if not isinstance(error.__cause__, sqlite3.IntegrityError):
                raise

    def find_session(self, hash: bytes) -> tuple[Member, OpenSession] | None:  # noqa: A002
        """Return whose session it is, and since when."""
        for *member, opened_at, seen_at in self._rows("session", hash):
            return _member(member), OpenSession(hash, opened_at, seen_at)
        return None

    def see_session(self, hash: bytes, now: int) -> None:  # noqa: A002
        """Remember that a session was used."""
        self._change("see_session", now, hash)

    def sessions(self, member: str) -> list[OpenSession]:
        """Return a member's sessions, the latest used first."""
        return [OpenSession(*row) for row in self._rows("sessions", member)]

    def end_session(self, hash: bytes, member: str) -> bool:  # noqa: A002
        """End one of a member's sessions."""
        return self._change("end_session", hash, member)

    def end_other_sessions(self, member: str, kept: bytes) -> None:
        """End all of a member's sessions but one."""
        self._change("end_sessions", member, kept)

    def forget(self, *, opened_before: int, seen_before: int, now: int, today: date) -> None:
        """Remove what has run out."""
        with self._writing() as connection:
            connection.execute(_SQL["end_old_sessions"], (opened_before, seen_before))
            connection.execute(_SQL["end_old_answers"], (now,))
            connection.execute(_SQL["end_old_tokens"], (today.isoformat(),))
            connection.execute(_SQL["end_old_deeds"], ((today - DEEDS_KEPT).isoformat(),))

    def add_token(self, token: Token, member: str) -> None:
        """Remember a token by its hash."""
        values = (token.hash, member, token.label, token.scope, token.made_on, token.ends_on)
        self._change("add_token", *values)

    def find_token(self, hash: bytes, today: date) -> tuple[Member, Token] | None:  # noqa: A002
        """Return whose token it is, and what it is for; `None` when it has run out."""
        for row in self._rows("token", hash, today.isoformat()):
            return _member(row[:5]), Token(hash, *row[5:])
        return None

    def tokens(self, member: str) -> list[Token]:
        """Return a member's tokens, the next to end first."""
        return [Token(*row) for row in self._rows("tokens", member)]

    def end_token(self, hash: bytes, member: str) -> bool:  # noqa: A002
        """End one of a member's tokens."""
        return self._change("end_token", hash, member)

    def handle(self, member: str) -> bytes:
        """Return what a member's passkeys call them; b"" for nobody."""
        return next((row[0] for row in self._rows("handle", member)), b"")

    def add_passkey(self, key: Passkey, member: str) -> None:
        """Remember a passkey; raise `InputError` when it is known."""
        values = (key.id, member, key.site, key.public_key, key.uses, key.made_on)
        try:
            self._change("add_passkey", *values)
        except StoreError as error:
            if isinstance(error.__cause__, sqlite3.IntegrityError):
                raise InputError("this passkey is known already") from error
            raise

    def find_passkey(self, id: bytes) -> tuple[Member, Passkey] | None:  # noqa: A002
        """Return whose passkey it is, and how it is checked."""
        for *member, site, public_key, uses in self._rows("passkey", id):
            return _member(member), Passkey(id, site, public_key=public_key, uses=uses)
        return None

    def passkeys(self, member: str) -> list[Passkey]:
        """Return a member's passkeys."""
        return [Passkey(*row) for row in self._rows("passkeys", member)]

    def use_passkey(self, id: bytes, uses: int) -> bool:  # noqa: A002
        """Remember how far a passkey has counted; say no when it has counted back."""
        return self._change("use_passkey", uses, id, uses, uses)

    def end_passkey(self, id: bytes, member: str) -> bool:  # noqa: A002
        """Remove one of a member's passkeys."""
        return self._change("end_passkey", id, member)

    def answer(self, hash: bytes, until: int) -> bool:  # noqa: A002
        """Use a challenge up; say no when it was used before."""
        return self._change("add_answer", hash, until)

    def secret(self, name: str) -> bytes:
        """Return 32 random bytes that stay the same for this file."""
        self._change("add_secret", name, secrets.token_bytes(32))
        return bytes(self._rows("secret", name)[0][0])

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()

    def _rows(self, query: str, *values: object) -> list[Sequence[Any]]:
        with self._lock, explained(self._path):
            return self._connection.execute(_SQL[query], values).fetchall()

    def _change(self, query: str, *values: object) -> bool:
        with self._writing() as connection:
            return connection.execute(_SQL[query], values).rowcount > 0

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock, explained(self._path):
            with writing(self._connection) as connection:
                yield connection
            # What was overwritten in the file would live on in the write-ahead log. Fails harmlessly while
            # another process reads; the next write does it then.
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def _naming(self, name: str) -> Iterator[None]:
        try:
            yield
        except StoreError as error:
            if isinstance(error.__cause__, sqlite3.IntegrityError):
                raise InputError(f"there is a member called {name!r}; choose another name") from error
            raise


def _member(row: Sequence[Any]) -> Member:
    id_, role, name, is_named, made_on = row
    return Member(id=id_, role=MemberRole(role), name=name, is_named=bool(is_named), made_on=made_on)


def _open(path: Path) -> sqlite3.Connection:
    if str(path) != ":memory:" and not path.exists():
        path.touch(mode=0o600)
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    for pragma in ("synchronous = FULL", "foreign_keys = ON", "trusted_schema = OFF", "secure_delete = ON"):
        connection.execute(f"PRAGMA {pragma}")
    _migrate(connection, path)
    connection.execute("PRAGMA journal_mode = WAL")
    return connection


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    scripts = get_migrations("accounts")
    with writing(connection):
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (done,) = connection.execute("PRAGMA user_version").fetchone()
        (count,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if (count and application != _APPLICATION_ID) or done > len(scripts):
            raise StoreError(f"{path} holds no accounts that this Incidex knows; name another INCIDEX_HOME")
        for script in scripts[done:]:
            for statement in statements(script):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(scripts)}")
        connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
