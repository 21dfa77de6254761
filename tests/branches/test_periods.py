"""Parsing and arithmetic of reporting periods."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redcross.periods import Period, UnknownPeriodError


@pytest.mark.parametrize(
    ("text", "first", "last", "label"),
    [
        ("2021", (2021, 1), (2021, 12), "2021年"),
        ("2021H1", (2021, 1), (2021, 6), "2021年上半年"),
        ("2021Q3", (2021, 7), (2021, 9), "2021年第三季度"),
        ("2021-09", (2021, 9), (2021, 9), "2021年9月"),
        ("2020..2021", (2020, 1), (2021, 12), "2020—2021年"),
        ("2021-03..2021-05", (2021, 3), (2021, 5), "2021年3—5月"),
        ("..2021-12", None, (2021, 12), "截至2021年12月"),
    ],
)
def test_period_text_is_parsed_to_its_months(text, first, last, label):
    period = Period.parse(text)

    assert period.first == (None if first is None else dt.date(*first, 1))
    assert period.last == dt.date(*last, 1)
    assert (str(period), period.label) == (text, label)


@pytest.mark.parametrize(
    "text", ["", "21", "2021-13", "2021Q5", "2022..2021", "abc", "2021..", ".."]
)
def test_invalid_period_text_is_refused_with_a_message(text):
    with pytest.raises(UnknownPeriodError, match="报告期"):
        Period.parse(text)


@given(st.dates(dt.date(1950, 1, 1), dt.date(2900, 1, 1)), st.sampled_from(["month", "year"]))
def test_previous_period_ends_where_the_period_begins(day, kind):
    period = Period.month(day) if kind == "month" else Period.year(day.year)

    assert period.previous.end == period.start
    assert period.previous.next == period
    assert day in period
    assert period.same_last_year.length == period.length
