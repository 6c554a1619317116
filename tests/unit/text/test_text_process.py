import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from incidex.model import LimitError, ReadError
from incidex.text import Limits, ReaderProcess, read

PdfMaker = Callable[..., bytes]

#: A worker whose readers misbehave, each in its way, by what the report says.
MISBEHAVING = """
import os, signal, socket, subprocess, sys, time
from incidex.model import ReadError
from incidex.text import READERS, Reader
from incidex.text.worker import serve

def eat(): return bytearray(3 * 10**9)
def hang(): time.sleep(60)
def die(): os._exit(3)
def crash(): signal.raise_signal(signal.SIGSEGV)
def fail(): raise ZeroDivisionError("by zero")
def recurse(): return recurse()
def connect(): socket.create_connection(("127.0.0.1", 9))
def run(): subprocess.run(["true"])
def write(): open(os.devnull, "w")
def chat(): print("x" * 100000)

def misbehave(data, charset):
    act = globals().get(data.decode().strip())
    if act: act()
    return READERS["text/plain"].parse(data, charset)

serve({"text/plain": Reader("bad@1", "text", (".txt",), misbehave)}, memory_bytes=int(sys.argv[1]))
"""


@pytest.fixture
def misbehaving(tmp_path: Path) -> tuple[str, ...]:
    script = tmp_path / "worker.py"
    script.write_text(MISBEHAVING, encoding="utf-8")
    return (sys.executable, "-I", str(script))


def children() -> set[str]:
    """Return the processes that this one has started and not seen off, zombies included."""
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii").split())


@pytest.mark.parametrize(
    ("act", "error", "message"),
    [
        pytest.param("eat", LimitError, "takes too much memory to read", id="eats-memory"),
        pytest.param("hang", LimitError, r"was stopped after 2 seconds", id="hangs"),
        pytest.param("die", ReadError, "the process that read it ended", id="dies"),
        pytest.param("crash", ReadError, "the process that read it ended", id="crashes"),
        pytest.param("fail", ReadError, "could not be read: ZeroDivisionError: by zero", id="fails"),
        pytest.param("recurse", LimitError, "takes too much memory", id="recurses"),
        pytest.param("connect", ReadError, "a reader may not do this: socket", id="connects"),
        pytest.param("run", ReadError, "a reader may not do this: subprocess", id="starts-a-program"),
        pytest.param("write", ReadError, "a reader may not do this: open", id="writes-a-file"),
    ],
)
def test_a_bad_report_does_not_stop_the_next(
    misbehaving: tuple[str, ...], act: str, error: type[Exception], message: str
) -> None:
    with ReaderProcess(Limits(seconds=2 if act == "hang" else 30), command=misbehaving) as process:
        with pytest.raises(error, match=message) as caught:
            process.read(act.encode(), name="bad.txt", report="r")
        assert str(caught.value).startswith("bad.txt ")
        assert process.read(b"a good one", report="r").text == "a good one"


def test_what_a_library_prints_does_not_get_between_the_answers(misbehaving: tuple[str, ...]) -> None:
    with ReaderProcess(command=misbehaving) as process:
        assert process.read(b"chat", report="r").text == "chat"


def test_no_process_is_left_behind(misbehaving: tuple[str, ...]) -> None:
    before = children()
    with ReaderProcess(Limits(seconds=2), command=misbehaving) as process:
        for act in (b"hang", b"die", b"fine"):
            try:
                process.read(act, report="r")
            except (LimitError, ReadError):
                continue
        assert len(children() - before) == 1
    assert children() == before


def test_a_child_killed_from_outside_costs_one_report_at_most() -> None:
    before = children()
    with ReaderProcess() as process:
        process.read(b"one", report="r")
        (child,) = children() - before
        os.kill(int(child), 9)
        with pytest.raises(ReadError, match="the process that read it ended"):
            process.read(b"two", report="r")
        assert process.read(b"three", report="r").text == "three"


def test_a_child_is_kept_and_then_replaced() -> None:
    before, seen = children(), []
    with ReaderProcess(Limits(reports_per_process=2)) as process:
        for _ in range(4):
            process.read(b"words", report="r")
            seen.append(next(iter(children() - before)))
    assert seen[0] == seen[1] != seen[2] == seen[3]


def test_threads_share_one_process() -> None:
    found: list[str] = []
    with ReaderProcess() as process:

        def work(number: int) -> None:
            found.extend(process.read(f"report {number}".encode(), report="r").text for _ in range(5))

        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(found) == sorted(f"report {number}" for number in range(8) for _ in range(5))


def test_a_large_file_is_refused_by_its_size() -> None:
    started = time.perf_counter()
    with pytest.raises(LimitError, match=r"big.txt is 50.0 MB; 20.0 MB are allowed"):
        read(b"a" * 50_000_000, name="big.txt", report="r")
    assert time.perf_counter() - started < 3


def test_too_much_text_is_refused() -> None:
    with pytest.raises(LimitError, match="holds 60 characters of text, and 50 are allowed"):
        read(b"words " * 10, name="a.txt", report="r", limits=Limits(max_characters=50))


def test_eighty_thousand_nested_tags_end_within_the_limit() -> None:
    data = b"<html>" + b"<div>" * 80_000 + b"words" + b"</div>" * 80_000
    document = read(data, name="bomb.html", report="r")
    assert document.text == "words"
    assert "nested too deeply" in document.notes[0]


def test_a_document_knows_its_report_reader_and_language(make_pdf: PdfMaker) -> None:
    lines = ["The firm said that its customers were affected by the data breach."]
    document = read(make_pdf(lines, title="Notice"), name="a.pdf", report="rep-1")
    assert (document.report, document.reader, document.language) == ("rep-1", "pdf@1", "en")
    assert (document.title, document.text) == ("Notice", lines[0])


def test_the_charset_of_the_media_type_is_used() -> None:
    document = read("утечка".encode("koi8-r"), media_type="text/plain; charset=KOI8-R", report="r")
    assert document.text == "утечка"


def test_a_program_that_forks_reads_on_in_both(tmp_path: Path) -> None:
    script = tmp_path / "forks.py"
    script.write_text(
        "import os\nfrom incidex.text import read\nread(b'before', report='r')\npid = os.fork()\n"
        "own = str(os.getpid())\n"
        "same = all(read(own.encode(), report='r').text == own for _ in range(50))\n"
        "if pid == 0: os._exit(0 if same else 1)\n"
        "assert os.waitpid(pid, 0)[1] == 0 and same\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", str(script)], capture_output=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_reading_pulls_no_parser_into_this_process() -> None:
    code = (
        "import sys, incidex.text as t; t.read(b'<html><p>Words', report='r');"
        "print({'resiliparse', 'pypdfium2', 'lxml', 'trafilatura'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "set()"
