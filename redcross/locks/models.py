"""Locked months, exceptions for a subtree, and requests to open them."""

from django.db import models
from django.db.models import F, Q

from redcross.accounts.choices import Domain
from redcross.accounts.models import User, Visible
from redcross.branches.models import Branch
from redcross.locks.choices import UnlockAnswer
from redcross.periods import Period


class PeriodLock(models.Model):
    """Locked months of one domain in a subtree; only the province locks and unlocks.

    A statement trigger on every table with dated rows enforces it (see `triggers.py`).
    """

    domain = models.CharField("业务", max_length=20, choices=Domain)
    branch = models.ForeignKey(
        Branch, verbose_name="机构", on_delete=models.PROTECT, related_name="+"
    )
    first_month = models.DateField("起")
    last_month = models.DateField("止")
    locked_by = models.ForeignKey(
        User, verbose_name="锁定人", on_delete=models.PROTECT, related_name="+"
    )
    locked_at = models.DateTimeField("锁定时间")
    reason = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        db_table = "uploads_periodlock"
        verbose_name = "报告期锁定"
        verbose_name_plural = "报告期锁定"
        constraints = [
            models.CheckConstraint(
                name="lock_months_in_order",
                condition=Q(last_month__gte=F("first_month")),
                violation_error_message="止月不能早于起月。",
            ),
            models.CheckConstraint(
                name="lock_months_are_first_days",
                condition=Q(first_month__day=1, last_month__day=1),
                violation_error_message="请填写每月1日。",
            ),
            models.UniqueConstraint(
                name="lock_once",
                fields=["domain", "branch", "first_month", "last_month"],
                violation_error_message="该报告期已锁定。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.branch}{self.get_domain_display()}{self.period.label}"

    @property
    def period(self) -> Period:
        """The locked months."""
        return Period(self.first_month, self.last_month)


class PeriodException(models.Model):
    """A subtree that may still write into locked months, until a moment."""

    lock = models.ForeignKey(PeriodLock, on_delete=models.CASCADE, related_name="exceptions")
    branch = models.ForeignKey(
        Branch, verbose_name="机构", on_delete=models.PROTECT, related_name="+"
    )
    until = models.DateTimeField("到期时间")
    reason = models.CharField("原因", max_length=200)
    granted_by = models.ForeignKey(
        User, verbose_name="批准人", on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        db_table = "uploads_periodexception"
        verbose_name = "临时解锁"
        verbose_name_plural = "临时解锁"

    def __str__(self) -> str:
        return f"{self.branch} {self.lock}"


class UnlockRequest(Visible):
    """A branch's request to open locked months for a while, and the province's answer."""

    lock = models.ForeignKey(
        PeriodLock, verbose_name="锁定", on_delete=models.CASCADE, related_name="requests"
    )
    reason = models.CharField("原因", max_length=200)
    asked_by = models.ForeignKey(
        User, verbose_name="申请人", on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField("申请时间")
    answer = models.CharField(
        "答复", max_length=10, choices=UnlockAnswer, default=UnlockAnswer.WAITING
    )
    remark = models.CharField("答复说明", max_length=200, blank=True)
    answered_by = models.ForeignKey(
        User,
        verbose_name="答复人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    open_until = models.DateTimeField("开放至", null=True, blank=True)

    class Meta:
        db_table = "completeness_unlockrequest"
        verbose_name = "解锁申请"
        verbose_name_plural = "解锁申请"
        constraints = [
            models.CheckConstraint(
                name="unlock_answer_is_known", condition=Q(answer__in=UnlockAnswer.values)
            ),
            models.CheckConstraint(
                name="unlock_answered_by_somebody",
                condition=Q(answer=UnlockAnswer.WAITING)
                | Q(answered_by__isnull=False, answered_at__isnull=False),
            ),
            models.UniqueConstraint(
                name="unlock_asked_once",
                fields=["branch", "lock"],
                condition=Q(answer=UnlockAnswer.WAITING),
                violation_error_message="已有一份申请等待答复。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.branch} {self.lock}"
