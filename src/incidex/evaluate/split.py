"""Which rows of a corpus are learned from, which are chosen on, and which are held back for the score.

Split by victim, so that the same victim never stands on both sides: a model that has seen a firm's name
with its industry has learned the name. A row without a victim goes by its report.
"""

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Literal

Part = Literal["train", "dev", "test"]

#: Of ten victims, two are held back for the score and one is for choosing thresholds.
_TENTHS: Mapping[int, Part] = {0: "test", 1: "test", 2: "dev"}

_LEGAL = re.compile(
    r"\b(?:inc|incorporated|llc|ltd|limited|corp|corporation|company|co|plc|gmbh|sa|ag|the|of)\b"
)
_SENTENCE = re.compile(r"__s[0-9]+$")  # AnnoCTR numbers the sentences of a report


def part_of(row: Mapping[str, Any]) -> Part:
    """Return the part that a corpus row `{"id", "gold"?}` belongs to; the same in every run."""
    digest = sha256(key_of(row).encode("utf-8", "surrogatepass")).digest()
    return _TENTHS.get(int.from_bytes(digest[:4], "big") % 10, "train")


def key_of(row: Mapping[str, Any]) -> str:
    """Return what rows are kept together by: the victim's name in plain words, or the report."""
    named = row.get("gold", {}).get("victim.name") or ""
    name = named[0] if isinstance(named, list) else named
    plain = " ".join(re.sub(r"[^a-z0-9 ]+", " ", _LEGAL.sub(" ", str(name).lower())).split())
    return plain or _SENTENCE.sub("", str(row["id"]))
