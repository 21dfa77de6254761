"""Closed months: what closing touches, and a branch's request to open them for a while."""

import dataclasses
import datetime as dt

from django.db import transaction
from django.db.models import Q, Sum
from django.urls import reverse
from django.utils import timezone

from redcross.accounts.choices import Domain, Role
from redcross.accounts.models import User
from redcross.accounts.rules import ENTRY_ROLES, has_role
from redcross.branches.models import Branch
from redcross.completeness.choices import UnlockAnswer
from redcross.completeness.models import UnlockRequest
from redcross.notices.services import list_role_holders, notify
from redcross.periods import Period
from redcross.uploads import rules
from redcross.uploads.choices import OPEN_STATES, REVIEW_STATES, UploadState
from redcross.uploads.models import PeriodLock, Upload
from redcross.uploads.workflow.period_locks import grant_exception, lock_period
from redcross.uploads.workflow.services import RefusedError


@dataclasses.dataclass(frozen=True, slots=True)
class LockImpact:
    """What lies in months that are to be closed or opened."""

    effective: int
    rows: int
    waiting: int
    in_work: int


def measure_lock_impact(domain: str, branch: Branch, period: Period) -> LockImpact:
    """Count the uploads of one field of work, or of all, in the months of a subtree."""
    found = Upload.objects.under(branch).filter(
        first_month__lte=period.last, last_month__gte=period.start
    )
    if domain:
        found = found.filter(sheet__startswith=f"{domain}.")
    effective = found.filter(state=UploadState.EFFECTIVE)
    return LockImpact(
        effective=effective.count(),
        rows=effective.aggregate(total=Sum("accepted"))["total"] or 0,
        waiting=found.filter(state__in=REVIEW_STATES).count(),
        in_work=found.filter(state__in=OPEN_STATES - {UploadState.WITHDRAWN}).count(),
    )


def lock_domains(
    domain: str, branch: Branch, period: Period, *, user: User, reason: str, now: dt.datetime
) -> list[PeriodLock]:
    """Close months in one field of work, or in all; raise RefusedError."""
    return [
        lock_period(each, branch, period, user=user, now=now, reason=reason)
        for each in ([domain] if domain else Domain.values)
    ]


def remove_lock(lock: PeriodLock, *, user: User, reason: str, now: dt.datetime) -> None:
    """Open closed months for good, and tell those who had asked; raise RefusedError."""
    if not rules.may_lock(user):
        raise RefusedError("lock.not_allowed", "只有省红十字会可以解锁报告期。")
    if not reason.strip():
        raise RefusedError("lock.no_reason", "请写明解除锁定的原因。")
    waiting = list(lock.requests.filter(answer=UnlockAnswer.WAITING).select_related("asked_by"))
    with transaction.atomic():
        notify(
            [each.asked_by for each in waiting], f"{lock}已解除锁定：{reason}",
            link=reverse("upload-new"), sent_by=user, now=now,
        )  # fmt: skip
        lock.delete()


def list_locks(branches: list[Branch]) -> "list[PeriodLock]":
    """Return the locks that close anything of these branches or below them, newest first."""
    condition = Q(pk__in=[])
    for branch in branches:
        above = [branch.code[:length] for length in range(2, len(branch.code) + 1)]
        condition |= Q(branch__code__in=above) | Q(branch__code__startswith=branch.code)
    found = PeriodLock.objects.filter(condition).select_related("branch", "locked_by")
    return list(
        found.prefetch_related("exceptions__branch", "exceptions__granted_by").order_by(
            "-last_month", "domain", "branch__code"
        )
    )


def request_unlock(
    lock: PeriodLock, branch: Branch, *, user: User, reason: str, now: dt.datetime
) -> UnlockRequest:
    """Ask the province to open closed months for a branch (申请解锁); raise RefusedError."""
    if not has_role(user, ENTRY_ROLES, branch, domain=lock.domain):
        raise RefusedError("unlock.not_yours", f"您没有为“{branch}”申请解锁的权限。")
    if not lock.branch.contains(branch):
        raise RefusedError("unlock.not_locked", f"{lock}的锁定不涉及{branch}，可以直接报送。")
    if not reason.strip():
        raise RefusedError("unlock.no_reason", "请写明申请解锁的原因。")
    with transaction.atomic():
        # Two requests at once: the second finds the first.
        PeriodLock.objects.select_for_update().get(pk=lock.pk)
        if UnlockRequest.objects.filter(
            lock=lock, branch=branch, answer=UnlockAnswer.WAITING
        ).exists():
            raise RefusedError("unlock.asked", "已有一份申请等待省红十字会答复，无需再提。")
        asked = UnlockRequest.objects.create(
            branch=branch, lock=lock, reason=reason.strip(), asked_by=user, asked_at=now
        )
        province = Branch.objects.filter(parent__isnull=True)
        notify(
            list_role_holders(province, [Role.DESK, Role.OFFICE], timezone.localdate(now)),
            f"{branch}申请解锁{lock}：{asked.reason}",
            link=reverse("locks"),
            sent_by=user,
            now=now,
        )
    return asked


def answer_unlock_request(
    request_id: int,
    *,
    user: User,
    now: dt.datetime,
    days: int | None = None,
    remark: str = "",
) -> UnlockRequest:
    """Open the months for some days, or refuse with a reason where `days` is None.

    Raises RefusedError where somebody else has answered already.
    """
    if not rules.may_lock(user):
        raise RefusedError("lock.not_allowed", "只有省红十字会可以答复解锁申请。")
    if days is None and not remark.strip():
        raise RefusedError("unlock.no_remark", "不同意时请写明原因。")
    with transaction.atomic():
        asked = (
            UnlockRequest.objects.select_for_update(of=("self",))
            .select_related("branch", "lock__branch", "asked_by")
            .get(pk=request_id)
        )
        if asked.answer != UnlockAnswer.WAITING:
            raise RefusedError(
                "unlock.answered", f"该申请{asked.get_answer_display()}，请刷新页面。"
            )
        asked.answer = UnlockAnswer.REFUSED if days is None else UnlockAnswer.GRANTED
        asked.answered_by, asked.answered_at, asked.remark = user, now, remark.strip()
        if days is not None:
            asked.open_until = now + dt.timedelta(days=days)
            grant_exception(
                asked.lock, asked.branch, until=asked.open_until, user=user, reason=asked.reason
            )
        asked.save()
        notify([asked.asked_by], _answer_text(asked), link=reverse("locks"), sent_by=user, now=now)
    return asked


def _answer_text(asked: UnlockRequest) -> str:
    if asked.open_until is None:
        return f"{asked.lock}未同意解锁：{asked.remark}"
    until = timezone.localtime(asked.open_until)
    more = f"：{asked.remark}" if asked.remark else ""
    return f"{asked.lock}已为{asked.branch}开放至{until:%Y年%-m月%-d日 %H:%M}，到时自动关闭{more}"
