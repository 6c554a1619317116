"""A coded line, read back: whatever wrote it, ours or another's, is checked here and nowhere else."""

from collections.abc import Iterable, Iterator

import msgspec

from incidex.model import InputError, Role, Stance


class Place(msgspec.Struct, frozen=True):
    """Where a claim's words stand, in code points of the document's text."""

    start: int
    end: int
    quote: str


class Voice(msgspec.Struct, frozen=True):
    """Who says it."""

    name: str = ""
    role: str = Role.PRESS


class CodedClaim(msgspec.Struct, frozen=True):
    """One claim of a coded line."""

    field: str
    value: str | int | float | None
    stance: str = Stance.ASSERTS
    speaker: Voice | None = None
    confidence: float | None = None
    coder: str = ""
    evidence: Place | None = None

    @property
    def words(self) -> str:
        """The value, as text; "" when there is none."""
        return "" if self.value is None else str(self.value)


class CodedIncident(msgspec.Struct, frozen=True):
    """One incident of a coded line; its record is the fold of its claims and is not read."""

    claims: tuple[CodedClaim, ...] = ()


class CodedLine(msgspec.Struct, frozen=True):
    """What coding made of one report."""

    id: str | int
    incidents: tuple[CodedIncident, ...]
    error: str = ""

    @property
    def claims(self) -> Iterator[CodedClaim]:
        """Yield the claims of all incidents, in order."""
        for incident in self.incidents:
            yield from incident.claims


_DECODER = msgspec.json.Decoder(CodedLine)


def parse_coded(lines: Iterable[bytes], *, name: str) -> Iterator[CodedLine]:
    """Yield the coded lines of a file; raise `InputError` that says which line of `name` is none."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield _DECODER.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise InputError(f"{name}, line {number}: this is no coded line: {error}") from error
