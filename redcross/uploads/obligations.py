"""Who owes which sheet for a period, and what has been handed in of it (报送进度)."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import models

from redcross.branches.models import Branch
from redcross.periods import Period, add_months
from redcross.uploads.choices import AWAITING_REVIEW, IN_WORK, State
from redcross.uploads.models import Upload
from redcross.uploads.sheet import Due, Sheet, Yearly, registry


class Standing(models.TextChoices):
    """How far a branch is with a sheet; the last in the list stands before the others."""

    OWED = "OWED", "未报"
    LATE = "LATE", "逾期"
    OPEN = "OPEN", "填报中"
    RETURNED = "RETURNED", "已退回"
    WAITING = "WAITING", "待审核"
    COVERED = "COVERED", "上级代报"
    EFFECTIVE = "EFFECTIVE", "已生效"


HANDED_IN = frozenset({Standing.WAITING, Standing.COVERED, Standing.EFFECTIVE})
_ORDER = {value: at for at, value in enumerate(Standing.values)}


@dataclasses.dataclass(frozen=True, slots=True)
class Obligation:
    """One sheet of one branch for one period."""

    sheet: Sheet
    branch: Branch
    due_on: dt.date
    standing: Standing
    upload: int | None = None
    days_late: int = 0


@dataclasses.dataclass(frozen=True, slots=True)
class _HandedIn:
    pk: int
    branch: str
    standing: Standing


def due_sheets(period: Period) -> list[tuple[Sheet, Due]]:
    """Return each sheet with the calendar by which it is due for months that end a period."""
    last = period.last.month
    return [
        (sheet, due)
        for sheet in registry.values()
        for due in sheet.due
        if last % due.calendar.months == 0
    ]


def due_on(due: Due, period: Period) -> dt.date:
    """Return the last day on which a sheet is in time."""
    if isinstance(due.calendar, Yearly):
        return dt.date(period.last.year + 1, due.calendar.month, due.calendar.day)
    return add_months(period.last, 1).replace(day=due.calendar.day)


def obligations(branches: Sequence[Branch], period: Period, *, today: dt.date) -> list[Obligation]:
    """Return every obligation of the branches, in two queries however many they are."""
    asked = due_sheets(period)
    handed_in = _handed_in(branches, {sheet.key for sheet, _ in asked}, period)
    return [
        _standing(sheet, branch, due_on(due, period), handed_in.get(sheet.key, ()), today)
        for branch in branches
        for sheet, due in asked
        if due.level == branch.level
    ]


def _handed_in(
    branches: Iterable[Branch], sheets: set[str], period: Period
) -> dict[str, list[_HandedIn]]:
    codes = {branch.code[:length] for branch in branches for length in range(2, 7)}
    uploads = (
        Upload.objects.filter(
            sheet__in=sheets,
            branch__code__in=codes,
            first_month__lte=period.last,
            last_month__gte=period.last,
        )
        .exclude(state__in=[State.UNDONE, State.WITHDRAWN])
        .values_list("pk", "sheet", "branch__code", "state")
        .order_by("pk")
    )
    found: dict[str, list[_HandedIn]] = {}
    for pk, sheet, branch, state in uploads:
        found.setdefault(sheet, []).append(_HandedIn(pk, branch, _of_state(state)))
    return found


def _of_state(state: str) -> Standing:
    if state == State.EFFECTIVE:
        return Standing.EFFECTIVE
    if state in AWAITING_REVIEW or state == State.LOADING:
        return Standing.WAITING
    if state == State.RETURNED:
        return Standing.RETURNED
    return Standing.OPEN if state not in IN_WORK else Standing.WAITING


def _standing(
    sheet: Sheet,
    branch: Branch,
    due: dt.date,
    handed_in: Iterable[_HandedIn],
    today: dt.date,
) -> Obligation:
    best = Standing.LATE if today > due else Standing.OWED
    upload = None
    for each in handed_in:
        if each.branch == branch.code:
            found = each.standing
        elif branch.code.startswith(each.branch) and each.standing is Standing.EFFECTIVE:
            found = Standing.COVERED
        else:
            continue
        if _ORDER[found] >= _ORDER[best]:
            best, upload = found, each.pk
    late = (today - due).days if best not in HANDED_IN and today > due else 0
    return Obligation(sheet, branch, due, best, upload, late)
