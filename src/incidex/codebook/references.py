"""What an incident is called elsewhere: a system and the name there, checked and written one way."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from incidex.model import CodebookError

_UUID = r"(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_HOST = re.compile(r"(?i)https?://[^/?#]{1,253}")


class System(NamedTuple):
    """A system that names incidents: which names it gives, and how they are written."""

    pattern: re.Pattern[str]
    write: Callable[[str], str] = str
    is_plain: bool = True  # whether the name alone, without the system, can only be one of these


def _write_url(text: str) -> str:
    host = _HOST.match(text)
    return text if host is None else host[0].lower() + text[host.end() :]


#: Systems whose names can be checked. Others are taken as they are: "eurepoc:1234".
SYSTEMS: Mapping[str, System] = MappingProxyType(
    {
        "vcdb": System(re.compile(_UUID), str.upper, is_plain=False),
        "sec": System(re.compile(r"[0-9]{10}-[0-9]{2}-[0-9]{6}")),  # an accession number in EDGAR
        "attack": System(re.compile(r"(?i)C[0-9]{4}"), str.upper),  # a campaign
        "cve": System(re.compile(r"(?i)CVE-[0-9]{4}-[0-9]{4,19}"), str.upper),
        "url": System(re.compile(r"(?i)https?://[^\s/<>\"]{1,253}(?:[/?#][^\s<>\"]{0,1500})?"), _write_url),
    }
)
_OTHER = re.compile(r"([a-z][a-z0-9.\-]{1,29}):([!-;=?-~]{1,200})")


def check_reference(value: str, field: str) -> str:
    """Return "system:name" in its one spelling; raise `CodebookError` for what names nothing."""
    for name, system in SYSTEMS.items():
        if system.is_plain and system.pattern.fullmatch(value):
            return f"{name}:{system.write(value)}"
    prefix, colon, rest = value.partition(":")
    known = SYSTEMS.get(prefix.lower()) if colon else None
    if known is not None:
        if not known.pattern.fullmatch(rest.strip()):
            raise CodebookError(f"{field}: {rest.strip()[:80]!r} is not what {prefix.lower()} calls anything")
        return f"{prefix.lower()}:{known.write(rest.strip())}"
    other = _OTHER.fullmatch(f"{prefix.lower()}:{rest}")
    if other is None:
        raise CodebookError(
            f'{field} takes a system and a name, such as "vcdb:0001AA7F-…", "sec:0000950170-23-011111" '
            f'or "url:https://…"; got {value[:80]!r}'
        )
    return f"{other[1]}:{other[2]}"
