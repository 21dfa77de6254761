"""The pending obligations of a user: what the branches he enters data for still have to submit."""

import dataclasses
import datetime as dt
from urllib.parse import urlencode

from redcross.accounts.models import User
from redcross.accounts.rules import ENTRY_ROLES, role_covers
from redcross.branches.models import Branch
from redcross.completeness.calendar.due_calendar import load_due_calendar
from redcross.completeness.choices import ObligationStatus
from redcross.completeness.obligations.evaluate import Obligation, list_obligations
from redcross.periods import Period, add_months, month_start

SOON_DAYS = 5
"""Number of working days ahead that count as soon."""
_MAX_MONTHS_BACK = 24
_DEFAULT_MONTHS_BACK = 13
"""Number of months that always includes the last December."""


@dataclasses.dataclass(frozen=True, slots=True)
class PendingObligation:
    """An obligation of the user's own branch and the time left for it."""

    obligation: Obligation
    days_left: int
    """Working days; 0 on the due date and after it."""

    @property
    def upload_query(self) -> str:
        """The query string by which the upload page is filled in."""
        item = self.obligation
        values = {"sheet": item.sheet.key, "period": str(item.period), "branch": item.branch.pk}
        return urlencode(values)

    @property
    def is_soon(self) -> bool:
        """Whether it is due within the next working days."""
        return not self.obligation.days_late and self.days_left <= SOON_DAYS


def list_pending_obligations(user: User, today: dt.date) -> list[PendingObligation]:
    """Return what the user's branches still have to submit, the latest due date last.

    Every calendar counts with its latest period; earlier periods only since the 起报月份.
    """
    branches = _entry_branches(user)
    if not branches:
        return []
    calendar = load_due_calendar()
    since, this_month = calendar.default_rule.since, month_start(today)
    first = max(add_months(this_month, -_MAX_MONTHS_BACK), since) if since else None
    period = Period(first or add_months(this_month, -_DEFAULT_MONTHS_BACK), this_month)
    obligations: list[Obligation] = []
    if period.start <= today:
        obligations = list_obligations(branches, period, today=today, calendar=calendar)
    if since is None:
        obligations = _keep_latest(obligations)
    pending = [
        PendingObligation(obligation, calendar.days.count_working_days(today, obligation.due_on))
        for obligation in obligations
        if obligation.is_outstanding and _may_enter(user, obligation)
    ]
    return sorted(pending, key=lambda item: (item.obligation.due_on, item.obligation.sheet.key))


def _entry_branches(user: User) -> list[Branch]:
    branches = [role.branch for role in user.current_roles() if role.role in ENTRY_ROLES]
    return list({branch.pk: branch for branch in branches}.values())


def _may_enter(user: User, obligation: Obligation) -> bool:
    return any(
        role.role in ENTRY_ROLES
        and role.branch_id == obligation.branch.pk
        and role_covers(role, sheet=obligation.sheet.key)
        for role in user.current_roles()
    )


def _keep_latest(obligations: list[Obligation]) -> list[Obligation]:
    """Keep the latest open period of each sheet, and everything that was returned."""
    opened = [item for item in obligations if item.status is not ObligationStatus.NOT_OPEN]
    latest: dict[tuple[int, str], dt.date] = {}
    for item in opened:
        key = (item.branch.pk, item.sheet.key)
        latest[key] = max(latest.get(key, item.period.last), item.period.last)
    return [
        item
        for item in opened
        if item.period.last == latest[item.branch.pk, item.sheet.key]
        or item.status is ObligationStatus.RETURNED
    ]
