"""A language model behind an OpenAI-compatible endpoint: the only place that sends a text anywhere.

It speaks https://platform.openai.com/docs/api-reference/chat/create as far as llama.cpp, vLLM and Ollama do.
The key is never in a message: nothing that the endpoint answers is repeated, only what kind of answer it was.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec

from incidex.app.settings import Settings
from incidex.coding import Question
from incidex.model import InputError, SourceError

#: Worth trying again: too many requests, and what a server says of itself when it is not well.
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})

_STATUSES: Mapping[int, str] = {
    401: "refuses the key; check INCIDEX_LLM_KEY",
    403: "refuses the key; check INCIDEX_LLM_KEY",
    404: "has nothing there; check INCIDEX_LLM_URL and INCIDEX_LLM_MODEL",
    413: "says that the question is too long",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where a model is, and how patient we are with it."""

    url: str
    model: str
    key: str = field(default="", repr=False)
    timeout_seconds: float = 60.0  # for one answer, from first to last byte
    attempts: int = 3
    backoff_seconds: float = 1.0  # before the second attempt; twice as long before each further one
    longest_wait_seconds: float = 20.0  # whatever the endpoint asks for
    max_bytes: int = 1_000_000  # of one answer

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.url)
            has_host = parts.scheme in ("http", "https") and bool(parts.hostname)
            has_password = parts.username is not None or parts.password is not None
        except ValueError:
            has_host = has_password = False
        if not has_host:
            raise InputError("INCIDEX_LLM_URL is an address like http://localhost:11434/v1")
        if has_password:
            raise InputError("INCIDEX_LLM_URL holds a name or password; put the key in INCIDEX_LLM_KEY")
        if not self.key.isascii() or not self.key.isprintable():
            raise InputError("INCIDEX_LLM_KEY holds characters that no key has, perhaps the end of a line")
        if self.key and parts.scheme == "http" and not self.is_local:
            raise InputError(f"the key would go to {self.host} for all to read; use https, or no key")

    @property
    def host(self) -> str:
        """The machine, as messages name it."""
        return urlsplit(self.url).hostname or ""

    @property
    def is_local(self) -> bool:
        """Say whether it is this very machine, which no text leaves."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def address(self) -> str:
        """Where questions go."""
        base = self.url.rstrip("/")
        return base if base.endswith("/chat/completions") else f"{base}/chat/completions"


def to_endpoint(settings: Settings) -> Endpoint:
    """Return the endpoint that the settings name; raise `InputError` when they name none."""
    if not settings.llm_url or not settings.llm_model:
        raise InputError("no language model is set; set INCIDEX_LLM_URL and INCIDEX_LLM_MODEL")
    return Endpoint(url=settings.llm_url, model=settings.llm_model, key=settings.llm_key)


class _Choice(msgspec.Struct, frozen=True):
    message: dict[str, Any]


class _Completion(msgspec.Struct, frozen=True):
    choices: list[_Choice]


class HttpClient:
    """Asks a model over HTTP. Follows no redirect, reads no more than it must, gives up in the end."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._takes_schema = True
        headers = {"Authorization": f"Bearer {endpoint.key}"} if endpoint.key else {}
        self._http = httpx.Client(
            headers={**headers, "Accept": "application/json"},
            timeout=httpx.Timeout(endpoint.timeout_seconds, connect=min(10.0, endpoint.timeout_seconds)),
            follow_redirects=False,
        )

    def close(self) -> None:
        """Let the connections go."""
        self._http.close()

    @property
    def model(self) -> str:
        """The name that the claims are signed with."""
        return self._endpoint.model

    def ask(self, question: Question) -> str:
        """Return the model's words; raise `SourceError`, one sentence, when there is no getting any."""
        wait = self._endpoint.backoff_seconds
        for attempt in range(1, self._endpoint.attempts + 1):
            try:
                return self._ask_once(question)
            except _PassingError as passing:
                if attempt == self._endpoint.attempts:
                    raise self._fail(f"{passing}, {attempt} times in a row") from passing
                time.sleep(min(max(wait, passing.wait_seconds), self._endpoint.longest_wait_seconds))
                wait *= 2
        raise AssertionError("the last attempt returns or raises")

    def _ask_once(self, question: Question) -> str:
        try:
            status, headers, data = self._post(self._body(question))
            if status == 400 and self._takes_schema:
                # An endpoint that knows no schema refuses it; the instructions say it in words as well.
                self._takes_schema = False
                status, headers, data = self._post(self._body(question))
        except httpx.TimeoutException as error:
            raise _PassingError(
                f"did not answer within {self._endpoint.timeout_seconds:g} seconds"
            ) from error
        except httpx.HTTPError as error:
            raise _PassingError(f"cannot be reached ({type(error).__name__})") from error
        if status in _PASSING:
            raise _PassingError(f"answers with status {status}", _wait_of(headers))
        if 300 <= status < 400:
            raise self._fail("redirects elsewhere, which is not followed; name the right address")
        if status != 200:
            raise self._fail(_STATUSES.get(status, f"answers with status {status}"))
        return self._words_of(headers, data)

    def _body(self, question: Question) -> bytes:
        body: dict[str, Any] = {
            "model": self._endpoint.model,
            "messages": [
                {"role": "system", "content": question.instructions},
                {"role": "user", "content": question.text},
            ],
        }
        if self._takes_schema:
            shape = {"name": "claims", "strict": True, "schema": question.schema}
            body |= {"temperature": 0, "response_format": {"type": "json_schema", "json_schema": shape}}
        return msgspec.json.encode(body)

    def _post(self, body: bytes) -> tuple[int, httpx.Headers, bytes]:
        """Return status, headers and the bytes of an answer, of which no more is read than is allowed."""
        until = time.monotonic() + self._endpoint.timeout_seconds
        held = bytearray()
        content = {"Content-Type": "application/json"}
        with self._http.stream("POST", self._endpoint.address, content=body, headers=content) as answer:
            for piece in answer.iter_bytes():
                held += piece
                if len(held) > self._endpoint.max_bytes:
                    raise self._fail(f"answers with more than {self._endpoint.max_bytes:,} bytes")
                if time.monotonic() > until:
                    raise httpx.ReadTimeout("the answer took too long")
            return answer.status_code, answer.headers, bytes(held)

    def _words_of(self, headers: httpx.Headers, data: bytes) -> str:
        if "json" not in headers.get("Content-Type", "").partition(";")[0]:
            raise self._fail("answers with something that is not JSON; is INCIDEX_LLM_URL the API's address?")
        try:
            words = msgspec.json.decode(data, type=_Completion).choices[0].message.get("content")
        except (msgspec.DecodeError, UnicodeDecodeError, IndexError):
            raise self._fail("does not speak the chat completions protocol") from None
        return words if isinstance(words, str) else ""

    def _fail(self, what: str) -> SourceError:
        return SourceError(f"the language model at {self._endpoint.host} {what}")


class _PassingError(Exception):
    """A failure that may pass by itself."""

    def __init__(self, what: str, wait_seconds: float = 0.0) -> None:
        super().__init__(what)
        self.wait_seconds = wait_seconds


def _wait_of(headers: httpx.Headers) -> float:
    """Return how long the endpoint asks us to wait, in seconds; a date is not worth the trouble."""
    asked = headers.get("Retry-After", "")
    return float(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 0.0
