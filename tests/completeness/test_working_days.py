"""Working days by the table of days, and by the weekday where the table has no row."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redcross.completeness.calendar.working_days import WorkingDays, load_working_days
from redcross.completeness.choices import DayKind, HolidayPolicy
from redcross.completeness.models import CalendarDay

SPRING = WorkingDays(
    holidays=frozenset(dt.date(2022, 1, 31) + dt.timedelta(days=at) for at in range(7)),
    workdays=frozenset({dt.date(2022, 1, 29), dt.date(2022, 1, 30)}),
)


def test_due_day_on_a_holiday_moves_by_the_rule():
    day = dt.date(2022, 2, 5)

    moved = {policy: SPRING.shift_due_date(day, policy) for policy in HolidayPolicy.values}

    assert moved == {
        HolidayPolicy.NEXT: dt.date(2022, 2, 7),
        HolidayPolicy.PREVIOUS: dt.date(2022, 1, 30),  # a Sunday worked
        HolidayPolicy.STAYS: day,
    }


@given(st.dates(dt.date(2020, 1, 1), dt.date(2026, 12, 31)), st.integers(min_value=1, max_value=30))
def test_added_working_days_equal_the_counted_working_days(day, count):
    later = SPRING.add_working_days(day, count)

    assert SPRING.is_working_day(later)
    assert SPRING.count_working_days(day, later) == count


@pytest.mark.django_db
def test_working_day_table_covers_2020_to_2026_and_a_row_changes_the_calendar():
    days = load_working_days()
    assert {day.year for day in days.holidays} == set(range(2020, 2027))
    assert not days.is_working_day(dt.date(2026, 10, 7))
    assert days.is_working_day(dt.date(2026, 10, 10))  # a Saturday

    CalendarDay.objects.create(day=dt.date(2027, 1, 4), kind=DayKind.HOLIDAY)

    assert not load_working_days().is_working_day(dt.date(2027, 1, 4))
