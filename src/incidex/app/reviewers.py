"""Who may review: names, and the hashes of their keys. The keys themselves are nowhere."""

import json
import os
import re
import secrets
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from incidex.model import InputError

#: A name signs changes that stay, and is shown to everyone who may see them.
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,39}")

_SHORTEST_KEY = 12


class ReviewerKeys:
    """The reviewers of `reviewers.json` and of the settings, read anew when the file has changed."""

    def __init__(self, path: Path, given: Mapping[str, str] | None = None) -> None:
        self._path = path
        self._given = {name: _digest(key) for name, key in (given or {}).items()}
        self._held: tuple[int, Mapping[str, str]] = (-1, {})

    def __call__(self) -> Mapping[str, str]:
        """Return each reviewer's name with the SHA-256 of their key."""
        return {**self._read(), **self._given}

    def invite(self, name: str) -> str:
        """Return a new key for a reviewer, to be shown once; an old key of that name ends."""
        key = secrets.token_urlsafe(24)
        self._write({**self._read(), check_name(name): _digest(key)})
        return key

    def dismiss(self, name: str) -> None:
        """End a reviewer's right, sessions included; what they decided stays."""
        held = dict(self._read())
        if held.pop(name, None) is None:
            raise InputError(f"there is no reviewer {name!r} in {self._path}")
        self._write(held)

    def _read(self) -> Mapping[str, str]:
        try:
            changed = self._path.stat().st_mtime_ns
            if changed != self._held[0]:
                self._held = (changed, _parse(self._path.read_text("utf-8")))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise InputError(f"{self._path} cannot be used: {error}") from error
        return self._held[1]

    def _write(self, held: Mapping[str, str]) -> None:
        """Write the whole file beside the old one and put it in its place, readable by the owner alone."""
        beside = self._path.with_suffix(".new")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(dict(held), file, indent=1, sort_keys=True)
            beside.replace(self._path)
        except OSError as error:
            raise InputError(f"{self._path} cannot be written: {error.strerror}") from error


def check_name(name: str) -> str:
    """Return a reviewer's name, or raise `InputError`."""
    if not _NAME.fullmatch(name):
        raise InputError(
            f"{name[:60]!r} cannot sign a review; a name begins with a letter, has at most 40 letters, "
            "digits, dots, hyphens or underscores"
        )
    return name


def parse_keys(text: str) -> Mapping[str, str]:
    """Return the reviewers of `INCIDEX_REVIEWER_KEYS`, as "ana:key,bo:key"."""
    found: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, colon, key = part.partition(":")
        if not colon or len(key) < _SHORTEST_KEY:
            raise InputError(
                f"INCIDEX_REVIEWER_KEYS holds NAME:KEY pairs with commas between, and keys have at least "
                f"{_SHORTEST_KEY} characters; the pair of {name[:40]!r} is not one"
            )
        found[check_name(name)] = key
    return found


def _parse(text: str) -> Mapping[str, str]:
    held = json.loads(text)
    if not isinstance(held, dict) or not all(isinstance(each, str) for each in held.values()):
        raise ValueError("it must hold names with the hashes of their keys")
    return held


def _digest(key: str) -> str:
    return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
