"""Dates as precise as what was said."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidex.codebook import parse_edtf
from incidex.model import CodebookError


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("2017-04-26", "2017-04-26", "2017-04-26"),
        ("2017-04", "2017-04-01", "2017-04-30"),
        ("2016-02", "2016-02-01", "2016-02-29"),
        ("2017-12", "2017-12-01", "2017-12-31"),
        ("2017", "2017-01-01", "2017-12-31"),
        ("2012~", "2012-01-01", "2012-12-31"),
        ("2012-06?", "2012-06-01", "2012-06-30"),
        ("2012-06-03%", "2012-06-03", "2012-06-03"),
        ("201X", "2010-01-01", "2019-12-31"),
        ("19XX", "1900-01-01", "1999-12-31"),
        ("00XX", "0001-01-01", "0099-12-31"),
        ("2004-XX", "2004-01-01", "2004-12-31"),
        ("2004-06-XX", "2004-06-01", "2004-06-30"),
        ("2004-XX-XX", "2004-01-01", "2004-12-31"),
        ("2019-22", "2019-01-01", "2019-12-31"),  # a summer, of whichever hemisphere
        ("2019-26", "2019-06-01", "2019-08-31"),
        ("2019-28", "2019-12-01", "2020-02-29"),
        ("2019-35", "2019-07-01", "2019-09-30"),
        ("2019-40", "2019-01-01", "2019-06-30"),
        ("9999-12", "9999-12-01", "9999-12-31"),
        ("9999-28", "9999-12-01", "9999-12-31"),
        ("2017-01/2017-03", "2017-01-01", "2017-03-31"),
        ("2017~/2018?", "2017-01-01", "2018-12-31"),
        ("2017-05/..", "2017-05-01", None),
        ("2017-05/", "2017-05-01", None),
        ("../2017", None, "2017-12-31"),
        ("/2017", None, "2017-12-31"),
    ],
)
def test_reads_a_date_and_knows_which_days_it_can_mean(
    text: str, earliest: str | None, latest: str | None
) -> None:
    when = parse_edtf(text)
    assert str(when) == text
    assert (when.earliest, when.latest) == tuple(
        day and date.fromisoformat(day) for day in (earliest, latest)
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is not a date"),
        ("April 2017", "is not a date"),
        ("2017-4", "is not a date"),
        ("26/04/2017", "is not a date"),
        ("2017-04-26T10:00:00Z", "is not a date"),
        ("２０１７", "is not a date"),
        ("2017-13", "calendar"),
        ("2017-02-29", "calendar"),
        ("2017-00", "calendar"),
        ("2017-21-05", "calendar"),
        ("0000", "calendar"),
        ("201X-04", "smaller unit"),
        ("2017-XX-05", "smaller unit"),
        ("2018/2017", "ends before it begins"),
        ("../..", "on one side"),
        ("/", "on one side"),
        ("2017/2018/2019", "is not a date"),
        ("2" * 100_000, "is not a date"),
    ],
)
def test_refuses_what_is_no_date_and_says_how_to_write_one(text: str, why: str) -> None:
    with pytest.raises(CodebookError, match=why) as caught:
        parse_edtf(text)
    assert len(str(caught.value)) < 300


def test_knows_what_is_about_perhaps_and_between() -> None:
    assert parse_edtf("2012~").is_approximate
    assert parse_edtf("2012?").is_uncertain
    assert parse_edtf("2012%").is_approximate
    assert parse_edtf("2012%").is_uncertain
    assert parse_edtf("2012/2013").is_interval
    assert not parse_edtf("2012").is_interval


def test_reads_lower_case_and_blanks() -> None:
    assert parse_edtf(" 201x ").text == "201X"


DAYS = st.dates()
MOMENTS = st.builds(
    lambda day, width, mark: day.isoformat()[:width] + mark,
    DAYS,
    st.sampled_from([4, 7, 10]),
    st.sampled_from(["", *"?~%"]),
)
INTERVALS = st.builds(lambda one, two: "/".join(sorted([one.isoformat(), two.isoformat()])), DAYS, DAYS)


@given(st.one_of(MOMENTS, INTERVALS))
def test_gives_back_what_it_read(text: str) -> None:
    assert str(parse_edtf(text)) == text
    assert parse_edtf(str(parse_edtf(text))) == parse_edtf(text)


@given(DAYS)
def test_narrows_from_year_to_month_to_day(day: date) -> None:
    year, month, only = (parse_edtf(day.isoformat()[:width]) for width in (4, 7, 10))
    starts = [when.earliest for when in (year, month, only) if when.earliest]
    ends = [when.latest for when in (only, month, year) if when.latest]
    assert len(starts) == len(ends) == 3
    assert [*starts, day, *ends] == sorted([*starts, day, *ends])


@given(st.dates(max_value=date(9998, 12, 31)))
def test_ends_a_month_on_the_day_before_the_next(day: date) -> None:
    latest = parse_edtf(day.isoformat()[:7]).latest
    assert latest is not None
    assert latest.month == day.month
    assert (latest + timedelta(days=1)).day == 1


@given(st.text(alphabet="0123456789X-/~?%. ", max_size=24))
def test_raises_nothing_but_its_own_error(text: str) -> None:
    try:
        when = parse_edtf(text)
    except CodebookError:
        return
    if when.earliest and when.latest:
        assert when.earliest <= when.latest
