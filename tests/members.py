"""Members for tests: real accounts in a file of no disk, with phrases that are known."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

from mnemonic import Mnemonic

from incidex.model import MAY, MemberRole
from incidex.store import Accounts
from incidex.web.phrase import hash_phrase

OURS = {"sec-fetch-site": "same-origin"}


def phrase_of(name: str) -> str:
    """Return the phrase of a test's member."""
    return str(Mnemonic("english").to_mnemonic(sha256(name.encode()).digest()[:16]))


def make_accounts(
    roles: Mapping[str, MemberRole], path: str | Path = ":memory:", today: date | None = None
) -> Accounts:
    """Return accounts with a member for each name, whose phrase is `phrase_of` that name."""
    accounts = Accounts(path)
    for name, role in roles.items():
        signed = name if MAY[role] else ""
        accounts.add(role, signed, hash_phrase(phrase_of(name)), today or datetime.now(UTC).date())
    return accounts


#: Two who review, one who reads.
PEOPLE = {"ana": MemberRole.REVIEWER, "bo": MemberRole.REVIEWER, "member": MemberRole.READER}
