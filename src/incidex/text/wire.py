"""What goes between a program and the process that reads reports for it: frames of MessagePack."""

from array import array
from typing import IO, Self

import msgspec

from incidex.text.parsed import Parsed
from incidex.text.runs import Runs

HEADER_BYTES = 4
#: Longest frame that is believed. Text and map of the largest allowed report take about half of it.
MAX_FRAME_BYTES = 512_000_000


class Request(msgspec.Struct, frozen=True):
    """Please read this."""

    data: bytes
    media_type: str
    charset: str
    max_characters: int
    seconds: float


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was read; or in `refused` or `exceeded`, the sentence that says why not."""

    text: str = ""
    title: str = ""
    published: str = ""
    language: str = ""
    reader: str = ""
    notes: tuple[str, ...] = ()
    starts: bytes = b""  # of the map: 64-bit integers, as are the next two
    origins: bytes = b""
    widths: bytes = b""
    refused: str = ""
    exceeded: str = ""

    @classmethod
    def of(cls, parsed: Parsed, *, reader: str, language: str) -> Self:
        """Pack what a reader returned."""
        runs = parsed.runs
        return cls(
            text=parsed.text,
            title=parsed.title,
            published=parsed.published,
            language=language,
            reader=reader,
            notes=parsed.notes,
            starts=runs.starts.tobytes(),
            origins=runs.origins.tobytes(),
            widths=runs.widths.tobytes(),
        )

    def to_runs(self) -> Runs:
        """Unpack the map."""
        runs = Runs()
        runs.starts, runs.origins, runs.widths = (
            array("q", part) for part in (self.starts, self.origins, self.widths)
        )
        runs.length = len(self.text)
        return runs


def write_frame(stream: IO[bytes], value: msgspec.Struct) -> None:
    """Write one value and send it off."""
    body = msgspec.msgpack.encode(value)
    stream.write(len(body).to_bytes(HEADER_BYTES, "big"))
    stream.write(body)
    stream.flush()


def read_frame(stream: IO[bytes]) -> bytes:
    """Read one frame's body; raise `EOFError` when the other side has gone or talks nonsense."""
    header = stream.read(HEADER_BYTES)
    size = int.from_bytes(header, "big")
    if len(header) < HEADER_BYTES or size > MAX_FRAME_BYTES:
        raise EOFError("the other side has gone")
    body = stream.read(size)
    if len(body) < size:
        raise EOFError("the other side went in the middle of an answer")
    return body
