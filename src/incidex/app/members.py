"""Who may enter the site: what the commands do with the members' accounts."""

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from incidex.model import MAY, InputError, Member, MemberRole, StoreError
from incidex.store import Accounts
from incidex.web.entry import Door
from incidex.web.phrase import hash_phrase, make_phrase

#: A name signs changes that stay, and is shown to everyone who may see them.
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,39}")

#: What the first editor signs with until somebody chooses a name.
FIRST = "editor"


@contextmanager
def opened(path: Path) -> Iterator[Accounts]:
    """Open the accounts' file, or make it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        accounts = Accounts(path)
    except OSError as error:
        raise StoreError(f"{path} cannot be used: {error.strerror}; set INCIDEX_HOME") from error
    with closing(accounts):
        yield accounts


def add_member(accounts: Accounts, role: MemberRole, name: str) -> tuple[Member, str]:
    """Return a new member and the phrase that opens the site to them, to be shown once."""
    phrase = make_phrase()
    today = datetime.now(UTC).date()
    return accounts.add(role, check_name(name, role), hash_phrase(phrase), today), phrase


def find_first(accounts: Accounts) -> str:
    """Return the phrase of a first editor, made now; "" when there are members already."""
    return "" if accounts.members() else add_member(accounts, MemberRole.EDITOR, FIRST)[1]


def find_member(accounts: Accounts, name: str) -> Member:
    """Return the member of that number or name; raise `InputError` when there is none."""
    for each in accounts.members():
        if name and name in (each.id, each.name):
            return each
    raise InputError(f"there is no member {name[:60]!r}; `incidex members list` names them")


def change_role(accounts: Accounts, member: Member, role: MemberRole, name: str, *, is_named: bool) -> Member:
    """Give a member another role."""
    signed = check_name(name or member.name, role)
    changed = replace(member, role=role, name=signed, is_named=is_named)
    accounts.set_role(changed)
    return changed


def renew_phrase(accounts: Accounts, member: Member) -> str:
    """Return a new phrase for whoever lost theirs; the old one and all sessions end."""
    phrase = make_phrase()
    accounts.set_phrase(member.id, hash_phrase(phrase))
    return phrase


def make_token(accounts: Accounts, member: Member, label: str, scope: str, days: int) -> str:
    """Return a token for a program, to be shown once."""
    return Door(accounts).make_token(member, label, scope, days)


def check_name(name: str, role: MemberRole = MemberRole.REVIEWER) -> str:
    """Return what somebody signs with, "" for who signs nothing; raise `InputError` when it cannot sign."""
    if not MAY[role]:
        return ""
    if not name:
        raise InputError(f"a {role} signs what they change; give them a --name to sign with")
    if not _NAME.fullmatch(name):
        raise InputError(
            f"{name[:60]!r} cannot sign changes; a name begins with a letter, has at most 40 letters, "
            "digits, dots, hyphens or underscores"
        )
    return name
