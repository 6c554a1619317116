"""Standing queries: what is new or different is said once, signed, to a real server that may be unwell."""

import base64
import hmac
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from incidex.app import webhook
from incidex.app.cli import app
from incidex.app.watch_store import Notice, Watch, Watches, opened
from incidex.app.watching import ATTEMPTS, TURN_SECONDS, Outcome, deliver, look, run, say
from incidex.app.webhook import check_url, choose_address, send, sign
from incidex.model import (
    Body,
    Claimed,
    InputError,
    Judged,
    Judgement,
    SourceError,
    Tier,
)
from incidex.store import MemoryLog
from tests.contract.log_samples import TEXT, batch
from tests.factories import accepted, make_change, make_claim, make_report

SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()


class Server:
    """A webhook that remembers what it got, and answers as it is told to."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int | Callable[[BaseHTTPRequestHandler], None]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                outer.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
                answer = outer.answers.pop(0) if outer.answers else 204
                if callable(answer):
                    answer(self)
                    return
                self.send_response(answer)
                if 300 <= answer < 400:
                    self.send_header("location", outer.url + "/elsewhere")
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def watches(tmp_path: Path) -> Iterator[Watches]:
    made = Watches(tmp_path / "watches.db")
    yield made
    made.close()


def make_watch(**changed: Any) -> Watch:
    given: dict[str, Any] = {
        "name": "w",
        "place": "here",
        "query": "ciphr",
        "tier": Tier.CLEAR,
        "url": "http://127.0.0.1:9/",
        "secret": SECRET,
        "is_private": True,
    }
    return Watch(**{**given, **changed})


def told(watches: Watches, name: str = "w") -> list[dict[str, Any]]:
    return [json.loads(each.body) for each in watches.waiting(name)]


def current(watches: Watches) -> Watch:
    return watches.all()[0]


def write(log: MemoryLog, body: Body, record: str = "inc-1") -> None:
    version = log.versions([record])[record] + 1
    log.append([make_change(body, version, record=record)])


def test_what_is_new_changed_and_no_longer_found_is_said_in_words(watches: Watches) -> None:
    log = MemoryLog()
    watches.add(make_watch())
    log.append(batch("inc-1"))
    log.append(batch("inc-2", "Acme says nothing.", victim="Acme"))
    assert look(log, watches, current(watches)) == 1
    (new,) = told(watches)
    assert (new["happened"], new["incident"]["id"], new["incident"]["tier"]) == ("new", "inc-1", "CLEAR")
    assert "victim.name: gained Ciphr, reported" in " ".join(each["sentence"] for each in new["changes"])

    claim = next(iter(log.history("inc-1")[1].body.claims))  # type: ignore[union-attr]
    write(log, accepted(claim))
    assert look(log, watches, current(watches)) == 1
    assert told(watches)[1]["happened"] == "changed"
    assert [each["sentence"] for each in told(watches)[1]["changes"]] == [
        "victim.name: Ciphr was not decided on and is accepted by a person"
    ]
    assert look(log, watches, current(watches)) == 0


def test_a_record_that_is_merged_away_is_told_with_where_it_went(watches: Watches) -> None:
    log = MemoryLog()
    log.append(batch("inc-1"))
    log.append(batch("inc-2", "Ciphr again says so."))
    watches.add(make_watch(serial=log.last_serial()))
    versions = log.versions(["inc-1", "inc-2"])
    log.append(
        [
            make_change(Judged(other, Judgement.SAME, "one event"), versions[record] + 1, record=record)
            for record, other in (("inc-1", "inc-2"), ("inc-2", "inc-1"))
        ]
    )
    look(log, watches, current(watches))
    said = {each["incident"]["id"]: each for each in told(watches)}
    assert said["inc-2"]["happened"] == "no longer found"
    assert said["inc-2"]["incident"]["merged_into"] == "inc-1"
    assert said["inc-1"]["happened"] == "changed"


def test_a_tier_is_told_nothing_of_what_it_may_not_see(watches: Watches) -> None:
    log = MemoryLog()
    log.append(batch("inc-1"))
    watches.add(make_watch(serial=log.last_serial()))
    watches.add(make_watch(name="team", tier=Tier.AMBER, serial=log.last_serial()))
    hidden = make_claim("Names", report=make_report(TEXT).id, tier=Tier.AMBER, start=6, quote="says")
    write(log, Claimed((hidden,)))
    for watch in watches.all():
        look(log, watches, watch)
    assert told(watches) == []
    assert [each["field"] for each in told(watches, "team")[0]["changes"]] == ["data.class"]


def test_what_is_written_down_and_how_far_was_looked_go_together(watches: Watches) -> None:
    log = MemoryLog()
    watches.add(make_watch())
    log.append(batch("inc-1"))

    def fail() -> Iterator[Notice]:
        yield Notice(id="a", watch="w", body="{}")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        watches.move_on(current(watches), 99, fail())
    assert (current(watches).serial, watches.waiting("w")) == (0, [])
    look(log, watches, current(watches))
    first = watches.waiting("w")
    # Looking once more from the same place, as after a restored file, says nothing twice.
    assert look(log, watches, make_watch()) == 0
    assert watches.waiting("w") == first


def test_a_watch_that_cannot_look_keeps_no_other_from_it(watches: Watches, server: Server) -> None:
    log = MemoryLog()
    watches.add(make_watch(name="a", serial=7, url=server.url))
    watches.add(make_watch(name="b", query="no.such:x", url=server.url))
    watches.add(make_watch(name="c", url=server.url))
    log.append(batch("inc-1"))
    outcome = run(log, watches, "here")
    assert (outcome.taken, [each[:2] for each in outcome.complaints]) == (1, ["a:", "b:"])


def test_a_log_that_ends_earlier_than_was_looked_is_not_the_one(watches: Watches) -> None:
    watches.add(make_watch(serial=7))
    with pytest.raises(InputError, match="the log ends at 0"):
        look(MemoryLog(), watches, current(watches))


def test_a_webhook_gets_it_signed_and_once(watches: Watches, server: Server) -> None:
    log = MemoryLog()
    watches.add(make_watch(url=server.url))
    log.append(batch("inc-1"))
    assert run(log, watches, "here") == Outcome(found=1, taken=1)
    assert run(log, watches, "here") == Outcome()
    ((headers, body),) = server.got
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    digest = base64.b64encode(hmac.digest(b"k" * 32, signed, sha256)).decode()
    assert headers["webhook-signature"] == f"v1,{digest}"
    assert headers["host"] == server.url.split("/")[2]
    assert json.loads(body)["id"] == headers["webhook-id"]


def test_what_is_not_taken_is_tried_again_later_with_the_same_id(watches: Watches, server: Server) -> None:
    log, now = MemoryLog(), [1_000.0]
    watches.add(make_watch(url=server.url, query=""))
    log.append(batch("inc-1"))
    log.append(batch("inc-2", "Acme says nothing.", victim="Acme"))
    server.answers = [500, 302, 204, 204]

    def clock() -> float:
        return now[0]

    assert run(log, watches, "here", clock=clock).put_off == 1
    assert "answered 500" in watches.waiting("w")[0].problem
    assert run(log, watches, "here", clock=clock) == Outcome()  # not due yet
    now[0] += 31
    assert run(log, watches, "here", clock=clock).put_off == 1
    assert "we do not follow" in watches.waiting("w")[0].problem
    now[0] += 31
    assert run(log, watches, "here", clock=clock) == Outcome()  # waits twice as long now
    now[0] += 31
    assert run(log, watches, "here", clock=clock).taken == 2
    ids = [headers["webhook-id"] for headers, _ in server.got]
    assert ids[0] == ids[1] == ids[2] != ids[3]
    stamps = {headers["webhook-timestamp"] for headers, _ in server.got}
    assert len(stamps) == 3


def test_it_is_given_up_in_the_end_and_the_next_goes_on(watches: Watches) -> None:
    watches.add(make_watch())
    watches.move_on(current(watches), 1, [Notice(id=name, watch="w", body="{}") for name in ("a", "b")])
    now, sent = [0.0], list[str]()

    def refuse(_watch: Watch, notice: Notice, _at: int) -> None:
        sent.append(notice.id)
        if notice.id == "a":
            raise SourceError("no")

    outcome = Outcome()
    for _ in range(ATTEMPTS):
        deliver(watches, current(watches), outcome, send=refuse, clock=lambda: now[0])
        now[0] += 7 * 3600
    assert (outcome.put_off, outcome.given_up, outcome.taken) == (ATTEMPTS - 1, 1, 1)
    assert sent == ["a"] * ATTEMPTS + ["b"]
    assert [each.is_given_up for each in watches.waiting("w")] == [True]
    watches.try_again()
    assert [each.is_given_up for each in watches.waiting("w")] == [False]


def test_a_kill_between_taking_and_striking_out_sends_the_same_again(watches: Watches) -> None:
    watches.add(make_watch())
    watches.move_on(current(watches), 1, [Notice(id="a", watch="w", body="{}")])
    sent = list[str]()

    def die(_watch: Watch, notice: Notice, _at: int) -> None:
        sent.append(notice.id)
        if len(sent) == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deliver(watches, current(watches), Outcome(), send=die)
    deliver(watches, current(watches), Outcome(), send=die)
    assert sent == ["a", "a"]
    assert watches.waiting("w") == []


def test_nothing_is_lost_or_overtaken_when_the_program_is_killed_while_it_sends(
    tmp_path: Path, server: Server
) -> None:
    assert run_program(tmp_path, "add", str(write_report(tmp_path))).returncode == 0
    ids = [f"n{number}" for number in range(12)]
    with opened(tmp_path / "watches.db") as watches:
        watches.add(make_watch(url=server.url, place=str(tmp_path / "incidex.db"), query="nothing of it"))
        watches.move_on(current(watches), 0, [Notice(id=each, watch="w", body="{}") for each in ids])
    running: list[subprocess.Popen[str]] = []

    def kill(handler: BaseHTTPRequestHandler) -> None:
        running[-1].kill()
        handler.close_connection = True

    server.answers = [204, 204, 204, kill, 204, 204, kill, kill]
    for code in (-signal.SIGKILL, -signal.SIGKILL, -signal.SIGKILL, 0):
        running.append(start_program(tmp_path, "watch", "run"))
        assert running[-1].wait(timeout=60) == code
    got = [headers["webhook-id"] for headers, _ in server.got]
    assert list(dict.fromkeys(got)) == ids
    assert len(got) == len(ids) + 3  # what was taken when the program died is sent again, with the same id


def test_a_file_gets_no_line_twice_and_keeps_a_torn_one_apart(watches: Watches, tmp_path: Path) -> None:
    path = tmp_path / "notices.jsonl"
    watch = make_watch(url="", file=str(path))
    first, second = (Notice(id=each, watch="w", body=f'{{"id": "{each}"}}') for each in "ab")
    for notice in (first, first, second, second):
        say(watch, notice, 0)
    assert path.read_text("utf-8").splitlines() == [first.body, second.body]
    path.write_text(f'{first.body}\n{{"id": "b', "utf-8")  # the power went
    say(watch, second, 0)
    assert path.read_text("utf-8").splitlines() == [first.body, '{"id": "b', second.body]
    longer = Notice(id="c", watch="w", body=f"x{second.body}")  # ends alike, and is another
    say(watch, longer, 0)
    say(watch, second, 0)
    assert path.read_text("utf-8").splitlines()[-2:] == [longer.body, second.body]


def test_a_slow_receiver_has_its_turn_and_no_more(watches: Watches) -> None:
    watches.add(make_watch())
    ids = [str(number) for number in range(9)]
    watches.move_on(current(watches), 1, [Notice(id=each, watch="w", body="{}") for each in ids])
    now, sent = [0.0], list[str]()

    def slowly(_watch: Watch, notice: Notice, _at: int) -> None:
        sent.append(notice.id)
        now[0] += TURN_SECONDS / 2

    deliver(watches, current(watches), Outcome(), send=slowly, clock=lambda: now[0])
    assert sent == ids[:3]
    deliver(watches, current(watches), Outcome(), send=slowly, clock=lambda: now[0])
    assert sent == ids[:6]


def test_a_slow_answer_is_not_waited_for(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "ANSWER_SECONDS", 0.5)
    stop = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while not stop.wait(0.1):
            handler.wfile.write(b"x")

    server.answers = [drip]
    with pytest.raises(SourceError, match="did not answer in time"):
        send(server.url, secret=SECRET, id="a", body=b"{}", timestamp=1, is_private=True)
    stop.set()


def test_an_endless_answer_is_not_read(server: Server) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000000\r\n\r\n" + b"x" * 100_000)

    server.answers = [endless]
    send(server.url, secret=SECRET, id="a", body=b"{}", timestamp=1, is_private=True)


def test_nobody_there_is_said_without_what_was_sent(watches: Watches) -> None:
    with pytest.raises(SourceError, match=r"127\.0\.0\.1 cannot be reached") as wrong:
        send(
            "http://127.0.0.1:9/?token=hush", secret=SECRET, id="a", body=b"{}", timestamp=1, is_private=True
        )
    assert "hush" not in str(wrong.value)


PRIVATE = [
    "127.0.0.1",
    "10.1.2.3",
    "169.254.169.254",
    "192.168.0.1",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104
    "224.0.0.1",
    "::1",
    "::ffff:127.0.0.1",
    "fe80::1%eth0",
    "fd00::1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_is_refused_however_it_is_written(address: str) -> None:
    with pytest.raises(SourceError, match="private network"):
        choose_address("hook.example", [address], is_private=False)
    with pytest.raises(SourceError, match="private network"):
        choose_address("hook.example", ["93.184.216.34", address], is_private=False)
    assert choose_address("hook.example", [address], is_private=True) == address


def test_the_name_is_looked_up_once_and_that_address_is_used(server: Server) -> None:
    asked = list[str]()

    def rebind(host: str, port: int) -> list[str]:
        asked.append(f"{host}:{port}")
        return ["127.0.0.1"]

    url = server.url.replace("127.0.0.1", "hook.example")
    send(url, secret=SECRET, id="a", body=b"{}", timestamp=1, is_private=True, find_addresses=rebind)
    assert len(asked) == 1
    assert server.got[0][0]["host"].startswith("hook.example:")
    https = url.replace("http://", "https://")
    with pytest.raises(SourceError, match="private network"):
        send(https, secret=SECRET, id="a", body=b"{}", timestamp=1, find_addresses=rebind)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://x.example",
        "https://",
        "http://x.example/",
        "https://a:b@x.example",
        "https://[x",
        "https://x:0",
    ],
)
def test_an_address_that_cannot_be_used_is_refused_at_once(url: str) -> None:
    with pytest.raises(InputError):
        check_url(url, is_private=False)


def test_a_signature_changes_with_every_part() -> None:
    parts = [("a", 1, b"x"), ("b", 1, b"x"), ("a", 2, b"x"), ("a", 1, b"y")]
    assert len({sign(SECRET, *each) for each in parts}) == 4


def start_program(home: Path, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "incidex.app.cli", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "INCIDEX_HOME": str(home), "COLUMNS": "120"},
    )


def write_report(folder: Path) -> Path:
    report = folder / "report.txt"
    report.write_text("Acme said hackers stole the names of 1,200 customers in April 2017.", "utf-8")
    return report


def run_program(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "incidex.app.cli", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "INCIDEX_HOME": str(home), "COLUMNS": "120"},
    )


def test_the_commands(tmp_path: Path) -> None:
    report, out = tmp_path / "report.txt", tmp_path / "notices.jsonl"
    report.write_text(
        "Acme Corporation said hackers stole the names of 1,200 customers in April 2017.", "utf-8"
    )
    (tmp_path / "first.txt").write_text("Globex was hacked in 2019 and lost 5,000 passwords.", "utf-8")
    assert run_program(tmp_path, "add", str(tmp_path / "first.txt")).returncode == 0
    added = run_program(tmp_path, "watch", "add", "acme", "acme", "--file", str(out))
    assert added.returncode == 0, added.stderr
    assert run_program(tmp_path, "watch", "run").stdout == "0 new notices, 0 taken.\n"
    assert run_program(tmp_path, "add", str(report)).returncode == 0
    ran = run_program(tmp_path, "watch", "run")
    assert (ran.returncode, ran.stdout) == (0, "1 new notices, 1 taken.\n")
    (line,) = out.read_text("utf-8").splitlines()
    assert json.loads(line)["happened"] == "new"
    (listed,) = json.loads(run_program(tmp_path, "watch", "list", "--json").stdout)
    assert (listed["name"], listed["waiting"], listed["target"]) == ("acme", 0, str(out))
    assert oct((tmp_path / "watches.db").stat().st_mode)[-3:] == "600"
    for arguments, said in [
        (("add", "acme", "acme", "--file", str(out)), "there is a watch named 'acme'"),
        (("add", "b", "no.such:x", "--file", str(out)), "no.such"),
        (("add", "b", "x"), "--webhook URL or --file PATH"),
        (("add", "b", "x", "--webhook", "http://x.example"), "use https"),
        (("remove", "nobody"), "there is no watch named 'nobody'"),
    ]:
        # In this process: `main` makes one sentence and exit code 2 of any such error.
        done = CliRunner().invoke(app, ["watch", *arguments], env={"INCIDEX_HOME": str(tmp_path)})
        assert isinstance(done.exception, InputError)
        assert said in str(done.exception)
    assert run_program(tmp_path, "watch", "remove", "acme").returncode == 0
    hook = run_program(
        tmp_path, "watch", "add", "c", "x", "--webhook", "https://127.0.0.1:9/", "--tier", "green"
    )
    assert "whsec_" in hook.stdout
