"""On what terms records may be passed on together: the licences of their reports, and which clash."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from sys import intern

from incidex.model import Incident

#: What a licence demands of whoever passes a work on, by the parts of its SPDX name.
_DEMANDS = {"SA": "share-alike", "NC": "no commercial use", "ND": "no derivatives"}
_SHARE_ALIKE = ("ODbL", "GPL", "AGPL", "LGPL", "GFDL")
_VERSION = re.compile(r"-\d+(\.\d+)*(-.*)?$")

#: Where the text of a licence stands; others are named only.
_PATHS = {
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "CC-BY-NC-4.0": "https://creativecommons.org/licenses/by-nc/4.0/",
    "CC-BY-NC-SA-4.0": "https://creativecommons.org/licenses/by-nc-sa/4.0/",
    "ODbL-1.0": "https://opendatacommons.org/licenses/odbl/1-0/",
    "ODC-By-1.0": "https://opendatacommons.org/licenses/by/1-0/",
    "PDDL-1.0": "https://opendatacommons.org/licenses/pddl/1-0/",
    "Apache-2.0": "https://www.apache.org/licenses/LICENSE-2.0",
}


def find_path(licence: str) -> str:
    """Return the address of a licence's text: at its publisher, at SPDX, or "" for a name that SPDX lacks."""
    if licence in _PATHS:
        return _PATHS[licence]
    is_spdx = re.fullmatch(r"[A-Za-z0-9.+-]{1,60}", licence) is not None and any(c.isdigit() for c in licence)
    return f"https://spdx.org/licenses/{licence}.html" if is_spdx else ""


def find_demands(licence: str) -> frozenset[str]:
    """Return what a licence demands beyond naming the source, as far as its SPDX name tells."""
    family = _VERSION.sub("", licence)
    found = {_DEMANDS[part] for part in family.split("-") if part in _DEMANDS}
    return frozenset(found | ({"share-alike"} if family.startswith(_SHARE_ALIKE) else set()))


def find_clashes(licences: Iterable[str]) -> Iterator[str]:
    """Yield, in sentences, which licences cannot be met by one that covers all of it.

    Known are share-alike, no commercial use and no derivatives, from the names of Creative Commons, the Open
    Data Commons and GNU. This is a warning and no legal advice.
    """
    known = sorted({licence for licence in licences if licence})
    for licence in known:
        if "no derivatives" in find_demands(licence):
            yield f"{licence} allows no derivatives, and a collection of records may be one"
    for one, other in combinations(known, 2):
        mine, yours = find_demands(one), find_demands(other)
        if "share-alike" in mine and "share-alike" in yours:
            yield f"{one} and {other} each demand that all of it be passed on under themselves"
        elif "share-alike" in mine | yours and "no commercial use" in mine ^ yours:
            yield f"{one} and {other} cannot both be met: one keeps commerce out, the other forbids to"


class Licences:
    """Counts the licences of the reports that go out, each report once."""

    def __init__(self) -> None:
        self.held: dict[bytes, str] = {}  # by half a hash of the report: exports hold a million of them

    @property
    def counts(self) -> Counter[str]:
        """Return how many reports came under each licence; "" is an unknown one."""
        return Counter(self.held.values())

    def count(self, incident: Incident) -> None:
        """Count those of one record."""
        for report in incident.reports:
            self.held[bytes.fromhex(report.sha256[:32])] = intern(report.licence)

    def add(self, other: "Licences") -> None:
        """Count those that another has counted."""
        self.held |= other.held

    def say(self) -> Iterator[str]:
        """Yield in sentences under which licences reports came and which clash, if any is known."""
        if told := say_licences(self.counts):
            yield f"Licences of the reports: {told}."
        yield from (f"Take care: {clash}." for clash in find_clashes(self.counts))


def say_licences(counts: Mapping[str, int]) -> str:
    """Say under which licences reports came, and how many of each; "" for unknown alone."""
    named = [f"{name or 'unknown'} ({count:,})" for name, count in sorted(counts.items())]
    return ", ".join(named) if any(counts) else ""
