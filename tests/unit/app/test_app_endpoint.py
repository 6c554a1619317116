"""The endpoint of a language model: a real server on this machine that answers well, badly, late or never."""

import time
from typing import Any

import pytest

from incidex.app.coders import WithModel
from incidex.app.endpoint import Endpoint, HttpClient, to_endpoint
from incidex.app.settings import Settings
from incidex.coding import Question
from incidex.model import Document, InputError, Report, Source, SourceError, Tier
from tests.endpoint import Reply, completion, in_turn, serve

QUESTION = Question("instructions", "text", {"type": "object"})
KEY = "sk-a-key-that-nobody-may-see"
TEXT = (
    "Acme Foods confirmed a breach on 3 March 2024. "
    "Hackers stole the records of 5,000 customers of Acme Foods."
)

GOOD = {
    "claims": [
        {
            "field": "actor.motive",
            "value": "Grudge",
            "quote": "Hackers stole the records",
            "stance": "asserts",
        },
        {
            "field": "malware",
            "value": "Nightowl",
            "quote": "Nightowl locked the servers",
            "stance": "asserts",
        },
    ]
}


def client(url: str, **more: Any) -> HttpClient:
    chosen = {"model": "small", "timeout_seconds": 2.0, "backoff_seconds": 0.01, **more}
    return HttpClient(Endpoint(url=url, **chosen))


def test_words_come_back_and_the_question_goes_out_with_schema_and_key() -> None:
    with serve(in_turn(completion("words"))) as endpoint:
        assert client(endpoint.url, key=KEY).ask(QUESTION) == "words"
        (asked,) = endpoint.asked
    assert asked["model"] == "small"
    assert [each["role"] for each in asked["messages"]] == ["system", "user"]
    assert asked["response_format"]["json_schema"]["schema"] == {"type": "object"}
    assert "tools" not in asked
    assert endpoint.headers[0]["Authorization"] == f"Bearer {KEY}"


def test_an_endpoint_that_knows_no_schema_is_asked_without_once_and_for_all() -> None:
    def answers(asked: dict[str, Any]) -> Reply:
        return Reply(b"{}", status=400) if "response_format" in asked else completion("words")

    with serve(answers) as endpoint:
        one = client(endpoint.url)
        assert [one.ask(QUESTION), one.ask(QUESTION)] == ["words", "words"]
        assert len(endpoint.asked) == 3


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_may_pass_is_tried_again(status: int) -> None:
    with serve(in_turn(Reply(status=status), Reply(status=status), completion("words"))) as endpoint:
        assert client(endpoint.url).ask(QUESTION) == "words"
        assert len(endpoint.asked) == 3


FAILURES = [
    pytest.param(Reply(status=500), "answers with status 500, 3 times in a row", 3, id="500"),
    pytest.param(Reply(status=429), "answers with status 429, 3 times in a row", 3, id="429"),
    pytest.param(Reply(KEY.encode(), status=401), "refuses the key; check INCIDEX_LLM_KEY", 1, id="401"),
    pytest.param(Reply(status=404), "has nothing there; check INCIDEX_LLM_URL", 1, id="404"),
    pytest.param(Reply(status=418), "answers with status 418", 1, id="418"),
    pytest.param(Reply(b"<html>", kind="text/html"), "something that is not JSON", 1, id="content-type"),
    pytest.param(Reply(b"not json"), "does not speak the chat completions protocol", 1, id="no-json"),
    pytest.param(
        Reply(b'{"choices": []}'), "does not speak the chat completions protocol", 1, id="no-choice"
    ),
    pytest.param(
        Reply(status=307, headers={"Location": "http://127.0.0.1:1/"}),
        "redirects elsewhere",
        1,
        id="redirect",
    ),
    pytest.param(completion("x" * 3_000_000), "answers with more than 1,000,000 bytes", 1, id="megabytes"),
    pytest.param(
        Reply(delay_seconds=5.0), "did not answer within 0.3 seconds, 3 times in a row", 3, id="silence"
    ),
    pytest.param(
        Reply(b" " * 200, drip_seconds=0.1),
        "did not answer within 0.3 seconds, 3 times in a row",
        3,
        id="byte-by-byte",
    ),
]


@pytest.mark.parametrize(("reply", "complaint", "times"), FAILURES)
def test_a_failing_endpoint_is_one_sentence_without_the_key(reply: Reply, complaint: str, times: int) -> None:
    with serve(in_turn(reply)) as endpoint:
        began = time.monotonic()
        with pytest.raises(SourceError) as raised:
            client(endpoint.url, key=KEY, timeout_seconds=0.3).ask(QUESTION)
        took = time.monotonic() - began
        assert len(endpoint.asked) == times
    assert complaint in str(raised.value)
    assert str(raised.value).startswith("the language model at 127.0.0.1 ")
    assert took < 10
    chain: list[str] = []
    error: BaseException | None = raised.value
    while error is not None:
        chain += [str(error), repr(error)]
        error = error.__cause__ or error.__context__
    assert KEY not in "".join(chain)


def test_a_redirect_is_not_followed_with_the_key() -> None:
    with serve(in_turn(completion("words"))) as other:
        away = Reply(status=308, headers={"Location": other.url})
        with serve(in_turn(away)) as endpoint, pytest.raises(SourceError):
            client(endpoint.url, key=KEY).ask(QUESTION)
        assert other.asked == []


def test_nobody_listening_is_one_sentence() -> None:
    with serve(in_turn(Reply())) as endpoint:
        gone = endpoint.url
    with pytest.raises(SourceError, match=r"cannot be reached \(ConnectError\), 3 times in a row"):
        client(gone).ask(QUESTION)


def test_the_wait_that_an_endpoint_asks_for_is_bounded() -> None:
    busy = Reply(status=429, headers={"Retry-After": "9999"})
    with serve(in_turn(busy, completion("words"))) as endpoint:
        began = time.monotonic()
        assert client(endpoint.url, longest_wait_seconds=0.2).ask(QUESTION) == "words"
        assert 0.2 <= time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("url", "key", "complaint"),
    [
        ("localhost:11434", "", "is an address like"),
        ("file:///etc/passwd", "", "is an address like"),
        ("http://[", "", "is an address like"),
        ("https://me:secret@api.example/v1", "", "put the key in INCIDEX_LLM_KEY"),
        ("http://api.example/v1", KEY, "for all to read; use https"),
        ("https://api.example/v1", f"{KEY}\n", "holds characters that no key has"),
    ],
)
def test_an_endpoint_that_cannot_be_meant_is_refused(url: str, key: str, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint) as raised:
        Endpoint(url=url, model="m", key=key)
    assert "secret" not in str(raised.value)
    assert KEY not in str(raised.value)


def test_there_is_no_endpoint_by_default_and_the_key_is_in_no_printed_settings() -> None:
    with pytest.raises(InputError, match="set INCIDEX_LLM_URL and INCIDEX_LLM_MODEL"):
        to_endpoint(Settings.read({}))
    settings = Settings.read(
        {"INCIDEX_LLM_URL": "https://api.example/v1", "INCIDEX_LLM_MODEL": "m", "INCIDEX_LLM_KEY": KEY}
    )
    assert KEY not in repr(settings)
    assert KEY not in repr(to_endpoint(settings))
    assert to_endpoint(settings).address == "https://api.example/v1/chat/completions"


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://localhost:1/v1", True),
        ("http://127.0.0.1:1", True),
        ("http://[::1]:1/", True),
        ("https://api.example/v1", False),
        ("https://localhost.example/v1", False),
    ],
)
def test_what_is_this_machine(url: str, *, local: bool) -> None:
    assert Endpoint(url=url, model="m").is_local is local


def read(text: str = TEXT, tier: Tier = Tier.CLEAR) -> tuple[Report, Document]:
    report = Report(sha256="1" * 64, source=Source(name="The Morning Wire"), tier=tier)
    return report, Document(report=report.id, text=text)


def test_the_model_adds_to_the_rules_and_what_does_not_hold_is_counted() -> None:
    with serve(in_turn(completion(GOOD))) as endpoint:
        chosen = WithModel(client(endpoint.url), is_local=True)
        found = chosen(*read())
    (coded,) = found.incidents
    by_coder = {claim.coder: claim for claim in coded.claims}
    claim = by_coder["llm:small@1"]
    assert (claim.field, claim.value) == ("actor.motive", "Grudge")
    assert claim.evidence is not None
    assert claim.evidence.is_verbatim_in(TEXT)
    assert "counts@4" in by_coder
    assert found.notes == (
        "language model small: 1 values kept of 2; 1 left out: its quotation is not in the text",
    )
    assert found.document.notes == ()  # what is stored with the report, for all to see, counts nothing
    assert chosen.summary.endswith(
        "asked 1 times, 1 values kept; 1 left out: its quotation is not in the text"
    )


def test_a_report_that_is_not_public_is_not_sent_to_another_machine() -> None:
    with serve(in_turn(completion(GOOD))) as endpoint:
        found = WithModel(client(endpoint.url), is_local=False)(*read(tier=Tier.AMBER))
        assert endpoint.asked == []
        WithModel(client(endpoint.url), is_local=True)(*read(tier=Tier.AMBER))
        assert len(endpoint.asked) == 1
    assert found.incidents
    assert found.notes == ("not sent to the language model: it is TLP:AMBER",)


def test_when_the_endpoint_fails_the_rules_stand_and_it_is_not_asked_again() -> None:
    with serve(in_turn(Reply(status=500))) as endpoint:
        chosen = WithModel(client(endpoint.url), is_local=True)
        for _ in range(3):
            assert chosen(*read()).incidents[0].claims
        assert len(endpoint.asked) == 3  # three attempts for the first report, none for the others
    assert chosen.complaint == "the language model at 127.0.0.1 answers with status 500, 3 times in a row"


def test_a_report_that_is_printed_and_then_stored_is_asked_about_once() -> None:
    with serve(in_turn(completion(GOOD))) as endpoint:
        chosen = WithModel(client(endpoint.url), is_local=True)
        assert chosen(*read()) == chosen(*read())
        assert len(endpoint.asked) == 1
