"""What can be done about a member's account, by an editor or on the command line."""

import re
from dataclasses import replace
from datetime import UTC, datetime

from incidex.model import MAY, InputError, Member, MemberRole
from incidex.store import Accounts
from incidex.web.phrase import hash_phrase, make_phrase

#: A name signs changes that stay, and is shown to everyone who may see them.
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,39}")


def add_member(accounts: Accounts, role: MemberRole, name: str) -> tuple[Member, str]:
    """Return a new member and the phrase that opens the site to them, to be shown once."""
    phrase = make_phrase()
    today = datetime.now(UTC).date()
    return accounts.add(role, check_name(name, role), hash_phrase(phrase), today), phrase


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


def check_name(name: str, role: MemberRole = MemberRole.REVIEWER) -> str:
    """Return what somebody signs with, "" for who signs nothing; raise `InputError` when it cannot sign."""
    if not MAY[role]:
        return ""
    if not name:
        raise InputError(f"a {role} signs what they change; give them a name to sign with")
    if not _NAME.fullmatch(name):
        raise InputError(
            f"{name[:60]!r} cannot sign changes; a name begins with a letter, has at most 40 letters, "
            "digits, dots, hyphens or underscores"
        )
    return name
