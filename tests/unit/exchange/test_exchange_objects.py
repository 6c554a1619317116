"""JSON objects out of a file: one by one, however they stand there, and never more than a row in memory."""

import json
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidex.exchange.objects import parse_object, read_objects
from incidex.exchange.rows import Refused
from incidex.model import InputError, LimitError

ROWS: list[dict[str, Any]] = [{"a": 'b"}{[\\', "c": {"d": [1, {"e": "]"}]}}, {}, {"ü": "\n\u2028"}]

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda each: st.lists(each) | st.dictionaries(st.text(), each),
    max_leaves=6,
)


def shapes(rows: list[dict[str, Any]]) -> dict[str, bytes]:
    """Write the rows in each shape that files have."""
    lines = [json.dumps(row).encode() for row in rows]
    return {
        "array": json.dumps(rows).encode(),
        "pretty": json.dumps(rows, indent=2, ensure_ascii=False).encode("utf-8", "surrogatepass"),
        "lines": b"\r\n".join(lines),
        "one after another": b"".join(lines),
        "with a byte order mark": b"\xef\xbb\xbf" + json.dumps(rows).encode(),
    }


@settings(max_examples=30, deadline=None)
@given(st.lists(st.dictionaries(st.text(), plain), max_size=3))
def test_the_rows_are_the_same_in_every_shape(rows: list[dict[str, Any]]) -> None:
    for content in shapes(rows).values():
        found = [(number, json.loads(raw)) for number, raw in read_objects(BytesIO(content))]
        assert found == list(enumerate(rows, start=1))


def test_chunks_end_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    for size in range(1, 12):
        monkeypatch.setattr("incidex.exchange.objects._CHUNK", size)
        for content in shapes(ROWS).values():
            assert [json.loads(raw) for _, raw in read_objects(BytesIO(content))] == ROWS


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b'{"a": 1} {"b": ', "ends in the middle of object 2"),
        (b'{"a": "x', "ends in the middle of object 1"),
        (b"[1, 2]", "'1, 2', which is no JSON object"),
        (b"victim,date\nAcme,2017\n", "is this a JSON file"),
        (b"PK\x03\x04\x00\x00", "no JSON object"),
    ],
)
def test_what_is_no_json_is_said_in_a_sentence(content: bytes, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        list(read_objects(BytesIO(content)))


def test_a_huge_object_is_stopped_before_it_is_read() -> None:
    class Endless(BytesIO):
        read_bytes = 0

        def read(self, size: int | None = -1, /) -> bytes:
            self.read_bytes += size or 0
            return b'{"a": "' if self.read_bytes == size else b"x" * (size or 0)

    endless = Endless()
    with pytest.raises(LimitError, match="object 1 is larger than 2,000,000 bytes"):
        list(read_objects(endless))
    assert endless.read_bytes < 2_300_000


@pytest.mark.parametrize("depth", [90, 110, 300, 600, 900, 5000])
def test_a_row_that_is_nested_without_end_is_refused(depth: int) -> None:
    raw = b'{"plus":' + b'{"a":[' * (depth // 2) + b"1" + b"]}" * (depth // 2) + b"}"
    assert isinstance(parse_object(1, raw), Refused) == (depth > 100)


@pytest.mark.parametrize("raw", [b'{"a": 1, "a"}', b"[1]", b"{" * 100_000 + b"}" * 100_000, b'{"a": "\xff"}'])
def test_what_is_no_object_is_refused(raw: bytes) -> None:
    assert isinstance(parse_object(3, raw), Refused)
