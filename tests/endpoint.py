"""A small server that speaks the chat completions protocol, well or badly, on this machine."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Reply:
    """What is answered to one request."""

    body: bytes = b""
    status: int = 200
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    delay_seconds: float = 0.0  # before anything is sent
    drip_seconds: float = 0.0  # between one byte and the next


def completion(content: object, **more: Any) -> Reply:
    """Return an answer in which the model says `content`: words, or values as JSON."""
    words = content if isinstance(content, str) else json.dumps(content)
    message = {"role": "assistant", "content": words}
    return Reply(json.dumps({"choices": [{"index": 0, "message": message}]}).encode(), **more)


Answers = Callable[[dict[str, Any]], Reply]


class Endpoint:
    """What was asked, and with which headers."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.stopped = threading.Event()
        self.url = ""

    def text(self, number: int = -1) -> str:
        """The message with the report."""
        return str(self.asked[number]["messages"][1]["content"])


@contextmanager
def serve(answers: Answers) -> Iterator[Endpoint]:
    """Serve what `answers` makes of each request, on a port of its own."""
    endpoint = Endpoint(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            endpoint.asked.append(asked)
            endpoint.headers.append(dict(self.headers))
            reply = endpoint.answers(asked)
            endpoint.stopped.wait(reply.delay_seconds)
            try:
                self._send(reply)
            except OSError:
                return  # the client has had enough

        def _send(self, reply: Reply) -> None:
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.kind)
            self.send_header("Content-Length", str(len(reply.body)))
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            step = 1 if reply.drip_seconds else 65_536
            for start in range(0, len(reply.body), step):
                self.wfile.write(reply.body[start : start + step])
                if endpoint.stopped.wait(reply.drip_seconds):
                    return

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    endpoint.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield endpoint
    finally:
        endpoint.stopped.set()
        server.shutdown()
        server.server_close()
        thread.join()


def in_turn(*replies: Reply) -> Answers:
    """Answer with each of these once, and then with the last one for ever."""
    left = list(replies)
    return lambda _asked: left.pop(0) if len(left) > 1 else left[0]
