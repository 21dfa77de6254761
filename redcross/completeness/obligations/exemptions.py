"""Exemptions (免报): granted and revoked by the level above."""

import datetime as dt

from django.db import transaction

from redcross.accounts.models import User
from redcross.branches.models import Branch
from redcross.completeness.models import Exemption
from redcross.completeness.rules import may_decide_for
from redcross.errors import RefusedError
from redcross.periods import Period


def grant_exemption(
    branch: Branch,
    period: Period,
    *,
    user: User,
    reason: str,
    now: dt.datetime,
    sheet: str = "",
    with_below: bool = False,
) -> Exemption:
    """Exempt a branch from a sheet, or from all (""), for some months; raise RefusedError."""
    if not may_decide_for(user, branch):
        raise RefusedError("exemption.not_allowed", f"{branch}的免报由其上一级红十字会批准。")
    if period.first is None:
        raise RefusedError("period.unknown", "免报须有起止月份。")
    if not reason.strip():
        raise RefusedError("exemption.no_reason", "请写明免报原因。")
    return Exemption.objects.create(
        branch=branch,
        with_below=with_below,
        sheet=sheet,
        first_month=period.start,
        last_month=period.last,
        reason=reason.strip(),
        granted_by=user,
        granted_at=now,
    )


def revoke_exemption(exemption: Exemption, *, user: User, now: dt.datetime) -> Exemption:
    """Revoke an exemption, which stays listed; raise RefusedError."""
    if not may_decide_for(user, exemption.branch):
        raise RefusedError("exemption.not_allowed", "免报由批准的一级撤销。")
    with transaction.atomic():
        locked = Exemption.objects.select_for_update().get(pk=exemption.pk)
        if locked.revoked_at is not None:
            raise RefusedError("exemption.revoked", "该项免报已撤销，请刷新页面。")
        locked.revoked_by, locked.revoked_at = user, now
        locked.save(update_fields=["revoked_by", "revoked_at"])
    return locked
