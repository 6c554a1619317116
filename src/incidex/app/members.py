"""Who may enter the site: what the commands do with the members' accounts."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from incidex.model import MAY, InputError, Member, MemberRole, StoreError
from incidex.store import Accounts
from incidex.web.entry import Door
from incidex.web.membership import add_member

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


def find_first(accounts: Accounts) -> str:
    """Return the phrase of a first editor, made now; "" when there are members already."""
    return "" if accounts.members() else add_member(accounts, MemberRole.EDITOR, FIRST)[1]


def find_member(accounts: Accounts, name: str) -> Member:
    """Return the member of that number or name; raise `InputError` when there is none."""
    for each in accounts.members():
        if name and name in (each.id, each.name):
            return each
    raise InputError(f"there is no member {name[:60]!r}; `incidex members list` names them")


def make_token(accounts: Accounts, member: Member, label: str, scope: str, days: int) -> str:
    """Return a token for a program, to be shown once."""
    return Door(accounts).make_token(member, label, scope, days)


def with_name(role: MemberRole, name: str) -> MemberRole:
    """Return the role, or raise `InputError` naming the option that is missing for it."""
    if MAY[role] and not name:
        raise InputError(f"a {role} signs what they change; give them a --name to sign with")
    return role
