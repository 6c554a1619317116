"""Where claims come from: sources, the reports they publish, and the documents read from those."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from incidex.model.claims import Span, name_by_content
from incidex.model.errors import EvidenceError
from incidex.model.words import Role, Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A publisher or feed that reports come from."""

    name: str
    role: Role = Role.PRESS  # what the publisher is when it speaks for itself
    url: str = ""
    reliability: str = "F"  # Admiralty scale, A (reliable) to F (cannot be judged)

    def __post_init__(self) -> None:
        if self.reliability not in set("ABCDEF"):
            raise EvidenceError(f"reliability is a letter from A to F, got {self.reliability!r}")

    @property
    def id(self) -> str:
        """Name the source by its name."""
        return _name_source(self.name.casefold())


@lru_cache(maxsize=1024)
def _name_source(name: str) -> str:
    return name_by_content("src", name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One document as received. Its bytes are kept elsewhere, by this hash."""

    sha256: str  # of the bytes as received, in hexadecimal
    source: Source
    title: str = ""
    url: str = ""
    published: str = ""  # EDTF: "2017-04-26", "2017-04", "2017" or "" when unknown
    media_type: str = "text/plain"
    register: str = ""  # press, notice, filing, leak-site post, company statement, advisory, …
    tier: Tier = Tier.CLEAR
    origin: str = ""  # who first told this story; copies of one wire story share it. "" means the source
    accounts: tuple[str, ...] = ()  # addresses of public accounts of the same facts
    licence: str = ""  # on what terms it may be passed on: an SPDX name, "public domain", or "" when unknown

    @property
    def id(self) -> str:
        """Name the report by its bytes, so that adding it twice adds nothing."""
        return f"rep-{self.sha256[:32]}"

    @property
    def independent_as(self) -> str:
        """Name the origin that this report counts for when sources are counted."""
        return self.origin or self.source.id


@dataclass(frozen=True, slots=True)
class OffsetMap:
    """From places in a document's text back to places in the report that was read.

    Runs of characters map to runs of units in the report: bytes for text, HTML and mail, characters of a
    page for PDF. `starts[i]` is where run i begins in the text, `origins[i]` where it begins in the report
    and `widths[i]` how many units of the report the run takes. Inside a run, one character is one unit
    exactly when `widths[i]` equals the run's length; otherwise only the run's ends are known.
    """

    starts: tuple[int, ...] = ()
    origins: tuple[int, ...] = ()
    widths: tuple[int, ...] = ()
    length: int = 0  # of the text, in characters

    def __post_init__(self) -> None:
        if not len(self.starts) == len(self.origins) == len(self.widths):
            raise EvidenceError("an offset map needs as many origins and widths as starts")

    def find(self, span: Span) -> tuple[int, int] | None:
        """Return the half-open range of the report that holds `span`, or `None` when nothing does.

        The range is the smallest that is sure to hold the words: where a run is only known by its ends,
        the whole run is returned.
        """
        if not self.starts or span.end > self.length:
            return None
        first = bisect_right(self.starts, span.start) - 1
        last = bisect_right(self.starts, span.end - 1) - 1
        if first < 0:
            return None
        return (self._begin(first, span.start), self._finish(last, span.end))

    def _size(self, run: int) -> int:
        following = self.starts[run + 1] if run + 1 < len(self.starts) else self.length
        return following - self.starts[run]

    def _begin(self, run: int, at: int) -> int:
        exact = self.widths[run] == self._size(run)
        return self.origins[run] + (at - self.starts[run] if exact else 0)

    def _finish(self, run: int, at: int) -> int:
        exact = self.widths[run] == self._size(run)
        return self.origins[run] + (at - self.starts[run] if exact else self.widths[run])


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A report's clean text, with its way back to the report."""

    report: str  # the report's id
    text: str
    reader: str = "text@1"  # who made the text, and which version of it
    language: str = ""  # ISO 639-1, or "" when it cannot be told
    title: str = ""
    published: str = ""  # EDTF, when the report itself says so
    offsets: OffsetMap = OffsetMap()
    notes: tuple[str, ...] = ()  # what the reader wants a person to know

    @property
    def sha256(self) -> str:
        """Hash of the text, which names its blob."""
        return sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()


def sort_reports(reports: Sequence[Report]) -> list[Report]:
    """Order reports by when they were published, unknown last, then by id."""
    return sorted(reports, key=lambda report: (report.published or "9999", report.id))
