"""Identifiers that leave no doubt: CVE numbers, and what the same incident is called elsewhere."""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from incidex.codebook import get_vocabulary
from incidex.coding.base import Prepared, Reading
from incidex.coding.lexicon import Lexicon
from incidex.model import Span

_CVE = re.compile(
    "[Cc](?<![A-Za-z0-9_].)[Vv][Ee][-\u2010\u2011][0-9]{4}[-\u2010\u2011][0-9]{4,7}(?![A-Za-z0-9_])"
)
#: One of these stands in every text that has a number: most texts have none, and need no more reading.
_SIGNS = ("CVE", "cve")


def read_vulnerabilities(prepared: Prepared) -> Iterator[Reading]:
    """Read CVE numbers, https://www.cve.org/."""
    if not any(sign in prepared.text for sign in _SIGNS):
        return
    for match in _CVE.finditer(prepared.text):
        value = re.sub("[\u2010\u2011]", "-", match[0]).upper()
        yield Reading(
            field="vulnerability", value=value, span=Span(*match.span()), confidence=0.9, why="CVE number"
        )


#: The same incident's name elsewhere: in filings with the SEC, in VCDB, among the campaigns of ATT&CK.
_ELSEWHERE = re.compile(
    r"[0-9A-Fa-f](?<![\w-].)(?:(?P<sec>(?<=[0-9])[0-9]{9}-[0-9]{2}-[0-9]{6}(?![\w-]))"
    r"|(?P<vcdb>[0-9A-Fa-f]{7}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}(?![\w-]))"
    r"|(?P<attack>(?<=C)(?<!\..)00[0-9]{2}(?![\w-])))"
)
#: What one of them has, and little else: found faster than the whole.
_ELSEWHERE_SIGN = re.compile(r"-(?:[0-9]{2}-[0-9]{6}|(?:[0-9A-Fa-f]{4}-){3})")
#: What must stand near a name that other things may have too, and how near.
_NAMES_IT = {"vcdb": ("VCDB", "VERIS Community"), "attack": ("ATT&CK", "campaign", "Campaign")}
_NEAR = 80


def lexicons() -> tuple[Lexicon, ...]:
    """Return what these coders wait for."""
    return (_campaigns()[0],)


def read_identifiers(prepared: Prepared) -> Iterator[Reading]:
    """Read what the incident is called elsewhere: `identifier`, as "sec:0000950170-23-011111"."""
    text = prepared.text
    if "C00" in text or _ELSEWHERE_SIGN.search(text):
        for match in _ELSEWHERE.finditer(text):
            system = str(match.lastgroup)
            around = text[max(0, match.start() - _NEAR) : match.end() + _NEAR]
            if system == "sec" or any(name in around for name in _NAMES_IT[system]):
                value = f"{system}:{match[0].upper()}"
                yield Reading(
                    "identifier", value, Span(*match.span()), 0.85, f"an identifier of {system.upper()}"
                )
    lexicon, campaigns = _campaigns()
    for hit in prepared.find(lexicon):
        why = f"'{hit.term}', a campaign of ATT&CK"
        yield Reading("identifier", f"attack:{campaigns[hit.term]}", hit.span, 0.7, why)


@cache
def _campaigns() -> tuple[Lexicon, Mapping[str, str]]:
    """Return the names of campaigns of two words and more, as they are spelt, each with its number."""
    terms = get_vocabulary("campaign").values()
    found = {name: term.id for term in terms for name in term.names if " " in name}
    return Lexicon(found, lower=False), found
