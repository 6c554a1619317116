"""Dates that reports state about themselves, as EDTF (ISO 8601-2) to the precision they have."""

import re
from datetime import date

STATED = re.compile(r"\s{0,20}(\d{4})(?:-?(\d{2})(?:-?(\d{2}))?)?(?!\d)")


def find_date(text: str) -> str:
    """Return the date that `text` begins with, as "2017-04-26", "2017-04" or "2017", or ""."""
    match = STATED.match(text)
    if not match:
        return ""
    year, month, day = match.groups()
    try:
        date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return ""
    return "-".join(part for part in (year, month, day) if part)
