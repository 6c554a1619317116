"""Access phrases: twelve words that hold 128 random bits and four that tell a mistyped word.

Source: BIP 39, with its English list. Four letters name a word there, so a word may be cut short.
"""

import secrets
from difflib import get_close_matches
from functools import cache
from hashlib import sha256

from mnemonic import Mnemonic

from incidex.model import InputError

WORDS = 12

#: Longer than any phrase, with room for somebody's spaces.
MOST_PHRASE = 400

_BITS = 128


def make_phrase() -> str:
    """Return a new phrase."""
    return _list().to_mnemonic(secrets.token_bytes(_BITS // 8))


def hash_phrase(text: str) -> bytes:
    """Return what is kept of a phrase, however it was spaced, written large or cut short.

    One pass of SHA-256 is enough: nobody can try 2^128 phrases. Raises `InputError` naming the words that
    cannot be right; it tells nothing of any account, because it knows of none.
    """
    words = [_expand(word) for word in text[:MOST_PHRASE].casefold().replace(",", " ").split()]
    if len(words) != WORDS:
        raise InputError(f"a phrase has {WORDS} words, and this has {len(words)}")
    if unknown := [_say_unknown(place, word) for place, word in enumerate(words, 1) if word not in _places()]:
        raise InputError("; ".join(unknown))
    try:
        entropy = bytes(_list().to_entropy(words))
    except ValueError as error:
        raise InputError("each word can stand in a phrase, but not these together in this order") from error
    return sha256(b"incidex phrase 1\0" + entropy).digest()


def _expand(word: str) -> str:
    """Return the one word that begins with these four or more letters, or the word itself."""
    found = [each for each in _places() if each.startswith(word)] if len(word) >= 4 else []
    return found[0] if len(found) == 1 and word not in _places() else word


def _say_unknown(place: int, word: str) -> str:
    near = get_close_matches(word, _places(), n=1, cutoff=0.6)
    return f"word {place}, {word[:20]!r}, is in no phrase" + (f"; perhaps {near[0]!r}" if near else "")


@cache
def _list() -> Mnemonic:
    return Mnemonic("english")


@cache
def _places() -> dict[str, int]:
    return {word: place for place, word in enumerate(_list().wordlist)}
