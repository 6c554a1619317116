"""Open the site: the pages of `web` over one log, on this machine."""

import secrets
import socket

import uvicorn

from incidex.app.library import StoreLibrary
from incidex.app.reviewers import ReviewerKeys, parse_keys
from incidex.app.settings import Settings
from incidex.model import InputError
from incidex.store import Log
from incidex.web import Desk, make_app


def run(log: Log, settings: Settings, host: str, port: int) -> None:
    """Serve the pages until interrupted. The members' key is made anew unless the settings hold one."""
    key = settings.member_key or secrets.token_urlsafe(16)
    reviewers = ReviewerKeys(settings.reviewers_file, parse_keys(settings.reviewer_keys))
    reviewers()  # a file that cannot be read is said now, not to the first who comes
    listening = _listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{listening.getsockname()[1]}"
    print(f"The public site is at {address}/")
    if settings.member_key:
        print(f"Members enter at {address}/enter with the key in INCIDEX_MEMBER_KEY")
    else:
        print(f"Members enter at {address}/enter with this key, valid until the site stops: {key}")
    print(f"Reviewers enter there too: {', '.join(reviewers()) or 'none yet; `incidex review invite NAME`'}")
    print("Ctrl-C stops it.", flush=True)
    config = uvicorn.Config(
        make_app(StoreLibrary(log), member_key=key, reviewers=reviewers, desk=Desk(log)),
        log_level="warning",
        access_log=False,  # addresses and paths of readers are nobody's business
        server_header=False,
    )
    uvicorn.Server(config).run(sockets=[listening])


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
