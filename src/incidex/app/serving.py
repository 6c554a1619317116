"""Open the site: the pages of `web` over one log, on this machine."""

import socket

import uvicorn

from incidex.app import members
from incidex.app.library import StoreLibrary
from incidex.app.searching import open_search
from incidex.app.settings import Settings
from incidex.model import InputError
from incidex.store import SqlLog
from incidex.web import Desk, make_app


def run(log: SqlLog, settings: Settings, host: str, port: int) -> None:
    """Serve the pages until interrupted. The first run makes the first editor, and prints their phrase."""
    with members.opened(settings.accounts) as accounts:
        listening = _listen(host, port)
        _greet(listening, host, members.find_first(accounts))
        config = uvicorn.Config(
            make_app(StoreLibrary(log, open_search(log, settings)), accounts=accounts, desk=Desk(log)),
            log_level="warning",
            access_log=False,  # addresses and paths of readers are nobody's business
            server_header=False,
        )
        uvicorn.Server(config).run(sockets=[listening])


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
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise InputError(f"port {port} on {host} cannot be used: {error.strerror}; try --port 0") from error
    return listening
