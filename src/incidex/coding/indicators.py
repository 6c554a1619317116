"""Indicators of compromise: `indicator`, as "ip:192.0.2.1", made whole where the report defanged them."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from hashlib import sha256
from ipaddress import AddressValueError, IPv6Address
from typing import NamedTuple

import re2

from incidex.coding.base import Prepared, Reading
from incidex.model import Span

_DOT = r"(?:\.| ?\[\.\] ?|\(\.\)|\{\.\}|\[dot\]|\(dot\))"
_HOST = rf"[A-Za-z0-9_-]+(?:{_DOT}[A-Za-z0-9_-]+)+"

#: Everything that could be one, in linear time: https://github.com/google/re2. The lengths of names are
#: checked after: repetitions counted inside repetitions cost this engine its memory.
_CANDIDATE = re2.compile(
    r"(?i)(?P<url>\b(?:hxxps?|https?|fxp|ftp)(?:://|\[:\]//|\[://\])[^\s<>\"'`\x{a0}\x{201c}\x{201d}\x{2019}|]+)"
    rf"|(?P<email>\b[A-Za-z0-9._%+-]+(?:{_DOT}[A-Za-z0-9._%+-]+)*(?:@|\[at\]|\(at\)|\[@\]){_HOST})"
    r"|(?P<wallet>\bbc1[a-z0-9]{25,60}\b|\b0x[0-9a-f]{40}\b)"
    rf"|(?P<ip>\b[0-9]+(?:{_DOT}[0-9]+)+\b)"
    rf"|(?P<domain>\b{_HOST}\b)"
    r"|(?P<hash>\b[0-9a-f]{32,128}\b)"
    r"|(?P<ipv6>[0-9a-f]*:[0-9a-f]*:[0-9a-f:]*[0-9a-f:])"
    r"|(?P<base58>\b[13][1-9a-z]{25,34}\b)"
)
#: The kinds of candidate, in the order of the pattern's groups: the engine's own look-up is made anew
#: for every match.
_FORMS = tuple(sorted(_CANDIDATE.groupindex, key=_CANDIDATE.groupindex.__getitem__))
#: What every candidate has: a dot, colon, bracket or "@" inside a word, or else a word so long. Most texts
#: have neither, and the pattern above is not searched for.
_SIGN = re.compile(
    r"[.@:\[({](?:(?<=\.)[\w-]|(?<=@)|(?<=:)[/\]0-9a-fA-F:]|(?<=[\[({])(?:[.@:]|[aA][tT]|[dD][oO][tT]))"
)
_LONG = 26
_NAMES = {"email": "e-mail", "ipv6": "ip", "base58": "wallet"}
_SHORTEST = {"hash": 32, "wallet": 26, "ipv6": 6}
#: Hexadecimal digits of MD5, SHA-1, SHA-224, SHA-256, SHA-384 and SHA-512.
_HASH_LENGTHS = frozenset({32, 40, 56, 64, 96, 128})
_LONGEST = 600
_DEFANGED = re.compile(
    r"\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\)|hxxp|\[:|\[at\]|\(at\)|\[@\]|fxp:", re.IGNORECASE
)
_CONTEXT = re.compile(
    r"\b(?:indicators?\b|IOCs?\b|C2\b|command[- ]and[- ]control|malicious (?:domain|ip|url|host)|hashes\b|"
    r"(?:md5|sha-?1|sha-?256)\b|phishing (?:domain|site|url)|beacon)",
    re.IGNORECASE,
)

#: Characters before an indicator in which a heading or a word may announce it.
_ANNOUNCED = 400

#: What makes of an address a whole network, of which the address itself is none of the attacker's.
_NETWORK = re.compile(r"/[0-9]{1,2}\b")
_NEXT_TO_VERSION = re.compile(r"(?:version|v\.?|release|update|firmware)\s{0,2}$", re.IGNORECASE)

_OR_LATER = re.compile(r"\s(?:or|and) (?:later|newer|above|earlier)")
_HASH_NAME = re.compile(r"([0-9A-Fa-f]{32,128})[._]")
_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")


class Candidate(NamedTuple):
    """What has the form of an indicator, where it stands; whether the report means it as one is not said."""

    kind: str  # as the codebook names it
    value: str  # made whole
    start: int
    end: int
    is_defanged: bool
    is_sure: bool  # nothing else looks like it


def read_indicators(prepared: Prepared) -> Iterator[Reading]:
    """Read indicators that are defanged, announced as such, or cannot be anything else."""
    text = prepared.text
    for each in find_candidates(text):
        if not (each.is_defanged or each.is_sure or _is_announced(text, each.start)):
            continue
        if each.kind == "ip" and (_NETWORK.match(text, each.end) or _is_version(text, each.start, each.end)):
            continue
        yield Reading(
            field="indicator",
            value=f"{each.kind}:{each.value}",
            span=Span(each.start, each.end),
            confidence=0.9 if each.is_defanged or each.is_sure else 0.7,
            why="defanged" if each.is_defanged else f"a {each.kind}" if each.is_sure else "among indicators",
        )


def find_candidates(text: str) -> Iterator[Candidate]:
    """Yield everything in the form of an indicator: address, host, URL, e-mail address, hash or wallet."""
    if not _SIGN.search(text) and max(map(len, text.split()), default=0) < _LONG:
        return
    for match in _CANDIDATE.finditer(text):
        form, words = _FORMS[match.lastindex - 1], match[0]
        if not _SHORTEST.get(form, 4) <= len(words) <= _LONGEST:
            continue
        if form == "url":
            words = _end_url(words)
        is_defanged = _DEFANGED.search(words) is not None
        value = _CHECKS[form](refang(words) if is_defanged else words)
        if not value and form == "domain" and (named := _HASH_NAME.match(words)):
            form, words = "hash", named[1]  # a sample is often filed under its hash
            value = _check_hash(words)
        if value:
            start, kind = match.start(), _NAMES.get(form, form)
            is_sure = form in {"hash", "base58", "wallet"}
            yield Candidate(kind, value, start, start + len(words), is_defanged, is_sure)


def refang(words: str) -> str:
    """Make a defanged indicator whole: "hxxp://a[.]example" is "http://a.example"."""
    whole = re.sub(r"(?i) ?(?:\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\)) ?", ".", words)
    whole = re.sub(r"(?i)\[at\]|\(at\)|\[@\]", "@", whole)
    whole = re.sub(r"\[:\]//|\[://\]", "://", whole)
    whole = re.sub(r"(?i)^hxxp", "http", whole)
    return re.sub(r"(?i)^fxp", "ftp", whole)


def _end_url(words: str) -> str:
    """Leave out what the sentence puts after a URL: stops, and a bracket that the URL did not open."""
    if ")" in words and "(" not in words:
        words = words[: words.index(")")]
    while words and words[-1] in ".,;:!?)]}*|":
        if words[-1] == "]" and words.endswith(("[.]", "[:]")):
            break
        if words[-1] == ")" and words.count("(") >= words.count(")"):
            break
        words = words[:-1]
    return words


def _is_version(text: str, start: int, end: int) -> bool:
    is_after = _NEXT_TO_VERSION.search(text, max(0, start - 12), start) is not None
    return is_after or _OR_LATER.match(text, end) is not None


def _is_announced(text: str, start: int) -> bool:
    return _CONTEXT.search(text, max(0, start - _ANNOUNCED), start) is not None


def _check_url(whole: str) -> str:
    scheme, _, rest = whole.partition("://")
    host = re.split(r"[/?#]", rest, maxsplit=1)[0]
    bare = host.rpartition("@")[2].partition(":")[0]
    if not (_check_ip(bare) or _check_domain(bare) or bare.startswith("[")):
        return ""
    return f"{scheme.lower()}://{host.lower()}{rest[len(host) :]}"


def _check_email(whole: str) -> str:
    name, _, host = whole.rpartition("@")
    domain = _check_domain(host)
    return f"{name}@{domain}" if domain and len(name) <= 64 else ""


def _check_ip(whole: str) -> str:
    parts = whole.split(".")
    if len(parts) != 4 or not all(part.isdigit() and len(part) < 4 and int(part) < 256 for part in parts):
        return ""
    return "" if any(part[0] == "0" and part != "0" for part in parts) else whole


def _check_ipv6(whole: str) -> str:
    if whole.count(":") < 3 or not any(letter.isdigit() for letter in whole):
        return ""  # "std::vector" and a time of day are none
    try:
        return str(IPv6Address(whole.rstrip(":") if not whole.endswith("::") else whole))
    except AddressValueError:
        return ""


def _check_hash(whole: str) -> str:
    return whole.lower() if len(whole) in _HASH_LENGTHS else ""


def _check_wallet(whole: str) -> str:
    return whole


_BASE58 = {
    letter: at for at, letter in enumerate("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")
}


def _check_base58(whole: str) -> str:
    """Return a Bitcoin address whose check digits agree: no other string of letters passes for one."""
    number = 0
    for letter in whole:
        if letter not in _BASE58:
            return ""
        number = number * 58 + _BASE58[letter]
    if number >= 1 << 200:
        return ""
    raw = number.to_bytes(25, "big")
    return whole if sha256(sha256(raw[:-4]).digest()).digest()[:4] == raw[-4:] else ""


@lru_cache(maxsize=4096)
def _check_domain(whole: str) -> str:
    """Return a host in small letters when it ends as names on the internet do, and not as files do.

    `.example` and its like are kept for documents (RFC 2606).
    """
    host = whole.lower().removesuffix(".")
    labels = host.split(".")
    ending = labels[-1]
    if len(labels) < 2 or len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        return ""
    if ending in _RESERVED:
        return host
    tops, suffixes = _suffixes()
    return host if ending in tops and ending not in _FILE_ENDINGS and host not in suffixes else ""


_CHECKS: Mapping[str, Callable[[str], str]] = {
    "url": _check_url,
    "email": _check_email,
    "wallet": _check_wallet,
    "ip": _check_ip,
    "domain": _check_domain,
    "hash": _check_hash,
    "ipv6": _check_ipv6,
    "base58": _check_base58,
}

_RESERVED = frozenset({"example", "test", "invalid", "onion"})
#: Suffixes that are also the ends of file names; a bare name with one is a file.
_FILE_ENDINGS = frozenset({"md", "py", "sh", "zip", "mov", "js", "rs", "pl", "cc", "ps", "ai", "so", "app"})


@cache
def _suffixes() -> tuple[frozenset[str], frozenset[str]]:
    """Return the ends of names and all public suffixes, from the list in the package; nothing is fetched."""
    from tldextract import TLDExtract  # takes a fifth of the start, and few reports name a domain

    suffixes = frozenset(TLDExtract(suffix_list_urls=(), cache_dir=None).tlds)
    return frozenset(each.rpartition(".")[2] for each in suffixes), suffixes
