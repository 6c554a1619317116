"""Dates, codes, counts and withheld cells in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidex.web.words import is_web_address, say_date, say_list, say_value, say_withheld


@pytest.mark.parametrize(
    ("edtf", "words"),
    [
        ("2017-04-26", "26 April 2017"),
        ("2017-04", "Apr 2017"),
        ("2017", "2017"),
        ("2012~", "about 2012"),
        ("2012?", "perhaps 2012"),
        ("2012%", "perhaps about 2012"),
        ("201X", "2010s"),
        ("2017-XX", "2017"),
        ("2017-04-XX", "Apr 2017"),
        ("2017-21", "spring 2017"),
        ("2017-33", "first quarter of 2017"),
        ("2017-01/2017-03", "Jan 2017 to Mar 2017"),
        ("2017-01/..", "since Jan 2017"),
        ("../2017", "until 2017"),
        ("last week", "last week"),
        ("a/b", "a/b"),
        ("2017-77", "2017-77"),
    ],
)
def test_a_date_is_said_as_precisely_as_it_is_known(edtf: str, words: str) -> None:
    assert say_date(edtf) == words


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("data.records", "1400000", "1,400,000"),
        ("data.records", "many", "many"),
        ("ransom.paid", "USD 4400000", "USD 4,400,000"),
        ("location.country", "US", "United States"),
        ("technique", "T1566", "T1566 Phishing"),
        ("outage.duration", "PT72H", "72 hours"),
        ("outage.duration", "P1DT1H", "1 day and 1 hour"),
        ("outage.duration", "long", "long"),
        ("indicator", "ip:192.0.2.1", "ip 192.0.2.1"),
        ("impact", "no such term", "no such term"),
        ("no.such.field", "x", "x"),
    ],
)
def test_a_value_is_said_for_a_reader(field: str, value: str, words: str) -> None:
    assert say_value(field, value).startswith(words)


@pytest.mark.parametrize(
    ("field", "count", "words"),
    [
        ("actor.motive", 2, "2 motives"),
        ("technique", 1, "1 technique"),
        ("actor.name", 0, "0 actors"),
        ("impact", None, "available to members"),
        ("loss.amount", 1, "1 value"),
    ],
)
def test_what_is_withheld_is_counted_or_named(field: str, count: int | None, words: str) -> None:
    assert say_withheld(field, count) == words


def test_a_list_reads_as_a_sentence_and_stays_short() -> None:
    assert say_list(["a"]) == "a"
    assert say_list(["a", "b", "c"]) == "a, b and c"
    assert say_list(list("abcdef")) == "a, b, c and 3 others"


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "", " https://x", "//x", "HTTP:x"]
)
def test_only_web_addresses_become_links(url: str) -> None:
    assert not is_web_address(url)


@given(
    st.text(max_size=60), st.sampled_from(["date.occurred", "outage.duration", "data.records", "ransom.paid"])
)
def test_no_value_is_too_strange_to_be_shown(value: str, field: str) -> None:
    assert isinstance(say_value(field, value), str)
