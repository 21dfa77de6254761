"""Who owes which sheet for a period, and what has been handed in of it (报送进度)."""

import dataclasses
import datetime as dt
import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from redcross.branches.models import Branch
from redcross.branches.tree import with_branches
from redcross.completeness.choices import ASKS_NOTHING, HANDED_IN, OnHoliday, Standing
from redcross.completeness.models import DueRule, Exemption, Occasion
from redcross.completeness.working_days import WorkingDays, working_days
from redcross.periods import Period, add_months
from redcross.uploads.choices import AWAITING_REVIEW, IN_WORK, Origin, State
from redcross.uploads.models import Upload
from redcross.uploads.registry import registry
from redcross.uploads.schema.schedule import Due, Yearly
from redcross.uploads.schema.sheet import Sheet

_ORDER = {value: at for at, value in enumerate(Standing.values)}


@dataclasses.dataclass(frozen=True, slots=True)
class Obligation:
    """One sheet of one branch for one period."""

    sheet: Sheet
    branch: Branch
    period: Period
    due_on: dt.date
    standing: Standing
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
        return self.standing in HANDED_IN

    @property
    def outstanding(self) -> bool:
        """Whether somebody has still to act, and may."""
        return self.standing not in ASKS_NOTHING

    @property
    def key(self) -> tuple[int, str, dt.date, dt.date]:
        """Branch, sheet, first and last month: what tells obligations apart."""
        return self.branch.pk, self.sheet.key, self.period.start, self.period.last


@dataclasses.dataclass(frozen=True, slots=True)
class _HandedIn:
    pk: int
    branch: str
    first: dt.date
    last: dt.date
    standing: Standing
    submitted_on: dt.date | None


@dataclasses.dataclass(frozen=True, slots=True)
class _Asked:
    """A sheet asked of one level for one period."""

    sheet: Sheet
    level: str
    period: Period
    opens_on: dt.date
    due_on: dt.date
    under: str = ""
    note: str = ""


class Rule(NamedTuple):
    """A DueRule by its values."""

    sheet: str
    on_holiday: str = OnHoliday.NEXT
    opens_after: int = 0
    since: dt.date | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class DueDays:
    """All that due days are reckoned by: working days, the province's rules, the calendars."""

    days: WorkingDays
    rules: tuple[Rule, ...]
    calendars: tuple[tuple[Sheet, tuple[Due, ...]], ...]

    @property
    def whole(self) -> Rule:
        """The rule of every sheet that has none of its own."""
        return next((rule for rule in self.rules if not rule.sheet), Rule(""))


def due_days() -> DueDays:
    """Return working days and rules as they are now, in two queries."""
    rules = DueRule.objects.order_by("sheet").values_list(*Rule._fields)
    calendars = ((sheet, tuple(sheet.due)) for sheet in registry.values())
    return DueDays(working_days(), tuple(map(Rule._make, rules)), tuple(calendars))


def _due_sheets(reckoned: DueDays, period: Period) -> Iterator[tuple[Sheet, Due, Period]]:
    """Yield each sheet with its calendar, for every period of it that ends in `period`."""
    for month in period.months or [period.last]:
        for sheet, calendars in reckoned.calendars:
            for due in calendars:
                if month.month % due.calendar.months == 0:
                    first = add_months(month, 1 - due.calendar.months)
                    yield sheet, due, Period(first, month)


def nominal_due_on(due: Due, period: Period) -> dt.date:
    """Return the due day as declared, holidays not minded."""
    if isinstance(due.calendar, Yearly):
        return dt.date(period.last.year + 1, due.calendar.month, due.calendar.day)
    return period.end.replace(day=due.calendar.day)


def obligations(
    branches: Sequence[Branch],
    period: Period,
    *,
    today: dt.date,
    due: DueDays | None = None,
) -> list[Obligation]:
    """Return every obligation of the branches that ends in the period.

    Six queries however many the branches and months are. Nothing is owed of months before
    a rule's 起报月份 (历史补录, 期初数), nor outside a branch's life.
    """
    asked = _asked(period, due or due_days())
    handed_in = _handed_in(branches, {each.sheet.key for each in asked}, asked)
    exemptions = with_branches(Exemption.objects.in_force())
    found: dict[tuple[int, str, dt.date, dt.date], Obligation] = {}
    for branch in branches:
        for each in asked:
            if each.level != branch.level or not branch.code.startswith(each.under):
                continue
            if not branch.exists_on(each.period.last_day):
                continue
            made = _standing(each, branch, handed_in.get(each.sheet.key, ()), today)
            if made.outstanding or made.standing is Standing.NOT_OPEN:
                made = _exempted(made, exemptions)
            found.setdefault(made.key, made)
    return list(found.values())


def _asked(period: Period, due: DueDays) -> list[_Asked]:
    found = list(_regularly_asked(period, due))
    occasions = Occasion.objects.filter(month__gte=period.start, month__lte=period.last)
    for once in with_branches(occasions):
        if once.sheet in registry:
            due_on = due.days.moved(once.due_on, OnHoliday.NEXT)
            month = Period.month(once.month)
            found.append(
                _Asked(
                    registry[once.sheet], once.level, month, month.start, due_on,
                    once.branch.code, once.title,
                )
            )  # fmt: skip
    return found


@functools.lru_cache(maxsize=64)
def _regularly_asked(period: Period, due: DueDays) -> tuple[_Asked, ...]:
    """Return what calendars ask for; pages ask for the same few periods all day long."""
    rules = {rule.sheet: rule for rule in due.rules}
    found = []
    for sheet, calendar, each in _due_sheets(due, period):
        rule = rules.get(sheet.key, due.whole)
        since = rule.since or due.whole.since
        if since is not None and each.last < since:
            continue
        due_on = due.days.moved(nominal_due_on(calendar, each), rule.on_holiday)
        opens_on = each.end + dt.timedelta(days=rule.opens_after)
        found.append(_Asked(sheet, calendar.level, each, min(opens_on, due_on), due_on))
    return tuple(found)


_COVERING = """
SELECT id, sheet, code, first_month, last_month, submitted_at
FROM completeness_covering(%s, %s, %s, %s)
"""
# A county does not see its prefecture's uploads: the function tells it which sheets and
# months are effective, and nothing else.


def _handed_in(
    branches: Iterable[Branch], sheets: set[str], asked: Sequence[_Asked]
) -> dict[str, list[_HandedIn]]:
    if not asked:
        return {}
    first, last = (
        min(each.period.start for each in asked),
        max(each.period.last for each in asked),
    )
    found: dict[str, list[_HandedIn]] = {}
    own = (
        Upload.objects.filter(
            sheet__in=sheets,
            branch__in=list(branches),
            first_month__lte=last,
            last_month__gte=first,
        )
        .exclude(state__in=[State.UNDONE, State.WITHDRAWN])
        .values_list(
            "pk", "sheet", "branch_id", "state", "origin", "first_month", "last_month",
            "submitted_at",
        )
        .order_by("pk")
    )  # fmt: skip
    codes = {each.pk: each.code for each in branches}
    for pk, sheet, branch, state, origin, start, end, at in own:
        standing = _of_state(state, origin)
        made = _HandedIn(pk, codes[branch], start, end, standing, at and timezone.localdate(at))
        found.setdefault(sheet, []).append(made)
    above = sorted({each.code[:4] for each in branches if len(each.code) > 4})
    with connection.cursor() as cursor:
        cursor.execute(_COVERING, [above, sorted(sheets), first, last])
        for pk, sheet, code, start, end, at in cursor.fetchall():
            made = _HandedIn(pk, code, start, end, Standing.COVERED, at and timezone.localdate(at))
            found.setdefault(sheet, []).append(made)
    return found


def _of_state(state: str, origin: str) -> Standing:
    if state == State.EFFECTIVE:
        return Standing.ZERO if origin == Origin.ZERO else Standing.EFFECTIVE
    if state in AWAITING_REVIEW or state == State.LOADING:
        return Standing.WAITING
    if state == State.RETURNED:
        return Standing.RETURNED
    return Standing.OPEN if state not in IN_WORK else Standing.WAITING


def _standing(
    asked: _Asked, branch: Branch, handed_in: Iterable[_HandedIn], today: dt.date
) -> Obligation:
    best, upload = _without_upload(asked, today), None
    submitted: list[dt.date] = []
    for each in handed_in:
        if not each.first <= asked.period.last <= each.last:
            continue
        covers = each.standing is Standing.COVERED
        if covers == (each.branch == branch.code) or not branch.code.startswith(each.branch):
            continue
        found = each.standing
        if each.submitted_on is not None:
            submitted.append(each.submitted_on)
        if _ORDER[found] >= _ORDER[best]:
            best, upload = found, each.pk
    late = (today - asked.due_on).days if best not in HANDED_IN and today > asked.due_on else 0
    return Obligation(
        asked.sheet,
        branch,
        asked.period,
        asked.due_on,
        best,
        upload,
        late,
        _on_time(asked, best, submitted, today),
        asked.opens_on,
        asked.note,
    )


def _without_upload(asked: _Asked, today: dt.date) -> Standing:
    if today < asked.opens_on:
        return Standing.NOT_OPEN
    return Standing.LATE if today > asked.due_on else Standing.OWED


def _on_time(
    asked: _Asked, standing: Standing, submitted: list[dt.date], today: dt.date
) -> bool | None:
    if standing in HANDED_IN:
        return bool(submitted) and min(submitted) <= asked.due_on
    return False if today > asked.due_on else None


def _exempted(made: Obligation, exemptions: Iterable[Exemption]) -> Obligation:
    for each in exemptions:
        here = each.branch_id == made.branch.pk or (
            each.with_below and each.branch.holds(made.branch)
        )
        if here and each.sheet in ("", made.sheet.key) and made.period in each.period:
            return dataclasses.replace(
                made, standing=Standing.EXEMPT, days_late=0, on_time=None, note=each.reason
            )
    return made


def by_branch(found: Iterable[Obligation]) -> Mapping[int, list[Obligation]]:
    """Return obligations by the id of their branch."""
    gathered: dict[int, list[Obligation]] = {}
    for each in found:
        gathered.setdefault(each.branch.pk, []).append(each)
    return gathered
