"""The process that reads reports: `python -I -m incidex.text.worker MEMORY_BYTES`.

Parsers of HTML and PDF can be made to hang, to eat memory and to crash. This process may: it holds nothing
but the report it is reading, it cannot write files, start programs or connect, and whoever started it kills
it when its time is up.
"""

import os
import resource
import sys
from collections.abc import Mapping
from contextlib import suppress
from math import ceil
from typing import IO

import msgspec

from incidex.model import ReadError
from incidex.text.language import language_of
from incidex.text.parsed import Parsed, Reader
from incidex.text.table import all_readers
from incidex.text.wire import Answer, Request, read_frame, write_frame

#: What this process may not do, by the audit events of PEP 578. Reading needs none of it.
FORBIDDEN = (
    "socket.",
    "subprocess.",
    "os.exec",
    "os.fork",
    "os.kill",
    "os.mkdir",
    "os.posix_spawn",
    "os.putenv",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.spawn",
    "os.system",
    "shutil.",
)
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def main() -> None:
    """Serve until the other side closes the pipe."""
    memory_bytes = int(sys.argv[1])
    serve(all_readers(), memory_bytes=memory_bytes)


def serve(readers: Mapping[str, Reader], *, memory_bytes: int) -> None:
    """Answer requests on standard input and output with `readers`, within `memory_bytes` of address space."""
    requests, answers = _claim_pipes()
    _confine(memory_bytes)
    sys.addaudithook(_forbid)
    with suppress(EOFError, BrokenPipeError):
        while True:
            request = msgspec.msgpack.decode(read_frame(requests), type=Request)
            write_frame(answers, _answer(readers, request))


def _claim_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Return the two pipes, and turn away whatever a library might print between the frames."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return sys.stdin.buffer, answers


def _confine(memory_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _forbid(event: str, args: tuple[object, ...]) -> None:
    """Refuse what a reader has no business doing."""
    writes = event == "open" and isinstance(args[2], int) and args[2] & WRITING
    if writes or event.startswith(FORBIDDEN):
        raise PermissionError(f"a reader may not do this: {event}")


def _answer(readers: Mapping[str, Reader], request: Request) -> Answer:
    _allow_seconds(request.seconds)
    reader = readers.get(request.media_type)
    if reader is None:
        return Answer(refused=f"is {request.media_type}, which no reader here reads")
    try:
        return _pack(reader(request.data, request.charset), reader.name, request.max_characters)
    except ReadError as error:
        return Answer(refused=str(error))
    except (MemoryError, RecursionError) as error:
        return Answer(exceeded=f"takes too much memory to read ({type(error).__name__}): it may be a trap")
    except Exception as error:  # noqa: BLE001  one bad report must not stop the rest; the answer says what it was
        return Answer(refused=f"could not be read: {type(error).__name__}: {str(error)[:200]}")


def _allow_seconds(seconds: float) -> None:
    """Let the system end this process, should whoever started it no longer be there to do so."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = ceil(used.ru_utime + used.ru_stime + 2 * seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (until, resource.RLIM_INFINITY))


def _pack(parsed: Parsed, name: str, max_characters: int) -> Answer:
    if len(parsed.text) > max_characters:
        return Answer(
            exceeded=f"holds {len(parsed.text):,} characters of text, and {max_characters:,} are allowed"
        )
    if not parsed.text.strip():
        return Answer(refused="has no words")
    return Answer.of(parsed, reader=name, language=language_of(parsed.text))


if __name__ == "__main__":
    main()
