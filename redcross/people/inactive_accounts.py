"""Unused accounts: their users are warned, then the accounts are closed."""

import datetime as dt
from collections.abc import Iterable

import structlog
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from redcross.accounts.choices import Role
from redcross.accounts.models import RoleAssignment, SafetySettings, User
from redcross.accounts.rules import ENTRY_ROLES
from redcross.completeness.calendar.due_calendar import nominal_due_date
from redcross.notices.services import list_role_holders, notify
from redcross.people.rules import ACCOUNT_MANAGER_ROLES
from redcross.periods import Period, add_months, month_start
from redcross.uploads.registry import registry
from redcross.uploads.schema.schedule import Due

DUE_WINDOW = dt.timedelta(days=7)
MARGIN_DAYS = 31
"""Days that a clerk may exceed his longest calendar."""
_DAYS_PER_MONTH = 31
_log = structlog.get_logger("redcross.people")


@transaction.atomic
def close_inactive_accounts(*, now: dt.datetime) -> tuple[int, int]:
    """Warn and close accounts by the safety settings; return how many were warned and closed.

    A clerk of quarterly or yearly sheets has at least the length of his calendar. No account is
    closed within a week of a due date of its user, and never that of the last administrator.
    """
    settings, today = SafetySettings.current(), timezone.localdate(now)
    silent_for = dt.timedelta(days=settings.unused_days)
    notice = dt.timedelta(days=settings.unused_notice_days)
    warned = closed = 0
    for user in _list_candidates(now - silent_for + notice):
        roles = list(user.roles.on(today).select_related("branch__parent"))
        allowed = max(silent_for, _longest_calendar(roles))
        seen = user.seen_at  # type: ignore[attr-defined]
        if now - seen < allowed - notice or _is_last_administrator(roles, today):
            continue
        if user.unused_notice_at is None or user.unused_notice_at < seen:
            closes = timezone.localdate(max(seen + allowed, now + notice))
            text = f"您的账户很久没有登录，如不登录，将于{closes:%Y年%m月%d日}停用。"
            notify([user], text, link="/", now=now)
            user.unused_notice_at = now
            user.save(update_fields=["unused_notice_at"])
            warned += 1
        elif (
            now - seen >= allowed
            and now - user.unused_notice_at >= notice
            and not _is_due(roles, today)
        ):
            _close_account(user, roles, now)
            closed += 1
    return warned, closed


def _list_candidates(before: dt.datetime) -> Iterable[User]:
    seen = Coalesce(F("last_login"), F("date_joined"))
    return list(
        User.objects.annotate(seen_at=seen)
        .filter(is_active=True, is_service=False)
        .filter(Q(seen_at__lte=before))
        .order_by("pk")
        .select_for_update(of=("self",), skip_locked=True)
    )


def _close_account(user: User, roles: Iterable[RoleAssignment], now: dt.datetime) -> None:
    user.is_active = False
    user.save(update_fields=["is_active"])
    branches = {role.branch.parent or role.branch for role in roles}
    recipients = list_role_holders(branches, ACCOUNT_MANAGER_ROLES, timezone.localdate(now))
    text = f"{user}（{user.username}）的账户因长期未登录已停用；需要时请为其重置密码，即可恢复。"
    notify(recipients, text, link=f"/people/{user.pk}/", now=now)
    _log.info("account.closed", account=user.pk)


def _longest_calendar(roles: Iterable[RoleAssignment]) -> dt.timedelta:
    """Return how long a clerk may have nothing to submit: his longest calendar plus a margin."""
    months = max((due.calendar.months for role in roles for due in _iter_due(role)), default=0)
    return (
        dt.timedelta(days=months * _DAYS_PER_MONTH + MARGIN_DAYS) if months > 1 else dt.timedelta(0)
    )


def _iter_due(role: RoleAssignment) -> Iterable[Due]:
    if role.role not in ENTRY_ROLES:
        return
    for sheet in registry.values():
        if role.sheets and sheet.key not in role.sheets:
            continue
        if role.domain and sheet.domain != role.domain:
            continue
        yield from (due for due in sheet.due if due.level == role.branch.level)


def _is_due(roles: Iterable[RoleAssignment], today: dt.date) -> bool:
    """Return whether a due date of the roles is within a week before or after today."""
    months = [Period.month(add_months(month_start(today), -back)) for back in range(14)]
    return any(
        abs((nominal_due_date(due, month) - today).days) <= DUE_WINDOW.days
        for role in roles
        for due in _iter_due(role)
        for month in months
        if month.last.month % due.calendar.months == 0
    )


def _is_last_administrator(roles: Iterable[RoleAssignment], today: dt.date) -> bool:
    if not any(role.role == Role.ADMINISTRATOR for role in roles):
        return False
    others = RoleAssignment.objects.on(today).filter(role=Role.ADMINISTRATOR, user__is_active=True)
    return others.values("user").distinct().count() <= 1
