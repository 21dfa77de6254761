"""Locking periods, unlocking them, and the requests of branches to open them for a while."""

import datetime as dt
from collections.abc import Iterable

from django.db import connection, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from redcross.accounts.choices import Domain, Role
from redcross.accounts.models import User
from redcross.accounts.rules import ENTRY_ROLES, has_role
from redcross.branches.models import Branch
from redcross.errors import RefusedError
from redcross.locks.choices import UnlockAnswer
from redcross.locks.models import PeriodException, PeriodLock, UnlockRequest
from redcross.locks.rules import may_lock
from redcross.notices.services import list_role_holders, notify
from redcross.periods import Period


def share_period_locks(domain: str) -> None:
    """Keep anybody from changing the locks of the domain until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM uploads_periodlock WHERE domain = %s FOR SHARE", [domain])


def find_period_lock(
    domain: str, branch: Branch, period: Period, *, now: dt.datetime
) -> PeriodLock | None:
    """Return a lock that covers the whole period for the branch, None if it is open."""
    ancestors = [branch.code[:length] for length in range(2, len(branch.code) + 1)]
    return (
        PeriodLock.objects.filter(
            domain=domain,
            branch__code__in=ancestors,
            first_month__lte=period.start,
            last_month__gte=period.last,
        )
        .exclude(Q(exceptions__branch__code__in=ancestors) & Q(exceptions__until__gt=now))
        .select_related("branch")
        .first()
    )


def list_locks(branches: Iterable[Branch]) -> list[PeriodLock]:
    """Return the locks that affect these branches or branches below them, newest months first."""
    condition = Q(pk__in=[])
    for branch in branches:
        ancestors = [branch.code[:length] for length in range(2, len(branch.code) + 1)]
        condition |= Q(branch__code__in=ancestors) | Q(branch__code__startswith=branch.code)
    rows = PeriodLock.objects.filter(condition).select_related("branch", "locked_by")
    return list(
        rows.prefetch_related("exceptions__branch", "exceptions__granted_by").order_by(
            "-last_month", "domain", "branch__code"
        )
    )


def lock_period(
    domain: str, branch: Branch, period: Period, *, user: User, now: dt.datetime, reason: str = ""
) -> PeriodLock:
    """Lock the months of a subtree in one domain; return the existing lock if there is one.

    Raises RefusedError if the user may not lock.
    """
    if not may_lock(user):
        raise RefusedError("lock.not_allowed", "只有省红十字会可以锁定报告期。")
    lock, _ = PeriodLock.objects.get_or_create(
        domain=domain,
        branch=branch,
        first_month=period.start,
        last_month=period.last,
        defaults={"locked_by": user, "locked_at": now, "reason": reason},
    )
    return lock


def lock_domains(
    domain: str, branch: Branch, period: Period, *, user: User, reason: str, now: dt.datetime
) -> list[PeriodLock]:
    """Lock months in one domain, or in every domain (""); raise RefusedError."""
    return [
        lock_period(name, branch, period, user=user, now=now, reason=reason)
        for name in ([domain] if domain else Domain.values)
    ]


def grant_exception(
    lock: PeriodLock, branch: Branch, *, until: dt.datetime, user: User, reason: str
) -> PeriodException:
    """Let a subtree write into locked months until a moment; raise RefusedError."""
    if not may_lock(user):
        raise RefusedError("lock.not_allowed", "只有省红十字会可以解锁报告期。")
    return PeriodException.objects.create(
        lock=lock, branch=branch, until=until, reason=reason, granted_by=user
    )


def remove_lock(lock: PeriodLock, *, user: User, reason: str, now: dt.datetime) -> None:
    """Delete a lock and notify those whose requests wait for it; raise RefusedError."""
    if not may_lock(user):
        raise RefusedError("lock.not_allowed", "只有省红十字会可以解锁报告期。")
    if not reason.strip():
        raise RefusedError("lock.no_reason", "请写明解除锁定的原因。")
    waiting = lock.requests.filter(answer=UnlockAnswer.WAITING).select_related("asked_by")
    applicants = [request.asked_by for request in waiting]
    with transaction.atomic():
        notify(
            applicants, f"{lock}已解除锁定：{reason}",
            link=reverse("upload-new"), sent_by=user, now=now,
        )  # fmt: skip
        lock.delete()


def request_unlock(
    lock: PeriodLock, branch: Branch, *, user: User, reason: str, now: dt.datetime
) -> UnlockRequest:
    """Request the province to open locked months for a branch (申请解锁).

    Raises RefusedError if the user may not enter data there, the lock does not affect the
    branch, the reason is missing, or a request waits already.
    """
    if not has_role(user, ENTRY_ROLES, branch, domain=lock.domain):
        raise RefusedError("unlock.not_yours", f"您没有为“{branch}”申请解锁的权限。")
    if not lock.branch.contains(branch):
        raise RefusedError("unlock.not_locked", f"{lock}的锁定不涉及{branch}，可以直接报送。")
    if not reason.strip():
        raise RefusedError("unlock.no_reason", "请写明申请解锁的原因。")
    with transaction.atomic():
        # Of two simultaneous requests the second waits here and finds the first.
        PeriodLock.objects.select_for_update().get(pk=lock.pk)
        waiting = UnlockRequest.objects.filter(answer=UnlockAnswer.WAITING)
        if waiting.filter(lock=lock, branch=branch).exists():
            raise RefusedError("unlock.asked", "已有一份申请等待省红十字会答复，无需再提。")
        request = UnlockRequest.objects.create(
            branch=branch, lock=lock, reason=reason.strip(), asked_by=user, asked_at=now
        )
        province = Branch.objects.filter(parent__isnull=True)
        notify(
            list_role_holders(province, [Role.DESK, Role.OFFICE], timezone.localdate(now)),
            f"{branch}申请解锁{lock}：{request.reason}",
            link=reverse("locks"),
            sent_by=user,
            now=now,
        )
    return request


def answer_unlock_request(
    request_id: int,
    *,
    user: User,
    now: dt.datetime,
    days: int | None = None,
    remark: str = "",
) -> UnlockRequest:
    """Open the months for `days` days, or refuse with a remark if `days` is None.

    Raises RefusedError if somebody else has answered already.
    """
    if not may_lock(user):
        raise RefusedError("lock.not_allowed", "只有省红十字会可以答复解锁申请。")
    if days is None and not remark.strip():
        raise RefusedError("unlock.no_remark", "不同意时请写明原因。")
    with transaction.atomic():
        request = (
            UnlockRequest.objects.select_for_update(of=("self",))
            .select_related("branch", "lock__branch", "asked_by")
            .get(pk=request_id)
        )
        if request.answer != UnlockAnswer.WAITING:
            raise RefusedError(
                "unlock.answered", f"该申请{request.get_answer_display()}，请刷新页面。"
            )
        request.answer = UnlockAnswer.REFUSED if days is None else UnlockAnswer.GRANTED
        request.answered_by, request.answered_at, request.remark = user, now, remark.strip()
        if days is not None:
            request.open_until = now + dt.timedelta(days=days)
            grant_exception(
                request.lock,
                request.branch,
                until=request.open_until,
                user=user,
                reason=request.reason,
            )
        request.save()
        text = _answer_text(request)
        notify([request.asked_by], text, link=reverse("locks"), sent_by=user, now=now)
    return request


def _answer_text(request: UnlockRequest) -> str:
    if request.open_until is None:
        return f"{request.lock}未同意解锁：{request.remark}"
    until = f"{timezone.localtime(request.open_until):%Y年%-m月%-d日 %H:%M}"
    remark = f"：{request.remark}" if request.remark else ""
    return f"{request.lock}已为{request.branch}开放至{until}，到时自动关闭{remark}"
