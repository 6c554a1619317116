"""Who may review, and what is kept of their keys."""

import stat
from hashlib import sha256
from pathlib import Path

import pytest

from incidex.app.reviewers import ReviewerKeys, parse_keys
from incidex.model import InputError


def test_an_invited_reviewers_key_is_kept_as_its_hash_alone(tmp_path: Path) -> None:
    path = tmp_path / "home" / "reviewers.json"
    key = ReviewerKeys(path).invite("ana")
    assert len(key) >= 32
    assert key not in path.read_text()
    assert ReviewerKeys(path)() == {"ana": sha256(key.encode()).hexdigest()}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_rights_change_while_the_site_runs(tmp_path: Path) -> None:
    path = tmp_path / "reviewers.json"
    running, desk = ReviewerKeys(path, {"eve": "a long enough key"}), ReviewerKeys(path)
    assert set(running()) == {"eve"}
    desk.invite("ana")
    desk.invite("bo")
    assert set(running()) == {"ana", "bo", "eve"}
    desk.dismiss("ana")
    assert set(running()) == {"bo", "eve"}
    with pytest.raises(InputError, match="no reviewer 'ana'"):
        desk.dismiss("ana")


@pytest.mark.parametrize("name", ["", "ana bo", "person:ana", "9lives", "x" * 41, "<b>", "ana\n"])
def test_a_name_that_cannot_sign_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="cannot sign"):
        ReviewerKeys(tmp_path / "reviewers.json").invite(name)


@pytest.mark.parametrize("text", ["[1]", '{"ana": 1}', "{", "\x00"])
def test_a_damaged_file_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "reviewers.json"
    path.write_text(text)
    with pytest.raises(InputError, match=r"reviewers\.json cannot be used"):
        ReviewerKeys(path)()


def test_keys_from_the_settings_are_pairs() -> None:
    assert parse_keys("") == {}
    assert parse_keys("ana:a long enough key, bo:another:key:here") == {
        "ana": "a long enough key",
        "bo": "another:key:here",
    }
    for wrong in ("ana", "ana:short", ":a long enough key"):
        with pytest.raises(InputError):
            parse_keys(wrong)
