"""Identifiers that leave no doubt: `vulnerability`, by its CVE number."""

import re
from collections.abc import Iterator

from incidex.coding.base import Prepared, Reading
from incidex.model import Span

_CVE = re.compile(
    r"(?<![A-Za-z0-9_])CVE[-\u2010\u2011][0-9]{4}[-\u2010\u2011][0-9]{4,7}(?![A-Za-z0-9_])", re.IGNORECASE
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
