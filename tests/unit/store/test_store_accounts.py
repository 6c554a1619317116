"""What the members' file keeps, and what it does not."""

from datetime import date
from pathlib import Path

import pytest

from incidex.model import InputError, Member, MemberRole, StoreError
from incidex.store import Accounts, SqliteLog, Token
from tests.members import PEOPLE, make_accounts, phrase_of

DAY = date(2026, 11, 25)


def test_what_is_removed_is_gone_from_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "accounts.db"
    accounts = make_accounts({"needle-in-a-file": MemberRole.CODER, **PEOPLE}, path, DAY)
    (member,) = (each for each in accounts.members() if each.name == "needle-in-a-file")
    accounts.add_token(Token(b"\x5a" * 32, "needle-label", "read", "2026-11-25", "2027-01-01"), member.id)
    accounts.open_session(b"\xa5" * 32, member.id, 1)
    needles = (b"needle-in-a-file", b"needle-label", b"\x5a" * 32, b"\xa5" * 32, member.id.encode())
    assert all(needle in _bytes(tmp_path) for needle in needles)  # the search finds what is there
    assert accounts.remove(member.id)
    assert not [needle for needle in needles if needle in _bytes(tmp_path)]
    assert not accounts.remove(member.id)


def test_no_phrase_is_on_the_disk_and_others_may_not_read_it(tmp_path: Path) -> None:
    accounts = make_accounts(PEOPLE, tmp_path / "accounts.db", DAY)
    assert b"ana" in _bytes(tmp_path)
    assert not [name for name in PEOPLE if phrase_of(name).split()[0].encode() in _bytes(tmp_path)]
    assert (tmp_path / "accounts.db").stat().st_mode & 0o077 == 0
    assert {each.made_on for each in accounts.members()} == {"2026-11-25"}  # days, and no more


def test_the_schema_tells_no_order_and_no_time(tmp_path: Path) -> None:
    accounts = Accounts(tmp_path / "accounts.db")
    tables = accounts._connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
    found = {name: sql.upper() for name, sql in tables}
    assert len(found) == 7
    assert all("WITHOUT ROWID" in sql and "STRICT" in sql for sql in found.values())
    assert not [name for name, sql in found.items() if "AUTOINCREMENT" in sql or "MAIL" in sql]
    assert [name for name, sql in found.items() if "_AT INTEGER" in sql] == ["session"]


def test_names_are_taken_once() -> None:
    accounts = make_accounts(PEOPLE)
    with pytest.raises(InputError, match="a member called 'ana'"):
        accounts.add(MemberRole.CODER, "ana", b"x" * 32, DAY)
    accounts.add(MemberRole.READER, "", b"y" * 32, DAY)
    accounts.add(MemberRole.READER, "", b"z" * 32, DAY)


def test_a_challenge_is_answered_once_and_a_secret_stays(tmp_path: Path) -> None:
    accounts = Accounts(tmp_path / "accounts.db")
    assert accounts.answer(b"h", 10)
    assert not accounts.answer(b"h", 10)
    held = accounts.secret("challenge")
    assert len(held) == 32
    assert Accounts(tmp_path / "accounts.db").secret("challenge") == held


@pytest.mark.parametrize("kind", ["log", "noise", "newer"])
def test_another_file_is_refused(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "accounts.db"
    if kind == "log":
        SqliteLog(path).close()
    elif kind == "noise":
        path.write_bytes(b"not a database at all, but long enough to be taken for one" * 20)
    else:
        Accounts(path)._connection.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError):
        Accounts(path)


def test_only_an_editor_is_named_for_red_and_who_signs_has_a_name() -> None:
    with pytest.raises(InputError, match="only an editor"):
        Member(id="1", role=MemberRole.REVIEWER, name="ana", is_named=True)
    with pytest.raises(InputError, match="needs a name"):
        Member(id="1", role=MemberRole.CODER)


def _bytes(folder: Path) -> bytes:
    return b"".join(each.read_bytes() for each in folder.iterdir())
