"""Working days: the week, and the days that differ from it."""

import dataclasses
import datetime as dt

from redcross.completeness.choices import DayKind, HolidayPolicy
from redcross.completeness.models import CalendarDay

SATURDAY = 5
MAX_SEARCH_DAYS = 400
"""Days after which a search for a working day gives up: the table would be wrong."""


@dataclasses.dataclass(frozen=True, slots=True)
class WorkingDays:
    """Days off and days worked against the week, as the table says them."""

    off: frozenset[dt.date] = frozenset()
    on: frozenset[dt.date] = frozenset()

    def works(self, day: dt.date) -> bool:
        """Tell whether people work on a day."""
        return day in self.on or (day not in self.off and day.weekday() < SATURDAY)

    def moved(self, day: dt.date, policy: str) -> dt.date:
        """Return the day a due day falls on, once holidays are minded."""
        if policy == HolidayPolicy.STAYS or self.works(day):
            return day
        return self.after(day, -1 if policy == HolidayPolicy.PREVIOUS else 1)

    def after(self, day: dt.date, count: int) -> dt.date:
        """Return the working day `count` working days after a day, before it where negative."""
        step = dt.timedelta(days=1 if count > 0 else -1)
        left = abs(count)
        for _ in range(MAX_SEARCH_DAYS):
            if not left:
                return day
            day += step
            left -= self.works(day)
        message = f"no working day within {MAX_SEARCH_DAYS} days of {day}"
        raise ValueError(message)

    def until(self, start: dt.date, end: dt.date) -> int:
        """Return how many working days lie after `start` up to and with `end`; 0 if past."""
        days = (start + dt.timedelta(days=at) for at in range(1, (end - start).days + 1))
        return sum(self.works(day) for day in days)


def load_working_days() -> WorkingDays:
    """Return the calendar as it is now, in one query."""
    found: dict[str, set[dt.date]] = {kind: set() for kind in DayKind.values}
    for day, kind in CalendarDay.objects.values_list("day", "kind"):
        found[kind].add(day)
    return WorkingDays(frozenset(found[DayKind.HOLIDAY]), frozenset(found[DayKind.WORKDAY]))
