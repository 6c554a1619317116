"""Indicators as STIX patterns (STIX 2.1, section 9), with every value escaped."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

_HASHES = {32: "MD5", 40: "SHA-1", 56: "SHA-224", 64: "SHA-256", 96: "SHA-384", 128: "SHA-512"}


def make_pattern(indicator: str) -> str:
    """Return the pattern that finds an indicator, given as the codebook writes it: "type:value"."""
    kind, _, value = indicator.partition(":")
    return f"[{_PATTERNS[kind](value)}]"


def _quote(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _ip(value: str) -> str:
    kind = "ipv6-addr" if ":" in value else "ipv4-addr"
    return f"{kind}:value {'ISSUBSET' if '/' in value else '='} {_quote(value)}"


def _hash(value: str) -> str:
    return f"file:hashes.'{_HASHES[len(value)]}' = {_quote(value)}"


def _whole(path: str) -> Callable[[str], str]:
    return lambda value: f"{path} = {_quote(value)}"


#: A wallet has no type in STIX; the name is the one that OpenCTI and its connectors use.
_PATTERNS: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "ip": _ip,
        "domain": _whole("domain-name:value"),
        "url": _whole("url:value"),
        "hash": _hash,
        "e-mail": _whole("email-addr:value"),
        "wallet": _whole("cryptocurrency-wallet:value"),
    }
)
