"""Who owes which sheet for a period, and what has been handed in of it (报送进度)."""

import dataclasses
import datetime as dt
import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from redcross.branches.models import Branch
from redcross.branches.tree import attach_branches
from redcross.completeness.choices import (
    QUIET_STATUSES,
    SUBMITTED_STATUSES,
    HolidayPolicy,
    ObligationStatus,
)
from redcross.completeness.models import DueRule, Exemption, Occasion
from redcross.completeness.working_days import WorkingDays, load_working_days
from redcross.periods import Period, add_months
from redcross.uploads.choices import PROCESSING_STATES, REVIEW_STATES, UploadOrigin, UploadState
from redcross.uploads.models import Upload
from redcross.uploads.registry import registry
from redcross.uploads.schema.schedule import Due, Yearly
from redcross.uploads.schema.sheet import Sheet

_STATUS_RANK = {value: at for at, value in enumerate(ObligationStatus.values)}


@dataclasses.dataclass(frozen=True, slots=True)
class Obligation:
    """One sheet of one branch for one period."""

    sheet: Sheet
    branch: Branch
    period: Period
    due_on: dt.date
    standing: ObligationStatus
    upload: int | None = None
    days_late: int = 0
    on_time: bool | None = None
    """Whether it was first submitted by the due day; None where that cannot be told yet."""
    opens_on: dt.date | None = None
    note: str = ""
    """Why it is not owed, or what it is asked for."""

    @property
    def handed_in(self) -> bool:
        """Whether the branch, or the level above for it, has done its part."""
        return self.standing in SUBMITTED_STATUSES

    @property
    def outstanding(self) -> bool:
        """Whether somebody has still to act, and may."""
        return self.standing not in QUIET_STATUSES

    @property
    def key(self) -> tuple[int, str, dt.date, dt.date]:
        """Branch, sheet, first and last month: what tells obligations apart."""
        return self.branch.pk, self.sheet.key, self.period.start, self.period.last


@dataclasses.dataclass(frozen=True, slots=True)
class _Submission:
    pk: int
    branch: str
    first: dt.date
    last: dt.date
    standing: ObligationStatus
    submitted_on: dt.date | None


@dataclasses.dataclass(frozen=True, slots=True)
class _Requirement:
    """A sheet asked of one level for one period."""

    sheet: Sheet
    level: str
    period: Period
    opens_on: dt.date
    due_on: dt.date
    under: str = ""
    note: str = ""


class DueRuleValues(NamedTuple):
    """A DueRule by its values."""

    sheet: str
    on_holiday: str = HolidayPolicy.NEXT
    opens_after: int = 0
    since: dt.date | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class DueCalendar:
    """All that due days are reckoned by: working days, the province's rules, the calendars."""

    days: WorkingDays
    rules: tuple[DueRuleValues, ...]
    calendars: tuple[tuple[Sheet, tuple[Due, ...]], ...]

    @property
    def whole(self) -> DueRuleValues:
        """The rule of every sheet that has none of its own."""
        return next((rule for rule in self.rules if not rule.sheet), DueRuleValues(""))


def load_due_calendar() -> DueCalendar:
    """Return working days and rules as they are now, in two queries."""
    rules = DueRule.objects.order_by("sheet").values_list(*DueRuleValues._fields)
    calendars = ((sheet, tuple(sheet.due)) for sheet in registry.values())
    return DueCalendar(
        load_working_days(), tuple(map(DueRuleValues._make, rules)), tuple(calendars)
    )


def _iter_due_periods(reckoned: DueCalendar, period: Period) -> Iterator[tuple[Sheet, Due, Period]]:
    """Yield each sheet with its calendar, for every period of it that ends in `period`."""
    for month in period.months or [period.last]:
        for sheet, calendars in reckoned.calendars:
            for due in calendars:
                if month.month % due.calendar.months == 0:
                    first = add_months(month, 1 - due.calendar.months)
                    yield sheet, due, Period(first, month)


def nominal_due_date(due: Due, period: Period) -> dt.date:
    """Return the due day as declared, holidays not minded."""
    if isinstance(due.calendar, Yearly):
        return dt.date(period.last.year + 1, due.calendar.month, due.calendar.day)
    return period.end.replace(day=due.calendar.day)


def list_obligations(
    branches: Sequence[Branch],
    period: Period,
    *,
    today: dt.date,
    due: DueCalendar | None = None,
) -> list[Obligation]:
    """Return every obligation of the branches that ends in the period.

    Six queries however many the branches and months are. Nothing is owed of months before
    a rule's 起报月份 (历史补录, 期初数), nor outside a branch's life.
    """
    asked = _list_requirements(period, due or load_due_calendar())
    handed_in = _load_submissions(branches, {each.sheet.key for each in asked}, asked)
    exemptions = attach_branches(Exemption.objects.in_force())
    found: dict[tuple[int, str, dt.date, dt.date], Obligation] = {}
    for branch in branches:
        for each in asked:
            if each.level != branch.level or not branch.code.startswith(each.under):
                continue
            if not branch.exists_on(each.period.last_day):
                continue
            made = _evaluate_requirement(each, branch, handed_in.get(each.sheet.key, ()), today)
            if made.outstanding or made.standing is ObligationStatus.NOT_OPEN:
                made = _apply_exemptions(made, exemptions)
            found.setdefault(made.key, made)
    return list(found.values())


def _list_requirements(period: Period, due: DueCalendar) -> list[_Requirement]:
    found = list(_scheduled_requirements(period, due))
    occasions = Occasion.objects.filter(month__gte=period.start, month__lte=period.last)
    for once in attach_branches(occasions):
        if once.sheet in registry:
            due_on = due.days.moved(once.due_on, HolidayPolicy.NEXT)
            month = Period.month(once.month)
            found.append(
                _Requirement(
                    registry[once.sheet], once.level, month, month.start, due_on,
                    once.branch.code, once.title,
                )
            )  # fmt: skip
    return found


@functools.lru_cache(maxsize=64)
def _scheduled_requirements(period: Period, due: DueCalendar) -> tuple[_Requirement, ...]:
    """Return what calendars ask for; pages ask for the same few periods all day long."""
    rules = {rule.sheet: rule for rule in due.rules}
    found = []
    for sheet, calendar, each in _iter_due_periods(due, period):
        rule = rules.get(sheet.key, due.whole)
        since = rule.since or due.whole.since
        if since is not None and each.last < since:
            continue
        due_on = due.days.moved(nominal_due_date(calendar, each), rule.on_holiday)
        opens_on = each.end + dt.timedelta(days=rule.opens_after)
        found.append(_Requirement(sheet, calendar.level, each, min(opens_on, due_on), due_on))
    return tuple(found)


_COVERING_SQL = """
SELECT id, sheet, code, first_month, last_month, submitted_at
FROM completeness_covering(%s, %s, %s, %s)
"""
# A county does not see its prefecture's uploads: the function tells it which sheets and
# months are effective, and nothing else.


def _load_submissions(
    branches: Iterable[Branch], sheets: set[str], asked: Sequence[_Requirement]
) -> dict[str, list[_Submission]]:
    if not asked:
        return {}
    first, last = (
        min(each.period.start for each in asked),
        max(each.period.last for each in asked),
    )
    found: dict[str, list[_Submission]] = {}
    own = (
        Upload.objects.filter(
            sheet__in=sheets,
            branch__in=list(branches),
            first_month__lte=last,
            last_month__gte=first,
        )
        .exclude(state__in=[UploadState.UNDONE, UploadState.WITHDRAWN])
        .values_list(
            "pk", "sheet", "branch_id", "state", "origin", "first_month", "last_month",
            "submitted_at",
        )
        .order_by("pk")
    )  # fmt: skip
    codes = {each.pk: each.code for each in branches}
    for pk, sheet, branch, state, origin, start, end, at in own:
        standing = _status_of_upload(state, origin)
        made = _Submission(pk, codes[branch], start, end, standing, at and timezone.localdate(at))
        found.setdefault(sheet, []).append(made)
    above = sorted({each.code[:4] for each in branches if len(each.code) > 4})
    with connection.cursor() as cursor:
        cursor.execute(_COVERING_SQL, [above, sorted(sheets), first, last])
        for pk, sheet, code, start, end, at in cursor.fetchall():
            made = _Submission(
                pk, code, start, end, ObligationStatus.COVERED, at and timezone.localdate(at)
            )
            found.setdefault(sheet, []).append(made)
    return found


def _status_of_upload(state: str, origin: str) -> ObligationStatus:
    if state == UploadState.EFFECTIVE:
        return ObligationStatus.ZERO if origin == UploadOrigin.ZERO else ObligationStatus.EFFECTIVE
    if state in REVIEW_STATES or state == UploadState.LOADING:
        return ObligationStatus.WAITING
    if state == UploadState.RETURNED:
        return ObligationStatus.RETURNED
    return ObligationStatus.OPEN if state not in PROCESSING_STATES else ObligationStatus.WAITING


def _evaluate_requirement(
    asked: _Requirement, branch: Branch, handed_in: Iterable[_Submission], today: dt.date
) -> Obligation:
    best, upload = _status_without_upload(asked, today), None
    submitted: list[dt.date] = []
    for each in handed_in:
        if not each.first <= asked.period.last <= each.last:
            continue
        covers = each.standing is ObligationStatus.COVERED
        if covers == (each.branch == branch.code) or not branch.code.startswith(each.branch):
            continue
        found = each.standing
        if each.submitted_on is not None:
            submitted.append(each.submitted_on)
        if _STATUS_RANK[found] >= _STATUS_RANK[best]:
            best, upload = found, each.pk
    late = (
        (today - asked.due_on).days
        if best not in SUBMITTED_STATUSES and today > asked.due_on
        else 0
    )
    return Obligation(
        asked.sheet,
        branch,
        asked.period,
        asked.due_on,
        best,
        upload,
        late,
        _is_on_time(asked, best, submitted, today),
        asked.opens_on,
        asked.note,
    )


def _status_without_upload(asked: _Requirement, today: dt.date) -> ObligationStatus:
    if today < asked.opens_on:
        return ObligationStatus.NOT_OPEN
    return ObligationStatus.LATE if today > asked.due_on else ObligationStatus.OWED


def _is_on_time(
    asked: _Requirement, standing: ObligationStatus, submitted: list[dt.date], today: dt.date
) -> bool | None:
    if standing in SUBMITTED_STATUSES:
        return bool(submitted) and min(submitted) <= asked.due_on
    return False if today > asked.due_on else None


def _apply_exemptions(made: Obligation, exemptions: Iterable[Exemption]) -> Obligation:
    for each in exemptions:
        here = each.branch_id == made.branch.pk or (
            each.with_below and each.branch.contains(made.branch)
        )
        if here and each.sheet in ("", made.sheet.key) and made.period in each.period:
            return dataclasses.replace(
                made, standing=ObligationStatus.EXEMPT, days_late=0, on_time=None, note=each.reason
            )
    return made


def group_by_branch(found: Iterable[Obligation]) -> Mapping[int, list[Obligation]]:
    """Return obligations by the id of their branch."""
    gathered: dict[int, list[Obligation]] = {}
    for each in found:
        gathered.setdefault(each.branch.pk, []).append(each)
    return gathered
