"""`--coder llm`, with a real server on this machine."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.endpoint import Endpoint, Reply, completion, in_turn, serve

TEXT = "Acme Foods confirmed a breach. Hackers stole the records of 5,000 customers of Acme Foods."
KEY = "sk-a-key-that-nobody-may-see"

SAID = {
    "claims": [
        {"field": "actor.motive", "value": "Grudge", "quote": "Hackers stole", "stance": "asserts"},
        {"field": "malware", "value": "Emotet", "quote": "Emotet was found", "stance": "asserts"},
    ]
}


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "report.txt"
    path.write_text(TEXT)
    return path


def settings(endpoint: Endpoint) -> dict[str, str]:
    return {"INCIDEX_LLM_URL": endpoint.url, "INCIDEX_LLM_MODEL": "small", "INCIDEX_LLM_KEY": KEY}


def test_code_adds_what_holds_and_counts_the_rest(run: Run, report: Path) -> None:
    with serve(in_turn(completion(SAID))) as endpoint:
        done = run("code", report, "--json", "--coder", "llm", **settings(endpoint))
    assert done.returncode == 0, done.stderr
    line = json.loads(done.stdout)
    coders = {claim["coder"] for claim in line["incidents"][0]["claims"]}
    assert {"llm:small@1", "counts@4"} <= coders
    assert line["notes"] == [
        "language model small: 1 values kept of 2; 1 left out: its quotation is not in the text"
    ]
    assert "asked 1 times, 1 values kept; 1 left out: its quotation is not in the text" in done.stderr
    assert KEY not in done.stdout + done.stderr


def test_what_is_saved_is_what_was_printed(run: Run, report: Path) -> None:
    with serve(in_turn(completion(SAID))) as endpoint:
        done = run("code", report, "--save", "--coder", "llm", **settings(endpoint))
        assert len(endpoint.asked) == 1
    assert done.returncode == 0, done.stderr
    shown = json.loads(run("show", "Acme Foods", "--json").stdout)
    assert "Grudge" in [value["value"] for value in shown["values"]["actor.motive"]]  # the endpoint's answer


def test_a_batch_asks_for_every_line(run: Run) -> None:
    lines = "".join(json.dumps({"id": each, "text": TEXT + each}) + "\n" for each in "ab")
    with serve(in_turn(completion(SAID))) as endpoint:
        done = run("code", "--jsonl", "--coder", "llm", stdin=lines, **settings(endpoint))
        assert len(endpoint.asked) == 2
    assert [len(json.loads(line)["notes"]) for line in done.stdout.splitlines()] == [1, 1]


def test_a_failing_endpoint_is_one_sentence_and_the_rules_stand(run: Run, report: Path) -> None:
    other = report.with_name("other.txt")
    other.write_text(TEXT + " It told them.")
    with serve(in_turn(Reply(KEY.encode(), status=401))) as endpoint:
        done = run("add", report, other, "--coder", "llm", **settings(endpoint))
        assert len(endpoint.asked) == 1
    assert done.returncode == 2
    told = [line for line in done.stderr.splitlines() if "language model at" in line]
    assert told == ["incidex: the language model at 127.0.0.1 refuses the key; check INCIDEX_LLM_KEY"]
    assert KEY not in done.stdout + done.stderr
    incident = done.stdout.splitlines()[0].split()[-1]
    assert json.loads(run("show", incident, "--json").stdout)["values"]["data.records"]


@pytest.mark.parametrize(
    ("arguments", "extra", "complaint"),
    [
        (["--coder", "llm"], {}, "set INCIDEX_LLM_URL and INCIDEX_LLM_MODEL"),
        (["--coder", "oracle"], {}, "'oracle' is no coder that can be added; there is llm"),
        (
            ["--coder", "llm"],
            {"INCIDEX_LLM_URL": "http://api.example/v1", "INCIDEX_LLM_MODEL": "m", "INCIDEX_LLM_KEY": KEY},
            "the key would go to api.example for all to read; use https, or no key",
        ),
    ],
)
def test_what_cannot_be_asked_is_said_in_a_sentence(
    run: Run, report: Path, arguments: list[str], extra: dict[str, str], complaint: str
) -> None:
    done = run("code", report, *arguments, **extra)
    assert done.returncode == 2
    assert complaint in done.stderr
    assert KEY not in done.stderr
    assert "Traceback" not in done.stderr


def test_workers_do_not_share_a_model(run: Run) -> None:
    done = run("code", "--jsonl", "--workers", "2", "--coder", "llm")
    assert done.returncode == 2
    assert "asked by one process" in done.stderr
