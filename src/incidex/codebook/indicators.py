"""Indicators of compromise, as a type and a value: "ip:192.0.2.1", "hash:" and its hexadecimal digits."""

import re
from collections.abc import Callable, Mapping

from incidex.codebook.terms import find_terms
from incidex.model import CodebookError

_LABEL = re.compile(r"[^\W_](?:[\w-]{0,61}[^\W_])?")
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{1,15})://([^\s/?#]{1,300})([/?#]\S{0,1800})?")
_EMAIL = re.compile(r"([^\s@:/<>\"]{1,64})@([^\s@]{1,253})")
_WALLET = re.compile(r"[A-Za-z0-9]{20,120}")
_HEX = re.compile(r"[0-9A-Fa-f]{32,128}")

#: Hexadecimal digits of MD5, SHA-1, SHA-224, SHA-256, SHA-384 and SHA-512.
_HASH_LENGTHS = frozenset({32, 40, 56, 64, 96, 128})


def check_domain(value: str, field: str = "domain") -> str:
    """Return a host name in lower case, without the final dot; raise `CodebookError` when it is none."""
    domain = value.lower().removesuffix(".")
    labels = domain.split(".")
    if len(domain) > 253 or len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
        raise CodebookError(f'{field} takes a host name such as "example.com", got {value[:80]!r}')
    if labels[-1].isdigit():
        raise CodebookError(f"{field} takes a host name, and {value[:80]!r} is an address")
    return domain


def check_indicator(value: str, field: str = "indicator") -> str:
    """Return "type:value"; the type is worked out where the value leaves no doubt of it.

    Raises `CodebookError` when the value is not of its type, or is of none that we know. A defanged value
    ("hxxp", "[.]") must be made whole by whoever read it.
    """
    kind, bare = _split(value)
    if kind:
        return f"{kind}:{_CHECKS[kind](bare.strip(), field)}"
    for guess in _SURE:
        try:
            return f"{guess}:{_CHECKS[guess](value, field)}"
        except CodebookError:
            continue
    raise CodebookError(
        f'{field} takes a type and a value such as "ip:192.0.2.1", got {value[:80]!r}; '
        f"the types are {', '.join(_CHECKS)}"
    )


def _split(value: str) -> tuple[str, str]:
    head, colon, rest = value.partition(":")
    found = find_terms("indicator", head) if colon and not rest.startswith("//") else ()
    return (found[0].id, rest) if found else ("", value)


def _check_ip(value: str, field: str) -> str:
    from ipaddress import ip_address, ip_network  # slow to import

    bare = "" if "%" in value else value  # a scope means nothing on another machine
    try:
        return str(ip_network(bare, strict=False) if "/" in bare else ip_address(bare))
    except ValueError as wrong:
        raise CodebookError(f"{field}: {value[:80]!r} is not an IP address or network") from wrong


def _check_url(value: str, field: str) -> str:
    match = _URL.fullmatch(value)
    if match is None:
        raise CodebookError(f"{field}: {value[:80]!r} is not a URL")
    user, at, host = match[2].rpartition("@")
    return f"{match[1].lower()}://{user}{at}{host.lower()}{match[3] or ''}"


def _check_hash(value: str, field: str) -> str:
    if len(value) not in _HASH_LENGTHS or not _HEX.fullmatch(value):
        raise CodebookError(f"{field}: {value[:80]!r} is not an MD5 or SHA hash in hexadecimal")
    return value.lower()


def _check_email(value: str, field: str) -> str:
    match = _EMAIL.fullmatch(value)
    if match is None:
        raise CodebookError(f"{field}: {value[:80]!r} is not an e-mail address")
    return f"{match[1]}@{check_domain(match[2], field)}"


def _check_wallet(value: str, field: str) -> str:
    if not _WALLET.fullmatch(value):
        raise CodebookError(f"{field}: {value[:80]!r} is not a wallet address")
    return value


_CHECKS: Mapping[str, Callable[[str, str], str]] = {
    "ip": _check_ip,
    "domain": check_domain,
    "url": _check_url,
    "hash": _check_hash,
    "e-mail": _check_email,
    "wallet": _check_wallet,
}

#: In the order in which a bare value is tried. A wallet has no form that nothing else has.
_SURE = ("ip", "url", "e-mail", "hash", "domain")
