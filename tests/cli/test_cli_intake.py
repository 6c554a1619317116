"""Reports that programs hand in, over HTTP, at a site that runs as a process."""

import re
import socket
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.cli.conftest import COMMAND, environment
from tests.cli.test_cli_serve import serving

REPORT = (
    "Acme Ltd, a hospital group in Germany, said on 3 March 2025 that hackers stole the records of 120,000 "
    "patients, with names and passwords."
)
ABOUT = {"source": "Acme", "role": "victim", "published": "2025-03-03", "title": "Notice"}

pytestmark = pytest.mark.xdist_group("intake")


class Running:
    """A site, and the tokens of a coder and of a reader."""

    def __init__(self, home: Path, host: str, port: int) -> None:
        self.home, self.host, self.port = home, host, port
        self.write = self.make_token("cy", "coder", "write")
        self.read = self.make_token("di", "coder", "read")

    def make_token(self, name: str, role: str, scope: str) -> str:
        self.run("members", "add", "--role", role, "--name", name)
        said = self.run("members", "token", name, "--scope", scope, "--days", "1")
        return str(re.findall(r"incidex_[\w-]+", said)[0])

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [*COMMAND, *arguments], env=environment(self.home), capture_output=True, text=True, check=True
        )
        return done.stdout + done.stderr

    def post(
        self,
        body: bytes | Iterator[bytes],
        token: str = "",
        told: Mapping[str, str] = ABOUT,
        kind: str = "text/plain",
    ) -> httpx.Response:
        sent = {"content-type": kind, **({"authorization": f"Bearer {token}"} if token else {})}
        address = f"http://{self.host}:{self.port}/api/v1/reports"
        return httpx.post(address, content=body, params=told, headers=sent, timeout=60)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    home = tmp_path_factory.mktemp("intake")
    with serving(home) as (host, port, _):
        yield Running(home, host, port)


def test_a_report_is_read_coded_and_kept_once(running: Running) -> None:
    first = running.post(REPORT.encode(), running.write)
    assert first.status_code == 201
    made = first.json()
    address = first.headers["location"]
    assert address == f"/api/v1/reports/{made['report']['id']}"
    assert made["known"] is False
    (record,) = made["incidents"]
    assert [each["value"] for each in record["values"]["victim.name"]] == ["Acme"]
    held = httpx.get(f"http://{running.host}:{running.port}{address}").json()
    assert (held["title"], held["publisher"], held["published"]) == ("Notice", "Acme", "2025-03-03")
    again = running.post(REPORT.encode(), running.write)
    assert again.status_code == 200
    assert again.json()["known"] is True
    assert [each["id"] for each in again.json()["incidents"]] == [record["id"]]
    assert "person:cy" in running.run("log", "--json")


def test_nobody_hands_in_without_a_programs_right(running: Running) -> None:
    assert running.post(b"words").status_code == 401
    assert running.post(b"words", "incidex_made_up").status_code == 401
    assert running.post(b"words", running.read).status_code == 403
    with httpx.Client(base_url=f"http://{running.host}:{running.port}") as browser:
        phrase = re.findall(r"(?:[a-z]+ ){11}[a-z]+", running.run("members", "phrase", "cy"))[-1]
        ours = {"sec-fetch-site": "same-origin"}
        assert browser.post("/enter", data={"phrase": phrase}, headers=ours).status_code == 303
        for headers in (ours, {"sec-fetch-site": "cross-site"}):
            refused = browser.post("/api/v1/reports", params=ABOUT, content=b"words", headers=headers)
            assert refused.status_code == 403
            assert "token" in refused.json()["error"]["message"]


@pytest.mark.parametrize(
    ("told", "status", "word"),
    [
        ({"title": "x"}, 400, "source"),
        ({"source": "A", "role": "king"}, 400, "role"),
        ({"source": "A", "tier": "red"}, 403, "RED"),
        ({"source": "A", "tier": "pink"}, 400, "tier"),
        ({"source": "A", "url": "javascript:alert(1)"}, 400, "https"),
        ({"source": "A", "published": "2017-13"}, 400, "2017-13"),
        ({"source": "A", "reliability": "Z"}, 400, "reliability"),
        ({"source": "A\x00B"}, 400, "source"),
        ({"source": "A" * 201}, 400, "200"),
        ({"sorce": "A"}, 400, "sorce"),
    ],
)
def test_what_cannot_be_said_of_a_report_is_one_sentence(
    running: Running, told: dict[str, str], status: int, word: str
) -> None:
    answer = running.post(b"some words", running.write, told)
    assert answer.status_code == status
    assert word in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(b"", 422, id="nothing"),
        pytest.param(b"PK\x03\x04" + bytes(200), 422, id="an archive"),
        pytest.param(bytes(range(256)) * 40, 422, id="binary"),
        pytest.param(b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n%%EOF", 422, id="a PDF without pages"),
        pytest.param(b"<!doctype html>" + b"<div>" * 100_000 + b"deep", 201, id="deep markup"),
        pytest.param(b"<html><body><script>alert(1)</script><p>Words.", 201, id="a script"),
        pytest.param(b"x" * 20_000_001, 413, id="too large"),
    ],
)
def test_hostile_bodies_are_refused_or_read(running: Running, body: bytes, status: int) -> None:
    answer = running.post(body, running.write)
    assert answer.status_code == status
    assert status == 201 or re.fullmatch(r"[A-Z].*\.", answer.json()["error"]["message"])


def test_a_body_without_a_length_is_counted_as_it_comes(running: Running) -> None:
    answer = running.post((b"x" * 1_000_000 for _ in range(21)), running.write)
    assert answer.status_code == 413


def test_a_form_is_told_how_to_send_a_report(running: Running) -> None:
    answer = running.post(b"--x--", running.write, kind="multipart/form-data; boundary=x")
    assert answer.status_code == 415
    assert "--data-binary" in answer.json()["error"]["message"]


def test_strangers_cannot_make_the_site_read_what_they_send(running: Running) -> None:
    with socket.create_connection((running.host, running.port), timeout=20) as one:
        one.sendall(b"POST /api/v1/reports?source=A HTTP/1.1\r\nHost: x\r\nContent-Length: 19000000\r\n\r\n")
        assert one.recv(200).startswith(b"HTTP/1.1 401")


def test_many_at_once_are_taken_or_told_to_come_again(running: Running) -> None:
    body = REPORT.replace("Acme", "Bolt").encode()
    with ThreadPoolExecutor(12) as many:
        answers = list(many.map(lambda _: running.post(body, running.write), range(12)))
    statuses = Counter(each.status_code for each in answers)
    assert statuses[201] == 1
    assert set(statuses) <= {200, 201, 503}
    assert all(each.headers["retry-after"] for each in answers if each.status_code == 503)
