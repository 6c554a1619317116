"""Dates with a precision as STIX holds them: a time, and how far it may be trusted."""

import re
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from incidex.codebook import Edtf, parse_edtf

_YEAR = re.compile(r"[0-9]{4}")
_MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])")
_DAY = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])-[0-9]{2}")
#: Dates that are kept read: records of one year say the same ones again and again.
_KEPT = 8192

_PLAIN = ((_DAY, "day"), (_MONTH, "month"), (_YEAR, "year"))


class Moment(NamedTuple):
    """A time, its fidelity (`timestamp-fidelity-enum`), and whether the two say just what was said."""

    time: str
    fidelity: str
    is_exact: bool


@lru_cache(maxsize=_KEPT)
def find_moment(text: str) -> Moment | None:
    """Return when a date begins; `None` where STIX has no fidelity as coarse as it, as for a decade."""
    edtf = parse_edtf(text)
    if edtf.is_interval or edtf.earliest is None:
        return None
    bare = edtf.text.rstrip("?~%")
    for pattern, fidelity in _PLAIN:
        if pattern.fullmatch(bare):
            return Moment(_at(edtf.earliest), fidelity, bare == edtf.text)
    return _coarse(edtf)


@lru_cache(maxsize=_KEPT)
def find_period(text: str) -> tuple[Moment | None, Moment | None]:
    """Return the beginning and the end of a date: of an interval both, of a moment the beginning."""
    if "/" not in text:
        return find_moment(text), None
    first, _, last = text.partition("/")
    return tuple(None if side in {"", ".."} else find_moment(side) for side in (first, last))  # type: ignore[return-value]


def _coarse(edtf: Edtf) -> Moment | None:
    """Return the year that a season, quarter or unknown month is in, when it is in one."""
    earliest, latest = edtf.earliest, edtf.latest
    if earliest is None or latest is None or earliest.year != latest.year:
        return None
    return Moment(_at(date(earliest.year, 1, 1)), "year", is_exact=False)


def _at(day: date) -> str:
    return f"{day.isoformat()}T00:00:00.000Z"
