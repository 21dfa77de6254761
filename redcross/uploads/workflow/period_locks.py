"""Closing months and opening them again for a while; only the province does."""

import datetime as dt

from redcross.accounts.models import User
from redcross.branches.models import Branch
from redcross.periods import Period
from redcross.uploads import rules
from redcross.uploads.models import PeriodException, PeriodLock
from redcross.uploads.workflow.services import RefusedError


def lock_period(
    domain: str, branch: Branch, period: Period, *, user: User, now: dt.datetime, reason: str = ""
) -> PeriodLock:
    """Close the months of a subtree in one field of work; closing twice is no error."""
    if not rules.may_lock(user):
        raise RefusedError("lock.not_allowed", "只有省红十字会可以锁定报告期。")
    lock, _ = PeriodLock.objects.get_or_create(
        domain=domain,
        branch=branch,
        first_month=period.start,
        last_month=period.last,
        defaults={"locked_by": user, "locked_at": now, "reason": reason},
    )
    return lock


def grant_exception(
    lock: PeriodLock, branch: Branch, *, until: dt.datetime, user: User, reason: str
) -> PeriodException:
    """Let a subtree write into closed months until a moment; it ends by itself."""
    if not rules.may_lock(user):
        raise RefusedError("lock.not_allowed", "只有省红十字会可以解锁报告期。")
    return PeriodException.objects.create(
        lock=lock, branch=branch, until=until, reason=reason, granted_by=user
    )
