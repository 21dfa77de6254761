"""What waits for a person: what his branch owes, and what falls due soon."""

import dataclasses
import datetime as dt

from redcross.accounts.models import User
from redcross.accounts.rules import ENTERING, covers
from redcross.accounts.scope import roles_of
from redcross.branches.models import Branch
from redcross.completeness.choices import Standing
from redcross.completeness.obligations import Obligation, due_days, obligations
from redcross.periods import Period, add_months, month_start

SOON = 5
"""Working days ahead that count as soon."""
_FARTHEST = 24
_YEAR_BEFORE = 13
"""Months that surely hold the last December."""


@dataclasses.dataclass(frozen=True, slots=True)
class Owed:
    """An obligation of one's own branch, and how long there is left."""

    obligation: Obligation
    days_left: int
    """Working days; 0 on the due day and after it."""

    @property
    def soon(self) -> bool:
        """Whether it falls due in the next working days."""
        return not self.obligation.days_late and self.days_left <= SOON


def owed_by(user: User, today: dt.date) -> list[Owed]:
    """Return what the branches a person works at still have to hand in, the latest due last.

    Every calendar counts, with its latest period; earlier ones only since the 起报月份.
    """
    places = _places(user)
    if not places:
        return []
    due = due_days()
    since, this_month = due.whole.since, month_start(today)
    first = max(add_months(this_month, -_FARTHEST), since) if since else None
    period = Period(first or add_months(this_month, -_YEAR_BEFORE), this_month)
    found = obligations(places, period, today=today, due=due) if period.start <= today else []
    if since is None:
        found = _latest_alone(found)
    told = [
        Owed(each, due.days.until(today, each.due_on))
        for each in found
        if each.outstanding and _enters(user, each)
    ]
    return sorted(told, key=lambda each: (each.obligation.due_on, each.obligation.sheet.key))


def _places(user: User) -> list[Branch]:
    held = [each.branch for each in roles_of(user) if each.role in ENTERING]
    return list({branch.pk: branch for branch in held}.values())


def _enters(user: User, each: Obligation) -> bool:
    return any(
        role.role in ENTERING
        and role.branch_id == each.branch.pk
        and covers(role, sheet=each.sheet.key)
        for role in roles_of(user)
    )


def _latest_alone(found: list[Obligation]) -> list[Obligation]:
    """Keep each sheet's latest period that may be handed in, and whatever came back."""
    opened = [each for each in found if each.standing is not Standing.NOT_OPEN]
    latest: dict[tuple[int, str], dt.date] = {}
    for each in opened:
        key = (each.branch.pk, each.sheet.key)
        latest[key] = max(latest.get(key, each.period.last), each.period.last)
    return [
        each
        for each in opened
        if each.period.last == latest[each.branch.pk, each.sheet.key]
        or each.standing is Standing.RETURNED
    ]
