"""What waits for a person: what his branch owes, and what falls due soon."""

import dataclasses
import datetime as dt

from redcross.accounts.models import User
from redcross.accounts.rules import ENTRY_ROLES, role_covers
from redcross.branches.models import Branch
from redcross.completeness.choices import ObligationStatus
from redcross.completeness.obligations import Obligation, list_obligations, load_due_calendar
from redcross.periods import Period, add_months, month_start

SOON_DAYS = 5
"""Working days ahead that count as soon."""
_MAX_MONTHS_BACK = 24
_DEFAULT_MONTHS_BACK = 13
"""Months that surely hold the last December."""


@dataclasses.dataclass(frozen=True, slots=True)
class PendingObligation:
    """An obligation of one's own branch, and how long there is left."""

    obligation: Obligation
    days_left: int
    """Working days; 0 on the due day and after it."""

    @property
    def soon(self) -> bool:
        """Whether it falls due in the next working days."""
        return not self.obligation.days_late and self.days_left <= SOON_DAYS


def list_pending_obligations(user: User, today: dt.date) -> list[PendingObligation]:
    """Return what the branches a person works at still have to hand in, the latest due last.

    Every calendar counts, with its latest period; earlier ones only since the 起报月份.
    """
    places = _entry_branches(user)
    if not places:
        return []
    due = load_due_calendar()
    since, this_month = due.whole.since, month_start(today)
    first = max(add_months(this_month, -_MAX_MONTHS_BACK), since) if since else None
    period = Period(first or add_months(this_month, -_DEFAULT_MONTHS_BACK), this_month)
    found = list_obligations(places, period, today=today, due=due) if period.start <= today else []
    if since is None:
        found = _keep_latest(found)
    told = [
        PendingObligation(each, due.days.until(today, each.due_on))
        for each in found
        if each.outstanding and _may_enter(user, each)
    ]
    return sorted(told, key=lambda each: (each.obligation.due_on, each.obligation.sheet.key))


def _entry_branches(user: User) -> list[Branch]:
    held = [each.branch for each in user.current_roles() if each.role in ENTRY_ROLES]
    return list({branch.pk: branch for branch in held}.values())


def _may_enter(user: User, each: Obligation) -> bool:
    return any(
        role.role in ENTRY_ROLES
        and role.branch_id == each.branch.pk
        and role_covers(role, sheet=each.sheet.key)
        for role in user.current_roles()
    )


def _keep_latest(found: list[Obligation]) -> list[Obligation]:
    """Keep each sheet's latest period that may be handed in, and whatever came back."""
    opened = [each for each in found if each.standing is not ObligationStatus.NOT_OPEN]
    latest: dict[tuple[int, str], dt.date] = {}
    for each in opened:
        key = (each.branch.pk, each.sheet.key)
        latest[key] = max(latest.get(key, each.period.last), each.period.last)
    return [
        each
        for each in opened
        if each.period.last == latest[each.branch.pk, each.sheet.key]
        or each.standing is ObligationStatus.RETURNED
    ]
