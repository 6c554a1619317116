"""Identifiers that leave no doubt: `vulnerability` (CVE) and `technique` (ATT&CK)."""

import re
from collections.abc import Iterator

from incidex.codebook import find_terms, get_vocabulary
from incidex.coding.base import Prepared, Reading
from incidex.model import Span

_CVE = re.compile(r"\bCVE[-\u2010\u2011][0-9]{4}[-\u2010\u2011][0-9]{4,7}\b", re.IGNORECASE | re.ASCII)
_TECHNIQUE = re.compile(r"(?<![\w.-])T[0-9]{4}(?:\.[0-9]{3})?(?![\w-]|\.[0-9])", re.ASCII)
_PLAIN = re.compile(
    r"\b(?:spear[- ]?phishing attachment|spear[- ]?phishing link|credential stuffing|password spraying|"
    r"brute[- ]force)\b",
    re.IGNORECASE,
)


def read_vulnerabilities(prepared: Prepared) -> Iterator[Reading]:
    """Read CVE numbers, https://www.cve.org/."""
    for match in _CVE.finditer(prepared.text):
        value = re.sub("[\u2010\u2011]", "-", match[0]).upper()
        yield Reading(
            field="vulnerability", value=value, span=Span(*match.span()), confidence=0.9, why="CVE number"
        )


def read_techniques(prepared: Prepared) -> Iterator[Reading]:
    """Read ATT&CK technique ids that the vocabulary knows, and a few names that mean nothing else."""
    known = get_vocabulary("technique")
    for match in _TECHNIQUE.finditer(prepared.text):
        if match[0] in known:
            yield _make(match[0], match, 0.95, "ATT&CK id")
    for match in _PLAIN.finditer(prepared.text):
        words = match[0].lower().replace("-", " ").replace("spear phishing", "spearphishing")
        found = [term for term in find_terms("technique", words) if term.id < "T2"]
        enterprise = [term for term in found if term.extra.get("domain") == "enterprise"]
        if len(enterprise) == 1:
            yield _make(enterprise[0].id, match, 0.8, f"ATT&CK name '{enterprise[0].label}'")


def _make(value: str, match: re.Match[str], confidence: float, why: str) -> Reading:
    return Reading(field="technique", value=value, span=Span(*match.span()), confidence=confidence, why=why)
