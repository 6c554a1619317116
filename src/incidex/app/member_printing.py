"""How the terminal says who the members are."""

from collections.abc import Sequence
from dataclasses import asdict

import msgspec
from rich.table import Table

from incidex.app.terminal import make_console
from incidex.model import Member, MemberRole, Right


def print_members(members: Sequence[Member], *, as_json: bool) -> None:
    """Print a line for each member."""
    if as_json:
        for each in members:
            print(msgspec.json.encode({**asdict(each), "sees": each.tier.name}).decode())
        return
    if not members:
        print("There are no members yet; `incidex serve` makes the first, `incidex members add` others.")
        return
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("number", "role", "signs as", "sees", "may", "since"):
        table.add_column(heading, header_style="italic")
    for each in members:
        rights = ", ".join(right for right in Right if each.may(right)) or "read"
        table.add_row(each.id, each.role, each.name or "-", each.tier.name, rights, each.made_on)
    make_console().print(table)


def print_phrase(member: Member, phrase: str) -> None:
    """Print a phrase, once, with what it is for."""
    signed = f", who signs as {member.name}" if member.name else ""
    article = "an" if member.role == MemberRole.EDITOR else "a"
    print(f"Member {member.id}, {article} {member.role}{signed}, enters at /enter with these twelve words:")
    print(f"\n    {phrase}\n")
    print("They are shown once and kept nowhere; `incidex members phrase` makes others.")
