"""A record typed by hand."""

import re
from typing import Any

import pytest

from incidex.model import Claimed, Received, fold
from incidex.store import MemoryLog
from tests.members import OURS
from tests.unit.web.conftest import TEXT, Enter, Site

HEAD = {"source": "Acme", "source_role": "victim", "title": "Told on the phone", "published": "2017-04"}
ROW = {"field-0": "data.class", "value-0": "passwords", "speaker-0": "", "role-0": "", "stance-0": "asserts"}
ROWS = ROW | {"quote-0": ""}


def send(site: Site, **fields: str) -> Any:
    match = re.search(r'name="csrf" value="([^"]+)"', site.get("/incidents/new").text)
    data = {"csrf": match[1] if match else ""} | fields
    return site.post("/incidents/new/typed", data=data, headers=OURS, follow_redirects=False)


def test_what_was_typed_is_a_record_of_notes(enter: Enter, log: MemoryLog) -> None:
    site = enter("ana")
    answer = send(site, **HEAD, **ROWS)
    assert answer.status_code == 303
    incident = answer.headers["location"].removeprefix("/review/")
    record = fold(log.history(incident))
    assert record is not None
    assert record.best("data.class") == "Passwords"
    assert site.get(answer.headers["location"]).status_code == 200
    received = next(c.body for c in log.since() if isinstance(c.body, Received) and c.by == "person:ana")
    assert received.document.text == "data.class: passwords (asserts)"


def test_a_row_may_quote_the_text(enter: Enter, log: MemoryLog) -> None:
    text = f"{TEXT} (retold)"
    answer = send(enter("ana"), **HEAD, **ROW, **{"quote-0": "lost passwords", "text": text})
    history = log.history(answer.headers["location"].removeprefix("/review/"))
    body = history[-1].body
    assert isinstance(body, Claimed)
    assert body.claims[0].evidence is not None
    assert body.claims[0].evidence.quote == "lost passwords"


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        (HEAD, 400, "at least one row"),
        (HEAD | ROWS | {"source": " "}, 400, "who published"),
        (HEAD | ROWS | {"value-0": "wizardry"}, 422, "Row 1: data.class cannot be"),
        (HEAD | ROWS | {"quote-0": "not there", "text": TEXT}, 422, "Row 1: &#x27;not there&#x27; is not in"),
        (HEAD | ROWS | {"url": "javascript:alert(1)"}, 400, "not an address"),
        (HEAD | ROWS | {"published": "once"}, 400, "date of publication"),
        (HEAD | ROWS | {"source_role": "king"}, 400, "role"),
        (HEAD | ROWS | {"csrf": "forged"}, 403, "Reload"),
    ],
)
def test_what_cannot_be_used_is_said_by_its_row(
    enter: Enter, log: MemoryLog, fields: dict[str, str], status: int, words: str
) -> None:
    before = log.last_serial()
    answer = send(enter("ana"), **fields)
    assert (answer.status_code, words in answer.text) == (status, True)
    assert log.last_serial() == before


def test_the_very_same_is_not_written_twice(enter: Enter) -> None:
    site = enter("ana")
    send(site, **HEAD, **ROWS)
    assert "typed before" in send(site, **HEAD, **ROWS).text


def test_typing_needs_a_reviewers_right(visitor: Site) -> None:
    assert visitor.get("/incidents/new").status_code == 403
    assert visitor.post("/incidents/new/typed", data=HEAD | ROWS, headers=OURS).status_code == 403
