"""Which sheets are due from which level for which period, and when: calendars and rules."""

import dataclasses
import datetime as dt
import functools
from collections.abc import Iterator
from typing import NamedTuple

from redcross.branches.tree import attach_branches
from redcross.completeness.calendar.working_days import WorkingDays, load_working_days
from redcross.completeness.choices import HolidayPolicy
from redcross.completeness.models import DueRule, Occasion
from redcross.periods import Period, add_months
from redcross.uploads.registry import registry
from redcross.uploads.schema.schedule import Due, Yearly
from redcross.uploads.schema.sheet import Sheet


class DueRuleValues(NamedTuple):
    """The values of a DueRule, hashable."""

    sheet: str
    on_holiday: str = HolidayPolicy.NEXT
    opens_after: int = 0
    since: dt.date | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class DueCalendar:
    """Everything that due dates depend on: working days, rules, the calendars of the sheets."""

    days: WorkingDays
    rules: tuple[DueRuleValues, ...]
    calendars: tuple[tuple[Sheet, tuple[Due, ...]], ...]

    @property
    def default_rule(self) -> DueRuleValues:
        """The rule of every sheet without a rule of its own."""
        return next((rule for rule in self.rules if not rule.sheet), DueRuleValues(""))


@dataclasses.dataclass(frozen=True, slots=True)
class Requirement:
    """A sheet due from the branches of one level for one period."""

    sheet: Sheet
    level: str
    period: Period
    opens_on: dt.date
    due_on: dt.date
    code_prefix: str = ""
    """Only branches whose code begins with this."""
    note: str = ""


def load_due_calendar() -> DueCalendar:
    """Return the current working days and rules, in two queries."""
    rules = DueRule.objects.order_by("sheet").values_list(*DueRuleValues._fields)
    calendars = ((sheet, tuple(sheet.due)) for sheet in registry.values())
    return DueCalendar(
        load_working_days(), tuple(map(DueRuleValues._make, rules)), tuple(calendars)
    )


def nominal_due_date(due: Due, period: Period) -> dt.date:
    """Return the declared due date of a period, not shifted for holidays."""
    if isinstance(due.calendar, Yearly):
        return dt.date(period.last.year + 1, due.calendar.month, due.calendar.day)
    return period.end.replace(day=due.calendar.day)


def list_requirements(period: Period, calendar: DueCalendar) -> list[Requirement]:
    """Return what is due for periods that end in `period`: by calendar and by occasion."""
    requirements = list(_scheduled_requirements(period, calendar))
    occasions = Occasion.objects.filter(month__gte=period.start, month__lte=period.last)
    for occasion in attach_branches(occasions):
        if occasion.sheet in registry:
            month = Period.month(occasion.month)
            requirements.append(
                Requirement(
                    sheet=registry[occasion.sheet],
                    level=occasion.level,
                    period=month,
                    opens_on=month.start,
                    due_on=calendar.days.shift_due_date(occasion.due_on, HolidayPolicy.NEXT),
                    code_prefix=occasion.branch.code,
                    note=occasion.title,
                )
            )
    return requirements


@functools.lru_cache(maxsize=64)
def _scheduled_requirements(period: Period, calendar: DueCalendar) -> tuple[Requirement, ...]:
    """Return the requirements of the calendars; cached, as pages ask for the same periods."""
    rules = {rule.sheet: rule for rule in calendar.rules}
    default = calendar.default_rule
    requirements = []
    for sheet, due, due_period in _iter_due_periods(calendar, period):
        rule = rules.get(sheet.key, default)
        since = rule.since or default.since
        if since is not None and due_period.last < since:
            continue
        due_on = calendar.days.shift_due_date(nominal_due_date(due, due_period), rule.on_holiday)
        opens_on = due_period.end + dt.timedelta(days=rule.opens_after)
        requirements.append(
            Requirement(sheet, due.level, due_period, min(opens_on, due_on), due_on)
        )
    return tuple(requirements)


def _iter_due_periods(calendar: DueCalendar, period: Period) -> Iterator[tuple[Sheet, Due, Period]]:
    """Yield each sheet with each period of its calendars that ends in `period`."""
    for month in period.months or [period.last]:
        for sheet, dues in calendar.calendars:
            for due in dues:
                if month.month % due.calendar.months == 0:
                    first = add_months(month, 1 - due.calendar.months)
                    yield sheet, due, Period(first, month)
