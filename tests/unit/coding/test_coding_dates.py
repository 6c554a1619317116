import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidex.codebook import parse_edtf
from incidex.coding.base import Prepared
from incidex.coding.dates import find_dates, read_dates
from incidex.model import Document


def dates(text: str, published: str = "2017-04-27") -> list[tuple[str, str]]:
    readings = read_dates(Prepared(Document(report="rep-1", text=text), published))
    return [(each.field, each.value) for each in readings]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It was hacked on 26 April 2017.", ("date.occurred", "2017-04-26")),
        ("It was hacked on April 26, 2017.", ("date.occurred", "2017-04-26")),
        ("It was hacked on 2017-04-26.", ("date.occurred", "2017-04-26")),
        ("It was hacked on 26/04/2017.", ("date.occurred", "2017-04-26")),
        ("In April 2017, the forum suffered a data breach.", ("date.occurred", "2017-04")),
        ("In 2012, the service was hacked.", ("date.occurred", "2012")),
        ("In late 2011, the service was hacked.", ("date.occurred", "2011")),
        ("In mid-2015, the service was hacked.", ("date.occurred", "2015")),
        ("Intruders had access between March and May 2017.", ("date.occurred", "2017-03/2017-05")),
        ("The firm discovered it on 3 May 2016.", ("date.discovered", "2016-05-03")),
        ("The firm announced it on 3 May 2016.", ("date.disclosed", "2016-05-03")),
        ("It was hacked yesterday.", ("date.occurred", "2017-04-26")),
        ("It was hacked on Wednesday.", ("date.occurred", "2017-04-26")),
        ("It was hacked last month.", ("date.occurred", "2017-03")),
        ("It was hacked three days ago.", ("date.occurred", "2017-04-24")),
        ("It was hacked on 12 October.", ("date.occurred", "2016-10-12")),
    ],
)
def test_a_date_goes_to_the_field_that_its_sentence_names(text: str, expected: tuple[str, str]) -> None:
    assert dates(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "It was hacked on 04/05/2017.",
        "It was hacked on 31 February 2017.",
        "The museum opened on 3 May 2016.",
    ],
)
def test_what_is_ambiguous_impossible_or_about_something_else_is_left_alone(text: str) -> None:
    assert dates(text) == []


def test_relative_dates_need_the_day_of_publication() -> None:
    assert dates("It was hacked yesterday.", published="") == []


@given(st.text(alphabet="0123456789 -/.,ApriMayunel2017onbetwd", max_size=60))
def test_whatever_is_found_is_a_date(text: str) -> None:
    for when in find_dates(text, "2017-04-27"):
        assert parse_edtf(when.value).text == when.value
