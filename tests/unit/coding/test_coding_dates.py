import json
import time
from pathlib import Path

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
        ("In late 2011, the service was hacked.", ("date.occurred", "2011-10/2011-12")),
        ("In mid-2015, the service was hacked.", ("date.occurred", "2015-06/2015-07")),
        ("In approximately 2015, the service was hacked.", ("date.occurred", "2015~")),
        ("It was hacked in Q3 2016.", ("date.occurred", "2016-07/2016-09")),
        ("It was hacked in the second half of 2016.", ("date.occurred", "2016-07/2016-12")),
        ("It was hacked in the summer of 2016.", ("date.occurred", "2016-22")),
        ("Files were stolen between 3 and 5 March 2017.", ("date.occurred", "2017-03-03/2017-03-05")),
        ("Files were stolen on March 3-5, 2017.", ("date.occurred", "2017-03-03/2017-03-05")),
        ("Files were stolen in October and November 2016.", ("date.occurred", "2016-10/2016-11")),
        ("Spies have had access since at least January.", ("date.occurred", "2017-01~")),
        ("Intruders had access between March and May 2017.", ("date.occurred", "2017-03/2017-05")),
        ("The firm discovered it on 3 May 2016.", ("date.discovered", "2016-05-03")),
        ("The firm announced it on 3 May 2016.", ("date.disclosed", "2016-05-03")),
        ("It was hacked yesterday.", ("date.occurred", "2017-04-26")),
        ("It was hacked on Wednesday.", ("date.occurred", "2017-04-26")),
        ("It was hacked last month.", ("date.occurred", "2017-03")),
        ("It was hacked three days ago.", ("date.occurred", "2017-04-24")),
        ("It was hacked on 12 October.", ("date.occurred", "2016-10-12")),
        ("It was hacked last Tuesday.", ("date.occurred", "2017-04-25")),
        ("It was hacked over the weekend.", ("date.occurred", "2017-04-22/2017-04-23")),
        ("It was hacked two weeks ago.", ("date.occurred", "2017-04-13~")),
        ("It was hacked earlier this month.", ("date.occurred", "2017-04")),
        ("It was hacked in early March.", ("date.occurred", "2017-03")),
        ("It was hacked late last year.", ("date.occurred", "2016-10/2016-12")),
        ("It was hacked in August of last year.", ("date.occurred", "2016-08")),
        ("It was hacked on Christmas Eve.", ("date.occurred", "2016-12-24")),
        ("It was hacked on the 7th of this month.", ("date.occurred", "2017-04-07")),
        ("THE CITY WAS HACKED ON MARCH 1ST.", ("date.occurred", "2017-03-01")),
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
        "The site will be down next Tuesday; it was hacked.",
        "They may march in may, and will be hacked.",
        "In an earlier attack, in 2014, it lost its website.",
        "Our privacy policy was last updated on 3 May 2016.",
        "The thief was born on 3 May 1990.",
        "Staff Writer\nPublished 3 May 2016\nSmall firms are often hacked",
        "It holds files of customers who joined before May 2016, and was hacked",
    ],
)
def test_what_is_ambiguous_impossible_or_about_something_else_is_left_alone(text: str) -> None:
    assert dates(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It was hacked on 04/05/2017. It was told on 26/04/2017.", "2017-05-04"),
        ("It was hacked on 04/05/2017. It was told on 04/26/2017.", "2017-04-05"),
        ("It was hacked on 04/05/2017. The NHS trust wrote to patients.", "2017-05-04"),
        ("It was hacked on 04/05/2017. Social Security numbers were taken.", "2017-04-05"),
    ],
)
def test_the_text_itself_shows_which_of_day_and_month_comes_first(text: str, expected: str) -> None:
    assert dates(text, "2018-01-01")[-1] == ("date.occurred", expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "It was hacked on 3 May 2016 and discovered it two days later.",
            [("date.discovered", "2016-05-05"), ("date.occurred", "2016-05-03")],
        ),
        (
            "They had access from 3 May 2016 until 5 June 2016.",
            [("date.ended", "2016-06-05"), ("date.occurred", "2016-05-03/2016-06-05")],
        ),
        (
            "The firm said on Wednesday that thieves broke into its office on Saturday.",
            [("date.disclosed", "2017-04-26"), ("date.occurred", "2017-04-22")],
        ),
        (
            "In March 2016, data of the shop was posted to a forum.",
            [("date.disclosed", "2016-03"), ("date.occurred", "2016-03")],
        ),
    ],
)
def test_each_date_of_a_story_has_its_field(text: str, expected: list[tuple[str, str]]) -> None:
    assert dates(text) == expected


def test_a_year_left_out_is_that_of_the_date_before() -> None:
    text = "The firm was hacked on 3 May 2012. Thieves stole more on 12 June."
    assert ("date.occurred", "2012-06-12") in dates(text)
    assert ("date.occurred", "2012-06-12") in dates(text, published="")


def test_relative_dates_need_the_day_of_publication() -> None:
    assert dates("It was hacked yesterday.", published="") == []


GOLD = [
    json.loads(line)
    for line in (Path(__file__).parents[3] / "gold" / "relative-dates.jsonl").read_text("utf-8").splitlines()
]


def test_most_relative_dates_of_the_gold_set_are_read() -> None:
    right = asked = 0
    for row in GOLD:
        read = dict(dates(row["text"], row["published"]))
        asked += len(row["gold"])
        right += sum(read.get(field) == value for field, value in row["gold"].items())
    assert len(GOLD) >= 60
    assert right / asked >= 0.9


@pytest.mark.parametrize(
    "unit", ["9", "9.", "3 May ", "2016-", "in March and ", "last week ", "two days later "]
)
def test_hostile_text_ends(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    started = time.process_time()
    list(find_dates(text, "2017-04-27"))
    assert time.process_time() - started < 20


@given(st.text(alphabet="0123456789 -/.,ApriMayunel2017onbetwd", max_size=60))
def test_whatever_is_found_is_a_date(text: str) -> None:
    for when in find_dates(text, "2017-04-27"):
        assert parse_edtf(when.value).text == when.value
