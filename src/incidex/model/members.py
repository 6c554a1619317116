"""Who may see and do what: members, their roles and rights. Nothing here says who they are in the world."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from incidex.model.errors import InputError
from incidex.model.words import Tier


class Right(StrEnum):
    """Something that not everyone may do."""

    ADD = "add"  # reports, and records typed by hand
    REVIEW = "review"  # decide on claims, take part in blind samples
    EDIT = "edit"  # give and take away rights, read the figures of the running site


class MemberRole(StrEnum):
    """What a member is here for. Each may do what those before it may."""

    READER = "reader"
    CODER = "coder"
    REVIEWER = "reviewer"
    EDITOR = "editor"


#: What each role sees at most. RED is in no role: an editor sees it who is named for it (`Member.is_named`).
SEES: Mapping[MemberRole, Tier] = MappingProxyType(
    {
        MemberRole.READER: Tier.GREEN,
        MemberRole.CODER: Tier.AMBER,
        MemberRole.REVIEWER: Tier.AMBER,
        MemberRole.EDITOR: Tier.AMBER,
    }
)

#: What each role may do beside reading what it sees.
MAY: Mapping[MemberRole, frozenset[Right]] = MappingProxyType(
    {
        MemberRole.READER: frozenset(),
        MemberRole.CODER: frozenset({Right.ADD}),
        MemberRole.REVIEWER: frozenset({Right.ADD, Right.REVIEW}),
        MemberRole.EDITOR: frozenset({Right.ADD, Right.REVIEW, Right.EDIT}),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An account: a number drawn at random, a role, and a name only where the role signs changes."""

    id: str
    role: MemberRole
    name: str = ""  # signs what the member changes, and is shown; chosen, not checked
    is_named: bool = False  # may see RED; editors alone
    made_on: str = ""  # the day, and no more: "2026-11-25"

    def __post_init__(self) -> None:
        if self.is_named and self.role is not MemberRole.EDITOR:
            raise InputError(f"only an editor can be named for what is RED, and {self.id} is a {self.role}")
        if MAY[self.role] and not self.name:
            raise InputError(f"a {self.role} signs changes, and needs a name to sign with")

    @property
    def tier(self) -> Tier:
        """The highest tier that the member sees."""
        return Tier.RED if self.is_named else SEES[self.role]

    def may(self, right: Right) -> bool:
        """Say whether the member has a right."""
        return right in MAY[self.role]


def parse_role(text: str) -> MemberRole:
    """Return the role of that name, or raise `InputError` listing them."""
    try:
        return MemberRole(text.strip().casefold())
    except ValueError as error:
        raise InputError(f"{text[:40]!r} is no role; there are {', '.join(MemberRole)}") from error
