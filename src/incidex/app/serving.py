"""Open the site: the pages of `web` over one log, on this machine."""

import ctypes
import gc
import os
import socket
import sys
from contextlib import nullcontext, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import uvicorn
from prometheus_client.multiprocess import mark_process_dead
from uvicorn.supervisors import Multiprocess

from incidex.app import members
from incidex.app.database import open_log
from incidex.app.intake import Intake
from incidex.app.library import StoreLibrary
from incidex.app.logs import start_logging
from incidex.app.patience import BACKLOG, Patient
from incidex.app.searching import open_search
from incidex.app.settings import Settings
from incidex.app.watch_process import WatchKeeper
from incidex.model import InputError
from incidex.search import Follower, Search
from incidex.store import Accounts, SqlLog
from incidex.web import SHARED_FIGURES, Desk, make_app

if TYPE_CHECKING:
    from litestar import Litestar

#: How long requests that are being answered may take when the site is asked to stop.
STOP_SECONDS = 10

#: How long a worker may take to load everything on a busy machine, before it is taken for dead and replaced.
BEGIN_SECONDS = 60

#: How long a thread that computes keeps the one that answers from going on. Python's own 5 ms, waited for at
#: each turn, let a third as many kept pages out while a thread counts.
TURN_SECONDS = 0.0005

#: How glibc names the most heaps that the threads of a process have (malloc.h, M_ARENA_MAX), and how many.
_HEAPS_NAME, _HEAPS = -8, 2

_OPTIONS: dict[str, Any] = {
    "http": Patient,
    "loop": "asyncio",  # uvloop was measured and gained nothing
    "backlog": BACKLOG,
    "ws": "none",
    "lifespan": "off",
    "log_config": None,
    "access_log": False,  # addresses and paths of readers are nobody's business
    "server_header": False,
    "timeout_graceful_shutdown": STOP_SECONDS,
    "timeout_worker_healthcheck": BEGIN_SECONDS,
}


def run(
    log: SqlLog, settings: Settings, host: str, port: int, workers: int = 1, *, watches: bool = True
) -> None:
    """Serve the pages until interrupted, and run the watches beside them unless told otherwise.

    The first run makes the first editor, and prints their phrase.
    """
    _prepare()
    with members.opened(settings.accounts) as accounts:
        listening = _listen(host, port)
        _greet(listening, host, members.find_first(accounts))
        with WatchKeeper(settings, log.database.place) if watches else nullcontext():
            if workers == 1:
                _run_here(log, settings, accounts, listening)
            else:
                _run_many(settings, workers, listening)


def _run_here(log: SqlLog, settings: Settings, accounts: Accounts, listening: socket.socket) -> None:
    search = open_search(log, settings)
    with Follower(search, log):
        config = uvicorn.Config(make_site(log, accounts, search, settings), **_OPTIONS)
        uvicorn.Server(config).run(sockets=[listening])


def _run_many(settings: Settings, workers: int, listening: socket.socket) -> None:
    # Each process opens the database itself, by what stands in the environment.
    os.environ["INCIDEX_HOME"] = str(settings.home)
    os.environ["INCIDEX_DATABASE"] = getattr(settings.database, "url", str(settings.database))
    many = uvicorn.Config(f"{__name__}:make_worker", factory=True, workers=workers, **_OPTIONS)
    with TemporaryDirectory(prefix="incidex-figures-") as figures:
        os.environ[SHARED_FIGURES] = figures  # read when a worker begins, by what counts there
        Multiprocess(many, sockets=[listening]).run()


def make_site(log: SqlLog, accounts: Accounts, search: Search, settings: Settings) -> "Litestar":
    """Return the site over a log and its search."""
    made = make_app(
        StoreLibrary(log, search),
        accounts=accounts,
        desk=Desk(log),
        head=log.head,
        public_url=settings.public_url,
        hand_in=Intake(log),
    )
    gc.freeze()  # what was loaded stays: it need not be looked through, again and again, for what can go
    return made


def make_worker() -> "Litestar":
    """Return the site for one process of several."""
    _prepare()
    _forget_dead()
    settings = Settings.read(os.environ)
    log = open_log(settings.database)
    search = open_search(log, settings)
    Follower(search, log).start()
    return make_site(log, Accounts(settings.accounts), search, settings)


def _prepare() -> None:
    """Make of this process one that serves."""
    start_logging()
    sys.setswitchinterval(TURN_SECONDS)
    # Threads share heaps: each that has one of its own keeps as much as its largest page once took.
    with suppress(OSError, AttributeError, TypeError):  # where the C library is another one
        ctypes.CDLL(None).mallopt(_HEAPS_NAME, _HEAPS)


def _forget_dead() -> None:
    """Have the figures of workers that are gone say nothing of now; what they counted still counts."""
    for file in Path(os.environ[SHARED_FIGURES]).glob("gauge_live*.db"):
        process = int(file.stem.rpartition("_")[2])
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            mark_process_dead(process)  # type: ignore[no-untyped-call]


def _greet(listening: socket.socket, host: str, phrase: str) -> None:
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{listening.getsockname()[1]}"
    print(f"The public site is at {address}/")
    if phrase:
        print(f"Its first editor enters at {address}/enter with these twelve words, shown once:")
        print(f"\n    {phrase}\n")
    else:
        print(f"Members enter at {address}/enter; `incidex members add` makes more of them")
    print("Ctrl-C stops it.", flush=True)


def _listen(host: str, port: int) -> socket.socket:
    """Take the port before anything is printed about it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With its protocol named, asyncio sends small pieces at once; else a body waits 40 ms for its head to be
    # acknowledged (Nagle's algorithm and delayed acknowledgements).
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise InputError(f"port {port} on {host} cannot be used: {error.strerror}; try --port 0") from error
    listening.set_inheritable(True)
    return listening
