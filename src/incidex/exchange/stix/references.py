"""External references: from an object to where it, or what it rests on, stands outside STIX."""

import re
from typing import Any

from incidex.model import Report

Json = dict[str, Any]

#: As STIX wants an address (RFC 3986): what a report was found under may be anything.
_ADDRESS = re.compile(r"https?://[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]{1,2000}")
_CVE = re.compile(r"CVE-\d{4}-(?:0\d{3}|[1-9]\d{3,})")
_PLACES = {"attack": "mitre-attack", "sec": "sec-edgar"}


def is_address(text: str) -> bool:
    """Say whether a text can stand as `url`."""
    return _ADDRESS.fullmatch(text) is not None


def refer_to_attack(kind: str, code: str) -> Json:
    """Refer to a technique, group, software or campaign of ATT&CK."""
    place = code.replace(".", "/")
    return {
        "source_name": "mitre-attack",
        "external_id": code,
        "url": f"https://attack.mitre.org/{kind}/{place}/",
    }


def refer_to_cve(number: str) -> Json:
    """Refer to a CVE number. STIX takes only the numbers that have no needless zeros."""
    source = "cve" if _CVE.fullmatch(number) else "cve-number"
    return {"source_name": source, "external_id": number}


def refer_to_report(report: Report, **more: str) -> Json:
    """Refer to a report by its id with us, its publisher and, where it has one, its address."""
    found: Json = {"source_name": name_source(report.source.name), "external_id": report.id, **more}
    if is_address(report.url):
        found["url"] = report.url
        found["hashes"] = {"SHA-256": report.sha256}
    return found


def refer_elsewhere(identifier: str) -> Json:
    """Refer to what an incident is called elsewhere, given as the codebook writes it: "system:name"."""
    system, _, name = identifier.partition(":")
    match system:
        case "cve":
            return refer_to_cve(name)
        case "attack":
            return refer_to_attack("campaigns", name)
        case "url" if is_address(name):
            return {"source_name": "url", "url": name}
        case _:
            return {"source_name": name_source(_PLACES.get(system, system)), "external_id": name}


def name_source(name: str) -> str:
    """Return a name for `source_name`; two words there promise a number of their own kind."""
    return f"{name or 'unnamed'} (source)" if name.casefold() in {"", "cve", "capec"} else name
