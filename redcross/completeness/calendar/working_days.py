"""Working days: weekdays, corrected by the table of holidays and working weekends."""

import dataclasses
import datetime as dt

from redcross.completeness.choices import DayKind, HolidayPolicy
from redcross.completeness.models import CalendarDay

SATURDAY = 5
MAX_SEARCH_DAYS = 400
"""Days after which a search for a working day fails: the table must be wrong."""


@dataclasses.dataclass(frozen=True, slots=True)
class WorkingDays:
    """The days whose kind differs from what their weekday says."""

    holidays: frozenset[dt.date] = frozenset()
    workdays: frozenset[dt.date] = frozenset()

    def is_working_day(self, day: dt.date) -> bool:
        """Return whether people work on a day."""
        return day in self.workdays or (day not in self.holidays and day.weekday() < SATURDAY)

    def shift_due_date(self, day: dt.date, policy: str) -> dt.date:
        """Return the day a due date falls on under a `HolidayPolicy`."""
        if policy == HolidayPolicy.STAYS or self.is_working_day(day):
            return day
        return self.add_working_days(day, -1 if policy == HolidayPolicy.PREVIOUS else 1)

    def add_working_days(self, day: dt.date, count: int) -> dt.date:
        """Return the working day `count` working days after `day`, before it if negative."""
        step = dt.timedelta(days=1 if count > 0 else -1)
        left = abs(count)
        for _ in range(MAX_SEARCH_DAYS):
            if not left:
                return day
            day += step
            left -= self.is_working_day(day)
        message = f"no working day within {MAX_SEARCH_DAYS} days of {day}"
        raise ValueError(message)

    def count_working_days(self, start: dt.date, end: dt.date) -> int:
        """Return the number of working days after `start` up to and including `end`."""
        days = (start + dt.timedelta(days=offset) for offset in range(1, (end - start).days + 1))
        return sum(self.is_working_day(day) for day in days)


def load_working_days() -> WorkingDays:
    """Return the current calendar, in one query."""
    days: dict[str, set[dt.date]] = {kind: set() for kind in DayKind.values}
    for day, kind in CalendarDay.objects.values_list("day", "kind"):
        days[kind].add(day)
    return WorkingDays(frozenset(days[DayKind.HOLIDAY]), frozenset(days[DayKind.WORKDAY]))
