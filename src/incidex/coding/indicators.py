"""Indicators of compromise: `indicator`, as "ip:192.0.2.1", made whole where the report defanged them."""

import re
from collections.abc import Iterator
from functools import cache

import re2
from tldextract import TLDExtract

from incidex.codebook import check_value
from incidex.coding.base import Prepared, Reading
from incidex.model import CodebookError, Span

_DOT = r"(?:\.|\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\))"
_HOST = rf"[A-Za-z0-9_-]+(?:{_DOT}[A-Za-z0-9_-]+)+"

#: Everything that could be one, in linear time: https://github.com/google/re2. The lengths of names are
#: checked after: repetitions counted inside repetitions cost this engine its memory.
_CANDIDATE = re2.compile(
    r"(?i)(?P<url>\b(?:hxxps?|https?|fxp|ftp)(?:://|\[:\]//|\[://\])[^\s<>\"'`]+)"
    rf"|(?P<email>\b[A-Za-z0-9._%+-]+(?:@|\[at\]|\(at\)|\[@\]){_HOST})"
    r"|(?P<wallet>\bbc1[a-z0-9]{25,60}\b|\b0x[0-9a-f]{40}\b)"
    rf"|(?P<ip>\b[0-9]+(?:{_DOT}[0-9]+)+\b)"
    rf"|(?P<domain>\b{_HOST}\b)"
    r"|(?P<hash>\b[0-9a-f]{32,128}\b)"
)
_SHORTEST = {"hash": 32, "wallet": 26}
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

#: Sure enough without a word about them: nothing else looks like it.
_ALONE = frozenset({"hash"})
_NEXT_TO_VERSION = re.compile(r"(?:version|v\.?|release|update|firmware)\s{0,2}$", re.IGNORECASE)

_OR_LATER = re.compile(r"\s(?:or|and) (?:later|newer|above|earlier)")


@cache
def _suffixes() -> TLDExtract:
    """Return the public suffix list that came with the package; nothing is fetched and nothing written."""
    return TLDExtract(suffix_list_urls=(), cache_dir=None)


def read_indicators(prepared: Prepared) -> Iterator[Reading]:
    """Read indicators that are defanged, announced as such, or cannot be anything else."""
    text = prepared.text
    for match in _CANDIDATE.finditer(text):
        kind = str(match.lastgroup)
        words = match[0]
        if not _SHORTEST.get(kind, 4) <= len(words) <= _LONGEST:
            continue
        start = match.start()
        words = words.rstrip(".,;:!?)]}") if kind == "url" else words
        is_defanged = _DEFANGED.search(words) is not None
        if not (is_defanged or kind in _ALONE or _is_announced(text, start)):
            continue
        value = _check(kind, refang(words))
        if value and not (kind == "ip" and _is_version(text, start, match.end())):
            yield Reading(
                field="indicator",
                value=value,
                span=Span(start, start + len(words)),
                confidence=0.9 if is_defanged or kind in _ALONE else 0.7,
                why="defanged" if is_defanged else "among indicators" if kind not in _ALONE else "a hash",
            )


def refang(words: str) -> str:
    """Make a defanged indicator whole: "hxxp://a[.]example" is "http://a.example"."""
    whole = re.sub(r"(?i) ?(?:\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\)) ?", ".", words)
    whole = re.sub(r"(?i)\[at\]|\(at\)|\[@\]", "@", whole)
    whole = re.sub(r"\[:\]//|\[://\]", "://", whole)
    whole = re.sub(r"(?i)^hxxp", "http", whole)
    return re.sub(r"(?i)^fxp", "ftp", whole)


def _is_version(text: str, start: int, end: int) -> bool:
    is_after = _NEXT_TO_VERSION.search(text, max(0, start - 12), start) is not None
    return is_after or _OR_LATER.match(text, end) is not None


def _is_announced(text: str, start: int) -> bool:
    return _CONTEXT.search(text, max(0, start - _ANNOUNCED), start) is not None


def _check(kind: str, value: str) -> str:
    """Return the value in the codebook's form, or nothing when it is not what it looked like."""
    name = {"email": "e-mail"}.get(kind, kind)
    if kind in {"domain", "email"} and not _has_public_suffix(value.rpartition("@")[2]):
        return ""
    try:
        return check_value("indicator", f"{name}:{value}")
    except CodebookError:
        return ""


#: Suffixes that are also the ends of file names; a bare name with one is a file.
_FILE_ENDINGS = frozenset({"md", "py", "sh", "zip", "mov", "js", "rs", "pl", "cc", "ps", "ai", "so", "app"})


def _has_public_suffix(host: str) -> bool:
    """Say whether the name ends as names on the internet do; `.example` is kept for documents (RFC 2606)."""
    ending = host.rpartition(".")[2].lower()
    if ending in {"example", "test", "invalid", "onion"}:
        return True
    parts = _suffixes()(host)
    return bool(parts.suffix and parts.domain) and ending not in _FILE_ENDINGS
