"""What a reader of another database yields: a row with its claims, or why it was refused. Pure.

A value of such a row rests on no words that anyone could quote, so its claims are `imported` (law 2), and the
row itself is kept byte for byte as their report. What is not understood is an issue with its row and column.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import sha256
from typing import BinaryIO

from incidex.codebook import check_value, policy
from incidex.model import (
    Claim,
    CodebookError,
    Document,
    LimitError,
    NoEvidence,
    Report,
    Speaker,
    Stance,
    Tier,
    name_by_content,
)

#: What a row may hold, and a file of rows. A larger row is no row of a database of incidents.
MOST_ROW_BYTES = 2_000_000
MOST_CLAIMS = 5_000
MOST_ISSUES = 200

#: Characters of a wrong value that an issue shows.
_SHOWN = 80


@dataclass(frozen=True, slots=True, order=True)
class Issue:
    """Something of a row that was not understood, and what to do about it."""

    row: int  # counted from 1, as a person would: in a CSV file the header is row 1
    column: str  # a column's name, or a path: "victim.country.0"; "" for the whole row
    value: str
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row as it will be kept: its bytes as a report, its prose as a document, its values as claims."""

    number: int
    raw: bytes
    report: Report
    document: Document
    claims: tuple[Claim, ...]
    issues: tuple[Issue, ...] = ()
    left: tuple[str, ...] = ()  # columns that the codebook has no field for; they stay in `raw`
    key: str = ""  # names what the source calls this row, however it changes; "" when it calls it nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A row of which nothing can be used, and why."""

    number: int
    issues: tuple[Issue, ...]


#: Reads an open file row by row. It holds one row at a time, and raises `InputError` for a file that is none.
Reader = Callable[[BinaryIO], Iterator[Row | Refused]]


class Draft:
    """A row in the making. Whatever is said of it is checked by the codebook, or becomes an issue."""

    def __init__(self, number: int, raw: bytes, report: Report, coder: str) -> None:
        """Begin a row. `coder` names the mapping and its version, as "veris@1"."""
        self.number = number
        self.raw = raw
        self.report = replace(report, sha256=sha256(raw).hexdigest())
        self.coder = coder
        self.speaker = Speaker(self.report.source.name, self.report.source.role)
        self.claims: dict[str, Claim] = {}
        self.issues: list[Issue] = []
        self._left: dict[str, None] = {}
        self._prose: list[str] = []
        self._key = ""

    def call(self, mapping: str, *names: str) -> None:
        """Say by which names the source knows this row, so that a newer version of it is known as one.

        A mapping of another name reads other things of the same row, and takes nothing back of this one's.
        """
        if any(name.strip() for name in names):
            known = (" ".join(name.split()).casefold() for name in names)
            self._key = name_by_content("row", mapping, self.report.source.id, *known)

    def say(
        self,
        field: str,
        value: str,
        column: str,
        *,
        speaker: Speaker | None = None,
        stance: Stance = Stance.ASSERTS,
        confidence: float = 1.0,
        tier: Tier = Tier.CLEAR,
        why: str = "",
    ) -> None:
        """Add a claim, or an issue when the codebook does not know the value. Empty values say nothing.

        `why` is only needed where the value is not what stands in the row.
        """
        if not value.strip():
            return
        if len(self.claims) >= MOST_CLAIMS:
            raise LimitError(f"row {self.number} holds more than {MOST_CLAIMS:,} values")
        try:
            checked = _check(field, value)
        except CodebookError as wrong:
            self.note(column, value, str(wrong))
            return
        claim = Claim(
            report=self.report.id,
            field=field,
            value=checked,
            speaker=speaker or self.speaker,
            coder=self.coder,
            stance=stance,
            confidence=confidence,
            tier=max(tier, self.report.tier, policy()[field].tier),
            no_evidence=NoEvidence.IMPORTED,
            why=why,
        )
        self.claims.setdefault(claim.id, claim)

    def tell(self, prose: str) -> None:
        """Add a paragraph to the document's text."""
        if prose.strip():
            self._prose.append(prose.strip())

    def note(self, column: str, value: object, problem: str) -> None:
        """Add an issue."""
        shown = value if isinstance(value, str) else repr(value)
        if len(self.issues) < MOST_ISSUES:
            self.issues.append(Issue(self.number, column, shown[:_SHOWN], problem))

    def publish(self, date: str, column: str) -> None:
        """Say when the row was published, or last changed, by its source."""
        if date.strip():
            try:
                self.report = replace(self.report, published=_check("date.disclosed", date))
            except CodebookError as wrong:
                self.note(column, date, str(wrong))

    def leave(self, column: str) -> None:
        """Say of a column that the codebook has no field for it."""
        self._left[column] = None

    def row(self) -> Row | Refused:
        """Return the row, refused when it says nothing."""
        if not self.claims:
            self.note("", "", "nothing in this row could be used")
            return Refused(number=self.number, issues=tuple(self.issues))
        return Row(
            number=self.number,
            raw=self.raw,
            report=self.report,
            document=Document(report=self.report.id, text=self._text(), reader=self.coder),
            claims=tuple(self.claims.values()),
            issues=tuple(self.issues),
            left=tuple(self._left),
            key=self._key,
        )

    def _text(self) -> str:
        if self._prose:
            return "\n\n".join(self._prose)
        return "\n".join(f"{claim.field}: {claim.value}" for claim in self.claims.values())


@lru_cache(maxsize=50_000)
def _check(field: str, value: str) -> str:
    return check_value(field, value)


def refuse(number: int, problem: str, *, column: str = "", value: str = "") -> Refused:
    """Return a row of which nothing can be used, with the reason."""
    return Refused(number=number, issues=(Issue(number, column, value[:_SHOWN], problem),))


def make_speaker(name: str, default: Speaker, role: str = "") -> Speaker:
    """Return who says it: the name made one line, or the default when there is none."""
    flat = " ".join(name.split())[:200]
    return Speaker(flat, type(default.role)(role) if role else default.role) if flat else default
